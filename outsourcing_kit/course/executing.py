"""Execute one notebook as papermill does, in a kernel of ours, and keep what came out even where a cell raised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from outsourcing_kit.course.kernels import Kernels
from outsourcing_kit.course.results import Trouble

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


def execute(path: Path, parameters: Mapping[str, Any], kernels: Kernels) -> tuple[NotebookNode, Trouble | None]:
    """Run the notebook `path` from top to bottom: it with its outputs, and what stopped it, if anything did.

    A cell that raises ends it, which is a result. Raises OSError where there is no room for what a kernel needs, and
    what nbformat raises for a broken notebook.
    """
    # Not papermill.execute_notebook: what came out would be lost with a kernel that dies, and it marks the failed cell
    # with cells of its own.
    notebook = load_notebook_node(str(path))
    if parameters:
        # Whatever the notebook's metadata names: the kernel is this interpreter.
        notebook = parameterize_notebook(notebook, dict(parameters), kernel_name="python3", language="python")
    manager = NotebookExecutionManager(notebook, progress_bar=False, autosave_cell_every=0)
    client = PapermillNotebookClient(
        manager,
        km=kernels.manager(),
        startup_timeout=120,
        # A lesson may take as long as its data needs: whoever waits can interrupt it.
        timeout=None,
        # All outputs have arrived when the last cell is done: nothing to wait for.
        shutdown_kernel="immediate",
        extra_arguments=_KERNEL_OPTIONS.copy(),
        resources={"metadata": {"path": str(path.parent)}},
    )
    trouble = None
    manager.notebook_start()
    try:
        client.execute(cleanup_kc=True)
    except OSError:
        raise
    except Exception as raised:
        # The kernel died or did not come up: nothing in the notebook says so. The last cell that papermill started was
        # running when it went away.
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        begun = [number for number, cell in enumerate(code, 1) if cell.metadata.papermill["start_time"]]
        hint = "" if begun else f". Mend: {_ROOM}"
        trouble = Trouble(begun[-1] if begun else None, type(raised).__name__, str(raised).strip() + hint)
    finally:
        manager.notebook_complete()
        ensure_event_loop().close()
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if trouble is None else []:
            if output.output_type == "error":
                message = _COLOUR_CODES.sub("", output.evalue).strip()
                if output.ename == "SystemExit":
                    message = "the lesson ended itself here. Mend: take exit() out"
                trouble = Trouble(cell.execution_count, output.ename, message)
    return notebook, trouble
