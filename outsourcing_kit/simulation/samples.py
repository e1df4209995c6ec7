"""The six sample engagements: how each is made, and its data sheet."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.headlines import HEADLINES, TITLES
from outsourcing_kit.simulation.engine import simulate


@dataclass(frozen=True)
class Sample:
    """How one sample engagement is made: simulate's arguments, and invented names."""

    mistake: str | None
    people: int
    seed: int
    client: str
    provider: str
    months: int = 12
    note: str = ""

    @property
    def call(self) -> str:
        """The call of simulate that gives its tables."""
        return f"simulate({self.mistake!r}, people={self.people}, months={self.months}, seed={self.seed})"


SAMPLES: dict[str, Sample] = {
    "gold-rush": Sample("business_case", 16, 1848, "Nugget Travel", "Klondike Support"),
    "fire-sale": Sample("task_selection", 16, 451, "Cinder Homewares", "Clearout Partners"),
    "cold-start": Sample("kickoff", 16, 273, "Frostline Outdoor", "Ignition Desk"),
    "radio-silence": Sample("expectations", 16, 404, "Quiet Coast Clinics", "Static Relay"),
    "thankless": Sample("recognition", 16, 11, "Unsung Audio", "Backstage Works"),
    "steady": Sample(
        None,
        24,
        8,
        "Harbour Bakery",
        "Evenkeel Services",
        note="The seed was picked among 40 because more can be told from its records than from most. "
        "The other samples' seeds were not picked.",
    ),
}


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
    recipe, settings = SAMPLES[name], engagement.settings
    planted = f"**{TITLES[recipe.mistake]}** (`{recipe.mistake}`)" if recipe.mistake else "no mistake: the control"
    lines = [
        f"# {name}",
        "",
        f"An invented engagement: {settings.client} hands work to {settings.provider}, {settings.observed_from} to",
        f"{settings.observed_to}. Planted: {planted}.",
        "No person and no company in it exists; people have codes instead of names.",
        "",
        "## The truth",
        "",
        "What is true behind the records for each headline measure (also in `truth.json`), and the conventional limit.",
        "Facts show it exactly, a sample measure only within its interval.",
        "",
        "| measure | in words | truth | limit | |",
        "|---|---|---|---|---|",
        *(
            f"| `{item.key}` | {item.name} | {engagement.truth[item.key]:g} | {item.limit:g} |"
            + (" planted |" if item.mistake == recipe.mistake else " |")
            for item in HEADLINES
        ),
        "",
        "## Tables",
        "",
        "Times are in UTC. `../DATA_DICTIONARY.md` says what each column holds.",
        "",
        "| table | rows |",
        "|---|---|",
        *(f"| `{table}` | {len(frame)} |" for table, frame in engagement.tables.items()),
        "",
        *_IMPERFECT,
        "",
        "## How it was made",
        "",
        f"`outsourcing_kit.simulation.write_sample({name!r}, FOLDER)` writes this folder again, byte for byte.",
        f"Its tables are those of `{recipe.call}`.",
        *([recipe.note] if recipe.note else []),
        "",
        "Licence: Creative Commons Attribution 4.0 International (CC BY 4.0), see `LICENSE-lessons`.",
    ]
    return "\n".join(lines) + "\n"


_IMPERFECT = (
    "## Imperfect on purpose",
    "",
    "- Some people leave; some of those are replaced. Everybody's record ends with the last day there.",
    "- About one question in fifty was answered by phone or chat, which the record never shows: the truth of",
    "  `expectations.answered_in_time` is the share of answers in time that the record can show.",
    "- People differ: some know more, some are slower, some rate everything higher or use the ends of the scale, some",
    "  are thanked more often. Two questions of one thread have something in common.",
    "- Waits are lognormal. Some questions and proposals are never answered, some work is still open at the end.",
    "- The two sides share 3 to 5.5 working hours a day; some messages were sent at a weekend.",
    "- Sheets have gaps: everybody rated five of eight expectations, some lines and some pulse sheets are missing.",
    "- Some acts of recognition name no item; some are for work that was late or came back; some came weeks too late.",
    "- Some due dates are blank. The client's people do not note when work begins. Time records and ticket log cover",
    "  the first four months.",
    "- Some people join a meeting late, leave early, or say yes and do not come.",
    "- Past work is of two kinds: most went about as planned or most got out of hand, and a reserve covers the first.",
    "  What the client's specialists make of the hours that are freed, nobody has recorded.",
    "- The probability of no saving is that of the outside view with the ratios of all past work; `estimates` is a",
    "  sample of it.",
)
