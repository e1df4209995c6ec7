"""What to do next, from what is wrong: concrete enough for Monday."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from outsourcing_kit.finding import Measure
from outsourcing_kit.task_selection.protection import unsaid_words
from outsourcing_kit.task_selection.raters import RaterAgreement
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import listed, percent

_MOST = 3
_PROBABLY_DEARER = 0.5
_LOW_ALPHA = 0.667
_COLLECT = {
    "tasks": "List the work first: table tasks, one row per task with its hours, what it costs inside, the quote, and "
    "what forbids handing it over.",
    "can_do": "Ask who inside can still do each task that is planned outside, and write it down: table can_do.",
    "people": "Write down who works on this, on which side and until when: table people.",
}


def next_actions(headlines: Sequence[Measure], evidence: pd.DataFrame, agreement: RaterAgreement) -> tuple[str, ...]:
    """One to three next actions, the gravest first."""
    found = list(_actions(headlines, evidence, agreement))
    return tuple(found[:_MOST]) or ("Change nothing now; look again when the plan, a quote or the roster changes.",)


def _actions(headlines: Sequence[Measure], evidence: pd.DataFrame, agreement: RaterAgreement) -> Iterator[str]:
    protected, not_cheaper, no_skill = headlines
    outside = evidence[evidence["outside"].astype(bool)].sort_values("hours", ascending=False, kind="stable")
    outside = outside.assign(task=outside["task"].map(shown))
    if protected.verdict not in ("fine", "not assessed"):
        yield from _about_locks(outside)
    free = outside[~outside["locked"].astype(bool)]
    if not_cheaper.verdict not in ("fine", "not assessed"):
        yield from _about_dearer(free)
    if no_skill.verdict not in ("fine", "not assessed"):
        lost = listed(outside.loc[outside["inside_people"] == 0, "task"].tolist())
        yield (
            f"Let somebody inside learn {lost} while the people who know are still here, and put the way back into the "
            "contract: nobody inside can do it now."
        )
    if not_cheaper.verdict not in ("fine", "not assessed"):
        yield from _about_unclear(free)
    needs = " ".join(m.settled_by for m in headlines if m.verdict == "not assessed")
    for table, what in _COLLECT.items():
        if f"needs table {table}" in needs:
            yield what
    weak = agreement.table[agreement.table["alpha"] < _LOW_ALPHA].sort_values(["alpha", "criterion"], kind="stable")
    if len(weak):
        yield (
            f"Before averaging ratings of {quoted(weak['criterion'].iloc[0])}, let two raters who differ explain one "
            "task to each other, and rate again."
        )


def _about_locks(outside: pd.DataFrame) -> Iterator[str]:
    locked = outside[outside["locked"].astype(bool)]
    if len(locked):
        why = [f"{task} ({by})" for task, by in zip(locked["task"], locked["locked_by"], strict=True)]
        yield (
            f"Keep inside, or take back: {listed(why)}. No saving outweighs a veto; where one no longer holds, let "
            "its owner lift it in writing first."
        )
    if words := unsaid_words(outside):
        yield f"Ask those who would know, and write yes or no into table tasks: {words}."


def _about_dearer(free: pd.DataFrame) -> Iterator[str]:
    dearer = free[free["cheaper"] < _PROBABLY_DEARER]
    if len(dearer):
        which = [f"{task} ({percent(p)})" for task, p in zip(dearer["task"], dearer["cheaper"], strict=True)]
        yield f"Renegotiate or keep inside: {listed(which)}; in brackets the probability that outside is cheaper."


def _about_unclear(free: pd.DataFrame) -> Iterator[str]:
    unquoted = free.loc[free["cheaper"].isna(), "task"].tolist()
    if unquoted:
        yield f"Get a written quote for {listed(unquoted)}, with its unit, before deciding."
    unclear = free.loc[(free["cheaper"] >= _PROBABLY_DEARER) & ~free["clearly_cheaper"].astype(bool), "task"].tolist()
    if unclear:
        yield f"Record managing and rework hours on {listed(unclear)} for one month, then compare again."
