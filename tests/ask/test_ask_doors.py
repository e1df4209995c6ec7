"""A terminal, a pipe, a notebook, a sheet of paper: the same questions, and nothing typed is lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from owner import NEEDED, TYPED, answered

from outsourcing_kit import cli
from outsourcing_kit.ask import in_notebook, read_answers, save_answers
from outsourcing_kit.ask.files import form_page, write_form
from outsourcing_kit.ask.terminal import closing, converse, lines_of
from outsourcing_kit.exceptions import OutsourcingKitError

ROOT = Path(__file__).resolve().parents[2]


def talk(folder, *lines):
    """What was said, and whether all was answered, to these lines."""
    said: list[str] = []
    done = converse(folder, lines, said.append)
    return "\n".join(said), done


def typed_lines():
    """Everything that the owner types, in the order in which it is asked."""
    lines, turns = [], {}
    for key in answered():
        base = key.partition(".")[0]
        given = TYPED[base]
        turns[base] = turns.get(base, -1) + 1
        lines.append(given[turns[base]] if isinstance(given, list) else given)
    return lines


@pytest.mark.slow
def test_the_owners_lines_lead_to_the_owners_answers(tmp_path):
    said, done = talk(tmp_path, *typed_lines())
    assert done and read_answers(tmp_path) == answered()
    assert "1 of about 77. Your first name?" in said and "77 of about 77. " in said
    assert said.count(" of about ") == 77


def test_stop_keeps_all_and_goes_on_where_it_stopped(tmp_path):
    said, done = talk(tmp_path, "Ann", "", "Bea", "stop")
    assert not done and "4 of about" in said
    assert read_answers(tmp_path) == {"owner": "Ann", "inside": "", "outside": "Bea"}
    said, done = talk(tmp_path, "Lisbon")
    assert not done and "3 of about" not in said and "In which city do you work?" in said
    assert read_answers(tmp_path)["city"] == "Europe/Lisbon"


def test_two_empty_lines_in_a_row_stop_and_one_is_unknown(tmp_path):
    _, done = talk(tmp_path, "Ann", "none", "Bea", "Lisbon", "", "", "x")
    assert not done
    assert read_answers(tmp_path)["cities"] == "" and "hours" not in read_answers(tmp_path)


def test_a_dash_is_unknown_as_often_as_it_is_typed(tmp_path):
    talk(tmp_path, "Ann", "-", "Bea", "Lisbon", "-", "-", "2026-06-30")
    assert read_answers(tmp_path)["today"] == "2026-06-30"


def test_what_is_wrong_is_asked_again_and_loses_nothing(tmp_path):
    said, _ = talk(tmp_path, "Ann", "none", "Ann", "Bea, bea", "Bea", "Manlia", "Manila")
    for told in ("a name that nobody else has", "named twice", "type Manila if that is meant"):
        assert told in said
    assert read_answers(tmp_path) == {"owner": "Ann", "inside": "none", "outside": "Bea", "city": "Asia/Manila"}


def test_what_is_needed_is_asked_until_it_is_answered(tmp_path):
    said, done = talk(tmp_path, "-", "Ann")
    assert "Without this one nothing can be written" in said and not done
    assert read_answers(tmp_path) == {"owner": "Ann"}


def test_help_says_why_and_which_headline_it_decides(tmp_path):
    said, _ = talk(tmp_path, "?", "Ann", "help")
    assert "It stands for your side in every table. It helps to decide: kickoff with both sides before work" in said
    assert read_answers(tmp_path) == {"owner": "Ann"}


def test_back_goes_back_step_by_step_and_an_empty_line_keeps_what_was_said(tmp_path):
    said, _ = talk(tmp_path, "Ann", "Dan", "back", "back", "Eva", "Bea")
    assert "So far: Dan." in said and "So far: Ann." in said
    # Eva in place of Ann; then on with the first that is open.
    assert read_answers(tmp_path) == {"owner": "Eva", "inside": "Dan", "outside": "Bea"}
    talk(tmp_path, "back", "", "stop")
    assert read_answers(tmp_path)["outside"] == "Bea"
    talk(tmp_path / "new", "back", "Ann")
    assert read_answers(tmp_path / "new") == {"owner": "Ann"}


def test_a_change_on_which_other_answers_hang_is_told_before_it_is_kept(tmp_path):
    save_answers(tmp_path, answered())
    said, done = talk(tmp_path)
    assert done and said == ""
    before = read_answers(tmp_path)
    save_answers(tmp_path, {key: value for key, value in before.items() if key != "needed"} | {})
    del before["thanked"]
    save_answers(tmp_path, before)
    said, _ = talk(tmp_path, "back", "2026-07-09", "2026-05-01")
    assert "a day not after 2026-06-30" in said
    assert read_answers(tmp_path)["good_work"] == "Bea: 2026-05-01, Cid: 2026-05-01"


def test_a_line_without_end_and_an_escape_code_are_refused_in_bounded_room(tmp_path):
    stream = io.StringIO("x" * 10_000_000 + "\nAnn\x1b[31m\nAnn\n")
    said: list[str] = []
    converse(tmp_path, lines_of(stream, lambda: None), said.append)
    assert read_answers(tmp_path) == {"owner": "Ann"}
    assert all(len(each) < 1_000 and "\x1b" not in each for each in said)


def test_the_end_is_the_scorecard_and_what_one_could_still_ask(tmp_path):
    text = "\n".join(closing(tmp_path, answered(reserve="", again="", good_work="")))
    assert f"Scorecard of {tmp_path.name}" in text and "Written: engagement.toml, " in text
    assert "percent of it? 0 is an answer. → past work beyond the plan's reserve" in text
    assert "for it, in words that they saw?" not in text
    assert "The last good piece of work of each" in text and "→ provider's good months that got recognition" in text
    assert "No question is enough for: questions answered within 8 shared hours. It needs table messages." in text
    assert f"outsourcing-kit diagnose {tmp_path}" in text


def test_tables_that_lack_a_column_are_told_and_the_scorecard_is_there_all_the_same(tmp_path):
    text = "\n".join(closing(tmp_path, answered(hours="")))
    assert "The tables are not whole yet: people.csv, column workday_start" in text
    assert f"Scorecard of {tmp_path.name}" in text and "outsourcing-kit diagnose" not in text


def run(*arguments, text):
    return subprocess.run(
        [sys.executable, "-m", "outsourcing_kit.cli", *arguments], input=text.encode("utf-8", "surrogateescape"),
        capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.slow
def test_a_dumb_pipe_answers_a_line_a_question(tmp_path):
    done = run("ask", str(tmp_path / "ours"), text="\n".join(typed_lines()) + "\n")
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, err
    assert "3 of 5 show a problem: Business case, Task choice, Kickoff" in out and "Traceback" not in out + err
    assert read_answers(tmp_path / "ours") == answered()


def test_bytes_that_are_no_text_are_told_and_asked_again(tmp_path):
    done = run("ask", str(tmp_path / "ours"), text="\udcff\udcfe\nAnn\n")
    assert b"Traceback" not in done.stdout + done.stderr and done.returncode == 2
    assert read_answers(tmp_path / "ours") == {"owner": "Ann"}
    assert "Go on: outsourcing-kit ask" in done.stderr.decode()
    assert "Without these nothing can be written" in done.stderr.decode()


def test_whoever_interrupts_has_answered_so_far(tmp_path, monkeypatch, capfd):
    def interrupted(folder, lines, say):
        save_answers(folder, NEEDED)
        raise KeyboardInterrupt

    monkeypatch.setattr("outsourcing_kit.ask.terminal.converse", interrupted)
    assert cli.main(["ask", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    assert "Stopped; all answers are kept." in err and f"Scorecard of {tmp_path.name}" in out
    assert read_answers(tmp_path) == NEEDED


def test_a_spoilt_file_is_one_line_on_the_error_stream(tmp_path, capfd):
    (tmp_path / "answers.toml").write_text('owner = "Ann\n')
    for arguments in (["ask", str(tmp_path)], ["ask", str(tmp_path), "--form"]):
        assert cli.main(arguments) == 2
        assert "answers.toml" in capfd.readouterr().err


def test_the_form_asks_the_other_side_and_is_one_file_for_paper(tmp_path, capfd):
    assert cli.main(["ask", str(tmp_path / "ours"), "--form"]) == 0
    page = (tmp_path / "ours" / "form.html").read_text(encoding="utf-8")
    for words in (
        "who decides, and whom to ask", "Who checks the work before it goes out?", "☐ a colleague of theirs",
        "a mistake is told at once", "Your last three proposals", "day somebody thanked you", "@page",
    ):  # fmt: skip
        assert words in page
    # One box for each answer: eight items of three, five questions of four, five expectations of five.
    assert page.count("☐") == 8 * 3 + 5 * 4 + 5 * 5
    assert "<script" not in page and "http" not in page
    assert "I feel needed" not in page
    assert page == form_page() and cli.main(["ask", str(tmp_path / "ours"), "--form"]) == 0


def test_five_people_hand_in_one_sheet_without_their_names():
    page = form_page(
        answered(outside="Bea, Cid, Dan, Eve, Fay", cities="same", hours="9-17", quiz_of="", matters_to="")
    )
    assert "without your name" in page and "I feel needed" in page


def test_a_form_of_somebody_elses_stays(tmp_path):
    (tmp_path / "form.html").write_text("mine")
    with pytest.raises(OutsourcingKitError, match="ask did not write it"):
        write_form(tmp_path, {})
    assert (tmp_path / "form.html").read_text() == "mine"


def test_without_ipywidgets_a_notebook_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert "pip install ipywidgets" in in_notebook(tmp_path) and "answers.toml" in in_notebook(tmp_path)


class Widget(types.SimpleNamespace):
    """What the notebook's door needs of a widget, where ipywidgets is not installed."""

    def __init__(self, children=(), **known):
        super().__init__(value="", children=children, clicked=None, **known)

    def on_click(self, do):
        self.clicked = do


def test_a_notebook_asks_until_all_is_answered(tmp_path, monkeypatch):
    fake = types.SimpleNamespace(HTML=Widget, Text=Widget, Button=Widget, VBox=Widget, HBox=Widget)
    monkeypatch.setitem(sys.modules, "ipywidgets", fake)
    words, field, buttons, told = in_notebook(tmp_path).children
    send, unknown, finish = buttons.children
    assert "1 of about 77. Your first name?" in words.value
    field.value = "<b>"
    for line in ("A,nn", "Ann"):
        field.value = line
        send.clicked(send)
    assert field.value == "" and "2 of about" in words.value
    unknown.clicked(unknown)
    assert read_answers(tmp_path) == {"owner": "Ann", "inside": ""}
    finish.clicked(finish)
    assert "Without these nothing can be written" in told.value
    for line in ("Bea", "Lisbon", "", "", "2026-06-30", "EUR"):
        field.value = line
        send.clicked(send)
    finish.clicked(finish)
    assert f"Scorecard of {tmp_path.name}" in told.value


def test_asking_loads_neither_pandas_nor_what_reckons():
    code = "import sys, outsourcing_kit.ask.terminal, outsourcing_kit.ask.files, outsourcing_kit.ask as ask; " \
        "ask.questions({}); sys.exit(bool({'pandas', 'numpy', 'scipy', 'ipywidgets'} & set(sys.modules)))"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0
    code = "import sys, outsourcing_kit; sys.exit(any(name.startswith('outsourcing_kit.ask') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0
