"""Kernels for a run: always this interpreter, whatever is installed in Jupyter or written in the notebook.

On Linux they are forked from a process with the imports done (`kernel_server`), elsewhere, and where that fails, they
are started in the ordinary way: slower, same results.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

# Socket files have a path limit of about 104 bytes; what is longer goes over TCP.
_LONGEST_SOCKET_PATH = 80
# -P: a file of the user's called random.py must not stand in for the library's.
_SERVE = (sys.executable, "-P", "-m", "outsourcing_kit.course.kernel_server")


class Kernels:
    """The kernels of one run: `manager` is for a fresh one, `end` ends them all."""

    def __init__(self, scratch: Path) -> None:
        self._scratch, self._numbers = scratch, itertools.count()
        self._asking, self._server = threading.Lock(), None
        self._ended = threading.Event()
        self._cold: list[subprocess.Popen[bytes]] = []
        # macOS can fork too, but its system libraries must not be used in the child.
        if sys.platform.startswith("linux") and os.environ.get("OUTSOURCING_KIT_KERNELS") != "cold":
            pipe = subprocess.PIPE
            with open(scratch / "kernels.log", "wb") as log:
                # In a session of its own: a Ctrl-C in the terminal is for the run alone.
                self._server = subprocess.Popen(
                    _SERVE, stdin=pipe, stdout=pipe, stderr=log, cwd=scratch, encoding="utf-8", start_new_session=True
                )

    def fork(self, arguments: list[str], folder: str) -> Forked | None:
        """A new kernel; None where there is no server, or no longer."""
        if self._server is None or self._server.stdin is None or self._server.stdout is None:
            return None
        try:
            # Question and answer are lines of one pair of pipes, which all threads share.
            with self._asking:
                print(json.dumps([arguments, folder]), file=self._server.stdin, flush=True)
                return Forked(int(self._server.stdout.readline()), self._server)
        except (OSError, ValueError):
            return None

    def manager(self) -> AsyncKernelManager:
        """A manager for one fresh kernel whose connection and socket files are in the scratch folder."""
        name = str(self._scratch / str(next(self._numbers)))
        options: dict[str, Any] = {"connection_file": f"{name}.json"}
        if hasattr(os, "fork") and len(os.fsencode(name)) < _LONGEST_SOCKET_PATH:
            # Socket files cannot collide, as freshly picked TCP ports now and then do.
            options |= {"transport": "ipc", "ip": name}
        # With no folder to look in, the only "python3" is this interpreter.
        specs = KernelSpecManager(kernel_dirs=[])
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, **options)
        manager.provisioner = _Provisioner(kernel_spec=manager.kernel_spec, parent=manager)
        manager.provisioner.kernels = self
        return manager

    def note(self, process: subprocess.Popen[bytes]) -> None:
        """Take note of an ordinary kernel, so that it ends with the others."""
        self._cold.append(process)
        if self._ended.is_set():
            self._kill_cold()

    def end(self) -> None:
        """Kill every kernel; from now on none stays."""
        self._ended.set()
        self._kill_cold()
        if self._server is not None:
            self._server.kill()
            with self._asking:
                self._server.communicate()

    def _kill_cold(self) -> None:
        for process in self._cold:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


class Forked:
    """As much of `subprocess.Popen` as a provisioner uses, for a process that is not our own child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, server: subprocess.Popen[str]) -> None:
        self.pid, self._server = pid, server

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        # It ends with the server, even where nobody has taken note of that yet.
        return self._server.poll()

    wait = poll

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Provisioner(LocalProvisioner):
    """Starts a kernel by forking the server where there is one, else as an ordinary process."""

    kernels: Kernels
    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        if forked := self.kernels.fork(cmd[cmd.index("-f") :], str(kwargs["cwd"])):
            self.process = forked
            # It leads a process group of its own, as an ordinary one does.
            self.pid = self.pgid = forked.pid
            return self.connection_info
        info = await super().launch_kernel(cmd, **kwargs)
        self.kernels.note(self.process)
        return info
