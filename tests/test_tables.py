"""The definitions are consistent with themselves, and the pages made from them say what they hold."""

import pytest

from outsourcing_kit import tables
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.text import no_answer, squeezed
from tests.dictionary_page import dictionary_markdown


def test_every_reference_key_and_order_names_a_real_column():
    for definition in tables.TABLES:
        for column in definition.columns:
            if column.refers:
                other, key = column.refers.split(".")
                assert key in tables.table(other).key
        for name in (*definition.key, *(name for pair in definition.order for name in pair)):
            assert name in definition.names


def test_no_column_is_a_reserved_word_and_none_is_doubled():
    reserved = {"at", "from", "to", "select", "where", "order", "group", "end", "start", "user", "date", "time", "by"}
    # `by` is in the agreed vocabulary of coverage_confirmed; every other reserved word is refused.
    found = {(d.name, n) for d in tables.TABLES for n in d.names if n in reserved}
    assert found == {("coverage_confirmed", "by")}
    for definition in tables.TABLES:
        assert len(set(definition.names)) == len(definition.names)


def test_a_blank_template_is_the_header_line_of_what_is_worth_asking():
    header = "given_at,giver,receiver,kind,item\n"
    assert tables.blank_csv(tables.table("recognition")) == header


def test_an_unknown_table_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'messages'"):
        tables.table("mesages")


def test_the_committed_data_dictionary_is_the_one_the_definitions_make(project):
    page = (project / "datasets" / "DATA_DICTIONARY.md").read_text(encoding="utf-8")
    assert page == dictionary_markdown()
    for definition in tables.TABLES:
        section = page.split(f"## {definition.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column.name}` |" in section and column.meaning in section for column in definition.columns)


@pytest.mark.parametrize(
    ("column", "typed", "meaning"),
    [
        *(("meetings.kind", typed, ("kickoff", "same")) for typed in ("kickoff", "Kick-off", "KICK OFF meeting")),
        *(
            ("meetings.kind", typed, ("kickoff", "near"))
            for typed in ("kikoff", "kick of", "kickoff with client", "pre-kickoff", "KO call", "Launch meeting")
        ),
        *(("meetings.kind", typed, ("", "")) for typed in ("weekly", "sign-off", "take-off", "", None, 5)),
        ("cash_flows.option", "Stay", ("stay", "same")),
        ("cash_flows.option", "in-house", ("stay", "near")),
        ("cash_flows.option", "pilot", ("", "")),
        ("cash_flows.category", "Management", ("managing", "same")),
        ("pulse.question", "i feel\u00a0needed.", ("I feel needed", "same")),
        ("pulse.question", "I do not feel needed", ("I feel needed", "near")),
        ("meetings.status", "Canceled", ("cancelled", "same")),
        ("people.side", "Vendor", ("provider", "same")),
    ],
)
def test_a_word_is_the_one_looked_for_or_near_it_or_something_else(column, typed, meaning):
    assert tables.meant(column, typed) == meaning


def test_no_word_means_two_things_in_one_column():
    for definition in tables.TABLES:
        for column in definition.columns:
            said = [known.word for known in column.words] + [word for known in column.words for word in known.same]
            assert all(column.meant(word)[1] == "same" for word in said)
            assert len({squeezed(word) for word in said}) == len(said), column.name


def test_a_cell_with_and_without_an_answer():
    assert all(map(no_answer, ["n/a", "N.A.", "-", "–", "?", "none", "Don't know", "", None, float("nan")]))
    assert not any(map(no_answer, ["0", 0, "no", "4", "low", "A", "nano"]))
