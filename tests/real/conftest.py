"""Engagement folders built from real records that nobody here wrote. The records stay where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest


def write_engagement(folder: Path, days: tuple[str, str], **frames: pd.DataFrame) -> Path:
    folder.mkdir(parents=True)
    settings = (
        f'name = "{folder.name}"\nclient = "client"\nprovider = "provider"\ncurrency = "EUR"\ntime_zone = "UTC"\n'
        f"observed_from = {days[0]}\nobserved_to = {days[1]}\n"
    )
    (folder / "engagement.toml").write_text(settings, encoding="utf-8")
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="session")
def helpdesk(real_data, tmp_path_factory) -> Path:
    """The help desk log as `events`. It names no person, team or offset; it is read as UTC."""
    log = pd.read_csv(real_data / "helpdesk" / "helpdesk.csv")
    stamps = pd.to_datetime(log["CompleteTimestamp"]).dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    events = pd.DataFrame({"case": log["CaseID"], "activity": log["ActivityID"], "happened_at": stamps})
    return write_engagement(tmp_path_factory.mktemp("real") / "helpdesk", ("2012-01-01", "2014-12-31"), events=events)


@pytest.fixture(scope="session")
def transcripts(real_data, tmp_path_factory) -> Path:
    """The six teams' meetings as `minutes`: a meeting is one transcript, `a` being a team's kickoff."""
    rows = []
    for path in sorted((real_data / "meetings").glob("*.json")):
        turns = json.loads(path.read_text(encoding="utf-8"))["meeting_transcripts"]
        rows += [(path.stem, number, turn["speaker"], turn["content"]) for number, turn in enumerate(turns, start=1)]
    minutes = pd.DataFrame(rows, columns=["meeting", "turn", "speaker", "text"])
    minutes = minutes[minutes["text"].str.strip() != ""]
    return write_engagement(
        tmp_path_factory.mktemp("real") / "transcripts", ("2005-01-01", "2005-12-31"), minutes=minutes
    )


@pytest.fixture(scope="session")
def projects(real_data, tmp_path_factory) -> Path:
    """The outsourcing company's 145 projects as `estimates`."""
    raw = pd.read_csv(real_data / "estimates" / "kitchenham.csv")
    estimates = pd.DataFrame(
        {
            "item": [f"project {n}" for n in raw["Project"]],
            "reference_class": "maintenance and development",
            "estimated": raw["First.estimate"],
            "actual": raw["Actual.effort"],
            "unit": "hours",
            "status": "finished",
            "client": [f"client {n}" for n in raw["Client.code"]],
        }
    )
    return write_engagement(
        tmp_path_factory.mktemp("real") / "projects", ("1994-01-01", "1998-12-31"), estimates=estimates
    )


@pytest.fixture(scope="session")
def task_labels(real_data, tmp_path_factory) -> Path:
    """19,265 work tasks with two raters' labels as `ratings`."""
    raw = pd.read_csv(real_data / "tasks" / "task_labels.tsv", sep="\t")
    task = [f"task {n}" for n in range(len(raw))]
    ratings = pd.concat(
        pd.DataFrame({"task": task, "person": person, "side": "client", "criterion": "exposure", "rating": raw[column]})
        for person, column in (("first rater", "human_exposure_agg"), ("second rater", "gpt4_exposure"))
    )
    return write_engagement(tmp_path_factory.mktemp("real") / "labels", ("2023-01-01", "2023-12-31"), ratings=ratings)
