"""Mistake 2: outsourcing everything, or the wrong things. Vetoes first, then cost, then who can take it back."""

from __future__ import annotations

from outsourcing_kit.task_selection.assessment import assess
from outsourcing_kit.task_selection.bargain import BoughtOff, bought_off
from outsourcing_kit.task_selection.costs import TaskCosts, task_costs
from outsourcing_kit.task_selection.cover import ProcessCover, process_cover
from outsourcing_kit.task_selection.protection import ProtectedTasks, protected_tasks
from outsourcing_kit.task_selection.raters import RaterAgreement, rater_agreement
from outsourcing_kit.task_selection.weighing import Topsis, topsis

__all__ = [
    "BoughtOff",
    "ProcessCover",
    "ProtectedTasks",
    "RaterAgreement",
    "TaskCosts",
    "Topsis",
    "assess",
    "bought_off",
    "process_cover",
    "protected_tasks",
    "rater_agreement",
    "task_costs",
    "topsis",
]
