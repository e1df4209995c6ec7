"""Engagements of a run: where they are looked for, what a lesson is given, how they are shown."""

from __future__ import annotations

import pytest

from outsourcing_kit.course.engagements import select_engagements
from outsourcing_kit.engagement import new_engagement
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError


@pytest.fixture
def standing(tmp_path, monkeypatch, make_engagement):
    """The user stands in a folder with `ours`, and with a folder called like the sample `steady`."""
    make_engagement({"name": "the sample"}).save(tmp_path / "datasets" / "steady")
    (tmp_path / "here").mkdir()
    make_engagement({"name": "our own"}).save(tmp_path / "here" / "ours")
    make_engagement({"name": "a namesake"}).save(tmp_path / "here" / "steady")
    for module in ("resources", "engagement"):
        monkeypatch.setattr(f"outsourcing_kit.{module}.shared_folder", lambda name: tmp_path / name)
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def test_a_sample_is_passed_by_name_and_a_folder_by_its_full_path(standing):
    sample, folder, path = select_engagements(["steady", "./steady", "ours"])
    assert (sample.passed, sample.name, sample.label) == ("steady", "the sample", "steady")
    assert (folder.passed, folder.name) == (str(standing / "here" / "steady"), "a namesake")
    assert (folder.shown_as, folder.label) == ("./steady", "steady-2")
    assert (path.passed, path.shown_as, path.label) == (str(standing / "here" / "ours"), "ours", "ours")


def test_all_samples_by_default(standing):
    assert [each.shown_as for each in select_engagements([])] == ["steady"]


def test_the_same_folder_written_twice_is_one_engagement(standing):
    assert [each.shown_as for each in select_engagements(["./ours", "ours", "../here/ours", "./ours"])] == ["./ours"]


def test_the_problems_of_all_are_told_at_once(standing):
    (standing / "here" / "ours" / "peple.csv").write_text("person\n")
    with pytest.raises(BadDataError) as caught:
        select_engagements(["ours", "stedy", "./nowhere"])
    text = str(caught.value)
    assert "peple.csv" in text and "'steady'" in text and "./nowhere" in text


def test_a_single_trouble_keeps_its_kind(standing):
    with pytest.raises(OutsourcingKitError, match=r"no folder \./nowhere"):
        select_engagements(["./nowhere"])


def test_a_workbook_is_an_engagement_of_a_run(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the readers extra")
    pytest.importorskip("python_calamine", reason="workbooks need the readers extra")
    folder = tmp_path / "blank"
    new_engagement(folder, ["people"])
    book = openpyxl.load_workbook(folder / "engagement.xlsx")
    given = ("ours", "A", "B", "EUR", "Europe/Madrid", None, "2026-01-01", "2026-06-30")
    for row, value in enumerate(given, start=2):
        book["engagement"].cell(row, 2, value)
    book.save(tmp_path / "My records.XLSX")
    (selected,) = select_engagements([str(tmp_path / "My records.XLSX")])
    assert (selected.passed, selected.name) == (str((tmp_path / "My records.XLSX").resolve()), "ours")
    # Its results lie in a folder, which is called without the ending of a file.
    assert selected.label == "My-records"
