"""The exercises of the lessons: what is right is recomputed from the engagement that is loaded, never stored.

One file a mistake registers its exercises as `EXERCISES`; the test over all of them then covers a new one as well.
"""

from __future__ import annotations

from outsourcing_kit.course.exercises.asking import check, find_exercise, hint, registered, solution
from outsourcing_kit.course.exercises.exercise import Answered, Exercise, Told, WrongWay

__all__ = ["Answered", "Exercise", "Told", "WrongWay", "check", "find_exercise", "hint", "registered", "solution"]
