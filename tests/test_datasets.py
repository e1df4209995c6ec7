"""The sample engagements are what the code makes, to the byte, and small."""

from __future__ import annotations

import json

import pytest

from outsourcing_kit import recognition
from outsourcing_kit.engagement import Engagement, check_folder
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.simulation import SAMPLES, planted_truth, sample, write_sample

NO_MEAN_OF_PEOPLE = ("expectations.within_one_point", "recognition.gap_to_in_house", "recognition.never_thanked")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_made_again_byte_for_byte(project, tmp_path, name):
    stored = {path.name: path.read_bytes() for path in (project / "datasets" / name).iterdir()}
    made = {path.name: path.read_bytes() for path in write_sample(name, tmp_path / name).iterdir()}
    assert sorted(stored) == sorted(made)
    assert [file for file in made if made[file] != stored[file]] == []


def test_the_folder_holds_the_six_samples_and_the_exports_and_they_are_small(project):
    assert set(sample_engagements()) == set(SAMPLES)
    assert {path.name for path in (project / "datasets").iterdir() if path.is_dir()} == {*SAMPLES, "exports"}
    assert sum(path.stat().st_size for path in (project / "datasets").glob("*/*")) < 650_000


def test_each_mistake_has_one_sample_and_one_is_the_control():
    assert sorted(str(recipe.mistake) for recipe in SAMPLES.values()) == sorted([*MISTAKES, "None"])
    names = [name for recipe in SAMPLES.values() for name in (recipe.client, recipe.provider)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_valid_and_its_data_sheet_says_what_is_in_it(project, name):
    folder = project / "datasets" / name
    assert check_folder(folder) == ()
    engagement, recipe = Engagement.load(folder), SAMPLES[name]
    assert engagement.name == name and engagement.settings.client == recipe.client
    truth, planted = json.loads((folder / "truth.json").read_text()), planted_truth(recipe.mistake, 1.0)
    # Beside what was planted stands what the draws made of it: who was never thanked, and shares of these very people.
    drawn = "recognition.never_thanked"
    assert {key for key in truth if key.startswith("team.")} == {
        f"team.{item.key}" for item in HEADLINES if item.counted_in == "people" and item.key not in NO_MEAN_OF_PEOPLE
    }
    own = {key: value for key, value in truth.items() if not key.startswith("team.") and key != drawn}
    assert own == {key: value for key, value in planted.items() if key != drawn}
    assert truth[drawn] == recognition.assess(engagement).measure(drawn).estimate
    sheet = (folder / "README.md").read_text(encoding="utf-8")
    for item in HEADLINES:
        planted = " planted |" if item.mistake == recipe.mistake else " |"
        row = f"| `{item.key}` | {item.name} | {engagement.truth[item.key]:g} | {item.limit:g} |{planted}\n"
        assert row in sheet
    for table, frame in engagement.tables.items():
        assert f"| `{table}` | {len(frame)} |\n" in sheet
    assert recipe.call in sheet and "CC BY 4.0" in sheet


def test_an_unknown_sample_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'thankless'"):
        sample("thankles")
