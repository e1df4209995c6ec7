"""What a run needs around it: a folder for the while, settings that are nobody's own, and quiet ends."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

from outsourcing_kit.course.outfolder import lock

_SCRATCH = "okit-run-"
# Set in the environment of kernels, and so of whatever a lesson starts.
_MARK = "IPYTHONDIR"
_PACKAGE = Path(__file__).resolve().parents[1]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder for sockets and logs. Those of runs that were killed are removed first. Raises OSError."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):
            own = not left.is_symlink() and left.stat().st_uid == getattr(os, "getuid", int)()
            if own and (held := lock(left)) is not None:
                end_all(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)
    # Nobody finds it by its name before it is held.
    unheld = Path(tempfile.mkdtemp(prefix="okit-new-"))
    held = lock(unheld)
    scratch = unheld.rename(place / unheld.name.replace("okit-new-", _SCRATCH))
    try:
        yield scratch
    finally:
        end_all(scratch)
        shutil.rmtree(scratch, ignore_errors=True)
        if held is not None:
            os.close(held)


def end_all(scratch: Path) -> None:
    """Kill what was started in this run's environment, though in a session of its own, where the system shows that."""
    mark = f"{_MARK}={scratch / 'ipython'}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@contextlib.contextmanager
def neutral(scratch: Path) -> Iterator[None]:
    """For the while, nothing of the user's Jupyter, IPython or matplotlib set-up counts, and no package warns."""
    (scratch / "matplotlibrc").touch()
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if _PACKAGE.parent.name not in ("site-packages", "dist-packages"):
        # In a checkout that is not installed, kernels must find this very package.
        path.insert(0, str(_PACKAGE.parent))
    before = dict(os.environ)
    # The kernels share the cores already; one thread each also keeps forking safe. What somebody set on purpose wins.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | before
    os.environ |= dict.fromkeys(("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"), str(scratch))
    os.environ |= dict.fromkeys(("JUPYTER_PATH", "PYTHONSTARTUP"), "") | {
        _MARK: str(scratch / "ipython"),
        "MATPLOTLIBRC": str(scratch / "matplotlibrc"),
        # A backend set for scripts (Agg) would keep figures out of the notebook.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONIOENCODING": "utf-8",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONPATH": os.pathsep.join(os.path.abspath(part) for part in path if part),
    }
    logged = logging.root.manager.disable
    logging.disable()
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(logged)
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ |= before


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C (or a polite request to end) sets, instead of breaking in anywhere."""
    event = threading.Event()
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if threading.current_thread() is threading.main_thread() else ()
    wanted = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if signal.SIG_IGN in map(signal.getsignal, wanted[2:3]):
        wanted.pop(2)  # nohup: the run is meant to go on
    before = {number: signal.signal(number, lambda *_: event.set()) for number in wanted}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
