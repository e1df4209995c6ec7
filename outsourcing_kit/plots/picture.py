"""The style of every figure, and the Picture: a figure with alt text made from the numbers that it shows."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outsourcing_kit.text import plain, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe-Ito: told apart with any kind of colour vision, and by lightness in print.
CLIENT, PROVIDER = "#0072B2", "#D55E00"
GOOD, BAD, OPEN, MUTED = "#009E73", "#CC3311", "#8A6D00", "#767676"

_STYLE: dict[Any, Any] = {
    "figure.dpi": 100, "savefig.dpi": 100, "font.size": 10, "axes.grid": False, "legend.frameon": False,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.titlesize": 12, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "svg.hashsalt": "outsourcing-kit",  # without it each SVG has names of its own, so other bytes
    # Figures hold words of the records: a dollar sign is a dollar sign, not the beginning of a formula.
    "text.parse_math": False,
}  # fmt: skip
_FONT = "DejaVu Sans"
# matplotlib brings one font; the letters that it lacks come from one of these, where the machine has it.
_OTHER_FONTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "Source Han Sans", "WenQuanYi Zen Hei", "Yu Gothic",
    "Microsoft YaHei", "MS Gothic", "Malgun Gothic", "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo",
    "Arial Unicode MS", "Nirmala UI", "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai",
    "Noto Emoji",
)  # fmt: skip
_NO_GLYPH = "□"
# Of one text in a figure; beyond, laying it out takes minutes.
_LONGEST_LINE, _MOST_LINES, _LONGEST_ALT = 120, 12, 4000


@dataclass(frozen=True)
class Picture:
    """A finished figure and the text that says the same in words. Notebooks show both; nbval compares the words."""

    figure: Figure = field(repr=False, compare=False)
    alt: str

    def __post_init__(self) -> None:
        # Names from the records are in it, and a reader speaks all of it.
        object.__setattr__(self, "alt", shown(plain(self.alt), most=_LONGEST_ALT))

    def png(self) -> bytes:
        """The figure as PNG; the same figure gives the same bytes."""
        buffer = io.BytesIO()
        # matplotlib writes its version into a file, which is another one on the next machine.
        self.figure.savefig(buffer, format="png", metadata={"Software": None}, facecolor="white")
        return buffer.getvalue()

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/plain": self.alt, "image/png": self.png()}, {"image/png": {"alt": self.alt}}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """The kit's matplotlib style, for a `with` block or over a function, whatever the user's own settings say."""
    mpl = import_matplotlib()
    # "default" takes back what a matplotlibrc has set; the kit's own comes on top.
    with mpl.style.context(["default", {**_STYLE, "font.family": list(_families())}]):
        yield


def new_figure(width: float = 8.0, height: float = 4.0, title: str = "") -> Figure:
    """An empty figure that no global state knows of: drawing never opens a window and never leaks.

    It is drawn and saved in the kit's style, and all text in it harmless, wherever that happens.
    """
    figure = _figure_class()(figsize=(width, height), layout="constrained")
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return figure


@functools.cache
def import_matplotlib() -> Any:
    """matplotlib, whatever MPLBACKEND says."""
    # A backend that matplotlib does not know would stop its import, and a figure of ours needs none.
    first = "matplotlib" not in sys.modules
    backend = os.environ.pop("MPLBACKEND", None) if first else None
    import matplotlib.style

    if backend:
        os.environ["MPLBACKEND"] = backend
        with contextlib.suppress(ValueError):
            matplotlib.rcParams["backend"] = backend
    return matplotlib


@functools.cache
def _figure_class() -> type[Figure]:
    """Made when it is first needed, since matplotlib is imported no earlier."""
    import_matplotlib()
    from matplotlib.figure import Figure

    class KitFigure(Figure):
        def savefig(self, *args: Any, **options: Any) -> None:
            # What is made only now (ticks, the size of the file) follows the style too.
            with style():
                super().savefig(*args, **options)

        def draw(self, renderer: Any) -> None:
            with style(), warnings.catch_warnings():
                # Names so long that no room is left for the drawing: the figure stays readable in part.
                warnings.filterwarnings("ignore", message="constrained_layout not applied")
                _make_harmless(self)
                super().draw(renderer)

    return KitFigure


def _make_harmless(figure: Figure) -> None:
    from matplotlib.axis import Axis
    from matplotlib.text import Text

    for axis in figure.findobj(Axis):
        # An axis writes its labels anew whenever it is drawn.
        formatter: Any = axis.get_major_formatter()
        if "format_ticks" not in vars(formatter):  # once: a figure may be drawn again and again
            written = formatter.format_ticks
            formatter.format_ticks = lambda values, written=written: [_drawable(label) for label in written(values)]
    for text in figure.findobj(Text):
        text.set(text=_drawable(text.get_text()), parse_math=False, usetex=False)


def _drawable(text: str) -> str:
    """`text` with nothing in it that a figure cannot show, and no longer than one has room for.

    >>> _drawable("fee $/h\\n\\x1b[1m")
    'fee $/h\\n\\\\x1b[1m'
    """
    if text.isascii() and len(text) <= _LONGEST_LINE and text.replace("\n", "").isprintable():
        return text
    # Cut before it is split: a name may be as long as a file.
    lines = text[: 4 * _MOST_LINES * _LONGEST_LINE].split("\n")
    lines = [*lines[: _MOST_LINES - 1], "…"] if len(lines) > _MOST_LINES else lines
    harmless = "\n".join(shown(line, most=_LONGEST_LINE) for line in lines)
    if harmless.isascii():
        return harmless
    return "".join(letter if letter == "\n" or ord(letter) in _glyphs() else _NO_GLYPH for letter in harmless)


@functools.cache
def _families() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return (_FONT, *(name for name in _OTHER_FONTS if name in installed))


@functools.cache
def _glyphs() -> frozenset[int]:
    """The characters that can be drawn, in bold as well."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    def known(weight: str) -> frozenset[int]:
        fonts = (get_font(findfont(FontProperties(family=[name], weight=weight))) for name in _families())
        return frozenset().union(*(font.get_charmap() for font in fonts))

    return known("normal") & known("bold")  # the bold font has fewer
