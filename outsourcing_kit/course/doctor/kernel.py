"""Whether a kernel of this interpreter can be started, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from outsourcing_kit import __version__
from outsourcing_kit.course.doctor.check import COURSE, KIT, OK, PROBLEM, WARNING, Check, install, short
from outsourcing_kit.course.doctor.installed import version_of

KERNEL_SECONDS = 7.0


def check_kernel(seconds: float = KERNEL_SECONDS) -> Iterator[Check]:
    """Whether a kernel of this interpreter starts, knows the kit and can add, as lessons need it."""
    missing = [name for name in ("ipykernel", "jupyter_client") if version_of(name) is None]
    if missing:
        course = version_of("jupyterlab") is not None or version_of("papermill") is not None
        yield Check(
            "kernel", PROBLEM if course else WARNING,
            f"no kernel: {' and '.join(missing)} not installed, so no lesson can be executed",
            install(f"{KIT}[{COURSE}]"),
        )  # fmt: skip
        return
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="outsourcing-kit-") as scratch, _Kernel(Path(scratch)) as kernel:
        trouble = kernel.trouble(seconds)
    took = time.monotonic() - start
    if trouble is None:
        yield Check("kernel", OK, f"started and answered in {took:.1f} s")
    else:
        yield Check(
            "kernel", PROBLEM, trouble,
            f"if this machine is just slow: outsourcing-kit doctor --wait {max(60, round(4 * seconds))}; else let "
            f"Python talk to itself on 127.0.0.1 (firewall, virus scanner), or {install('ipykernel', force=True)}",
        )  # fmt: skip


class _Kernel:
    """A kernel that leaves nothing behind, neither a process nor a file in the user's home."""

    def __init__(self, scratch: Path) -> None:
        from jupyter_client.manager import KernelManager

        from outsourcing_kit.course.this_kernel import ThisKernel

        self._scratch = scratch
        self._log = scratch / "log"
        self._manager = KernelManager(
            kernel_name="python3", kernel_spec_manager=ThisKernel(), connection_file=str(scratch / "kernel.json")
        )
        self._client: Any = None

    def __enter__(self) -> _Kernel:
        return self

    def trouble(self, seconds: float) -> str | None:
        """Start the kernel and ask it. None if all is well, else what is not."""
        until = time.monotonic() + seconds
        environment = {**os.environ, "IPYTHONDIR": str(self._scratch / "ipython")}
        try:
            with open(self._log, "wb") as log:
                self._manager.start_kernel(env=environment, stdout=log, stderr=subprocess.STDOUT)
            self._client = self._manager.blocking_client()
            self._client.start_channels()
            self._client.wait_for_ready(timeout=seconds)
            asked = {"sum": "1 + 1", "kit": "__import__('outsourcing_kit').__version__"}
            question = self._client.execute("", user_expressions=asked, store_history=False)
            reply: dict[str, Any] = {}
            # Replies to the greetings may still be waiting before it.
            while reply.get("parent_header", {}).get("msg_id") != question:
                reply = self._client.get_shell_msg(timeout=max(0.1, until - time.monotonic()))
        except Exception as error:
            return f"no answer within {seconds:g} s" if self._manager.is_alive() else self._why(error)
        said = {name: each.get("data", {}).get("text/plain") for name, each in _expressions(reply).items()}
        if said.get("sum") != "2":
            return f"the kernel reckons 1 + 1 = {said.get('sum')}"
        return None if said.get("kit") == repr(__version__) else f"the kernel imports another kit: {said.get('kit')}"

    def _why(self, error: Exception) -> str:
        """Why the kernel did not start or died: its own last line says more than the error on this side."""
        lines: list[str] = []
        with contextlib.suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"the kernel did not start: {last or short(error)}"

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.stop_channels()
        with contextlib.suppress(Exception):
            self._manager.shutdown_kernel(now=True)


def _expressions(reply: dict[str, Any]) -> dict[str, Any]:
    return dict(reply.get("content", {}).get("user_expressions") or {})
