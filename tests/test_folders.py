"""Which files of a folder are read, that every other that may be meant is named, and how a folder is written."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import stat
import tempfile
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement, Settings, check_folder, find_engagement, new_engagement
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError
from outsourcing_kit.folders import csv_text, write_folder
from outsourcing_kit.text import plain
from outsourcing_kit.validation import report

SETTINGS = """name = "mine"
client = "A"
provider = "B"
currency = "EUR"
time_zone = "Europe/Madrid"
observed_from = 2026-01-01
observed_to = 2026-03-31
"""
CAN_DO = "task,person\nt1,c1\n"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and modes are different there")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "ours"
    place.mkdir()
    (place / "engagement.toml").write_text(SETTINGS)
    return place


def named(folder) -> dict[str, str]:
    """Severity and mend of the one problem on each file."""
    found = check_folder(folder)
    assert all(str(problem).isprintable() and len(str(problem)) < 500 for problem in found)
    assert len({problem.file for problem in found}) == len(found)
    return {problem.file: f"{problem.severity}: {problem.mend}" for problem in found}


@pytest.mark.parametrize("file", ["CAN_DO.csv", "Can_do.Csv"])
def test_capitals_in_a_name_are_small(folder, file):
    (folder / file).write_text(CAN_DO)
    assert check_folder(folder) == () and list(Engagement.load(folder).tables) == ["can_do"]


FILES = {
    "error: save it as CSV UTF-8: people.csv": [
        "people.xlsx", "People.XLSX", "people.ods", "people.csv.gz", "people.csv.zip", "people",
    ],
    "error: save it as CSV UTF-8: work.csv": ["work.tsv", "work.txt", "work.csv.txt", "work.json"],
    "error: save it as CSV UTF-8: time_entries.csv": ["Time Entries.xls"],
    "error: rename it to people.csv": [
        "Copy of people.csv", "people (1).csv", "people - Copy.csv", "people 2026-03.csv", "peopel.csv", "people .csv",
    ],
    "error: rename it to time_entries.csv": ["time-entries.csv"],
    "error: rename it to answer_key.parquet": ["answerkey.parquet"],
    "error: move it out of the folder": ["invoices.csv"],
    # Another copy of a table that is read, and documents among the records.
    "note: only can_do.csv is read; move this one out": [
        "can_do.xlsx", "can_do.txt", "can_do.csv~", "can_do.csv.bak", "can do.docx",
    ],
    "note: ": ["budget.xlsx", "minutes.docx", "Minutes.pdf", "calculation.ods"],
    "": [
        "README.md", "readme.txt", "notes.txt", "NOTES", "scorecard.html", "recognition.html", "findings.json", ".csv",
        "people.png", "work.ipynb", "contract.pdf", ".people.csv", ".DS_Store", "~$people.xlsx", "Thumbs.db",
        ".~lock.people.csv#", "desktop.ini", ".~people.csv.swp", "LICENSE",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("said", "file"), [(said, file) for said, files in FILES.items() for file in files])
def test_a_file_that_may_be_meant_as_a_table_is_named_with_what_to_do(folder, said, file):
    (folder / "can_do.csv").write_text(CAN_DO)
    (folder / file).write_text("a\n1\n")
    for place in ("out", "work", ".git", "outsourcing-lessons"):
        (folder / place).mkdir()
    found = named(folder)
    assert set(found) == ({file} if said else set()) and found.get(file, "").startswith(said)


@pytest.mark.parametrize(
    ("first", "second"), [("can_do.csv", "CAN_DO.csv"), ("can_do.csv", "can_do.parquet"), ("Can_do.csv", "can_do.CSV")]
)
def test_two_spellings_of_one_table_are_a_problem(folder, first, second):
    (folder / first).write_text(CAN_DO)
    (folder / second).write_text(CAN_DO)
    assert [(problem.kind, problem.severity) for problem in check_folder(folder)] == [("doubled table", "error")]


# --- what is no file, or cannot be read --------------------------------------------------------------------------


def no_file(kind: str, path: Path) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to a pipe":
        os.mkfifo(path.parent / ".pipe")
        path.symlink_to(".pipe")
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            before = Path.cwd()
            os.chdir(path.parent)  # the whole path may be too long for a socket's address
            made.bind(path.name)
            os.chdir(before)
    else:
        path.symlink_to(path.name if kind == "circle" else "gone")


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a pipe", "device", "socket", "circle", "nowhere"])
@pytest.mark.parametrize("file", ["can_do.csv", "can_do.parquet", "engagement.toml", "truth.json"])
def test_what_is_no_file_is_named_and_the_search_goes_on(folder, kind, file):
    (folder / file).unlink(missing_ok=True)
    no_file(kind, folder / file)
    (folder / "wrk.csv").write_text("a\n1\n")
    found = {problem.file: problem for problem in check_folder(folder)}
    assert set(found) == {file, "wrk.csv"}
    assert found[file].kind == "unreadable" and found[file].mend
    assert found[file].severity == ("note" if file == "truth.json" else "error")


@pytest.mark.parametrize("file", ["can_do.csv", "engagement.toml", "truth.json"])
def test_a_file_that_the_system_keeps_from_us_is_named_and_the_search_goes_on(folder, file, monkeypatch):
    for name in ("can_do.csv", "truth.json"):
        (folder / name).write_text(CAN_DO if name == "can_do.csv" else "{}")
    (folder / "wrk.csv").write_text("a\n1\n")
    real = Path.open

    def kept(path, *how, **more):
        if path.name == file:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *how, **more)

    monkeypatch.setattr(Path, "open", kept)
    found = {problem.file: problem for problem in check_folder(folder)}
    assert set(found) == {file, "wrk.csv"}
    assert "Permission denied" in found[file].found and "permissions" in found[file].mend


def test_a_folder_that_may_not_be_looked_into_is_one_line(folder, monkeypatch):
    def kept(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", kept)
    with pytest.raises(OutsourcingKitError, match=r"Permission denied.*Mend"):
        check_folder(folder)


def test_settings_that_are_not_utf_8_are_named_with_the_row(folder):
    for encoding in ("latin-1", "utf-16"):
        (folder / "engagement.toml").write_bytes(SETTINGS.replace("mine", "méin").encode(encoding))
        (problem,) = check_folder(folder)
        assert problem.kind == "encoding" and problem.row == 1 and "UTF-8" in problem.mend
    (folder / "engagement.toml").write_bytes(b"\xef\xbb\xbf" + SETTINGS.encode())
    assert check_folder(folder) == ()


@pytest.mark.parametrize("name", ["Engagement.TOML", "engagement.toml.txt", "engagement.ini", "settings.toml"])
def test_settings_under_another_name_are_found(folder, name):
    (folder / "engagement.toml").rename(folder / name)
    assert check_folder(folder)[0].mend == f"rename {name} to engagement.toml"


def test_names_of_files_are_shown_without_harm_and_only_a_few_of_many(folder):
    (folder / "x\x1b[2J\n\u202e.csv").write_text("a\n")
    (folder / os.fsdecode(b"w\xff.csv")).write_text("a\n")
    for number in range(100):
        (folder / f"{number:03}{'y' * 240}.csv").write_text("a\n")
    assert all(str(problem).isprintable() and len(str(problem)) < 600 for problem in check_folder(folder))
    lines = report(check_folder(folder)).splitlines()
    assert len(lines) == 21 and "82 more" in lines[-1]


def test_no_folder_can_be_called_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("gone").symlink_to("nowhere")
    for use in (find_engagement, check_folder, new_engagement, Engagement.load):
        for name in ("", "a\x00b", "./gone"):  # others: see test_resources
            with pytest.raises(OutsourcingKitError):
                use(name)
    assert os.listdir() == ["gone"]


# --- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [".", "./", "{}", "{}/", "../empty", "../link"])
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o2770])
def test_an_empty_folder_is_written_into_and_stays_what_it_is(tmp_path, monkeypatch, typed, mode):
    empty = tmp_path / "empty"
    empty.mkdir()
    empty.chmod(mode)
    (tmp_path / "link").symlink_to("empty")
    monkeypatch.chdir(empty)
    before = empty.stat()
    new_engagement(typed.format(empty))
    assert (empty.stat().st_ino, empty.stat().st_mode) == (before.st_ino, before.st_mode)
    assert Path("engagement.toml").is_file() and (tmp_path / "link").is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "link"}


def test_a_new_folder_is_its_owners_alone(tmp_path):
    write_folder(tmp_path / "a" / "b", {"x": "y"})
    for place in ("a", "a/b"):
        assert stat.S_IMODE((tmp_path / place).stat().st_mode) == 0o700


@pytest.mark.parametrize("there", ["file", "link to a file", "full", "hidden"])
def test_what_is_there_is_never_written_over(tmp_path, there):
    target = tmp_path / "ours"
    (tmp_path / "mine").write_text("mine")
    if there == "file":
        target.write_text("mine")
    elif there == "link to a file":
        target.symlink_to("mine")
    else:
        target.mkdir()
        (target / (".keep" if there == "hidden" else "people.csv")).write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(OutsourcingKitError, match="nothing was written"):
        new_engagement(target)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_where_one_file_fails_all_are_taken_away(tmp_path, monkeypatch, there, trouble):
    target = tmp_path / "a" / "ours"
    if there:
        target.mkdir(parents=True)
    real = Path.write_bytes

    def full(path, data):
        real(path, data[:3])
        if path.name == "work.csv":
            raise trouble

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(type(trouble)):
        new_engagement(target)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == (["a", "a/ours"] if there else [])


def test_what_somebody_else_puts_there_meanwhile_stays(tmp_path, monkeypatch):
    real = Path.write_bytes

    def meanwhile(path, data):
        real(path, data)
        (path.parent / "people.csv").write_text("mine")

    monkeypatch.setattr(Path, "write_bytes", meanwhile)
    with pytest.raises(FileExistsError):
        new_engagement(tmp_path / "ours", ["people"])
    assert {path.name: path.read_text() for path in (tmp_path / "ours").iterdir()} == {"people.csv": "mine"}


def test_instants_keep_their_fractions_and_a_blank_flag_stays_blank(tmp_path):
    sent = ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"]
    frame = pd.DataFrame(
        {
            "person": ["c1", "c1", "p1"],
            "started": pd.to_datetime(sent, format="ISO8601"),
            "ended": pd.to_datetime(sent, format="ISO8601"),
            "task": ["=1+1", 'say "hi", all', "a;b"],
            "billable": pd.array([True, pd.NA, False], dtype="boolean"),
        }
    )
    text = csv_text(frame, tables.table("time_entries"))
    moment = "2026-01-01T00:00:00.500000+00:00"
    assert text.splitlines()[1:3] == [
        f"c1,{moment},{moment},'=1+1,yes",
        'c1,2026-01-01T00:00:00.000000+00:00,2026-01-01T00:00:00.000000+00:00,"say ""hi"", all",',
    ]
    write_folder(tmp_path / "ours", {"engagement.toml": SETTINGS, "time_entries.csv": text})
    again = Engagement.load(tmp_path / "ours").time_entries
    assert again["billable"].dtype == "boolean" and again["billable"].equals(frame["billable"])
    assert (again["started"] == frame["started"]).all() and again["task"].tolist() == frame["task"].tolist()


texts = st.text(st.characters(codec="utf-8"), max_size=20)
words = texts.map(plain).filter(bool)
prose = texts.map(lambda text: unicodedata.normalize("NFC", f"from {text} to"))


@given(rows=st.lists(st.tuples(words, prose, st.none() | words), min_size=1, max_size=5, unique_by=lambda row: row[0]))
@settings(max_examples=50, deadline=None)
def test_any_text_that_is_saved_is_loaded_again(rows):
    frame = pd.DataFrame(rows, columns=["item", "terms", "topic"], dtype=object)
    day = dt.date(2026, 1, 1)
    made = Engagement(Settings("mine", "A", "B", "EUR", "UTC", day, day), {"agenda": frame})
    with tempfile.TemporaryDirectory() as place:
        again = Engagement.load(made.save(Path(place) / "ours"))
    same = [tuple(re.sub("\r\n?", "\n", word) if word else None for word in row) for row in rows]
    assert [tuple(word if pd.notna(word) else None for word in row) for row in again.agenda.values] == same
    assert again.settings == made.settings


def test_amounts_keep_fifteen_digits_and_show_no_noise():
    amounts = [0.1 + 0.2, 12345678901.25, 1e15, 1 / 3, 5e-324, 123456.789]
    cells = csv_text(pd.DataFrame({"amount": amounts}), tables.table("recognition")).splitlines()[1:]
    assert cells[0] == "0.3" and max(map(len, cells)) <= 21
    assert list(map(float, cells)) == pytest.approx(amounts, rel=1e-14)


def test_everything_wrong_in_a_folder_is_one_report(folder):
    (folder / "can_do.csv").mkdir()
    (folder / "people.xlsx").write_text("")
    with pytest.raises(BadDataError, match="2 problems") as caught:
        Engagement.load(folder)
    assert len(str(caught.value).splitlines()) == 3
