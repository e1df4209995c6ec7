"""engagement.toml: what is refused at the door, what is kept in one form, and that what is written can be read."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.settings import Settings, blank_settings, limit_fault, read_settings, settings_toml
from outsourcing_kit.text import plain

LINES = {
    "name": '"mine"',
    "client": '"A"',
    "provider": '"B"',
    "currency": '"EUR"',
    "time_zone": '"Europe/Madrid"',
    "observed_from": "2026-01-01",
    "observed_to": "2026-12-31",
}
NINES = "9" * 400
NO_NUMBERS = ["inf", "-inf", "nan", "1e400", NINES, "9" * 5000, "0x" + "f" * 5000, "-1", "true", '"5"', "[5]", "{}"]


def read(extra: str = "", **changed: str):
    return read_settings("\n".join(f"{key} = {value}" for key, value in {**LINES, **changed}.items()) + f"\n{extra}\n")


def only_problem(extra: str = "", **changed: str):
    settings, problems = read(extra, **changed)
    assert settings is None
    assert len(problems) == 1, [str(problem) for problem in problems]
    text = str(problems[0])
    assert text.isprintable() and len(text) < 500 and problems[0].file == "engagement.toml"
    return problems[0]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_a_number_that_cannot_be_counted_with_is_refused(value):
    problem = only_problem(budget=value)
    assert problem.column == "budget" and problem.mend
    assert only_problem(f"[rates]\nUSD = {value}").column in ("rates.USD", "USD")
    assert only_problem(f"[limits.kickoff]\nquiz_right = {value}").column in ("limits.kickoff.quiz_right", "quiz_right")


def test_how_large_and_how_small_a_number_may_be():
    for text, budget in (("0", 0.0), ("60000.5", 60000.5), ("1_000", 1000.0), ("1e12", 1e12)):
        assert read(budget=text)[0].budget == budget
    assert only_problem(budget="1e13").column == "budget"
    for rate in ("0", "1e-300", "1e300"):
        assert only_problem(f"[rates]\nUSD = {rate}").column == "rates.USD"


@pytest.mark.parametrize("own", ["EUR", "eur", '" Eur "'])
def test_the_own_currency_is_worth_one(own):
    assert "1, as EUR is the engagement's own" in only_problem(f"[rates]\n{own} = 2").expected
    assert read(f"[rates]\n{own} = 1")[0].rate_of("EUR") == 1


@pytest.mark.parametrize("rates", ["USD = 2\nusd = 2", '"US dollar" = 2\n"us  dollar " = 3', '"" = 2', '" " = 2'])
def test_each_currency_has_one_name_and_one_rate(rates):
    assert "each currency once" in only_problem(f"[rates]\n{rates}").expected


def test_a_currency_is_found_however_it_is_typed():
    settings, _ = read('[rates]\nusd = 0.5\n"US  dollar" = 0.25\n"€" = 1')
    found = [settings.rate_of(name) for name in ("USD", "uSd ", "us dollar", "€", "eur", "GBP")]
    assert found == [0.5, 0.5, 0.25, 1.0, 1.0, None]


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31", '"1500-01-01"', "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+02:00", "09:00:00", '"soon"', "20260101"],
)  # fmt: skip
def test_a_day_beyond_the_years_that_count_or_with_a_time_is_refused(day):
    for key in ("observed_from", "observed_to", "committed_on", "decide_on"):
        problem = only_problem(**{key: day})
        assert problem.column == key and "a day of the years 1970 to 2199, without a time" in problem.expected
    # A day with a time is mended by the day alone.
    assert "committed_on = 2026-02-03" in only_problem(committed_on="2026-02-03T10:00:00Z").mend


@pytest.mark.parametrize(("first", "last"), [("2026-02-01", "2026-01-01"), ("1970-01-01", "2199-12-31")])
def test_records_run_forward_and_for_no_more_than_a_working_life(first, last):
    assert only_problem(observed_from=first, observed_to=last).column == "observed_from"


def test_decision_days_may_repeat_and_need_no_order():
    days = read(decide_on="[2026-12-31, 2026-06-30, 2026-12-31]")[0].decide_on
    assert days == (dt.date(2026, 12, 31), dt.date(2026, 6, 30), dt.date(2026, 12, 31))


@pytest.mark.parametrize("blank", ['""', '"  "', '"\\u00a0\\u200b"', "5", "true", "[]"])
def test_a_text_that_says_nothing_is_refused(blank):
    for key in ("name", "client", "provider", "currency", "plan_class"):
        assert only_problem(**{key: blank}).column == key


def test_texts_are_kept_in_one_form():
    settings, _ = read(name='" Da\\u0300\\u00a0 Nang\\n"', currency='"\\tEUR "', plan_class='"a  b"')
    assert (settings.name, settings.currency, settings.plan_class) == ("Dà Nang", "EUR", "a b")


@pytest.mark.parametrize("value", ["-0.1", "90", "{value = nan}", "{valeu = 0.9}"])
def test_a_limit_beyond_what_can_happen_is_refused(value):
    problem = only_problem(f"[limits.kickoff]\nquiz_right = {value}")
    assert problem.column == "limits.kickoff.quiz_right"
    assert problem.mend == "write 0.9" if value == "90" else problem.mend


@pytest.mark.parametrize("source", ["5", '""', "true", "[1]", "2026-01-01"])
def test_a_limit_says_in_words_where_it_is_agreed(source):
    problem = only_problem(f"[limits.kickoff]\nquiz_right = {{value = 0.9, source = {source}}}")
    assert problem.column == "limits.kickoff.quiz_right" and "where it is agreed" in problem.expected


@pytest.mark.parametrize("item", HEADLINES, ids=lambda item: item.key)
def test_both_ends_of_what_can_happen_may_be_a_limit_and_nothing_beyond(item):
    low, high = sorted((item.best, item.worst))
    assert limit_fault(item.key, low) is limit_fault(item.key, high) is None
    for beyond in (low - 0.01, high + 0.01, float("nan"), float("inf"), True, None):
        assert item.key in limit_fault(item.key, beyond).expected


def test_lists_inside_one_another_are_one_line():
    for text in ("x = " + "[" * 3000, "x = " + "[" * 3000 + "]" * 3000, "x = " + "{a = " * 2000):
        assert "inside one another" in only_problem(text).found
    for key in ("budget", "name", "observed_to", "decide_on", "rates", "limits", "unknown"):
        assert key in str(only_problem(**{key: "[" * 100 + "]" * 100}))


@pytest.mark.parametrize("letter", ["\\u001b[2J", "\\u202e", "\\u0000", "\\n", "\\u007f"])
@pytest.mark.parametrize(
    "lines", ['"{}x" = 3', "[rates]\n'' = 1\n\"{}x\" = -1", '[limits]\n"{}x" = 3', '[limits."{}x"]\ny = 3']
)
def test_letters_that_nobody_sees_are_shown_as_their_numbers(lines, letter):
    problems = read(lines.replace("{}", letter).replace("'' = 1\n", ""))[1]
    assert len(problems) == 1 and str(problems[0]).isprintable()


def test_of_many_unknown_settings_a_few_are_told():
    from outsourcing_kit.validation import report

    lines = report(read("\n".join(f"{'k' * 1000}{number} = 1" for number in range(2000)))[1])
    assert len(lines.splitlines()) == 21 and len(lines) < 6000 and "1,980 more" in lines


def test_a_template_is_named_after_its_folder_and_can_be_read():
    for name in ("ours", 'a"b\\c', "\x7f", "half\udcff", "日本"):
        assert read_settings(blank_settings(name))[0].name == plain(name.replace("\udcff", "\ufffd"))
    assert read_settings(blank_settings(""))[0].name == "my-engagement"


@pytest.mark.parametrize("name", ["€", "US dollar", "a.b", 'q"', "\x7f", "\x1b", "new\nline", "#", "=", "[x]", "日本"])
def test_rates_of_any_name_are_written_as_toml(name):
    day = dt.date(2026, 1, 1)
    text = settings_toml(Settings("n", "c", "p", "EUR", "UTC", day, day, rates={name: 0.1 + 0.2}))
    assert tomllib.loads(text)["rates"] == {name: 0.1 + 0.2}


words = st.text(st.characters(codec="utf-8"), max_size=40).map(plain).filter(bool)
days = st.dates(dt.date(2000, 1, 1), dt.date(2049, 12, 31))
numbers = st.floats(0, 1e12)


@settings(deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_again(data):
    first, last = sorted((data.draw(days), data.draw(days)))
    names = data.draw(st.lists(words, max_size=4, unique_by=lambda name: plain(name).casefold()))
    keys = data.draw(
        st.lists(st.sampled_from([item.key for item in HEADLINES if item.best + item.worst == 1]), unique=True)
    )
    made = Settings(
        data.draw(words), data.draw(words), data.draw(words), "own " + data.draw(words), "Asia/Manila", first, last,
        data.draw(st.none() | days), data.draw(st.none() | numbers), data.draw(st.none() | words),
        tuple(data.draw(st.lists(days, max_size=3))),
        {key: (data.draw(st.floats(0, 1)), data.draw(words)) for key in keys},
        {name: data.draw(st.floats(1e-9, 1e9)) for name in names if not plain(name).casefold().startswith("own")},
    )  # fmt: skip
    made = replace(made, currency=plain(made.currency))
    again, problems = read_settings(settings_toml(made))
    assert problems == [] and again == made


KEYS = [*LINES, "committed_on", "budget", "plan_class", "decide_on", "limits", "rates", "limits.kickoff", "rates.USD",
        "limits.kickoff.quiz_right", '"\x7f"', "[rates]", "[limits.kickoff]", "[[rates]]", "é", ""]  # fmt: skip
VALUES = [*NO_NUMBERS, *LINES.values(), "0.9", "9999-12-31", "2026-01-01T00:00:00Z", "09:00", "{value = 0.9}", "[]",
          "[[1], {a = 2}]", "{source = 1}", '"\x1b[2J"', '"""a\n\nb"""', "[nan, 2026-01-01]", "\x00", "+1",
          "1e-400", "-0.0", '"../../etc/passwd"', '"Europe"', "'" + "x" * 10_000 + "'", ""]  # fmt: skip


@settings(deadline=None)
@given(lines=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES) | st.text(max_size=5)), max_size=5))
def test_whatever_stands_there_is_read_or_named(lines):
    given_keys = {key for key, _ in lines}
    text = "\n".join(f"{key} = {value}" for key, value in LINES.items() if key not in given_keys)
    text += "".join(f"\n{key}" if key.startswith("[") else f"\n{key} = {value}" for key, value in lines)
    found, problems = read_settings(text)
    assert (found is None) == bool(problems)
    assert all(str(problem).isprintable() and len(str(problem)) < 1500 for problem in problems)
    if found is not None:
        assert read_settings(settings_toml(found)) == (found, [])
