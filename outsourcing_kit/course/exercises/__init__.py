"""The exercises of the lessons: check an answer, ask for a hint, see the solution. All offline.

What is right is recomputed from the engagement that is loaded, never stored. Each mistake has a file with its
`EXERCISES`, whose words are in `words.toml`; the test over all that are registered covers a new one as well.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from outsourcing_kit.course.exercises.exercise import Exercise, Said
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement


def check(name: str, answer: Any, /, records: Engagement | None = None) -> Said:
    """Hold your answer to an exercise (one number) against what is right for the engagement of the notebook.

    That is the notebook's variable `records`, as it is now, unless another is passed. The right answer is never shown.

    Raises:
        UnknownNameError: no exercise of that name (the nearest one is named).
        OutsourcingKitError: no engagement.

    >>> from outsourcing_kit import Engagement
    >>> check("kickoff.2", 80, records=Engagement.load("steady")).right
    False
    """
    from outsourcing_kit.engagement import Engagement

    exercise = find_exercise(name)
    found = notebook_names().get("records") if records is None else records
    if isinstance(found, Engagement):
        return exercise.judge(answer, found)
    what = "no variable `records`" if found is None else f"`records` is a {type(found).__name__}"
    needs = f'check("{exercise.key}", …) needs the engagement: {what}, expected an Engagement'
    mend = 'records = Engagement.load("steady"), or whichever you work on, and run your cell again'
    raise OutsourcingKitError(f"{needs}. Mend: {mend}; outside a notebook pass records=…")


def hint(name: str, stage: int = 1) -> Said:
    """The hint number `stage` of an exercise: the first says where to look, the last nearly says it all.

    Raises UnknownNameError, and OutsourcingKitError for a stage that is no whole number from 1 on.
    """
    exercise = find_exercise(name)
    count = len(exercise.hints)
    if isinstance(stage, bool) or not isinstance(stage, int) or stage < 1:
        raise OutsourcingKitError(f'hint("{exercise.key}", {stage!r}): expected a number from 1 to {count}.')
    if stage > count:
        return Said(f"{exercise.key}, no more hints:", f'There are {count}. To see one way: solution("{exercise.key}")')
    more = f' Next: hint("{exercise.key}", {stage + 1})' if stage < count else ""
    return Said(f"{exercise.key}, hint {stage} of {count}:", f"{exercise.hints[stage - 1]}{more}")


def solution(name: str) -> Said:
    """One way to solve an exercise: the code of the lesson's cell. Raises UnknownNameError."""
    from outsourcing_kit.course.editions import exercise_of, without_marks
    from outsourcing_kit.course.lessons import find_lesson, find_lessons

    exercise = find_exercise(name)
    cells = find_lesson(exercise.lesson, find_lessons()).code_cells()
    source = next(source for source, tags in cells if "solution" in tags and exercise_of(source) == exercise.key)
    return Said(f"{exercise.key}, one way", without_marks(source), code=True)


@functools.cache
def registered() -> Mapping[str, Exercise]:
    """Every exercise by its key."""
    # Imported at the first question: they bring the whole analysis along.
    from outsourcing_kit.course.exercises import business_case, expectations, kickoff, recognition, task_selection

    lessons = (business_case, task_selection, kickoff, expectations, recognition)
    return {exercise.key: exercise for lesson in lessons for exercise in lesson.EXERCISES}


def find_exercise(name: object) -> Exercise:
    """The exercise of that key. Raises UnknownNameError with the nearest one."""
    if not isinstance(name, str):
        expected = f'Expected the name first, then the answer: check("{next(iter(registered()))}", answer)'
        raise OutsourcingKitError(f"Found {type(name).__name__} where the exercise's name belongs. {expected}")
    if name not in registered():
        raise UnknownNameError.of("exercise", name, registered())
    return registered()[name]


def notebook_names() -> Mapping[str, Any]:
    """The variables of the notebook (or IPython session) that is running; empty outside one."""
    # Not imported: whoever runs in IPython has it already.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return {} if shell is None else shell.user_ns
