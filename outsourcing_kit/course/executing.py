"""Execute one notebook with papermill, in a kernel of ours, and keep what came out even where a cell raised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import papermill
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers

from outsourcing_kit.course.kernels import Kernels
from outsourcing_kit.course.results import Trouble

if TYPE_CHECKING:
    from nbformat import NotebookNode

_ENGINE = "outsourcing-kit"
_KERNEL_OPTIONS = [
    # The history file and the warning about TCP have no reader in a run.
    "--HistoryManager.enabled=False",
    "--IPKernelApp.log_level=40",
    # exit() would be remembered only and the lesson go on; and a recursion of 100,000 calls is a traceback that takes
    # hours to write.
    "--IPKernelApp.exec_lines=import sys; exit = quit = sys.exit; sys.setrecursionlimit = lambda limit: None; del sys",
]
_ROOM = "see that there is memory, and room in the temporary folder; outsourcing-kit doctor tells more"
_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Executed:
    """The notebook with its outputs, and what stopped it, if anything did."""

    notebook: NotebookNode
    trouble: Trouble | None


class _KitEngine(Engine):
    """papermill's own engine, with our kernel manager; hands the notebook out while papermill may still raise."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, kernels: Kernels, folder: str, keep: list[Any], **rest: Any
    ) -> None:
        keep.append(nb_man.nb)
        PapermillNotebookClient(
            nb_man,
            km=kernels.manager(),
            kernel_name=kernel_name,
            startup_timeout=120,
            timeout=None,
            # All outputs have arrived when the last cell is done: nothing to wait for.
            shutdown_kernel="immediate",
            extra_arguments=list(_KERNEL_OPTIONS),
            resources={"metadata": {"path": folder}},
        ).execute(cleanup_kc=True)


papermill_engines.register(_ENGINE, _KitEngine)


def execute(path: Path, parameters: Mapping[str, Any], kernels: Kernels) -> Executed:
    """Run the notebook `path` from top to bottom. A cell that raises ends it; that is a result, not an exception."""
    keep: list[Any] = []
    trouble = None
    try:
        papermill.execute_notebook(
            # papermill takes braces in a path for places to fill in.
            str(path).replace("{", "{{").replace("}", "}}"),
            None,
            parameters=dict(parameters),
            engine_name=_ENGINE,
            # Whatever the notebook's metadata names: the kernel is this interpreter. (And no cwd=, which would move all
            # threads there.)
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=0,
            kernels=kernels,
            folder=str(path.parent),
            keep=keep,
        )
    except PapermillExecutionError as raised:
        trouble = Trouble(raised.exec_count, raised.ename, _COLOUR_CODES.sub("", raised.evalue or "").strip())
    except OSError:
        raise
    except Exception as raised:
        # The kernel died or did not come up: nothing in the notebook says so.
        if not keep:
            raise
        cell = _running_cell(keep[0])
        hint = "" if cell else f". Mend: {_ROOM}"
        trouble = Trouble(cell, type(raised).__name__, str(raised).strip() + hint)
    (notebook,) = keep
    # For papermill, sys.exit(0) is a good end.
    if trouble is None and any(
        output.get("ename") == "SystemExit" for cell in notebook.cells for output in cell.get("outputs", [])
    ):
        message = "the lesson ended itself here. Mend: take exit() out"
        trouble = Trouble(_running_cell(notebook), "SystemExit", message)
    return Executed(remove_error_markers(notebook), trouble)


def _running_cell(notebook: NotebookNode) -> int | None:
    """The number of the code cell that was running when the kernel went away: the last one that papermill started."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    started = [number for number, cell in enumerate(code, 1) if cell.metadata.get("papermill", {}).get("start_time")]
    return max(started, default=None)
