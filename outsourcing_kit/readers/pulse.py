"""How people feel, from a survey: points under codes, with a side; who it was, and what they wrote, is not kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.forms import Form
from outsourcing_kit.readers.scales import ends, in_words, point, points


def add_pulse(draft: Draft, form: Form) -> None:
    """Rows of table `pulse`. Whose side is told by the form, or by who answered, or asked."""
    asked = [each for each in form.asked if points(each.cells)]
    draft.leave_out("questions with free text", len(form.asked) - len(asked))
    numbers = [cell for each in asked for cell in each.cells if cell and not in_words(cell)]
    scales = {f"{low:g} to {most:g}": (low, most) for low, most in ends(numbers) or [(1.0, 10.0)]}
    scale = next(iter(scales))
    if numbers and len(scales) > 1:
        # A 4 of five is a good answer, and a 4 of ten is none.
        scale = form.ask.one("scale", "Between which numbers could people choose?", scales, scale)
    low, most = scales[scale]
    side = [told or who for told, who in zip(form.side, form.person, strict=True)]
    if not all(side):
        options = ("client", "provider", "leave it out")
        answer = form.ask.one("side", "Which side answered the survey of how people feel?", options)
        side = [known or answer for known in side]
    rows = [row for row in form.rows(draft, asked, dated=True, named=False) if side[row[0]] != "leave it out"]
    people = {*form.person}
    # Nobody's name or address is in a code.
    code = _codes(f"{stamp} {'' if told in people else told}" for stamp, told in zip(form.stamp, side, strict=True))
    people.intersection_update(side)
    # Whoever answered is on the list of people only where their name has to tell their side.
    draft.people = [who for who in draft.people if who.alias in people]
    draft.add("pulse", {
        "respondent": [code[n] for n, *_ in rows], "side": [side[n] for n, *_ in rows],
        "asked_on": [form.days[n] for n, *_ in rows], "question": [each.name for _, each, _ in rows],
        "score": [point(cell) for *_, cell in rows],
        "scale_max": [5.0 if in_words(cell) else most for *_, cell in rows],
        "scale_min": [1.0 if in_words(cell) else low for *_, cell in rows],
    })  # fmt: skip
    if any(in_words(cell) for *_, cell in rows):
        draft.assume("pulse", "answers in words are points from 1 to 5")
    if numbers:
        draft.assume("pulse", f"numbers are of a scale from {scale}")


def _codes(stamps: Iterable[str]) -> list[str]:
    """A code for each row, the same whenever and beside whatever other file it is read, that is nobody's name."""
    seen: Counter[str] = Counter()
    codes = []
    for stamp in stamps:
        seen[stamp] += 1
        codes.append("r" + hashlib.sha256(f"{stamp} {seen[stamp]}".encode("utf-8", "replace")).hexdigest()[:8])
    return codes
