"""The command line: a thin door that parses, calls the library, and prints.

Nothing heavy is imported until a command needs it. Exit codes: 0 fine, 1 something failed or a verdict tripped
--fail-on, 2 wrong use or bad data.
"""

from __future__ import annotations

try:
    import errno
    import io
    import os
    import sys
    import warnings
    from collections.abc import Sequence

    import click

    # The modules of commands are imported for what they add to the group.
    from outsourcing_kit.cli import gathering, lessons, records  # noqa: F401
    from outsourcing_kit.cli.door import FAILED, FINE, WRONG_USE, commands, complain
    from outsourcing_kit.exceptions import OutsourcingKitError
    from outsourcing_kit.shadows import MEND, shadows
except KeyboardInterrupt:
    raise SystemExit("Interrupted.") from None
except Exception:
    # Where a file of the user's is to blame, it is named in place of a traceback.
    from outsourcing_kit.shadows import MEND, shadows

    if found := shadows():
        raise SystemExit(f"Stopped: {found}. Mend: {MEND}; then the same command again.") from None
    raise


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Every expected trouble ends in a few clear lines, never a traceback."""
    try:
        _forgive_the_surroundings()
        with warnings.catch_warnings():
            # A warning of somebody else's package is no reason to stop, whatever PYTHONWARNINGS says.
            if any(option.startswith("error") for option in sys.warnoptions):
                warnings.simplefilter("ignore")
            # Left to itself, click would end the process, with messages and exit codes of its own.
            code = commands.main(arguments, prog_name="outsourcing-kit", standalone_mode=False)
        # What is still in the buffer may be refused too, and here that can still be told.
        sys.stdout.flush()
        return code if isinstance(code, int) else FINE
    except BaseException as error:
        try:
            return _told(error)
        except BrokenPipeError:
            return _unread()


def _told(error: BaseException) -> int:
    """Tell what ended a command, and return its exit code. Raises what nobody expected."""
    if isinstance(error, click.ClickException):
        text = io.StringIO()
        error.show(text)
        complain(text.getvalue().rstrip("\n"))
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        return _unread()
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        reason = "the disk is full. Mend: make room" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        complain(f"Stopped: {place}{reason}. What was there before is as it was.")
        try:
            sys.stdout.flush()
        except OSError:
            # What a full disk refused is still in the buffer, and would be refused once more.
            return _unread()
        return FAILED
    if isinstance(error, click.Abort | KeyboardInterrupt):
        told = "Interrupted."
    elif isinstance(error, MemoryError):
        told = "Stopped: there is not enough memory. Mend: close other programs, or take fewer records at a time."
    elif isinstance(error, OutsourcingKitError):
        told = str(error)
    elif isinstance(error, Exception) and (found := shadows()):
        told = f"Stopped: {found}. Mend: {MEND}; then the same command again."
    else:
        raise error
    complain(told)
    return FAILED if isinstance(error, click.Abort | KeyboardInterrupt | MemoryError) else WRONG_USE


def _unread() -> int:
    """What is still to be written reaches nobody. Point the streams elsewhere, or Python complains while it closes."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return FAILED


def _forgive_the_surroundings() -> None:
    """A closed stream is read as empty and written to nowhere; a console that lacks a character shows another."""
    # Its number would go to the next file that is opened, and that file would be printed into.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
