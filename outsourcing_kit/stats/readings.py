"""One interval over several readings of the same records, where a blank leaves open which of them is right."""

from __future__ import annotations

from collections.abc import Sequence

from outsourcing_kit.stats._estimate import Estimate, bound_ends


def over_readings(first: Estimate, others: Sequence[Estimate]) -> Estimate:
    """The first estimate, with an interval that reaches over those of all readings that have a value.

    A verdict by it holds under every reading; a blank can then leave a question open, but never answer it.

    Source: bounds over what is missing, Manski 2003, Partial Identification of Probability Distributions, ch. 1.

    >>> from outsourcing_kit.stats import exact_share
    >>> both = over_readings(exact_share(9, 10), [exact_share(5, 10)])
    >>> both.estimate, both.high == exact_share(9, 10).high, both.low == exact_share(5, 10).low
    (0.9, True, True)
    """
    readings = (first, *(other for other in others if other.n))
    if len(readings) == 1:
        return first
    return Estimate.of(
        first.estimate,
        bound_ends(_ends, readings),
        level=first.level,
        n=first.n,
        standard_error=first.standard_error,
        method=f"{first.method}; over {len(readings)} readings of blanks",
    )


def _ends(readings: Sequence[Estimate], level: float) -> tuple[float, float]:
    ends = [reading.interval(level) for reading in readings]
    return min(low for low, _ in ends), max(high for _, high in ends)
