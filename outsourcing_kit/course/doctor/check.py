"""One check of the doctor, and the words its mends are made of."""

from __future__ import annotations

import sys
from dataclasses import dataclass

OK, WARNING, PROBLEM = "ok", "warning", "problem"
KIT = "outsourcing-kit"
COURSE = "course"


@dataclass(frozen=True)
class Check:
    """One thing looked at: `status` is ok, warning or problem; `mend` is empty where there is nothing to mend."""

    name: str
    status: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f"\n{'':10}Mend: {self.mend}" if self.mend else ""
        return f"{self.status:<8}  {self.name}: {self.found}{mend}"


def this_python() -> str:
    """This very interpreter in a line to copy: `pip` alone may be another one's."""
    return f'"{sys.executable}"' if " " in sys.executable else sys.executable


def install(what: str, *, upgrade: bool = False, force: bool = False) -> str:
    how = "--upgrade " if upgrade else "--force-reinstall " if force else ""
    # Double quotes are understood by every shell, Windows' own too.
    return f'{this_python()} -m pip install {how}"{what}"'


def set_variable(name: str, value: str) -> str:
    """How to set an environment variable in the shell of this platform."""
    return f"set {name}={value}" if sys.platform == "win32" else f"export {name}={value}"


def home() -> str:
    return "%USERPROFILE%" if sys.platform == "win32" else "~"


def count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]
