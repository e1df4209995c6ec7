"""The six sample engagements: how each is made, and its data sheet."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.headlines import HEADLINES, TITLES
from outsourcing_kit.simulation.engine import simulate
from outsourcing_kit.simulation.frames import STORY


@dataclass(frozen=True)
class Sample:
    """How one sample engagement is made: simulate's arguments, and invented names."""

    people: int
    seed: int
    client: str
    provider: str
    mistake: str | None = None
    months: int = 12
    note: str = ""

    @property
    def call(self) -> str:
        """The call of simulate that gives its tables."""
        return f"simulate({self.mistake!r}, people={self.people}, months={self.months}, seed={self.seed})"


SAMPLES = {name: Sample(**said) for name, said in STORY["samples"].items()}


def sample(name: str) -> Engagement:
    """Make the sample engagement called `name` anew. Raises UnknownNameError, naming the nearest.

    >>> sample("steady").settings.client
    'Harbour Bakery'
    """
    if name not in SAMPLES:
        raise UnknownNameError.of("sample engagement", name, SAMPLES)
    recipe = SAMPLES[name]
    made = simulate(recipe.mistake, people=recipe.people, months=recipe.months, seed=recipe.seed)
    settings = replace(made.settings, name=name, client=recipe.client, provider=recipe.provider)
    return replace(made, settings=settings)


def write_sample(name: str, folder: str | os.PathLike[str]) -> Path:
    """Write a sample engagement into a new folder: its tables, settings, truth and data sheet (README.md)."""
    engagement = sample(name)
    target = engagement.save(folder)
    (target / "README.md").write_bytes(data_sheet(name, engagement).encode("utf-8"))
    return target


def data_sheet(name: str, engagement: Engagement) -> str:
    """A sample's data sheet, as Markdown: what is planted, what is imperfect on purpose, how it was made."""
    recipe = SAMPLES[name]
    planted = f"**{TITLES[recipe.mistake]}** (`{recipe.mistake}`)" if recipe.mistake else "no mistake: the control"
    truths = (
        f"| `{item.key}` | {item.name} | {engagement.truth[item.key]:g} | {item.limit:g} |"
        + (" planted |" if item.mistake == recipe.mistake else " |")
        for item in HEADLINES
    )
    tables = (f"| `{table}` | {len(frame)} |" for table, frame in engagement.tables.items())
    told = {"planted": planted, "truths": "\n".join(truths), "tables": "\n".join(tables)}
    note = f"\n{recipe.note}" if recipe.note else ""
    return str(STORY["data_sheet"].format(name=name, settings=engagement.settings, recipe=recipe, note=note, **told))
