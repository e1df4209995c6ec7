"""Execute one notebook with papermill, in a kernel of ours, and keep what came out even where a cell raised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from outsourcing_kit.course.kernels import new_manager
from outsourcing_kit.course.pages import ERROR_TAG

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
class CellError:
    """What stopped a notebook. `cell` is the number in the brackets of `In [5]`, where a cell is to blame."""

    cell: int | None
    type: str
    message: str


@dataclass(frozen=True)
class Executed:
    """The notebook with its outputs, and what stopped it, if anything did."""

    notebook: NotebookNode
    error: CellError | None


class _KitEngine(Engine):
    """papermill's own engine, with our kernel manager; hands the notebook out while papermill may still raise."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, scratch: Path, folder: str, keep: list[Any], **rest: Any
    ) -> None:
        keep.append(nb_man)
        PapermillNotebookClient(
            nb_man,
            km=new_manager(scratch),
            kernel_name=kernel_name,
            startup_timeout=120,
            timeout=None,
            # All outputs have arrived when the last cell is done: nothing to wait for.
            shutdown_kernel="immediate",
            extra_arguments=list(_KERNEL_OPTIONS),
            resources={"metadata": {"path": folder}},
        ).execute(cleanup_kc=True)


def execute(path: Path, parameters: Mapping[str, Any], scratch: Path) -> Executed:
    """Run the notebook `path` from top to bottom. A cell that raises ends it; that is a result, not an exception."""
    import papermill

    papermill_engines.register(_ENGINE, _KitEngine)
    keep: list[Any] = []
    error = None
    try:
        papermill.execute_notebook(
            # papermill takes braces in a path for places to fill in.
            str(path).replace("{", "{{").replace("}", "}}"),
            None,
            parameters=dict(parameters),
            engine_name=_ENGINE,
            # Whatever the notebook's metadata names: the kernel is this interpreter.
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=0,
            scratch=scratch,
            folder=str(path.parent),
            keep=keep,
        )
    except PapermillExecutionError as raised:
        error = CellError(raised.exec_count, raised.ename, _COLOUR_CODES.sub("", raised.evalue or "").strip())
    except OSError:
        raise
    except Exception as raised:
        # The kernel died or did not come up: nothing in the notebook says so.
        if not keep:
            raise
        cell = _running_cell(keep[0].nb)
        hint = "" if cell else f". Mend: {_ROOM}"
        error = CellError(cell, type(raised).__name__, str(raised).strip() + hint)
    notebook = keep[0].nb
    # For papermill, sys.exit(0) is a good end.
    if error is None and any(
        output.get("ename") == "SystemExit" for cell in notebook.cells for output in cell.get("outputs", [])
    ):
        error = CellError(_running_cell(notebook), "SystemExit", "the lesson ended itself here. Mend: take exit() out")
    notebook.cells = [cell for cell in notebook.cells if ERROR_TAG not in cell.metadata.get("tags", [])]
    return Executed(notebook, error)


def _running_cell(notebook: NotebookNode) -> int | None:
    """The number of the code cell that was running when the kernel went away: the last one that papermill started."""
    number, running = 0, None
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip():
            number += 1
            if cell.metadata.get("papermill", {}).get("start_time"):
                running = number
    return running
