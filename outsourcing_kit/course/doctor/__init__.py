"""Is this machine fit for the kit? Looks, changes nothing, and says for each thing what mends it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from outsourcing_kit import __version__
from outsourcing_kit.course.doctor import installed, kernel, machine
from outsourcing_kit.course.doctor.check import KIT, PROBLEM, WARNING, Check, count, install, short
from outsourcing_kit.course.doctor.kernel import KERNEL_SECONDS


@dataclass(frozen=True)
class Checkup:
    """All checks; shows itself as text."""

    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status == PROBLEM)

    @property
    def warnings(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status == WARNING)

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "version": __version__,
            "problems": len(self.problems),
            "warnings": len(self.warnings),
            "checks": [asdict(check) for check in self.checks],
        }

    def __str__(self) -> str:
        counts = f"{count(len(self.problems), 'problem')}, {count(len(self.warnings), 'warning')}"
        return "\n".join([*(str(check) for check in self.checks), f"{counts} in {len(self.checks)} checks."])


def doctor(*, kernel_seconds: float = KERNEL_SECONDS) -> Checkup:
    """Check the environment. A kernel that has not answered after `kernel_seconds` counts as a problem."""
    with contextlib.suppress(Exception):
        # As figures do it: with a backend that matplotlib does not know, its plain import would be told as a problem.
        from outsourcing_kit.plots.picture import import_matplotlib

        import_matplotlib()
    looks: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        ("Python", installed.check_python),
        ("Python's modules", installed.check_modules),
        ("kit", installed.check_kit),
        ("packages", installed.check_packages),
        ("kernel", lambda: kernel.check_kernel(kernel_seconds)),
        ("lessons", machine.check_lessons),
        ("fonts", machine.check_fonts),
        ("current folder", machine.check_current_folder),
        ("temporary folder", machine.check_temporary_folder),
        ("Jupyter's folder", machine.check_jupyter_folder),
        ("time zones", machine.check_time_zones),
        ("console", machine.check_console),
    ]
    return Checkup(tuple(check for name, look in looks for check in _guarded(name, look)))


def _guarded(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The checks of `look`. One that fails itself is told like any other, and the rest still runs."""
    try:
        yield from look()
    except Exception as error:
        yield Check(name, PROBLEM, f"could not be checked: {short(error)}", install(KIT, force=True))
