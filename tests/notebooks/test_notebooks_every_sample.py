"""Every lesson on every sample engagement: as short and as plain as it is stored."""

from __future__ import annotations

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("papermill", reason="the extra `course` is not installed")

from lesson_limits import OFF_THE_MAIN_PATH, SEEN, seen_of, shown  # noqa: E402

from outsourcing_kit import Engagement  # noqa: E402
from outsourcing_kit.course.lessons import find_lessons  # noqa: E402
from outsourcing_kit.course.running import run  # noqa: E402
from outsourcing_kit.simulation.samples import SAMPLES  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every sample")]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Every executed lesson, by the names of lesson and sample."""
    folder = tmp_path_factory.mktemp("every") / "out"
    result = run(out=folder, progress=False)
    assert not result.failed
    return {f"{path.parent.name} {path.stem}": nbformat.read(path, as_version=4) for path in folder.rglob("*.ipynb")}


def test_all_were_run(executed):
    assert len(executed) == len(find_lessons()) * len(SAMPLES)


def test_no_main_path_shows_more_than_its_limits(executed):
    beyond = {}
    for name, notebook in executed.items():
        main = [cell for cell in notebook.cells if not set(cell.metadata.get("tags", [])) & OFF_THE_MAIN_PATH]
        over = {what: count for what, count in seen_of(main).items() if count > SEEN[what]}
        if over:
            beyond[name] = over
    assert beyond == {}


LACKING = {
    "people alone": lambda name: name == "people",
    "nobody known": lambda name: name not in ("people", "attendance"),
    "a few tables": lambda name: name in ("people", "work", "messages", "meetings"),
}


@pytest.mark.parametrize("kept", LACKING.values(), ids=LACKING)
def test_a_lesson_without_its_tables_stays_readable_and_says_what_it_lacks(kept, tmp_path):
    whole = Engagement.load("steady")
    bare = Engagement(whole.settings, {name: table for name, table in whole.tables.items() if kept(name)})
    folder = bare.save(tmp_path / "bare")
    result = run(engagements=[str(folder)], out=tmp_path / "out", progress=False)
    assert not result.failed
    for lesson in find_lessons()[1:6]:
        notebook = nbformat.read(tmp_path / "out" / "bare" / f"{lesson.stem}.ipynb", as_version=4)
        text = " ".join(shown(output) for cell in notebook.cells for output in cell.get("outputs", []))
        assert "nan" not in text.lower().split() and "inf" not in text.lower().split()
        if kept is LACKING["people alone"]:
            assert "not assessed" in text and "needs table" in text
