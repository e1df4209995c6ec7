"""The command line: a thin door that parses, calls the library, and prints.

Nothing heavy is imported until a command needs it. Exit codes: 0 fine, 1 something failed or a verdict tripped
--fail-on, 2 wrong use or bad data.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

# The modules of commands are imported for what they add to the group.
from outsourcing_kit.cli import laptop, lessons, records  # noqa: F401
from outsourcing_kit.cli.door import FAILED, FINE, WRONG_USE, commands, complain
from outsourcing_kit.exceptions import OutsourcingKitError


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
        complain(str(error))
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        complain("Interrupted.")
        return FAILED
    except OSError as error:
        return _system_trouble(error)


def _forgive_narrow_consoles() -> None:
    """A console in cp1252 or ASCII shows a question mark where it lacks a character, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _system_trouble(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        # The reader (`| head`) has seen enough. Point stdout elsewhere, or Python complains while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    place = f"{error.filename}: " if error.filename else ""
    reason = "the disk is full. Mend: make room" if error.errno == errno.ENOSPC else (error.strerror or str(error))
    complain(f"Stopped: {place}{reason}. What was there before is as it was.")
    return FAILED
