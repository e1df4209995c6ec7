"""An import from end to end: what is asked, kept, merged and told; and what a wrong answer or a spoilt file does."""

from __future__ import annotations

import datetime as dt
import tomllib

import pandas as pd
import pytest
from imports import SAMPLES, answering, rows

from outsourcing_kit import Engagement, business_case, recognition
from outsourcing_kit.cli import main
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import OpenQuestions, plan_import
from outsourcing_kit.readers.merging import merged

JIRA = SAMPLES / "jira_cloud.csv"
HEADER = "Summary,Issue key,Issue Type,Assignee,Reporter,Created,Resolved\n"


def test_where_nobody_sits_it_stops_with_the_questions_and_what_to_write(tmp_path, capsys):
    folder = tmp_path / "ours"
    assert main(["import", str(folder), str(JIRA)]) == 2
    said = capsys.readouterr().err
    assert "5 things that only you can say; nothing was written" in said
    for line in ("[jira]", 'zone = "the client\'s"', "[people]", "ours = []", 'client_zone = "Europe/Madrid"'):
        assert f"      {line}\n" in said
    assert not folder.exists()


def test_a_script_may_write_the_answers(tmp_path, capsys):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "import.toml").write_text(
        '[jira]\nzone = "Chicago"\naccepted = "yes"\n[engagement]\nclient_zone = "Chicago"\nprovider_zone = "Manila"\n'
    )
    (tmp_path / "ours-names.toml").write_text('[people]\nours = ["Ines Abara"]\nneither = []\n')
    assert main(["import", str(folder), str(JIRA)]) == 0
    assert "work: 3 rows (3 new)" in capsys.readouterr().out
    assert main(["import", str(folder), str(JIRA)]) == 0
    assert "Nothing new" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[jira]\nzone = "Chicaga"', r"'Chicaga'.*write 'Chicago'.*jira\.zone"),
        ('[jira]\naccepted = "perhaps"', r"'perhaps'.*one of: yes"),
        ("[jira]\nzone = [1, 2]", "one of"),
        ('zone = "Chicago"', "above its first section"),
        ("[jira", r"import\.toml cannot be read"),
    ],
)
def test_a_wrong_answer_is_named_with_its_place(tmp_path, text, words):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "import.toml").write_text(text)
    with pytest.raises(OutsourcingKitError, match=words) as refused:
        plan_import(folder, [JIRA])
    assert not isinstance(refused.value, OpenQuestions)
    assert [path.name for path in folder.iterdir()] == ["import.toml"]


def test_next_month_renews_what_changed_and_keeps_what_is_there(tmp_path):
    folder, march, april = tmp_path / "ours", tmp_path / "march.csv", tmp_path / "april.csv"
    march.write_text(HEADER + "a,K-1,Task,Mark,Ines,2026-03-02 9:00,\nb,K-2,Task,Mark,Ines,2026-03-03 9:00,\n")
    april.write_text(
        HEADER + "b,K-2,Task,Mark,Ines,2026-03-03 9:00,2026-04-01 9:00\nc,K-3,Task,Mark,Ines,2026-04-02 9:00,\n"
    )
    plan_import(folder, [march], prompt=answering()).write()
    plan = plan_import(folder, [april], prompt=answering())
    assert plan.rows.set_index("table").loc["work"].tolist() == [3, 1, 1]
    assert [(row["item"], "delivered" in row) for row in rows(plan, "work")] == [
        ("K-1", False), ("K-2", True), ("K-3", False),
    ]  # fmt: skip
    plan.write()
    found = tomllib.loads((folder / "engagement.toml").read_text())
    assert (str(found["observed_from"]), str(found["observed_to"])) == ("2026-03-02", "2026-04-02")
    receipt = tomllib.loads((folder / "receipt.toml").read_text())["import"]
    assert [entry["file"] for entry in receipt] == ["april.csv", "march.csv"]


def test_what_somebody_added_by_hand_stays(tmp_path):
    folder, march = tmp_path / "ours", tmp_path / "march.csv"
    march.write_text(HEADER + "a,K-1,Task,Mark,Ines,2026-03-02 9:00,2026-03-03 9:00\n")
    plan_import(folder, [march], prompt=answering()).write()
    work = pd.read_csv(folder / "work.csv", dtype=str, keep_default_na=False)
    work["reopened_at"], work["ours"] = "2026-03-04T09:00:00+00:00", "a note"
    work.to_csv(folder / "work.csv", index=False)
    row = rows(plan_import(folder, [march]), "work")[0]
    assert (row["reopened_at"], row["ours"]) == ("2026-03-04T09:00:00+00:00", "a note")


def test_without_free_text_where_told_so_and_next_month_too(tmp_path):
    folder = tmp_path / "ours"
    plan = plan_import(folder, [JIRA], prompt=answering(), redact=True)
    assert not any("text" in row for row in rows(plan, "work"))
    plan.write()
    assert not any("text" in row for row in rows(plan_import(folder, [JIRA]), "work"))


def test_rows_without_a_key_of_their_own_are_known_by_what_they_say():
    was = pd.DataFrame({"person": ["p01", "p01"], "started": ["1", "2"], "ended": ["2", "3"]})
    new = pd.DataFrame({"person": ["p01", "p02"], "started": ["2", "2"], "ended": ["4", ""]})
    found = merged("time_entries", new, was)
    assert found.frame[["person", "started", "ended"]].to_numpy().tolist() == [
        ["p01", "1", "2"], ["p01", "2", "4"], ["p02", "2", ""],
    ]  # fmt: skip
    assert (found.new, found.changed) == (1, 1)


def test_a_parquet_table_is_not_written_beside(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "work.parquet").write_bytes(b"")
    with pytest.raises(OutsourcingKitError, match=r"save it as work\.csv"):
        plan_import(folder, [JIRA], prompt=answering())


def test_the_command_shows_before_it_writes(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["Chicago", "1", "1", "Chicago", "Manila"])
    monkeypatch.setattr("click.prompt", lambda *a, **k: next(typed))
    monkeypatch.setattr("click.confirm", lambda *a, **k: False)
    assert main(["import", str(tmp_path / "ours"), str(JIRA)]) == 1
    said = capsys.readouterr()
    assert "work: 3 rows (3 new)" in said.out and "Nothing was written." in said.err
    assert not (tmp_path / "ours").exists()


def test_a_wrong_pair_is_told(tmp_path, capsys):
    assert main(["import", str(tmp_path / "ours"), str(JIRA), "--map", "item=Key"]) == 2
    assert '--map work.item="Issue key"' in capsys.readouterr().err


def test_no_text_of_a_stranger_is_a_formula_in_a_table(tmp_path):
    file, folder = tmp_path / "a.csv", tmp_path / "ours"
    file.write_text(HEADER + '"=HYPERLINK(""http://x"")",=1+1,Task,@Mark,+Ines,2026-03-02 9:00,\n')
    plan = plan_import(folder, [file], prompt=answering(ours=["+Ines"]), keep_names=True)
    plan.write()
    cells = [cell for row in rows(plan, "work") + rows(plan, "people") for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in "=+-@"]
    # What is read back is what was written there.
    assert Engagement.load(folder).work["item"].tolist() == ["=1+1"]
    assert plan_import(folder, [file]).rows["changed"].tolist() == [0]


def test_every_guess_stands_in_the_finding_that_hangs_on_it(tmp_path):
    folder = tmp_path / "ours"
    plan_import(folder, [JIRA], prompt=answering()).write()
    assumed = recognition.assess(Engagement.load(folder)).assumptions
    assert "in work: an issue that is done is accepted at the same time, as answered" in assumed
    assert "in recognition: thanks count where they name who is thanked" in assumed
    assert not [
        text for text in business_case.assess(Engagement.load(folder)).assumptions if text.startswith("in work")
    ]


def test_a_spoilt_receipt_is_named(tmp_path):
    folder = tmp_path / "ours"
    plan_import(folder, [JIRA], prompt=answering()).write()
    for text in (
        "import = 3", "[[import]]\nfile = 1", "[[",
        "[[import]]\nfile='a'\nformat='b'\nrows=[]\nleft_out={}\nassumed={}",
        "[[import]]\nfile='a'\nformat='b'\nrows={work='x'}\nleft_out={}\nassumed={}",
    ):  # fmt: skip
        (folder / "receipt.toml").write_text(text)
        for call in (lambda: Engagement.load(folder), lambda: plan_import(folder, [JIRA])):
            with pytest.raises(OutsourcingKitError, match=r"receipt\.toml cannot be read"):
                call()


def test_answers_may_be_given_in_a_script(tmp_path):
    answers = {
        "jira": {"zone": "Chicago", "accepted": "yes"}, "people": {"ours": ["Ines Abara"]},
        "engagement": {"client_zone": "Chicago", "provider_zone": "Manila"},
    }  # fmt: skip
    plan = plan_import(tmp_path / "ours", [JIRA], answers=answers)
    assert plan.asked == () and repr(plan).startswith("jira_cloud.csv: issues of Jira (CSV)")
    assert [row["side"] for row in rows(plan, "people")] == ["client", "provider", "provider"]


def test_what_somebody_wrote_by_hand_into_the_answers_stays_as_it_was(tmp_path):
    """A day, a number and a list of numbers are none of a reader's words, and no reason to stop."""
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "import.toml").write_text("[mine]\nday = 2026-03-02\nlist = [1, 2]\nshare = 0.5\n")
    plan = plan_import(folder, [JIRA], prompt=answering())
    assert tomllib.loads(plan.texts["import.toml"])["mine"] == {
        "day": dt.date(2026, 3, 2), "list": [1, 2], "share": 0.5,
    }  # fmt: skip


def test_a_table_that_a_spreadsheet_saved_keeps_what_it_says(tmp_path):
    """With semicolons 1.100 is a thousand, and 13/03/2026 a day: written with commas both must still be."""
    folder = tmp_path / "ours"
    plan_import(folder, [JIRA], prompt=answering()).write()
    (folder / "estimates.csv").write_bytes(
        "item;reference_class;estimated;actual;status;client\nA-1;Task;1.100;38,5;finished;Cía\n".encode("cp1252")
    )
    (folder / "people.csv").write_text(
        (folder / "people.csv").read_text().replace(",", ";").replace("2026-03-13", "13/03/2026")
    )
    before = Engagement.load(folder)
    plan_import(folder, [JIRA]).write()
    after = Engagement.load(folder)
    mine = after.estimates[after.estimates["item"] == "A-1"]
    assert mine[["estimated", "actual", "client"]].values.tolist() == [[1100.0, 38.5, "Cía"]]
    assert before.estimates["estimated"].tolist() == [1100.0]
    assert after.people["joined"].tolist() == before.people["joined"].tolist()


def test_a_day_in_a_table_that_can_be_read_in_two_ways_stops_the_import(tmp_path):
    folder = tmp_path / "ours"
    plan_import(folder, [JIRA], prompt=answering()).write()
    people = (folder / "people.csv").read_text().replace("2026-03-13", "02/03/2026")
    (folder / "people.csv").write_text(people)
    (folder / "engagement.toml").write_text(
        (folder / "engagement.toml").read_text().replace("observed_from = 2026-03-03", "observed_from = 2026-01-01")
    )
    with pytest.raises(OutsourcingKitError, match=r"people\.csv.*02/03/2026.*dates = "):
        plan_import(folder, [JIRA])
    assert (folder / "people.csv").read_text() == people


def test_a_carriage_return_alone_ends_no_row(tmp_path):
    file, folder = tmp_path / "a.csv", tmp_path / "ours"
    file.write_bytes((HEADER + '"one\rtwo",K-1,Task,Mark,Ines,2026-03-02 9:00,\n').encode())
    plan_import(folder, [file], prompt=answering()).write()
    assert Engagement.load(folder).work["text"].tolist() == ["one\ntwo"]
