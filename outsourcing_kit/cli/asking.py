"""The command that asks: the guided way to records of one's own."""

from __future__ import annotations

import contextlib
import sys

import click

from outsourcing_kit.cli.door import FINE, commands, complain, say


@commands.command()
@click.argument("folder")
@click.option("--form", is_flag=True, help="Write form.html, to print for the other side, and ask nothing.")
def ask(folder: str, form: bool) -> int:
    """Ask about eighty short questions, a quarter of an hour, and judge by the answers. They are kept in FOLDER.

    \b
    Examples:
      outsourcing-kit ask ours
      outsourcing-kit ask ours --form
    """
    from outsourcing_kit.ask.files import read_answers
    from outsourcing_kit.ask.form import write_form
    from outsourcing_kit.ask.terminal import closing, converse, lines_of

    if form:
        say(f"Written: {write_form(folder, read_answers(folder))}. Print one for each of them.")
        return FINE
    finished = False
    # Whoever interrupts has answered so far, and nothing of it is lost.
    with contextlib.suppress(KeyboardInterrupt):
        finished = converse(folder, lines_of(sys.stdin, lambda: click.echo("> ", nl=False)), say)
    if not finished:
        complain(f"Stopped; all answers are kept. Go on: outsourcing-kit ask {folder}")
    for line in closing(folder, read_answers(folder)):
        say(line)
    return FINE
