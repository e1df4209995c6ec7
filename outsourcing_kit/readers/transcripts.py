"""What was said in a meeting: transcripts (WebVTT) of Zoom and Teams as minutes, and Zoom's chat as messages."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import Names, add_messages, asks
from outsourcing_kit.readers.draft import Draft, Who, tidy_name
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import shown

NAME, KEY = "a transcript (.vtt) or the chat of a meeting", "transcript"
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
    if source.head.lstrip("\ufeff \r\n").startswith("WEBVTT"):
        _add_minutes(draft, source, ask)
    else:
        _add_chat(draft, source, ask)
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
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {text}")
        else:
            turns.append((who, text))
    if not turns:
        return
    # Asked once, the next time it is told as it was then.
    known = "" if ask.knows("kickoff") else ask.answers.kickoff
    meeting = known or _new_meeting(draft, source, ask)
    draft.meet(Who(who) for who, _ in turns)
    draft.add("minutes", {
        "meeting": [meeting] * len(turns), "turn": [str(n) for n in range(1, len(turns) + 1)],
        "speaker": [who for who, _ in turns], "text": [text for _, text in turns],
    })  # fmt: skip
    draft.assume("minutes", f"{shown(source.name)} is of meeting {shown(meeting)}")


def _new_meeting(draft: Draft, source: Source, ask: Ask) -> str:
    """A meeting of which nothing else is known, by its day."""
    day = _day(source, ask)
    first = ask.one("kickoff", f"Was the meeting of {source.name} the kickoff?", ("yes", "no")) == "yes"
    name = f"{day}-{hashlib.sha256(source.path.name.encode()).hexdigest()[:4]}"
    ask.answers.kickoff = name if first else ask.answers.kickoff
    kind = "kickoff" if first else "other"
    draft.add("meetings", {"meeting": [name], "kind": [kind], "starts": [day], "ends": [day], "status": ["held"]})
    return name


def _day(source: Source, ask: Ask) -> str:
    known = [f"{when:%Y-%m-%d}" for name, when in ask.answers.meetings.items() if name == ask.answers.kickoff]
    day = ask.one("day", f"On which day was the meeting of {source.name} (such as 2026-03-02)?", (), "".join(known))
    try:
        # Where nobody is there to answer, the question stays open whatever stands here.
        return dt.date.fromisoformat(day or "2026-03-02").isoformat()
    except ValueError:
        mend = f"correct day below [{KEY}] in import.toml"
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
    people, names = {who.alias for who in draft.people}, Names(draft.people)
    rows = []
    for number, (when, who, to, text) in enumerate(lines, start=1):
        named = [to] if to in people else [each for each in names.named(text) if each != who]
        to = named[0] if len(named) == 1 else ""
        digest = hashlib.sha256(f"{day}\0{when}\0{who}\0{number}".encode()).hexdigest()[:10]
        moment = pd.Timestamp(f"{day} {when}")
        rows.append((f"c-{digest}", f"chat of {day}", who, to, moment, "", asks(text, addressed=bool(to))))
    add_messages(draft, rows)
