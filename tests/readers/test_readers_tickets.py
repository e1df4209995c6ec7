"""Tickets of GitHub, of ServiceNow and of logs: what a correct import gives of the samples, counted by hand."""

from __future__ import annotations

import copy
import json

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

ISSUES = json.loads((SAMPLES / "github_issues.json").read_text(encoding="utf-8"))
INCIDENTS = (SAMPLES / "servicenow_incident.csv").read_text(encoding="utf-8")
LOG = (SAMPLES / "bpi2013_like.csv").read_text(encoding="utf-8")


@pytest.fixture
def issues(imported_text):
    """issues(change, …) -> the plan of the sample's issues after `change` was called on them."""

    def do(change, **answers):
        found = copy.deepcopy(ISSUES)
        change(found)
        return imported_text(json.dumps(found), **answers)

    return do


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_a_question_and_its_answer_are_a_pair_of_messages(imported):
    plan = imported("github_issues.json", ours=["ines-a"])
    assert rows(plan, "messages") == [
        {"message": "#7", "thread": "#7", "sender": "p02", "recipient": "p01", "sent": "2026-03-03T13:05:00+00:00",
         "needs_answer": "yes"},
        {"message": "#7-1", "thread": "#7", "sender": "p01", "recipient": "p02", "sent": "2026-03-03T14:20:00+00:00",
         "reply_to": "#7", "needs_answer": "no"},
    ]  # fmt: skip
    assert rows(plan, "work") == []


def test_an_open_suggestion_is_a_proposal(imported):
    assert rows(imported("github_issues.json"), "proposals") == [
        {"proposal": "#8", "raised_by": "p02", "raised": "2026-04-02T16:20:00+00:00"}
    ]


def test_other_issues_are_work_and_closed_is_accepted_only_if_somebody_says_so(issues):
    plan = issues(lambda found: found[0].update(labels=[{"name": "bug"}]), accepted="no, GitHub does not tell")
    assert rows(plan, "work") == [
        {"item": "#7", "person": "p01", "kind": "issue", "topic": "bug", "requested": "2026-03-03T13:05:00+00:00",
         "delivered": "2026-03-03T14:25:00+00:00", "requester": "p02", "text": "Which price list is current?"}
    ]  # fmt: skip


def test_the_interfaces_own_names_are_read_and_pull_requests_left_out(issues):
    def renamed(found):
        for each in found:
            each["user"], each["created_at"] = each.pop("author"), each.pop("createdAt")
            each["closed_at"], each["comments"] = each.pop("closedAt"), 1
        found.append({**found[0], "number": 9, "pull_request": {}})

    plan = issues(renamed)
    assert len(rows(plan, "proposals")) == len(rows(plan, "messages")) == 1
    assert left_out(plan) == {"pull requests and what is no issue": 1}


@pytest.mark.parametrize("robot", [{"login": "stale", "is_bot": True}, {"login": "stale[bot]"}])
def test_what_a_machine_says_is_nobodys(issues, robot):
    robot = {"author": robot, "body": "Stale?", "createdAt": "2026-03-04T00:00:00Z"}
    plan = issues(lambda found: found[0]["comments"].append(robot))
    assert len(rows(plan, "messages")) == 2


def test_the_same_number_in_two_repositories_is_two_issues(issues):
    def second(found):
        found[0]["url"] = "https://github.com/desk/a/issues/7"
        found.append({**found[0], "url": "https://github.com/desk/b/issues/7"})

    assert [row["message"] for row in rows(issues(second), "messages")] == [
        "desk/a#7", "desk/a#7-1", "desk/b#7", "desk/b#7-1",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["author", "assignees", "labels", "comments", "closedAt"])
@pytest.mark.parametrize("value", [None, 3, {}, [None]])
def test_wrong_shapes_are_read_as_nothing(issues, key, value):
    plan = issues(lambda found: found[0].update({key: value}))
    assert len(rows(plan, "proposals")) == 1


def test_work_that_a_machine_asked_for_is_work(issues):
    def asked(found):
        found[0].update(labels=[], author={"login": "cron", "is_bot": True})

    (item,) = rows(issues(asked), "work")
    assert (item["person"], item.get("requester")) == ("p01", None)


# --- ServiceNow -------------------------------------------------------------------------------------------------------


def test_what_was_closed_before_it_was_resolved_is_not_accepted_and_said(imported):
    """15:19:57 in Chicago on 2 March is 21:19:57 in UTC; after 8 March there are five hours between them."""
    plan = imported("servicenow_incident.csv")
    assert [(row["requested"], row["delivered"], row.get("accepted"), row.get("reopened_at"))
            for row in rows(plan, "work")] == [
        ("2026-03-02T21:19:57+00:00", "2026-03-04T03:43:14+00:00", "2026-03-04T08:46:44+00:00", None),
        ("2026-03-05T16:00:00+00:00", "2026-03-21T00:56:12+00:00", None, "2026-03-10T13:00:00+00:00"),
    ]  # fmt: skip
    assert "1 incident closed before resolved: accepted is blank there" in str(plan)


def test_people_who_are_codes_are_people_of_their_own(imported):
    plan = imported("servicenow_incident.csv")
    assert [(row["person"], row["requester"]) for row in rows(plan, "work")] == [("p01", "p02"), ("p01", "p03")]
    assert "same" not in [question.key for question in plan.asked]


def test_closing_by_itself_accepts_nothing(imported):
    plan = imported("servicenow_incident.csv", accepted="no, it closes by itself")
    assert not any("accepted" in row for row in rows(plan, "work"))


def test_reopened_at_an_unknown_time_is_not_accepted(imported_text):
    plan = imported_text(INCIDENTS.replace(",0,,g1", ",2,,g1"))
    assert "accepted" not in rows(plan, "work")[0]
    assert "1 incident reopened, nobody knows when" in str(plan)


def test_labels_in_place_of_fields_and_days_alone(imported_text):
    text = (
        "Number,Opened,Resolved,Closed,Assigned to,Caller,Category\nINC1,2026-03-02,2026-03-03,2026-03-03,Joy,Ines,x\n"
    )
    assert rows(imported_text(text, ours=["Ines"]), "work") == [
        {"item": "INC1", "person": "p02", "kind": "incident", "topic": "x", "requested": "2026-03-02",
         "delivered": "2026-03-03", "accepted": "2026-03-03", "requester": "p01"}
    ]  # fmt: skip


# --- logs -------------------------------------------------------------------------------------------------------------


def test_rows_of_a_log_are_events_of_people_with_their_country(imported):
    plan = imported("bpi2013_like.csv")
    # Anna of India comes before Anna of Poland, and Ravi after both; Siebel is a machine, nobody.
    assert [(row["happened_at"], row.get("person"), row["team"]) for row in rows(plan, "events")] == [
        ("2026-03-03T08:05:00+00:00", "p02", "V5 3rd"), ("2026-03-03T14:40:00+00:00", "p01", "G97"),
        ("2026-03-04T06:10:00+00:00", None, "G97"), ("2026-03-06T15:12:00+00:00", "p03", "G97"),
    ]  # fmt: skip
    assert rows(plan, "events")[0]["activity"] == "Accepted / In Progress"


def test_a_log_of_a_process_mining_tool_is_read(imported_text):
    text = "case:concept:name,concept:name,time:timestamp,org:resource\nc1,opened,2026-03-03 09:05:00+00:00,Anna\n"
    assert rows(imported_text(text), "events") == [
        {"case": "c1", "activity": "opened", "happened_at": "2026-03-03T09:05:00+00:00", "person": "p01"}
    ]


def test_more_people_than_an_engagement_has_are_left_out_of_their_events(imported_text):
    head, line = LOG.splitlines()[:2]
    lines = [line.replace("Anna", f"Anna{n}").replace("000001", f"{n:06}") for n in range(300)]
    plan = imported_text("\n".join([head, *lines]))
    assert len(rows(plan, "events")) == 300
    assert not any("person" in row for row in rows(plan, "events"))
    assert "300 people are more than one engagement has" in str(plan)


@pytest.mark.parametrize("text", [LOG.splitlines()[0], INCIDENTS.splitlines()[0]])
def test_a_header_alone_has_no_rows(tmp_path, text):
    path = tmp_path / "tickets"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used"):
        plan_import(tmp_path / "ours", [path], prompt=answering())
