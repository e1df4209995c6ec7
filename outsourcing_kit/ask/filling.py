"""From answers to the tables and settings of an engagement. What nobody knows stays blank, or out altogether."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from outsourcing_kit.ask.answering import Question, as_text
from outsourcing_kit.ask.asking import first_day, options, walked
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.tables import default_rows, table, table_names

if TYPE_CHECKING:
    import pandas as pd

    from outsourcing_kit.engagement import Engagement

# Blank would say that there is none: no quote, where somebody is paid.
_KNOWN = {"quoted_price", "quote_unit"}
_Rows = dict[str, dict[tuple[str, ...], dict[str, str]]]


def tables_from(answers: Mapping[str, str], name: str = "ours") -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables, as text, and the settings that the answers (key → text) come to, for `Engagement.from_frames`.

    A column that may not be blank, and would be in some row, is left out whole: what needs it stays open.

    Raises:
        BadAnswerError: an answer that is none.
        OutsourcingKitError: one of the few answers is missing without which there are no records at all.

    >>> ours = {"owner": "Ann", "outside": "Bo", "city": "Lisbon", "today": "2026-03-31", "currency": "EUR"}
    >>> frames, settings = tables_from(ours)
    >>> frames["people"][["person", "side"]].values.tolist(), settings["time_zone"], settings["observed_to"]
    ([['Ann', 'client'], ['Bo', 'provider']], 'Europe/Lisbon', '2026-03-31')
    """
    import pandas as pd

    all_of_them, values = walked(answers)
    if lacking := [question for question in all_of_them if question.required and not values.get(question.key)]:
        told, keys = (" ".join(each.text for each in lacking), ", ".join(each.key for each in lacking))
        raise OutsourcingKitError(f"Without these nothing can be written: {told} Mend: answer {keys}.")
    rows, frames = _rows(all_of_them, values), {}
    for head in filter(rows.__contains__, table_names()):
        made = list(rows[head].values())
        blank = {each.name for each in table(head).columns if each.blank and not each.optional} - _KNOWN
        # What may be blank is there, blank: nobody left, say. What may not be is there only where all rows have it.
        whole = [
            column.name for column in table(head).columns
            if (any if column.optional else all)(column.name in row or column.name in blank for row in made)
        ]  # fmt: skip
        frames[head] = pd.DataFrame([[row.get(each) for each in whole] for row in made], columns=whole, dtype=object)
    return frames, _settings(values, rows, name)


def engagement_from(answers: Mapping[str, str], name: str = "ours") -> Engagement:
    """The engagement that the answers (key → text) tell of. Raises BadAnswerError, OutsourcingKitError.

    >>> ours = {"owner": "Ann", "outside": "Bo", "city": "Lisbon", "today": "2026-03-31", "currency": "EUR"}
    >>> engagement_from(ours).side_of().to_dict()
    {'Ann': 'client', 'Bo': 'provider'}
    """
    from outsourcing_kit.engagement import Engagement

    frames, settings = tables_from(answers, name)
    return Engagement.from_frames(frames, **settings)


def _settings(values: Mapping[str, Any], rows: _Rows, name: str) -> dict[str, Any]:
    """The records begin with the first day that any answer names."""
    days = [day for value in values.values() for day in (value.values() if isinstance(value, dict) else [value])]
    first = min(day for day in days if isinstance(day, dt.date) and day <= values["today"])
    told: dict[str, Any] = {"name": name, "observed_from": first.isoformat(), **rows["engagement"][()]}
    # The reserve is a share of the plan: what outsourcing costs at the usual amounts, over all its months.
    own = [line for line in rows.get("cash_flows", {}).values() if line["option"] == "outsource"]
    if (reserve := told.pop("budget", None)) and own:
        plan = sum(float(row["likely"]) * (1 + int(row["last_month"]) - int(row["first_month"])) for row in own)
        told["budget"] = round(plan * (1 + float(reserve)), 2)
    return told


def _rows(found: Iterable[Question], values: Mapping[str, Any]) -> _Rows:
    """Table → rows by their key: each answer makes or completes those that its question names."""
    rows: _Rows = {}
    shared = _shared(values)
    # What is needed together is there whole or not at all: a cost that nobody gave would be taken for 0.
    partly = {question.together for question in found if question.together and values.get(question.key) is None}
    for question in (each for each in found if each.together not in partly):
        for words in _spread(question, values):
            more = {**(question.means or {}).get(words["said"], {}), **words.get("flags", {})}
            for head, row in (question.fills or {}).items():
                whole = {column: _filled(text, {**shared, **words}) for column, text in {**row, **more}.items()}
                key = () if head == "engagement" else table(head).key or tuple(whole)
                place = tuple(whole[column] for column in key)
                # Without its key a row is nobody's: what they covered, while it is unknown who says so.
                if all(place) or not (key and table(head).key):
                    own = rows.setdefault(head, {}).setdefault(place, {})
                    own.update((column, text) for column, text in whole.items() if text)
    # Where nobody knows which came first, the first call or paid work, a guess would decide: neither is on record.
    if not shared["first"]:
        rows.pop("time_entries", None)
    # Ten rows of which nothing is known would look like a list that somebody keeps.
    if not any(value for key, value in values.items() if key.startswith("settled.")):
        rows.pop("prerequisites", None)
    return rows


def _filled(text: str, words: Mapping[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(words.get(found[1]) or ""), text)


def _moment(values: Mapping[str, Any], day: Any, clock: str | None = None) -> str:
    """An instant by the owner's clock; a day without a time where no clock was asked about."""
    if not clock or not isinstance(day, dt.date):
        return as_text(day)
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(values["city"])).isoformat()


def _shared(values: Mapping[str, Any]) -> dict[str, Any]:
    """What may stand in any row beside the answer itself."""
    first, on, outside = first_day(values), values.get("call_on"), values["outside"]
    clocks = (values.get("call_ended"), values.get("work_began")) if on and on == first else ("", "")
    return {
        "owner": values["owner"], "today": values["today"], "months": as_text(values.get("months")),
        "decided": as_text(values.get("decided")), "first": "" if None in clocks else as_text(first),
        "ended": _moment(values, on, clocks[0]),
        "covered_by": outside[0] if len(outside) == 1 else values.get("covered_by"), "began_at": clocks[1],
    }  # fmt: skip


def _spread(question: Question, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What an answer says, one thing at a time: the words that stand in braces in questions.toml."""
    value, other = values.get(question.key), values.get(question.rule.get("with", question.key))
    about = {"item": question.item, "text": question.text, "said": "unknown"}
    if value is None:
        # A row of which nothing is known leaves open what it is about.
        yield from [about] if question.unknown and other is not None else []
        return
    if question.flags:
        pairs = zip(question.flags, question.options, strict=True)
        yield about | {"flags": {flag: as_text(option in value) for flag, option in pairs}}
        return
    first, clock = first_day(values), _shared(values)["began_at"]
    # A task in somebody's own words is a process of its own.
    processes = {row["task"]: row["process"] for row in default_rows("tasks")}
    for name, each in value.items() if isinstance(value, dict) else [("", value)]:
        if each is None or other is None or (isinstance(other, dict) and other.get(name) is None):
            continue
        for number, (thing, single, said) in enumerate(_singles(question, each), 1):
            text = as_text(round(single * question.scale, 12)) if question.scale else as_text(single)
            pieces = single if isinstance(single, tuple) else re.split("[-/]", text)
            if said != question.unless:
                yield about | {
                    "value": text, "said": said, "name": name, "over": thing, "number": f"{number:02}",
                    "began": _moment(values, single, clock if single == first else None),
                    "process": processes.get(text, text), "status": "abandoned" if pieces[-1] == "x" else "finished",
                    **{str(place): as_text(piece).strip("x") for place, piece in enumerate(pieces)},
                }  # fmt: skip


def _singles(question: Question, value: Any) -> Iterator[tuple[str, Any, str]]:
    """What the thing is about, its value, and the word by which `means` knows it."""
    if question.kind == "marks":
        for thing, mark in zip(question.over, value, strict=False):
            # Letters stand for what could be chosen; "don't know" is an answer where others are right or wrong.
            letters = dict(zip(question.marks, options().get(thing, ()), strict=False))
            if mark in question.marks or (mark == "?" and letters):
                yield thing, "don't know" if mark == "?" else letters.get(mark, mark), mark
    elif question.kind == "several" and question.means:
        yield from (("", option, as_text(option in value)) for option in question.options)
    else:
        for each in value if isinstance(value, list) else [value]:
            yield "", each, "day" if isinstance(each, dt.date) else as_text(each)
