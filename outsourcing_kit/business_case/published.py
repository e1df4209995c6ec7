"""Reference classes for people without a history of their own: published figures, each with what is wrong with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.showing import Shown


@dataclass(frozen=True)
class PublishedClass:
    """Quantiles of actual/estimated of one published body of work, and its known bias."""

    name: str
    n: int
    year: str
    p50: float
    p80: float
    p90: float
    source: str
    known_bias: str

    def ratio(self, q: float) -> float:
        """The quantile q of actual/estimated: log-linear in the normal score between the three; nan outside them.

        >>> PUBLISHED[0].ratio(0.8), PUBLISHED[0].ratio(0.99)
        (1.13, nan)
        """
        from scipy.special import ndtri

        if not 0.5 <= q <= 0.9:
            return math.nan
        scores, logs = ndtri([0.5, 0.8, 0.9]), np.log([self.p50, self.p80, self.p90])
        return float(round(np.exp(np.interp(ndtri(q), scores, logs)), 10))


@dataclass(frozen=True, repr=False)
class PublishedReferenceClasses(Shown):
    """Published quantiles of actual/estimated: `.table`; see `published_reference_classes`."""

    table: pd.DataFrame
    notes: tuple[str, ...] = (
        "Work of other people under other conditions: better than no comparison, worse than a dozen items of your own",
    )


# Computed from the data that the sources made public; none is a random sample of outsourcing engagements.
PUBLISHED = (
    PublishedClass(
        "projects of an outsourcing company",
        145,
        "2002",
        0.97,
        1.13,
        1.34,
        "Kitchenham, Pfleeger, McColl & Eagan 2002, J. Systems and Software 64:57–77",
        "effort only; finished projects only; 116 of 145 are for one client",
    ),
    PublishedClass(
        "software tasks of one company",
        10_266,
        "2019",
        1.00,
        1.43,
        2.00,
        "Jones & Cullum 2019, arXiv:1901.01621 (SiP)",
        "tasks of hours to days, not engagements; large tasks were over-estimated, small ones under-estimated",
    ),
    PublishedClass(
        "government IT projects over C$1 million",
        192,
        "2022",
        1.17,
        2.15,
        3.30,
        "sessional papers of 2016, 2019 and 2022, Parliament of Canada; latest against original budget",
        "only projects listed at least twice, so long ones: 934 of 1,126 appear once and drop out",
    ),
)


def published_reference_classes() -> PublishedReferenceClasses:
    """Published classes of past work with the quantiles of actual/estimated, for people without a history.

    `.table`: reference_class, n, year, p50, p80, p90 (ratios), source, known_bias. Figures are rounded to two places.
    Choose the class before looking at its numbers; `outside_view` shows what each of the others would have said.

    Example: eight in ten projects of that outsourcing company took at most 1.13 times their first estimate.

    >>> float(published_reference_classes().table["p80"].iloc[0])
    1.13
    """
    return PublishedReferenceClasses(
        pd.DataFrame([vars(item) for item in PUBLISHED]).rename(columns={"name": "reference_class"})
    )


def published_class(name: str) -> PublishedClass:
    """The published class of that name. Raises UnknownNameError with the nearest."""
    for item in PUBLISHED:
        if item.name == name:
            return item
    raise UnknownNameError.of("published reference class", name, [item.name for item in PUBLISHED])
