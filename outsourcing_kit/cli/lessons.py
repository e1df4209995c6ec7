"""The commands of the course: run lessons, hand them out, work in them, and see whether this machine is fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from outsourcing_kit.cli.door import FAIL_ON_HELP, FAILED, FINE, Many, commands, complain, say
from outsourcing_kit.words import plural

if TYPE_CHECKING:
    from outsourcing_kit.course.running import RunResult


@commands.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "--engagement", "-e", "engagements", multiple=True, metavar="NAME_OR_FOLDER",
    help="A sample engagement, a folder of records or a workbook; may be repeated. ./steady is a folder, steady the "
    "sample.  [default: all samples]",
)  # fmt: skip
@click.option(
    "--parameter", "-p", "pairs", multiple=True, metavar="NAME=VALUE",
    help="A lesson's parameter; may be repeated. Goes to the selected lessons that declare it.",
)  # fmt: skip
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="How many to run at a time.  [default: the cores and one]"
)
@click.option("--out", default="out", show_default=True, help="Where to write.")
@click.option("--fail-on", type=click.Choice(["problem"]), help=FAIL_ON_HELP)
@click.option(
    "--force", is_flag=True,
    help="Write into a folder that holds other files, and over notebooks edited since. Files that run did not write "
    "stay as they are even so.",
)  # fmt: skip
def run(
    lessons: Many, engagements: Many, pairs: Many, jobs: int | None, out: str, fail_on: str | None, force: bool
) -> int:
    """Run lessons on engagements; write a page for each, and index.html over all.

    A LESSON is named by its number (03), its file (03_kickoff) or its mistake (kickoff); default: all. Names,
    parameters and records are checked before anything starts. index.html and summary.json tell of this run only;
    pages of earlier runs stay in the folder.

    \b
    Examples:
      outsourcing-kit run
      outsourcing-kit run kickoff 04 --engagement cold-start --engagement ./ours
      outsourcing-kit run kickoff -p first_weeks=8 --out kickoff-8-weeks
      outsourcing-kit run --engagement ./ours --fail-on problem
    """
    from outsourcing_kit.course.parameters import split_given
    from outsourcing_kit.course.running import run as carry_out

    result = carry_out(lessons, engagements, split_given(pairs), jobs=jobs, out=out, force=force)
    # Told first, so that what tripped the gate stands beside its verdicts in a log.
    _tell_run(result)
    if tripped := result.tripped if fail_on else ():
        complain(f"A problem at 1% error per finding (--fail-on problem): {'; '.join(tripped)}.")
    return FAILED if tripped or result.failed or result.stopped else FINE


def _tell_run(result: RunResult) -> None:
    for line in result.verdict_lines():
        say(line)
    for failed in result.failed:
        complain(f"Failed: {failed}")
        if failed.page:
            complain(f"    look at {result.index.parent / failed.page}")
    if result.stopped:
        finished = sum(run.status == "done" for run in result.runs)
        complain(f"{result.stopped} Finished: {finished} of {len(result.runs)}.")
    if result.told:
        say(f"Results: {result.index} ({plural(len(result.runs), 'run')}, {result.seconds:.0f} s)")


@commands.command()
@click.argument("kind", metavar="participant|trainer|report|slides")
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option("--out", default="editions", show_default=True, help="Where to write.")
@click.option("--engagement", "-e", default="", metavar="NAME_OR_FOLDER", help="Run on it first (report, slides).")
@click.option("--force", is_flag=True, help="Write beside other files, and over editions that were changed since.")
def edition(kind: str, lessons: Many, out: str, engagement: str, force: bool) -> int:
    """Write lessons for participants, for whoever teaches, for a manager, or as slides.

    participant: notebooks with exercises to solve and nothing shown yet, as `lab` copies them. trainer: pages and
    notebooks with solutions, hints, notes and the minutes. report: what the records say, what was assumed, who set the
    limits; no code. slides: a page with a slide for each part of the lesson; space, arrow down or page down goes on.

    \b
    Examples:
      outsourcing-kit edition participant kickoff --out workshop
      outsourcing-kit edition report 03 --engagement ./ours --out for-the-board
    """
    from outsourcing_kit.course.handing_out import write_editions

    for path in write_editions(kind, lessons, out, engagement=engagement, force=force):
        say(f"Written: {path}")
    return FINE


@commands.command("run-sheet")
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option("--minutes", "-m", type=int, default=90, show_default=True, help="How long it lasts: 20 to 600.")
@click.option("--out", metavar="FILE", help="Write it into FILE instead: a .md or a .html.")
@click.option("--force", is_flag=True, help="Write over a FILE that is there.")
def run_sheet(lessons: Many, minutes: int, out: str | None, force: bool) -> int:
    """Print a workshop by the minute: what fits, the reserve, and what is left out first when it gets late.

    With a LESSON, or several: these and what belongs to them, between start and close. Default: whichever fit.

    \b
    Examples:
      outsourcing-kit run-sheet
      outsourcing-kit run-sheet kickoff expectations --minutes 60 --out run-sheet.html
    """
    from outsourcing_kit.course.run_sheet import run_sheet as sheet_of

    sheet = sheet_of(minutes, lessons)
    say(f"Written: {sheet.write(out, force=force)}" if out else str(sheet))
    return FINE


@commands.command()
@click.argument("folder", default="outsourcing-lessons")
@click.option(
    "--lesson", "-l", "lessons", multiple=True, metavar="LESSON",
    help="Only this lesson (03, 03_kickoff or kickoff); may be repeated.  [default: all]",
)  # fmt: skip
@click.option("--no-open", is_flag=True, help="Only copy.")
@click.option("--no-browser", is_flag=True, help="Start JupyterLab, print its address, open no browser.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="JupyterLab's port.  [default: the next free one from 8888]"
)
def lab(folder: str, lessons: Many, no_open: bool, no_browser: bool, port: int | None) -> int:
    """Copy the lessons into FOLDER and open JupyterLab there. Ctrl-C ends it.

    FOLDER is ./outsourcing-lessons where none is named. A lesson that is there stays as it is: a newer one goes beside
    yours, once, as 03_kickoff.new.ipynb. Notebooks run in the Python that this command belongs to. Needs no network.

    \b
    Examples:
      outsourcing-kit lab
      outsourcing-kit lab workshop --lesson 00 --lesson kickoff
      outsourcing-kit lab --no-open
    """
    from outsourcing_kit.course.lab import copy_lessons, open_lab, require_jupyterlab

    # First of all: copies in a folder that cannot be opened would look like success.
    if not no_open:
        require_jupyterlab()
    copies = copy_lessons(folder, lessons)
    say("\n".join(copies.lines()))
    if not no_open:
        click.echo("JupyterLab is starting; Ctrl-C here ends it.")
        open_lab(copies, browser=not no_browser, port=port)
        say(f"JupyterLab has ended. Your lessons are in {copies.folder}.")
    return FINE


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.option(
    "--wait", type=click.FloatRange(min=0, min_open=True), default=7.0, show_default=True, metavar="SECONDS",
    help="How long a kernel may take to answer.",
)  # fmt: skip
def doctor(as_json: bool, wait: float) -> int:
    """Look whether this machine is fit for the kit, and tell what mends what is not.

    Changes nothing, and needs no network. Exit code 1 if there is a problem.

    \b
    Examples:
      outsourcing-kit doctor
      outsourcing-kit doctor --json > checks.json
    """
    from outsourcing_kit.course.doctor import doctor as examine

    checkup = examine(kernel_seconds=wait)
    click.echo(json.dumps(checkup.to_json(), indent=2) if as_json else str(checkup))
    return FAILED if checkup.count("problem") else FINE
