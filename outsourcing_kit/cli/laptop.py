"""The commands for the user's own machine: lessons to work in, and whether it is fit for them."""

from __future__ import annotations

import json

import click

from outsourcing_kit.cli.door import FAILED, FINE, commands, say


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
def lab(folder: str, lessons: tuple[str, ...], no_open: bool, no_browser: bool, port: int | None) -> int:
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
    for line in copies.lines():
        say(line)
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
