"""A folder of tables becomes a checked Engagement; every problem is reported at once."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError, UnknownNameError, nearest
from outsourcing_kit.frames import lacking, sides
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.resources import sample_engagements, shared_folder
from outsourcing_kit.showing import as_html
from outsourcing_kit.validation import Problem, is_zone, read_table, reference_problems, report

_SETTINGS_FILE = "engagement.toml"
_TRUTH_FILE = "truth.json"
_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Settings:
    """What `engagement.toml` says.

    `limits` maps a headline's key to (value, source); `rates` a currency to what one unit is in the engagement's own.
    """

    name: str
    client: str
    provider: str
    currency: str
    time_zone: str
    observed_from: dt.date
    observed_to: dt.date
    committed_on: dt.date | None = None
    budget: float | None = None
    plan_class: str | None = None
    decide_on: tuple[dt.date, ...] = ()
    limits: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)

    @property
    def interim(self) -> bool:
        """Whether the records end between decision dates: verdicts are then printed as interim."""
        return bool(self.decide_on) and self.observed_to not in self.decide_on

    @property
    def end(self) -> pd.Timestamp:
        """The end of the last observed day in the client's time zone, as an instant in UTC."""
        midnight = pd.Timestamp(self.observed_to) + pd.Timedelta(days=1)
        return midnight.tz_localize(self.time_zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


@dataclass(frozen=True)
class Engagement:
    """One outsourcing engagement: its settings and its checked tables, as attributes (`engagement.people`).

    A table that the folder does not have is an empty frame with the right columns; `.missing` names those.
    `.truth` is what a simulated engagement knows of itself: the true value of each headline measure.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()

    @classmethod
    def load(cls, name_or_folder: str | os.PathLike[str]) -> Engagement:
        """Load a sample engagement by its name, or any folder by its path.

        Raises BadDataError with every problem of the folder, UnknownNameError for a name that is no sample.
        """
        folder = find_engagement(name_or_folder)
        engagement, problems = _read_folder(folder)
        errors = [problem for problem in problems if problem.severity == "error"]
        if engagement is None or errors:
            count = f"{len(errors)} problem" + ("s" if len(errors) != 1 else "")
            raise BadDataError(f"{count} in {name_or_folder}:\n{report(errors)}", errors)
        return engagement

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the tables that the folder does not have, or has without rows."""
        return tuple(name for name in tables.table_names() if name not in self.tables)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in tables.table_names():
            guess = nearest(name, [*tables.table_names(), "settings", "missing", "truth", "name"])
            hint = f"; did you mean {guess!r}?" if guess else ""
            raise AttributeError(f"an engagement has no {name!r}{hint}")
        if name in self.tables:
            return self.tables[name]
        return _empty_frame(tables.table(name))

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
        texts = {_SETTINGS_FILE: _settings_toml(self.settings)}
        texts |= {f"{name}.csv": _to_csv(frame, tables.table(name)) for name, frame in self.tables.items()}
        if self.truth:
            texts[_TRUTH_FILE] = json.dumps(dict(self.truth), indent=2) + "\n"
        return _write_folder(folder, texts)

    def summary(self) -> pd.DataFrame:
        """One row a table: how many rows it holds, and what a row is."""
        return pd.DataFrame(
            [
                (name, len(self.tables[name]), tables.table(name).row)
                for name in tables.table_names()
                if name in self.tables
            ],
            columns=["table", "rows", "one row is"],
        )

    def __repr__(self) -> str:
        held = ", ".join(f"{name} ({len(frame)})" for name, frame in self.tables.items())
        return (
            f"Engagement {self.name!r}: {self.settings.client} with {self.settings.provider}, "
            f"{self.settings.observed_from} to {self.settings.observed_to}\n"
            f"tables: {held or 'none'}\nmissing: {', '.join(self.missing) or 'none'}"
        )

    def _repr_html_(self) -> str:
        head, *rest = repr(self).splitlines()
        return as_html(self.summary(), head, rest[-1:], all_rows=True)


def find_engagement(name_or_folder: str | os.PathLike[str]) -> Path:
    """The folder that a name or a path means. A bare name is a sample first; `./steady` is always a folder.

    Raises UnknownNameError for a name that is neither, OutsourcingKitError for a path that leads nowhere.
    """
    text = os.fspath(name_or_folder)
    samples = sample_engagements()
    is_path = isinstance(name_or_folder, Path) or text.startswith((".", "~")) or "/" in text or os.sep in text
    if not is_path and text in samples:
        return shared_folder("datasets") / text
    folder = Path(text).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise OutsourcingKitError(
            f"{text} is a file; expected the folder of an engagement. Mend: name the folder that holds it."
        )
    if not is_path:
        raise UnknownNameError.of("sample engagement or folder", text, samples)
    raise OutsourcingKitError(
        f"There is no folder {text}. Expected a folder with {_SETTINGS_FILE} and tables. "
        f"Mend: correct the path, or make one with: outsourcing-kit new {text}"
    )


def check_folder(name_or_folder: str | os.PathLike[str]) -> tuple[Problem, ...]:
    """Every problem and note of an engagement's folder; empty where all is well."""
    return tuple(_read_folder(find_engagement(name_or_folder))[1])


def new_engagement(folder: str | os.PathLike[str], names: Iterable[str] | None = None) -> list[Path]:
    """Write blank templates: `engagement.toml` and a header-only CSV for each table (all, or those in `names`).

    The folder must be new or empty. Returns the files written.
    """
    wanted = [tables.table(name) for name in (tables.table_names() if names is None else names)]
    texts = {_SETTINGS_FILE: _blank_settings(Path(folder).expanduser().resolve().name)}
    texts |= {f"{table.name}.csv": tables.blank_csv(table) for table in wanted}
    target = _write_folder(folder, texts)
    return [target / name for name in texts]


# --- reading -----------------------------------------------------------------------------------------------------


def _read_folder(folder: Path) -> tuple[Engagement | None, list[Problem]]:
    settings, problems = _read_settings(folder / _SETTINGS_FILE)
    frames: dict[str, pd.DataFrame] = {}
    files = {}
    for path, found in _table_files(folder):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        frame, more = read_table(path, found)
        problems += more
        if frame is not None:
            frames[found.name], files[found.name] = frame, path.name
    for name, file in files.items():
        problems += reference_problems(frames, tables.table(name), file)
    frames = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    if settings is not None:
        for name, file in files.items():
            frames[name], more = _convert_currency(frames[name], tables.table(name), settings, file)
            problems += more
    if settings is None:
        return None, problems
    ordered = {name: frames[name] for name in tables.table_names() if name in frames}
    notes = tuple(problem for problem in problems if problem.severity == "note")
    return Engagement(settings, MappingProxyType(ordered), _read_truth(folder), notes), problems


def _table_files(folder: Path) -> Iterator[tuple[Path, tables.Table | Problem]]:
    seen: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith(".") or path.is_dir():
            continue
        if path.stem not in tables.table_names():
            guess = nearest(path.stem, tables.table_names())
            mend = f"rename it to {guess}{path.suffix.lower()}" if guess else "move it out of the folder"
            yield (
                path,
                Problem(path.name, "unknown table", f"table {path.stem!r}", "a table of the data dictionary", mend),
            )
        elif path.stem in seen:
            yield (
                path,
                Problem(path.name, "doubled table", f"{seen[path.stem].name} too", "one file a table", "remove one"),
            )
        else:
            seen[path.stem] = path
            yield path, tables.table(path.stem)


def _read_truth(folder: Path) -> Mapping[str, float]:
    path = folder / _TRUTH_FILE
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else MappingProxyType({})


def _read_settings(path: Path) -> tuple[Settings | None, list[Problem]]:
    def problem(found: str, expected: str, mend: str, column: str | None = None) -> Problem:
        return Problem(path.name, "settings", found, expected, mend, column=column)

    if not path.is_file():
        mend = "write one, or make blank templates with: outsourcing-kit new FOLDER"
        return None, [problem("no such file", "the engagement's settings", mend)]
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [
            problem(f"text that is not TOML ({error})", 'lines such as name = "my-engagement"', "correct that line")
        ]
    problems = []
    known = {column.name for column in tables.SETTINGS} | {"decide_on", "limits", "rates"}
    for name in raw.keys() - known:
        guess = nearest(name, known)
        problems.append(
            problem(
                "an unknown setting",
                "one of the data dictionary",
                f"rename it to {guess}" if guess else "remove it",
                name,
            )
        )
    values: dict[str, Any] = {}
    for column in tables.SETTINGS:
        if column.name not in raw:
            if not column.optional:
                problems.append(
                    problem("nothing", column.meaning, f"add {column.name} = {_toml_value(column)}", column.name)
                )
            continue
        value = _setting(raw[column.name], column.kind)
        if value is None or (column.low is not None and value < column.low):
            problems.append(
                problem(
                    repr(raw[column.name]),
                    f"{column.kind}: {column.meaning}",
                    f"write {_toml_value(column)}",
                    column.name,
                )
            )
        else:
            values[column.name] = value
    days = raw.get("decide_on", [])
    decide_on = [_setting(day, "date") for day in (days if isinstance(days, list) else [days])]
    if None in decide_on:
        problems.append(problem(repr(days), "a list of dates", "write [2026-06-30, 2026-12-31]", "decide_on"))
    limits, more = _read_limits(raw.get("limits", {}), problem)
    problems += more
    rates = raw.get("rates", {})
    bad_rates = not isinstance(rates, dict) or any(
        isinstance(r, bool) or not isinstance(r, int | float) or r <= 0 for r in rates.values()
    )
    if bad_rates:
        problems.append(
            problem(repr(rates), "a positive number for each currency", "write USD = 0.92 below [rates]", "rates")
        )
    if values.get("observed_from") and values.get("observed_to") and values["observed_from"] > values["observed_to"]:
        problems.append(
            problem(
                f"{values['observed_from']} after observed_to",
                "observed_from ≤ observed_to",
                "swap them",
                "observed_from",
            )
        )
    if problems:
        return None, problems
    return Settings(
        **values, decide_on=tuple(decide_on), limits=MappingProxyType(limits), rates=MappingProxyType(dict(rates))
    ), []


def _setting(value: Any, kind: str) -> Any:
    """The setting's value in its kind, or None where it is not of that kind."""
    if kind == "text":
        return value.strip() or None if isinstance(value, str) else None
    if kind == "zone":
        return value if isinstance(value, str) and is_zone(value) else None
    if kind == "number":
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _read_limits(raw: Any, problem: Any) -> tuple[dict[str, tuple[float, str]], list[Problem]]:
    limits, problems = {}, []
    known = {item.key: item for item in HEADLINES}
    groups = raw if isinstance(raw, dict) else {"": raw}
    for mistake, group in groups.items():
        for name, value in group.items() if isinstance(group, dict) else [("", group)]:
            key = f"{mistake}.{name}".strip(".")
            given = value if isinstance(value, dict) else {"value": value, "source": "engagement.toml"}
            number = _setting(given.get("value"), "number")
            if key not in known:
                guess = nearest(key, known)
                problems.append(
                    problem(
                        f"a limit {key!r}",
                        "a headline measure's key",
                        f"rename it to {guess}" if guess else "remove it",
                        "limits",
                    )
                )
            elif number is None or not min(known[key].best, known[key].worst) <= number <= max(
                known[key].best, known[key].worst
            ):
                low, high = sorted((known[key].best, known[key].worst))
                problems.append(
                    problem(repr(value), f"a number from {low:g} to {high:g}", "correct it", f"limits.{key}")
                )
            else:
                limits[key] = (number, str(given.get("source", "engagement.toml")))
    return limits, problems


def _convert_currency(
    frame: pd.DataFrame, definition: tables.Table, settings: Settings, file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Amounts in the engagement's currency; a currency without a rate is a problem, never a guess."""
    amounts = [
        column.name for column in definition.columns if column.unit.startswith("currency") and column.name in frame
    ]
    if "currency" not in frame or not amounts:
        return frame, []
    currency = frame["currency"].fillna(settings.currency)
    rate = currency.map({settings.currency: 1.0, **settings.rates})
    problems = []
    for name in sorted(set(currency[rate.isna()])):
        mend = f"add below [rates] in {_SETTINGS_FILE}: {name} = <{settings.currency} for one {name}>"
        problems.append(
            Problem(file, "no rate", f"amounts in {name}", f"{settings.currency}, or a rate", mend, column="currency")
        )
    if problems or (rate == 1).all():
        return frame, problems
    return frame.assign(**{name: frame[name] * rate for name in amounts}, currency=settings.currency), []


def _empty_frame(definition: tables.Table) -> pd.DataFrame:
    kinds = {
        "number": "float64",
        "integer": "int64",
        "boolean": "bool",
        "date": "datetime64[ns]",
        "instant": "datetime64[ns, UTC]",
    }
    return pd.DataFrame({c.name: pd.Series(dtype=kinds.get(c.kind, "object")) for c in definition.columns})


# --- writing -----------------------------------------------------------------------------------------------------


def _write_folder(folder: str | os.PathLike[str], texts: Mapping[str, str]) -> Path:
    """Write files into a new or empty folder: all of them, or, where one fails, none."""
    target = Path(folder).expanduser()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutsourcingKitError(
            f"{folder} is already there and not empty; nothing was written. Mend: name a new folder."
        )
    beside = target.absolute()
    part = beside.with_name(f".{beside.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for name, text in texts.items():
            # Bytes, so that line ends are the same on every system.
            (part / name).write_bytes(text.encode("utf-8"))
        if target.exists():
            target.rmdir()
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return target


def _to_csv(frame: pd.DataFrame, definition: tables.Table) -> str:
    """CSV whose bytes are the same everywhere: instants in UTC to the second, numbers without noise."""
    kinds = {column.name: column.kind for column in definition.columns}
    out = {}
    for name in frame.columns:
        values = frame[name]
        kind = kinds.get(name, "text")
        if kind == "instant":
            out[name] = values.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        elif kind == "date":
            out[name] = values.dt.strftime("%Y-%m-%d")
        elif kind == "boolean":
            out[name] = values.map({True: "yes", False: "no"})
        elif kind == "number":
            out[name] = values.map(lambda value: "" if pd.isna(value) else f"{value:.10g}")
        else:
            out[name] = values
    return pd.DataFrame(out).to_csv(index=False, lineterminator="\n")


def _toml_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _toml_value(column: tables.Column) -> str:
    return column.example if column.kind in ("date", "number") else _toml_text(column.example)


def _blank_settings(name: str) -> str:
    lines = []
    for column in tables.SETTINGS:
        value = _toml_text(name) if column.name == "name" else _toml_value(column)
        mark = "# " if column.optional else ""
        lines.append(f"{mark}{column.name} = {value}  # {column.meaning}")
    lines += [
        "# decide_on = [2026-06-30, 2026-12-31]  # days on which verdicts count; between them they are interim",
        "",
        "# [limits.kickoff]  # limits of your own instead of the conventions",
        '# quiz_right = {value = 0.9, source = "contract, section 4"}',
        "",
        "# [rates]  # what one unit of another currency is in yours",
        "# USD = 0.92",
    ]
    return "\n".join(lines) + "\n"


def _settings_toml(settings: Settings) -> str:
    lines = []
    for column in tables.SETTINGS:
        value = getattr(settings, column.name)
        if value is not None:
            shown = (
                value.isoformat()
                if isinstance(value, dt.date)
                else f"{value:.10g}"
                if isinstance(value, float)
                else _toml_text(value)
            )
            lines.append(f"{column.name} = {shown}")
    if settings.decide_on:
        lines.append(f"decide_on = [{', '.join(day.isoformat() for day in settings.decide_on)}]")
    for mistake in sorted({key.partition(".")[0] for key in settings.limits}):
        lines += ["", f"[limits.{mistake}]"]
        for key, (value, source) in settings.limits.items():
            if key.startswith(f"{mistake}."):
                lines.append(f"{key.partition('.')[2]} = {{value = {value:.10g}, source = {_toml_text(source)}}}")
    if settings.rates:
        lines += ["", "[rates]", *(f"{name} = {rate:.10g}" for name, rate in settings.rates.items())]
    return "\n".join(lines) + "\n"
