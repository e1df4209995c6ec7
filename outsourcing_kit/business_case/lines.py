"""The cash flow lines of an engagement, checked before anything is computed: what may be compared with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit import tables
from outsourcing_kit.business_case.given import check_rows
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.frames import labels, take
from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.text import folded, quoted, shown, squeezed
from outsourcing_kit.words import listed, plural

COLUMNS = ("line", "option", "kind", "first_month", "last_month", "low", "likely", "high")
RANGE_MEANS = ("limits", "p10-p90")
_NUMBERS = list(COLUMNS[3:])

# What plans forget most often; the names are those of the category column of cash_flows.
HIDDEN_COSTS = ("search", "transition", "managing", "quality", "redundancy", "exit")

# What comes before, between and after the months that an option runs for.
_PASSING = ("search", "transition", "exit")


class ComparedLines(NamedTuple):
    """The checked lines of a plan, the option that hands work out and the one that keeps it inside.

    missing: "" if the two can be compared.
    """

    lines: pd.DataFrame
    option: str
    against: str
    missing: str
    notes: tuple[str, ...]


def checked_lines(cash_flows: pd.DataFrame) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Checked lines, what is missing ("" if nothing), and notes on what was left out.

    A further column, is_decile, says whether low and high are p10 and p90. Raises OutsourcingKitError for what the data
    dictionary refuses, a range out of order, several currencies.
    """
    also = ("line", "category", "range_means", "currency")
    lines, missing = take(cash_flows, "cash_flows", need=COLUMNS[1:], also=also)
    if missing:
        return lines.iloc[:0], missing, ()
    # Options keep the names that people gave them; those that differ in capitals alone are one, by its first spelling.
    spelled: dict[str, str] = {}
    lines["option"] = [name and spelled.setdefault(folded(name), name) for name in labels(cash_flows["option"])]
    lines["line"] = [f"line {n}" if pd.isna(name) else name for n, name in enumerate(lines["line"], start=1)]
    lines["is_decile"] = lines["range_means"].eq("p10-p90").to_numpy(dtype=bool)
    blank, nobody = np.isnan(lines[_NUMBERS].to_numpy()).any(axis=1), lines["option"].isna().to_numpy()
    counted = ((blank, "with a blank month or amount"), (nobody & ~blank, "without an option"))
    notes = tuple(f"{plural(int(out.sum()), 'cash flow line')} {why} left out" for out, why in counted if out.any())
    lines = lines[~blank & ~nobody].reset_index(drop=True)
    check_rows("cash_flows", lines, _called)
    if (unclear := lines["kind"].isna()).any():
        raise OutsourcingKitError(
            f"{_called(lines[unclear].iloc[0])} has no kind; expected cost or benefit. Mend: write one of them."
        )
    return lines, "" if len(lines) else "needs cash_flows with amounts", notes


def _called(line: pd.Series) -> str:
    return f"Line {quoted(line['line'])} of option {quoted(line['option'])}"


def compared_lines(cash_flows: pd.DataFrame, option: str | None, against: str | None) -> ComparedLines:
    """`checked_lines`, and which two options are compared.

    Where no name is given, the one inside is called "stay", or another word that people use for it (tables.toml);
    the other is called "outsource", or is the first of all others in the table, which a note says if they are several.
    """
    lines, missing, said = checked_lines(cash_flows)
    notes = [*said]
    # In order of appearance, as that decides which of several is looked at.
    found = list(dict.fromkeys(lines["option"].dropna()))
    if (inside := _named(against, found)) is None:
        inside = _inside(found)
        if inside and _meant(inside) != ("stay", "same"):
            notes.append(f"option {quoted(inside)} is taken as keeping the work inside")
    others = [name for name in found if name != inside]
    if (out := _named(option, found)) is None:
        called = [name for name in others if _meant(name) == ("outsource", "same")]
        out = next(iter(called or others), "")
        if len(others) > 1 and not called:
            rest = f"{quoted(out)}, not {listed([quoted(name) for name in others if name != out])}"
            notes.append(f"of the options to hand work out the first in the table is looked at, {rest}")
    missing = missing or _options_missing(lines, found, out, inside)
    return ComparedLines(lines, out or "outsource", inside or "stay", missing, tuple(notes))


def _meant(option: str) -> tuple[str, str]:
    return tables.meant("cash_flows.option", option)


def _named(name: str | None, found: Sequence[str]) -> str | None:
    """A given name as the table writes it."""
    return None if name is None else next((each for each in found if folded(each) == folded(str(name))), str(name))


def _inside(found: Sequence[str]) -> str:
    """The one option that is called by a word for staying; "" if none is, or several are."""
    stay = next(word for word in tables.table("cash_flows").column("option").words if word.word == "stay")
    for words in ((stay.word, *stay.same), stay.alike):
        known = set(map(squeezed, words))
        if called := [name for name in found if squeezed(name) in known]:
            return called[0] if len(called) == 1 else ""
    return ""


def _options_missing(lines: pd.DataFrame, found: Sequence[str], option: str, against: str) -> str:
    names = listed([shown(name) for name in sorted(found)], 6) or "none"
    if not against or not option:
        wanted = "outsource" if against else "stay"
        near = [name for name in found if _meant(name)[0] == wanted and name != against]
        ask = f" (is {quoted(near[0])} meant? Then call it {wanted!r})" if near else ""
        does = "hands work out" if against else "keeps the work inside, called 'stay'"
        return f"needs lines of an option that {does}, in table cash_flows; found {names}{ask}"
    if absent := [name for name in (option, against) if name not in found]:
        near = [guess for name in absent if (guess := nearest(name, found))]
        hint = f" (did you mean {quoted(near[0])}?)" if near else ""
        both = f"{quoted(option)} and {quoted(against)}"
        return f"needs lines of both options {both} in table cash_flows; found {names}{hint}"
    if option not in set(lines.loc[lines["kind"] == "cost", "option"]):
        return f"needs cost lines of option {quoted(option)} in table cash_flows; all of its lines are benefits"
    return ""


def bent_note(lines: pd.DataFrame, shapes: Sequence[str]) -> tuple[str, ...]:
    """Which lines' 10th and 90th percentile had to be kept by bending the shape; see `shapes.quantile_tables`."""
    lines = lines[lines["is_decile"]]
    low, likely, high, every = (lines[name].to_numpy() for name in ("low", "likely", "high", "is_decile"))
    # A lognormal is bent nearly always.
    tried = [shape for shape in shapes if shape != "lognormal" and len(lines)]
    bent = {shape: kernel.bent(low, likely, high, every, shape) for shape in tried}
    if not (found := {shape: which for shape, which in bent.items() if which.any()}):
        return ()
    names = [quoted(name) for name in lines["line"][np.any([*found.values()], axis=0)]]
    return (
        f"no {' or '.join(found)} curve from 0 up has the 10th and 90th percentile given for {listed(names)}: it "
        "was bent to keep both",
    )


def horizon_note(lines: pd.DataFrame, options: Sequence[str]) -> tuple[str, ...]:
    """A note where options do not run for the same months, which makes any comparison lopsided.

    Costs of several months tell when an option runs, one-off lines where it has nothing else; choosing, handing over
    and taking back fill a gap, but ask nothing of the other options.
    """
    first, last = (lines[name].to_numpy(dtype=int) for name in ("first_month", "last_month"))
    # A benefit may well come later, as the sale of desks does, without the option running on.
    several = (lines["kind"] == "cost").to_numpy() & (last > first)
    passing = categories(lines).isin(_PASSING).to_numpy()

    def months(of: NDArray[np.bool_]) -> set[int]:
        return {month for one, end in zip(first[of], last[of], strict=True) for month in range(one, end + 1)}

    ends: dict[str, int] = {}
    covered: dict[str, set[int]] = {}
    wanted: set[int] = set()
    for option in options:
        own = (lines["option"] == option).to_numpy()
        told = next((part for part in (own & several & ~passing, own & several, own) if part.any()), own)
        if told.any():
            ends[option] = int(last[told].max())
        if (own & several).any():
            covered[option] = months(own & several)
            wanted |= months(told)
    alike = "the horizons differ, compare the same months"
    if len(set(ends.values())) > 1:
        said = ", ".join(f"{quoted(option)} in month {end}" for option, end in ends.items())
        return (f"{alike}: lines of {said} end last",)
    gaps = {option: wanted - own for option, own in covered.items() if wanted - own}
    said = "; ".join(f"{quoted(option)} has no monthly cost in {_in_words(gap)}" for option, gap in gaps.items())
    return (f"{alike}: {said}, where another option has",) if said else ()


def forgotten_costs(lines: pd.DataFrame) -> list[str]:
    """Kinds of hidden cost that none of an option's lines is for."""
    named = set(categories(lines))
    return [kind for kind in HIDDEN_COSTS if kind not in named]


def categories(lines: pd.DataFrame) -> pd.Series:
    """The category of each line in small letters; "" where none is said."""
    return lines["category"].astype(object).fillna("").map(folded)


def _in_words(months: set[int]) -> str:
    """Stretches of months.

    >>> _in_words({7}), _in_words({1, 2, 3}), _in_words({0, 4, 5, 6})
    ('month 7', 'months 1 to 3', 'months 0, 4 to 6')
    """
    begins = [month for month in sorted(months) if month - 1 not in months]
    ends = [month for month in sorted(months) if month + 1 not in months]
    stretches = [f"{one} to {end}" if end > one else f"{one}" for one, end in zip(begins, ends, strict=True)]
    return f"month{'s' if len(months) > 1 else ''} {listed(stretches)}"
