"""The commands on one engagement's records: judge, check, begin, simulate."""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path

import click

from outsourcing_kit.cli.door import FAIL_ON_HELP, FAILED, FINE, WRONG_USE, commands, complain, say
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import MISTAKES
from outsourcing_kit.page import html_page, made_by, write_whole
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import shown
from outsourcing_kit.words import plural

_DIAGNOSED_BY = "outsourcing-kit diagnose"


@commands.command()
@click.argument("engagement", metavar="NAME_OR_FOLDER")
@click.option("--json", "as_json", is_flag=True, help="Print the five findings as JSON.")
@click.option("--html", "page_typed", metavar="FILE", help="Write the scorecard as a page.")
@click.option("--fail-on", type=click.Choice(["problem"]), help=FAIL_ON_HELP)
@click.option("--force", is_flag=True, help="Overwrite FILE even if diagnose did not write it.")
def diagnose(engagement: str, as_json: bool, page_typed: str | None, fail_on: str | None, force: bool) -> int:
    """Judge one engagement by its records: the five mistakes on one page.

    \b
    Examples:
      outsourcing-kit diagnose cold-start
      outsourcing-kit diagnose ./ours --html scorecard.html
      outsourcing-kit diagnose ours.xlsx
      outsourcing-kit diagnose ./ours --json --fail-on problem > findings.json
    """
    # Refused before the records are read, which takes seconds.
    page = None if page_typed is None else _page(page_typed, force=force)
    from outsourcing_kit.engagement import Engagement
    from outsourcing_kit.report import scorecard
    from outsourcing_kit.validation import count

    loaded = Engagement.load(engagement)
    # On the error stream, as all that is not the result: standard output may be read by a program.
    if loaded.notes:
        complain(f"{plural(count(loaded.notes), 'note')} on the records: outsourcing-kit validate {engagement}")
    card = scorecard(loaded)
    if as_json:
        # NaN is no JSON: better an error here than in whatever reads it.
        click.echo(json.dumps(card.to_json(), indent=2, allow_nan=False))
    else:
        say(str(card))
    if page is not None:
        title = f"Scorecard of {shown(card.engagement)}"
        write_whole(page, html_page(title, f"<h1>{escape(title)}</h1>{card.to_html()}", made_by=_DIAGNOSED_BY))
        complain(f"Written: {page}")
    tripped = [each.mistake for each in card.findings if each.gate_verdict == "problem" and not each.interim]
    if fail_on and tripped:
        complain(f"A problem at 1% error per finding (--fail-on problem): {', '.join(tripped)}.")
        return FAILED
    return FINE


def _page(typed: str, *, force: bool) -> Path:
    """The file to write the page into. Refuses a file that `diagnose` did not write, and what is no file at all."""
    page, printed_into, why = typed_path(typed), map(os.fstat, (1, 2)), ""
    if not page.absolute().parent.is_dir():
        why = f": there is no folder {page.parent}. Mend: make it, or name another file."
    elif page.is_dir():
        why = f" is a folder; expected a file. Mend: --html {Path(typed) / 'scorecard.html'}"
    # A pipe or a device would be replaced by the page, and so would the file that this command prints into.
    elif page.exists() and (not page.is_file() or any(os.path.samestat(page.stat(), each) for each in printed_into)):
        why = " is a pipe, a device, or where this prints to; expected a file. Mend: --html scorecard.html"
    elif page.exists() and not force and made_by(page.read_text("utf-8", "replace")) != _DIAGNOSED_BY:
        why = " is there already; diagnose did not write it, or it was changed. Mend: choose another name, or --force"
    if why:
        raise OutsourcingKitError(f"--html {typed}{why}")
    # Through a link: the link stays, and its file is replaced.
    return page.resolve()


@commands.command()
@click.argument("engagement", metavar="NAME_OR_FOLDER")
def validate(engagement: str) -> int:
    """Check an engagement's folder or workbook; tell every problem, where it is and what mends it.

    \b
    Examples:
      outsourcing-kit validate ./ours
      outsourcing-kit validate ours.xlsx
      outsourcing-kit validate cold-start
    """
    from outsourcing_kit.engagement import check_folder
    from outsourcing_kit.validation import count, report

    found = check_folder(engagement)
    errors = [problem for problem in found if problem.severity == "error"]
    # Notes do not stop an analysis, and so do not make this fail.
    if notes := [problem for problem in found if problem.severity != "error"]:
        complain(f"{plural(count(notes), 'note')} on {engagement}:\n{report(notes)}")
    if errors:
        complain(f"{plural(count(errors), 'problem')} in {engagement}:\n{report(errors)}")
        return WRONG_USE
    say(f"{engagement}: no problems. Next: outsourcing-kit diagnose {engagement}")
    return FINE


@commands.command()
@click.argument("folder")
@click.option("--tables", metavar="A,B", help="Only these tables.  [default: all]")
@click.option("--sheets", is_flag=True, help="Also sheets to print and fill in, in FOLDER/sheets.")
def new(folder: str, tables: str | None, sheets: bool) -> int:
    """Write blank tables for your own records into a new or an empty FOLDER.

    Two forms of the same: engagement.xlsx, a workbook that says where to begin, and engagement.toml with a CSV file a
    table. Fill in one of them. The workbook needs: pip install 'outsourcing-kit[readers]'

    With --sheets also pages for Monday: premortem, task list, kickoff agenda and quiz, expectations, thanks, action
    plan, each blank and as an example. Into a folder of records that is there already only these are written.

    \b
    Examples:
      outsourcing-kit new ours
      outsourcing-kit new ours --sheets
      outsourcing-kit new ours --tables people,work,recognition
    """
    from outsourcing_kit.engagement import SETTINGS_FILE, new_engagement
    from outsourcing_kit.sheets import write_sheets

    if sheets and tables is None and (typed_path(folder) / SETTINGS_FILE).is_file():
        say("\n".join(map(str, write_sheets(folder))))
        return FINE
    names = None if tables is None else [name.strip() for name in tables.split(",") if name.strip()]
    written = new_engagement(folder, names)
    written += write_sheets(folder) if sheets else []
    say("\n".join(map(str, written)))
    if any(path.suffix == ".xlsx" for path in written):
        say("Open engagement.xlsx and begin with its first sheet; or fill in the CSV files and engagement.toml.")
    else:
        say("For one workbook in place of them: pip install 'outsourcing-kit[readers]', then new in another folder.")
    say(f"Fill them in, then: outsourcing-kit validate {folder}")
    return FINE


@commands.command()
@click.argument("folder")
@click.option("--mistake", type=click.Choice(MISTAKES), help="The mistake to plant.  [default: none]")
@click.option(
    "--severity", type=click.FloatRange(-1, 2), default=1.0, show_default=True,
    help="0: half the limit; 1: well beyond it.",
)  # fmt: skip
@click.option("--people", type=click.IntRange(min=2), default=12, show_default=True, help="People, both sides counted.")
@click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True, help="Months of records.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same records.")
def simulate(folder: str, mistake: str | None, severity: float, people: int, months: int, seed: int) -> int:
    """Write a simulated engagement with a planted mistake, and the truth about it, into a new or an empty FOLDER.

    \b
    Examples:
      outsourcing-kit simulate practice --mistake kickoff
      outsourcing-kit simulate practice --mistake recognition --severity 0.5 --people 40 --seed 7
    """
    from outsourcing_kit.simulation import simulate as simulated

    simulated(mistake, severity=severity, people=people, months=months, seed=seed).save(folder)
    say(f"Written: {folder}. Next: outsourcing-kit diagnose {folder}")
    return FINE
