"""Which questions there are, given what has been answered, and which comes next. The questions are questions.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from outsourcing_kit.ask.answering import Question, check_answer
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.tables import default_rows
from outsourcing_kit.toml import kit_table

# Beyond so many people the answers of a few are enough for a first look; the tables take the others'.
_ASKED_OUTSIDE, _ASKED_INSIDE, FEWEST = 4, 1, 5
# What most owners have to tell of, as far as somebody has not said otherwise yet.
USUAL = {"owner": "p0", "outside": "p1, p2", "tasks": "1, 2, 3", "call": "yes", "proposals": "x, y"}

CONDITIONS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "call": lambda values: values.get("call") == "yes",
    "call and several outside": lambda values: values.get("call") == "yes" and len(values.get("outside") or ()) > 1,
    "same day": lambda values: values.get("call_on") is not None and values["call_on"] == first_day(values),
    "no past work": lambda values: values.get("past") == [],
    "proposals": lambda values: bool(values.get("proposals")),
    "five outside": lambda values: len(values.get("outside") or ()) >= FEWEST,
}


class BadAnswerError(OutsourcingKitError):
    """An answer in answers.toml that is none, and its `key`."""

    def __init__(self, key: str, told: str) -> None:
        super().__init__(f"The answer to {key!r}: {told}")
        self.key, self.told = key, told


def asked() -> dict[str, Any]:
    """questions.toml as it stands."""
    return kit_table("ask/questions.toml")


@cache
def options() -> dict[str, tuple[str, ...]]:
    """The words of a question → what may be chosen, for the sheets and marks that go through several questions."""
    return {rule["text"]: tuple(rule.get("options", ())) for rule in asked()["question"]}


def first_day(values: Mapping[str, Any]) -> Any:
    """The first day of paid work; None where that of anybody outside is unknown, as it may be the first."""
    days: list[Any] = [(values.get("began") or {}).get(name) for name in values.get("outside") or [""]]
    return None if None in days else min(days)


def group(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The members of a group that questions are asked of or about, such as "outside", "tasks", "agenda"."""
    if name in ("prerequisites", "agenda", "usual tasks"):
        return tuple(next(iter(row.values())) for row in default_rows(name.removeprefix("usual ")))
    if name == "quiz":
        return tuple(rule["text"] for rule in asked()["question"] if "answer_key" in rule.get("fills", {}))
    if name == "published":
        # What reckons is loaded for those alone who have no past work of their own.
        from outsourcing_kit.business_case.forecasting import PUBLISHED

        return tuple(each.name for each in PUBLISHED)
    inside, outside = (values.get(key) or [] for key in ("inside", "outside"))
    owner = [values["owner"]] if values.get("owner") else []
    people = {"others": inside + outside, "everybody": owner + inside + outside}
    people["asked"] = outside[:_ASKED_OUTSIDE] + inside[:_ASKED_INSIDE]
    return tuple(people.get(name) or asked()["lists"].get(name) or values.get(name) or ())


def in_own_words(item: str) -> str:
    """An item of a list as an owner would say it."""
    return str(asked()["about"].get(item, item))


def _instances(rule: Mapping[str, Any], values: Mapping[str, Any]) -> list[Question]:
    """The questions that a rule of questions.toml comes to: none, one, or one for each of a group."""
    names, over = (group(rule[key], values) if key in rule else () for key in ("each", "over"))
    # Without anybody or anything to ask about there is no question.
    if ("when" in rule and not CONDITIONS[rule["when"]](values)) or ("each" in rule and not names):
        return []
    choices = group(rule["from"], values) if "from" in rule else tuple(rule.get("options", ()))
    made = []
    for item in group(rule["per"], values) if "per" in rule else ("",):
        # Not str.format: braces in somebody's own words are theirs.
        text = rule["text"].replace("{item}", item).replace("{about}", in_own_words(item))
        key = f"{rule['key']}.{item}" if item else rule["key"]
        made.append(Question(key, text.replace("{first}", (*names, "")[0]), rule, item, choices, names, over))
    return made


def walked(answers: Mapping[str, str]) -> tuple[tuple[Question, ...], Mapping[str, Any]]:
    """The questions in order, which hang on what was answered before, and the values by key. Raises BadAnswerError."""
    return _walked(tuple(answers.items()))


# Between two answers everybody asks the same: what comes next, how far we are, what was said.
@lru_cache(4)
def _walked(answers: tuple[tuple[str, str], ...]) -> tuple[tuple[Question, ...], Mapping[str, Any]]:
    given = dict(answers)
    found: list[Question] = []
    values: dict[str, Any] = {}
    for rule in asked()["question"]:
        for question in _instances(rule, values):
            found.append(question)
            if question.key in given:
                try:
                    values[question.key] = check_answer(question, given[question.key], values)
                except OutsourcingKitError as error:
                    raise BadAnswerError(question.key, str(error)) from None
    return tuple(found), MappingProxyType(values)


def questions(answers: Mapping[str, str] | None = None) -> tuple[Question, ...]:
    """All questions, in order, that these answers (key → text) lead to. Raises BadAnswerError.

    >>> [question.key for question in questions()][:3]
    ['owner', 'inside', 'outside']
    """
    return walked(answers or {})[0]


def next_question(answers: Mapping[str, str]) -> Question | None:
    """The first question that was neither answered nor passed over; None at the end. Raises BadAnswerError.

    >>> next_question({"owner": "Ann", "inside": ""}).key
    'outside'
    """
    return next((question for question in questions(answers) if question.key not in answers), None)
