"""Slack's export: who asked whom, what answered it, and what nobody can tell from it."""

from __future__ import annotations

import json
import zipfile

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit import Engagement, expectations
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

USERS = [
    {"id": "C1", "name": "ines", "profile": {"real_name": "Ines Abara"}, "tz": "America/Chicago"},
    {"id": "P1", "name": "joy", "profile": {"real_name": "Joy Reyes"}, "tz": "Asia/Manila"},
    {"id": "P2", "name": "mark", "profile": {"real_name": "Mark Dizon"}, "tz": "Asia/Manila"},
]
START = 1_772_409_600  # 2 March 2026, 0:00 in UTC


def export(folder, *said, channel="desk", **files):
    """An export in which these were said, an hour after each other: (user, text) or (user, text, more)."""
    (folder / channel).mkdir(parents=True, exist_ok=True)
    (folder / "users.json").write_text(json.dumps(USERS))
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    messages = [
        {"type": "message", "user": who, "text": text, "ts": f"{START + 3600 * n}.000100"} | (more[0] if more else {})
        for n, (who, text, *more) in enumerate(said, start=1)
    ]
    (folder / channel / "2026-03-02.json").write_text(json.dumps(messages))
    return folder


def in_thread_of(n):
    return {"thread_ts": f"{START + 3600 * n}.000100"}


def flags(plan):
    return [row.get("needs_answer") for row in rows(plan, "messages")]


def test_the_sample(imported):
    plan = imported("slack")
    messages = rows(plan, "messages")
    assert [(row["sender"], row["sent"][11:16]) for row in messages] == [
        ("p02", "13:05"), ("p01", "14:20"), ("p03", "15:00"), ("p03", "15:10"), ("p01", "22:40"), ("p01", "22:41"),
    ]  # fmt: skip
    # Joy's question is answered in its thread after 75 minutes; a mark inside a link asks nothing.
    assert (messages[1]["reply_to"], messages[0]["needs_answer"]) == (messages[0]["message"], "yes")
    # To nobody, and rhetorical: both readings.
    assert flags(plan) == ["yes", "no", "no", None, "no", None]
    thanks = [(row["giver"], row["receiver"], row["kind"], row["given_at"][11:16]) for row in rows(plan, "recognition")]
    assert thanks == [
        ("p01", "p03", "reaction", "15:00"), ("p02", "p03", "reaction", "15:00"), ("p01", "p03", "thanks", "22:40"),
    ]  # fmt: skip
    assert left_out(plan) == {"messages of machines, joins and the like": 2}
    assert [row["time_zone"] for row in rows(plan, "people")] == ["America/Chicago", "Asia/Manila", "Asia/Manila"]
    # Zones and names are in the file: only the side is asked.
    assert {question.key for question in plan.asked} == {"ours"}


def test_a_zip_gives_the_same(tmp_path, imported):
    with zipfile.ZipFile(tmp_path / "slack.zip", "w") as archive:
        for path in (SAMPLES / "slack").rglob("*.json"):
            archive.write(path, f"my export/{path.relative_to(SAMPLES / 'slack')}")
    assert imported(tmp_path / "slack.zip").texts["messages.csv"] == imported("slack").texts["messages.csv"]


def test_an_answer_outside_the_thread_leaves_both_readings_open(tmp_path):
    inside = export(tmp_path / "a", ("P1", "<@C1> which list?"), ("C1", "The new one.", in_thread_of(1)))
    beside = export(tmp_path / "b", ("P1", "<@C1> which list?"), ("C1", "The new one."))
    nobody = export(tmp_path / "c", ("P1", "<@C1> which list?"), ("P2", "I wonder, too."))
    found = [flags(plan_import(tmp_path / "ours", [path], prompt=answering())) for path in (inside, beside, nobody)]
    assert found == [["yes", "no"], [None, "no"], ["yes", "no"]]


def test_where_the_readings_differ_the_verdict_stays_open(tmp_path):
    """Of forty questions twenty were answered in their threads and twenty beside them: half, or all of them."""
    said = []
    for n in range(40):
        said += [
            (f"P{1 + n % 2}", f"<@C1> list {n}?"),
            ("C1", "The new one.", in_thread_of(2 * n + 1) if n < 20 else {}),
        ]
    found = []
    for name, kept in (("both", said), ("threads", said[:40])):
        folder = tmp_path / name
        plan_import(folder, [export(tmp_path / f"in-{name}", *kept)], prompt=answering()).write()
        found.append(expectations.assess(Engagement.load(folder)).measure("answered_in_time"))
    both, threads = found
    assert both.verdict == "cannot tell" and both.low < threads.low


def test_in_a_talk_of_two_the_next_message_answers(tmp_path):
    private = [{"id": "D1", "members": ["C1", "P1"]}]
    path = export(tmp_path / "a", ("P1", "Which list?"), ("C1", "The new one."), channel="D1", dms=private)
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert [(row["thread"], row["recipient"], row["needs_answer"]) for row in rows(plan, "messages")] == [
        ("D1", "p01", "yes"), ("D1", "p02", "no"),
    ]  # fmt: skip


def test_which_channels_are_ours_is_asked_where_there_are_several(tmp_path):
    export(tmp_path / "a", ("P1", "Hello."), channel="desk")
    path = export(tmp_path / "a", ("P1", "Cats!"), ("P1", "Dogs!"), channel="fun")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(channels=["desk"]))
    assert len(rows(plan, "messages")) == 1


def test_reactions_that_may_mean_anything_are_no_thanks(tmp_path):
    reactions = {"reactions": [{"name": "+1", "users": ["C1"]}, {"name": "heart::skin-tone-2", "users": ["P1", "C1"]}]}
    path = export(tmp_path / "a", ("P1", "Books are done.", reactions))
    found = rows(plan_import(tmp_path / "ours", [path], prompt=answering()), "recognition")
    assert [(row["giver"], row["receiver"]) for row in found] == [("p01", "p02")]


@pytest.mark.parametrize(
    "message",
    [
        None, 3, [], {"user": None}, {"user": "C1"}, {"user": "C1", "ts": "x"}, {"user": "C1", "ts": None},
        {"user": "X9", "ts": "1"}, {"user": "C1", "ts": "1772409600.1", "text": None, "reactions": [3, {"name": 1}]},
        {"user": "C1", "ts": "10000000000.5"}, {"user": "C1", "ts": "1e300"}, {"user": "C1", "ts": "nan"},
    ],
)  # fmt: skip
def test_messages_of_wrong_shapes_are_left_out_or_read_plainly(tmp_path, message):
    path = export(tmp_path / "a", ("P1", "Hello."))
    (path / "desk" / "2026-03-03.json").write_text(json.dumps([message]))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert len(rows(plan, "messages")) + sum(left_out(plan).values()) == 2


def test_a_day_that_is_damaged_is_named(tmp_path):
    path = export(tmp_path / "a", ("P1", "Hello."))
    (path / "desk" / "2026-03-03.json").write_text("[{")
    with pytest.raises(OutsourcingKitError, match=r"desk/2026-03-03\.json"):
        plan_import(tmp_path / "ours", [path], prompt=answering())


def test_another_firms_people_in_a_shared_channel_are_people(tmp_path):
    profile = {"user_profile": {"real_name": "Ann Guest", "name": "ann"}}
    path = export(tmp_path / "a", ("X9", "<@C1> which list?", profile), ("C1", "The new one.", in_thread_of(1)))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert flags(plan) == ["yes", "no"] and "Ann Guest" in plan.key
