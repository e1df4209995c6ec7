"""The questions one after the other, a line an answer: in a terminal, from a pipe, and in a notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TextIO

from outsourcing_kit.ask.answering import Question, as_text, check_answer
from outsourcing_kit.ask.asking import USUAL, in_own_words, next_question, options, questions, walked
from outsourcing_kit.ask.files import ANSWERS, read_answers, save_answers, write
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import HEADLINES, headline
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import folded, shown
from outsourcing_kit.words import plural

if TYPE_CHECKING:
    from outsourcing_kit.report import Scorecard

_HOW = (
    'One line an answer. An empty line, or -, is "I don\'t know". ? says why it is asked, back goes back, stop stops; '
    "so do two empty lines in a row. All is kept, and the same command goes on."
)
_MOST, _LONGEST_LINE = 12, 5_000


def converse(folder: str | os.PathLike[str], lines: Iterable[str], say: Callable[[str], None]) -> bool:
    """Ask what is still open, keeping each answer at once; False where somebody stopped. Raises as `read_answers`."""
    answers, typed = read_answers(folder), iter(lines)
    part, blank, again = "", 0, None
    while question := again or next_question(answers):
        if not part:
            say(_HOW)
        say("\n".join([f"\n{question.part}"] * (question.part != part) + list(in_words(question, answers))))
        part, line = question.part, next(typed, None)
        word = folded(line or "")
        # Whoever leans on the Enter key would pass over everything without reading it.
        blank = 0 if word else blank + 1
        if line is None or word in ("stop", "quit", "exit") or blank > 1:
            return False
        if word in ("?", "help"):
            say(why(question))
        elif word == "back":
            keys = [each.key for each in questions(answers) if each.key in answers or each.key == question.key]
            wanted = keys[max(keys.index(question.key) - 1, 0)]
            again = next((each for each in questions(answers) if each.key == wanted and wanted in answers), None)
        elif again and not word:
            again = None
        else:
            try:
                keep(folder, answers, question, line)
                again = None
            except OutsourcingKitError as error:
                say(str(error))
    return True


def keep(folder: str | os.PathLike[str], answers: dict[str, str], question: Question, line: str) -> None:
    """Take one answer among the others, and save them. Raises OutsourcingKitError where it is none."""
    value = check_answer(question, line, walked(answers)[1])
    if question.required and not value:
        raise OutsourcingKitError(f"Without this one nothing can be written. {question.why} Mend: answer it, or stop.")
    # Another answer may hang on this one, such as a day that is now too early: that is told before it is kept.
    save_answers(folder, answers | {question.key: as_text(value)})
    answers[question.key] = as_text(value)


def in_words(question: Question, answers: dict[str, str]) -> Iterator[str]:
    """The lines that ask a question: how far we are, the words, what to choose from, what was said before."""
    place = [each.key for each in questions(answers)].index(question.key) + 1
    yield f"{place} of about {len(questions(USUAL | answers))}. {question.text}"
    # Of marks that may come in any order a list of names would say whose is whose.
    for number, each in enumerate(question.options or (() if question.loose else question.over), 1):
        letters = zip("abcd", options().get(each, ()), strict=False)
        told = "; ".join(f"{letter}) {option}" for letter, option in letters)
        yield f"   {number}. {shown(in_own_words(each))} {told}".rstrip()
    if question.key in answers:
        yield f"   So far: {shown(answers[question.key]) or 'I do not know'}. An empty line keeps it."


def why(question: Question) -> str:
    """Why a question is asked, and the headlines that it helps to decide."""
    return f"{question.why} It helps to decide: {'; '.join(headline(key).name for key in question.decides)}."


def closing(folder: str | os.PathLike[str], answers: Mapping[str, str]) -> Iterator[str]:
    """Write the tables; then the scorecard as lines, and what one could still ask. Raises as `write`."""
    from outsourcing_kit.ask.filling import engagement_from
    from outsourcing_kit.engagement import check_folder
    from outsourcing_kit.report import scorecard

    written, kept = write(folder, answers)
    yield f"Written: {', '.join(written)}."
    if kept:
        yield f"Left as they are, as ask did not write them or they were changed since: {', '.join(kept)}."
    card = scorecard(engagement_from(answers, shown(typed_path(folder).resolve().name) or "ours"))
    yield f"\n{card!r}"
    yield from could_ask(answers, card)
    # A column that has to be there is not, where an answer lacks; here its headline is open, a folder has to be whole.
    if lacks := [problem for problem in check_folder(folder) if problem.severity == "error"]:
        yield f"\nThe tables are not whole yet: {lacks[0]}\n"
    else:
        yield f"\nAll of it, with what to do next: outsourcing-kit diagnose {shown(folder)}"


def could_ask(answers: Mapping[str, str], card: Scorecard) -> Iterator[str]:
    """What one could still ask, each with the headline that it would help to decide."""
    measures = {measure.key: measure for finding in card.findings for measure in finding.headlines}
    open_keys = {key for key, measure in measures.items() if measure.verdict in ("cannot tell", "not assessed")}
    found, values = walked(answers)
    left: dict[str, list[Question]] = {}
    for question in found:
        if values.get(question.key) is None and open_keys & set(question.decides):
            left.setdefault(question.rule["key"], []).append(question)
    yield from ["\nWhat you could still ask, and what it would help to decide:"] if left else []
    for first, *more in list(left.values())[:_MOST]:
        names = "; ".join(headline(key).name for key in first.decides if key in open_keys)
        yield f"  {first.text}{f' (and {len(more)} more like it)' if more else ''} → {names}"
    if len(left) > _MOST:
        yield f"  … and {plural(len(left) - _MOST, 'more question')}."
    reached = {key for alike in left.values() for question in alike for key in question.decides}
    for item in HEADLINES:
        if measures[item.key].verdict == "not assessed" and item.key not in reached:
            yield f"  No question is enough for: {item.name}. It {measures[item.key].settled_by}."


def lines_of(stream: TextIO, prompt: Callable[[], None]) -> Iterator[str]:
    """The lines of a stream, each after a prompt; of one that never ends only the beginning is kept."""
    while True:
        prompt()
        line = rest = stream.readline(_LONGEST_LINE)
        while rest and not rest.endswith("\n"):
            rest = stream.readline(_LONGEST_LINE)
        if not line:
            return
        yield line.rstrip("\r\n")


def in_notebook(folder: str | os.PathLike[str]) -> Any:
    """The next question as a field to type into, until all are answered; then the scorecard.

    Without ipywidgets: what to do instead, as text. Raises OutsourcingKitError for an answers.toml that is spoilt.
    """
    answers = read_answers(folder)
    try:
        import ipywidgets
    except ImportError:
        mend = f"pip install ipywidgets. Or answer in a terminal: outsourcing-kit ask {shown(folder)}"
        return f"Questions in a notebook need ipywidgets: {mend}. Or edit {ANSWERS} in that folder."
    words, told, field = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.Text()
    buttons = [ipywidgets.Button(description=each) for each in ("Answer", "I don't know", "Finish")]

    def show() -> None:
        question = next_question(answers)
        lines = [*in_words(question, answers), why(question)] if question else ["All is answered: press Finish."]
        # Names and texts of strangers are shown as text.
        words.value, field.value = "<br>".join(map(escape, lines)), ""

    def press(button: Any) -> None:
        note = ""
        try:
            if button is buttons[2]:
                note = "\n".join(closing(folder, answers))
            elif question := next_question(answers):
                keep(folder, answers, question, field.value if button is buttons[0] else "")
            show()
        except OutsourcingKitError as error:
            # What was typed stays in the field, to be corrected.
            note = str(error)
        told.value = f"<pre>{escape(note)}</pre>"

    for button in buttons:
        button.on_click(press)
    show()
    return ipywidgets.VBox([words, field, ipywidgets.HBox(buttons), told])
