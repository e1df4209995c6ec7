"""An engagement written in the formats of the tools that would hold it: what comes back can be held against it.

python tests/readers/exporting.py writes the exports of lesson 07 into datasets/exports.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pandas as pd

from outsourcing_kit import Engagement, simulate

FIRST = ("Ines", "Joy", "Mark", "Ruth", "Abel", "Lena", "Omar", "Mia", "Karl", "Nina", "Paul", "Vera")
LAST = ("Abara", "Reyes", "Dizon", "Castro", "Cruz", "Fuchs", "Haddad", "Ito", "Jansen", "Kovac", "Lopez", "Moreau")
WORDS = {1: "Strongly disagree", 2: "Disagree", 3: "Neither agree nor disagree", 4: "Agree", 5: "Strongly agree"}
ASPECTS = {
    "meaning": "We mean the same by this", "importance": "How important?", "met": "How well is it met?",
}  # fmt: skip


def names_of(engagement: Engagement) -> dict[str, str]:
    """A made-up name for each code."""
    people = sorted(engagement.people["person"])
    return {code: f"{FIRST[n % 12]} {LAST[(n + n // 12) % 12]}" for n, code in enumerate(people)}


def mail(name: str) -> str:
    return f"{name.split()[0].lower()}.{name.split()[1].lower()}@example.com"


def as_csv(header: list[str], rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue()


def toggl(engagement: Engagement, names: dict[str, str]) -> str:
    """Time entries in each person's own zone, as a detailed report shows them; the task is the project."""
    zones = engagement.people.set_index("person")["time_zone"]
    rows = []
    for entry in engagement.time_entries.itertuples():
        name = names[entry.person]
        start, end = (moment.tz_convert(zones[entry.person]) for moment in (entry.started, entry.ended))
        rows.append([
            name, mail(name), engagement.settings.client, entry.task, "", "", "Yes" if entry.billable else "No",
            f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%Y-%m-%d}", f"{end:%H:%M:%S}",
            str(end - start).rpartition(" ")[2], "", "",
        ])  # fmt: skip
    header = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
    return as_csv([*header.split(","), "Amount (USD)"], rows)


def calendar(engagement: Engagement, names: dict[str, str]) -> str:
    """Meetings with the answers to their invitations; who came is in none of it."""
    answers = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}
    lines = ["BEGIN:VCALENDAR", "PRODID:-//example//calendar//EN", "VERSION:2.0", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-TIMEZONE:{engagement.settings.time_zone}")
    for meeting in engagement.meetings.itertuples():
        lines += ["BEGIN:VEVENT", f"UID:{meeting.meeting}@example.com", "DTSTAMP:20260501T000000Z"]
        lines += [f"DTSTART:{meeting.starts:%Y%m%dT%H%M%SZ}", f"DTEND:{meeting.ends:%Y%m%dT%H%M%SZ}"]
        asked = engagement.attendance[engagement.attendance["meeting"] == meeting.meeting]
        for person, response in zip(asked["person"], asked["response"], strict=True):
            status = answers.get(response, "NEEDS-ACTION")
            lines.append(f"ATTENDEE;PARTSTAT={status};CN={names[person]}:mailto:{mail(names[person])}")
        title = "Welcome call: how we work" if meeting.kind == "kickoff" else str(meeting.kind).capitalize()
        status = "CANCELLED" if meeting.status == "cancelled" else "CONFIRMED"
        lines += [f"SUMMARY:{title}", f"STATUS:{status}", "END:VEVENT"]
    folded = [line if len(line) < 75 else f"{line[:70]}\r\n {line[70:]}" for line in [*lines, "END:VCALENDAR"]]
    return "\r\n".join(folded) + "\r\n"


def slack(engagement: Engagement, names: dict[str, str]) -> dict[str, str]:
    """Messages as days of one channel, a question with its mark and its receiver; thanks as mentions."""
    people = engagement.people.set_index("person")
    users = [
        {"id": f"U{code.upper()}", "name": names[code].split()[0].lower(), "real_name": names[code], "deleted": False,
         "is_bot": False, "tz": people.loc[code, "time_zone"],
         "profile": {"real_name": names[code], "email": mail(names[code])}}
        for code in names
    ]  # fmt: skip
    messages = engagement.messages
    first = messages.groupby("thread")["sent"].transform("min")
    days: dict[str, list[dict[str, object]]] = {}
    starts = {row.message: row for row in messages.assign(first=first).itertuples()}
    for row in starts.values():
        to = f"<@U{row.recipient.upper()}> " if isinstance(row.recipient, str) else ""
        text = f"{to}can you look at this, please?" if row.needs_answer else f"{to}done, it is in the folder."
        day = f"{row.sent:%Y-%m-%d}"
        days.setdefault(day, []).append(
            {"type": "message", "user": f"U{row.sender.upper()}", "text": text, "ts": f"{row.sent.timestamp():.6f}",
             "thread_ts": f"{row.first.timestamp():.6f}"}
        )  # fmt: skip
    for row in engagement.recognition.itertuples():
        if isinstance(row.giver, str):
            text = f"Thank you <@U{row.receiver.upper()}>, well done."
            entry = {
                "type": "message",
                "user": f"U{row.giver.upper()}",
                "text": text,
                "ts": f"{row.given_at.timestamp():.6f}",
            }
            days.setdefault(f"{row.given_at:%Y-%m-%d}", []).append(entry)
    files = {"users.json": users, "channels.json": [{"id": "C01", "name": "desk", "members": [u["id"] for u in users]}]}
    for day, found in days.items():
        files[f"desk/{day}.json"] = sorted(found, key=lambda message: str(message["ts"]))
    return {name: json.dumps(found, indent=1) + "\n" for name, found in sorted(files.items())}


def expectations_form(engagement: Engagement, names: dict[str, str]) -> str:
    """Ratings of expectations as a grid: one row a person, one column an aspect of an expectation."""
    rated = engagement.expectations
    rated = rated[rated["asked_on"] == rated["asked_on"].max()]
    wide = rated.pivot_table(index="person", columns=["aspect", "expectation"], values="rating")
    header = ["Timestamp", "Email Address", *(f"{ASPECTS[aspect]} [{what}]" for aspect, what in wide.columns)]
    stamp = f"{rated['asked_on'].max():%Y/%m/%d} 9:14:02 AM GMT"
    rows = [
        [stamp, mail(names[person]), *("" if pd.isna(cell) else int(cell) for cell in line)]
        for person, line in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return as_csv(header, rows)


def pulse_form(engagement: Engagement) -> str:
    """Survey answers in words, with the side and no name."""
    last = engagement.pulse[engagement.pulse["asked_on"] == engagement.pulse["asked_on"].max()]
    wide = last.pivot_table(index=["respondent", "side"], columns="question", values="score")
    stamp = f"{last['asked_on'].max():%Y/%m/%d} 9:14:02 AM GMT"
    rows = [
        [stamp, f"the {side}", *(WORDS.get(cell, "") for cell in line)]
        for (_, side), line in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return as_csv(["Timestamp", "I am on the side of …", *wide.columns], rows)


def quiz_form(engagement: Engagement, names: dict[str, str]) -> str:
    """Answers to the quiz, one row a person."""
    wide = engagement.quiz.pivot(index="person", columns="question", values="answer").fillna("")
    day = f"{engagement.meetings['ends'].min():%Y/%m/%d}"
    rows = [
        [f"{day} 5:00:00 PM GMT", mail(names[person]), *line]
        for person, line in zip(wide.index, wide.to_numpy().tolist(), strict=True)
    ]
    return as_csv(["Timestamp", "Email Address", *wide.columns], rows)


def exports(engagement: Engagement) -> dict[str, str]:
    """All of it: the name of each file and its text."""
    names = names_of(engagement)
    return {
        "toggl_detailed.csv": toggl(engagement, names),
        "calendar.ics": calendar(engagement, names),
        "expectations_form.csv": expectations_form(engagement, names),
        "pulse_form.csv": pulse_form(engagement),
        "quiz_form.csv": quiz_form(engagement, names),
        **{f"slack/{name}": text for name, text in slack(engagement, names).items()},
    }


def write(folder: Path, engagement: Engagement) -> list[Path]:
    """Write the exports; returns what an import is given: the files, and the folder of Slack's."""
    for name, text in exports(engagement).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return [*sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".toml"), folder / "slack"]


if __name__ == "__main__":
    place = Path(__file__).resolve().parents[2] / "datasets" / "exports"
    shutil.rmtree(place, ignore_errors=True)
    write(place, simulate("recognition", people=6, months=4, seed=3))
