"""What a kickoff has to cover: the default agenda, and the words by which each item is recognised in a talk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.text import folded, plain
from outsourcing_kit.toml import kit_table

WORDS = kit_table("kickoff/agenda_en.toml")


@dataclass(frozen=True)
class AgendaItem:
    """One thing to cover at a kickoff.

    `telling` are phrases with which people tell it ("my name is"), `terms` plain words that go with it ("name"). In
    both, `*` stands for any ending, `…` for up to three words in between, `a/b` for either word; a plural is found
    without asking. `teach_back` is what the other side should be able to say afterwards in its own words.
    """

    item: str
    teach_back: str
    telling: tuple[str, ...]
    terms: tuple[str, ...]


def _terms(text: str) -> tuple[str, ...]:
    return tuple(" ".join(term.split()) for term in text.split(";") if term.strip())


def _default(item: str, teach_back: str, telling: str, terms: str) -> AgendaItem:
    return AgendaItem(item, teach_back, _terms(telling.replace("{job}", "".join(WORDS["job"].split()))), _terms(terms))


# The eight items of a kickoff agenda that hold where an engagement has no table agenda, with the words that show them.
DEFAULT_AGENDA: tuple[AgendaItem, ...] = tuple(_default(**item) for item in WORDS["items"])


def agenda_items(agenda: pd.DataFrame | None = None) -> tuple[AgendaItem, ...]:
    """The rows of an `agenda` table (item, terms) as items; the default ones for none.

    A row that bears a default item's name keeps that item's phrases and adds its own terms. Of a name given twice,
    the first counts. A term of several words counts as telling.

    Raises:
        OutsourcingKitError: a table without the column `item`.

    >>> own = pd.DataFrame({"item": ["data protection"], "terms": ["personal data; keep secret; privacy"]})
    >>> [(item.item, item.telling, item.terms) for item in agenda_items(own)]
    [('data protection', ('personal data', 'keep secret'), ('privacy',))]
    """
    # A table without rows is one that nobody has filled in yet: it requires nothing else than the default.
    if agenda is None or (isinstance(agenda, pd.DataFrame) and not len(agenda)):
        return DEFAULT_AGENDA
    rows, lacks = take(agenda, "agenda", need=("item",), also=("terms",))
    if lacks:
        raise OutsourcingKitError(f"The agenda {lacks}. Mend: call the column with its items 'item'.")
    known = {item.item: item for item in DEFAULT_AGENDA}
    found: dict[str, AgendaItem] = {}
    for name, text in rows.dropna(subset=["item"]).itertuples(index=False):
        # A row without any words is looked for by the words of its name.
        terms = _terms(plain(text or "")) or tuple(re.findall(r"[\w-]{4,}", name))
        phrases, words = (tuple(term for term in terms if (len(term.split()) > 1) is many) for many in (True, False))
        # A company's own terms add to the default phrases, which alone tell "we pay by" from a price in passing.
        base = known.get(item_key(name), AgendaItem(name, "", (), ()))
        own = replace(base, item=name, telling=base.telling + phrases, terms=base.terms + words)
        found.setdefault(item_key(name), own)
    return tuple(found.values())


def item_key(name: object) -> str:
    """An agenda item's name as it is compared: however its letters are composed, without case and outer blanks."""
    return folded(str(name))


@lru_cache(maxsize=256)
def term_pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all terms, for text in lower case; the number of the group that matched is the term's.

    None without any term.

    >>> found = term_pattern(("price", "invoic*", "due … Friday")).finditer("prices; invoicing is due by this friday.")
    >>> [(match.lastindex, match.group()) for match in found]
    [(1, 'prices'), (2, 'invoicing'), (3, 'due by this friday')]
    """
    words = [term.lower() for term in terms if term.strip()]
    # The empty group after each term tells which one it was; around the term it would hide the term's first letter
    # from the search, which is then several times slower.
    parts = [f"{_term_source(term)}()" for term in words]
    # Signs such as € begin no word.
    begin = r"(?:(?<![\w'])|(?=[^\w\s]))" if any(re.match(r"\W", term) for term in words) else r"(?<![\w'])"
    return re.compile(f"{begin}(?:{'|'.join(parts)})") if parts else None


def _term_source(term: str) -> str:
    words = term.replace("...", "…").split()
    # Up to three words in between bring the blank after them along.
    parts = [r"(?:[\w'-]+[\s,]+){0,3}" if word == "…" else rf"{_word_source(word)}[\s,]+" for word in words]
    return "".join(parts).removesuffix(r"[\s,]+") + (r"(?![\w'])" if re.search(r"[\w*]$", term) else "")


def _word_source(word: str) -> str:
    options = []
    for option in filter(None, word.split("/")):
        # A plural or a possessive is the same word; other endings only where a * asks for them.
        ending = r"[\w'-]*" if option.endswith("*") else r"(?:es|s|'s)?" if len(option) > 3 else ""
        options.append(re.escape(option.rstrip("*")) + ending)
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"
