"""Words that leave a request open, why, and what to ask the client. English."""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_CRITERION = "no acceptance criterion"


@dataclass(frozen=True)
class Rule:
    """A kind of vagueness: a pattern for its words, why they leave a request open, the question with {words} in it."""

    flag: str
    pattern: re.Pattern[str]
    why: str
    question: str


def _words(*phrases: str) -> str:
    return r"\b(?:" + "|".join(phrases) + r")\b"


def _rule(flag: str, pattern: str, why: str, question: str) -> Rule:
    return Rule(flag, re.compile(pattern, re.IGNORECASE), why, question)


_IRREGULAR = (
    "done|made|sent|kept|built|shown|given|put|set|held|written|paid|taken|brought|found|known|seen|told|chosen"
)

# A criterion says what can be seen when it is done: a number with a unit, a condition, an example, a check.
CRITERION = re.compile(
    r"\b(?:accept(?:ed|ance)|done (?:when|if|means)|definition of done|so that (?:i|we|they|you) can (?:see|check)|"
    r"expected (?:result|behaviou?r)|success (?:is|means)|must (?:show|match|equal|contain|pass)|"
    r"should (?:show|match|equal|contain|return|display)|verif(?:y|ied) (?:by|that)|for example|e\.g\.|"
    r"at (?:most|least)|no (?:more|later|fewer|less) than|within \d+|by \d|by (?:mon|tues|wednes|thurs|fri)day|"
    r"\d+ ?(?:%|percent|minutes?|hours?|days?|weeks?|pages?|rows?|items?|seconds?))",
    re.IGNORECASE,
)

RULES = (
    _rule(
        "TBD",
        _words("TBD", "TBA", "TBC", "to be (?:decided|determined|defined|confirmed)", "no description(?: provided)?")
        + r"|\?\?+",
        "something is still undecided, and whoever does the work will have to guess it",
        'What goes in the place of "{words}", who decides it, and by when?',
    ),
    _rule(
        "and/or",
        _words("and ?/ ?or", "either/or", "(?:or|and) (?:so|something)", "and so (?:on|forth)", "and the like", "etc")
        + r"\.?",
        "it can be read as all of them, any of them, or more than is named",
        'You wrote "{words}": which exactly, all of them, and is the list complete?',
    ),
    _rule(
        "unclear reference",
        r"(?:(?<=\. )|(?<=\n)|^)(?:it|this|that|these|those|they)\b"
        r"(?= (?:is|are|was|were|should|must|will|needs?|has|have|can|also|does)\b)|"
        + _words(
            "as (?:discussed|agreed|usual|before|always|last time|we said)", "like (?:last time|before|the other one)",
            "the (?:same|other) (?:one|way|thing)s?", "the above", "the usual(?: way| one| format)?",
            "(?:this|that) (?:stuff|thing)", "(?:something|anything) (?:similar|like (?:this|that))", "the rest",
        ),
        "what it points to is known to the writer only",
        'You wrote "{words}": what exactly does that refer to? Please name it or link it.',
    ),
    _rule(
        "vague quantity",
        _words(
            "some", "several", "a few", "few", "many", "most of", "a lot of", "lots of",
            "a (?:bit|couple|number) of", "various",
            "numerous", "a certain (?:amount|number)", "enough", "sufficient(?:ly)?", "as (?:many|much) as possible",
            "approximately", "roughly",
            "large", "small", "big", "huge", "short", "(?<!as )long(?![ -](?:press|tap|click|as))", "high", "low",
            "somewhat", "a little",
        ),
        "readers will have different numbers in mind",
        'You wrote "{words}": how many or how much, at least and at most?',
    ),
    _rule(
        "vague adjective",
        _words(
            # "It would be nice" is politeness about the request, not a property of what is wanted.
            "(?<!be )(?<!be very )(?:good|nice|great)(?! (?:practice|idea|work|job|day))", "nicely", "better",
            "best", "proper(?:ly)?", "adequate(?:ly)?", "appropriate(?:ly)?", "suitable", "reasonabl[ey]", "acceptable",
            "eas(?:y|ily|ier)", "simpl[ey]", "simpler", "user[- ]friendly", "intuitive(?:ly)?", "handy",
            "convenient(?:ly)?", "clean(?:er)?", "modern", "professional(?:ly)?",
            "high[- ]quality", "robust", "flexible", "efficient(?:ly)?", "effective(?:ly)?", "smooth(?:ly)?",
            "seamless(?:ly)?", "decent", "usual", "normal(?:ly)?",
            "improve[ds]?", "optimi[sz]e[ds]?", "more (?:useful|helpful|readable|visible|reliable)", "somehow",
        ),
        "nobody can check it: two people can disagree on it and both be right",
        'You wrote "{words}": by what could a stranger tell that it is, and that it is not?',
    ),
    _rule(
        "vague time",
        _words(
            "soon(?:er)?", "asap", "a\\.s\\.a\\.p", "as soon as possible", "quick(?:ly|er)?", "fast(?:er)?",
            "prompt(?:ly)?", "immediate(?:ly)?", "instant(?:ly)?", "timely", "in time",
            "recent(?:ly)?", "later", "early", "shortly", "eventually", "occasional(?:ly)?", "regular(?:ly)?",
            "frequent(?:ly)?", "often", "sometimes", "usually",
            "periodic(?:ally)?", "from time to time", "at some point",
            "when(?:ever)? (?:you can|possible|convenient)", "urgent(?:ly)?", "end of the (?:day|week|month)",
        ),
        "no date, hour or frequency follows from it, and both sides may live in different time zones",
        'You wrote "{words}": by which day and hour, in whose time zone, or how often?',
    ),
    _rule(
        "agentless passive",
        _words("should", "must", "shall", "has to", "have to", "needs? to", "ought to", "is to", "are to")
        + rf" (?:also )?be (?:\w+ly )?(?:\w+ed|{_IRREGULAR})\b(?! (?:\w+ ){{0,3}}by\b)",
        "it does not say who does it",
        'You wrote "{words}": who does that, your side or ours, or the system?',
    ),
)  # fmt: skip

NO_CRITERION_WHY = "nothing in it says how you will see that it is done"
NO_CRITERION_QUESTION = "How will you check that it is done? Please give one example that passes and one that does not."

# Every flag that a request can get, in the order in which they are looked for.
FLAGS = (*(rule.flag for rule in RULES), NO_CRITERION)
