"""The kernels that JupyterLab offers when `outsourcing-kit lab` opens it: this interpreter, and no other."""

from __future__ import annotations

from jupyter_client.kernelspec import KernelSpecManager


class ThisKernel(KernelSpecManager):
    """Finds no kernel that is registered anywhere, so that "python3" is always the interpreter that asks.

    A "python3" in the user's own Jupyter folder would win otherwise, and mostly belongs to an environment without the
    kit. Nothing is written anywhere.
    """

    def _kernel_dirs_default(self) -> list[str]:
        return []
