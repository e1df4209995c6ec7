"""What every table of an engagement holds. The one source for validation, blank templates and the data dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outsourcing_kit import vocabulary
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.text import likeness
from outsourcing_kit.vocabulary import Word

# Days and instants of records lie in these years: others are slips of the pen, and nanoseconds cannot count them all.
FIRST_YEAR, LAST_YEAR = 1970, 2199
# Amounts beyond these are slips, too, and their squares or shares are no numbers any more.
LARGEST, SMALLEST = 1e12, 1e-12


def is_counted(day: date) -> bool:
    """Whether a day lies in the years that records can be of.

    >>> is_counted(date(2026, 3, 31)), is_counted(date(9999, 12, 31))
    (True, False)
    """
    return FIRST_YEAR <= day.year <= LAST_YEAR


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, what is allowed.

    `kind` is text, prose (text of any length, kept as it is), number, integer, boolean, date (2026-03-31), instant (a
    date and time with a UTC offset), clock (09:00) or zone (Europe/Madrid). `optional`: the column may be absent;
    `blank`: a cell may be empty, which is unknown, never no and never 0 (an optional column may always be). `refers`
    names the "table.column" in which the value must be found. `words` are those that the kit looks for in the column:
    with `allowed` nothing else is taken, without it anything may be written.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    optional: bool = False
    blank: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    refers: str = ""
    example: str = ""
    words: tuple[Word, ...] = ()

    def meant(self, value: object) -> tuple[str, str]:
        """Which of the column's words a cell means, and how sure that is: ("kickoff", "same" or "near"), or ("", "").

        "near" is a word that may mean it, or a slip of the pen: only the writer can say.

        >>> kind = table("meetings").column("kind")
        >>> kind.meant("Kick-off"), kind.meant("kikoff"), kind.meant("weekly")
        (('kickoff', 'same'), ('kickoff', 'near'), ('', ''))
        """
        near = ("", "")
        for known in self.words:
            like = likeness(value, known.word, known.same, known.alike)
            if like == "same":
                return known.word, like
            near = near if near[0] or not like else (known.word, like)
        return near


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, which of them identify a row, and pairs that must be in order."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if not column.optional]

    def column(self, name: str) -> Column:
        """The column called `name`. Raises UnknownNameError, naming the nearest."""
        for column in self.columns:
            if column.name == name:
                return column
        if self.name == "tasks" and name.startswith("veto_"):
            # Whatever else forbids a company to hand work over is a veto like the five.
            return _flag(name, "a veto of your own", optional=True)
        raise UnknownNameError.of(f"column in table {self.name!r}:", name, self.names)


def _text(name: str, meaning: str, example: str = "", **rules: object) -> Column:
    return Column(name, "text", meaning, example=example, **rules)  # type: ignore[arg-type]


def _prose(name: str, meaning: str, example: str = "", **rules: object) -> Column:
    return Column(name, "prose", meaning, example=example, **rules)  # type: ignore[arg-type]


def _number(name: str, meaning: str, unit: str, example: str = "", **rules: object) -> Column:
    return Column(name, "number", meaning, unit, example=example, **{"low": 0.0, **rules})  # type: ignore[arg-type]


def _whole(name: str, meaning: str, unit: str, example: str = "", **rules: object) -> Column:
    return Column(name, "integer", meaning, unit, example=example, **{"low": 0.0, **rules})  # type: ignore[arg-type]


def _flag(name: str, meaning: str, **rules: object) -> Column:
    # Whoever leaves a cell blank has not said no: every flag may be unknown.
    return Column(name, "boolean", meaning, example="no", **{"blank": True, **rules})  # type: ignore[arg-type]


def _date(name: str, meaning: str, **rules: object) -> Column:
    return Column(name, "date", meaning, example="2026-03-02", **rules)  # type: ignore[arg-type]


def _instant(name: str, meaning: str, **rules: object) -> Column:
    return Column(name, "instant", meaning, example="2026-03-02T09:00:00+00:00", **rules)  # type: ignore[arg-type]


def _person(name: str, meaning: str, **rules: object) -> Column:
    return Column(name, "text", meaning, refers="people.person", example="p01", **rules)  # type: ignore[arg-type]


def _one_of(name: str, meaning: str, example: str, words: tuple[Word, ...], **rules: object) -> Column:
    return _text(name, meaning, example, allowed=tuple(known.word for known in words), words=words, **rules)


_CURRENCY = _text("currency", "currency of the amounts; [rates] in engagement.toml converts", "EUR", optional=True)

VETOES = {
    "veto_legal": "a law or contract forbids handing it over",
    "veto_secret": "it would hand over a trade secret or personal data that must stay",
    "veto_identity": "it is what customers know the company by",
    "veto_no_owner": "nobody inside owns it",
    "veto_unmeasurable": "nobody could say whether it was done well",
}

TABLES: tuple[Table, ...] = (
    Table(
        "cash_flows",
        "one cost or benefit line of one option",
        (
            _text("line", "what is paid or gained", "agency fee"),
            _text("option", "the option it belongs to: stay, outsource, pilot …", "outsource", words=vocabulary.OPTION),
            _one_of("kind", "cost or benefit", "cost", vocabulary.CASH_FLOW),
            _text(
                "category",
                "work, price, search, transition, managing, quality, redundancy, exit …",
                "price",
                words=vocabulary.COST_CATEGORY,
            ),
            # Beyond fifty years somebody has typed a date.
            _whole("first_month", "first month it falls in; month 0 is the commitment", "month", "1", high=600.0),
            _whole(
                "last_month", "last month it falls in; equal to first_month for a one-off", "month", "24", high=600.0
            ),
            _number("low", "low amount a month", "currency", "3500"),
            _number("likely", "most likely amount a month", "currency", "4000"),
            _number("high", "high amount a month", "currency", "5200"),
            _one_of(
                "range_means",
                "what low and high are: the limits, or the 10th and 90th percentile",
                "limits",
                vocabulary.RANGE,
                optional=True,
            ),
            _CURRENCY,
        ),
        key=("option", "line"),
        order=(("first_month", "last_month"), ("low", "likely"), ("likely", "high")),
    ),
    Table(
        "estimates",
        "one piece of past work, estimated and done",
        (
            _text("item", "the piece of work", "e001"),
            _text("reference_class", "the kind of work that it is alike to", "back-office transfer"),
            _number("estimated", "first estimate", "as in unit", "120"),
            _number("actual", "what it took in the end (blank if abandoned)", "as in unit", "150", blank=True),
            _text("unit", "unit of both", "hours"),
            _one_of("status", "finished or abandoned", "finished", vocabulary.ESTIMATE),
            _text("client", "for whom it was done", "northwind", optional=True),
        ),
        key=("item",),
    ),
    Table(
        "prerequisites",
        "one thing to settle before starting",
        (
            _text("prerequisite", "what must be settled", "exit plan agreed"),
            _flag("required", "whether the start depends on it"),
            _date("settled_on", "day it was settled; blank while it is not", blank=True),
            _prose("evidence", "where that can be seen", "contract, section 9", blank=True),
        ),
        key=("prerequisite",),
    ),
    Table(
        "risks",
        "one person's estimate of one risk",
        (
            _person("person", "who estimates"),
            _text("risk", "what could happen", "key person leaves"),
            _number("prob_low", "lowest probability", "share", "0.05", high=1.0),
            _number("prob_high", "highest probability", "share", "0.20", high=1.0),
            _number("loss_low", "lowest loss if it happens", "currency", "2000"),
            _number("loss_high", "highest loss if it happens", "currency", "9000"),
            _CURRENCY,
        ),
        key=("person", "risk"),
        order=(("prob_low", "prob_high"), ("loss_low", "loss_high")),
    ),
    Table(
        "tasks",
        "one task that could be outsourced",
        (
            _text("task", "the task", "t01"),
            _text("process", "the process that it is part of", "invoicing"),
            _number("hours_per_month", "hours it takes inside", "hours/month", "40"),
            _number("in_house_rate", "full cost of an hour inside", "currency/hour", "38"),
            _number(
                "quoted_price", "price quoted outside, per quote_unit (blank if none)", "currency", "21", blank=True
            ),
            _one_of("quote_unit", "what the price is for", "hour", vocabulary.QUOTE_UNIT, blank=True),
            _text("provider", "who quoted", "brightdesk", blank=True),
            _one_of("plan", "stay, outsource, or share", "outsource", vocabulary.PLAN),
            _flag("core", "whether it is part of what the company competes on"),
            *(_flag(name, meaning, optional=True) for name, meaning in VETOES.items()),
            _number("onboarding_hours", "inside hours to hand it over, once", "hours", "20", optional=True),
            _number("management_hours", "inside hours to manage it outside", "hours/month", "3", optional=True),
            _number(
                "rework_share", "share of the outside hours done again inside", "share", "0.05", high=1.0, optional=True
            ),
            _number("switching_cost", "one-off cost of moving it out", "currency", "500", optional=True),
            _number("exit_cost", "one-off cost of taking it back", "currency", "800", optional=True),
            _number("horizon_months", "months over which one-offs are spread", "months", "24", low=1.0, optional=True),
            _text("bundle", "tasks that can only move together share a name", "", optional=True),
            _CURRENCY,
        ),
        key=("task",),
    ),
    Table(
        "ratings",
        "one rater's rating of a task",
        (
            _text("task", "the task", "t01", refers="tasks.task"),
            _person("person", "who rates"),
            _one_of("side", "the rater's side", "client", vocabulary.SIDE),
            _text("criterion", "what is rated", "core to the business"),
            _text("rating", "the rating: a number of an ordered scale, or a label", "4"),
        ),
        key=("task", "person", "criterion"),
    ),
    Table(
        "can_do",
        "one person able to do one task",
        (_text("task", "the task", "t01", refers="tasks.task"), _person("person", "who can do it")),
        key=("task", "person"),
    ),
    Table(
        "time_entries",
        "one stretch of recorded work",
        (
            _person("person", "who worked"),
            _instant("started", "begin"),
            _instant("ended", "end"),
            _text("task", "what was worked on", "t01"),
            _text("item", "the work item", "w0001", optional=True),
            _flag("billable", "whether it is paid for", optional=True),
        ),
        order=(("started", "ended"),),
    ),
    Table(
        "people",
        "one person of either side",
        (
            _text("person", "a code or a name, the same in every table", "p01"),
            _one_of("side", "client or provider", "provider", vocabulary.SIDE),
            _text("team", "team", "billing"),
            _text("role", "role", "bookkeeper"),
            Column("time_zone", "zone", "where the working day is kept", "IANA name", example="Asia/Manila"),
            _text("country", "country", "Philippines"),
            Column("workday_start", "clock", "start of the working day", "local time", example="09:00"),
            Column("workday_end", "clock", "end of the working day", "local time", example="17:00"),
            _date("joined", "first day on the engagement"),
            _date("left", "last day; blank while still there", blank=True),
            _text("left_reason", "why the person left", "", optional=True),
            _number("fte", "full-time equivalent", "share", "1", high=1.5, optional=True),
            _number("hourly_cost", "full cost of an hour", "currency/hour", "38", optional=True),
        ),
        key=("person",),
        # No order between the workday clocks: a night shift ends before it starts.
        order=(("joined", "left"),),
    ),
    Table(
        "meetings",
        "one meeting",
        (
            _text("meeting", "the meeting", "m01"),
            _text("kind", "kickoff, weekly, review, debrief …", "kickoff", words=vocabulary.MEETING_KIND),
            _instant("starts", "begin"),
            _instant("ends", "end"),
            _one_of("status", "held or cancelled", "held", vocabulary.MEETING),
        ),
        key=("meeting",),
        order=(("starts", "ends"),),
    ),
    Table(
        "attendance",
        "one stay of one person in a meeting",
        (
            _text("meeting", "the meeting", "m01", refers="meetings.meeting"),
            _person("person", "who was invited or came"),
            _one_of("response", "answer to the invitation", "accepted", vocabulary.RESPONSE, blank=True),
            _instant("joined_at", "begin of the stay; blank if the person did not come", blank=True),
            _instant("left_at", "end of the stay", blank=True),
        ),
        order=(("joined_at", "left_at"),),
    ),
    Table(
        "minutes",
        "one turn or paragraph of a meeting's minutes",
        (
            _text("meeting", "the meeting", "m01"),
            _whole("turn", "number of the turn, in order", "", "1"),
            _text("speaker", "who spoke or wrote", "p01", blank=True),
            _prose("text", "what was said", "Hello, I lead the billing team."),
        ),
        key=("meeting", "turn"),
    ),
    Table(
        "agenda",
        "one item that a kickoff must cover",
        (
            _text("item", "the agenda item", "payments"),
            _prose("terms", "words that show it was talked about, separated by ;", "invoice; payment; rate"),
            _text("topic", "topic of work that it belongs to", "invoicing", optional=True),
        ),
        key=("item",),
    ),
    Table(
        "coverage_confirmed",
        "one person's confirmation that an agenda item was covered, or was not",
        (
            _text("meeting", "the meeting", "m01", refers="meetings.meeting"),
            _text("item", "the agenda item", "payments"),
            _one_of("status", "covered or missing", "covered", vocabulary.COVERAGE),
            _person("by", "who confirms"),
        ),
        key=("meeting", "item", "by"),
    ),
    Table(
        "quiz",
        "one person's answer to one question about how we work",
        (
            _person("person", "who answers"),
            _text("question", "the question", "q01"),
            _text("answer", 'the answer; "don\'t know" is one', "b"),
            _text("believed_other", "what the person believes the other side answers", "a", optional=True),
        ),
        key=("person", "question"),
    ),
    Table(
        "answer_key",
        "the right answer to one question",
        (
            _text("question", "the question", "q01"),
            _text("key", "the right answer", "b"),
            _one_of("level", "nominal or ordinal", "nominal", vocabulary.LEVEL),
            _text("topic", "agenda item or topic of work that it is about", "payments"),
        ),
        key=("question",),
    ),
    Table(
        "past_engagements",
        "one earlier engagement",
        (
            _text("engagement", "the engagement", "x01"),
            _date("kickoff_on", "day of the kickoff; blank if there was none", blank=True),
            _number("complexity", "rated complexity", "1 to 5", "3", low=1.0, high=5.0),
            _number("urgency", "rated urgency", "1 to 5", "2", low=1.0, high=5.0),
            _date("started", "first day of work"),
            _date("first_setback", "day of the first setback; blank if none was seen", blank=True),
            _date("observed_until", "last day that the record covers"),
        ),
        key=("engagement",),
        order=(("started", "observed_until"),),
    ),
    Table(
        "work",
        "one work item",
        (
            _text("item", "the work item", "w0001"),
            _person("person", "who did it"),
            _text("kind", "kind of work", "invoice run"),
            _text("topic", "topic of work", "invoicing"),
            _instant("requested", "when it was asked for"),
            _instant("started", "when work on it began", blank=True),
            _instant("due", "when it was due", blank=True),
            _instant("delivered", "when it was delivered", blank=True),
            _instant("accepted", "when it was accepted", blank=True),
            _instant("reopened_at", "when it was first reopened; blank if never", blank=True),
            _number("size", "size in the team's unit", "team's unit", "3", blank=True),
            _number("hours", "hours spent", "hours", "6", blank=True),
            _person("requester", "who asked for it", blank=True),
            _prose("text", "the request in its own words", "Please run the March invoices.", blank=True),
        ),
        key=("item",),
        order=(("requested", "delivered"), ("started", "delivered"), ("delivered", "accepted")),
    ),
    Table(
        "events",
        "one event of a ticket",
        (
            _text("case", "the ticket", "c001"),
            _text("activity", "what happened", "assigned"),
            _instant("happened_at", "when"),
            _person("person", "who did it", optional=True),
            _text("team", "which team did it", "billing", optional=True),
        ),
    ),
    Table(
        "messages",
        "one message",
        (
            _text("message", "the message", "msg0001"),
            _text("thread", "the thread that it belongs to", "th001"),
            _person("sender", "who wrote"),
            _person("recipient", "who was addressed; blank for everybody", blank=True),
            _instant("sent", "when"),
            _text("reply_to", "the message that it answers", "", blank=True, refers="messages.message"),
            _flag("needs_answer", "whether it asks for an answer"),
            _text("item", "the work item that it is about", "w0001", optional=True),
            _flag(
                "automatic",
                "whether a machine sent it, as an out-of-office reply; no answer of anybody's",
                optional=True,
            ),
        ),
        key=("message",),
    ),
    Table(
        "expectations",
        "one person's rating of one expectation",
        (
            _text("expectation", "the expectation", "invoices leave within two days"),
            _one_of("aspect", "what is rated", "importance", vocabulary.ASPECT),
            _person("person", "who rates"),
            _number("rating", "rating", "1 to 5", "4", low=1.0, high=5.0),
            _date("asked_on", "day of the question"),
        ),
        key=("expectation", "aspect", "person", "asked_on"),
    ),
    Table(
        "proposals",
        "one suggestion",
        (
            _text("proposal", "the suggestion", "s01"),
            _person("raised_by", "who made it"),
            _instant("raised", "when"),
            _instant("answered", "when it was answered, yes or no; blank while it is not", blank=True),
            _one_of("outcome", "what came of it", "adopted", vocabulary.OUTCOME, blank=True),
            _number("opening", "first position, where one can be numbered", "as agreed", "", optional=True),
            _number("counter", "the other side's position", "as agreed", "", optional=True),
            _number("agreed", "where both met", "as agreed", "", optional=True),
        ),
        key=("proposal",),
        order=(("raised", "answered"),),
    ),
    Table(
        "targets",
        "one agreed target",
        (
            _text("measure", "key of the measure", "kickoff.quiz_right"),
            Column("target", "number", "the agreed limit", "as the measure", example="0.8"),
            _date("since", "day from which it holds"),
        ),
        key=("measure", "since"),
    ),
    Table(
        "recognition",
        "one act of recognition",
        (
            _instant("given_at", "when"),
            _person("giver", "who gave it", blank=True),
            _person("receiver", "who got it"),
            _text("kind", "thanks, review, award, bonus …", "thanks"),
            _number("amount", "amount, if money", "currency", "", blank=True),
            _text("currency", "currency of the amount", "", blank=True),
            _text("item", "the work item that it is for", "w0001", blank=True),
        ),
    ),
    Table(
        "pulse",
        "one survey answer",
        (
            _text("respondent", "a code that stands for nobody's name", "r01"),
            _one_of("side", "the respondent's side", "provider", vocabulary.SIDE),
            _date("asked_on", "day of the question"),
            _text("question", "the question", "I feel needed", words=vocabulary.PULSE_QUESTION),
            _number("score", "the answer", "points", "4", low=None),
            _number("scale_max", "the best possible answer", "points", "5", low=1.0),
            _number("scale_min", "the lowest possible answer", "points", "1", low=None, optional=True),
        ),
        key=("respondent", "asked_on", "question"),
        order=(("score", "scale_max"), ("scale_min", "score")),
    ),
)

SETTINGS: tuple[Column, ...] = (
    _text("name", "name of the engagement", "my-engagement"),
    _text("client", "who outsources", "Our company"),
    _text("provider", "who does the work", "The agency"),
    _text("currency", "currency of every amount without one of its own", "EUR"),
    Column("time_zone", "zone", "time zone of the client", "IANA name", example="Europe/Madrid"),
    Column("observed_from", "date", "first day that the records cover", example="2026-01-01"),
    Column("observed_to", "date", "last day that the records cover", example="2026-12-31"),
    Column("committed_on", "date", "day on which the decision was made", optional=True, example="2026-01-01"),
    Column(
        "budget",
        "number",
        "what was set aside for the plan, reserve included",
        "currency",
        True,
        low=0.0,
        example="60000",
    ),
    Column(
        "plan_class", "text", "reference class that the plan belongs to", optional=True, example="back-office transfer"
    ),
)

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


def blank_csv(definition: Table) -> str:
    """A blank template: the header line alone.

    >>> blank_csv(table("can_do"))
    'task,person\\n'
    """
    return ",".join(definition.names) + "\n"


def dictionary_markdown() -> str:
    """The data dictionary as a Markdown page, made from the definitions above."""
    lines = [
        "# Data dictionary",
        "",
        "Made from `outsourcing_kit/tables.py`; a test fails when the two differ. An engagement is a folder with",
        "`engagement.toml` and any of these tables, as `<table>.csv` (UTF-8) or `<table>.parquet`.",
        "",
        "A blank is unknown: never no, and never 0. Blanks around a name, or doubled inside it, do not matter.",
        f"Days and instants are of the years {FIRST_YEAR} to {LAST_YEAR}; an instant has its UTC offset",
        f"(`+02:00`, `+0200`, `+02`, `Z` or `UTC`). Numbers are at most {LARGEST:,.0f} in size.",
        "",
        "Needed: *yes*, the column is there and every cell filled in; *may be blank*, it is there and cells may be",
        "empty; *optional*, it may be left out too.",
        "",
        "## engagement.toml",
        "",
        *_rows(SETTINGS),
        "",
        "Besides these: `decide_on` (a list of days on which verdicts count), `[limits.<mistake>]` (your own limits:",
        'a number, or `{value = 0.9, source = "contract, section 4"}`), `[rates]` (what one unit of another currency',
        "is worth in the engagement's).",
    ]
    for definition in TABLES:
        lines += ["", f"## {definition.name}", "", f"One row is {definition.row}.", "", *_rows(definition.columns)]
        if definition.key:
            lines += ["", f"At most one row for each {' × '.join(f'`{name}`' for name in definition.key)}."]
        if definition.order:
            pairs = ", ".join(f"`{first}` ≤ `{second}`" for first, second in definition.order)
            lines += ["", f"In order: {pairs}."]
    lines += [
        "",
        "## Words",
        "",
        "Some columns take these words alone, or are searched for them. Capitals, hyphens and blanks do not matter,",
        "and the words in brackets are taken as the same. Where other words are free, `outsourcing-kit validate`",
        'asks about one that is like these, as "kikoff" is.',
        "",
        "| column | words | others |",
        "|---|---|---|",
        *(_words(definition, column) for definition in TABLES for column in definition.columns if column.words),
    ]
    return "\n".join(lines) + "\n"


def _words(definition: Table, column: Column) -> str:
    words = "; ".join(f"{known.word} ({', '.join(known.same)})" if known.same else known.word for known in column.words)
    return f"| `{definition.name}.{column.name}` | {words} | {'refused' if column.allowed else 'free'} |"


def _rows(columns: tuple[Column, ...]) -> list[str]:
    rows = ["| column | needed | kind | unit | meaning | example |", "|---|---|---|---|---|---|"]
    for column in columns:
        needed = "optional" if column.optional else "may be blank" if column.blank else "yes"
        kind = " or ".join(column.allowed) if column.allowed else column.kind
        meaning = column.meaning + (f" (found in `{column.refers}`)" if column.refers else "")
        cells = (f"`{column.name}`", needed, kind, column.unit, meaning, column.example)
        rows.append("| " + " | ".join(cells) + " |")
    return rows
