"""The commands that gather records of one's own: by asking, and from what other tools export."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

from outsourcing_kit.cli.door import FAILED, FINE, Many, commands, complain, say
from outsourcing_kit.exceptions import OutsourcingKitError

if TYPE_CHECKING:
    from outsourcing_kit.readers.asking import Question


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
    from outsourcing_kit.ask.files import read_answers, write_form
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


@commands.command("import")
@click.argument("folder")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--map", "pairs", multiple=True, metavar="TABLE.COLUMN=NAME",
    help="A column of your own file; may be repeated. For a file that no reader knows.",
)  # fmt: skip
@click.option("--keep-names", is_flag=True, help="Names in the tables.  [default: codes such as p01]")
@click.option("--redact", is_flag=True, help="Leave out free text: requests, minutes.")
@click.option("--yes", is_flag=True, help="Write without asking whether to.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
def import_files(
    folder: str, files: Many, pairs: Many, keep_names: bool, redact: bool, yes: bool, dry_run: bool
) -> int:
    """Read exports of other tools into the tables of FOLDER, which need not be there yet.

    Says what each FILE is, asks at most seven questions, shows what it would write, and writes it. The answers are kept
    in import.toml: next month nothing is asked. receipt.toml tells what was left out and what was assumed. Names become
    codes; the key lies beside FOLDER, in FOLDER-names.toml. Where nobody sits at a terminal nothing is asked: it stops,
    and says which answers to write.

    \b
    Examples:
      outsourcing-kit import ours calendar.ics slack.zip toggl.csv
      outsourcing-kit import ours survey.csv --dry-run
      outsourcing-kit import ours tickets.csv --map work.item="Ticket" --map work.person="Agent"
    """
    from outsourcing_kit.readers.importing import plan_import

    # A program that runs this has nobody to ask, whatever its terminal looks like.
    sits_there = sys.stdin.isatty() and not os.environ.get("CI")
    columns = dict(map(_pair, pairs))
    prompt = _prompted if sits_there else None
    plan = plan_import(folder, files, prompt=prompt, columns=columns, keep_names=keep_names, redact=redact)
    say(str(plan))
    if dry_run:
        say("Nothing was written.")
        return FINE
    if sits_there and not yes and not click.confirm(f"Write this into {folder}?", default=True):
        complain("Nothing was written.")
        return FAILED
    written = plan.write()
    say(f"Written: {len(written)} files in {folder}" if written else f"Nothing new: {folder} is as it was.")
    say(f"Next: outsourcing-kit validate {folder}; outsourcing-kit diagnose {folder}")
    return FINE


def _pair(text: str) -> tuple[str, str]:
    column, equals, name = text.partition("=")
    if not equals or "." not in column or not name.strip():
        raise OutsourcingKitError(f'--map {text}: expected TABLE.COLUMN=NAME. Mend: --map work.item="Issue key"')
    return column.strip(), name.strip()


def _prompted(question: Question) -> object:
    """Ask until the answer is one; an option may be named by its number."""
    numbered = {str(number): option for number, option in enumerate(question.options, start=1)}
    say("\n".join([f"\n{question.text}", *(f"  {number}  {option}" for number, option in numbered.items())]))
    kind = "numbers with commas, or Enter for none" if question.many else "number" if question.options else ""
    offered = ", ".join(question.suggested)
    while True:
        typed = click.prompt(kind or "answer", default=offered, show_default=bool(offered), prompt_suffix=": ")
        given = typed.split(",") if question.many else [typed]
        try:
            return list(question.checked([numbered.get(each.strip().lstrip("0"), each) for each in given]))
        except OutsourcingKitError as error:
            complain(str(error))
