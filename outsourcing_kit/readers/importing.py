"""Files in, tables out: what an import found, asks and would write, told before anything is written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.folders import text_csv
from outsourcing_kit.page import write_whole
from outsourcing_kit.readers import reader_of
from outsourcing_kit.readers.asking import ANSWERS_FILE, Answers, Question, answers_toml, read_answers
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.merging import as_text, merged, people_columns, read_before, with_codes
from outsourcing_kit.readers.opening import open_source
from outsourcing_kit.readers.people import Roster, key_file, read_roster, roster_toml
from outsourcing_kit.receipt import RECEIPT_FILE, Entry, read_receipt, receipt_toml
from outsourcing_kit.resources import typed_path
from outsourcing_kit.settings import SETTINGS_FILE, Settings, read_settings, settings_toml
from outsourcing_kit.toml import toml_value
from outsourcing_kit.validation.places import NOWHERE, Place
from outsourcing_kit.validation.reading import read_text
from outsourcing_kit.words import plural

MOST_QUESTIONS = 7
# No export tells a working day; said among the guesses.
_WORKDAY = ("09:00", "17:00")


class OpenQuestions(OutsourcingKitError):
    """What only the user can say, all of it at once: see `.questions`."""

    def __init__(self, message: str, questions: Sequence[Question]) -> None:
        super().__init__(message)
        self.questions = tuple(questions)


@dataclass(frozen=True, repr=False)
class Import:
    """What an import would write, and why: it tells so itself, and `write` does it. `asked`: the questions it took."""

    folder: Path
    entries: tuple[Entry, ...]
    rows: pd.DataFrame
    asked: tuple[Question, ...]
    texts: Mapping[str, str]
    key: str

    def __repr__(self) -> str:
        lines = []
        for entry in self.entries:
            lines.append(f"{entry.file}: {entry.format}")
            lines += [f"    left out: {why}: {count:,}" for why, count in entry.left_out.items()]
            lines += [f"    assumed for {name}: {text}" for name, said in entry.assumed.items() for text in said]
        for row in self.rows.itertuples():
            changed = f", {row.changed:,} changed" if row.changed else ""
            lines.append(f"{row.table}: {plural(row.rows, 'row')} ({row.new:,} new{changed})")
        return "\n".join(lines)

    @property
    def table(self) -> pd.DataFrame:
        """A row a file: what it is, the rows that it gives, how many were left out, how many guesses were made."""
        return pd.DataFrame({
            "file": [each.file for each in self.entries], "what it is": [each.format for each in self.entries],
            "rows": [sum(each.rows.values()) for each in self.entries],
            "left out": [sum(each.left_out.values()) for each in self.entries],
            "guesses": [sum(map(len, each.assumed.values())) for each in self.entries],
        })  # fmt: skip

    def write(self) -> list[Path]:
        """Write the tables, the answers and the receipt, and the key beside the folder. Returns the files changed."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = key_file(self.folder)
        # Its owner's alone, before a name is in it.
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o600))
        written = []
        for path, text in ((place, self.key), *((self.folder / name, text) for name, text in self.texts.items())):
            if not path.exists() or path.read_bytes() != text.encode("utf-8", "replace"):
                write_whole(path, text)
                written.append(path)
        place.chmod(0o600)
        return written


class _Known(NamedTuple):
    """What is known beside the files: the folder's settings, its people, and all answers."""

    folder: Path
    settings: Settings | None
    place: Place
    people: set[str]
    roster: Roster
    answers: Answers


def plan_import(
    folder: str | os.PathLike[str], files: Iterable[str | os.PathLike[str]], *,
    prompt: Callable[[Question], Any] | None = None, answers: Mapping[str, Mapping[str, Any]] | None = None,
    columns: Mapping[str, str] | None = None, keep_names: bool = False, redact: bool = False,
) -> Import:  # fmt: skip
    """What importing these files into the engagement would write; nothing is written.

    Args:
        folder: the engagement, there already or not.
        files: exports; where two say something else of one row, the later one counts.
        prompt: asks whoever sits there; without it nothing is asked.
        answers: section → key → answer, as import.toml has them; those of people under "people".
        columns: "work.item" → the file's own name of that column, for a file that no reader knows.
        keep_names: names in the tables in place of codes.
        redact: without free text, such as requests and minutes.

    Raises:
        OpenQuestions: what only the user can say, with the lines that say it.
        OutsourcingKitError: a file that cannot be read, or that no reader knows.

    >>> from outsourcing_kit.readers import samples
    >>> toggl = samples().folder / "toggl_detailed.csv"
    >>> told = samples().answers | {"people": {"ours": ["Ines Abara"]}}
    >>> plan_import("no-such-folder", [toggl], answers=told).rows.values.tolist()
    [['time_entries', 4, 4, 0], ['people', 3, 3, 0]]
    """
    known = _known(typed_path(folder), prompt, answers or {})
    how = known.answers.given.setdefault("import", {})
    # Next month's run does as this one did.
    how["names"], how["redact"] = how.get("names", keep_names) or keep_names, how.get("redact", redact) or redact
    sources = [(source, reader_of(source, columns)) for source in map(open_source, files)]
    # What a calendar knows of a meeting, its report and its transcript need not ask.
    sources.sort(key=lambda each: each[1].KEY != "calendar")
    drafts = []
    while sources:
        # What was read of a file is not kept beside its tables.
        source, reader = sources.pop(0)
        drafts.append((source.name, reader.NAME, reader.read(source, known.answers.of(reader.KEY))))
        del source
    people = [who for *_, draft in drafts for who in _everybody(draft)]
    codes = known.roster.recognise(people, known.answers.of("people"), keep_names=bool(how["names"]))
    met = sorted({code for code in codes.values() if code})
    known.roster.ask_sides(met, known.answers.of("people"))
    zone = _ask_zones(met, known)
    # All questions at once, so that a script is not sent back seven times.
    if known.answers.open:
        raise _open(known)
    whole, entries = _tables_of(drafts, codes, known, zone, redact=bool(how["redact"]))
    there = known.people.union(code for code, side in known.roster.sides.items() if side == "neither")
    new = [code for code in met if code not in there]
    if new:
        whole["people"] = _people(new, known.roster, whole)
        guess = f"working days from {_WORKDAY[0]} to {_WORKDAY[1]}, and that people came with their first record"
        entries[0].assumed.setdefault("people", []).append(guess)
    return _import_of(known, whole, entries, drafts, zone)


def _tables_of(
    drafts: Sequence[tuple[str, str, Draft]], codes: Mapping[str, str], known: _Known, zone: str, *, redact: bool
) -> tuple[dict[str, pd.DataFrame], list[Entry]]:
    """What all files together come to, table → text, and what each gave. The drafts are used up."""
    found: dict[str, list[pd.DataFrame]] = {}
    entries: list[Entry] = []
    for file, format, draft in drafts:
        coded = with_codes(draft, codes, known.roster.sides)
        for name, frame in coded.items():
            prose = [column.name for column in tables.table(name).columns if column.kind == "prose"]
            frame = frame.drop(columns=prose, errors="ignore") if redact else frame
            found.setdefault(name, []).append(as_text(name, frame, known.roster.zones, zone, draft))
        # The file's name may be somebody's, as in "Chat with Joy.txt": a receipt names nobody.
        called, rows = known.roster.coded(file), {name: len(frame) for name, frame in coded.items()}
        assumed = {name: [text.replace(file, called) for text in said] for name, said in draft.assumed.items()}
        entries.append(Entry(called, format, rows, dict(draft.left_out), assumed))
        # Of a million messages one copy is enough.
        draft.tables.clear()
        coded.clear()
    if not found:
        why = "; ".join(f"{why} ({count:,})" for entry in entries for why, count in entry.left_out.items())
        raise OutsourcingKitError(
            f"No row of the files can be used: {why or 'they have none'}. Mend: export them anew, with all columns."
        )
    whole = {name: pd.concat(frames, ignore_index=True) if frames[1:] else frames[0] for name, frames in found.items()}
    found.clear()
    return {name: frame.fillna("") for name, frame in whole.items()}, entries


def _known(
    target: Path, prompt: Callable[[Question], Any] | None, told: Mapping[str, Mapping[str, Any]]
) -> _Known:  # fmt: skip
    given = read_answers(_text_of(target / ANSWERS_FILE))
    roster = read_roster(key_file(target))
    roster.answers |= told.get("people", {})
    for section in told.keys() - {"people"}:
        given.setdefault(section, {}).update(told[section])
    settings = None
    if text := _text_of(target / SETTINGS_FILE):
        settings, problems = read_settings(text)
        if settings is None:
            said = "\n".join(f"  {problem}" for problem in problems)
            raise OutsourcingKitError(f"{SETTINGS_FILE} of the folder has to be mended first:\n{said}")
    place = settings.place if settings else NOWHERE
    people = read_before(target, "people", place).to_dict("records")
    # Whoever is on the list is known by the name that stands there, and the list says whose side they are on.
    for row in people:
        roster.codes.setdefault(row["person"], [row["person"]])
        for column, known in (("side", roster.sides), ("time_zone", roster.zones)):
            if row.get(column):
                known[row["person"]] = row[column]
    given["people"] = roster.answers
    answers = Answers(given, prompt, no_kickoff=settings is not None and settings.kickoff_held is False)
    for row in read_before(target, "meetings", place).to_dict("records"):
        when = pd.to_datetime(row.get("starts", ""), utc=True, errors="coerce")
        if pd.notna(when):
            answers.meetings[row["meeting"]] = when.to_pydatetime()
            answers.kickoff = answers.kickoff or (row["meeting"] if row.get("kind") == "kickoff" else "")
    return _Known(target, settings, place, {row["person"] for row in people}, roster, answers)


def _text_of(path: Path) -> str:
    """A file's text, "" where there is none. Raises OutsourcingKitError where it cannot be read."""
    text = read_text(path) if os.path.lexists(path) else ""
    if not isinstance(text, str):
        raise OutsourcingKitError(str(text))
    return text


def _ask_zones(met: Sequence[str], known: _Known) -> str:
    """The engagement's zone; everybody has one after it. Asked a side at most, and only where no tool tells."""
    ask, roster = known.answers.of("engagement"), known.roster
    ours = {roster.zones.get(code, "") for code in met if roster.sides.get(code) == "client"} - {""}
    zone = known.settings.time_zone if known.settings else "".join(ours) if len(ours) == 1 else ""
    # Never UTC in silence: days and working hours hang on it.
    zone = zone or ask.place("client_zone", "In which city, or time zone, does the client work?")
    lacking = {code: roster.sides.get(code) for code in met if code not in roster.zones}
    roster.zones |= {code: zone for code, side in lacking.items() if side == "client"}
    if theirs := [code for code, side in lacking.items() if side == "provider"]:
        text = "In which city, or time zone, do the provider's people work?"
        roster.zones |= dict.fromkeys(theirs, ask.place("provider_zone", text))
    return zone


def _open(known: _Known) -> OpenQuestions:
    """What is still to be said, and in which file it can be."""
    lines = []
    for question in known.answers.open:
        place = key_file(known.folder).name if question.section == "people" else f"{known.folder.name}/{ANSWERS_FILE}"
        offered = " | ".join((*question.options, *(["a city", "a time zone"] if question.place else [])))
        lines += [f"  {question.text}" + (f" ({offered})" if offered else ""), f"    in {place}:"]
        lines += [f"      {line}" for line in question.line().split("\n")]
    return OpenQuestions(
        f"{len(known.answers.open)} things that only you can say; nothing was written. Mend: run it in a terminal, "
        "or write the answers:\n" + "\n".join(lines),
        known.answers.open,
    )


def _everybody(draft: Draft) -> list[Who]:
    """Whom the draft met, and whoever else stands in its tables."""
    named = {
        alias
        for name, frame in draft.tables.items()
        for column in people_columns(name, frame)
        for alias in frame[column].dropna().unique()
    }
    draft.meet(map(Who, sorted(named)))
    return [*draft.people.values()]


def _people(codes: Sequence[str], roster: Roster, whole: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of table `people` for those who are new."""
    first: dict[str, str] = {}
    start = ""
    for name, frame in whole.items():
        days = _days(name, frame)
        start = min((day for day in [start, *days.to_numpy().ravel()] if day), default="")
        for column in people_columns(name, frame) if len(days.columns) else ():
            dated = days.iloc[:, 0] != ""
            for code, day in days.iloc[:, 0][dated].groupby(frame[column][dated]).min().items():
                first[code] = min(day, first.get(code, day))
    return pd.DataFrame({
        "person": codes, "side": [roster.sides[code] for code in codes],
        "time_zone": [roster.zones[code] for code in codes], "workday_start": _WORKDAY[0], "workday_end": _WORKDAY[1],
        "joined": [first.get(code, start) for code in codes],
    })  # fmt: skip


def _days(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The days of what happened, as text; a due date may lie in any future."""
    kinds = {column.name: column.kind for column in tables.table(name).columns}
    dated = [column for column in frame if kinds.get(column) in ("instant", "date") and column != "due"]
    return frame[dated].apply(lambda column: column.str[:10])


def _import_of(
    known: _Known, whole: dict[str, pd.DataFrame], entries: Sequence[Entry],
    drafts: Sequence[tuple[str, str, Draft]], zone: str,
) -> Import:  # fmt: skip
    texts, rows = {}, []
    days = {day for name, frame in whole.items() for day in pd.unique(_days(name, frame).to_numpy().ravel())}
    span = sorted(days.union(*(draft.days for *_, draft in drafts)) - {""})
    for name in [name for name in tables.table_names() if name in whole]:
        result = merged(name, whole.pop(name), read_before(known.folder, name, known.place))
        texts[f"{name}.csv"] = text_csv(result.frame, tables.table(name))
        rows.append((name, len(result.frame), result.new, result.changed))
    settings, guesses = _settings(known, zone, [draft for *_, draft in drafts], span)
    if guesses:
        entries[0].assumed["engagement"] = guesses
    if settings != _text_of(known.folder / SETTINGS_FILE):
        texts[SETTINGS_FILE] = settings
    # The same file again takes its entry's place; what was guessed once for the whole folder is still a guess.
    mine = {(entry.format, entry.file): entry for entry in entries}
    kept = []
    for entry in read_receipt(known.folder):
        if again := mine.get((entry.format, entry.file)):
            once = ("people", "engagement")
            again.assumed.update({name: said for name, said in entry.assumed.items() if name in once})
        else:
            kept.append(entry)
    texts[RECEIPT_FILE] = receipt_toml([*kept, *entries])
    texts[ANSWERS_FILE] = answers_toml({name: keys for name, keys in known.answers.given.items() if name != "people"})
    frame = pd.DataFrame(rows, columns=["table", "rows", "new", "changed"])
    asked = tuple(known.answers.asked)
    return Import(known.folder, tuple(entries), frame, asked, texts, roster_toml(known.roster))


def _settings(known: _Known, zone: str, drafts: Sequence[Draft], span: Sequence[str]) -> tuple[str, list[str]]:
    """The text of `engagement.toml`, and what was guessed in it; one that is there has its days widened."""
    more = {key: value for draft in drafts for key, value in draft.settings.items()}
    # That there was no kickoff, no calendar shows: it is said in the settings.
    more |= {"kickoff_held": False} if known.answers.no_kickoff else {}
    there = known.settings
    covered = [*span, *((str(there.observed_from), str(there.observed_to)) if there else ())]
    if not covered:
        raise OutsourcingKitError(
            "The files hold no day at all; expected records of an engagement. "
            "Mend: make the engagement first (outsourcing-kit ask FOLDER), then import into it."
        )
    first, last = min(covered), max(covered)
    if there is None:
        currency = next((draft.currency for draft in drafts if draft.currency), "")
        days = [pd.Timestamp(day).date() for day in (first, last)]
        name = known.folder.absolute().name
        new = Settings(name, "client", "provider", currency or "USD", zone, days[0], days[1], **more)
        guesses = [f"the records cover {first} to {last}, from the first to the last of them"]
        return settings_toml(new), guesses + ([] if currency else ["amounts are in USD, as no file names a currency"])
    text = _text_of(known.folder / SETTINGS_FILE)
    # By its line, so that comments and order of the file stay as somebody wrote them.
    for key, day in (("observed_from", first), ("observed_to", last)):
        text = re.sub(rf"(?m)^(\s*{key}\s*=\s*)[\"']?\d{{4}}-\d\d-\d\d[\"']?", rf"\g<1>{day}", text)
    # What somebody has set stays. Above the first section, or it would be a line of that.
    top, section, rest = text.partition("\n[")
    lines = [f"{key} = {toml_value(value)}" for key, value in more.items() if getattr(there, key) is None]
    return "\n".join([top.rstrip(), *lines, ""]) + section + rest if lines else text, []
