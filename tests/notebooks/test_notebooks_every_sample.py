"""Every lesson on every sample engagement: as short and as plain as it is stored."""

from __future__ import annotations

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("papermill", reason="the extra `course` is not installed")

from lesson_limits import OFF_THE_MAIN_PATH, SEEN, seen_of  # noqa: E402

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
