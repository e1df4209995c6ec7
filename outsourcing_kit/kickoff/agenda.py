"""What a kickoff has to cover: the default agenda, and the words by which each item is recognised in a talk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import folded, label, plain


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


_JOB = (
    "manager/lead/leader/head/founder/designer/developer/engineer/expert/specialist/assistant/director/owner/analyst/"
    "accountant/bookkeeper/coordinator"
)

# The eight items of a kickoff agenda that hold where an engagement has no table agenda, with the words that show them.
DEFAULT_AGENDA: tuple[AgendaItem, ...] = (
    AgendaItem(
        "introductions",
        "who is who on the other side, and whom to ask for what",
        _terms(
            f"""
            my name is/was; my name's; let me introduce; introduce … myself/yourself/himself/herself; introduced
            myself/himself/herself/themselves; introducing myself/ourselves; introduce ourselves/yourselves/themselves;
            introduce everyone/everybody/our/the; round of introduction; get/getting/got to know each/one; know each
            other; nice/great/good/pleased to meet; welcome everyone/everybody/all/both/to/on/aboard; i'm
            the/a/an/your/our … {_JOB}; i am the/a/an/your/our … {_JOB}; i lead/run the/our/a; i work as/in/for;
            said/told who they/he/she; who is who; who's who
            """
        ),
        _terms("name; introduc*; welcome; hello; hi; background; meet you; ourselves"),
    ),
    AgendaItem(
        "company",
        "what the company does, for whom, and what this work is for",
        _terms(
            """
            our company/business/firm/mission/story/customer/client/brand/competitor/industry; we are/we're a/an …
            company/business/firm/agency/family; the company is/was/has/makes/sells/began/started; founded in/by;
            aim/goal/purpose/objective of/for the/this/our; the/our aim/goal/purpose/objective is; we're/we'll …
            design*/mak*/build*/develop*/creat*/sell*; we are … designing/making/building/developing/creating/selling;
            we make/sell/build/serve/offer; new product/project/service/business; who we are; what we do; about the/our
            company/business/project; our product/project/service is
            """
        ),
        _terms(
            """
            company; business; customer; mission; brand; competitor; founder; founded; project; aim*; goal; objective;
            industry; international*; market
            """
        ),
    ),
    AgendaItem(
        "tasks",
        "which tasks are whose from tomorrow on, and which are not",
        _terms(
            """
            your/my/our/their/his/her/individual role/job/task/responsibility/responsibilities/duty/duties; responsible
            for; in charge of; take/takes/taking care of; who does what; you/you're/you'll/you've
            will/are/be/got/going/gonna … do/doing/work*/handl*/prepar*/responsible; you'll/you've be/got …
            do*/work*/handl*/think*; i'll/we'll handle/prepare/take; i will ask … to; i'll ask … to; scope of;
            hand/hands/handed over; will handle/prepare/maintain/answer/process; is going to
            do/handle/prepare/work/think; asked to do/handle/prepare; your/my part
            """
        ),
        _terms("role; task; responsib*; job; duty; duties; assign*; individual*; scope; handover; workload"),
    ),
    AgendaItem(
        "expectations",
        "what good work looks like here, and how anyone would notice that it is not",
        _terms(
            """
            we/i/they expect; what … expect; expected of/from/to; our/my/your expectation; we/i need/want/would
            you/it/them/this … to; it/this/that/they has/have/must/should … be; supposed to be; important to/for/that;
            good/done looks like/means; definition of done; quality standard; service level; success is/means/looks;
            acceptance criteria; count on you; hold you to; good enough
            """
        ),
        _terms(
            """
            expect*; standard; quality; success*; criteria; criterion; requirement; goal; important; target; must;
            accura*; reliab*; mistake; friendly
            """
        ),
    ),
    AgendaItem(
        "timelines",
        "what is due when, in whose time zone, and when we meet next",
        _terms(
            """
            next meeting; in/for/next/another/about/within/every … minute/hour/day/week/month; deadline; due
            on/by/date/in; by … monday/tuesday/wednesday/thursday/friday/tomorrow/noon; by the end of; end of
            the/this/next day/week/month/quarter; start/starts/starting on/in/from/at;
            first/second/third/next/last/three … phase/stage/step/milestone; project plan; working hours; time zone;
            each/every day/week/month/monday/tuesday/wednesday/thursday/friday; go/going live; timeline; milestone
            """
        ),
        _terms(
            """
            phase; stage; step; schedule; calendar; plan; minute; hour; day; week; month; date; process; agenda
            """
        ),
    ),
    AgendaItem(
        "payments",
        "who pays what to whom, for what, and on which day",
        _terms(
            """
            invoice; invoicing; paid on/by/per/every/monthly/weekly/in; pay/pays … on/by/per/every/monthly/weekly;
            per/an hour; hourly/monthly/daily/weekly rate/fee; payment term/date/day; budget is/of/for; the/our/your
            budget; price/cost is/will/of/would/should/to/at/lower/target; selling price; production cost; will cost;
            profit aim/target/of; salary; bonus; bank transfer; overtime
            """
        ),
        _terms(
            """
            pay*; paid; invoic*; rate; price; cost; budget; fee; euro; dollar; pound; peso; salar*; money; profit;
            financ*; currency; expense; bank; €; $; £; sell*; million
            """
        ),
    ),
    AgendaItem(
        "systems and access",
        "which systems the work is done in, and that every login works today",
        _terms(
            """
            log/logs/logging in/into; login; password; user name; username; access to;
            have/has/get/gets/give/grant/need/needs … access; account for/on/in/is/was; shared
            drive/folder/inbox/mailbox; two-factor; two factor; vpn; we/you use/run; set up; permission; admin right;
            test access
            """
        ),
        _terms(
            """
            access; system; software; tool; account; drive; folder; laptop; app; platform; security; licence; license;
            backup; computer; e-mail; email; server
            """
        ),
    ),
    AgendaItem(
        "decisions and questions",
        "who decides what, whom to ask, and how fast an answer comes",
        _terms(
            """
            who decides; i/we/she/he decide/decides; sign/signs/signed off; sign-off; approve; approval; any/any other
            question; ask me/us/him/her; if you have/are … question/stuck/unsure/doubt; question go/goes to; point of
            contact; reach/contact/call/message/write me/us; escalate; final/last say/word; let me/us know; come to
            me/us; has/have the authority
            """
        ),
        _terms("question; decision; decide; ask; answer; contact; escalat*; approv*; channel; authority"),
    ),
)


def agenda_items(agenda: pd.DataFrame | Sequence[AgendaItem] | None = None) -> tuple[AgendaItem, ...]:
    """The agenda as items: the default one, items as they are, or the rows of an `agenda` table (item, terms).

    A row that bears a default item's name keeps that item's phrases and adds its own terms. Of a name given twice,
    the first counts. A term of several words counts as telling.

    Raises:
        OutsourcingKitError: a table without the column `item`.

    >>> own = pd.DataFrame({"item": ["data protection"], "terms": ["personal data; keep secret; privacy"]})
    >>> [(item.item, item.telling, item.terms) for item in agenda_items(own)]
    [('data protection', ('personal data', 'keep secret'), ('privacy',))]
    """
    if agenda is None:
        return DEFAULT_AGENDA
    if not isinstance(agenda, pd.DataFrame):
        return tuple(agenda)
    if "item" not in agenda:
        raise OutsourcingKitError(
            f"The agenda has columns {', '.join(map(str, agenda.columns)) or 'none'}; expected item and terms. "
            "Mend: name the column with the agenda items 'item', the one with their words 'terms'."
        )
    known = {item.item: item for item in DEFAULT_AGENDA}
    found: dict[str, AgendaItem] = {}
    words = agenda["terms"] if "terms" in agenda else pd.Series("", index=agenda.index)
    for name, text in zip(agenda["item"], words, strict=True):
        if label(name) is None or item_key(name) in found:
            continue
        # A row without any words is looked for by the words of its name.
        terms = (_terms(plain(text)) if isinstance(text, str) else ()) or tuple(re.findall(r"[\w-]{4,}", str(name)))
        own = AgendaItem(
            str(label(name)),
            "",
            tuple(term for term in terms if len(term.split()) > 1),
            tuple(term for term in terms if len(term.split()) == 1),
        )
        base = known.get(item_key(name))
        if base is not None:
            own = AgendaItem(own.item, base.teach_back, base.telling + own.telling, base.terms + own.terms)
        found[item_key(name)] = own
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
    source = ""
    for word in term.replace("...", "…").split():
        if word == "…":
            source += r"(?:[\w'-]+[\s,]+){0,3}"
            continue
        options = []
        for option in word.split("/"):
            plain = re.escape(option.rstrip("*"))
            # A plural or a possessive is the same word; other endings only where a * asks for them.
            ending = r"[\w'-]*" if option.endswith("*") else r"(?:es|s|'s)?" if len(option) > 3 else ""
            options.append(plain + ending)
        options = [option for option in options if option]
        source += (options[0] if len(options) == 1 else f"(?:{'|'.join(options)})") + r"[\s,]+"
    source = source.removesuffix(r"[\s,]+")
    return source + (r"(?![\w'])" if re.search(r"[\w*]$", term) else "")
