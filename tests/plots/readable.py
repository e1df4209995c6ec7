"""What every figure's test asks: is each word inside the figure, and does none stand on another or on a drawing?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matplotlib.text import Text

from outsourcing_kit.plots import Picture


def words(picture: Picture) -> Iterator[Text]:
    """Every text that the finished figure shows."""
    figure = picture.figure
    picture.png()  # lays it out
    found = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for axes in figure.axes:
        found += [*axes.texts, axes.title, axes._left_title, axes._right_title]
        if legend := axes.get_legend():
            found += legend.get_texts()
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            found += [axis.label, *(tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)]
    return (text for text in found if text and text.get_visible() and text.get_text().strip())


def said(picture: Picture) -> str:
    """All of them, one a line."""
    return "\n".join(text.get_text() for text in words(picture))


def assert_readable(picture: Picture, *drawn: Any) -> None:
    """No word is cut, none overlaps another, and none overlaps what is drawn."""
    # Of words with a line to their place, the words alone.
    frames = [(text.get_text(), Text.get_window_extent(text)) for text in words(picture)]
    width, height = picture.figure.canvas.get_width_height()
    for place, (text, box) in enumerate(frames):
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"cut: {text}"
        upon = [other for other, frame in frames[place + 1 :] if box.overlaps(frame)]
        assert not upon, f"{text!r} overlaps {upon}"
        assert not any(box.overlaps(patch.get_window_extent()) for patch in drawn), text
