"""Who is who: one person has many names in many tools, one code in the tables, and a key that stays with its owner."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Who
from outsourcing_kit.readers.known import pattern
from outsourcing_kit.text import folded, shown
from outsourcing_kit.toml import toml_section

SIDES = ("client", "provider", "neither")
# One letter wrong in a name of seven or more.
_NEAR = 0.85
_MOST_PEOPLE, _HANDFUL = 400, 5
# A robot, by the words that robots bear.
_MACHINE = pattern("machine")


@dataclass
class Roster:
    """The key: code → all names of a person, the first of them the one to show; and what was answered about them."""

    codes: dict[str, list[str]] = field(default_factory=dict)
    sides: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def recognise(self, people: Iterable[Who], ask: Ask, *, keep_names: bool) -> dict[str, str]:
        """Alias → code of everybody, new codes for new people; "" for a machine.

        One e-mail address is one person, and so is one name. Names that are like others are asked about, all at once.
        Raises OutsourcingKitError for more people than an engagement has.
        """
        people = list(people)
        if len(people) > _MOST_PEOPLE:
            raise OutsourcingKitError(
                f"The files name {len(people):,} people; expected those of one engagement, {_MOST_PEOPLE} at most. "
                "Mend: export its project, channel or board alone."
            )
        found: dict[str, str] = {}
        pairs: list[tuple[Who, str, str]] = []
        # Whole names first, so that "Joy R." has a "Joy Reyes" to be like.
        for who in sorted(people, key=_fullest):
            if _MACHINE.search(who.said):
                found[who.alias] = ""
            elif code := self._known(who):
                found[who.alias] = self._note(who, code)
            # Likeness alone never joins two people: somebody has to say so.
            elif code := self._like(who):
                pairs.append((who, code, f"{who.said} = {self.codes[code][0]}"))
            else:
                found[who.alias] = self._note(who, self._new(who, keep_names=keep_names))
        if pairs:
            offered = list(dict.fromkeys(label for _, _, label in pairs))
            same = ask.many("same", "Which of these are one and the same person?", offered, offered)
            for who, code, label in pairs:
                # One that was asked about may have been met under another name since.
                code = self._known(who) or (code if label in same else self._new(who, keep_names=keep_names))
                found[who.alias] = self._note(who, code)
            # Kept, next month's new names would be taken as answered.
            self.answers.pop("same", None)
        return found

    def coded(self, text: str) -> str:
        """A text with codes in place of names, such as the name of a file: "Chat with p02.txt".

        >>> Roster({"p02": ["Joy Reyes", "joy@example.com"]}).coded("Chat with Joy.txt")
        'Chat with p02.txt'
        """
        known = {name: code for code, names in self.codes.items() for each in names for name in (each, each.split()[0])}
        # The whole name before the first alone; a letter or two may be anything.
        for name in sorted((name for name in known if len(name) > 2), key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", known[name], text, flags=re.IGNORECASE)
        return text

    def _note(self, who: Who, code: str) -> str:
        """The code, with this person's names kept under it."""
        names = self.codes.setdefault(code, [])
        # Next month another tool may know them by any of these.
        for name in (who.said, who.email, who.alias):
            if name and folded(name) not in map(folded, names):
                names.append(name)
        if who.zone:
            self.zones.setdefault(code, who.zone)
        return code

    def _new(self, who: Who, *, keep_names: bool) -> str:
        numbers = [int(code[1:]) for code in self.codes if re.fullmatch(r"p\d{1,9}", code)]
        return who.said if keep_names else f"p{1 + max(numbers, default=0):02}"

    def ask_sides(self, codes: Iterable[str], ask: Ask) -> None:
        """The side of everybody whose side is not known yet, in one question for all of them, or two for many."""
        new = {self.codes[code][0]: code for code in codes if code not in self.sides}
        if not new:
            return
        ours = ask.many("ours", "Which of these people are on the client's side, the one that hands work over?", new)
        rest = [name for name in new if name not in ours]
        # A handful are whoever one works with; whoever is not can be set to "neither" in the key's file.
        many = len(rest) > _HANDFUL or "neither" in self.answers
        text = "Which of these belong to neither side (a robot, somebody of another client)?"
        neither = ask.many("neither", text, rest) if many else ()
        for name, code in new.items():
            self.sides[code] = "client" if name in ours else "neither" if name in neither else "provider"
        # They answer for these people alone: the next new face is asked about.
        for key in ("ours", "neither"):
            self.answers.pop(key, None)

    def _known(self, who: Who) -> str | None:
        names = {folded(name): code for code, names in self.codes.items() for name in names}
        mine = [folded(name) for name in (who.alias, who.email, who.said) if name]
        return next((names[name] for name in mine if name in names), None)

    def _like(self, who: Who) -> str | None:
        """The code of the person whose name is most like this one; None where none is."""
        near = {code: names[0] for code, names in self.codes.items() if any(alike(who.said, name) for name in names)}
        likeness = {code: _ratio(folded(name), folded(who.said)) for code, name in near.items()}
        return max(likeness, key=likeness.__getitem__, default=None)


def alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: a letter for a word, a first name alone, or a slip of the pen.

    >>> [alike(name, "Joy Reyes") for name in ("Joy R.", "j.reyes", "Joy", "Joy Rayes", "Ann")]
    [True, True, True, True, False]
    """
    first, second = sorted((_words(one), _words(other)), key=len)
    if not first or "@" in one or "@" in other:
        return False
    # Codes such as u1 and u2 are of two people.
    digits = [re.findall(r"\d+", name) for name in (one, other)]
    if all(digits) and digits[0] != digits[1]:
        return False
    # Joy R. and Joy Reyes.
    pairs = list(zip(first, second, strict=False))
    if len(first) == len(second) and all(a.startswith(b) or b.startswith(a) for a, b in pairs):
        return True
    # Joy alone, or jreyes.
    if len(first) == 1 and len(second) > 1 and first[0] in (second[0], second[0][0] + second[-1]):
        return True
    return _ratio(" ".join(first), " ".join(second)) >= _NEAR


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_\d]+", folded(name)) if word]


def _fullest(who: Who) -> tuple[bool, int, str, str]:
    """Whole names first, addresses last: what a person is called first is what questions call them."""
    full = sum(len(word) > 1 for word in _words(who.said))
    return "@" in who.said, -full, who.said.casefold(), who.alias


# --- the key's file ----------------------------------------------------------------------------------------------


def key_file(folder: Path) -> Path:
    """Where the key lies: beside the engagement, never inside, so that a folder handed on names nobody."""
    whole = folder.absolute()
    return whole.with_name(f"{whole.name}-names.toml")


def read_roster(path: Path) -> Roster:
    """The key that a file holds, an empty one where there is none. Raises OutsourcingKitError where it is spoilt."""
    if not os.path.lexists(path):
        return Roster()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        codes = {code: [str(name) for name in names] for code, names in found.get("codes", {}).items() if names}
        sides, zones = dict(found.get("sides", {})), dict(found.get("zones", {}))
        if wrong := [side for side in sides.values() if side not in SIDES]:
            raise ValueError(f"a side {shown(wrong[0])}, not one of {', '.join(SIDES)}")
        return Roster(codes, sides, zones, dict(found.get("people", {})))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise OutsourcingKitError(
            f"{shown(path.name)} cannot be read ({shown(error, 200)}); expected who is who, as an import wrote it. "
            "Mend: correct that line. Without the file everybody would get a new code."
        ) from None


def roster_toml(roster: Roster) -> str:
    """The text of the key's file."""
    first = "# Who is who. Keep this file to yourself: with it the codes in the tables are names again."
    kept = (("codes", roster.codes), ("sides", roster.sides), ("zones", roster.zones), ("people", roster.answers))
    return "\n".join([first, *(line for name, held in kept for line in toml_section(name, held))]) + "\n"
