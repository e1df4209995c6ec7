"""Typed text compared in one form, and shown without doing harm."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit.frames import labels
from outsourcing_kit.tables import meant
from outsourcing_kit.text import folded, label, plain, quoted, shown, yes_or_no


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000", "\u2009", "\t", "\n", " \u200b ", "\ufeff "])
def test_one_spelling_whatever_the_keyboard(form, blank):
    assert plain(unicodedata.normalize(form, f"{blank}Đà{blank}Nẵng{blank}")) == "Đà Nẵng"


def test_case_stays_unless_it_is_folded():
    assert plain("Ann") != plain("ann")
    assert folded("STRASSE") == folded("Straße") and folded("Ann\u00a0B") == "ann b"


@given(st.text())
def test_plain_is_plain_already(text):
    assert plain(plain(text)) == plain(text) and folded(folded(text)) == folded(text)


@given(st.text(), st.integers(24, 200))
def test_what_is_shown_can_be_seen_and_is_short(text, most):
    seen = shown(text, most)
    assert all(letter.isprintable() or letter in "\u200c\u200d" for letter in seen)
    # Each character that is not seen takes up to ten.
    assert len(seen) <= 10 * (most + 30)


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\u202e", "\x00", "\r\n", "\ud800", "\u2066", "\x7f", "\x9b31m"])
def test_no_character_that_acts_gets_through(hostile):
    assert not set(shown(f"a{hostile}b")) & set(hostile) - set(" [31m")
    assert quoted(hostile).startswith("'")


def test_fifty_megabytes_are_cut_in_the_middle():
    said = shown("x" * 50_000_000 + "end")
    assert said.startswith("xxx") and said.endswith("end (50,000,003 characters)") and len(said) <= 100


def test_names_of_people_stay_as_they_are():
    for name in ("Zoë Müller", "نیلوفر می‌روم", "李雷", "O'Neill-Đặng", "👩‍💻"):
        assert shown(name) == name


@pytest.mark.parametrize("value", [None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), "", " \u00a0\t"])
def test_a_blank_of_any_kind_is_no_label_and_no_answer(value):
    assert label(value) is None and yes_or_no(value) is None


@pytest.mark.parametrize("value", [1, 1.0, True, "1", np.int8(1), np.float32(1), np.True_, " 1\u00a0"])
def test_one_is_one_however_it_is_kept(value):
    assert label(value) == "1" and yes_or_no(value) is True


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, "n/a"])
def test_what_is_neither_yes_nor_no_is_refused(value):
    with pytest.raises(ValueError, match="expected yes or no"):
        yes_or_no(value)


def test_labels_go_by_what_is_meant():
    values = pd.Series([1, True, 1.0, "1", None, pd.NA, "a ", "a"], dtype=object)
    assert labels(values).tolist() == ["1", "1", "1", "1", None, None, "a", "a"]


@pytest.mark.parametrize(
    "kind",
    [
        "Kickoff",
        "kick-off",
        "KICK\u2011OFF",
        "Kick\u00a0Off",
        "\uff2b\uff49\uff43\uff4b\uff4f\uff46\uff46",
        "kicko\ufb00",
    ],
)
def test_a_word_that_is_looked_for_is_found_however_it_is_typed(kind):
    assert meant("meetings.kind", kind) == ("kickoff", "same")
