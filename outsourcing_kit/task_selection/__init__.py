"""Mistake 2: outsourcing everything, or the wrong things. Vetoes first, then cost, then who can take it back."""

from __future__ import annotations

from outsourcing_kit.task_selection.assessment import assess
from outsourcing_kit.task_selection.compensation import NaiveSelection, naive_selection
from outsourcing_kit.task_selection.costs import TaskCosts, task_costs
from outsourcing_kit.task_selection.multicriteria import Topsis, topsis
from outsourcing_kit.task_selection.protection import ProtectedTasks, protected_tasks
from outsourcing_kit.task_selection.raters import RaterAgreement, rater_agreement
from outsourcing_kit.task_selection.retained_skill import ProcessCover, process_cover
from outsourcing_kit.task_selection.stability import Acceptability, acceptability

__all__ = [
    "Acceptability", "NaiveSelection", "ProcessCover", "ProtectedTasks", "RaterAgreement", "TaskCosts", "Topsis",
    "acceptability", "assess", "naive_selection", "process_cover", "protected_tasks", "rater_agreement", "task_costs",
    "topsis",
]  # fmt: skip
