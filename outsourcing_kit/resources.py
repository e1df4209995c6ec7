"""Where things are: the kit's own data and lessons, in a wheel and in a checkout alike, and what a user typed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import shown

_PACKAGE = Path(__file__).resolve().parent


def shared_folder(name: str) -> Path:
    """The folder `name` ("datasets" or "notebooks"): the wheel's own copy, else the checkout's.

    Raises OutsourcingKitError where neither is there.
    """
    for candidate in (_PACKAGE / "_shared" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise OutsourcingKitError(
        f"The kit's folder {name!r} was not found beside the package. "
        "Mend: pip install --force-reinstall outsourcing-kit"
    )


def sample_engagements() -> list[str]:
    """Names of the sample engagements, sorted."""
    return sorted(path.parent.name for path in shared_folder("datasets").glob("*/engagement.toml"))


def typed_path(text: str | os.PathLike[str]) -> Path:
    """The file or folder that a user typed, there already or not; `~` is the home folder, as it is to a shell.

    Raises:
        OutsourcingKitError: no file can be there: nothing typed, a NUL, a user that nobody knows, a name that is too
            long, a link that leads nowhere or round in a circle.

    >>> typed_path("~/ours") == Path.home() / "ours"
    True
    """
    typed = os.fspath(text)
    why = "is no name" if not typed.strip() else ""
    path = Path()
    try:
        # Not Path.expanduser: a Path has already lost the "./" that tells the folder "./~x" from a user's.
        path = Path(os.path.expanduser(typed))
        path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            why = "is a link that leads nowhere"
        elif str(path).startswith("~") and typed.startswith("~"):
            why = f"is the folder of a user whom nobody knows here (a folder that is called so is ./{shown(typed)})"
    except ValueError:
        why = "holds a character that no name can hold"
    except OSError as error:
        why = {
            errno.ENAMETOOLONG: "is longer than a name can be",
            errno.ELOOP: "is a link that leads round in a circle",
        }.get(error.errno or 0, why)
    if why:
        raise OutsourcingKitError(
            f"'{shown(typed)}' {why}; expected a file or a folder. Mend: correct it, or name another."
        )
    return path
