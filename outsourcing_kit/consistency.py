"""What only settings and tables together tell: targets, amounts in one currency, a kickoff of which there was none."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.settings import SETTINGS_FILE, Fault, Settings, limit_fault
from outsourcing_kit.text import shown
from outsourcing_kit.toml import toml_key
from outsourcing_kit.validation import Problem
from outsourcing_kit.validation.problem import Found


def target_problems(targets: pd.DataFrame, settings: Settings | None, file: str) -> list[Problem]:
    """Targets of measures that there are not, beyond what can happen, or agreed for days after the records."""
    found = Found(file)
    if {"measure", "target"} <= set(targets):
        whole = targets.dropna(subset=["measure", "target"])
        known = whole["measure"].isin([item.key for item in HEADLINES])
        low = whole["measure"].map({item.key: min(item.best, item.worst) for item in HEADLINES})
        high = whole["measure"].map({item.key: max(item.best, item.worst) for item in HEADLINES})
        # In the measure's own unit: 80 for 80% is beyond what a share can be.
        beyond = known & ~whole["target"].between(low, high)
        for column, wrong in (("measure", whole[~known]), ("target", whole[beyond])):
            faults = (limit_fault(row.measure, float(row.target)) for row in wrong.itertuples())
            found.add("target", column, wrong.index + 2, (fault or Fault("", "", "") for fault in faults))
    if settings is not None and "since" in targets:
        since = targets["since"][targets["since"] > pd.Timestamp(settings.observed_to)]
        expected = f"a day up to observed_to, {settings.observed_to}"
        mend = "correct the day, or leave the target out until then"
        found.add("target", "since", since.index + 2, ((f"{day:%Y-%m-%d}", expected, mend) for day in since))
    return found.listed()


def kickoff_problems(frames: Mapping[str, pd.DataFrame], settings: Settings | None) -> list[Problem]:
    """Settings that say that there was no kickoff, beside a meeting that was one, and held."""
    met = frames.get("meetings", pd.DataFrame())
    if settings is None or settings.kickoff_held is not False or not {"meeting", "kind", "status"} <= set(met):
        return []
    held = met.loc[met["status"] == "held", ["meeting", "kind"]].dropna().itertuples(index=False)
    named = [str(name) for name, kind in held if tables.meant("meetings.kind", kind) == ("kickoff", "same")]
    mend = "take kickoff_held out, or correct the meeting's kind or status"
    expected = f"no meeting that was a kickoff and held, as {shown(named[0])} was" if named else ""
    return [Problem(SETTINGS_FILE, "kickoff", "kickoff_held = false", expected, mend)] if named else []


def convert_currency(
    frame: pd.DataFrame, definition: tables.Table, settings: Settings, file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Amounts in the engagement's currency; a currency without a rate is a problem, never a guess."""
    amounts = [
        column.name for column in definition.columns if column.unit.startswith("currency") and column.name in frame
    ]
    if "currency" not in frame or not amounts:
        return frame, []
    # A blank currency is the engagement's own; a table without the column has nothing else.
    currency = frame["currency"].fillna(settings.currency)
    rates = {name: settings.rate_of(str(name)) for name in currency.unique()}
    problems = []
    for name in sorted(str(name) for name, rate in rates.items() if rate is None):
        key = shown(toml_key(name))
        mend = f"add below [rates] in {SETTINGS_FILE}: {key} = <{shown(settings.currency)} for one {shown(name)}>"
        expected = f"{shown(settings.currency)}, or a rate"
        problems.append(Problem(file, "no rate", f"amounts in {shown(name)}", expected, mend, column="currency"))
    if problems:
        return frame, problems
    rate = currency.map(rates).astype(float)
    if (rate == 1).all():
        return frame.assign(currency=frame["currency"].where(frame["currency"].isna(), settings.currency)), []
    return frame.assign(**{name: frame[name] * rate for name in amounts}, currency=settings.currency), []
