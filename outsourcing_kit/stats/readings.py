"""One interval over several readings of the same records, where a blank leaves open which of them is right."""

from __future__ import annotations

from collections.abc import Sequence

from outsourcing_kit.stats._estimate import Estimate, bound_ends


def over_readings(first: Estimate, others: Sequence[Estimate]) -> Estimate:
    """The first estimate, with an interval that reaches over those of all readings that have a value.

    A verdict by it holds under every reading; a blank can then leave a question open, but never answer it.

    Source: bounds over what is missing, Manski 2003, Partial Identification of Probability Distributions, ch. 1.

    >>> from outsourcing_kit.stats import clopper_pearson
    >>> both = over_readings(clopper_pearson(9, 10), [clopper_pearson(5, 10)])
    >>> both.estimate, both.high == clopper_pearson(9, 10).high, both.low == clopper_pearson(5, 10).low
    (0.9, True, True)
    """
    readings = (first, *(other for other in others if other.n))
    if len(readings) == 1:
        return first
    return Estimate.of(
        first.estimate,
        bound_ends(_ends, readings),
        confidence=first.confidence,
        n=first.n,
        standard_error=first.standard_error,
        method=f"{first.method}; over {len(readings)} readings of blanks",
    )


def _ends(readings: Sequence[Estimate], confidence: float) -> tuple[float, float]:
    ends = [reading.interval(confidence) for reading in readings]
    return min(low for low, _ in ends), max(high for _, high in ends)
