"""The style of every figure, and the Picture: a figure with alt text made from the numbers that it shows."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe-Ito: told apart with any kind of colour vision, and by lightness in print.
CLIENT, PROVIDER = "#0072B2", "#D55E00"
GOOD, BAD, OPEN, MUTED = "#009E73", "#CC3311", "#8A6D00", "#767676"
VERDICT_COLOURS = {"problem": BAD, "fine": GOOD, "cannot tell": OPEN, "not assessed": MUTED}

_STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "savefig.dpi": 100,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": False,
    "legend.frameon": False,
    "svg.hashsalt": "outsourcing-kit",
}


@dataclass(frozen=True)
class Picture:
    """A finished figure and the text that says the same in words. Notebooks show both; nbval compares the words."""

    figure: Figure = field(repr=False, compare=False)
    alt: str

    def png(self) -> bytes:
        """The figure as PNG; the same figure gives the same bytes."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", metadata={"Software": None}, facecolor="white")
        return buffer.getvalue()

    def save(self, path: str) -> None:
        """Write the figure to a file; the ending names the format."""
        self.figure.savefig(path)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/plain": self.alt, "image/png": self.png()}, {"image/png": {"alt": self.alt}}


def style() -> AbstractContextManager[None]:
    """The kit's matplotlib style, for a `with` block."""
    import matplotlib as mpl

    return mpl.rc_context(_STYLE)


def new_figure(width: float = 8.0, height: float = 4.0) -> Figure:
    """An empty figure that no global state knows of: drawing never opens a window and never leaks."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
