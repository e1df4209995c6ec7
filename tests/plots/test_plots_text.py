"""Whatever a name in the records holds, every figure is drawn, without a warning, and its words do no harm."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Text

from outsourcing_kit import business_case, plots
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.report import Scorecard, scorecard

SIGNS = {
    "japanese": "株式会社 山田",
    "emoji": "😀👩‍👩‍👧",
    "turned": "a\u202eb\u2066c",
    "escape code": "\x1b[31mred\x07",
    "nul and tab": "a\x00b\tc\x7f",
    "half a character": "a\ud800b",
    "combining": "e" + "\u0301" * 40,
    "devanagari": "नमस्ते",
    "long": "x" * 100_000,
    "many lines": "a\n" * 5_000,
}
NAMES = {
    "dollars": "fee $/h to $/day",
    "broken formula": r"$\foo{$ and $\input{x}$",
    "signs": " {} %s ".join(SIGNS[name] for name in SIGNS if name not in ("half a character", "long", "many lines")),
    "long": SIGNS["long"],
    "long words": "word " * 20_000,
    "many lines": SIGNS["many lines"],
}
mechanism = sys.modules["outsourcing_kit.plots.picture"]  # `plots.picture` is the function
# Where the records' own words stand in the evidence of each mistake.
_OWN = {"business_case": "name", "task_selection": "task", "kickoff": "label", "expectations": "subject"}


@pytest.fixture(scope="module")
def card() -> Scorecard:
    return scorecard(Engagement.load("steady"))


def _named(card: Scorecard, name: str) -> list[plots.Picture]:
    """The figure of each kind, with `name` wherever the records have a name of their own."""
    pictures = []
    for finding in card.findings:
        column, rows = _OWN.get(finding.mistake), finding.evidence
        if column:
            own = rows[column].ne("") & (rows["part"].eq("past item") if finding.mistake == "business_case" else True)
            rows = rows.assign(**{column: rows[column].where(~own, name)})
        pictures.append(plots.picture(dataclasses.replace(finding, evidence=rows, engagement=name)))
    pictures.append(dataclasses.replace(card, engagement=name).picture)
    lines = pd.DataFrame({"line": [name], "kind": "running cost", "start": 1, "once": False, "low": 1.0, "likely": 2.0,
                          "high": 4.0, "shape": "triangular"})  # fmt: skip
    pictures.append(plots.tornado(business_case.sensitivity(lines, discount_rate=0)))
    return pictures


def test_what_is_drawn_can_be_drawn() -> None:
    for sign in SIGNS.values():
        drawn = mechanism._drawable(sign)
        assert all(ord(letter) in mechanism._glyphs() for letter in drawn.replace("\n", ""))
        assert drawn.replace("\u200d", "").replace("\n", "").isprintable() and len(drawn) < 500


@pytest.mark.slow(versions=True)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_every_figure_is_drawn_with_any_name(card: Scorecard, name: str) -> None:
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for picture in _named(card, name):
            picture.png()
            drawn = [text for text in picture.figure.findobj(Text) if text.get_text()]
            assert not any(text.get_parse_math() or text.get_usetex() for text in drawn)
            words = [line for text in drawn for line in text.get_text().split("\n")]
            assert all(word.replace("\u200d", "").isprintable() and len(word) < 500 for word in words)
            assert picture.alt.replace("\u200d", "").isprintable() and len(picture.alt) <= 4_010
    assert time.process_time() - began < 10


def test_the_names_are_in_the_figure(card: Scorecard) -> None:
    """Harmless, but still there: a dollar sign is drawn as one."""
    texts = [text.get_text() for picture in _named(card, NAMES["dollars"]) for text in picture.figure.findobj(Text)]
    assert sum(NAMES["dollars"] in text for text in texts) > 10


def test_a_letter_comes_from_another_font_or_is_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    rare = next(chr(code) for code in sorted(_glyphs_of("STIXGeneral") - _glyphs_of("DejaVu Sans")) if code > 0x100)
    assert mechanism._drawable(f"a{rare}") == "a□"
    monkeypatch.setattr(mechanism, "_OTHER_FONTS", ("STIXGeneral", "No Such Font"))
    _forget()
    try:
        assert mechanism._drawable(f"a{rare}") == f"a{rare}"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = mechanism.new_figure()
            with mechanism.style():
                figure.subplots().set_title(f"a{rare}")
            plots.Picture(figure, "").png()
    finally:
        monkeypatch.undo()
        _forget()


def _glyphs_of(name: str) -> set[int]:
    from matplotlib.font_manager import findfont, get_font

    return set(get_font(findfont(name)).get_charmap())


def _forget() -> None:
    mechanism._families.cache_clear()
    mechanism._glyphs.cache_clear()


def test_a_user_s_matplotlib_settings_decide_nothing(tmp_path: Path) -> None:
    """Same bytes whatever the backend and the file of settings say, for what is made in the style and out of it."""
    code = (
        "import hashlib, sys\n"
        "from outsourcing_kit.plots.picture import Picture, new_figure, style\n"
        "with style():\n"
        "    figure = new_figure(3, 2)\n"
        "    axes = figure.subplots()\n"
        "axes.set_title(r'$\\foo{$ 1e-9', fontsize=9)\n"
        "print(hashlib.sha256(Picture(figure, '').png()).hexdigest())\n"
    )
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\naxes.facecolor: red\nfont.size: 30\nbackend: agg\n")
    found = []
    for more in ({}, {"MPLBACKEND": "nonsense", "MATPLOTLIBRC": str(tmp_path)}):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **more})
        assert (ran.returncode, ran.stderr) == (0, "")
        found.append(ran.stdout)
    assert found[0] == found[1]
