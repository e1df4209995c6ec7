"""The command line: a thin door that parses, calls the library, and prints.

Nothing heavy is imported until a command needs it. Exit codes: 0 fine, 1 something failed or a verdict tripped
--fail-on, 2 wrong use or bad data.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outsourcing_kit import __version__
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import MISTAKES

if TYPE_CHECKING:
    from outsourcing_kit.course.running import RunResult

FINE, FAILED, WRONG_USE = 0, 1, 2

_DIAGNOSED_BY = "outsourcing-kit diagnose"
_FAIL_ON_HELP = (
    "Exit with 1 if any finding is a problem. Goes by the stricter verdict at 1% error per finding (the printed one is "
    "at 5%), and leaves out interim verdicts."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Every expected trouble ends in a few clear lines, never a traceback."""
    _forgive_narrow_consoles()
    try:
        code = commands.main(arguments, prog_name="outsourcing-kit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else FINE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OutsourcingKitError as error:
        _complain(str(error))
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted.")
        return FAILED
    except OSError as error:
        return _system_trouble(error)


def _forgive_narrow_consoles() -> None:
    """A console in cp1252 or ASCII shows a question mark where it lacks a character, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _complain(message: str) -> None:
    click.echo(message, err=True)


def _system_trouble(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        # The reader (`| head`) has seen enough. Point stdout elsewhere, or Python complains while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    place = f"{error.filename}: " if error.filename else ""
    reason = "the disk is full. Mend: make room" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    _complain(f"Stopped: {place}{reason}. What was there before is as it was.")
    return FAILED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="outsourcing-kit")
def commands() -> None:
    """Is this outsourcing engagement going wrong, how do you know, and what next?

    \b
    Examples:
      outsourcing-kit diagnose cold-start        five verdicts on a sample engagement
      outsourcing-kit new ours                   blank tables for your own records
      outsourcing-kit run kickoff --engagement ./ours
    """


# ---- run -----------------------------------------------------------------------------------------------------------


@commands.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "--engagement", "-e", "engagements", multiple=True, metavar="NAME_OR_FOLDER",
    help="A sample engagement, or a folder of records; may be repeated. ./steady is a folder, steady the sample. "
    "[default: all samples]",
)  # fmt: skip
@click.option(
    "--parameter", "-p", "pairs", multiple=True, metavar="NAME=VALUE",
    help="A lesson's parameter; may be repeated. Goes to the selected lessons that declare it.",
)  # fmt: skip
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="How many to run at a time.  [default: the cores]")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Where to write.")
@click.option("--fail-on", type=click.Choice(["problem"]), help=_FAIL_ON_HELP)
@click.option(
    "--force", is_flag=True,
    help="Write into a folder that holds other files, and over notebooks edited since. Files that run did not write "
    "stay as they are even so.",
)  # fmt: skip
def run(
    lessons: tuple[str, ...],
    engagements: tuple[str, ...],
    pairs: tuple[str, ...],
    jobs: int | None,
    out: Path,
    fail_on: str | None,
    force: bool,
) -> int:
    """Run lessons on engagements; write a page for each, and index.html over all.

    A LESSON is named by its number (03), its file (03_kickoff) or its mistake (kickoff); default: all. Names,
    parameters and records are checked before anything starts. index.html and summary.json tell of this run only;
    pages of earlier runs stay in the folder.

    \b
    Examples:
      outsourcing-kit run
      outsourcing-kit run kickoff 04 --engagement cold-start --engagement ./ours
      outsourcing-kit run kickoff -p quiz_limit=0.7 --out kickoff-at-70
      outsourcing-kit run --engagement ./ours --fail-on problem
    """
    from outsourcing_kit.course.parameters import split_given
    from outsourcing_kit.course.running import run as carry_out

    result = carry_out(lessons, engagements, split_given(pairs), jobs=jobs, out=out, force=force)
    _tell_run(result)
    tripped = result.tripped if fail_on else ()
    if tripped:
        _complain(f"A problem at 1% error per finding (--fail-on problem): {'; '.join(tripped)}.")
    return FAILED if tripped or result.failed or result.stopped else FINE


def _tell_run(result: RunResult) -> None:
    for line in result.verdict_lines():
        click.echo(line)
    for failed in result.failed:
        _complain(f"Failed: {failed.failure()}")
        if failed.page:
            _complain(f"    look at {result.index.parent / failed.page}")
    if result.stopped:
        finished = sum(run.status == "done" for run in result.runs)
        _complain(f"{result.stopped} Finished: {finished} of {len(result.runs)}.")
    click.echo(f"Results: {result.index} ({len(result.runs)} runs, {result.seconds:.0f} s)")


# ---- one engagement ------------------------------------------------------------------------------------------------


@commands.command()
@click.argument("engagement", metavar="NAME_OR_FOLDER")
@click.option("--json", "as_json", is_flag=True, help="Print the five findings as JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write the scorecard as a page.")
@click.option("--fail-on", type=click.Choice(["problem"]), help=_FAIL_ON_HELP)
@click.option("--force", is_flag=True, help="Overwrite FILE even if diagnose did not write it.")
def diagnose(engagement: str, as_json: bool, page: Path | None, fail_on: str | None, force: bool) -> int:
    """Judge one engagement by its records: the five mistakes on one page.

    \b
    Examples:
      outsourcing-kit diagnose cold-start
      outsourcing-kit diagnose ./ours --html scorecard.html
      outsourcing-kit diagnose ./ours --json --fail-on problem > findings.json
    """
    if page is not None:
        _refuse_foreign(page, force=force)
    from outsourcing_kit.engagement import Engagement
    from outsourcing_kit.report import scorecard

    loaded = Engagement.load(engagement)
    if loaded.notes:
        _complain(f"{len(loaded.notes)} notes on the records: outsourcing-kit validate {engagement}")
    card = scorecard(loaded)
    click.echo(json.dumps(card.to_json(), indent=2, allow_nan=False) if as_json else str(card))
    if page is not None:
        _write_scorecard(page, card)
        _complain(f"Written: {page}")
    tripped = [
        finding.mistake for finding in card.findings if finding.gate_verdict == "problem" and not finding.interim
    ]
    if fail_on and tripped:
        _complain(f"A problem at 1% error per finding (--fail-on problem): {', '.join(tripped)}.")
        return FAILED
    return FINE


def _refuse_foreign(page: Path, *, force: bool) -> None:
    """Refuse to write over a file that `diagnose` did not write."""
    from outsourcing_kit.page import made_by

    if page.is_dir():
        raise OutsourcingKitError(f"--html {page} is a folder; expected a file. Mend: --html {page / 'scorecard.html'}")
    if not page.exists() or force:
        return
    with open(page, encoding="utf-8", errors="replace") as file:
        if made_by(file.read(4000)) != _DIAGNOSED_BY:
            raise OutsourcingKitError(
                f"--html {page} is there already and diagnose did not write it. Mend: choose another name, or --force"
            )


def _write_scorecard(page: Path, card: Any) -> None:
    from outsourcing_kit.page import html_page, write_whole

    title = f"Scorecard of {card.engagement}"
    body = f"<h1>{escape(title)}</h1>{card.to_html()}"
    write_whole(page, html_page(title, body, made_by=_DIAGNOSED_BY))


@commands.command()
@click.argument("engagement", metavar="NAME_OR_FOLDER")
def validate(engagement: str) -> int:
    """Check an engagement's files; tell every problem, where it is and what mends it.

    \b
    Examples:
      outsourcing-kit validate ./ours
      outsourcing-kit validate cold-start
    """
    from outsourcing_kit.engagement import check_folder
    from outsourcing_kit.validation import report

    found = check_folder(engagement)
    errors = [problem for problem in found if problem.severity == "error"]
    notes = [problem for problem in found if problem.severity != "error"]
    if notes:
        _complain(f"{_count(notes, 'note')} on {engagement}:\n{report(notes)}")
    if errors:
        _complain(f"{_count(errors, 'problem')} in {engagement}:\n{report(errors)}")
        return WRONG_USE
    click.echo(f"{engagement}: no problems. Next: outsourcing-kit diagnose {engagement}")
    return FINE


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--tables", metavar="A,B", help="Only these tables.  [default: all]")
def new(folder: Path, tables: str | None) -> int:
    """Write blank tables for your own records into a new FOLDER.

    \b
    Examples:
      outsourcing-kit new ours
      outsourcing-kit new ours --tables people,work,recognition
    """
    from outsourcing_kit.engagement import new_engagement

    names = None if tables is None else [name.strip() for name in tables.split(",") if name.strip()]
    written = new_engagement(folder, names)
    for path in written:
        click.echo(str(path))
    click.echo(f"Fill them in, then: outsourcing-kit validate {folder}")
    return FINE


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--mistake", type=click.Choice(MISTAKES), help="The mistake to plant.  [default: none]")
@click.option("--severity", type=float, default=1.0, show_default=True, help="0: half the limit; 1: well beyond it.")
@click.option("--people", type=click.IntRange(min=1), default=12, show_default=True, help="People, both sides counted.")
@click.option("--months", type=click.IntRange(min=1), default=12, show_default=True, help="Months of records.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same records.")
def simulate(folder: Path, mistake: str | None, severity: float, people: int, months: int, seed: int) -> int:
    """Write a simulated engagement with a planted mistake, and the truth about it, into a new FOLDER.

    \b
    Examples:
      outsourcing-kit simulate practice --mistake kickoff
      outsourcing-kit simulate practice --mistake recognition --severity 0.5 --people 40 --seed 7
    """
    from outsourcing_kit.simulation import simulate as simulated

    engagement = simulated(mistake, severity=severity, people=people, months=months, seed=seed)
    engagement.save(folder)
    click.echo(f"Written: {folder}. Next: outsourcing-kit diagnose {folder}")
    return FINE


if __name__ == "__main__":
    sys.exit(main())
