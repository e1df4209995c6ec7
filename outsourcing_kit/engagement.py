"""A folder of tables becomes a checked Engagement; every problem is reported at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit import folders, tables
from outsourcing_kit.exceptions import BadDataError, MissingExtraError, OutsourcingKitError, UnknownNameError, nearest
from outsourcing_kit.frames import blank_frame, lacking, sides
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.receipt import guesses
from outsourcing_kit.resources import sample_engagements, shared_folder, typed_path
from outsourcing_kit.settings import (
    SETTINGS_FILE,
    Settings,
    blank_settings,
    check_settings,
    limit_fault,
    read_settings,
    settings_toml,
)
from outsourcing_kit.showing import as_html
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.toml import toml_key
from outsourcing_kit.validation import Problem, check_table, count, only_listed, read_table, reference_problems, report
from outsourcing_kit.validation.places import Place, Readers, Typed, typed_together
from outsourcing_kit.validation.problem import Checked, Found, Unreadable
from outsourcing_kit.words import plural
from outsourcing_kit.workbook.reading import Book, read_workbook
from outsourcing_kit.workbook.template import blank_workbook

__all__ = ["Engagement", "Settings", "check_folder", "find_engagement", "new_engagement", "sample_engagements"]


@dataclass(frozen=True)
class Engagement:
    """One outsourcing engagement: its settings and its checked tables, as attributes (`engagement.people`).

    A table that the folder does not have is an empty frame with the right columns; `.missing` names those.
    `.truth` is what a simulated engagement knows of itself: the true value of each headline measure. `.assumed` is what
    imports assumed about each table, as their receipt says.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    assumed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, name_or_folder: str | os.PathLike[str]) -> Engagement:
        """Load a sample engagement by its name, or any folder or workbook (.xlsx) by its path.

        Raises:
            BadDataError: every problem of the folder or of the workbook.
            UnknownNameError: a name that is no sample.
            MissingExtraError: a workbook, where python-calamine is not installed.
        """
        return _sound(*_read(find_engagement(name_or_folder)), shown(name_or_folder))

    @classmethod
    def from_frames(
        cls,
        frames: Mapping[str, pd.DataFrame],
        *,
        currency: str | None = None,
        time_zone: str | None = None,
        observed_from: dt.date | str | None = None,
        observed_to: dt.date | str | None = None,
        name: str = "records in memory",
        client: str = "client",
        provider: str = "provider",
        **settings: Any,
    ) -> Engagement:
        """An engagement from frames, checked as a folder is; the frames themselves stay as they are.

        A column that a frame does not have makes what needs it "not assessed", and is a note in `.notes`.

        Args:
            frames: table → its rows, typed or as text; columns as in the data dictionary.
            currency, time_zone, observed_from, observed_to: of the client; which days the records cover.
            name, client, provider: what pages call them.
            settings: all else that `engagement.toml` may say: committed_on, budget, plan_class, decide_on,
                limits={"kickoff": {"quiz_right": 0.9}}, rates={"USD": 0.92}.

        Raises:
            BadDataError: every problem of the frames and the settings; the first row of a frame counts as row 2.

        >>> people = pd.DataFrame({"person": ["Ann", "Cid"], "side": ["client", "vendor"]})
        >>> span = {"observed_from": "2026-01-01", "observed_to": "2026-06-30"}
        >>> here = {"currency": "EUR", "time_zone": "Europe/Madrid"}
        >>> Engagement.from_frames({"people": people}, **here, **span).side_of().tolist()
        ['client', 'provider']
        """
        given = {
            "name": name, "client": client, "provider": provider, "currency": currency, "time_zone": time_zone,
            "observed_from": observed_from, "observed_to": observed_to, **settings,
        }  # fmt: skip
        if not isinstance(frames, Mapping):
            raise OutsourcingKitError(
                f"frames is of type {type(frames).__name__}; expected table → frame. "
                'Mend: Engagement.from_frames({"people": people, "work": work}, …).'
            )
        checked, faults = check_settings({key: _day_of(value) for key, value in given.items() if value is not None})
        # Days are text in Python.
        day = re.compile(r"= (\d{4}-\d\d-\d\d)")
        problems = [replace(fault, file="settings", mend=day.sub(r'= "\1"', fault.mend)) for fault in faults]
        readers: Readers = {name: (f"table {name}", partial(_check_frame, name, held)) for name, held in frames.items()}
        typed = typed_together(readers, checked.place if checked else None)
        return _sound(*_assembled(typed, checked, problems), "the frames")

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the tables that the folder does not have, or has without rows."""
        return tuple(name for name in tables.table_names() if name not in self.tables)

    def __getattr__(self, name: str) -> pd.DataFrame:
        # Only what is no field or method comes here: the tables, and slips of the pen.
        if name.startswith("_") or name not in tables.table_names():
            guess = nearest(name, [*tables.table_names(), "settings", "missing", "truth", "name"])
            hint = f"; did you mean {guess!r}?" if guess else ""
            raise AttributeError(f"an engagement has no {name!r}{hint}")
        if name in self.tables:
            return self.tables[name]
        # With its columns: what selects one finds no rows, not an error.
        return blank_frame(tables.table(name))

    def lacks(self, table: str, *columns: str) -> str | None:
        """What an assessment would need from a table and does not get, in the user's words; None if all is there."""
        if table not in self.tables:
            return f"needs table {table}"
        if not len(self.tables[table]):
            return f"needs table {table}, which has no rows"
        return lacking(self.tables[table], table, *columns) or None

    def side_of(self) -> pd.Series:
        """Each person's side ("client" or "provider"), indexed by person."""
        return sides(self.people)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the engagement as CSV files. The folder must be new or empty: nothing is ever overwritten."""
        texts = {SETTINGS_FILE: settings_toml(self.settings)}
        texts |= {f"{name}.csv": folders.csv_text(frame, tables.table(name)) for name, frame in self.tables.items()}
        if self.truth:
            texts[folders.TRUTH_FILE] = json.dumps(dict(self.truth), indent=2) + "\n"
        return folders.write_folder(folder, texts)

    def summary(self) -> pd.DataFrame:
        """One row a table: how many rows it holds, and what a row is."""
        rows = [(name, len(frame), tables.table(name).row) for name, frame in self.tables.items()]
        return pd.DataFrame(rows, columns=["table", "rows", "one row is"])

    def __repr__(self) -> str:
        held = ", ".join(f"{name} ({len(frame)})" for name, frame in self.tables.items())
        return (
            f"Engagement {quoted(self.name)}: {shown(self.settings.client)} with {shown(self.settings.provider)}, "
            f"{self.settings.observed_from} to {self.settings.observed_to}\n"
            f"tables: {held or 'none'}\nmissing: {', '.join(self.missing) or 'none'}"
        )

    def _repr_html_(self) -> str:
        head, *rest = repr(self).splitlines()
        return as_html(self.summary(), head, rest[-1:], all_rows=True)


def find_engagement(name_or_folder: str | os.PathLike[str]) -> Path:
    """The folder or workbook that a name or a path means. A bare name is a sample first; `./steady` never is.

    Raises UnknownNameError for a name that is neither, OutsourcingKitError for a path that leads nowhere.
    """
    text = os.fspath(name_or_folder)
    samples = sample_engagements()
    # A bare name is a sample, whatever lies in the folder in which somebody happens to stand.
    is_path = isinstance(name_or_folder, Path) or text.startswith((".", "~")) or "/" in text or os.sep in text
    if not is_path and text in samples:
        return shared_folder("datasets") / text
    folder = typed_path(name_or_folder)
    if folder.is_dir() or (folder.suffix.lower() in folders.WORKBOOKS and folder.exists()):
        return folder
    if folder.exists():
        raise OutsourcingKitError(
            f"{shown(text)} is a file; expected the folder of an engagement, or a workbook (.xlsx). "
            "Mend: name the folder that holds it, or save it as a workbook."
        )
    if not is_path:
        raise UnknownNameError.of("sample engagement or folder", text, samples)
    raise OutsourcingKitError(
        f"There is no folder {shown(text)}. Expected a folder with {SETTINGS_FILE} and tables. "
        f"Mend: correct the path, or make one with: outsourcing-kit new {shown(text)}"
    )


def check_folder(name_or_folder: str | os.PathLike[str]) -> tuple[Problem, ...]:
    """Every problem and note of an engagement's folder or workbook; empty where all is well."""
    return tuple(_read(find_engagement(name_or_folder))[1])


def new_engagement(folder: str | os.PathLike[str], names: Iterable[str] | None = None) -> list[Path]:
    """Write blank templates: `engagement.toml` and a header-only CSV for each table (all, or those in `names`).

    Where openpyxl is installed, also `engagement.xlsx`, which is read in their place while they have no rows. The
    folder must be new or empty. Returns the files written.
    """
    names = None if names is None else list(names)
    wanted = [tables.table(name) for name in (tables.table_names() if names is None else names)]
    title = typed_path(folder).resolve().name
    texts: dict[str, str | bytes] = {SETTINGS_FILE: blank_settings(title)}
    texts |= {f"{table.name}.csv": tables.blank_csv(table) for table in wanted}
    with contextlib.suppress(MissingExtraError):
        texts[folders.WORKBOOK_FILE] = blank_workbook(title, names)
    target = folders.write_folder(folder, texts)
    return [target / name for name in texts]


# --- reading -----------------------------------------------------------------------------------------------------


def _read(place: Path) -> tuple[Engagement | None, list[Problem]]:
    if place.is_dir():
        return _read_folder(place)
    try:
        return _of_workbook(read_workbook(place))
    except Unreadable as unreadable:
        return None, [unreadable.problem]


def _of_workbook(book: Book) -> tuple[Engagement | None, list[Problem]]:
    settings, problems = book.checked_settings()
    typed = typed_together(book.tables, settings.place if settings else None)
    engagement, found = _assembled(typed, settings, problems)
    problems = [book.placed(problem) for problem in found]
    notes = tuple(problem for problem in problems if problem.severity == "note")
    return engagement and replace(engagement, notes=notes), problems


def _read_folder(folder: Path) -> tuple[Engagement | None, list[Problem]]:
    files, problems = folders.table_files(folder)
    text = folders.settings_text(folder, SETTINGS_FILE)
    settings, faults = (None, [text]) if isinstance(text, Problem) else read_settings(text)
    readers: Readers = {each.name: (path.name, partial(read_table, path, each)) for path, each in files}
    typed = typed_together(readers, settings.place if settings else None)
    if not typed.frames and (folder / folders.WORKBOOK_FILE).is_file():
        # `new` writes both: where no table has a row, the workbook is what was filled in.
        with contextlib.suppress(Unreadable, MissingExtraError):
            if (book := read_workbook(folder / folders.WORKBOOK_FILE)).touched:
                return _of_workbook(book)
    truth, more = folders.read_truth(folder)
    typed.problems.extend(more)
    engagement, problems = _assembled(typed, settings, [*faults, *problems], truth)
    return engagement and replace(engagement, assumed=MappingProxyType(guesses(folder))), problems


def _day_of(value: Any) -> Any:
    """A day that pandas or numpy hold as an instant without a zone, as a day; all else as it is."""
    stamp = pd.Timestamp(value) if isinstance(value, dt.datetime | np.datetime64) else None
    return stamp.date() if stamp is not None and stamp.tz is None and stamp == stamp.normalize() else value


def _check_frame(table: str, frame: object, place: Place) -> Checked:
    """A frame in memory, typed, and what is wrong with it."""
    file = f"table {shown(table)}"
    if table not in tables.table_names():
        guess = nearest(str(table), tables.table_names())
        mend = f"rename it to {guess}" if guess else "leave it out"
        return None, [Problem(file, "unknown table", quoted(table), "a table of the data dictionary", mend)]
    if not isinstance(frame, pd.DataFrame):
        found = f"something of type {type(frame).__name__}"
        return None, [Problem(file, "unreadable", found, "a frame of pandas", "wrap it: pd.DataFrame(…)")]
    typed, problems = check_table(frame, tables.table(table), file=file, place=place)
    # Whoever has a frame has some of its columns: what needs another one will say so. A misspelt one is another matter.
    return typed, [replace(p, severity="note") if p.mend.startswith("add the column") else p for p in problems]


def _assembled(
    typed: Typed, settings: Settings | None, problems: list[Problem], truth: Mapping[str, float] = MappingProxyType({})
) -> tuple[Engagement | None, list[Problem]]:
    """What only all tables together tell: references, targets, amounts in one currency."""
    frames, files, problems = typed.frames, typed.files, problems + typed.problems
    for name, file in files.items():
        problems += reference_problems(frames, tables.table(name), file)
    if "targets" in frames:
        problems += _target_problems(frames["targets"], settings, files["targets"])
    frames = {name: only_listed(frames, tables.table(name)).reset_index(drop=True) for name in frames}
    problems += _kickoff_problems(frames, settings)
    if settings is None:
        return None, problems
    for name, file in files.items():
        frames[name], more = _converted(frames[name], tables.table(name), settings, file)
        problems += more
    ordered = {name: frames[name] for name in tables.table_names() if name in frames}
    notes = tuple(problem for problem in problems if problem.severity == "note")
    return Engagement(settings, MappingProxyType(ordered), MappingProxyType(dict(truth)), notes), problems


def _sound(engagement: Engagement | None, problems: list[Problem], where: str) -> Engagement:
    """The engagement where nothing is wrong with it. Raises BadDataError with all that is."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if engagement is None or errors:
        raise BadDataError(f"{plural(count(errors), 'problem')} in {where}:\n{report(errors)}", errors)
    return engagement


# --- what only all tables together tell ------------------------------------------------------------------------------


def _target_problems(targets: pd.DataFrame, settings: Settings | None, file: str) -> list[Problem]:
    """Targets of measures that there are not, beyond what can happen, or agreed for days after the records."""
    found = Found(file)
    if {"measure", "target"} <= set(targets):
        whole = targets.dropna(subset=["measure", "target"])
        known = whole[whole["measure"].isin([item.key for item in HEADLINES])]
        # In the measure's own unit: 80 for 80% is beyond what a share can be.
        beyond = known.loc[[limit_fault(row.measure, float(row.target)) is not None for row in known.itertuples()]]
        for column, wrong in (("measure", whole.drop(index=known.index)), ("target", beyond)):
            faults = (limit_fault(row.measure, float(row.target)) for row in wrong.itertuples())
            found.add("target", column, wrong.index + 2, filter(None, faults))
    if settings is not None and "since" in targets:
        since = targets["since"][targets["since"] > pd.Timestamp(settings.observed_to)]
        expected = f"a day up to observed_to, {settings.observed_to}"
        mend = "correct the day, or leave the target out until then"
        found.add("target", "since", since.index + 2, ((f"{day:%Y-%m-%d}", expected, mend) for day in since))
    return found.listed()


def _kickoff_problems(frames: Mapping[str, pd.DataFrame], settings: Settings | None) -> list[Problem]:
    """Settings that say that there was no kickoff, beside a meeting that was one, and held."""
    met = frames.get("meetings", pd.DataFrame())
    if settings is None or settings.kickoff_held is not False or not {"meeting", "kind", "status"} <= set(met):
        return []
    held = met.loc[met["status"] == "held", ["meeting", "kind"]].dropna().itertuples(index=False)
    named = [str(name) for name, kind in held if tables.meant("meetings.kind", kind) == ("kickoff", "same")]
    mend = "take kickoff_held out, or correct the meeting's kind or status"
    expected = f"no meeting that was a kickoff and held, as {shown(named[0])} was" if named else ""
    return [Problem(SETTINGS_FILE, "kickoff", "kickoff_held = false", expected, mend)] if named else []


def _converted(
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
