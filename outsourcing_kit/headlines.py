"""The headline measures: what each means, its target, and the limit that decides. One source for all who need them."""

from __future__ import annotations

from dataclasses import dataclass

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.toml import as_tuples, kit_table

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


HEADLINES = tuple(
    Headline(f"{mistake}.{name}", **as_tuples(said))
    for mistake, measures in kit_table("headlines.toml").items()
    for name, said in measures.items()
)

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
