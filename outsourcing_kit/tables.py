"""What every table of an engagement holds. The one source for validation, blank templates and the data dictionary."""

from __future__ import annotations

from functools import partial
from typing import Any

from outsourcing_kit import vocabulary as words
from outsourcing_kit.columns import FIRST_YEAR, LARGEST, LAST_YEAR, SMALLEST, Column, Table, is_counted
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.headlines import HEADLINES

__all__ = [
    "FIRST_YEAR", "LARGEST", "LAST_YEAR", "SETTINGS", "SMALLEST", "TABLES", "VETOES", "Column", "Table", "asked",
    "blank_csv", "is_counted", "meant", "table", "table_names",
]  # fmt: skip


def _column(kind: str, name: str, meaning: str, example: str = "", *, usual: str = "", **rules: Any) -> Column:
    return Column(name, kind, meaning, example=example or usual, **rules)


def _one_of(name: str, meaning: str, example: str, known: tuple[words.Word, ...], **rules: Any) -> Column:
    return _text(name, meaning, example, words=known, allowed=tuple(word.word for word in known), **rules)


_text, _prose = partial(_column, "text"), partial(_column, "prose")
_number, _whole = partial(_column, "number", low=0.0), partial(_column, "integer", low=0.0)
# Whoever leaves a cell blank has not said no: every flag may be unknown.
_flag = partial(_column, "boolean", usual="no", blank=True)
_date = partial(_column, "date", usual="2026-03-02")
_instant = partial(_column, "instant", usual="2026-03-02T09:00:00+00:00")
_clock, _zone = partial(_column, "clock", unit="local time"), partial(_column, "zone", unit="IANA name")
_person = partial(_column, "text", usual="p01", refers="people.person")

_CURRENCY = _text("currency", "currency of the amounts; [rates] in engagement.toml converts", "EUR", optional=True)
VETOES = {
    "veto_legal": "a law or contract forbids handing it over",
    "veto_secret": "it would hand over a trade secret or personal data that must stay",
    "veto_identity": "it is what customers know the company by",
    "veto_no_owner": "nobody inside owns it",
    "veto_unmeasurable": "nobody could say whether it was done well",
}

TABLES: tuple[Table, ...] = (
    Table("cash_flows", "one cost or benefit line of one option", (
        _text("line", "what is paid or gained", "agency fee"),
        _text("option", "the option it belongs to: stay, outsource, pilot …", "outsource", words=words.OPTION),
        _one_of("kind", "cost or benefit", "cost", words.CASH_FLOW),
        _text("category", "work, price, search, transition, managing, quality, redundancy, exit …",
              "price", words=words.COST_CATEGORY),
        # Beyond fifty years somebody has typed a date.
        _whole("first_month", "first month it falls in; month 0 is the commitment", "1", unit="month", high=600.0),
        _whole("last_month", "last month it falls in; equal to first_month for a one-off",
               "24", unit="month", high=600.0),
        _number("low", "low amount a month", "3500", unit="currency"),
        _number("likely", "most likely amount a month", "4000", unit="currency"),
        _number("high", "high amount a month", "5200", unit="currency"),
        _one_of("range_means", "what low and high are: the limits, or the 10th and 90th percentile",
                "limits", words.RANGE, optional=True),
        _CURRENCY,
    ), key=("option", "line"), order=(("first_month", "last_month"), ("low", "likely"), ("likely", "high"))),
    Table("estimates", "one piece of past work, estimated and done", (
        _text("item", "the piece of work", "e001"),
        _text("reference_class", "the kind of work that it is alike to", "back-office transfer"),
        _number("estimated", "first estimate", "120", unit="as in unit"),
        _number("actual", "what it took in the end (blank if abandoned)", "150", unit="as in unit", blank=True),
        _text("unit", "unit of both", "hours", optional=True),
        _one_of("status", "finished or abandoned", "finished", words.ESTIMATE),
        _text("client", "for whom it was done", "northwind", optional=True),
    ), key=("item",)),
    Table("prerequisites", "one thing to settle before starting", (
        _text("prerequisite", "what must be settled", "exit plan agreed"),
        _flag("required", "whether the start depends on it"),
        _date("settled_on", "day it was settled; blank while it is not", blank=True),
        _prose("evidence", "where that can be seen", "contract, section 9", optional=True),
    ), key=("prerequisite",)),
    Table("risks", "one person's estimate of one risk", (
        _person("person", "who estimates"),
        _text("risk", "what could happen", "key person leaves"),
        _number("prob_low", "lowest probability", "0.05", unit="share", high=1.0),
        _number("prob_high", "highest probability", "0.20", unit="share", high=1.0),
        _number("loss_low", "lowest loss if it happens", "2000", unit="currency"),
        _number("loss_high", "highest loss if it happens", "9000", unit="currency"),
        _CURRENCY,
    ), key=("person", "risk"), order=(("prob_low", "prob_high"), ("loss_low", "loss_high"))),
    Table("tasks", "one task that could be outsourced", (
        _text("task", "the task", "t01"),
        _text("process", "the process that it is part of", "invoicing"),
        _number("hours_per_month", "hours it takes inside", "40", unit="hours/month"),
        _number("in_house_rate", "full cost of an hour inside", "38", unit="currency/hour"),
        _number("quoted_price", "price quoted outside, per quote_unit (blank if none)",
                "21", unit="currency", blank=True),
        _one_of("quote_unit", "what the price is for", "hour", words.QUOTE_UNIT, blank=True),
        _text("provider", "who quoted", "brightdesk", optional=True),
        _one_of("plan", "stay, outsource, or share", "outsource", words.PLAN),
        _flag("core", "whether it is part of what the company competes on"),
        *(_flag(name, meaning, optional=True) for name, meaning in VETOES.items()),
        _number("onboarding_hours", "inside hours to hand it over, once", "20", unit="hours", optional=True),
        _number("management_hours", "inside hours to manage it outside", "3", unit="hours/month", optional=True),
        _number("rework_share", "share of the outside hours done again inside",
                "0.05", unit="share", high=1.0, optional=True),
        _number("switching_cost", "one-off cost of moving it out", "500", unit="currency", optional=True),
        _number("exit_cost", "one-off cost of taking it back", "800", unit="currency", optional=True),
        _number("horizon_months", "months over which one-offs are spread", "24", unit="months", low=1.0, optional=True),
        _text("bundle", "tasks that can only move together share a name", optional=True),
        _CURRENCY,
    ), key=("task",)),
    Table("ratings", "one rater's rating of a task", (
        _text("task", "the task", "t01", refers="tasks.task"),
        _person("person", "who rates"),
        _one_of("side", "the rater's side", "client", words.SIDE, optional=True),
        _text("criterion", "what is rated", "core to the business"),
        _text("rating", "the rating: a number of an ordered scale, or a label", "4"),
    ), key=("task", "person", "criterion")),
    Table("can_do", "one person able to do one task", (
        _text("task", "the task", "t01", refers="tasks.task"),
        _person("person", "who can do it"),
    ), key=("task", "person")),
    Table("time_entries", "one stretch of recorded work", (
        _person("person", "who worked"),
        _instant("started", "begin"),
        _instant("ended", "end"),
        _text("task", "what was worked on", "t01", optional=True),
        _text("item", "the work item", "w0001", optional=True),
        _flag("billable", "whether it is paid for", optional=True),
    ), order=(("started", "ended"),)),
    Table("people", "one person of either side", (
        _text("person", "a code or a name, the same in every table", "p01"),
        _one_of("side", "client or provider", "provider", words.SIDE),
        _text("team", "team", "billing", optional=True),
        _text("role", "role", "bookkeeper", optional=True),
        _zone("time_zone", "where the working day is kept", "Asia/Manila"),
        _text("country", "country", "Philippines", optional=True),
        _clock("workday_start", "start of the working day", "09:00"),
        _clock("workday_end", "end of the working day", "17:00"),
        _date("joined", "first day on the engagement", optional=True),
        _date("left", "last day; blank while still there", blank=True),
        _text("left_reason", "why the person left", optional=True),
        _number("fte", "full-time equivalent", "1", unit="share", high=1.5, optional=True),
        _number("hourly_cost", "full cost of an hour", "38", unit="currency/hour", optional=True),
        # No order between the workday clocks: a night shift ends before it starts.
    ), key=("person",), order=(("joined", "left"),)),
    Table("meetings", "one meeting", (
        _text("meeting", "the meeting", "m01"),
        _text("kind", "kickoff, weekly, review, debrief …", "kickoff", words=words.MEETING_KIND),
        _instant("starts", "begin"),
        _instant("ends", "end"),
        _one_of("status", "held or cancelled", "held", words.MEETING),
    ), key=("meeting",), order=(("starts", "ends"),)),
    Table("attendance", "one stay of one person in a meeting", (
        _text("meeting", "the meeting", "m01", refers="meetings.meeting"),
        _person("person", "who was invited or came"),
        _one_of("response", "answer to the invitation", "accepted", words.RESPONSE, optional=True),
        _instant("joined_at", "begin of the stay; blank if the person did not come", blank=True),
        _instant("left_at", "end of the stay", optional=True),
    ), order=(("joined_at", "left_at"),)),
    Table("minutes", "one turn or paragraph of a meeting's minutes", (
        _text("meeting", "the meeting", "m01"),
        _whole("turn", "number of the turn, in order", "1"),
        _text("speaker", "who spoke or wrote", "p01", optional=True),
        _prose("text", "what was said", "Hello, I lead the billing team."),
    ), key=("meeting", "turn")),
    Table("agenda", "one item that a kickoff must cover", (
        _text("item", "the agenda item", "payments"),
        _prose("terms", "words that show it was talked about, separated by ;", "invoice; payment; rate"),
        _text("topic", "topic of work that it belongs to", "invoicing", optional=True),
    ), key=("item",)),
    Table("coverage_confirmed", "one person's confirmation that an agenda item was covered, or was not", (
        _text("meeting", "the meeting", "m01", refers="meetings.meeting"),
        _text("item", "the agenda item", "payments"),
        _one_of("status", "covered or missing", "covered", words.COVERAGE),
        _person("by", "who confirms"),
    ), key=("meeting", "item", "by")),
    Table("quiz", "one person's answer to one question about how we work", (
        _person("person", "who answers"),
        _text("question", "the question", "q01"),
        _text("answer", "the answer; \"don't know\" is one", "b"),
        _text("believed_other", "what the person believes the other side answers", "a", optional=True),
    ), key=("person", "question")),
    Table("answer_key", "the right answer to one question", (
        _text("question", "the question", "q01"),
        _text("key", "the right answer", "b"),
        _one_of("level", "nominal or ordinal", "nominal", words.LEVEL, optional=True),
        _text("topic", "agenda item or topic of work that it is about", "payments"),
    ), key=("question",)),
    Table("past_engagements", "one earlier engagement", (
        _text("engagement", "the engagement", "x01"),
        _date("kickoff_on", "day of the kickoff; blank if there was none", blank=True),
        _number("complexity", "rated complexity", "3", unit="1 to 5", low=1.0, high=5.0),
        _number("urgency", "rated urgency", "2", unit="1 to 5", low=1.0, high=5.0),
        _date("started", "first day of work"),
        _date("first_setback", "day of the first setback; blank if none was seen", blank=True),
        _date("observed_until", "last day that the record covers"),
    ), key=("engagement",), order=(("started", "observed_until"),)),
    Table("work", "one work item", (
        _text("item", "the work item", "w0001"),
        # Work that nobody has taken yet is work all the same.
        _person("person", "who did it", blank=True),
        _text("kind", "kind of work", "invoice run"),
        _text("topic", "topic of work", "invoicing", optional=True),
        _instant("requested", "when it was asked for", optional=True),
        _instant("started", "when work on it began", blank=True),
        _instant("due", "when it was due", blank=True),
        _instant("delivered", "when it was delivered", blank=True),
        _instant("accepted", "when it was accepted", blank=True),
        _instant("reopened_at", "when it was first reopened; blank if never", blank=True),
        _number("size", "size in the team's unit", "3", unit="team's unit", optional=True),
        _number("hours", "hours spent", "6", unit="hours", optional=True),
        _person("requester", "who asked for it", optional=True),
        _prose("text", "the request in its own words", "Please run the March invoices.", blank=True),
    ), key=("item",), order=(("requested", "delivered"), ("started", "delivered"), ("delivered", "accepted"))),
    Table("events", "one event of a ticket", (
        _text("case", "the ticket", "c001"),
        _text("activity", "what happened", "assigned", optional=True),
        _instant("happened_at", "when"),
        _person("person", "who did it", optional=True),
        _text("team", "which team did it", "billing", optional=True),
    )),
    Table("messages", "one message", (
        _text("message", "the message", "msg0001"),
        _text("thread", "the thread that it belongs to", "th001"),
        _person("sender", "who wrote"),
        _person("recipient", "who was addressed; blank for everybody", blank=True),
        _instant("sent", "when"),
        _text("reply_to", "the message that it answers", refers="messages.message", blank=True),
        _flag("needs_answer", "whether it asks for an answer"),
        _text("item", "the work item that it is about", "w0001", optional=True),
        _flag("automatic", "whether a machine sent it, as an out-of-office reply; no answer of anybody's",
              optional=True),
    ), key=("message",)),
    Table("expectations", "one person's rating of one expectation", (
        _text("expectation", "the expectation", "invoices leave within two days"),
        _one_of("aspect", "what is rated", "importance", words.ASPECT),
        _person("person", "who rates"),
        _number("rating", "rating", "4", unit="1 to 5", low=1.0, high=5.0),
        _date("asked_on", "day of the question"),
    ), key=("expectation", "aspect", "person", "asked_on")),
    Table("proposals", "one suggestion", (
        _text("proposal", "the suggestion", "s01"),
        _person("raised_by", "who made it", blank=True),
        _instant("raised", "when"),
        _instant("answered", "when it was answered, yes or no; blank while it is not", blank=True),
        _one_of("outcome", "what came of it", "adopted", words.OUTCOME, blank=True),
        _number("opening", "first position, where one can be numbered", unit="as agreed", optional=True),
        _number("counter", "the other side's position", unit="as agreed", optional=True),
        _number("agreed", "where both met", unit="as agreed", optional=True),
    ), key=("proposal",), order=(("raised", "answered"),)),
    Table("targets", "one agreed target", (
        _text("measure", "key of the measure", "kickoff.quiz_right"),
        _number("target", "the agreed limit", "0.8", unit="as the measure", low=None),
        _date("since", "day from which it holds"),
    ), key=("measure", "since")),
    Table("recognition", "one act of recognition", (
        _instant("given_at", "when"),
        _person("giver", "who gave it", blank=True),
        _person("receiver", "who got it"),
        _text("kind", "thanks, review, award, bonus …", "thanks"),
        _number("amount", "amount, if money", unit="currency", optional=True),
        _text("currency", "currency of the amount", optional=True),
        _text("item", "the work item that it is for", "w0001", blank=True),
    )),
    Table("pulse", "one survey answer", (
        _text("respondent", "a code that stands for nobody's name", "r01"),
        _one_of("side", "the respondent's side", "provider", words.SIDE),
        _date("asked_on", "day of the question"),
        _text("question", "the question", "I feel needed", words=words.PULSE_QUESTION),
        _number("score", "the answer", "4", unit="points", low=None),
        _number("scale_max", "the best possible answer", "5", unit="points", low=1.0),
        _number("scale_min", "the lowest possible answer", "1", unit="points", low=None, optional=True),
    ), key=("respondent", "asked_on", "question"), order=(("score", "scale_max"), ("scale_min", "score"))),
)  # fmt: skip

SETTINGS: tuple[Column, ...] = (
    _text("name", "name of the engagement", "my-engagement"),
    _text("client", "who outsources", "Our company"),
    _text("provider", "who does the work", "The agency"),
    _text("currency", "currency of every amount without one of its own", "EUR"),
    _zone("time_zone", "time zone of the client", "Europe/Madrid"),
    _date("observed_from", "first day that the records cover", "2026-01-01"),
    _date("observed_to", "last day that the records cover", "2026-12-31"),
    _date("committed_on", "day on which the decision was made", "2026-01-01", optional=True),
    _date("ends_on", "day on which the contract ends; what to do next follows from it", "2027-12-31", optional=True),
    _number("budget", "what was set aside for the plan, reserve included", "60000", unit="currency", optional=True),
    _text("plan_class", "reference class that the plan belongs to", "back-office transfer", optional=True),
    _flag("kickoff_held", "false where there was no kickoff, as no calendar can show that", "false", optional=True),
)  # fmt: skip

_BY_NAME = {table.name: table for table in TABLES}


def table(name: str) -> Table:
    """The definition of the table called `name`. Raises UnknownNameError, naming the nearest.

    >>> table("can_do").names
    ['task', 'person']
    """
    if name not in _BY_NAME:
        raise UnknownNameError.of("table", name, _BY_NAME)
    return _BY_NAME[name]


def table_names() -> list[str]:
    """Names of all tables, in the order of the data dictionary."""
    return list(_BY_NAME)


def meant(column: str, value: object) -> tuple[str, str]:
    """Which of the words that the kit looks for in "table.column" a cell means, and how sure: see `Column.meant`.

    >>> meant("meetings.kind", "kick off mtg"), meant("cash_flows.option", "in-house"), meant("meetings.kind", "weekly")
    (('kickoff', 'same'), ('stay', 'near'), ('', ''))
    """
    name, _, inner = column.partition(".")
    return table(name).column(inner).meant(value)


# Of optional columns those that a headline reads, and what an hour costs: with it a finding says what it comes to.
_WANTED = {pair for item in HEADLINES for pair in item.columns} | {("people", "hourly_cost")}


def asked(definition: Table) -> list[Column]:
    """The columns that a blank template asks for: all but those that may be left out and change no headline.

    >>> [column.name for column in asked(table("messages")) if column.optional]
    ['automatic']
    """
    return [each for each in definition.columns if not each.optional or (definition.name, each.name) in _WANTED]


def blank_csv(definition: Table) -> str:
    """A blank template: the header line alone, of the columns that are asked for.

    >>> blank_csv(table("can_do"))
    'task,person\\n'
    """
    return ",".join(column.name for column in asked(definition)) + "\n"
