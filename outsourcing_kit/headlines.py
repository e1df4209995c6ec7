"""The headline measures: what each means, its target, and the limit that decides. One source for all who need them."""

from __future__ import annotations

from dataclasses import dataclass

from outsourcing_kit.exceptions import UnknownNameError

MISTAKES = ("business_case", "task_selection", "kickoff", "expectations", "recognition")

TITLES = {
    "business_case": "Business case",
    "task_selection": "Task choice",
    "kickoff": "Kickoff",
    "expectations": "Expectations",
    "recognition": "Recognition",
}


@dataclass(frozen=True)
class Headline:
    """One of a mistake's deciding measures.

    `basis` is "fact", "sample" or "model"; `better` is "lower" or "higher"; `unit` is "share" (0 to 1), "points" (a
    difference of shares, -1 to 1), "count" or "yes/no" (1 or 0); `best` and `worst` are the ends of what can happen.
    `limit` says from where to act, `target` what good looks like (None: the limit itself). Without `needed` it may
    raise the alarm, but a finding is fine without it. Where people are counted, `about` names their sides, and `more`
    what can be had more of to settle it.

    `needs` are the tables without which it is not assessed, with the columns ("work: item, person"; "a or b: …" where
    one of them will do), `reads` what it takes into account where it is there, `way` the cheapest way to what it needs.
    """

    key: str
    name: str
    basis: str
    unit: str
    limit: float
    better: str
    best: float
    worst: float
    counted_in: str
    definition: str
    about: tuple[str, ...] = ()
    more: str = ""
    target: float | None = None
    needed: bool = True
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    way: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it needs or reads.

        >>> headline("business_case.no_saving").tables
        ('cash_flows', 'estimates')
        """
        return tuple(dict.fromkeys(name for name, _ in self.columns if name != "engagement.toml"))

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns that it needs or reads, each as (table, column).

        >>> headline("business_case.unsettled_prerequisites").columns[-2:]
        (('prerequisites', 'settled_on'), ('engagement.toml', 'committed_on'))
        """
        split = [text.partition(": ")[::2] for text in (*self.needs, *self.reads)]
        return tuple((name, each) for names, said in split for name in names.split(" or ") for each in said.split(", "))

    @property
    def mistake(self) -> str:
        return self.key.partition(".")[0]

    def truth(self, severity: float) -> float:
        """The true value that a severity stands for.

        Severity 0 lies half-way between the best possible value and the limit, severity 1 half-way between the limit
        and the worst possible value; in between and beyond (down to -1, the best) on straight lines.

        >>> headline("kickoff.quiz_right").truth(0.0), headline("kickoff.quiz_right").truth(1.0)
        (0.85, 0.35)
        """
        # Measured against the limit, so that a severity means the same for every measure.
        half_way = (self.best + self.limit) / 2
        bad = (self.limit + self.worst) / 2
        if severity < 0:
            return half_way + max(severity, -1.0) * (half_way - self.best)
        value = half_way + severity * (bad - half_way)
        return min(value, self.worst) if self.worst > self.best else max(value, self.worst)


# Whom a headline is about: nobody can ask more of them than there are.
_PROVIDER = ("provider",)
_BOTH = ("client", "provider")
# What several need, and where it is to be had.
_FLOWS = "cash_flows: option, kind, first_month, last_month, low, likely, high"
_SIDES = "people: person, side"
_THANKS = (
    _SIDES, "work: item, person, kind, due, delivered, accepted, reopened_at",
    "recognition: given_at, giver, receiver, kind, item",
)  # fmt: skip
_BOARD = "your card board (Jira, Trello, Asana), and ask each lead for the thanks given"

HEADLINES = (
    Headline(
        "business_case.no_saving",
        "chance that outsourcing saves nothing",
        "model", "share", 0.20, "lower", 0.0, 1.0, "cost lines",
        "Probability that the outsource option costs at least as much as staying, over the plan's horizon: an estimate "
        "that leans, and decides nothing alone.",
        needed=False,
        needs=(_FLOWS,),
        reads=("estimates: reference_class, estimated, actual, status", "cash_flows: range_means"),
        way="your budget: what each month costs if you stay, and if you hand over",
    ),
    Headline(
        "business_case.reference_overrun",
        "past work beyond the plan's reserve",
        "sample", "share", 0.20, "lower", 0.0, 1.0, "past items",
        "Share of the plan's reference class (plan_class) whose actual exceeded its estimate by more than the reserve "
        "(budget / planned cost - 1); abandoned work counts as overrun.",
        more="more finished past work of this kind, from anybody who did it",
        needs=(_FLOWS, "estimates: reference_class, estimated, actual", "engagement.toml: budget"),
        reads=("estimates: status, client",),
        way="past quotes beside their invoices, and the budget",
    ),
    Headline(
        "business_case.unsettled_prerequisites",
        "prerequisites still open at commitment",
        "fact", "count", 0.0, "lower", 0.0, 8.0, "prerequisites",
        "Required prerequisites with no settled_on date, or one after committed_on.",
        needs=("prerequisites: prerequisite, required, settled_on", "engagement.toml: committed_on"),
        way="ask yourself ten questions: was it settled, and when",
    ),
    Headline(
        "task_selection.protected_hours",
        "outside hours that must stay inside",
        "fact", "share", 0.0, "lower", 0.0, 1.0, "outside tasks",
        "Share of the monthly hours planned outside that belong to tasks marked core or carrying any veto.",
        needs=("tasks: task, plan, hours_per_month, core",),
        reads=("tasks: veto_legal, veto_secret, veto_identity, veto_no_owner, veto_unmeasurable",),
        way="ask yourself two questions a task: the hours, and may it leave",
    ),
    Headline(
        "task_selection.not_cheaper",
        "outside hours not clearly cheaper",
        "model", "share", 0.20, "lower", 0.0, 1.0, "outside tasks",
        "Share of the monthly hours planned outside that belong to tasks whose probability of being cheaper outside, "
        "hidden costs counted, is below 0.8; costs that are blank leave it open.",
        needs=("tasks: task, plan, hours_per_month, in_house_rate, quoted_price, quote_unit",),
        reads=("tasks: onboarding_hours, management_hours, rework_share, switching_cost, exit_cost, horizon_months",),
        way="your invoices or quotes, and what an hour costs inside",
    ),
    Headline(
        "task_selection.no_inside_skill",
        "outside processes that nobody inside can do",
        "fact", "share", 0.0, "lower", 0.0, 1.0, "outside processes",
        "Share of the processes with work outside in which at least one outside task has no current client person "
        "able to do it.",
        needs=("tasks: task, process, plan", "can_do: task, person", "people: person, side, left"),
        reads=("people: joined",),
        way="ask yourself one question a task: who inside could do it",
    ),
    Headline(
        "kickoff.before_work",
        "kickoff with both sides before work",
        "fact", "yes/no", 1.0, "higher", 1.0, 0.0, "meetings",
        "Whether a held kickoff meeting, attended by both sides, ended before the provider's first paid work began.",
        needs=(
            "meetings: meeting, kind, starts, ends, status", "attendance: meeting, person, joined_at", _SIDES,
            "time_entries or work: person, started",
        ),
        reads=("time_entries: billable",),
        way="your calendar (.ics) and time tracker, and ask who came",
    ),
    Headline(
        "kickoff.agenda_missing",
        "agenda items never covered",
        "fact", "count", 0.0, "lower", 0.0, 8.0, "agenda items",
        "Required agenda items that a person confirmed as not covered at the kickoff; items that nobody has confirmed "
        "either way leave it open.",
        needs=("coverage_confirmed or meetings or minutes: meeting",),
        reads=("coverage_confirmed: item, status", "meetings: kind, starts, ends, status", "agenda: item"),
        way="ask one person of each side eight questions: was it covered",
    ),
    Headline(
        "kickoff.quiz_right",
        "quiz answers right on the weaker side",
        "sample", "share", 0.70, "higher", 1.0, 0.0, "people",
        "Share of the answers about how we work that match the key, each person counting alike, on the lower side; "
        "\"don't know\" is not right.",
        _BOTH, "everybody's answers to more questions", 0.80,
        needs=("quiz: person, question, answer", "answer_key: question, key", _SIDES),
        way="ask both sides the same five questions",
    ),
    Headline(
        "expectations.within_one_point",
        "ratings on which both sides agree",
        "sample", "share", 0.70, "higher", 1.0, 0.0, "people",
        "Share of the expectations that a client-provider pair rates within one point of five; each pair counts alike.",
        _BOTH, "everybody's ratings of more expectations", 0.80,
        needs=("expectations: expectation, aspect, person, rating, asked_on", _SIDES),
        way="ask both sides to rate five expectations",
    ),
    Headline(
        "expectations.answered_in_time",
        "questions answered within 8 shared hours",
        "sample", "share", 0.80, "higher", 1.0, 0.0, "people",
        "Share of the questions between the sides whose first answer came within 8 working hours that both share; "
        "each person asked counts alike.",
        _BOTH, "more months of questions", 0.90,
        needs=(
            "messages: message, thread, sender, recipient, sent, reply_to, needs_answer",
            "people: person, side, time_zone, workday_start, workday_end",
        ),
        reads=("messages: automatic",),
        way="your chat's export (Slack, WhatsApp)",
    ),
    Headline(
        "expectations.proposals_answered",
        "proposals answered within 14 days",
        "sample", "share", 0.60, "higher", 1.0, 0.0, "people",
        "Share of the provider's proposals that got an answer, yes or no, within 14 days; each person who made one "
        "counts alike.",
        _PROVIDER, "more months of proposals", 0.80,
        needs=("proposals: proposal, raised_by, raised, answered", _SIDES),
        way="ask both leads: which proposals were made, and when were they answered",
    ),
    Headline(
        "recognition.good_work_seen",
        "provider's good months that got recognition",
        "sample", "share", 0.50, "higher", 1.0, 0.0, "people",
        "Share of provider person-months with good work (accepted, on time, not reopened) in which the person was "
        "recognised within 14 days of a delivery; each person counts alike.",
        _PROVIDER, "more months of records",
        needs=_THANKS,
        way=_BOARD,
    ),
    Headline(
        "recognition.gap_to_in_house",
        "recognition gap to in-house work",
        "sample", "points", 0.25, "lower", 0.0, 1.0, "people",
        "In-house share minus provider share of person-months of good work that saw recognition, for the same kinds "
        "of work: it may raise the alarm; a team can be fine without it.",
        _BOTH, "more months of records", needed=False,
        needs=_THANKS,
        way=_BOARD,
    ),
    Headline(
        "recognition.never_thanked",
        "provider people whom nobody has recognised",
        "fact", "share", 0.10, "lower", 0.0, 1.0, "people",
        "Share of the provider's people with at least 6 person-months of good work who were recognised in none.",
        _PROVIDER,
        needs=_THANKS,
        way=_BOARD,
    ),
    Headline(
        "recognition.feel_needed",
        "provider answers that say \"needed\"",
        "sample", "share", 0.60, "higher", 1.0, 0.0, "people",
        "Share of the provider side's answers to \"I feel needed\" that are at least 4 on a scale of 5; each "
        "respondent counts alike.",
        _PROVIDER, "everybody's answers in more rounds", 0.70,
        needs=("pulse: respondent, side, question, score, scale_max",),
        reads=(_SIDES, "pulse: scale_min"),
        way="ask the provider's people one question, without names",
    ),
)  # fmt: skip

# What a mistake reads to explain its headlines: none of them needs it.
_BESIDE = {"business_case": ("risks",), "task_selection": ("ratings",), "expectations": ("work", "events")}

_BY_KEY = {item.key: item for item in HEADLINES}


def headline(key: str) -> Headline:
    """The headline measure called `key`. Raises UnknownNameError, naming the nearest."""
    if key not in _BY_KEY:
        raise UnknownNameError.of("headline measure", key, _BY_KEY)
    return _BY_KEY[key]


def headlines_of(mistake: str) -> tuple[Headline, ...]:
    """The headline measures of one mistake: three, of recognition four."""
    if mistake not in MISTAKES:
        raise UnknownNameError.of("mistake", mistake, MISTAKES)
    return tuple(item for item in HEADLINES if item.mistake == mistake)


def tables_read(mistake: str) -> tuple[str, ...]:
    """The tables that a mistake reads, those of its headlines first.

    >>> tables_read("task_selection")
    ('tasks', 'can_do', 'people', 'ratings')
    """
    named = [name for item in headlines_of(mistake) for name in item.tables]
    return tuple(dict.fromkeys([*named, *_BESIDE.get(mistake, ())]))
