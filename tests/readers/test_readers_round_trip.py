"""An engagement that goes out into the tools' formats comes back as it was, and its planted mistake with it."""

from __future__ import annotations

import pytest
from exporting import names_of, write
from imports import answering

from outsourcing_kit import Engagement, expectations, kickoff, recognition, simulate
from outsourcing_kit.readers.importing import MOST_QUESTIONS, plan_import


@pytest.fixture(scope="module")
def there():
    return simulate("recognition", people=6, months=4, seed=3)


@pytest.fixture(scope="module")
def back(there, tmp_path_factory):
    place = tmp_path_factory.mktemp("round")
    names = names_of(there)
    ours = [names[row.person] for row in there.people.itertuples() if row.side == "client"]
    kickoffs = there.meetings[there.meetings["kind"] == "kickoff"]["starts"]
    answers = {
        "ours": ours, "client_zone": there.settings.time_zone, "provider_zone": "Manila", "side": "provider",
        "kickoff": f"{kickoffs.iloc[0]:%Y-%m-%d %H:%M}", "kind": "how we work: a quiz with right answers",
    }  # fmt: skip
    plan = plan_import(place / "ours", write(place / "exports", there), prompt=answering(**answers), keep_names=True)
    assert len(plan.asked) <= MOST_QUESTIONS
    plan.write()
    return Engagement.load(place / "ours")


def test_everything_comes_back(there, back):
    work = there.time_entries[there.time_entries["person"].map(there.side_of()) == "provider"]
    assert len(back.time_entries) == len(work)
    assert len(back.meetings) == len(there.meetings)
    assert len(back.attendance) == len(there.attendance)
    last = there.expectations["asked_on"] == there.expectations["asked_on"].max()
    assert len(back.expectations) == last.sum()
    assert len(back.quiz) == len(there.quiz)
    assert len(back.pulse) == (there.pulse["asked_on"] == there.pulse["asked_on"].max()).sum()
    given = there.recognition["giver"].notna()
    assert len(back.messages) == len(there.messages) + given.sum()
    assert len(back.recognition) == given.sum()


def test_moments_come_back_to_the_second(there, back):
    for table, column in (("time_entries", "started"), ("meetings", "starts"), ("messages", "sent")):
        sent = set(getattr(there, table)[column].dt.floor("s"))
        assert sent & set(getattr(back, table)[column].dt.floor("s"))
    assert set(back.meetings["starts"]) == set(there.meetings["starts"])


def test_the_same_questions_have_the_same_answers(there, back):
    for assess, key in (
        (expectations.assess, "within_one_point"),
        (kickoff.assess, "before_work"),
        (recognition.assess, "feel_needed"),
    ):
        first, again = (assess(engagement).measure(key) for engagement in (there, back))
        if assess is not kickoff.assess:
            assert again.verdict == first.verdict, key
            assert again.estimate == pytest.approx(first.estimate, nan_ok=True), key
        else:
            # A calendar knows who was asked and not who came: it cannot say that both sides were there.
            assert (first.verdict, again.verdict) == ("fine", "cannot tell")
