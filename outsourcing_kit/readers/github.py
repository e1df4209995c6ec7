"""GitHub: issues and their comments, as `gh issue list --json` or the interface itself writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import Comment, add_comments
from outsourcing_kit.readers.draft import Draft, Who, add_items, utc
from outsourcing_kit.readers.opening import Source, maps, said

NAME, KEY = "issues of GitHub (JSON)", "github"
_QUESTION = re.compile(r"question|help wanted|frage|pregunta|dúvida|вопрос", re.IGNORECASE)
_IDEA = re.compile(r"suggest|proposal|idea|enhancement|feature|vorschlag|sugerenc|sugest|предложение", re.IGNORECASE)
_LIST = re.compile(r"\s*\[\s*\{")


def is_mine(source: Source) -> bool:
    """Whether it is a list of what has a number, a title and a time at which it was made."""
    if not (_LIST.match(source.head) and '"number"' in source.text):
        return False
    first = maps(source.json)[:1]
    return bool(first) and all(said(first[0], key) for key in ("number", "title")) and bool(_at(first[0], "created"))


def read(source: Source, ask: Ask) -> Draft:
    """Issues as `work`, questions and comments as `messages`, suggestions that nobody has taken as `proposals`."""
    draft = Draft()
    issues = [each for each in maps(source.json) if "pull_request" not in each and said(each, "number")]
    draft.leave_out("pull requests and what is no issue", len(source.json) - len(issues))
    draft.meet(_who(each) for issue in issues for each in _people(issue))
    rows = pd.DataFrame({
        "item": list(map(_key, issues)), "requester": [said(_author(each), "login") for each in issues],
        "person": [_in_charge(each) for each in issues], "kind": [_kind(each) for each in issues],
        "topic": [next(iter(_labels(each)), "") for each in issues],
        "text": ["\n".join(filter(None, (said(each, "title"), said(each, "body")))) for each in issues],
        "requested": utc([_at(each, "created") for each in issues]),
        "delivered": utc([_at(each, "closed") for each in issues]),
    })  # fmt: skip
    rows = draft.without(rows, rows["requested"].isna(), "issues without a time at which they were made")
    add_items(
        draft, rows[rows["kind"] == "issue"], rows[rows["kind"] == "idea"], ask,
        question="Does the client accept an issue by closing it?", tool="GitHub", done="an issue that is closed",
        guess="an issue whose label is a suggestion, with nobody assigned, is a proposal",
    )  # fmt: skip
    add_comments(draft, _said(issues, rows), {alias.casefold(): alias for alias in draft.people})
    return draft


def _at(found: Mapping[str, Any], what: str) -> str:
    return said(found, f"{what}At") or said(found, f"{what}_at")


def _author(found: Mapping[str, Any]) -> Any:
    return found.get("author") or found.get("user")


def _people(issue: Mapping[str, Any]) -> list[dict[str, Any]]:
    others = [_author(each) for each in maps(issue.get("comments"))]
    return maps([_author(issue), *maps(issue.get("assignees")), *others])


def _who(found: Mapping[str, Any]) -> Who:
    login = said(found, "login")
    machine = said(found, "is_bot") == "true" or said(found, "type") == "Bot" or login.endswith("[bot]")
    return Who(login, f"{login} bot" if machine else said(found, "name"))


def _key(issue: Mapping[str, Any]) -> str:
    """Its number, with the repository where the file tells it."""
    place = re.search(r"github[^/]*/(?:repos/)?([^/]+/[^/]+)/issues/\d+$", said(issue, "url"))
    return f"{place[1] if place else ''}#{said(issue, 'number')}"


def _labels(issue: Mapping[str, Any]) -> list[str]:
    return [name for each in maps(issue.get("labels")) if (name := said(each, "name"))]


def _in_charge(issue: Mapping[str, Any]) -> str:
    """The one who is assigned; of several nobody knows whose it is."""
    assigned = [said(each, "login") for each in maps(issue.get("assignees"))]
    return assigned[0] if len(assigned) == 1 else ""


def _kind(issue: Mapping[str, Any]) -> str:
    labels = "\n".join(_labels(issue))
    if _IDEA.search(labels) and not maps(issue.get("assignees")):
        return "idea"
    return "question" if _QUESTION.search(labels) else "issue"


def _said(issues: list[dict[str, Any]], rows: pd.DataFrame) -> Iterator[Comment]:
    """Questions, and all comments; of a question the first comment by another answers it."""
    for row in rows.itertuples():
        item, pair, asks = row.item, (row.requester, row.person), row.kind == "question"
        if asks:
            yield Comment(item, item, pair, row.requester, row.requested, row.text)
        comments = maps(issues[row.Index].get("comments"))
        sent = utc([_at(each, "created") for each in comments])
        for number, (each, when) in enumerate(zip(comments, sent, strict=True), start=1):
            who = said(_author(each), "login")
            if who and pd.notna(when):
                reply = item if asks and who != row.requester else ""
                yield Comment(f"{item}-{number}", item, pair, who, when, said(each, "body"), reply)
