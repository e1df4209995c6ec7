"""What a user typed as a path: read as a shell reads it, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.resources import typed_path


@pytest.mark.parametrize("typed", ["~", "~/ours", "~/a b/c"])
def test_a_tilde_is_the_home_folder(typed, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert typed_path(typed) == typed_path(Path(typed)) == Path(typed.replace("~", str(tmp_path)))


@pytest.mark.parametrize("typed", ["ours", "./~ours", "a~b", ".", "/", "it's\udcff", "日本"])
def test_any_other_name_stays_as_it_is(typed):
    assert typed_path(typed) == Path(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is no name"),
        (" ", "is no name"),
        ("a\x00b", r"'a\\x00b' holds a character"),
        ("~nobody-knows-them/x", r"nobody knows.*\./~nobody"),
        ("x" * 300, "longer than a name.*"),
        ("a/" + "日" * 100, "longer than a name"),
        ("a/" * 5000, "longer than a name"),
        ("round", "round in a circle"),
        ("round/x", "round in a circle"),
        ("nowhere", "leads nowhere"),
    ],
)
def test_what_no_file_can_be_called_is_refused_in_one_line(typed, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a").mkdir()
    Path("round").symlink_to("round")
    Path("nowhere").symlink_to("gone")
    with pytest.raises(OutsourcingKitError, match=why) as caught:
        typed_path(typed)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300
