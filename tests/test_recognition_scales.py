"""The same answer counts alike on every scale, the same name alike on every machine; blanks are counted and said."""

from __future__ import annotations

import datetime as dt
import unicodedata

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import recognition
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.recognition import feel_needed, recognised_months

NOW = pd.Timestamp("2026-07-01", tz="UTC")
MARCH = pd.Timestamp("2026-03-02", tz="UTC")
BOXES = [5, 4, 4, 4, 5, 4, 3, 4, 5, 4]  # of 1 to 5: nine of ten agree


def pulse(scores: list[float], top: object = 5, **more: object) -> pd.DataFrame:
    frame = pd.DataFrame({"respondent": [f"r{n}" for n in range(len(scores))], "score": scores, "scale_max": top})
    return frame.assign(**{"side": "provider", "question": "I feel needed", **more})


def assessed(**tables: pd.DataFrame):
    settings = Settings("made", "we", "they", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    return recognition.assess(Engagement(settings, tables))


# --- scales ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [(1, 5), (0, 4), (-2, 2), (0, 1), (0, 100), (2, 10)])
def test_the_same_boxes_give_the_same_share_on_any_scale(low, high):
    scores = [low + (box - 1) * (high - low) / 4 for box in BOXES]
    needed = feel_needed(pulse(scores, high, scale_min=low))
    assert (needed.estimate.estimate, needed.unsaid, needed.said) == (0.9, 0, ())


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
    assert any("beginning at 1" in said for said in needed.said) is bool(unsaid)


def test_a_scale_that_nobody_described_decides_no_verdict():
    scores = [box - 1 for box in BOXES] * 6
    open_, zero, one = (assessed(pulse=pulse(scores, 4, **more)) for more in ({}, {"scale_min": 0}, {"scale_min": 1}))
    measures = [finding.measure("feel_needed") for finding in (open_, zero, one)]
    assert [measure.verdict for measure in measures] == ["cannot tell", "fine", "problem"]
    assert measures[0].settled_by.startswith("say where the scale begins (column pulse.scale_min)")
    assert measures[0].low == measures[2].low and measures[0].high == measures[1].high


def test_rounds_may_have_scales_of_their_own():
    both = pd.concat(
        [pulse(BOXES, 5), pulse([box - 1 for box in BOXES], 4, scale_min=0), pulse([0, 10, 10, 10, 10], 10)]
    )
    # Each person's answers: the fifteen rounds of r0 to r4, of whom r0 answered 0 of 10.
    assert feel_needed(both).estimate.estimate == pytest.approx(np.mean([2 / 3, 1, 1, 1, 1, 1, 0, 1, 1, 1]))
    assert feel_needed(both).estimate.n == 10


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA])
def test_blanks_and_answers_off_their_scale_are_left_out_and_counted(blank):
    rows = pulse([*BOXES, blank, 9, -3, 1], [5.0] * 13 + [blank])
    needed = feel_needed(rows)
    assert (needed.answers, needed.estimate.estimate) == (10, 0.9)
    assert "2 answers left out: the score, its scale, the side or who is blank." in needed.said
    assert "2 answers left out: outside their scale." in needed.said


# --- words and names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [" I feel needed.", "i FEEL\N{NO-BREAK SPACE}needed", "I feel needed!"])
def test_the_question_however_it_was_typed(asked):
    assert feel_needed(pulse(BOXES, question=asked)).answers == 10


@pytest.mark.parametrize("asked", ["Do you feel needed?", "I fel needed", "I feel needed here"])
def test_a_question_that_may_be_the_same_is_named(asked):
    needed = feel_needed(pulse(BOXES, question=asked))
    assert needed.estimate is None and "are not counted: write 'I feel needed'" in " ".join(needed.said)
    assert "are not counted" in " ".join(assessed(pulse=pulse(BOXES, question=asked)).assumptions)


def records(people: int = 6, thanked: int = 6, giver: object = "boss") -> dict[str, pd.DataFrame]:
    """As many people a side, one good report each; of the provider's so many were thanked, in-house all by the boss."""
    who = [f"{side}{number}" for side in "cp" for number in range(people)]
    work = pd.DataFrame({"item": [f"w{name}" for name in who], "person": who, "kind": "report", "delivered": MARCH})
    work = work.assign(accepted=MARCH, due=pd.NaT, reopened_at=pd.NaT)
    seen = [f"c{number}" for number in range(people)] + [f"p{number}" for number in range(thanked)]
    acts = pd.DataFrame({"given_at": MARCH + pd.Timedelta(days=1), "receiver": seen, "kind": "thanks", "item": None})
    acts["giver"] = ["boss" if name[0] == "c" else giver for name in seen]
    side = ["client" if name[0] == "c" else "provider" for name in who]
    return {"people": pd.DataFrame({"person": who, "side": side}), "work": work, "recognition": acts}


@pytest.mark.parametrize("typed", ["Zoë", unicodedata.normalize("NFD", "Zoë"), "Zoë\N{NO-BREAK SPACE}", " Zoë"])
def test_names_and_items_are_the_same_however_they_were_typed(typed):
    made = records()
    made["people"] = made["people"].replace("p0", "Zoë")
    made["work"] = made["work"].replace("p0", typed).assign(item=lambda frame: frame["item"].replace("wp0", "Zoë"))
    made["recognition"] = made["recognition"].replace("p0", typed)
    made["recognition"]["item"] = np.where(made["recognition"]["receiver"] == typed, typed, None)
    months = recognised_months(made["work"], made["recognition"], made["people"], NOW)
    assert (len(months.person_months), int(months.person_months["seen"].sum())) == (12, 12)
    own = made["recognition"].assign(giver=lambda frame: frame["receiver"].replace(typed, "Zoë"))
    assert recognised_months(made["work"], own, made["people"], NOW).self_given == 12


@pytest.mark.parametrize("blank", [None, np.nan, "", " "])
def test_acts_without_a_giver_decide_no_verdict(blank):
    limits = {"good_work_seen": 0.4}
    settings = Settings("made", "we", "they", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    named, nameless = (
        recognition.assess(Engagement(settings, records(giver=giver)), limits=limits) for giver in ("boss", blank)
    )
    assert named.measure("good_work_seen").verdict == "fine"
    measure = nameless.measure("good_work_seen")
    assert (measure.estimate, measure.verdict) == (1.0, "cannot tell") and measure.low < 0.1
    assert measure.settled_by.startswith("say who gave the acts that name nobody")
    assert nameless.measure("gap_to_in_house").high > named.measure("gap_to_in_house").high
    assert "Acts without a giver, taken as given by somebody else (the intervals hold without them too): 6." in (
        nameless.assumptions
    )


def test_what_cannot_be_placed_is_counted():
    made = records()
    made["people"]["side"] = made["people"]["side"].where(made["people"]["person"] != "p0")
    made["recognition"].loc[0, "given_at"] = pd.NaT
    made["recognition"].loc[1, "receiver"] = None
    months = recognised_months(made["work"], made["recognition"], made["people"], NOW)
    assert (months.unplaced, months.undated) == (1, 2)
    said = " ".join(assessed(**made).assumptions)
    assert (
        "no day or no receiver on record: 2." in said
        and "Good items left out, by people whose side is blank: 1." in said
    )


def test_work_of_no_kind_is_good_work_and_compared_with_nothing():
    made = records()
    blank = recognised_months(made["work"].assign(kind=None), made["recognition"], made["people"], NOW)
    assert len(blank.person_months) == 12 and blank.table["kind"].tolist() == ["kind not on record"] * 2
    assert "of the same kind" in recognition.recognition_gap(blank).missing


@pytest.mark.parametrize("table", ["work", "recognition"])
def test_times_without_an_offset_are_refused(table):
    made = records()
    column = "delivered" if table == "work" else "given_at"
    made[table][column] = made[table][column].dt.tz_localize(None)
    with pytest.raises(OutsourcingKitError, match=rf"{column} has no UTC offset"):
        recognised_months(made["work"], made["recognition"], made["people"], NOW)
