"""Files of the user's that Python takes for its own modules, such as a random.py on PYTHONPATH."""

import os
import sys

MEND = "rename it, or take its folder off PYTHONPATH"
_OURS = (
    "click", "numpy", "pandas", "scipy", "matplotlib", "papermill", "nbformat", "nbconvert", "IPython", "ipykernel",
)  # fmt: skip


def shadows() -> str:
    """Which files stand in for which modules, in words; empty where none does.

    Uses nothing but what Python has loaded already, since any import might find one of them.
    """
    found = []
    for folder in sys.path:
        if folder == os.path.dirname(os.__file__) or "site-packages" in folder:
            break
        for name in (*sys.stdlib_module_names, *_OURS):
            path = os.path.join(folder or os.getcwd(), f"{name}.py")
            if os.path.isfile(path):
                found.append(f"{path!a} stands in for Python's module {name}")
    more = f", and {len(found) - 3} more" if len(found) > 3 else ""
    return "; ".join(sorted(found)[:3]) + more
