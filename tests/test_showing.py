"""A result's table as a person reads it: the same cells as text and as HTML, whatever the columns hold."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest

from outsourcing_kit import Engagement, business_case, expectations, kickoff, recognition, task_selection
from outsourcing_kit.report import scorecard
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.showing import Result, as_html, as_text

INSTANT = pd.Timestamp("2026-01-12 11:00", tz="Europe/Madrid")


def cells(table: pd.DataFrame, **kinds: object) -> list[list[str]]:
    """The heading and the rows as they stand in the HTML."""
    rows = re.findall(r"<tr>(.*?)</tr>", as_html(table, **kinds))
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1.0561, 0.2, math.nan], ["1.06", "0.20", ""]),
        ([0.5, 0.8, 0.9], ["0.5", "0.8", "0.9"]),
        ([24.0, 3.0], ["24", "3"]),
        ([24, 30000], ["24", "30,000"]),
        (pd.array([3, None], dtype="Int64"), ["3", ""]),
        ([113.07, 5.03], ["113", "5"]),
        ([12.34, -0.001], ["12.3", "0.0"]),
        ([math.inf, 1.25], ["open", "1.25"]),
        ([0.000123], ["0.000123"]),
        ([0.0, math.nan], ["0", ""]),
        ([True, False], ["yes", "no"]),
        (pd.array([True, None], dtype="boolean"), ["yes", ""]),
        ([None, "a"], ["", "a"]),
        ([float("nan"), 4.0], ["", "4"]),
        (pd.Series([math.inf, None, 2.0, 0.3333], dtype=object), ["open", "", "2", "0.333"]),
        ([INSTANT, pd.NaT], ["2026-01-12 10:00 UTC", ""]),
        ([pd.Timestamp("2026-01-12"), pd.NaT], ["2026-01-12", ""]),
        ([dt.date(2026, 1, 12), None], ["2026-01-12", ""]),
        (pd.Series([INSTANT, pd.NaT, pd.NA], dtype=object), ["2026-01-12 10:00 UTC", "", ""]),
    ],
)
def test_every_kind_of_cell(values, shown):
    table = pd.DataFrame({"a_b": values})
    assert cells(table) == [["a b"], *([cell] for cell in shown)]
    assert [line.strip() for line in as_text(table).split("\n")] == ["a b", *shown]


def test_shares_money_and_what_they_lack():
    table = pd.DataFrame({"seen": [0.256, -0.001, math.nan], "saving": [1234.5, -0.2, math.inf]})
    shown = [["26%", "1,234"], ["0%", "0"], ["", "open"]]
    assert cells(table, shares=["seen"], whole=["saving"]) == [["seen", "saving"], *shown]


def test_a_long_table_is_cut_unless_it_is_wanted_whole():
    rows = pd.DataFrame({"n": range(16)})
    assert len(cells(rows.head(15))) == 16 and "more rows" not in as_text(rows.head(15))
    assert len(cells(rows)) == 13 and as_html(rows).endswith("<p>and 4 more rows</p>")
    assert as_text(rows).splitlines()[-1] == "and 4 more rows"
    assert len(cells(rows, all_rows=True)) == 17


def test_markup_in_the_records_stays_text():
    html = as_html(pd.DataFrame({"<b>": ["<script>"]}), "<i>", ["<u>"])
    assert not re.search(r"<(b|script|i|u)>", html) and html.count("&lt;") == 4


def test_what_is_missing_and_noted_is_said_once():
    empty = pd.DataFrame(columns=["a"])
    assert repr(Result(empty)) == "Nothing to show."
    result = Result(empty, missing="needs table work", notes=("two left out", "Really?"))
    said = ["Not assessed: needs table work.", "Two left out.", "Really?"]
    assert repr(result).splitlines() == said
    assert result._repr_html_() == "".join(f"<p>{line}</p>" for line in said)


def test_the_table_itself_stays_as_computed():
    table = pd.DataFrame({"a_share": [1 / 3]})
    result = Result(table)
    assert "0.333" in repr(result) and result._repr_html_()
    assert result.table is table and table.columns.tolist() == ["a_share"] and table.iloc[0, 0] == 1 / 3


def results_of(records: Engagement) -> list[object]:
    """What the five lessons show of an engagement."""
    settings, now = records.settings, records.settings.end
    single = business_case.naive_saving(records.cash_flows)
    saving = business_case.no_saving(records.cash_flows, records.estimates, draws=200)
    costs = task_selection.task_costs(records.tasks, draws=200)
    months = recognition.recognised_months(records.work, records.recognition, records.people, now)
    quiz = kickoff.quiz_scores(records.quiz, records.answer_key, records.people)
    return [
        records, single, saving, business_case.one_number_against_range(single, saving),
        business_case.contingency(records.cash_flows, settings.budget),
        business_case.estimate_accuracy(records.estimates), business_case.reference_class(records.estimates),
        business_case.overrun_quantiles(records.estimates, by="reference_class"),
        business_case.unsettled_prerequisites(records.prerequisites, settings.committed_on),
        costs, task_selection.naive_selection(costs.table), task_selection.protected_tasks(records.tasks),
        task_selection.process_cover(records.tasks, records.can_do, records.people, settings.observed_to),
        task_selection.rater_agreement(records.ratings, replicates=20),
        task_selection.topsis(costs.table, weights={"saving": 1}),
        kickoff.naive_kickoff(records), kickoff.kickoff_timeline(records), kickoff.agenda_status(records),
        kickoff.agenda_coverage(records.minutes), quiz, quiz.by_topic,
        expectations.naive_response_time(records.messages, records.people, now),
        expectations.answer_times(records.messages, records.people, now),
        expectations.pair_agreement(records.expectations, records.people),
        expectations.proposal_answers(records.proposals, records.people, now),
        expectations.throughput(records.events), expectations.flag_vague_wording(records.work["text"]),
        months, recognition.recognition_gap(months), recognition.feel_needed(records.pulse),
        recognition.naive_thanks(records.recognition, records.people),
        *quiz.sides.values(),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "steady",
        None,
        *(pytest.param(name, marks=pytest.mark.slow) for name in sample_engagements() if name != "steady"),
    ],
)
def test_no_result_shows_what_only_a_machine_would_write(name):
    records = Engagement.load("steady")
    records = Engagement(records.settings, {}) if name is None else Engagement.load(name)
    for result in results_of(records):
        html = result._repr_html_()
        words = [repr(result)] if isinstance(result, Result) else []
        for text in (*words, *re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html)):
            assert not re.search(r"\b(nan|NaN|NaT|None|inf)\b|<NA>", text), (result, text)
        headings = re.findall(r"<th[^>]*>(.*?)</th>", html)
        assert not any("_" in heading for heading in headings), headings
        for number in re.findall(r"<td[^>]*>-?(\d[\d,]*(?:\.\d+)?)</td>", html):
            assert not re.search(r"\d{4}", number.partition(".")[0]), number
            assert "." not in number or len(number.replace(".", "").lstrip("0")) <= 3, number
        # The text says what the HTML says.
        if isinstance(result, Result):
            flat = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
            assert flat == " ".join(repr(result).split())


def test_a_finding_as_html_drops_a_column_of_blanks_and_keeps_a_verdict_on_one_line():
    records = Engagement.load("steady")
    sure, unsure = kickoff.assess(records), kickoff.assess(records, limits={"quiz_right": 0.85})
    assert (sure.answer, unsure.answer) == ("fine", "cannot tell")
    assert "would settle" not in sure.to_html() and "what would settle it" in sure.table
    settled_by = unsure.measure("quiz_right").settled_by
    assert len(settled_by) > 20 and f": {settled_by}.</li>" in unsure.to_html()
    assert (
        "✔\N{NO-BREAK SPACE}fine" in sure.to_html()
        and "?\N{NO-BREAK SPACE}cannot\N{NO-BREAK SPACE}tell" in unsure.to_html()
    )
    assert set(sure.table["verdict"]) == {"✔ fine"}
    # A browser breaks the line after a dash, even before a no-break space.
    bare = scorecard(replace(records, tables={})).to_html(figure=False)
    assert "–\N{NO-BREAK SPACE}not" not in bare and bare.count("\N{NO-BREAK SPACE}not\N{NO-BREAK SPACE}assessed") == 5


STRANGE = "\x1b[31mred\x1b[0m \u202eback\u2066 \x00\x7f two\nlines\r\u2028 <b>"


@pytest.mark.parametrize("value", [STRANGE, STRANGE * 500, "x" * 50_000, ["a\n", "\x07"], {"k\x1b": 1}, b"\x1b"])
@pytest.mark.parametrize("show", [as_text, as_html])
def test_a_stranger_s_text_does_no_harm_wherever_it_stands(show, value):
    """In a cell, a heading, a caption and a note: one line of signs that are seen, and not too long."""
    table = pd.DataFrame({str(value): pd.Series([value, None], dtype=object), "number": [1.0, 2.0]})
    text = show(table, str(value), [str(value)])
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text) < 12_000 and text.count("\n") == (4 if show is as_text else 0)
    # Where it is short, it is all there, with what cannot be seen written out.
    if value == STRANGE:
        assert (
            text.count(r"\x1b[31mred\x1b[0m \u202eback\u2066 \x00\x7f two lines") == 4
            and "\N{CARRIAGE RETURN}" not in text
        )


def test_a_no_break_space_stays_and_a_long_cell_is_cut_in_the_middle():
    assert "not\N{NO-BREAK SPACE}assessed" in as_html(pd.DataFrame({"a": ["not\N{NO-BREAK SPACE}assessed"]}))
    cell = as_text(pd.DataFrame({"a": ["b" + "x" * 998 + "e"]})).splitlines()[1]
    assert cell.startswith("bx") and "xe (1,000 characters)" in cell and len(cell) <= 300
