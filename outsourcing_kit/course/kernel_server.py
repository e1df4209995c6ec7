"""A process that has the heavy imports done and forks one fresh kernel per notebook.

Importing pandas, scipy and matplotlib costs four times what a lesson's own work does; forked kernels share it.
Started as `python -m outsourcing_kit.course.kernel_server` by one worker, which talks to it in JSON lines: a request
{"argv", "cwd"} is answered by {"pid"}, and the end of a kernel is told as {"ended": pid, "code"}. When the worker goes
away, its end of the pipe closes: the server then kills its kernels and ends, so that none is left behind.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import traceback

from outsourcing_kit.headlines import MISTAKES

# Not matplotlib_inline: it looks for the running shell at its import, and there is none yet.
PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "numpy",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "outsourcing_kit",
    "outsourcing_kit.engagement",
    "outsourcing_kit.report",
    "outsourcing_kit.plots",
    "outsourcing_kit.stats",
    *(f"outsourcing_kit.{mistake}" for mistake in MISTAKES),
)


def preload() -> None:
    """Import what lessons use. What cannot be imported is left to the lesson, which will say so."""
    for name in PRELOADED:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def become_kernel(argv: list[str], cwd: str, server: int) -> None:
    """In the forked child: be a kernel until told to stop. Never returns."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        empty = os.open(os.devnull, os.O_RDWR)
        os.dup2(empty, 0)
        os.dup2(empty, 1)
        os.chdir(cwd)
        if "numpy" in sys.modules:
            # Else every kernel would draw the same "random" numbers where a lesson gives no seed.
            sys.modules["numpy"].random.seed()
        from ipykernel import kernelapp

        # The kernel watches this process and ends within a second of it.
        app = kernelapp.IPKernelApp.instance(parent_handle=server)
        app.initialize(argv)
        app.start()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def serve() -> None:
    """Answer requests until standard input ends, then end every kernel."""
    preload()
    alive: set[int] = set()
    waiting = b""
    child_ended = _wake_on_child()
    try:
        while True:
            readable, _, _ = select.select([0, child_ended], [], [])
            if child_ended in readable:
                os.read(child_ended, 4096)
            if 0 in readable:
                received = os.read(0, 65536)
                if not received:
                    return
                *lines, waiting = (waiting + received).split(b"\n")
                for line in lines:
                    alive.add(_fork(json.loads(line)))
            _tell_ended(alive)
    finally:
        for pid in alive:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)


def _wake_on_child() -> int:
    """A file descriptor that becomes readable when a kernel ends."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _fork(request: dict) -> int:
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        become_kernel(request["argv"], request["cwd"], server)
    _tell({"pid": pid})
    return pid


def _tell_ended(alive: set[int]) -> None:
    for pid in tuple(alive):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            alive.discard(pid)
            _tell({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(message: dict) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    # A Ctrl-C in the terminal is the first process's business; it closes our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve()
