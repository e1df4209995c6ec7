"""The engagements of a run: found where the user stands and checked before anything starts."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError
from outsourcing_kit.resources import sample_engagements

# Windows keeps these to itself, whatever the ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10))}


@dataclass(frozen=True)
class Selected:
    """One engagement of a run: `passed` to a lesson (a sample's name, an absolute path), `shown_as` the user typed it.

    `name` is what its own settings say, `label` its folder in the output.
    """

    passed: str
    shown_as: str
    name: str
    label: str


def all_of(*steps: Callable[[], Any]) -> list[Any]:
    """What each step returns. One of the kit's errors is raised as it is, those of several steps together as one."""
    done, troubles = [], []
    for step in steps:
        try:
            done.append(step())
        except OutsourcingKitError as error:
            troubles.append(error)
    if len(troubles) == 1:
        raise troubles[0]
    if troubles:
        raise BadDataError("\n".join(map(str, troubles)), troubles)
    return done


def select_engagements(names: Iterable[str]) -> tuple[Selected, ...]:
    """Find and check engagements, each once; all samples for no names. Raises OutsourcingKitError with all problems."""
    wanted = list(dict.fromkeys(names)) or sample_engagements()
    if not wanted:
        raise OutsourcingKitError("There is no sample engagement. Mend: name a folder with --engagement FOLDER")
    selected: dict[str, Selected] = {}
    loaded = all_of(*(functools.partial(load, each) for each in wanted))
    for shown_as, (passed, name) in zip(wanted, loaded, strict=True):
        label = new_label(shown_as, [other.label for other in selected.values()])
        selected.setdefault(passed, Selected(passed, shown_as, name, label))
    return tuple(selected.values())


def load(shown_as: str) -> tuple[str, str]:
    """What to pass to a lesson for the engagement that the user typed, and its own name. Raises OutsourcingKitError."""
    from outsourcing_kit.engagement import Engagement, find_engagement

    folder = find_engagement(shown_as).resolve()
    name = Engagement.load(shown_as).name
    # A bare name is a sample before it is a folder, here as in `find_engagement`.
    return (shown_as if shown_as in sample_engagements() else str(folder)), name


def new_label(shown_as: str, taken: Iterable[str]) -> str:
    """A folder name for an engagement that any file system takes, unlike those `taken`.

    >>> new_label("../my data/steady", ["steady"])
    'steady-2'
    """
    base = re.sub(r"\.xls[xm]$", "", Path(shown_as).name, flags=re.IGNORECASE)
    if base in ("", "..", "."):
        base = Path(shown_as).resolve().name
    # Windows stops at 260 characters for a whole path, of which a file's name and the folders above take most.
    plain = re.sub(r"[^\w.-]+", "-", base).strip(".-_")[:60] or "engagement"
    if plain.split(".")[0].casefold() in _RESERVED or plain.casefold() in ("index.html", "summary.json"):
        plain = f"engagement-{plain}"
    # Some file systems do not tell A from a.
    used = {label.casefold() for label in taken}
    numbered = (f"{plain}-{number}" for number in itertools.count(2))
    return next(label for label in itertools.chain([plain], numbered) if label.casefold() not in used)
