"""What was said in a meeting: transcripts (WebVTT) of Zoom and Teams as minutes, and Zoom's chat as messages."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import add_messages, asks, finder
from outsourcing_kit.readers.draft import Draft, Who, digest, tidy_name
from outsourcing_kit.readers.meetings import is_kickoff, near, on_day
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import quoted, shown

NAME, KEY = "a transcript (.vtt) or the chat of a meeting", "transcript"
# Zoom's own names: GMT20260302-140012_Recording.transcript.vtt.
_STAMP = re.compile(r"GMT(\d{8})-(\d{6})")
_ANY_DAY = re.compile(r"(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)")
_CUE = re.compile(r"\d*:?\d\d:\d\d[.,]\d+ +--> ")
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>(.*)", re.DOTALL)
_SPEAKER = re.compile(r"([^:\n]{1,60}): (.*)", re.DOTALL)
_CHAT = re.compile(
    r"(?P<when>\d\d:\d\d:\d\d)\s+(?:From )?(?P<who>.{1,60}?) to (?P<to>.{1,60}?)(?: ?\(.*\))?:\s*(?P<text>.*)"
)


def is_mine(source: Source) -> bool:
    """Whether it is WebVTT, or begins as Zoom's chat does."""
    head = source.head.lstrip("\ufeff \r\n")
    return head.startswith("WEBVTT") or bool(_CHAT.match(head.partition("\n")[0].replace("\t", " ")))


def read(source: Source, ask: Ask) -> Draft:
    """Turns of one meeting as `minutes`, or the messages of its chat; which meeting it was is asked once."""
    draft = Draft()
    add = _add_minutes if source.head.lstrip("\ufeff \r\n").startswith("WEBVTT") else _add_chat
    add(draft, source, ask)
    return draft


def _add_minutes(draft: Draft, source: Source, ask: Ask) -> None:
    turns: list[tuple[str, str]] = []
    for block in re.split(r"\n\s*\n", source.text.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        at = next((n for n, line in enumerate(lines) if _CUE.match(line)), None)
        if at is None:
            continue
        who, text = _spoken(" ".join(line.strip() for line in lines[at + 1 :]))
        # Cues are cut by time: what one person says in several is one turn.
        if turns and who in ("", turns[-1][0]):
            who, text = turns[-1][0], f"{turns.pop()[1]} {text}"
        turns.append((who, text))
    if not turns:
        return
    meeting = _meeting(draft, source, _day(source, ask), ask)
    if meeting in ask.answers.written:
        source.refuse(f"another transcript of meeting {shown(meeting)}", "one a meeting", "put the parts into one file")
    ask.answers.written.add(meeting)
    draft.meet(Who(who) for who, _ in turns)
    rows = pd.DataFrame(turns, columns=["speaker", "text"], dtype=object)
    draft.add("minutes", rows.assign(meeting=meeting, turn=(rows.index + 1).astype(str)))
    draft.assume("minutes", f"{shown(source.name)} is of meeting {shown(meeting)}")


def _meeting(draft: Draft, source: Source, day: dt.date, ask: Ask) -> str:
    """The meeting that is known of that day, asked where there are several; else a new one, of unknown hours."""
    name, known = f"{day}-t{digest(source.text, 4)}", ask.answers.meetings
    if name not in known:
        stamp = "".join(found.groups()) if (found := _STAMP.search(source.path.name)) else ""
        began = pd.to_datetime(stamp, format="%Y%m%d%H%M%S", utc=True, errors="coerce")
        there = [sure] if pd.notna(began) and (sure := near(ask, began)) else on_day(ask, day)
        times = {f"{known[each]:%Y-%m-%d %H:%M}": each for each in there}
        if len(there) > 1:
            text = f"Which meeting is {source.name} of (times in UTC)?"
            return times[ask.one(_key("meeting", source), text, times)]
        if there:
            return there[0]
    kind = "kickoff" if is_kickoff(ask, _key("kickoff", source), name, f"Is {source.name} of the kickoff?") else "other"
    draft.add("meetings", {"meeting": name, "kind": kind, "starts": str(day), "ends": str(day), "status": "held"})
    return name


def _key(what: str, source: Source) -> str:
    """The name of a question about one file: next month's of the same name is another one."""
    return f"{what} {digest(source.text, 4)}"


def _day(source: Source, ask: Ask) -> dt.date:
    """The day of a file's meeting, asked; offered is what its name says, as Zoom's do, else that of the kickoff."""
    found, first = _ANY_DAY.search(source.path.name), ask.answers.meetings.get(ask.answers.kickoff)
    guess = "-".join(found.groups()) if found else f"{first:%Y-%m-%d}" if first else ""
    key = _key("day", source)
    day = ask.one(key, f"On which day was the meeting of {source.name} (such as 2026-03-02)?", (), guess)
    try:
        # Where nobody is there to answer, the question stays open whatever stands here.
        return dt.date.fromisoformat(day or "2026-03-02")
    except ValueError:
        mend = f"correct {quoted(key)} below [{KEY}] in import.toml"
        source.refuse(f"the day {shown(day)!r}", "a day such as 2026-03-02", mend)


def _spoken(text: str) -> tuple[str, str]:
    """Who speaks in a cue, "" where nobody is named, and what."""
    found = _VOICE.fullmatch(text) or _SPEAKER.fullmatch(text)
    who, said = (tidy_name(found[1]), found[2]) if found else ("", text)
    return who, re.sub(r"</?[a-z][^>]*>", "", said).strip()


def _add_chat(draft: Draft, source: Source, ask: Ask) -> None:
    lines: list[list[str]] = []
    for line in source.text.splitlines():
        if found := _CHAT.fullmatch(line.replace("\t", " ")):
            lines.append([found["when"], tidy_name(found["who"]), found["to"].strip(), found["text"]])
        elif lines and line.strip():
            lines[-1][3] = f"{lines[-1][3]} {line.strip()}".strip()
    day = _day(source, ask)
    draft.zone = ask.zone("In which time zone was the computer that saved the chat?")
    draft.meet(Who(who) for _, who, _, _ in lines)
    find = finder(draft.people.values())
    rows = []
    for number, (when, who, to, text) in enumerate(lines, start=1):
        # "Everyone" is nobody: then whoever the text calls by name is meant.
        named = [to] if to in draft.people else [each for each in find(text) if each != who]
        to = named[0] if len(named) == 1 else ""
        # The number tells two equal lines of one second apart.
        mark = digest(f"{day}\0{when}\0{who}\0{number}", 10)
        moment = pd.Timestamp(f"{day} {when}")
        rows.append((f"c-{mark}", f"chat of {day}", who, to, moment, "", asks(text, addressed=bool(to))))
    add_messages(draft, rows)
