"""What a notebook calls: check an answer, ask for a hint, see the solution. All offline."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from outsourcing_kit.course.exercises.exercise import Answered, Exercise, Told
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import MISTAKES

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement


def check(name: str, answer: Any, /, records: Engagement | None = None, **parameters: Any) -> Answered:
    """Hold your answer to an exercise against what is right for the engagement that the notebook has loaded.

    The engagement is the notebook's `records`, and parameters are the notebook's variables of those names, as they are
    now; outside a notebook, pass them. The right answer is never shown.

    Args:
        name: the exercise, e.g. "kickoff.1".
        answer: one number.
        records: an engagement to use instead of the notebook's.
        parameters: values to use instead of the notebook's.

    Raises:
        UnknownNameError: no exercise of that name (the nearest one is named).
        OutsourcingKitError: no engagement, or no value for a parameter.

    >>> from outsourcing_kit import Engagement
    >>> check("kickoff.2", 80, records=Engagement.load("steady")).right
    False
    """
    exercise = find_exercise(name)
    notebook = notebook_names()
    engagement = _engagement(exercise, notebook, records)
    return exercise.judge(answer, engagement, _parameters(exercise, notebook, parameters))


def hint(name: str, stage: int = 1) -> Told:
    """The hint number `stage` of an exercise: the first says where to look, the last nearly says it all.

    Raises UnknownNameError, and OutsourcingKitError for a stage that is no whole number from 1 on.
    """
    exercise = find_exercise(name)
    count = len(exercise.hints)
    if isinstance(stage, bool) or not isinstance(stage, int) or stage < 1:
        raise OutsourcingKitError(f'hint("{exercise.key}", {stage!r}): expected a number from 1 to {count}.')
    if stage > count:
        return Told(f"{exercise.key}, no more hints", f'There are {count}. To see one way: solution("{exercise.key}")')
    more = f' Next: hint("{exercise.key}", {stage + 1})' if stage < count else ""
    return Told(f"{exercise.key}, hint {stage} of {count}", f"{exercise.hints[stage - 1]}{more}")


def solution(name: str) -> Told:
    """One way to solve an exercise: the code of the lesson's cell. Raises UnknownNameError."""
    exercise = find_exercise(name)
    return Told(f"{exercise.key}, one way", _solutions(exercise.lesson)[exercise.key], code=True)


# ---- finding things ------------------------------------------------------------------------------------------------


@functools.cache
def registered() -> Mapping[str, Exercise]:
    """Every exercise by its key: those of the file named like the mistake, in this folder."""
    here = importlib.import_module(__package__)
    files = {module.name for module in pkgutil.iter_modules(here.__path__)}
    modules = [importlib.import_module(f"{__package__}.{mistake}") for mistake in MISTAKES if mistake in files]
    return {exercise.key: exercise for module in modules for exercise in module.EXERCISES}


def find_exercise(name: object) -> Exercise:
    """The exercise of that key. Raises UnknownNameError with the nearest one."""
    if not isinstance(name, str):
        found = type(name).__name__
        raise OutsourcingKitError(
            f"Found {found} where the exercise's name belongs. Expected the name first, then the answer: "
            f'check("{next(iter(registered()))}", answer)'
        )
    if name not in registered():
        raise UnknownNameError.of("exercise", name, registered())
    return registered()[name]


def notebook_names() -> Mapping[str, Any]:
    """The variables of the notebook (or IPython session) that is running; empty outside one."""
    # Not imported: whoever runs in IPython has it already.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return {} if shell is None else shell.user_ns


def _engagement(exercise: Exercise, notebook: Mapping[str, Any], records: object) -> Engagement:
    from outsourcing_kit.engagement import Engagement

    found = notebook.get("records") if records is None else records
    if isinstance(found, Engagement):
        return found
    what = "no variable `records`" if found is None else f"`records` is a {type(found).__name__}"
    raise OutsourcingKitError(
        f'check("{exercise.key}", …) needs the engagement: {what}, expected an Engagement. '
        'Mend: records = Engagement.load("steady"), or whichever you work on, and run your cell again; '
        "outside a notebook pass records=…"
    )


def _parameters(exercise: Exercise, notebook: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for name in given:
        if name not in exercise.parameters:
            raise UnknownNameError.of(f"parameter of {exercise.key}", name, exercise.parameters or ["none"])
    known = {**{name: notebook[name] for name in exercise.parameters if name in notebook}, **given}
    absent = [name for name in exercise.parameters if name not in known]
    if absent:
        raise OutsourcingKitError(
            f'check("{exercise.key}", …) needs the lesson\'s parameter {", ".join(absent)}. '
            f"Mend: run the cell tagged parameters, or pass {absent[0]}=…"
        )
    return known


@functools.cache
def _solutions(lesson: str) -> Mapping[str, str]:
    """The authored solutions of a lesson by exercise, without the marks that the participant's stub is made with."""
    from outsourcing_kit.course.editions import exercise_of, without_marks
    from outsourcing_kit.course.lessons import find_lesson, find_lessons
    from outsourcing_kit.course.parameters import code_cells

    cells = code_cells(find_lesson(lesson, find_lessons()).path)
    found = [(exercise_of(source), without_marks(source)) for source, tags in cells if "solution" in tags]
    return {key: source for key, source in found if key}
