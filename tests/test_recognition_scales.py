"""The same answer counts alike on every scale, the same name alike on every machine; blanks are counted and said."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import recognition
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.finding import Finding
from outsourcing_kit.recognition import feel_needed, recognised_months
from tests.made import acts, deliveries, instant, people, unchecked

NOW, MARCH = instant("2026-07-01"), instant("2026-03-02")
BOXES = [5, 4, 4, 4, 5, 4, 3, 4, 5, 4]  # of 1 to 5: nine of ten agree


def pulse(scores: list[float], top: object = 5, **more: object) -> pd.DataFrame:
    frame = pd.DataFrame({"respondent": [f"r{n}" for n in range(len(scores))], "score": scores, "scale_max": top})
    return frame.assign(**{"side": "provider", "question": "I feel needed", **more})


def assessed(limits: dict[str, float] | None = None, **tables: pd.DataFrame) -> Finding:
    return recognition.assess(unchecked(**tables), limits=limits)


# --- scales ---------------------------------------------------------------------------------------------------------


def test_feel_needed_by_hand():
    # People's shares of answers at 4 and above: 1, 1/2, 0, 0, 1 -> mean .5 (answers would say 4 of 7).
    needed = feel_needed(pulse([5, 4, 3, 1, 2, 4, 4], respondent=list("abbcdee")))
    assert (needed.estimate.estimate, needed.respondents, needed.answers) == (0.5, 5, 7)
    assert needed.share_of_answers == pytest.approx(4 / 7)
    said = assessed(pulse=pulse([5, 4, 3, 1, 2, 4, 4], respondent=list("abbcdee"))).assumptions
    assert any("every answer alike it is 57%" in line for line in said)
    assert not [line for line in assessed(pulse=pulse([5] * 5)).assumptions if "counts alike" in line]


@pytest.mark.parametrize(
    ("score", "top", "good"), [(4, 5, 1), (3.99, 5, 0), (8, 10, 1), (5.6, 7, 1), (5, 7, 0), (80, 100, 1), (0, 5, 0)]
)
def test_three_quarters_of_the_way_up_any_scale(score, top, good):
    assert feel_needed(pulse([score] * 5, top)).estimate.estimate == good


@pytest.mark.parametrize(("low", "high"), [(1, 5), (0, 4), (-2, 2), (0, 1), (0, 100), (2, 10)])
def test_the_same_boxes_give_the_same_share_on_any_scale(low, high):
    scores = [low + (box - 1) * (high - low) / 4 for box in BOXES]
    needed = feel_needed(pulse(scores, high, scale_min=low))
    assert (needed.estimate.estimate, needed.unsaid, needed.notes) == (0.9, 0, ())


@pytest.mark.parametrize(
    ("scores", "top", "share", "unsaid"),
    [
        # A 0 shows where the scale begins, and so does a scale that ends at 1.
        ([0, *[box - 1 for box in BOXES]], 4, 9 / 11, 0),
        ([0, 1, 1, 1, 1], 1, 0.8, 0),
        ([1, 1, 1, 1, 1], 1, 1.0, 0),
        ([0.5, 3, 3, 3, 3], 4, 0.8, 0),
        # 3 of 4 is enough on 0 to 4, not on 1 to 4: only the writer knows.
        ([box - 1 for box in BOXES], 4, 0.3, 6),
        # 4 of 5, 8 of 10 and 6 of 7 are enough wherever the scale begins.
        (BOXES, 5, 0.9, 0),
        ([8, 9, 10, 7, 8], 10, 0.8, 0),
        ([6, 7, 6, 5, 6], 7, 0.8, 0),
    ],
)
def test_where_a_scale_begins_is_found_or_left_open(scores, top, share, unsaid):
    needed = feel_needed(pulse(scores, top))
    assert (needed.estimate.estimate, needed.unsaid) == (pytest.approx(share), unsaid)
    # Said only where it makes a difference.
    assert any("beginning at 1" in note for note in needed.notes) is bool(unsaid)


def test_a_scale_that_nobody_described_decides_no_verdict():
    scores = [box - 1 for box in BOXES] * 6
    open_, zero, one = (
        assessed(pulse=pulse(scores, 4, **more)).measure("feel_needed")
        for more in ({}, {"scale_min": 0}, {"scale_min": 1})
    )
    assert [measure.verdict for measure in (open_, zero, one)] == ["cannot tell", "fine", "problem"]
    assert open_.settled_by.startswith("say where the scale begins (column pulse.scale_min)")
    assert open_.low == one.low and open_.high == zero.high


def test_rounds_may_have_scales_of_their_own():
    zero = pulse([box - 1 for box in BOXES], 4, scale_min=0)
    both = pd.concat([pulse(BOXES, 5), zero, pulse([0, 10, 10, 10, 10], 10)])
    # Each person's answers: the fifteen rounds of r0 to r4, of whom r0 answered 0 of 10.
    assert feel_needed(both).estimate.estimate == pytest.approx(np.mean([2 / 3, 1, 1, 1, 1, 1, 0, 1, 1, 1]))
    assert feel_needed(both).estimate.n == 10


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA])
def test_blanks_and_answers_off_their_scale_are_left_out_and_counted(blank):
    needed = feel_needed(pulse([*BOXES, blank, 9, -3, 1], [5.0] * 13 + [blank]))
    assert (needed.answers, needed.estimate.estimate) == (10, 0.9)
    assert any(note.startswith("2 answers left out") and "blank" in note for note in needed.notes)
    assert "2 answers left out: outside their scale." in needed.notes


def test_fewer_than_five_respondents_would_be_recognisable():
    few = pulse([1, 2, 3, 4] * 4, respondent=list("abcd") * 4)
    needed = feel_needed(few)
    assert needed.estimate is None and needed.table.empty and (needed.respondents, needed.answers) == (4, 16)
    measure = assessed(pulse=few).measure("feel_needed")
    assert measure.verdict == "not assessed" and "recognisable" in measure.settled_by


# --- words and names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [" I feel needed.", "i FEEL\N{NO-BREAK SPACE}needed", "I feel needed!"])
def test_the_question_however_it_was_typed_and_the_side_that_was_asked_for(asked):
    others = [pulse([1] * 5, side="client"), pulse([1] * 5, question="I like the coffee")]
    both = pd.concat([pulse(BOXES, question=asked, side="Vendor"), *others])
    assert feel_needed(both).answers == feel_needed(both, side="vendor").answers == 10
    assert feel_needed(both, side="client").estimate.estimate == 0.0
    with pytest.raises(OutsourcingKitError, match="side"):
        feel_needed(both, side="provder")


@pytest.mark.parametrize("asked", ["Do you feel needed?", "I fel needed", "I feel needed here"])
def test_a_question_that_may_be_the_same_is_named(asked):
    needed = feel_needed(pulse(BOXES, question=asked))
    assert needed.estimate is None and "are not counted: write 'I feel needed'" in " ".join(needed.notes)
    assert "are not counted" in " ".join(assessed(pulse=pulse(BOXES, question=asked)).assumptions)


def records(giver: object = "boss", inside: object = "boss") -> dict[str, pd.DataFrame]:
    """Six people a side, one good report each, all of them thanked a day later; by these, in-house by those."""
    staff = people(*(f"c{n}" for n in range(6)), provider=tuple(f"p{n}" for n in range(6)))
    who = staff["person"].tolist()
    thanks = [{"given_at": MARCH + pd.Timedelta(days=1), "receiver": name} for name in who]
    return {
        "people": staff,
        "work": deliveries(*({"item": f"w{name}", "person": name, "delivered": MARCH} for name in who)),
        "recognition": acts(*thanks).assign(giver=[inside] * 6 + [giver] * 6),
    }


@pytest.mark.parametrize("typed", ["Zoë", unicodedata.normalize("NFD", "Zoë"), "Zoë\N{NO-BREAK SPACE}", " Zoë"])
def test_names_and_items_are_the_same_however_they_were_typed(typed):
    made = records()
    made["people"] = made["people"].replace("p0", "Zoë")
    made["work"] = made["work"].replace("p0", typed).replace("wp0", "Zoë")
    made["recognition"] = made["recognition"].replace("p0", typed)
    made["recognition"]["item"] = np.where(made["recognition"]["receiver"] == typed, typed, None)
    months = recognised_months(**made, now=NOW)
    assert (len(months.person_months), int(months.person_months["seen"].sum())) == (12, 12)
    made["recognition"]["giver"] = made["recognition"]["receiver"].replace(typed, "Zoë")
    assert recognised_months(**made, now=NOW).self_given == 12


@pytest.mark.parametrize("blank", [None, np.nan, "", " "])
def test_acts_without_a_giver_decide_no_verdict(blank):
    limits = {"good_work_seen": 0.4}
    named = assessed(limits, **records())
    assert named.measure("good_work_seen").verdict == "fine"
    # Whether or not anybody's act names its giver.
    for inside in ("boss", blank):
        unnamed = assessed(limits, **records(blank, inside))
        measure = unnamed.measure("good_work_seen")
        assert (measure.estimate, measure.verdict) == (1.0, "cannot tell") and measure.low < 0.1
        assert measure.settled_by.startswith("say who gave the acts that name nobody")
        assert unnamed.measure("gap_to_in_house").high > named.measure("gap_to_in_house").high
        count = 6 if inside == "boss" else 12
        assert any(line.startswith("Acts without") and f": {count}." in line for line in unnamed.assumptions)


def test_what_cannot_be_placed_is_counted():
    made = records()
    made["people"].loc[6, "side"] = None
    made["recognition"].loc[0, "given_at"] = pd.NaT
    made["recognition"].loc[1, "receiver"] = None
    months = recognised_months(**made, now=NOW)
    assert (months.unplaced, months.undated) == (1, 2)
    said = " ".join(assessed(**made).assumptions)
    assert "no day or no receiver on record: 2." in said and "people whose side is blank: 1." in said


def test_work_of_no_kind_is_good_work_and_compared_with_nothing():
    made = records()
    blank = recognised_months(**{**made, "work": made["work"].assign(kind=None)}, now=NOW)
    assert len(blank.person_months) == 12 and blank.table["kind"].tolist() == ["kind not on record"] * 2
    assert "of the same kind" in recognition.recognition_gap(blank).missing


@pytest.mark.parametrize(("table", "column"), [("work", "delivered"), ("recognition", "given_at")])
def test_times_without_an_offset_are_refused(table, column):
    made = records()
    made[table][column] = made[table][column].dt.tz_localize(None)
    with pytest.raises(OutsourcingKitError, match=rf"column {column}: .*UTC offset"):
        recognised_months(**made, now=NOW)
