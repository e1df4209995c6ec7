"""Mistake 4 in one finding: same page, answers in time, proposals answered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.expectations.answers import AnswerTimes, answer_times
from outsourcing_kit.expectations.flow import throughput
from outsourcing_kit.expectations.pairs import PairAgreement, pair_agreement
from outsourcing_kit.expectations.proposals import ProposalAnswers, proposal_answers
from outsourcing_kit.expectations.wording import WORD_FLAGS, flag_vague_wording
from outsourcing_kit.finding import Finding, Measure, limit_for, sample_measure, supporting_measure, unassessed_measure
from outsourcing_kit.settling import and_settle, roster
from outsourcing_kit.stats import Estimate
from outsourcing_kit.words import other_count

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_MISTAKE = "expectations"
_ANSWER_HOURS, _PROPOSAL_DAYS = 8.0, 14.0
_URGENCY = {"problem": 0, "cannot tell": 1, "not assessed": 2}


def assess(
    engagement: Engagement,
    *,
    limits: Mapping[str, float] | None = None,
    answer_hours: float = _ANSWER_HOURS,
    proposal_days: float = _PROPOSAL_DAYS,
    seed: int = 0,
) -> Finding:
    """Were expectations communicated? Both sides' ratings compared, questions timed, proposals followed up.

    Args:
        engagement: the records; tables expectations, messages, proposals (with people); as support work and events.
        limits: your own limits by headline, e.g. {"answered_in_time": 0.8}.
        answer_hours: shared working hours within which an answer is in time.
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
    proposals = proposal_answers(engagement.proposals, people, now, proposal_days)
    same_page, in_time, heard = (
        _headline(engagement, key, result.estimate, result.missing, limits)
        for key, result in (
            ("expectations.within_one_point", agreement),
            ("expectations.answered_in_time", answers),
            ("expectations.proposals_answered", proposals),
        )
    )
    in_time = _or_say(in_time, _unsure_questions(answers))
    heard = _or_say(heard, _unsure_proposals(proposals))
    if answer_hours != _ANSWER_HOURS:
        in_time = replace(in_time, name=f"questions answered within {answer_hours:g} overlapping working hours")
    if proposal_days != _PROPOSAL_DAYS:
        heard = replace(heard, name=f"provider's proposals answered within {proposal_days:g} days")
    steps = (
        (same_page, _page_action(same_page, agreement)),
        (in_time, _answer_action(in_time, answers, answer_hours)),
        (heard, _proposal_action(heard, proposals, now)),
    )
    urgent = sorted((pair for pair in steps if pair[0].verdict in _URGENCY), key=lambda pair: _URGENCY[pair[0].verdict])
    return Finding(
        mistake=_MISTAKE,
        engagement=engagement.name,
        headlines=(same_page, in_time, heard),
        supporting=_supporting(engagement, answers),
        evidence=_evidence(agreement, answers, proposals),
        actions=tuple(and_settle(action, m.verdict, m.settled_by) for m, action in urgent) or (_KEEP,),
        assumptions=_assumptions(
            agreement, answers, proposals, answer_hours, proposal_days, bool(len(engagement.work))
        ),
        interim=engagement.settings.interim,
    )


def _headline(
    engagement: Engagement, key: str, estimate: Estimate, missing: str, limits: Mapping[str, float] | None
) -> Measure:
    limit = limit_for(engagement, key, limits)
    if missing:
        return unassessed_measure(key, missing, limit)
    return sample_measure(key, estimate, limit, roster(engagement, key))


def _or_say(measure: Measure, unsure: str) -> Measure:
    """What settles a measure that blanks leave open: filling them in, before any more records."""
    if measure.verdict != "cannot tell" or not unsure:
        return measure
    rest = f"; else {measure.settled_by}" if measure.settled_by else ""
    return replace(measure, settled_by=f"say {unsure}{rest}")


def _unsure_questions(answers: AnswerTimes) -> str:
    parts = []
    if answers.unsaid:
        parts.append(f"of {_count(answers.unsaid, 'message')} whether they need an answer (column needs_answer)")
    if answers.unplaced:
        parts.append(
            f"the side and working hours of everybody who asks or is asked (table people; "
            f"{_count(answers.unplaced, 'question')})"
        )
    return " and ".join(parts)


def _unsure_proposals(proposals: ProposalAnswers) -> str:
    if not proposals.unplaced:
        return ""
    return f"of {_count(proposals.unplaced, 'proposal')} who raised them, on which side and when"


# --- what supports the headlines ----------------------------------------------------------------------------------


def _supporting(engagement: Engagement, answers: AnswerTimes) -> tuple[Measure, ...]:
    found = []
    if asked := len(answers.table):
        median = answers.median_hours()
        if math.isinf(median):
            key, name, value, unit = "more_than_half_wait", "more than half of the questions still wait", 1.0, "yes/no"
        else:
            key, name = "median_answer_hours", "median time to an answer, open questions counted as still waiting"
            value, unit = median, "shared working hours"
        found.append(supporting_measure(f"{_MISTAKE}.{key}", name, value, unit, asked, "questions"))
        share = answers.unanswered / asked
        name = "questions between the sides without any answer so far"
        found.append(supporting_measure(f"{_MISTAKE}.unanswered", name, share, "share", asked, "questions"))
    found += _wording_support(engagement)
    flow = throughput(engagement.events).table.iloc[0]
    cases = int(flow["cases"])
    if cases:
        for column, name, unit in (
            ("mean_days", "mean time from a ticket's first to its last event", "days"),
            ("median_days", "median time from a ticket's first to its last event", "days"),
            ("events_per_case", "events a ticket", "events"),
        ):
            found.append(supporting_measure(f"{_MISTAKE}.{column}", name, float(flow[column]), unit, cases, "tickets"))
    return tuple(found)


def _wording_support(engagement: Engagement) -> list[Measure]:
    work = engagement.work
    if "text" not in work:
        return []
    flagged = flag_vague_wording(work["text"], flags=WORD_FLAGS)
    if not flagged.texts:
        return []
    share = flagged.table["text"].nunique() / flagged.texts
    name = "requests with words worth a question (a prompt to ask, not a defect)"
    return [supporting_measure(f"{_MISTAKE}.vague_requests", name, share, "share", flagged.texts, "requests")]


def _evidence(agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers) -> pd.DataFrame:
    """One tidy table of what was counted. Who was slow is nobody's business here: rows carry sides, not persons."""
    rated = agreement.table.rename(columns={"expectation": "subject"}).assign(about="expectation")
    asked = answers.table.rename(columns={"question": "subject"}).drop(columns=["person", "waited"])
    raised = proposals.table.rename(columns={"proposal": "subject", "raised": "asked"}).drop(columns="person")
    parts = [rated, asked.assign(about="question"), raised.assign(about="proposal", side="client")]
    columns = [
        "about", "subject", "aspect", "client_mean", "provider_mean", "clients", "providers", "pairs", "within",
        "side", "asked", "answered", "hours", "days", "in_time", "left_out", "clock", "outcome",
    ]  # fmt: skip
    rows = [part.reindex(columns=columns).astype(object) for part in parts if len(part)]
    return pd.concat(rows, ignore_index=True).infer_objects() if rows else pd.DataFrame(columns=columns)


# --- what to do next ----------------------------------------------------------------------------------------------

_KEEP = (
    "Let both sides fill in the expectation sheet again at the next review, and keep the rule on answers: what "
    "changes first is seldom said first."
)


def _page_action(measure: Measure, agreement: PairAgreement) -> str:
    if measure.verdict == "not assessed" or not len(agreement.table):
        return (
            "Write down the five expectations that matter most and let people of both sides rate each from 1 to 5, "
            "without seeing the other side's answers."
        )
    worst = agreement.table.iloc[0]
    return (
        f"Talk through “{worst['expectation']}” ({worst['aspect']}): the client side says "
        f"{worst['client_mean']:.1f} of 5, the provider side {worst['provider_mean']:.1f}, and "
        f"{100 * worst['within']:.0f}% of the pairs are within one point. Write down one result that meets it and "
        "one that does not, then rate it again."
    )


def _answer_action(measure: Measure, answers: AnswerTimes, hours: float) -> str:
    if measure.verdict == "not assessed" or not len(answers.table):
        return (
            "Keep questions between the sides where they leave a record (one thread a question), and mark those "
            "that need an answer."
        )
    waiting = answers.table[answers.table["answered"].isna() & ~answers.table["left_out"]]
    rule = (
        f"Agree who answers for each side, who stands in, and by when ({hours:g} shared working hours), and that "
        f"silence is not a yes."
    )
    if not len(waiting):
        return rule
    oldest = waiting.iloc[0]
    count = f"{len(waiting)} question" + (" has" if len(waiting) == 1 else "s have")
    return f"{count} waited too long: start with {oldest['question']}, asked on {oldest['asked']:%Y-%m-%d}. {rule}"


def _proposal_action(measure: Measure, proposals: ProposalAnswers, now: pd.Timestamp) -> str:
    if measure.verdict == "not assessed" or not len(proposals.table):
        return (
            "Ask the provider for two suggestions at the next meeting, and write down each with its date and its "
            "answer."
        )
    # One that is still within its days is not late.
    waiting = proposals.table[proposals.table["answered"].isna() & ~proposals.table["left_out"].astype(bool)]
    rule = "Fix a day each fortnight on which every open proposal gets an answer; a no with its reason is one."
    if not len(waiting):
        return rule
    oldest = waiting.iloc[0]
    days = (now - oldest["raised"]) // pd.Timedelta(days=1)
    count = f"{len(waiting)} proposal" + (" has" if len(waiting) == 1 else "s have")
    start = f"start with {oldest['proposal']}, open for {_count(days, 'day')}"
    return f"{count} waited too long for an answer: {start}. {rule}"


def _assumptions(
    agreement: PairAgreement,
    answers: AnswerTimes,
    proposals: ProposalAnswers,
    hours: float,
    days: float,
    has_requests: bool,
) -> tuple[str, ...]:
    notes = []
    if len(agreement.table):
        one_sided = int((agreement.table["pairs"] == 0).sum())
        notes.append(
            "Of each person's ratings of an expectation the latest counts; meaning, importance and met count alike."
        )
        if one_sided:
            notes.append(f"{_count(one_sided, 'expectation')} rated by one side only: left out of the pairs.")
    if agreement.left_out:
        notes.append(f"{_count(agreement.left_out, 'rating')} left out: blank, or by somebody whose side is.")
    if len(answers.table):
        notes.append(
            "Working time is Monday to Friday on each person's clock; public holidays and leave count as working days."
        )
        notes.append(
            "An answer by phone, face to face or in a private channel leaves no record here and counts as none."
        )
        if answers.automatic:
            notes.append(f"{_count(answers.automatic, 'automatic message')} left out: neither question nor answer.")
        if answers.unmarked:
            notes.append("Automatic replies (out of office) count as answers unless marked (messages.automatic).")
        if answers.left_out:
            notes.append(
                f"{_count(answers.left_out, 'question')} left out: fewer than {hours:g} working hours before the "
                f"records end, too late to judge."
            )
        if answers.own_clock:
            notes.append(
                f"{_count(answers.own_clock, 'question')} between people who share no working hours: timed in the "
                f"hours of the person addressed."
            )
        if math.isinf(answers.median_hours()):
            notes.append("More than half of the questions have no answer yet, so there is no median time to one.")
    if answers.unsaid:
        says = (
            "message does not say whether it needs" if answers.unsaid == 1 else "messages do not say whether they need"
        )
        notes.append(f"{answers.unsaid} {says} an answer: the interval holds whether or not they do.")
    if answers.unplaced:
        notes.append(
            f"{_count(answers.unplaced, 'question')} by or to somebody whose side or working hours are blank: the "
            "interval holds whether or not they were answered in time."
        )
    if proposals.unplaced:
        notes.append(
            f"{_count(proposals.unplaced, 'proposal')} by nobody known, or of an unknown day: the interval holds "
            "whether or not they count."
        )
    if proposals.left_out:
        notes.append(
            f"{_count(proposals.left_out, 'proposal')} left out: raised less than {days:g} days before the records "
            f"end, too late to judge."
        )
    notes += _counted_alike(agreement, answers, proposals)
    if has_requests:
        notes.append("Vague wording is found by a list of English words: it prompts a question and proves no defect.")
    return tuple(notes)


def _counted_alike(agreement: PairAgreement, answers: AnswerTimes, proposals: ProposalAnswers) -> list[str]:
    """What each share would be with every row counted alike, where that makes a difference."""
    rated, asked, raised = agreement.table, answers.table, proposals.table
    pairs = rated["pairs"].sum()
    within = float((rated["within"].fillna(0) * rated["pairs"]).sum() / pairs) if pairs else math.nan
    in_time, heard = (float(part.loc[~part["left_out"].astype(bool), "in_time"].mean()) for part in (asked, raised))
    return [
        *other_count("ratings within one point", "client–provider pair", "rating", agreement.estimate.estimate, within),
        *other_count("questions answered in time", "person asked", "question", answers.estimate.estimate, in_time),
        *other_count("proposals answered in time", "proposer", "proposal", proposals.estimate.estimate, heard),
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
