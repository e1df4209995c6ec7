"""A process that imports once what lessons use, and then forks one fresh kernel for each of them.

`python -P -m outsourcing_kit.course.kernel_server` reads lines [arguments, folder] and answers each with the number of
a new process. When its standard input closes it ends, and its kernels with it.
"""

# multiprocessing's fork server would do, but one process has only one of them, with one environment, folder and error
# stream; it runs the user's main script again in each kernel; and each kernel keeps it alive, so that of a run that is
# killed everything would stay.

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import sys
from typing import NoReturn

from outsourcing_kit.headlines import MISTAKES

# Not matplotlib_inline: it looks for the running shell at its import, and there is none yet.
PRELOADED = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "numpy", "pandas", "scipy.stats"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "outsourcing_kit", "outsourcing_kit.report"),
    *("outsourcing_kit.course.exercises", "outsourcing_kit.stats", "outsourcing_kit.plots.scorecard"),
    *(f"outsourcing_kit.{part}{mistake}" for part in ("", "plots.") for mistake in MISTAKES),
)
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def serve() -> None:
    """Import, then answer requests until standard input ends."""
    for name in PRELOADED:
        # What cannot be imported is left to the lesson, which will say so.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # Else the first collection in each kernel would copy all that memory, only to look at it.
    gc.freeze()
    # The system forgets a kernel that has ended: nobody here waits for one.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            _become_kernel(*json.loads(line))
        print(pid, flush=True)


def _become_kernel(arguments: list[str], folder: str) -> NoReturn:
    """In the forked child: be a kernel until told to stop."""
    try:
        # A process group of its own, which is signalled as a whole.
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        os.chdir(folder)
        if "numpy" in sys.modules:
            # Else every kernel would draw the same "random" numbers where a lesson gives no seed.
            sys.modules["numpy"].random.seed()
        from ipykernel.kernelapp import IPKernelApp

        # No parent to watch for: the system does that.
        app = IPKernelApp.instance(parent_handle=0)
        app.initialize(arguments)
        app.start()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
