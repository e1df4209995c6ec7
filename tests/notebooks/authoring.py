"""Execute the stored lessons again, so that what a reader sees is what the code gives.

python tests/notebooks/authoring.py [LESSON…]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from outsourcing_kit.course.lessons import find_lessons, select_lessons


def refresh(path: Path) -> None:
    """Execute the notebook in a cold kernel and store its outputs; the file's bytes depend on nothing else."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False, resources=folder).execute()
    # The kernel writes its own version here; the stored notebook should not change with it.
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for lesson in select_lessons(sys.argv[1:], find_lessons()):
        print(lesson.stem)
        refresh(lesson.path)
