"""Which tasks must not be handed over, whatever they cost?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from outsourcing_kit.tables import VETOES

_PREFIX = "veto_"
OUTSIDE_PLANS = ("outsource", "share")


def is_outside(tasks: pd.DataFrame) -> pd.Series:
    """Whether a task is planned outside, wholly or shared."""
    return tasks["plan"].isin(OUTSIDE_PLANS)


def protected_tasks(tasks: pd.DataFrame) -> pd.DataFrame:
    """Tasks that are core or carry a veto: rules that no saving can outweigh.

    Args:
        tasks: table `tasks`; column core and any columns veto_*, true or false, blank for false. Absent ones count as
            never raised: `absent_vetoes` names them.

    Returns:
        One row per task, in the rows' order: task, locked (bool), locked_by (such as "core, legal"; "" if free).

    Example: t1 is core, t2 under a legal veto, t3 free.

    >>> tasks = pd.DataFrame({"task": ["t1", "t2", "t3"], "core": [True, False, False], "veto_legal": [0, 1, 0]})
    >>> protected_tasks(tasks)["locked_by"].tolist()
    ['core', 'legal', '']
    """
    columns = [name for name in tasks.columns if name == "core" or str(name).startswith(_PREFIX)]
    raised = np.column_stack([_raised(tasks[name]) for name in columns]) if columns else np.zeros((len(tasks), 0), bool)
    words = [name.removeprefix(_PREFIX).replace("_", " ") for name in columns]
    why = [", ".join(word for word, up in zip(words, row, strict=True) if up) for row in raised]
    return pd.DataFrame(
        {
            "task": tasks["task"].to_numpy(),
            "locked": raised.any(axis=1),
            "locked_by": pd.Series(why, index=tasks.index, dtype=object).to_numpy(),
        },
        index=tasks.index,
    )


def absent_vetoes(tasks: pd.DataFrame) -> list[str]:
    """The veto columns that the table does not have: nobody was asked, which is not the same as no veto."""
    return [name for name in VETOES if name not in tasks]


def _raised(flags: pd.Series) -> np.ndarray:
    return flags.map(lambda flag: False if pd.isna(flag) else bool(flag)).to_numpy(dtype=bool)
