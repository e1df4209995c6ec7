"""Rows of a draft go into the tables that are there: a row of the same key is renewed, and twice is once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.asking import OWN_ZONE
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.text import shown
from outsourcing_kit.validation import as_written
from outsourcing_kit.validation.moments import placed
from outsourcing_kit.validation.places import Place
from outsourcing_kit.validation.problem import Unreadable

# What tells two rows of a table without a key apart.
_IDENTITY = {
    "time_entries": ("person", "started"),
    "attendance": ("meeting", "person", "joined_at"),
    "events": ("case", "activity", "happened_at"),
    "recognition": ("given_at", "giver", "receiver", "kind", "amount"),
}
# Who notes hours and no time of day begins everything at nine: of such entries each file's first is the first.
_TWICE, _NTH = ("time_entries",), "nth of its kind"
# What nobody has taken yet, or nobody knows of whom, is ours all the same; that of somebody of neither side is not.
_THEIRS = {("work", "person"), ("proposals", "raised_by")}


class Merged(NamedTuple):
    """A table with the new rows in it, as text; how many are new, and how many say something else than before."""

    frame: pd.DataFrame
    new: int
    changed: int


def identity(table: str) -> tuple[str, ...]:
    """The columns that tell two rows of a table apart.

    >>> identity("work"), identity("time_entries")
    (('item',), ('person', 'started'))
    """
    return tables.table(table).key or _IDENTITY.get(table, ())


def with_codes(draft: Draft, codes: Mapping[str, str], sides: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The draft's tables with codes in place of names; rows of those who belong to neither side are left out, counted.

    Where a cell may be blank such a person is blanked; where the row is theirs, it goes. Of recorded work that of the
    provider's people counts.
    """
    coded = {}
    known = {alias: code for alias, code in codes.items() if sides.get(code) != "neither"}
    for name, frame in draft.tables.items():
        gone = pd.Series(False, frame.index)
        frame = frame.copy()
        for column in people_columns(name, frame):
            written = frame[column].fillna("").astype(str)
            # A million messages are of few people: each name is looked up once.
            places, aliases = pd.factorize(written)
            frame[column] = np.array([known.get(alias, "") for alias in aliases], dtype=object)[places]
            told = tables.table(name).column(column)
            if not (told.blank or told.optional) or (name, column) in _THEIRS:
                gone |= (written != "") & (frame[column] == "")
        if name == "pulse":
            # Where the side is not asked, whoever answered has one; who that was ends here.
            frame["side"] = [sides.get(codes[told], "neither") if told in codes else told for told in frame["side"]]
            gone |= frame["side"] == "neither"
        draft.leave_out(f"{name}: of somebody of neither side, or of a machine", gone)
        if name == "time_entries":
            # Paid work is what the client pays for.
            own = frame["person"].map(sides) == "client"
            draft.leave_out("time_entries: of the client's own people", own)
            gone |= own
        if not gone.all():
            coded[name] = frame[~gone].reset_index(drop=True)
    return coded


def people_columns(table: str, frame: pd.DataFrame) -> list[str]:
    """Columns of a table that hold people."""
    # Minutes may name somebody who is not on the list; here a name becomes a code all the same.
    columns = (c for c in tables.table(table).columns if c.refers == "people.person" or c.name == "speaker")
    return [column.name for column in columns if column.name in frame]


def as_text(name: str, frame: pd.DataFrame, zones: Mapping[str, str], default: str, draft: Draft) -> pd.DataFrame:
    """A draft's table as the text that its file will hold: instants in UTC, those without a zone taken in theirs.

    `zones` is code → zone. Times that the clocks skip move on, those that come twice are the first; both are counted.
    """
    columns = {}
    people = people_columns(name, frame)
    for column, values in frame.items():
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            columns[column] = _written(values.dt.tz_convert("UTC"))
        elif values.dtype.kind == "M":
            if draft.zone == OWN_ZONE and people:
                zone = frame[people[0]].map(zones).fillna(default)
            else:
                zone = pd.Series(draft.zone.replace(OWN_ZONE, "") or default, frame.index)
            columns[column] = _written(_in_zones(values, zone, draft, f"{name}.{column}"))
        elif isinstance(values.dtype, pd.StringDtype):
            columns[column] = values.fillna("")
        else:
            columns[column] = pd.Series([_cell(value) for value in values.tolist()], frame.index, dtype=object)
    return _numbered(name, pd.DataFrame(columns, index=frame.index))


def _numbered(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """With which of those of one identity each row is, where a file may have several."""
    key = [column for column in identity(name) if column in frame]
    return frame.assign(**{_NTH: frame.groupby(key).cumcount().astype(str)}) if name in _TWICE and key else frame


def _in_zones(values: pd.Series, zones: pd.Series, draft: Draft, where: str) -> pd.Series:
    """Times without an offset, each in its zone; those of an hour that a clock skips or repeats are counted."""
    found = placed(values.to_numpy(), np.zeros(len(values), dtype=bool), zones.to_numpy(dtype=object))
    for zone, odd in zones[found.skipped | found.doubled].value_counts().items():
        draft.assume(where.partition(".")[0], f"{where}: {odd} in an hour that the clock of {zone} skips or repeats")
    return pd.Series(found.values, values.index).dt.tz_localize("UTC")


def _written(values: pd.Series) -> pd.Series:
    part = ".%f" if (values.dt.microsecond > 0).any() else ""
    return values.dt.strftime(f"%Y-%m-%dT%H:%M:%S{part}+00:00").fillna("")


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def merged(name: str, frame: pd.DataFrame, before: pd.DataFrame) -> Merged:
    """The rows of `frame` in the table `before`. What a new row leaves blank stays as it was.

    >>> was = pd.DataFrame({"task": ["mail", "mail"], "person": ["p01", "p02"]})
    >>> found = merged("can_do", pd.DataFrame({"task": ["mail", "tax"], "person": ["p02", "p02"]}), was)
    >>> found.frame.values.tolist(), found.new, found.changed
    ([['mail', 'p01'], ['mail', 'p02'], ['tax', 'p02']], 1, 0)
    """
    key = [column for column in identity(name) if column in frame] or list(frame)
    if _NTH in frame:
        key, before = [*key, _NTH], _numbered(name, before)
    # The later file is the later word.
    frame = frame.drop_duplicates(key, keep="last").reset_index(drop=True)
    if not len(before):
        return Merged(_ordered(name, frame), len(frame), 0)
    names = list(dict.fromkeys([*before, *frame]))
    # Columns of somebody's own stay, and are blank in new rows.
    old, new = (each.reindex(columns=names, fill_value="") for each in (before, frame))
    place = old.reset_index().drop_duplicates(key).set_index(key)["index"]
    at = place.reindex(pd.MultiIndex.from_frame(new[key]) if len(key) > 1 else new[key[0]]).to_numpy()
    known = ~pd.isna(at)
    rows = at[known].astype(int)
    held, said = old.iloc[rows].to_numpy(dtype=object), new[known].to_numpy(dtype=object)
    # What an export leaves out, somebody may have written by hand.
    renewed = np.where(said == "", held, said)
    changed = int((renewed != held).any(axis=1).sum()) if len(rows) else 0
    cells = old.to_numpy(dtype=object, copy=True)
    cells[rows] = renewed
    whole = pd.concat([pd.DataFrame(cells, columns=names), new[~known]], ignore_index=True)
    return Merged(_ordered(name, whole), int((~known).sum()), changed)


def _ordered(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns in the dictionary's order, the user's own behind them; those that must be there are, blank or not."""
    definition = tables.table(name)
    needed = [c.name for c in definition.columns if c.name in frame or not c.optional]
    own = [column for column in frame if column not in definition.names and column != _NTH]
    return frame.reindex(columns=[*needed, *own], fill_value="")


def read_before(folder: Path, name: str, place: Place) -> pd.DataFrame:
    """A table of the folder as text, in the forms of the dictionary; no rows where there is none.

    Raises OutsourcingKitError where it cannot be read as CSV, or a day in it can be read in two ways.
    """
    if (folder / f"{name}.parquet").exists():
        raise OutsourcingKitError(
            f"{name}.parquet is in {shown(folder)}; an import writes CSV. Mend: save it as {name}.csv, then import."
        )
    path = folder / f"{name}.csv"
    try:
        return as_written(path, tables.table(name), place) if path.exists() else pd.DataFrame()
    except Unreadable as unreadable:
        raise OutsourcingKitError(str(unreadable.problem)) from None
