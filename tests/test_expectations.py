"""The finding on mistake 4: verdicts, what is not assessed, what to do next."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.settling import TALK
from outsourcing_kit.stats import pair_mean
from outsourcing_kit.verdicts import CONFIDENCE, SURE
from tests.made import people

SETTINGS = {"time_zone": "UTC", "observed_to": dt.date(2026, 3, 31)}


def folk(a_side):
    clients, providers = (tuple(f"{letter}{i}" for i in range(a_side)) for letter in "cv")
    return people(*clients, provider=providers, time_zone="UTC", workday_start="09:00", workday_end="17:00")


def rating(name, value, item="invoices in two days"):
    return {"expectation": item, "aspect": "met", "person": name, "rating": value, "asked_on": "2026-02-02"}


def asked(number, by, to, hours=None):
    """A question on Tuesday 13 January at 9, and its answer so many hours later on the same day."""
    names = ("message", "thread", "sender", "recipient", "reply_to", "needs_answer", "sent")
    rows = [(f"q{number}", f"t{number}", by, to, "", "yes", "2026-01-13T09:00:00+00:00")]
    if hours is not None:
        sent = f"2026-01-13T{9 + hours:02d}:00:00+00:00"
        rows.append((f"a{number}", f"t{number}", to, by, f"q{number}", "no", sent))
    return [dict(zip(names, row, strict=True)) for row in rows]


def proposal(number, by, answered=True):
    return {
        "proposal": f"s{number}", "raised_by": by, "raised": f"2026-01-{number % 20 + 1:02d}T09:00:00+00:00",
        "answered": f"2026-01-{number % 20 + 4:02d}T09:00:00+00:00" if answered else "", "outcome": "",
    }  # fmt: skip


@pytest.fixture
def good(make_engagement):
    """Eight a side who agree on everything, answer everything, hear everything."""
    return make_engagement(
        SETTINGS,
        people=folk(8),
        expectations=[rating(name, 4, item) for name in folk(8)["person"] for item in ("one", "two")],
        messages=[row for i in range(80) for row in asked(i, f"c{i % 8}", f"v{(i * 3) % 8}", hours=1)],
        proposals=[proposal(i, f"v{i % 8}") for i in range(40)],
    )


@pytest.fixture
def bad(make_engagement):
    """Eight a side, three points apart, one question in four answered, one proposal in four."""
    rate = {"c": 5, "v": 2}
    hours = [1 if i % 32 < 8 else None for i in range(80)]
    return make_engagement(
        SETTINGS,
        people=folk(8),
        expectations=[rating(name, rate[name[0]] - i % 2) for i, name in enumerate(folk(8)["person"])],
        messages=[row for i in range(80) for row in asked(i, f"c{i % 8}", f"v{i % 8}", hours=hours[i])],
        proposals=[proposal(i, f"v{i % 8}", answered=i % 32 < 8) for i in range(64)],
    )


def test_a_good_engagement_by_hand(good):
    finding = expectations.assess(good)
    # All person means are 1: exact, of so many rows of these 8 people.
    assert [m.estimate for m in finding.headlines] == [1.0, 1.0, 1.0]
    assert [m.n for m in finding.headlines] == [16, 8, 8]
    assert finding.measure("answered_in_time").low == pytest.approx(0.05 ** (1 / 80))
    assert finding.measure("proposals_answered").low == pytest.approx(0.05 ** (1 / 40))
    assert [m.verdict for m in finding.headlines] == ["fine"] * 3
    assert finding.verdict == "fine" and len(finding.actions) == 1
    stricter = expectations.assess(good, limits={"within_one_point": 0.99, "answered_in_time": 0.99})
    assert stricter.verdict == "cannot tell" and stricter.headlines[0].limit_source == "yours"
    # Where only a talk would settle it the headlines say so, and the actions do not repeat it.
    assert [m.settled_by.startswith(TALK) for m in stricter.headlines] == [True, True, False]
    assert not any("What would settle" in action for action in stricter.actions)


def test_a_bad_engagement_is_a_problem_with_actions_on_what_is_wrong(bad):
    finding = expectations.assess(bad)
    assert finding.verdict == "problem"
    # Ratings: clients 5 and 4, providers 2 and 1: two points apart at the least, so 0 of 64 pairs.
    assert finding.headlines[0].estimate == 0.0
    # 80 questions: 0-7, 32-39, 64-71 answered, so 3 of each addressed person's 10; proposals 16 of 64, 2 of each 8.
    assert finding.headlines[1].estimate == pytest.approx(0.3)
    assert finding.headlines[2].estimate == pytest.approx(0.25)
    assert "invoices in two days" in finding.actions[0]
    assert "4.5 of 5" in finding.actions[0] and "1.5" in finding.actions[0]
    assert finding.actions[1].startswith("56 questions ") and "q10" in finding.actions[1]
    assert finding.actions[2].startswith("48 proposals ")
    assert finding.measure("unanswered").estimate == pytest.approx(0.7)
    assert finding.measure("more_than_half_wait").explain() == "More than half of the questions still wait: yes."
    assert any("More than half of the questions have no answer yet" in note for note in finding.assumptions)


def test_headlines_are_the_results_of_the_public_functions(bad):
    finding = expectations.assess(bad)
    now = bad.settings.end
    for key, result in (
        ("within_one_point", expectations.pair_agreement(bad.expectations, bad.people)),
        ("answered_in_time", expectations.answer_times(bad.messages, bad.people, now)),
        ("proposals_answered", expectations.proposal_answers(bad.proposals, bad.people, now)),
    ):
        measure = finding.measure(key)
        assert measure.estimate == result.estimate.estimate
        # Where more is better the low end proves it fine, at 95%; the high end a problem, with its share of the error.
        assert measure.low == result.estimate.interval(CONFIDENCE)[0]
        problem = result.estimate.interval(1 - 2 * (SURE - measure.confidence))
        assert measure.high == pytest.approx(problem[1], abs=1e-12)


def test_pairs_are_crossed_people_not_independent_rows(make_engagement):
    rng = np.random.default_rng(4)
    rows = [rating(name, int(rng.integers(1, 6)), f"e{i}") for name in folk(6)["person"] for i in range(5)]
    engagement = make_engagement(SETTINGS, people=folk(6), expectations=rows)
    wide = pd.DataFrame(rows).pivot(index="expectation", columns="person", values="rating")
    close, client, provider = [], [], []
    for item in wide.index:
        for one in range(6):
            for other in range(6):
                close.append(float(abs(wide.loc[item, f"c{one}"] - wide.loc[item, f"v{other}"]) <= 1))
                client.append(one)
                provider.append(other)
    expected = pair_mean(close, client, provider, bounds=(0, 1))
    measure = expectations.assess(engagement).headlines[0]
    assert measure.estimate == pytest.approx(np.mean(close))
    assert (measure.low, measure.high) == pytest.approx(expected.interval(measure.confidence))
    assert measure.n == 12


def test_other_windows_change_the_name_too(bad):
    finding = expectations.assess(bad, answer_hours=0.5, proposal_days=2)
    assert finding.headlines[1].name == "questions answered within 0.5 shared hours"
    assert finding.headlines[2].name == "proposals answered within 2 days"
    assert finding.headlines[1].estimate == finding.headlines[2].estimate == 0.0


def test_evidence_names_no_person(bad):
    finding = expectations.assess(bad)
    parts = {"question": 80, "proposal": 64, "expectation": 1, "pairs": 4}
    assert finding.evidence["about"].value_counts().to_dict() == parts
    names = set(bad.people["person"])
    assert not {"person", "sender", "recipient", "raised_by"} & set(finding.evidence.columns)
    assert not any(names & set(finding.evidence[column].dropna().astype(str)) for column in finding.evidence)


def test_a_help_desk_log_alone_gives_three_not_assessed_and_its_throughput(make_engagement):
    engagement = make_engagement(
        SETTINGS,
        events=[
            {"case": "a", "activity": "open", "happened_at": "2026-01-01T00:00:00+00:00"},
            {"case": "a", "activity": "close", "happened_at": "2026-01-03T00:00:00+00:00"},
            {"case": "b", "activity": "open", "happened_at": "2026-01-01T00:00:00+00:00"},
        ],
    )
    finding = expectations.assess(engagement)
    assert finding.verdict == "not assessed"
    assert [m.settled_by for m in finding.headlines] == [
        "needs table expectations", "needs table messages", "needs table proposals",
    ]  # fmt: skip
    shown = {m.key.partition(".")[2]: (m.estimate, m.n) for m in finding.supporting}
    assert shown == {"mean_days": (1.0, 2), "median_days": (1.0, 2), "events_per_case": (1.5, 2)}
    assert len(finding.actions) == 3
    assert len(finding.evidence) == 0


def test_ratings_alone_assess_one_measure(make_engagement):
    ratings = [rating(name, 4) for name in folk(6)["person"]]
    finding = expectations.assess(make_engagement(SETTINGS, people=folk(6), expectations=ratings))
    assert [m.verdict for m in finding.headlines] == ["cannot tell", "not assessed", "not assessed"]
    assert finding.verdict == "cannot tell"


def test_tables_without_people_say_so(make_engagement):
    engagement = make_engagement(SETTINGS, people=folk(2), expectations=[rating("c0", 4), rating("v0", 4)],
                                 messages=asked(1, "c0", "v0", 1), proposals=[proposal(1, "v0")])  # fmt: skip
    bare = type(engagement)(engagement.settings, {k: v for k, v in engagement.tables.items() if k != "people"})
    assert {m.settled_by for m in expectations.assess(bare).headlines} == {"needs table people"}
    alone = type(engagement)(
        engagement.settings, {**engagement.tables, "people": engagement.people[engagement.people["side"] == "client"]}
    )
    assert expectations.assess(alone).verdict == "not assessed"


def test_one_person_a_side_cannot_tell(make_engagement):
    finding = expectations.assess(
        make_engagement(
            SETTINGS,
            people=folk(1),
            expectations=[rating("c0", 1), rating("v0", 5)],
            messages=asked(1, "c0", "v0"),
            proposals=[proposal(1, "v0", answered=False)],
        )
    )
    assert {m.answer for m in finding.headlines} == {"cannot tell"}
    # Told in counts, of all that there are.
    assert [m.counts for m in finding.headlines] == ["0 of 1 pair", "0 of 1 question", "0 of 1 proposal"]
    # With an owner alone on one side it is the other side's people that are counted.
    assert [m.whole for m in finding.headlines] == [False, True, True]
    assert [bool(m.show_interval()) for m in finding.headlines] == [True, False, False]
    # None of one: log .01 / log(1 − limit) times the records, 3.8, 2.9 and 5.0; up to three times can be had.
    assert [m.settled_by.startswith(TALK) for m in finding.headlines] == [True, False, True]
    assert finding.headlines[1].settled_by.startswith("more months of questions")


@pytest.mark.parametrize(("late", "answer"), [(0, "fine"), (36, "problem")])
def test_a_whole_small_team_is_told_in_counts_and_judged_by_the_rule(make_engagement, late, answer):
    """Three a side, twelve questions and twelve proposals for each, the first few of all without an answer."""
    n = 36
    finding = expectations.assess(
        make_engagement(
            SETTINGS,
            people=folk(3),
            messages=[
                row for i in range(n) for row in asked(i, f"c{i % 3}", f"v{i % 3}", hours=None if i < late else 1)
            ],
            proposals=[proposal(i, f"v{i % 3}", answered=i >= late) for i in range(n)],
        )
    )
    pairs, *headlines = finding.headlines
    for measure, worth, what in zip(headlines, (n, n), ("questions", "proposals"), strict=True):
        assert (measure.whole, measure.show_interval(), measure.answer) == (True, "", answer)
        assert measure.counts == f"{n - late} of {n} {what}"
        assert f"({measure.counts}, that is all of them)" in measure.explain()
        if answer == "fine":
            assert measure.low == pytest.approx(0.05 ** (1 / worth))
        else:
            # Both look alike: half of the error each; and a fifth of it, as a team may lie below such teams.
            assert measure.high == pytest.approx(1 - (0.05 / 2 / 5) ** (1 / worth))
    # A headline that is needed and lacks its table leaves the finding open, never fine.
    assert pairs.verdict == "not assessed" and pairs.needed
    assert finding.verdict == finding.gate_verdict == ("problem" if late else "cannot tell")


def test_what_was_left_out_is_counted(make_engagement):
    late = [
        {**row, "sent": row["sent"].replace("01-13", "03-31").replace("T09", "T16")} for row in asked(2, "c0", "v0")
    ]
    young = {**proposal(2, "v0", answered=False), "raised": "2026-03-25T09:00:00+00:00"}
    finding = expectations.assess(
        make_engagement(
            SETTINGS,
            people=folk(2),
            expectations=[rating("c0", 4), rating("v0", 4), rating("v0", 4, "only the provider rated this")],
            messages=[*asked(1, "c0", "v0", 2), *late],
            proposals=[proposal(1, "v0"), young],
        )
    )
    notes = " ".join(finding.assumptions)
    assert "1 expectation rated by one side only" in notes
    assert "1 question left out" in notes
    assert "1 proposal left out" in notes


def test_vague_requests_are_a_share_of_the_requests_with_text(make_engagement):
    texts = ("Send some rows soon", "Send report 7 to Ann", "")
    work = [{"item": f"w{n}", "text": text} for n, text in enumerate(texts)]
    measure = expectations.assess(make_engagement(SETTINGS, people=folk(1), work=work)).measure("vague_requests")
    assert (measure.estimate, measure.n) == (0.5, 2)


def test_a_misspelt_limit_is_refused(good):
    with pytest.raises(UnknownNameError, match="answered_in_time"):
        expectations.assess(good, limits={"answered_intime": 0.5})


def test_only_late_proposals_wait_and_a_day_is_one_day(make_engagement):
    def told(days, *open_since):
        """Advice on two answered ones and open ones by their day of March; the records end with 31 March."""
        late = [{**proposal(i, f"v{i}", answered=False), "raised": f"2026-03-{day}T09:00:00+00:00"}
                for i, day in enumerate(open_since)]  # fmt: skip
        engagement = make_engagement(
            SETTINGS, people=folk(8), proposals=[*late, proposal(10, "v5"), proposal(11, "v5")]
        )
        return " ".join(expectations.assess(engagement, proposal_days=days).actions)

    # Open since 30 March 9:00: a day and 15 hours at the end of 31 March.
    assert "1 proposal has waited too long (oldest: s0, 1 day)" in told(1, "30")
    assert "waited" not in told(14, "30") and "every two weeks" in told(14, "30")
    assert "2 proposals have waited" in told(1, "01", "30")
    assert "1 proposal has waited" in told(14, "01", "30") and "30 days" in told(14, "01", "30")


def test_an_endless_median_is_said_in_words(bad):
    assert "without upper bound" not in repr(expectations.assess(bad))


def test_what_counting_every_row_alike_would_give(make_engagement):
    # v0 answers one of one, v1 none of four: people's shares 50%, questions 1 of 5. Proposals likewise.
    messages = asked(0, "c0", "v0", hours=1) + [row for i in range(1, 5) for row in asked(i, "c0", "v1")]
    raised = [proposal(0, "v0"), *(proposal(i, "v1", answered=False) for i in range(1, 5))]
    # c0 and v0 rate one thing alike; c0 and v1 two things apart and one alike: pairs (1 + 1/3)/2, rows 2 of 4.
    marks = [("c0", 5, "a"), ("v0", 5, "a"), ("v1", 1, "a"), ("c0", 5, "b"), ("v1", 1, "b"), ("c0", 5, "c"),
             ("v1", 5, "c")]  # fmt: skip
    ratings = [rating(*mark) for mark in marks]
    engagement = make_engagement(SETTINGS, people=folk(2), messages=messages, proposals=raised, expectations=ratings)
    said = " ".join(expectations.assess(engagement).assumptions)
    for row, share in (("question", 20), ("proposal", 20), ("rating", 50)):
        assert f"counting every {row} alike it is {share}%." in said


def test_same_counts_need_no_remark(good):
    assert not [line for line in expectations.assess(good).assumptions if "counts alike" in line]
