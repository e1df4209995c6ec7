"""answers.toml, which people may edit, the tables and the form written from it: never over somebody's own file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from outsourcing_kit.ask.answering import as_text
from outsourcing_kit.ask.asking import FEWEST, BadAnswerError, asked, group, in_own_words, options, questions, walked
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.page import html_page, made_by, write_whole
from outsourcing_kit.resources import typed_path
from outsourcing_kit.tables import blank_csv, table, table_names
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.toml import toml_key, toml_section, toml_text

ANSWERS = "answers.toml"
# What `write` wrote, by its digest: a file that is not as it was left is somebody's own.
_OWN = ".ask.json"
_LARGEST = 1_000_000
_MADE_BY, _LINE, _BOX = "outsourcing-kit ask", "_" * 28, "☐"


def read_answers(folder: str | os.PathLike[str]) -> dict[str, str]:
    """The answers in a folder, key → text; none where there is no answers.toml.

    Raises:
        OutsourcingKitError: a file that cannot be read, or an answer that is none, with its line.

    >>> read_answers("no-such-folder")
    {}
    """
    path = typed_path(folder) / ANSWERS
    if not os.path.lexists(path):
        return {}
    try:
        with open(path, "rb") as file:
            # Read no further than it may be long: its size may be a lie.
            raw = file.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST:,} bytes")
        text = raw.decode("utf-8-sig")
        answers = dict(_flat(tomllib.loads(text)))
    except (OSError, ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else getattr(error, "strerror", "") or error
        told = f'{ANSWERS}: {shown(why, 200)}; expected lines such as owner = "Ann". Mend: that line.'
        raise OutsourcingKitError(told) from None
    # A key that is misspelt would be an answer that nobody misses.
    bases = [rule["key"] for rule in asked()["question"]]
    for key in answers:
        if (base := key.partition(".")[0]) not in bases:
            guess = nearest(base, bases)
            mend = f"rename it to {guess}" if guess else "take the line out"
            where, found = _line(text, key), f"found {quoted(key)}; expected the key of a question"
            raise OutsourcingKitError(f"{ANSWERS}{where}: {found}. Mend: {mend}.")
    try:
        questions(answers)
    except BadAnswerError as error:
        raise OutsourcingKitError(f"{ANSWERS}{_line(text, error.key)}, {shown(error.key)}: {error.told}") from None
    return answers


def _flat(raw: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Keys with their items, however they are nested, and values as they would be typed."""
    for key, value in raw.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
            continue
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, str | int | float | dt.date) or isinstance(each, dt.datetime):
                raise ValueError(f"{above}{shown(key)} is neither a text, a number, a day nor yes or no")
        yield above + key, as_text(value)


def _line(text: str, key: str) -> str:
    """Where the key stands, in words; where it is nested, the last part of it."""
    # As it is written here, as a bare key, and below the heading of its group.
    for name in (toml_text(key), key, key.partition(".")[2]):
        if name and (found := re.search(rf'(?m)^[ \t]*(?:\w+\.)?"?{re.escape(name)}"?\s*=', text)):
            return f", line {text.count(chr(10), 0, found.end()) + 1}"
    return ""


def save_answers(folder: str | os.PathLike[str], answers: Mapping[str, str]) -> Path:
    """Write answers.toml: each answer below its question and the cells that it fills. Same answers, same bytes.

    Raises BadAnswerError for an answer that is none.

    >>> import tempfile
    >>> path = save_answers(tempfile.mkdtemp(), {"owner": "Ann"})
    >>> print(path.read_text().splitlines()[-2:])
    ['# Your first name?  [people.person, people.side]', 'owner = "Ann"']
    """
    lines = ['# The answers to: outsourcing-kit ask. "" is "I do not know"; what is not here was not asked yet.']
    part, left = "", dict(answers)
    for question in questions(answers):
        if question.key in left:
            lines += ["", f"# --- {question.part} ---"] if question.part != part else []
            part, cells = question.part, f"  [{', '.join(question.cells)}]" if question.cells else ""
            lines += ["", f"# {shown(question.text, 300)}{cells}"]
            lines.append(f"{toml_key(question.key)} = {toml_text(left.pop(question.key))}")
    # Nothing that was typed is lost, also where another answer has changed what is asked.
    lines += ["", "# --- Not asked as things stand ---", *toml_section("", left)[2:]] if left else []
    path = _folder(folder) / ANSWERS
    write_whole(path, "\n".join(lines) + "\n")
    return path


def _folder(folder: str | os.PathLike[str]) -> Path:
    path = typed_path(folder)
    # Records of persons are their owner's alone.
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def write(folder: str | os.PathLike[str], answers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write engagement.toml and the tables that the answers come to: files that are absent, or that this wrote before.

    Returns:
        The files that now say what the answers say, and those that are kept, as they are somebody's own.

    Raises:
        BadAnswerError: an answer that is none.
        OutsourcingKitError: an answer is missing without which there are no records.

    >>> import tempfile
    >>> ours = {"owner": "Ann", "outside": "Bo", "city": "Lisbon", "today": "2026-03-31", "currency": "EUR"}
    >>> write(tempfile.mkdtemp(), ours)
    (['engagement.toml', 'people.csv'], [])
    """
    from outsourcing_kit.ask.filling import tables_from
    from outsourcing_kit.engagement import Engagement
    from outsourcing_kit.folders import text_csv
    from outsourcing_kit.settings import SETTINGS_FILE, blank_settings, settings_toml

    target = _folder(folder)
    name = shown(target.resolve().name) or "ours"
    frames, settings = tables_from(answers, name)
    texts = {SETTINGS_FILE: settings_toml(Engagement.from_frames({}, **settings).settings)}
    texts |= {f"{head}.csv": text_csv(frame, table(head)) for head, frame in frames.items()}
    left, own, kept = _own(target), {}, list[str]()
    # What was written before and would not be any more goes: a table of past work, after "none".
    for file in dict.fromkeys([*texts, *left]):
        before, new = _digest(target / file), _sha(texts.get(file, ""))
        # What `new` left blank holds nothing of anybody's.
        blank = blank_settings(target.resolve().name) if file == SETTINGS_FILE else blank_csv(table(Path(file).stem))
        if before not in (None, left.get(file), _sha(blank), new if file in texts else None):
            kept += [file] if file in texts else []
        elif file not in texts:
            (target / file).unlink(missing_ok=True)
        else:
            own[file] = new
            # Files that stay as they are keep their time: a sheet that is open elsewhere is not told to read anew.
            if before != new:
                write_whole(target / file, texts[file])
    write_whole(target / _OWN, json.dumps(own, indent=1, sort_keys=True) + "\n")
    return list(own), kept


def _digest(path: Path) -> str | None:
    """The digest of a file; None where there is none. A link or a folder is somebody's own."""
    if os.path.lexists(path):
        return "" if path.is_symlink() or not path.is_file() else _sha(path.read_bytes())
    return None


def _sha(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _own(folder: Path) -> dict[str, str]:
    """Files and digests as they were left; nothing where that record is gone or spoilt."""
    try:
        found = json.loads((folder / _OWN).read_text(encoding="utf-8"))
        # Only names of files in this folder: what stands here may be removed.
        known = {"engagement.toml", *(f"{head}.csv" for head in table_names())}
        return {name: str(each) for name, each in found.items() if name in known}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def form_page(answers: Mapping[str, str] | None = None) -> str:
    """The form as a self-contained page for A4, a copy for each of the other side. Raises BadAnswerError.

    >>> "Who checks the work before it goes out?" in form_page()
    True
    """
    values = walked(answers or {})[1]
    page, _, sheet = Path(__file__).with_name("form_en.html").read_text(encoding="utf-8").partition("<!--")
    rows = {
        "agenda": [[in_own_words(item), *[_BOX] * 3] for item in group("agenda", values)],
        "quiz": [[text, *(f"{_BOX} {each}" for each in options()[text])] for text in group("quiz", values)],
        "expectations": [[item, *[_BOX] * 5] for item in group("expectations", values)],
        "lines": [[_LINE] * 3],
    }
    for name, own in rows.items():
        cells = ("".join(f"<td>{escape(each)}</td>" for each in row) for row in own)
        page = page.replace(f"{{{name}}}", "".join(f"<tr>{row}</tr>" for row in cells))
    # Of fewer than five everybody could tell whose answer is whose.
    page += sheet.partition("-->")[2] if len(group("outside", values)) >= FEWEST else ""
    return html_page("How we work together", page, made_by=_MADE_BY)


def write_form(folder: str | os.PathLike[str], answers: Mapping[str, str]) -> Path:
    """Write form.html into the folder. Raises OutsourcingKitError where one is there that this did not write."""
    path = typed_path(folder) / "form.html"
    if os.path.lexists(path) and (not path.is_file() or made_by(path.read_text("utf-8", "replace")) != _MADE_BY):
        raise OutsourcingKitError(f"{path.name} is there already, and ask did not write it. Mend: move it elsewhere.")
    write_whole(_folder(folder) / path.name, form_page(answers))
    return path
