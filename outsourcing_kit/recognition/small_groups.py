"""Which groups may be shown? Those of five people or more, cut so that subtraction gives away no smaller one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

FEWEST = 5
ALL_MONTHS, ALL_KINDS = "all months", "all kinds"
OTHER_MONTHS, OTHER_KINDS, SEVERAL_KINDS = "other months", "other kinds", "several kinds"

Key = TypeVar("Key", bound=Hashable)


def pooled(groups: Mapping[Key, set[str]], fewest: int = FEWEST) -> set[Key]:
    """The groups to merge into one, so that every other group and the merged one have at least `fewest` people.

    All groups under `fewest` are merged; while the merged one is itself too small, the smallest of the others joins it
    (of equals, the first). If all groups together are too few people, all of them come back.

    >>> sorted(pooled({"a": set("pqrstu"), "b": set("pqrst"), "c": set("xy")}))     # c alone is two people: b joins it
    ['b', 'c']
    >>> pooled({"a": set("pqrst"), "b": set("uvwxy")})
    set()
    """
    # Whoever subtracts all that is shown from the whole is then left with the merged group, never with a part of it.
    merged = {key for key, people in groups.items() if len(people) < fewest}
    people: set[str] = set().union(*(groups[key] for key in merged))
    # The smallest that joins costs the reader least, as the larger groups stay whole.
    others = sorted((key for key in groups if key not in merged), key=lambda key: len(groups[key]))
    for key in others:
        if not merged or len(people) >= fewest:
            break
        merged.add(key)
        people |= groups[key]
    return merged


def shown_groups(person: Sequence[str], month: Sequence[str], kind: Sequence[str]) -> list[tuple[str, str]]:
    """For one side's person-months, the month and kind under which each may be counted.

    Args:
        person, month, kind: same length, one entry a person-month; a person has one kind in a month.

    Returns:
        A pair (month, kind) for each. The groups are a partition, each of at least five people: small kinds are merged
        within their month, small months with each other. Whatever sums and differences of shown groups somebody
        forms, they describe no smaller group. A side with fewer than five people in all is one group.

    >>> shown_groups(list("abcdef"), ["2026-03"] * 6, ["report"] * 5 + ["call"])[0]     # one caller: joined by the five
    ('2026-03', 'all kinds')
    """
    months: dict[str, set[str]] = defaultdict(set)
    cells: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    # Sets: a group is as large as its people, however many months they bring.
    for who, when, what in zip(person, month, kind, strict=True):
        months[when].add(who)
        cells[when][what].add(who)
    # Months first, then kinds within the months that stand alone: two ways of cutting at once could be subtracted.
    together = pooled(dict(sorted(months.items())))
    rest = (ALL_MONTHS if len(together) == len(months) else OTHER_MONTHS, ALL_KINDS)
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for when, kinds in cells.items():
        small = pooled(dict(sorted(kinds.items())))
        merged = ALL_KINDS if len(small) == len(kinds) else OTHER_KINDS
        for what in kinds:
            named[when, what] = rest if when in together else (when, merged if what in small else what)
    return [named[pair] for pair in zip(month, kind, strict=True)]
