"""The scorecard's picture: readable on a projector, the problem first, the result as title, colours that stay apart."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from readable import assert_readable, said, words

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import ANSWERS, SYMBOLS
from outsourcing_kit.plots.scorecard import TYPE, WIDTH, _position
from outsourcing_kit.report import Scorecard, scorecard
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.verdicts import COLOURS

# A page is 54rem wide with 1.25rem on either side; a point of CSS is 4/3 of a pixel.
PAGE = (54 - 2 * 1.25) * 16
POINTS_OF_A_PIXEL = 0.75


@pytest.fixture(scope="module", params=sample_engagements())
def card(request) -> Scorecard:
    return scorecard(Engagement.load(request.param))


@pytest.fixture(scope="module")
def bare() -> Scorecard:
    return scorecard(dataclasses.replace(Engagement.load("steady"), tables={}))


def test_type_is_at_least_fourteen_points_at_the_size_that_a_page_shows(card):
    picture = card.picture
    width = int.from_bytes(picture.png()[16:20], "big")
    # Some versions of matplotlib round the last pixel down.
    assert round(WIDTH * 100) - 1 <= width <= PAGE, "a wider one would be shrunk"
    sizes = [text.get_fontsize() * picture.figure.dpi / 72 * POINTS_OF_A_PIXEL for text in words(picture)]
    assert min(sizes) >= TYPE >= 14


def test_no_word_is_cut_and_none_stands_on_another(card, bare):
    assert_readable(card.picture)
    assert_readable(bare.picture)


def test_the_title_is_the_result_and_the_problem_comes_first(card):
    picture = card.picture
    text = said(picture).replace("\n", " ")
    assert text.startswith(card.headline) and picture.alt.startswith(card.headline)
    order = [text.index(f"{SYMBOLS[finding.answer]} {finding.title}: {finding.answer}") for finding in card.by_urgency]
    assert order == sorted(order)
    for finding in card.findings:
        assert f"{finding.title}: {finding.answer}" in picture.alt


def test_each_headline_is_drawn_with_the_mark_and_colour_of_its_answer(card):
    (axes,) = card.picture.figure.axes
    marks = [line for line in axes.lines if not isinstance(line.get_marker(), str)]
    expected = [m.answer for finding in card.findings for m in finding.headlines if m.verdict != "not assessed"]
    assert sorted(to_hex(mark.get_color()).upper() for mark in marks) == sorted(COLOURS[each] for each in expected)
    shapes = {to_hex(mark.get_color()).upper(): mark.get_marker().vertices.round(3).tobytes() for mark in marks}
    assert len(set(shapes.values())) == len(shapes) == len(set(expected))


def test_a_mark_lies_on_the_side_of_its_limit(card):
    for measure in (m for finding in card.findings for m in finding.headlines if m.verdict != "not assessed"):
        middle = _position(measure, measure.limit)
        inside = measure.estimate <= measure.limit if measure.better == "lower" else measure.estimate >= measure.limit
        if measure.estimate != measure.limit:
            assert (_position(measure, measure.estimate) < middle) is inside
        if measure.show_target():
            assert _position(measure, measure.target) < middle


def test_what_was_not_assessed_says_so_and_draws_nothing(bare):
    (axes,) = bare.picture.figure.axes
    assert said(bare.picture).count("\nnot assessed") == 5
    assert all(isinstance(line.get_marker(), str) for line in axes.lines)


# ---- colours -------------------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISION = {
    "any": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    value = np.array(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(value: np.ndarray) -> np.ndarray:
    """CIELAB of linear RGB, white D65."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    x, y, z = (
        np.cbrt(each) if each > 216 / 24389 else (24389 / 27 * each + 16) / 116
        for each in to_xyz @ np.clip(value, 0, 1) / [0.95047, 1, 1.08883]
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_a_contrast_as_the_standard_has_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_answer_has_a_colour_that_stands_out():
    assert list(COLOURS) == list(ANSWERS)
    # On white as words; behind white words; behind a mark on either half of a strip.
    assert min(contrast(colour, "#ffffff") for colour in COLOURS.values()) >= 4.5
    assert min(contrast(colour, half) for colour in COLOURS.values() for half in ("#F1F7F4", "#FCF1EF")) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_no_two_answers_look_alike_with_any_kind_of_colour_vision(vision):
    seen = {answer: lab(VISION[vision] @ linear(colour)) for answer, colour in COLOURS.items()}
    # CIE76: a difference of 2.3 is just noticeable; 15 is told apart at a glance.
    assert min(float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(seen, 2)) > 15


def test_the_page_is_as_wide_as_this_test_says():
    css = (Path(__file__).parents[2] / "outsourcing_kit" / "page.css").read_text(encoding="utf-8")
    assert "max-width: 54rem; padding: 1.5rem 1.25rem" in css
