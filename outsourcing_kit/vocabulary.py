"""The words that the kit looks for in typed columns, and the other words that people use for the same thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word that a verdict may hang on, as the tables write it.

    `same` are other words for the same thing, taken as the word itself; capitals, hyphens and blanks never matter.
    `alike` may mean it: nobody but the user can say, so `validate` asks.
    """

    word: str
    same: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


def _words(**same: str) -> tuple[Word, ...]:
    return tuple(Word(word, tuple(others.split(", ") if others else ())) for word, others in same.items())


SIDE = _words(
    client="clients, client side, customer, buyer",
    provider="providers, provider side, service provider, vendor, supplier, contractor, agency",
)
CASH_FLOW = _words(cost="costs, expense, expenses, expenditure", benefit="benefits, gain, income, revenue")
RANGE = (
    Word("limits", ("limit", "min max", "minimum and maximum", "min and max")),
    Word("p10-p90", ("p10 to p90", "p10 and p90", "10 90", "10th and 90th percentile", "10th to 90th percentile")),
)
ESTIMATE = (
    Word("finished", ("done", "complete", "completed"), ("closed", "delivered")),
    Word("abandoned", ("given up", "dropped", "aborted", "discontinued"), ("cancelled", "canceled", "stopped")),
)
QUOTE_UNIT = _words(hour="hours, hourly, per hour, an hour, hr, h", month="months, monthly, per month, a month")
PLAN = (
    Word("stay", ("stays", "keep", "in house", "inside"), ("internal", "retain")),
    Word("outsource", ("outsourced", "outsourcing"), ("outside", "external", "hand over")),
    Word("share", ("shared", "sharing"), ("both", "split", "partly", "hybrid")),
)
MEETING = (
    Word("held", ("was held", "took place", "done", "completed", "happened"), ("confirmed", "planned", "ok")),
    Word("cancelled", ("canceled", "called off", "not held", "did not take place"), ("postponed", "moved")),
)
RESPONSE = _words(
    accepted="accept, yes, attending, going",
    declined="decline, no, not attending, not going",
    tentative="tentatively accepted, maybe",
    none="no response, no reply, not responded, needs action",
)
COVERAGE = _words(covered="yes, discussed, done", missing="no, missed, not covered, uncovered, not discussed")
LEVEL = _words(nominal="categorical", ordinal="ordered, ranked")
ASPECT = _words(meaning="", importance="important", met="fulfilled, is met, was met")
OUTCOME = (
    Word("adopted", ("accepted", "agreed", "approved", "taken up", "yes")),
    Word("changed", ("adopted with changes", "accepted with changes", "modified", "amended")),
    Word("declined", ("rejected", "refused", "turned down", "no")),
    Word("open", ("pending", "undecided", "unanswered", "not answered"), ("in progress", "under review")),
)

# Free words: anything may be written here, and these are looked for.
MEETING_KIND = (
    Word(
        "kickoff",
        ("kickoff meeting", "kickoff call", "kickoff mtg", "kickoff session"),
        (
            "ko", "launch", "start meeting", "starting meeting", "project start", "opening meeting", "inception",
            "initial meeting", "first meeting", "kickstart", "auftakt", "arranque", "lancement",
        ),
    ),
)  # fmt: skip
OPTION = (
    Word("stay", ("stay inside", "stay in house"), ("status quo", "in house", "inside", "keep", "as is", "today")),
    Word("outsource", ("outsourced", "outsourcing"), ("vendor", "provider", "outside", "external", "agency")),
)
COST_CATEGORY = (
    Word("search", (), ("tender", "selection", "procurement")),
    Word("transition", (), ("handover", "hand over", "migration", "onboarding")),
    Word("managing", ("management",), ("manager", "governance", "coordination")),
    Word("quality", (), ("checking", "rework", "inspection")),
    Word("redundancy", (), ("severance", "layoff")),
    Word("exit", (), ("termination", "taking back")),
)
PULSE_QUESTION = (
    Word("I feel needed", (), ("feel needed", "am needed", "feel that I am needed", "do you feel needed")),
)
