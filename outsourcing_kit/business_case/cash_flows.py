"""Every option of a plan side by side: what may it cost, what may be saved, when has it paid back?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.business_case import paths
from outsourcing_kit.business_case.dependence import Dependence, stated
from outsourcing_kit.business_case.lines import (
    HIDDEN_COSTS,
    RANGE_MEANS,
    bent_note,
    check_rate,
    checked_lines,
    horizon_note,
    options_compared,
    present_value_factors,
)
from outsourcing_kit.business_case.past_work import ReferenceClass
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError, nearest
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import listed

_COSTS, _SAVINGS = (0.1, 0.5, 0.8, 0.9), (0.1, 0.5, 0.9)


class Odds(NamedTuple):
    """One option as a gamble: p_saving, its chance to save; gain, the mean saving if it does; loss, the mean loss if it
    does not, 0 or more (currency). The expected saving is p_saving·gain − (1 − p_saving)·loss."""

    p_saving: float
    gain: float
    loss: float


@dataclass(frozen=True, repr=False)
class SimulatedCashFlows(Shown):
    """Every option's cost and saving over many draws: `.table` and `.months`; see `simulate_cash_flows`.

    against: the option that savings are measured against; option: the one that hands work out. draws: how many.
    assumptions: what was taken as given, in words. costs: each option's draws, present value of costs − benefits.
    """

    table: pd.DataFrame
    months: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    against: str = "stay"
    option: str = "outsource"
    draws: int = 0
    assumptions: str = ""
    costs: Mapping[str, NDArray[np.float64]] = field(default_factory=dict, compare=False)
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("no_saving",)
    _whole = ("planned", "cost_p50", "cost_p80", "saving_p10", "saving_p50", "saving_p90")

    def savings(self, option: str | None = None) -> NDArray[np.float64]:
        """What each draw saves with this option (present value, currency): shape (draws,); empty if nothing can be.

        None: the option that hands work out, `.option`.

        Raises:
            UnknownNameError: for an option that is not in the table.
        """
        option = self.option if option is None else option
        self._check(option)
        if option not in self.costs or self.against not in self.costs or option == self.against:
            return np.array([])
        return self.costs[self.against] - self.costs[option]

    def odds(self, option: str | None = None) -> Odds:
        """The option as a gamble, for a decision tree: see `Odds`. nan where nothing can be said of savings.

        A mean over no draw at all (it always saves, or never) is 0.
        """
        savings = self.savings(option)
        if not len(savings):
            return Odds(math.nan, math.nan, math.nan)
        saves = savings > 0
        return Odds(
            float(saves.mean()),
            float(savings[saves].mean()) if saves.any() else 0.0,
            float(-savings[~saves].mean()) if not saves.all() else 0.0,
        )

    def _check(self, option: str) -> None:
        known = self.table["option"].tolist()
        if known and option not in known and not (self.missing and option == self.option):
            raise UnknownNameError.of("option", option, known)

    def _view(self) -> pd.DataFrame:
        # What a page has room for.
        extra = ["view", "cost_p10", "cost_p50", "cost_p90", "never_pays_back", "break_even"]
        narrow = self.table.drop(columns=extra)
        if self.missing:
            return narrow.dropna(axis="columns", how="all")
        return narrow.assign(payback=[_in_words(month) for month in narrow["payback"]])

    def _caption(self) -> str:
        return self.assumptions


def simulate_cash_flows(
    cash_flows: pd.DataFrame,
    *,
    draws: int = 20_000,
    correlation: float | pd.DataFrame | ArrayLike = 0.3,
    discount_rate: float = 0.05,
    range_means: str | None = None,
    shape: str = "pert",
    against: str | None = None,
    reference: ReferenceClass | Mapping[str, ReferenceClass] | None = None,
    rates: Mapping[str, float] | None = None,
    seed: int = 0,
    chunk: int = 16_384,
) -> SimulatedCashFlows:
    """What every option costs and saves, over many draws of its lines.

    A line's amount a month is one uncertain number, the same in all its months. An option costs Σ cost lines −
    Σ benefit lines, each month's flow discounted by (1 + rate)^(−month/12); month 0 is the commitment.

    `.table` has one row an option, in order of appearance (currency, present value unless said otherwise):
      view                     inside (its lines are drawn) or outside (its plan times a past ratio)
      planned                  Σ likely × months of costs − benefits, not discounted
      cost_p10, p50, p80, p90  quantiles of the option's cost: 8 of 10 draws stay below p80
      saving_p10, p50, p90     quantiles of cost(against) − cost(option), draw by draw
      no_saving                share of the draws with cost(option) ≥ cost(against)
      payback                  first month from which the saving so far stays at 0 or more in more than half of the
                               draws; 0 if it never was below, inf if half or more of the draws never get there
      never_pays_back          share of the draws that never do
      break_even               how many times its likely costs the option may cost before it saves nothing; the price of
                               one line at which that happens is its turning_point in `sensitivity`
    The savings' columns are blank in the row of `against`. `.months` has a row for each other option and month:
    saving_p10, p50 and p90 of the discounted saving so far, over the first 20,000 draws at most.
    20,000 draws put the Monte Carlo error of a share under 0.4 points: small beside what nobody knows, see `no_saving`.

    Args:
        cash_flows: rows of table `cash_flows`.
        draws: random draws of each amount, 100 or more.
        correlation: how lines miss their plan together, as rank correlation (Spearman; Gaussian copula). A number from
            0 to 1 is between the cost lines of one option; options vary on their own, benefits too. Or a symmetric
            matrix of all lines: a DataFrame labelled by line ("option: line" where two options share a name), or an
            array in the order of the lines. One that cannot be is replaced by the nearest that can; `.notes` says so.
        discount_rate: a year, as a share.
        range_means: "limits" or "p10-p90" for all lines; None: as column range_means says, limits where it is blank.
            People's ranges are too narrow: reading limits as p10-p90 shows what that does.
        shape: "pert", "triangular", "lognormal" or "uniform"; see `draws.quantile_tables`.
        against: the option that savings are measured against; None: the one that keeps the work inside ("stay", or
            another word for it).
        reference: past work like the plan (`reference_class`), for the outside view of every option but `against`: in
            each draw an option's costs are their likely amounts times one of its ratios actual/estimated, each item
            equally likely; its benefits are drawn as they stand. A past ratio holds all that went otherwise than
            planned, so the ranges of these cost lines play no part. With a class for each option by name, options
            that are not named keep the inside view: a pilot is no plan like the whole. None: the inside view for all.
        rates: with a column `currency`, what one unit of each is in the currency of the result.
        seed: of the random numbers; same seed, same bytes.
        chunk: draws held at a time; it changes memory and time, nothing else.

    Raises:
        OutsourcingKitError: amounts or months out of order, negative or without end; months that are not whole; several
            currencies without a rate; a discount rate, correlation, shape, number of draws or seed that cannot be.

    Source: ranges as distributions, Vose 2008, Risk Analysis; reference class forecasting, Flyvbjerg et al. 2022,
    doi 10.1080/07421222.2022.2096544.

    Example: 100 a month inside for 12 months, against 150 once and 80 a month; no interest, nothing uncertain. The
    150 are saved again after 7.5 months, so in month 8; 240 − 150 = 90 are left; 1200/1110 = 1.081.

    >>> lines = pd.DataFrame({"line": ["team", "move", "fee"], "option": ["stay", "outsource", "outsource"],
    ...     "kind": "cost", "first_month": [1, 0, 1], "last_month": [12, 0, 12], "low": [100, 150, 80]})
    >>> lines = lines.assign(likely=lines["low"], high=lines["low"])
    >>> result = simulate_cash_flows(lines, draws=100, discount_rate=0)
    >>> result.table.loc[1, ["planned", "saving_p50", "payback", "break_even"]].astype(float).tolist()
    [1110.0, 90.0, 8.0, 1.081081]
    >>> result.odds("outsource")
    Odds(p_saving=1.0, gain=90.0, loss=0.0)
    """
    _check_arguments(draws, discount_rate, range_means, shape, reference, seed, chunk)
    if np.ndim(correlation) == 0:
        stated(correlation, pd.DataFrame({"option": [], "kind": []}))
    lines, missing, notes = checked_lines(cash_flows, rates)
    if not missing:
        lines, more = _with_an_option(lines)
        notes = (*notes, *more)
        if not (lines["kind"] == "cost").any():
            missing = "needs cost lines in table cash_flows; all of its lines are benefits"
    if missing:
        return SimulatedCashFlows(_no_options(), _no_months(), against or "stay", missing=missing, notes=notes)
    if range_means is not None:
        lines = lines.assign(is_decile=range_means == "p10-p90")
    options = list(dict.fromkeys(lines["option"]))
    option, against, _, said = options_compared(lines, None, against)
    dependence = stated(correlation, lines)
    classes = _class_of_each(reference, options, against)
    model = model_of(lines, dependence, discount_rate=discount_rate, shape=shape, against=against, classes=classes)
    found = paths.simulated(model, int(draws), seed, int(chunk))
    missing = _nothing_to_compare(options, against)
    return SimulatedCashFlows(
        _table(lines, options, model, found),
        _months(options, model, found),
        against,
        option,
        int(draws),
        f"Present value at {100 * discount_rate:g}% a year; {_views_in_words(model, options)}; {shape} lines; "
        f"{dependence.words}; {int(draws):,} draws",
        dict(zip(options, found.costs, strict=True)),
        missing,
        (*notes, *said, *dependence.notes, *_what_to_know(lines, options, against, range_means, shape, classes)),
    )


def _check_arguments(
    draws: Any, discount_rate: float, range_means: str | None, shape: str, reference: Any, seed: Any, chunk: Any
) -> None:
    check_rate(discount_rate)
    for name, value, least, mend in (("draws", draws, 100, 20_000), ("seed", seed, 0, 0), ("chunk", chunk, 1, 16_384)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise OutsourcingKitError(
                f"{name} is {value!r}; expected a whole number of at least {least}. Mend: {name}={mend:_}."
            )
    if shape not in kernel.SHAPES:
        raise UnknownNameError.of("shape", shape, kernel.SHAPES)
    if range_means is not None and range_means not in RANGE_MEANS:
        raise UnknownNameError.of("range_means", range_means, RANGE_MEANS)
    for given in reference.values() if isinstance(reference, Mapping) else [] if reference is None else [reference]:
        if not isinstance(given, ReferenceClass):
            raise OutsourcingKitError(
                f"reference is a {type(given).__name__}; expected a reference class. "
                "Mend: reference=reference_class(estimates, plan_class)."
            )


def _class_of_each(
    reference: ReferenceClass | Mapping[str, ReferenceClass] | None, options: list[str], against: str
) -> dict[str, ReferenceClass]:
    """The past work that each option is like; options without any keep the inside view."""
    others = [option for option in options if option != against]
    if reference is None:
        return {}
    if isinstance(reference, ReferenceClass):
        return dict.fromkeys(others, reference)
    for option in reference:
        if option not in others:
            raise UnknownNameError.of("option", str(option), others)
    return {option: reference[option] for option in others if option in reference}


def _views_in_words(model: paths.Model, options: list[str]) -> str:
    outside = [quoted(options[number]) for number in model.others if number in model.ratios]
    if not outside or len(outside) == len(model.others):
        return f"{'outside' if outside else 'inside'} view"
    return f"outside view of {' and '.join(outside)}, inside view of the rest"


def _with_an_option(lines: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    named = lines["option"].notna() & lines["option"].astype(str).str.strip().ne("")
    kept = lines[named].reset_index(drop=True)
    kept["option"] = kept["option"].astype(str)
    left = len(lines) - len(kept)
    what = "line" if left == 1 else "lines"
    return kept, (f"{left} cash flow {what} without an option left out",) if left else ()


def model_of(
    lines: pd.DataFrame,
    dependence: Dependence,
    *,
    discount_rate: float = 0.05,
    shape: str = "pert",
    against: str = "stay",
    classes: Mapping[str, ReferenceClass] | None = None,
) -> paths.Model:
    """Checked lines (`lines.checked_lines`) as the arrays that draws are made from; options by order of appearance.

    `classes`: the past work that an option is like, by option; see `simulate_cash_flows`.
    """
    options = list(dict.fromkeys(lines["option"]))
    low, likely, high = (lines[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
    is_cost, is_decile = (lines["kind"] == "cost").to_numpy(), lines["is_decile"].to_numpy(dtype=bool)
    ratios = {options.index(option): past.drawable_ratios for option, past in (classes or {}).items()}
    ratios = {option: values for option, values in ratios.items() if len(values)}
    scaled = is_cost & lines["option"].isin([options[number] for number in ratios]).to_numpy()
    # A past ratio is the whole error of an estimate: the lines' own spread on top would count it twice.
    low, high = np.where(scaled, likely, low), np.where(scaled, likely, high)
    return paths.Model(
        kernel.quantile_tables(low, likely, high, is_decile & ~scaled, shape),
        np.array([options.index(option) for option in lines["option"]], dtype=np.int64),
        np.where(is_cost, 1.0, -1.0),
        lines["first_month"].to_numpy().astype(np.int64),
        lines["last_month"].to_numpy().astype(np.int64),
        scaled,
        ratios,
        dependence,
        float(discount_rate),
        options.index(against) if against in options else -1,
    )


def _table(lines: pd.DataFrame, options: list[str], model: paths.Model, found: paths.Paths) -> pd.DataFrame:
    signed = lines["likely"] * model.sign
    planned = (signed * (lines["last_month"] - lines["first_month"] + 1)).groupby(lines["option"]).sum()
    rows = []
    room = np.empty(found.costs.shape[1])
    for number, option in enumerate(options):
        np.copyto(room, found.costs[number])
        cost = paths.quantiles(room, _COSTS)
        view = "outside" if number in model.ratios else "inside"
        row: dict[str, object] = {"option": option, "view": view, "planned": float(planned[option])}
        row |= {f"cost_p{round(100 * share)}": value for share, value in zip(_COSTS, cost, strict=True)}
        if number in model.others:
            np.subtract(found.costs[model.against], found.costs[number], out=room)
            row["no_saving"] = float((room <= 0).mean())
            saved = paths.quantiles(room, _SAVINGS)
            row |= {f"saving_p{round(100 * share)}": value for share, value in zip(_SAVINGS, saved, strict=True)}
            row["payback"] = _payback(found.paid_back[number])
            row["never_pays_back"] = float(found.paid_back[number, -1] / found.paid_back[number].sum())
            row["break_even"] = _break_even(lines, option, options[model.against], model.discount_rate)
        rows.append(row)
    blank = _no_options()
    return pd.DataFrame(rows, columns=blank.columns).astype(blank.dtypes.to_dict())


def _payback(paid_back: paths.Ints) -> float:
    """The first month by which more than half of the draws have paid back; inf if half or more never do."""
    by_month = np.cumsum(paid_back[:-1])
    enough = 2 * by_month > paid_back.sum()
    return float(np.argmax(enough)) if enough.any() else math.inf


def _break_even(lines: pd.DataFrame, option: str, against: str, discount_rate: float) -> float:
    money = lines["likely"].to_numpy(dtype=float) * present_value_factors(lines, discount_rate)
    ours, theirs = ((lines["option"] == name).to_numpy() for name in (option, against))
    is_cost = (lines["kind"] == "cost").to_numpy()
    cost = money[ours & is_cost].sum()
    room = money[ours & ~is_cost].sum() + money[theirs & is_cost].sum() - money[theirs & ~is_cost].sum()
    return float(round(room / cost, 6)) if cost > 0 else math.nan


def _months(options: list[str], model: paths.Model, found: paths.Paths) -> pd.DataFrame:
    rows = []
    for number in model.others:
        for month, saving in enumerate(paths.savings_so_far(model, number, found.sample)):
            rows.append((options[number], month, *paths.quantiles(saving.copy(), _SAVINGS)))
    blank = _no_months()
    return pd.DataFrame(rows, columns=blank.columns).astype(blank.dtypes.to_dict())


def _nothing_to_compare(options: list[str], against: str) -> str:
    if against not in options:
        guess = nearest(against, options)
        hint = f"did you mean against={quoted(guess)}? " if guess else ""
        has = listed([shown(name) for name in options], 6)
        return f"the saving needs lines of option {quoted(against)} in table cash_flows ({hint}It has: {has})"
    if len(options) == 1:
        return f"the saving needs lines of a second option in table cash_flows, to compare with {quoted(against)}"
    return ""


def _what_to_know(
    lines: pd.DataFrame,
    options: list[str],
    against: str,
    range_means: str | None,
    shape: str,
    classes: Mapping[str, ReferenceClass],
) -> list[str]:
    """What was read how, what is not alike between the options, and which costs may have been forgotten."""
    notes = []
    if range_means is not None:
        notes.append(f"low and high of all lines are read as {range_means}, whatever column range_means says")
    of_the_past = [note for option, past in classes.items() for note in _of_the_past(past, option)]
    notes += dict.fromkeys(of_the_past)
    notes += [*bent_note(lines, (shape,)), *horizon_note(lines, options)]
    with_costs = set(lines.loc[lines["kind"] == "cost", "option"])
    notes += [f"option {quoted(option)} has benefit lines only: what does it cost?" for option in options
              if option not in with_costs]  # fmt: skip
    return notes + _forgotten(lines, [option for option in options if option != against])


def _of_the_past(reference: ReferenceClass, option: str) -> list[str]:
    if not len(reference.drawable_ratios):
        return [
            f"inside view of {quoted(option)} only: {reference.missing or 'no past work of this kind was finished'}"
        ]
    name = "all past work" if reference.name is None else f"past work of class {quoted(reference.name)}"
    abandoned = int(np.isinf(reference.ratios).sum())
    return [
        f"outside view of {quoted(option)}: its likely costs are multiplied by what {len(reference.table)} past items "
        f"took over their estimate ({name}, {abandoned} abandoned)",
        *reference.notes,
    ]


def _forgotten(lines: pd.DataFrame, options: list[str]) -> list[str]:
    categories = lines["category"] if "category" in lines else pd.Series(None, index=lines.index, dtype=object)
    names = categories.astype(object).where(categories.notna(), "").astype(str).str.strip().str.casefold()
    notes = []
    for option in options:
        named = set(names[lines["option"] == option]) - {""}
        absent = [kind for kind in HIDDEN_COSTS if kind not in named]
        if absent:
            notes.append(
                f"no line of {quoted(option)} is for {', '.join(absent)}: ask what that costs, if only to write 0"
            )
    return notes


def _in_words(month: float) -> str:
    return "" if math.isnan(month) else f"month {month:.0f}" if math.isfinite(month) else "never"


def _no_options() -> pd.DataFrame:
    names = ("planned", *(f"cost_p{n}" for n in (10, 50, 80, 90)), *(f"saving_p{n}" for n in (10, 50, 90)), "no_saving",
             "payback", "never_pays_back", "break_even")  # fmt: skip
    return blank_table(option="object", view="object", **dict.fromkeys(names, "float64"))


def _no_months() -> pd.DataFrame:
    savings = {f"saving_p{n}": "float64" for n in (10, 50, 90)}
    return blank_table(option="object", month="int64", **savings)
