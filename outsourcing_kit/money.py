"""What a mistake costs a month: a range of money with how it was calculated, or why nobody can say."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, TypeVar

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import SameUnknowns, one_line
from outsourcing_kit.text import quoted
from outsourcing_kit.words import money, plural

_T = TypeVar("_T")
# What an amount above 0 does, and one below, by kind: money that goes out, never comes in, may go out one day.
KINDS = {"spent": ("costs", "saves"), "forgone": ("misses", "gains"), "what-if": ("would cost", "would save")}


@dataclass(frozen=True, eq=False)
class Cost(SameUnknowns):
    """A cost a month from low to high (below 0: it saves), in `currency`; or, with nan for both, why there is none.

    reckoned: how, in one clause. missing: why it is not estimable. kind: of `KINDS`. sentence: what to
    remember of it, with its capital and its full stop.

    Raises:
        OutsourcingKitError: ends out of order, another kind, neither a number and how it was calculated nor a reason.

    >>> Cost(0.0, 1240.4, "EUR", "62 hours × 20 EUR").in_words(), Cost(missing="needs table tasks").in_words()
    ('costs 0 to 1,240 EUR a month: 62 hours × 20 EUR', 'not estimable, because it needs table tasks')
    >>> Cost(0.0, 1240.4, "EUR", "62 hours × 20 EUR").in_short()
    'It costs 0 to 1,240 EUR a month.'
    """

    low: float = math.nan
    high: float = math.nan
    currency: str = ""
    reckoned: str = ""
    missing: str = ""
    kind: str = "spent"
    sentence: str = ""

    def __post_init__(self) -> None:
        # Names from the records stand in them.
        for name in ("currency", "reckoned", "missing", "sentence"):
            object.__setattr__(self, name, one_line(getattr(self, name)))
        ends = (self.low, self.high)
        known = -math.inf < self.low <= self.high < math.inf and self.reckoned
        if self.kind not in KINDS or not (all(map(math.isnan, ends)) if self.missing else known):
            raise OutsourcingKitError(
                f"A cost from {self.low} to {self.high} of kind {quoted(self.kind)} says nothing. Mend: low ≤ high and "
                f"how it was calculated, or nan for both and what is missing; kind is one of {', '.join(KINDS)}."
            )

    def in_words(self) -> str:
        """The cost and how it was calculated, without its capital and its full stop."""
        if self.missing:
            return f"not estimable, because {'it ' * self.missing.startswith('needs ')}{self.missing}"
        return f"{self._range()}: {self.reckoned}"

    def in_short(self) -> str:
        """What a manager remembers of it: one whole sentence."""
        if self.missing:
            return f"In money: {self.in_words()}."
        return self.sentence or f"It {self._range()}."

    def _range(self) -> str:
        (up, down), low, high = KINDS[self.kind], round(self.low), round(self.high)
        ends = " to ".join(map(money, sorted({abs(low), abs(high)})))
        said = f"{down if low < 0 else up} {ends} {self.currency} a month" if low or high else f"{up} nothing"
        if low < 0 < high:
            said = f"{up} up to {money(high)} {self.currency} a month, or {down} up to {money(-low)}"
        return said

    def to_json(self) -> dict[str, Any]:
        """Plain values, in cents at most, and the sentence; None for a number that is not there."""
        ends = {name: None if self.missing else round(getattr(self, name), 2) + 0.0 for name in ("low", "high")}
        names = ("currency", "reckoned", "missing", "kind")
        said = {"in_words": self.in_words(), "in_short": self.in_short()}
        return {**ends, **{name: getattr(self, name) for name in names}, **said}


def months_of(first: dt.date, last: dt.date) -> float:
    """Months from the first day to the last, both included; at least 1, as a few days make no rate a month.

    >>> months_of(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), months_of(dt.date(2026, 1, 1), dt.date(2026, 1, 9))
    (12.0, 1.0)
    """
    if not (isinstance(first, dt.date) and isinstance(last, dt.date) and first <= last):
        raise OutsourcingKitError(
            f"Found {first!r} to {last!r}; expected two days. Mend: settings.observed_from, …_to."
        )
    end = last + dt.timedelta(days=1)
    return max(12 * (end.year - first.year) + end.month - first.month + (end.day - first.day) / 30.4375, 1.0)


def checked(value: object, kind: type[_T], mend: str) -> _T:
    """A result of that kind. Raises OutsourcingKitError for anything else."""
    if not isinstance(value, kind):
        raise OutsourcingKitError(f"Found a {type(value).__name__}; expected {kind.__name__}. Mend: {mend}.")
    return value


def not_in_it(*counts: tuple[int, str, str]) -> str:
    """What was left out as nobody knows it, as (how many, of what, why), to end a clause; "" if nothing was.

    >>> not_in_it((2, "task", "without a quote"), (0, "hour", "")), not_in_it()
    ('; not in it: 2 tasks without a quote', '')
    """
    parts = [f"{plural(int(count), what)} {why}" for count, what, why in counts if count]
    return f"; not in it: {', '.join(parts)}" if parts else ""
