"""Kernels for a run: always this interpreter, whatever is installed in Jupyter or written in the notebook.

On Linux they are forked from a process with the imports done (`kernel_server`), elsewhere, and where that fails, they
are started in the ordinary way: slower, same results.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import select
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar, cast

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

_PROVISIONER = "outsourcing-kit-provisioner"
# Socket files have a path limit of about 104 bytes; what is longer goes over TCP.
_LONGEST_SOCKET_PATH = 80
_numbers = itertools.count()


class KernelServer:
    """The worker's end of `kernel_server`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "outsourcing_kit.course.kernel_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._waiting = b""
        self._ended: dict[int, int] = {}

    def fork(self, argv: list[str], cwd: str) -> ForkedKernel:
        """A new kernel. Raises OSError where the server is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"argv": argv, "cwd": cwd}).encode() + b"\n")
        self._process.stdin.flush()
        while True:
            for message in self._messages(wait=True):
                if "pid" in message:
                    return ForkedKernel(self, message["pid"])

    def code(self, pid: int) -> int | None:
        """How the kernel `pid` ended, or None while it runs."""
        try:
            self._messages(wait=False)
        except OSError:
            return 1
        return self._ended.get(pid)

    def _messages(self, *, wait: bool) -> list[dict[str, int]]:
        assert self._process.stdout is not None
        number = self._process.stdout.fileno()
        messages: list[dict[str, int]] = []
        while not messages and (wait or select.select([number], [], [], 0)[0]):
            received = os.read(number, 65536)
            if not received:
                raise ConnectionError("the kernel server has ended")
            *lines, self._waiting = (self._waiting + received).split(b"\n")
            messages = [json.loads(line) for line in lines]
            self._ended.update({each["ended"]: each["code"] for each in messages if "ended" in each})
        return messages

    def close(self) -> None:
        """End the server; it takes its kernels with it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()


class ForkedKernel:
    """As much of `subprocess.Popen` as a provisioner uses, for a process that is not our own child."""

    stdin = stdout = stderr = None

    def __init__(self, server: KernelServer, pid: int) -> None:
        self._server = server
        self.pid = pid

    def poll(self) -> int | None:
        return self._server.code(self.pid)

    def wait(self, timeout: float | None = None) -> int | None:
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Provisioner(LocalProvisioner):
    """Starts a kernel by forking the server where there is one, else as an ordinary process."""

    server: KernelServer | None = None
    # Every kernel of this worker that may still run, so that one call ends them all.
    running: ClassVar[dict[int, Any]] = {}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        server = type(self).server
        if server is not None:
            try:
                # The first three words are `python -m ipykernel_launcher`. What comes back does for a Popen here.
                forked = server.fork(cmd[3:], str(kwargs.get("cwd") or os.getcwd()))
                self.process = cast(subprocess.Popen[bytes], forked)
            except OSError:
                type(self).server = None
        if self.process is None:
            await super().launch_kernel(cmd, **kwargs)
        assert self.process is not None
        self.pid = self.process.pid
        # Either way the kernel leads a process group of its own, which is signalled as a whole.
        self.pgid = self.pid if hasattr(os, "killpg") else None
        self.cwd = kwargs.get("cwd", Path.cwd())
        self.running[self.pid] = self.process
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        await super().kill(restart)
        # The manager looks every 100 ms, a sixth of what a short lesson takes: wait here until the process is gone.
        for _ in range(100):
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.005)

    async def cleanup(self, restart: bool = False) -> None:
        if self.pid is not None:
            self.running.pop(self.pid, None)
        await super().cleanup(restart)


def end_all() -> None:
    """Kill every kernel of this process, and the server."""
    for pid, process in list(Provisioner.running.items()):
        with contextlib.suppress(OSError):
            process.kill()
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(pid, signal.SIGKILL)
    if Provisioner.server is not None:
        Provisioner.server.close()


def start_server() -> None:
    """Get the kernel server going ahead of the first notebook, where the platform can fork safely.

    macOS can fork too, but its system libraries must not be used in the child; OUTSOURCING_KIT_KERNELS=cold asks for
    ordinary kernels everywhere.
    """
    if sys.platform.startswith("linux") and os.environ.get("OUTSOURCING_KIT_KERNELS") != "cold":
        with contextlib.suppress(OSError):
            Provisioner.server = KernelServer()


class OneKernel(KernelSpecManager):
    """The only kernel there is: this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": _PROVISIONER}},
        )


def new_manager(scratch: Path) -> AsyncKernelManager:
    """A manager for one fresh kernel whose connection and socket files are in `scratch`."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[_PROVISIONER] = EntryPoint(
        _PROVISIONER, f"{__name__}:{Provisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
    )
    name = f"{os.getpid()}-{next(_numbers)}"
    options: dict[str, Any] = {"connection_file": str(scratch / f"{name}.json")}
    sockets = str(scratch / name)
    if hasattr(os, "fork") and len(os.fsencode(sockets)) < _LONGEST_SOCKET_PATH:
        # Socket files cannot collide between workers, as freshly picked TCP ports now and then do.
        options |= {"transport": "ipc", "ip": sockets}
    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OneKernel(), **options)
