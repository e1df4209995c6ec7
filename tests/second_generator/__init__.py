"""A second maker of engagements with a known truth, for checking the analyses against a world they were not made with.

It is written from the definitions of the tables and of the fifteen headline measures alone, and shares no code and no
distribution with the package's own simulation: waits are Weibull and Pareto, people differ by discrete kinds or beta
distributions, questions share topics, ratings are misread, records are missing for reasons that have to do with what
they would have shown, people leave after a silence, and minutes use words that the agenda matcher does not list.

What makes the truth exact: who is missing is drawn first, and those who are there come from a distribution whose mean
is the wanted value (a pattern-mixture model); how many rows a person has may depend on the kind of person, but never
on how single rows turned out. So the mean over people of the expected share is the wanted value by construction, and
it is the truth of *what the records can show*. The value of each headline in the very rows that were written, reckoned
from the outcomes and not from the tables, is kept under "observed.<key>".
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from outsourcing_kit.engagement import Engagement
from second_generator.frame import Frame, make_frame, settings_toml, severity_at_limit, targets
from second_generator.meeting import kickoff_rows, past_rows, quiz_rows
from second_generator.plan import cash_rows, prerequisite_rows, risk_rows, task_rows
from second_generator.talk import message_rows, proposal_rows
from second_generator.views import expectation_rows, pulse_rows
from second_generator.work import favourite_rows, rework_rows, work_rows

__all__ = ["Frame", "generate", "severity_at_limit", "targets", "write"]

_ROOMS = (
    cash_rows, prerequisite_rows, task_rows, kickoff_rows, quiz_rows, message_rows, proposal_rows, expectation_rows,
    pulse_rows, work_rows, risk_rows, past_rows, rework_rows,
    favourite_rows,
)  # fmt: skip


def generate(
    seed: int, people: int = 12, severity: Mapping[str, float] | None = None, *, clustered_clients: bool = False
) -> tuple[Engagement, dict[str, float]]:
    """An engagement, read back through every check that a user's folder goes through, and what is true of it.

    Args:
        seed: same seed, same bytes.
        people: of both sides together, at least 4.
        severity: by mistake ("kickoff") or by headline ("kickoff.quiz_right"), as Headline.truth has it; 0 elsewhere.
        clustered_clients: past work of one client turns out alike (off: past items are independent, which is what an
            exact binomial interval over items takes for granted).

    Returns:
        the engagement and {key: truth, "observed.<key>": value in these rows}.
    """
    with tempfile.TemporaryDirectory() as folder:
        truth = write(Path(folder), seed, people, severity, clustered_clients=clustered_clients)
        return Engagement.load(Path(folder)), truth


def write(
    folder: Path,
    seed: int,
    people: int = 12,
    severity: Mapping[str, float] | None = None,
    *,
    clustered_clients: bool = False,
) -> dict[str, float]:
    """Write the engagement's CSV files and engagement.toml into `folder`; returns the truth (see `generate`)."""
    frame = make_frame(seed, people, severity or {}, clustered_clients)
    for number, room in enumerate(_ROOMS):
        room(frame, frame.stream(number))
    for name, rows in frame.tables.items():
        (folder / f"{name}.csv").write_bytes(frame.csv(name, rows).encode())
    (folder / "engagement.toml").write_bytes(settings_toml(frame).encode())
    return frame.truth
