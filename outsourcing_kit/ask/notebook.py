"""The same questions in a notebook, where ipywidgets is installed."""

from __future__ import annotations

import os
from html import escape
from typing import Any

from outsourcing_kit.ask.asking import next_question
from outsourcing_kit.ask.files import ANSWERS, read_answers
from outsourcing_kit.ask.terminal import closing, in_words, keep, why
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import shown


def in_notebook(folder: str | os.PathLike[str]) -> Any:
    """The next question as a field to type into, until all are answered; then the scorecard.

    Without ipywidgets: what to do instead, as text. Raises OutsourcingKitError for an answers.toml that is spoilt.
    """
    answers = read_answers(folder)
    try:
        import ipywidgets
    except ImportError:
        return (
            "Questions in a notebook need ipywidgets: pip install ipywidgets. Or answer in a terminal: "
            f"outsourcing-kit ask {shown(folder)}. Or edit {ANSWERS} in that folder."
        )
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
