"""Every error the kit raises on purpose. One root, and each message ends in the repair."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST = 80


def nearest(name: str, options: Iterable[str]) -> str | None:
    """The option most like `name`, or None where nothing is near.

    >>> nearest("kickof", ["kickoff", "recognition"])
    'kickoff'
    """
    names = [str(option) for option in options]
    found = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    # Capitals are tried last: "Steady" is nearer to "steady" than its letters say.
    if not found:
        folded = {option.casefold(): option for option in names}
        found = [folded[match] for match in difflib.get_close_matches(str(name).casefold(), list(folded), n=1)]
    return found[0] if found else None


class OutsourcingKitError(ValueError):
    """Wrong use or bad data: says what was found, what was expected, and what mends it."""


class UnknownNameError(OutsourcingKitError):
    """A name that is not among the known ones."""

    @classmethod
    def of(cls, what: str, found: str, options: Iterable[str]) -> UnknownNameError:
        """Build the message: what was found, the nearest right name, and all of them.

        >>> print(UnknownNameError.of("lesson", "kickof", ["kickoff", "recognition"]))
        There is no lesson 'kickof'. Did you mean 'kickoff'? Known: kickoff, recognition.
        """
        names = [str(option) for option in options]
        found = found if len(found) <= _MOST else f"{found[: _MOST // 2]}…{found[-_MOST // 2 :]}"
        guess = nearest(found, names)
        hint = f" Did you mean {guess!r}?" if guess else ""
        return cls(f"There is no {what} {found!r}.{hint} Known: {', '.join(names)}.")


class BadDataError(OutsourcingKitError):
    """Problems in an engagement's files, all of them at once: see `.problems`."""

    def __init__(self, message: str, problems: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class MissingExtraError(OutsourcingKitError):
    """A verb needs packages that are installed with an extra."""

    @classmethod
    def of(cls, verb: str, package: str, extra: str) -> MissingExtraError:
        """Build the message, ending in the line that installs the extra."""
        return cls(f"{verb} needs {package}, which is not installed. Mend: pip install 'outsourcing-kit[{extra}]'")
