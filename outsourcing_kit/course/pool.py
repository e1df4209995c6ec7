"""Worker processes, each with its own kernels. They end when this process does, however it ends."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]
# How long a worker may take to end its kernels before it is killed itself.
_PATIENCE = 5.0
# Set in the environment of workers and kernels, and so of whatever a lesson starts.
_MARK = "IPYTHONDIR"


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Worker:
    """One worker process and the thread that listens to it."""

    def __init__(self, scratch: Path, number: int, answers: queue.Queue[tuple[Worker, dict[str, Any] | None]]) -> None:
        self.job: dict[str, Any] | None = None
        self._log = scratch / f"worker-{number}.log"
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                # -P: a file of the user's called random.py must not stand in for the library's.
                [sys.executable, "-P", "-m", "outsourcing_kit.course.worker", str(scratch)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(scratch),
                encoding="utf-8",
                # A Ctrl-C in the terminal is for this process alone; it ends the workers.
                **_own_group(),
            )
        self._answers = answers
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in self.process.stdout:
                self._answers.put((self, json.loads(line)))
        self._answers.put((self, None))

    def give(self, job: dict[str, Any]) -> None:
        self.job = job
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            # Where the worker is gone, its listener says so.
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()

    def loss(self) -> dict[str, Any]:
        """The answer for a job whose worker ended before it could give one."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode
        hint = "; killed, perhaps for want of memory" if code is not None and code < 0 else ""
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((f" ({line.strip()})" for line in reversed(lines) if line.strip()), "")
        message = f"the worker process ended with code {code}{hint}{last}"
        error = {"cell": None, "type": "WorkerLost", "message": message}
        return {"id": self.job and self.job["id"], "status": "failed", "error": error, "findings": [], "seconds": None}

    def hang_up(self) -> None:
        """Tell the worker to end: it reads that from its standard input, on every platform."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def wait(self) -> None:
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join(_PATIENCE)
        if self.process.stdout is not None and not self._listener.is_alive():
            self.process.stdout.close()


def run_jobs(
    jobs: Iterable[dict[str, Any]], count: int, scratch: Path, stop: Callable[[], bool]
) -> Generator[dict[str, Any], None, None]:
    """Give `jobs` to `count` workers and yield their answers as they come, until all are in or `stop` says so.

    Closing the generator ends the workers and their kernels.
    """
    waiting = deque(jobs)
    answers: queue.Queue[tuple[Worker, dict[str, Any] | None]] = queue.Queue()
    workers: list[Worker] = []
    try:
        for number in range(min(count, len(waiting))):
            workers.append(Worker(scratch, number, answers))
            workers[-1].give(waiting.popleft())
        while any(worker.job for worker in workers):
            try:
                worker, answer = answers.get(timeout=0.1)
            except queue.Empty:
                if stop():
                    return
                continue
            if worker.job is None:
                continue
            lost = answer is None
            answer = worker.loss() if answer is None else answer
            worker.job = None
            if waiting and not stop():
                if lost:
                    worker = Worker(scratch, len(workers), answers)
                    workers.append(worker)
                worker.give(waiting.popleft())
            yield answer
    finally:
        for worker in workers:
            worker.hang_up()
        for worker in workers:
            worker.wait()
        end_all(scratch)


def end_all(scratch: Path) -> None:
    """Kill every process that was started in this run's environment, though it made a session of its own.

    Where the system does not show environments (macOS, Windows), those outlive the run.
    """
    mark = f"{_MARK}={scratch / 'ipython'}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _environment(scratch: Path) -> dict[str, str]:
    """What workers and kernels get: nothing of the user's Jupyter or IPython set-up decides a result."""
    environment = dict(os.environ)
    environment |= {
        _MARK: str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch),
        # A backend set for scripts (Agg) would keep figures out of the notebook.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONIOENCODING": "utf-8",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        # The workers share the cores already; it also keeps forking clear of threads.
        environment.setdefault(name, "1")
    if _PACKAGE.parent.name not in ("site-packages", "dist-packages"):
        # In a checkout that is not installed, workers and kernels must find this very package.
        environment["PYTHONPATH"] = os.pathsep.join(
            part for part in (str(_PACKAGE.parent), environment.get("PYTHONPATH")) if part
        )
    return environment
