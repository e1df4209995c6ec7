"""Mistake 4 in one finding: same page, answers in time, proposals answered."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from outsourcing_kit.assessments import Assessment, tally
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.expectations.answers import AnswerTimes, answer_times
from outsourcing_kit.expectations.cost import monthly_cost
from outsourcing_kit.expectations.flow import throughput
from outsourcing_kit.expectations.pairs import PairAgreement, pair_agreement
from outsourcing_kit.expectations.proposals import ProposalAnswers, proposal_answers
from outsourcing_kit.expectations.wording import WORD_FLAGS, flag_vague_wording
from outsourcing_kit.finding import Finding
from outsourcing_kit.words import other_count, plural

_EVIDENCE = (
    "about", "subject", "aspect", "client_mean", "provider_mean", "clients", "providers", "pairs", "within",
    "side", "asked", "answered", "hours", "days", "in_time", "left_out", "clock", "outcome",
)  # fmt: skip


def assess(
    engagement: Engagement, *, limits: Mapping[str, float] | None = None, answer_hours: float = 8.0,
    proposal_days: float = 14.0, seed: int = 0,
) -> Finding:  # fmt: skip
    """Were expectations communicated? Both sides' ratings compared, questions timed, proposals followed up.

    Args:
        engagement: the records; tables expectations, messages, proposals (with people); as support work and events.
        limits: your own limits by headline, e.g. {"answered_in_time": 0.8}.
        answer_hours: shared hours within which an answer is in time.
        proposal_days: days within which a proposal's answer is in time.
        seed: taken so that the five assessments are called alike; nothing here is random.

    Returns:
        Finding. Evidence rows: one per expectation and aspect, question, and proposal (column `about`), without names
        of persons.

    Raises:
        UnknownNameError, OutsourcingKitError: a limit that is none, or outside what can happen.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("radio-silence")).verdict
    'problem'
    """
    people, now = engagement.people, engagement.settings.end
    agreement = pair_agreement(engagement.expectations, people)
    answers = answer_times(engagement.messages, people, now, hours=answer_hours)
    proposals = proposal_answers(engagement.proposals, people, now, days=proposal_days)
    found = Assessment(engagement, "expectations", limits)
    rated = agreement.table
    close = f"{(rated['within'].fillna(0) * rated['pairs']).sum():.0f} of {plural(int(rated['pairs'].sum()), 'pair')}"
    found.sample("within_one_point", agreement.estimate, agreement.missing, counts=close)
    name = f"questions answered within {answer_hours:g} shared hours"
    found.sample(
        "answered_in_time", answers.estimate, answers.missing, name=name, first=_unsure_questions(answers),
        counts=_counts(answers.table, "question", answers.estimate.estimate), complete=True,
    )  # fmt: skip
    name = f"proposals answered within {proposal_days:g} days"
    unsure = plural(proposals.unplaced, "proposal") if proposals.unplaced else ""
    first = f"say of {unsure} who raised them, on which side and when" if unsure else ""
    found.sample(
        "proposals_answered", proposals.estimate, proposals.missing, name=name, first=first,
        counts=_counts(proposals.table, "proposal", proposals.estimate.estimate), complete=True,
    )  # fmt: skip
    _support(found, answers)
    _act(found, agreement, answers, proposals, answer_hours)
    notes = _assumptions(agreement, answers, proposals, answer_hours, proposal_days)
    notes += _counted_alike(agreement, answers, proposals)
    if len(engagement.work):
        notes.append("Vague wording is found by a list of English words: it prompts a question and proves no defect.")
    settings = engagement.settings
    cost = monthly_cost(
        answers, engagement.messages, people, currency=settings.currency, since=settings.observed_from,
        until=settings.observed_to, hours=answer_hours,
    )  # fmt: skip
    return found.finding(_evidence(agreement, answers, proposals), notes, cost)


def _counts(table: pd.DataFrame, what: str, share: float) -> str:
    judged = table[~table["left_out"]]
    return tally(judged["in_time"].astype(bool), judged["person"], what, share)


def _unsure_questions(answers: AnswerTimes) -> str:
    """What to fill in before any more records are worth having."""
    questions = plural(answers.unplaced, "question")
    parts = {
        f"of {plural(answers.unsaid, 'message')} whether they need an answer (column needs_answer)": answers.unsaid,
        f"of {plural(answers.untimed, 'question')} the time of day, asked and answered (column sent)": answers.untimed,
        f"the side and working hours of everybody who asks or is asked (table people; {questions})": answers.unplaced,
    }
    return f"say {' and '.join(part for part in parts if parts[part])}" if any(parts.values()) else ""


def _support(found: Assessment, answers: AnswerTimes) -> None:
    if asked := len(answers.table):
        median = answers.median_hours()
        name = "median time to an answer, open questions counted as still waiting"
        told = ("median_answer_hours", name, median, "shared hours")
        # "Longer than any wait on record" is no number: it is said in words.
        if math.isinf(median):
            told = ("more_than_half_wait", "more than half of the questions still wait", 1.0, "yes/no")
        found.support(*told, asked, "questions")
        name = "questions between the sides without any answer so far"
        found.support("unanswered", name, answers.unanswered / asked, "share", asked, "questions")
    work = found.engagement.work
    if "text" in work and (flagged := flag_vague_wording(work["text"], flags=WORD_FLAGS)).texts:
        name = "requests with words worth a question (a prompt to ask, not a defect)"
        share = flagged.table["text"].nunique() / flagged.texts
        found.support("vague_requests", name, share, "share", flagged.texts, "requests")
    flow = throughput(found.engagement.events).table.iloc[0]
    if cases := int(flow["cases"]):
        for column, name, unit in (
            ("mean_days", "mean time from a ticket's first to its last event", "days"),
            ("median_days", "median time from a ticket's first to its last event", "days"),
            ("events_per_case", "events a ticket", "events"),
        ):
            found.support(column, name, flow[column], unit, cases, "tickets")


def _act(
    found: Assessment, agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers, hours: float
) -> None:
    facts = {}
    # The table is in order, the widest apart first: one to talk about is enough for a meeting.
    if len(agreement.table):
        worst = agreement.table.iloc[0]
        facts = {side: f"{worst[f'{side}_mean']:.1f}" for side in ("client", "provider")}
        facts |= {"expectation": worst["expectation"], "aspect": worst["aspect"]}
    found.act("within_one_point", **facts)
    now = found.engagement.settings.end
    for key, late in (
        ("answered_in_time", _waiting(answers.table, "question", "asked", now)),
        ("proposals_answered", _waiting(proposals.table, "proposal", "raised", now)),
    ):
        nobody = not late and found[key].answer in ("problem", "leans problem", "cannot tell")
        found.act(key, "nobody waits" if nobody else "", hours=f"{hours:g}", **late)


def _waiting(table: pd.DataFrame, what: str, since: str, now: pd.Timestamp) -> dict[str, str]:
    """How many wait too long, and the oldest of them; nothing where none does."""
    # One that is still within its time is not late.
    waiting = table[table["answered"].isna() & ~table["left_out"]]
    if not len(waiting):
        return {}
    name, begun = waiting[[what, since]].iloc[0]
    days = plural((now - begun) // pd.Timedelta(days=1), "day")
    return {"waiting": plural(len(waiting), f"{what} has"), "oldest": name, "asked": f"{begun:%Y-%m-%d}", "days": days}


def _evidence(agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers) -> pd.DataFrame:
    """One tidy table of what was counted. Who was slow is nobody's business here: rows carry sides, not persons."""
    rated = agreement.table.rename(columns={"expectation": "subject"}).assign(about="expectation")
    asked = answers.table.rename(columns={"question": "subject"}).assign(about="question")
    grid = agreement.grid.rename(columns={"client": "client_mean", "provider": "provider_mean"}).assign(about="pairs")
    raised = proposals.table.rename(columns={"proposal": "subject", "raised": "asked"})
    parts = [rated, grid, asked, raised.assign(about="proposal", side="client")]
    parts = [part for part in parts if len(part)]
    # As objects: pandas would make numbers of columns that one part has and the others lack.
    cells = {
        name: [part[name].to_numpy(object) if name in part else np.full(len(part), np.nan, object) for part in parts]
        for name in _EVIDENCE
    }
    columns = {name: np.concatenate([*each, np.zeros(0, object)]) for name, each in cells.items()}
    return pd.DataFrame(columns, dtype=object).infer_objects()


def _assumptions(
    agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers, hours: float, days: float
) -> list[str]:
    rated, asked = agreement.table, len(answers.table)
    late, hold = "before the records end, too late to judge.", "the interval holds whether or not"
    # How many, of what, and the rest of the sentence; nothing is said of none, nor without questions of answers.
    notes = [
        (len(rated), "", "Of each person's ratings of an expectation the latest counts; meaning, importance and met "
         "count alike."),
        (int((rated["pairs"] == 0).sum()), "expectation", "rated by one side only: left out of the pairs."),
        (agreement.left_out, "rating", "left out: blank, or by somebody whose side is."),
        (asked, "", "Working time is Monday to Friday on each person's clock; public holidays and leave count as "
         "working days."),
        (asked, "", "An answer by phone, face to face or in a private channel leaves no record here and counts as "
         "none."),
        (asked and answers.automatic, "automatic message", "left out: neither question nor answer."),
        (asked and answers.unmarked, "", "Automatic replies (out of office) count as answers unless marked "
         "(messages.automatic)."),
        (answers.left_out, "question", f"left out: fewer than {hours:g} working hours {late}"),
        (int((answers.table["clock"] == "own").sum()), "question", "between people who share no working hours: timed "
         "in the hours of the person addressed."),
        (math.isinf(answers.median_hours()), "", "More than half of the questions have no answer yet, so there is no "
         "median time to one."),
        (asked and answers.unsaid, "message", f"without a word on whether an answer is needed: {hold} it is."),
        (asked and answers.untimed, "question", "left out, as working hours need the time of day: "
         f"{hold} they were in time."),
        (asked and answers.unplaced, "question", "by or to somebody whose side or working hours are blank: "
         f"{hold} in time."),
        (proposals.unplaced, "proposal", f"by nobody known, or of an unknown day: {hold} they count."),
        (proposals.left_out, "proposal", f"left out: raised less than {days:g} days {late}"),
    ]  # fmt: skip
    return [f"{plural(count, what)} {words}" if what else words for count, what, words in notes if count]


def _counted_alike(agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers) -> list[str]:
    """What each share would be with every row counted alike, where that makes a difference."""
    rated, asked, raised = agreement.table, answers.table, proposals.table
    pairs = rated["pairs"].sum()
    within = float((rated["within"].fillna(0) * rated["pairs"]).sum() / pairs) if pairs else math.nan
    in_time, heard = (float(part.loc[~part["left_out"], "in_time"].mean()) for part in (asked, raised))
    return [
        *other_count("ratings within one point", "client–provider pair", "rating", agreement.estimate.estimate, within),
        *other_count("questions answered in time", "person asked", "question", answers.estimate.estimate, in_time),
        *other_count("proposals answered in time", "proposer", "proposal", proposals.estimate.estimate, heard),
    ]
