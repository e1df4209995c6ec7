"""Exports of Jira: what a correct import gives of the samples, counted by hand."""

from __future__ import annotations

from imports import left_out, rows


def test_issues_become_work_suggestions_proposals_and_comments_messages(imported):
    plan = imported("jira_cloud.csv")
    assert [(row["item"], row["person"], row["topic"]) for row in rows(plan, "work")] == [
        ("VA-2", "p03", "books"), ("VA-3", "p02", "inbox"), ("VA-5", "p03", "books"),
    ]  # fmt: skip
    assert left_out(plan) == {"epics, which only hold other issues": 1}
    assert rows(plan, "proposals") == [{"proposal": "VA-4", "raised_by": "p02", "raised": "2026-04-02T16:20:00+00:00"}]
    assert [(row["estimated"], row["actual"]) for row in rows(plan, "estimates")] == [("8", "6")]
    assert [row["thread"] for row in rows(plan, "messages")] == ["VA-2", "VA-3", "VA-2"]
    assert [(row["giver"], row["receiver"]) for row in rows(plan, "recognition")] == [("p01", "p03")]


def test_times_are_in_the_zone_that_was_answered(imported):
    """09:05 on 3 March in Chicago is 15:05 in UTC; 2:30 on 29 March is there in Chicago, and not in Madrid."""
    chicago = {row["item"]: row["requested"] for row in rows(imported("jira_cloud.csv"), "work")}
    assert (chicago["VA-2"], chicago["VA-5"]) == ("2026-03-03T15:05:00+00:00", "2026-03-29T07:30:00+00:00")


def test_an_hour_that_the_clocks_skip_is_moved_on_and_said(imported):
    plan = imported("jira_cloud.csv", zone="Madrid")
    assert {row["item"]: row["requested"] for row in rows(plan, "work")}["VA-5"] == "2026-03-29T01:00:00+00:00"
    assert "work.requested: 1 in an hour that the clock of Europe/Madrid skips or repeats" in str(plan)


def test_a_due_day_stays_a_day(imported):
    assert [row["due"] for row in rows(imported("jira_cloud.csv"), "work")] == [
        "2026-03-06",
        "2026-03-16",
        "2026-03-31",
    ]


def test_a_body_keeps_its_semicolons_and_quotation_marks(imported):
    plan = imported("jira_cloud.csv")
    assert rows(plan, "work")[0]["text"].endswith('ask about "cash" ones; do not guess')
    # "Are the taxi slips in? 9;30 is the cut-off." asks the reporter.
    asked = [row for row in rows(plan, "messages") if row["needs_answer"] == "yes"]
    assert [(row["sender"], row["recipient"]) for row in asked] == [("p03", "p01"), ("p02", "p01")]


def test_done_is_accepted_only_if_somebody_says_so(imported):
    assert all(
        "accepted" not in row for row in rows(imported("jira_cloud.csv", accepted="no, Jira does not tell"), "work")
    )


def test_a_russian_server_is_read(imported):
    plan = imported("jira_server_ru.csv")
    assert [(row["item"], row["requested"]) for row in rows(plan, "work")] == [
        ("VA-2", "2026-03-03T15:05:00+00:00"), ("VA-3", "2026-05-13T21:55:00+00:00"),
    ]  # fmt: skip
