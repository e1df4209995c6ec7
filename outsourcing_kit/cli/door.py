"""What all commands share: the group they belong to, the exit codes, and how something is said on the error stream."""

from __future__ import annotations

import click

from outsourcing_kit import __version__
from outsourcing_kit.text import shown

# A table's row has room; a cell of a million characters would fill the screen for minutes.
_LONGEST_LINE = 2_000

FINE, FAILED, WRONG_USE = 0, 1, 2
# What may be named several times, as click hands it on.
Many = tuple[str, ...]

FAIL_ON_HELP = (
    "Exit with 1 if any finding is a problem. Goes by the stricter verdict at 1% error per finding (the printed one is "
    "at 5%), and leaves out interim verdicts."
)


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


def say(message: str, *, err: bool = False) -> None:
    """Print lines whose words are a stranger's in part: no character in them is unseen, and none of them is endless."""
    click.echo("\n".join(shown(line, _LONGEST_LINE) for line in message.split("\n")), err=err)


def complain(message: str) -> None:
    """Say something on the error stream."""
    say(message, err=True)
