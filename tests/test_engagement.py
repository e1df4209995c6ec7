"""A folder becomes a checked Engagement, or one report of everything that is wrong with it."""

import datetime as dt
import errno
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from outsourcing_kit.engagement import (
    Engagement,
    Settings,
    check_folder,
    find_engagement,
    new_engagement,
    sample_engagements,
)
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError, UnknownNameError
from outsourcing_kit.limits import limit_for

SETTINGS = """name = "mine"
client = "A"
provider = "B"
currency = "EUR"
time_zone = "Europe/Madrid"
observed_from = 2026-01-01
observed_to = 2026-03-31
"""
PEOPLE = (
    "person,side,team,role,time_zone,country,workday_start,workday_end,joined,left\n"
    "c1,client,a,b,Europe/Madrid,Spain,09:00,17:00,2026-01-01,\n"
    "p1,provider,a,b,Asia/Manila,Philippines,22:00,06:00,2026-01-01,\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "engagement.toml").write_text(SETTINGS)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def problems_of(folder):
    with pytest.raises(BadDataError) as caught:
        Engagement.load(folder)
    return caught.value.problems


def test_a_small_folder_loads_and_names_what_is_missing(folder):
    engagement = Engagement.load(str(folder))
    assert engagement.side_of().to_dict() == {"c1": "client", "p1": "provider"}
    assert "work" in engagement.missing and "people" not in engagement.missing
    assert engagement.work.empty and "delivered" in engagement.work.columns
    assert engagement.lacks("people", "side") is None
    assert engagement.lacks("people", "hourly_cost") == "needs table people, column hourly_cost"
    assert engagement.lacks("work") == "needs table work"


def test_a_wrong_attribute_names_the_nearest(folder):
    with pytest.raises(AttributeError, match="did you mean 'messages'"):
        Engagement.load(folder).mesages  # noqa: B018


def test_every_problem_of_a_folder_is_reported_at_once(folder):
    (folder / "work.csv").write_text(
        "item,person,kind,topic,requested,started,due,delivered,accepted,reopened_at,size,hours,requester,text\n"
        "w1,px,k,t,soon,,,,,,-1,4,,\nw2,px,k,t,soon,,,,,,-1,4,,\n"
    )
    (folder / "wrk.csv").write_text("a\n1\n")
    (folder / "engagement.toml").write_text(SETTINGS.replace("EUR", "") + "budgte = 5\n[limits.kickoff]\nquiz = 0.9\n")
    found = {(problem.file, problem.kind) for problem in problems_of(folder)}
    assert found == {
        ("work.csv", "unreadable"),
        ("work.csv", "too low"),
        ("work.csv", "unknown reference"),
        ("wrk.csv", "unknown table"),
        ("engagement.toml", "settings"),
    }
    message = "\n".join(str(problem) for problem in problems_of(folder))
    assert "rename it to budget" in message and "kickoff.quiz_right" in message and "rename it to work.csv" in message


def test_no_settings_file_and_settings_that_are_not_toml(folder):
    (folder / "engagement.toml").write_text("name = mine")
    assert "TOML" in str(problems_of(folder)[0])
    (folder / "engagement.toml").unlink()
    assert "outsourcing-kit new" in str(problems_of(folder)[0])


def test_a_table_as_csv_and_as_parquet_is_doubled(folder):
    (folder / "people.parquet").write_bytes(b"")
    assert [problem.kind for problem in problems_of(folder)] == ["doubled table"]


def test_amounts_are_converted_and_a_missing_rate_is_refused(folder):
    head = "line,option,kind,category,first_month,last_month,low,likely,high,currency\n"
    (folder / "cash_flows.csv").write_text(
        head + "fee,outsource,cost,price,1,2,10,20,30,USD\nbase,stay,cost,work,1,2,5,6,7,\n"
    )
    assert "add below [rates]" in str(problems_of(folder)[0])
    (folder / "engagement.toml").write_text(SETTINGS + "[rates]\nUSD = 0.5\n")
    flows = Engagement.load(folder).cash_flows
    assert flows["likely"].tolist() == [10.0, 6.0]
    assert flows["currency"].tolist() == ["EUR", "EUR"]


def test_limits_and_decision_dates_are_read(folder):
    extra = 'decide_on = [2026-06-30]\n[limits.kickoff]\nquiz_right = {value = 0.9, source = "contract, section 4"}\n'
    (folder / "engagement.toml").write_text(SETTINGS + extra)
    settings = Engagement.load(folder).settings
    assert settings.limits["kickoff.quiz_right"] == (0.9, "contract, section 4")
    assert settings.interim
    (folder / "engagement.toml").write_text(SETTINGS + "decide_on = [2026-03-31]\n")
    assert not Engagement.load(folder).settings.interim


def test_the_end_of_the_records_is_midnight_in_the_clients_zone(folder):
    # Madrid is on summer time (+02:00) on the last of March.
    assert Engagement.load(folder).settings.end == pd.Timestamp("2026-03-31T22:00Z")


def test_what_is_saved_loads_again_and_nothing_is_overwritten(folder, tmp_path_factory):
    (folder / "engagement.toml").write_text(
        SETTINGS
        + "decide_on = [2026-03-31]\n[limits.kickoff]\nquiz_right = 0.9\nagenda_missing = 1\n[rates]\nUSD = 0.5\n"
    )
    engagement = Engagement.load(folder)
    target = tmp_path_factory.mktemp("copies") / "copy"
    engagement.save(target)
    again = Engagement.load(target)
    assert again.settings == engagement.settings
    pd.testing.assert_frame_equal(again.people, engagement.people)
    with pytest.raises(OutsourcingKitError, match="nothing was written"):
        engagement.save(target)


def test_blank_templates_validate_and_are_never_written_over(tmp_path):
    written = new_engagement(tmp_path / "fresh", ["people", "work"])
    assert [path.name for path in written if path.suffix != ".xlsx"] == ["engagement.toml", "people.csv", "work.csv"]
    assert {problem.severity for problem in check_folder(tmp_path / "fresh")} == {"note"}
    (tmp_path / "fresh" / "people.csv").write_text("mine")
    with pytest.raises(OutsourcingKitError, match="not empty"):
        new_engagement(tmp_path / "fresh")
    assert (tmp_path / "fresh" / "people.csv").read_text() == "mine"


def test_a_name_is_a_sample_and_a_path_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steady").mkdir()
    (tmp_path / "mine").mkdir()
    assert find_engagement("steady").parent.name == "datasets"
    assert find_engagement("./steady").resolve() == tmp_path / "steady"
    assert find_engagement("mine").resolve() == tmp_path / "mine"
    with pytest.raises(UnknownNameError, match="Did you mean 'cold-start'"):
        find_engagement("coldstart")
    with pytest.raises(OutsourcingKitError, match=r"There is no folder \./nowhere"):
        find_engagement("./nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsourcingKitError, match="is a file"):
        find_engagement("./file")


def test_an_engagement_shows_itself(folder):
    engagement = Engagement.load(folder)
    assert "people (2)" in repr(engagement)
    assert "<table" in engagement._repr_html_()


def test_an_engagement_of_strange_names_shows_itself_without_harm(folder):
    engagement = Engagement.load(folder)
    strange = replace(engagement.settings, name="\x1b[2J\u202e", client="c" * 100_000, provider="a\x00b")
    lines = repr(replace(engagement, settings=strange)).splitlines()
    assert len(lines) == 3 and all(line.isprintable() and len(line) < 500 for line in lines)


@pytest.mark.parametrize("name", ["x" * 100_000, "\x1b[2J\u202e", "half\udcff"])
def test_a_name_that_nobody_knows_is_told_short_and_without_harm(tmp_path, name):
    with pytest.raises(UnknownNameError) as caught:
        new_engagement(tmp_path / "ours", [name])
    assert str(caught.value).isprintable() and len(str(caught.value)) < 600


@pytest.mark.parametrize("name", ["cold-start", "thankless"])
def test_a_sample_that_is_saved_is_the_same_again(tmp_path, name):
    engagement = Engagement.load(name)
    again = Engagement.load(engagement.save(tmp_path / "new"))
    assert (again.settings, again.truth, again.notes) == (engagement.settings, engagement.truth, ())
    assert list(again.tables) == list(engagement.tables)
    for table, frame in engagement.tables.items():
        pd.testing.assert_frame_equal(again.tables[table], frame)


def test_settings_compare_by_value():
    one, other = (Settings("n", "c", "p", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 2, 1)) for _ in range(2))
    assert one == other


def test_a_full_disk_leaves_nothing_half_written(folder, tmp_path_factory, monkeypatch):
    engagement = Engagement.load(folder)
    place = tmp_path_factory.mktemp("full")
    written = []

    def full(path, data):
        written.append(path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for write in (engagement.save, new_engagement):
        written.clear()
        with pytest.raises(OSError, match="No space"):
            write(place / "new")
        assert list(place.iterdir()) == []


def test_a_limit_outside_any_mistake_is_named_as_typed(folder):
    (folder / "engagement.toml").write_text(SETTINGS + "[limits]\nquiz_rigt = 5\n")
    assert "'quiz_rigt'" in str(problems_of(folder)[0])


# --- targets, truth, currencies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "mend"),
    [
        ("kickoff.quiz_right,90,2026-01-01", "target", "write 0.9"),
        ("kickoff.quiz_right,-0.1,2026-01-01", "target", "correct it"),
        ("recognition.gap_to_in_house,25,2026-01-01", "target", "write 0.25"),
        ("kickoff.agenda_missing,-1,2026-01-01", "target", "correct it"),
        ("kickoff.before_work,2,2026-01-01", "target", "correct it"),
        ("kickoff.quizright,0.9,2026-01-01", "measure", "rename it to kickoff.quiz_right"),
        ("quiz_right,0.9,2026-01-01", "measure", "rename it to kickoff.quiz_right"),
        ("Kickoff.Quiz_right,0.9,2026-01-01", "measure", "rename it to kickoff.quiz_right"),
        ("x\x1b[2J,0.9,2026-01-01", "measure", "remove it"),
        ("kickoff.quiz_right,0.9,2026-04-01", "since", "correct the day, or leave the target out until then"),
    ],
)
def test_a_target_that_cannot_be_is_refused_at_loading(folder, row, column, mend):
    (folder / "targets.csv").write_text(f"measure,target,since\nkickoff.quiz_right,0.8,2020-01-01\n\n{row}\n")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.row, problem.column, problem.mend) == ("targets.csv", 4, column, mend)
    assert str(problem).isprintable() and check_folder(folder) == (problem,)


def test_of_many_wrong_targets_a_few_are_told_whatever_else_is_wrong(folder):
    rows = "".join(f"kickoff.quizright{number},0.9,2026-01-01\n" for number in range(20_000))
    (folder / "targets.csv").write_text(f"measure,target,since\nkickoff.quiz_right,x,2030-01-01\n{rows}")
    (folder / "engagement.toml").write_text("")
    targets = [problem for problem in problems_of(folder) if problem.file == "targets.csv"]
    assert [(problem.kind, problem.column) for problem in targets] == [("unreadable", "target")] + [
        ("target", "measure")
    ] * 5
    assert targets[-1].more == 19_995


def test_a_target_that_can_be_is_the_limit(folder):
    (folder / "targets.csv").write_text("measure,target,since\nkickoff.quiz_right,0.85,2026-03-31\n")
    assert limit_for(Engagement.load(folder), "kickoff.quiz_right").value == 0.85


@pytest.mark.parametrize("data", [b'{"a": 0.5}', b'\xef\xbb\xbf{"a": 0.5}', b' {"a": 5e-1}\n', b'{"a": 0.5, "b": 1}'])
def test_truth_is_read(folder, data):
    (folder / "truth.json").write_bytes(data)
    engagement = Engagement.load(folder)
    assert engagement.truth["a"] == 0.5 and engagement.notes == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"[1, 2]", b"null", b'"text"', b"text", b"{", b'{"a": {"b": 1}}', b'{"a": {}}', b'{"a": [1]}', b"5",
     b'{"a": "0.5"}', b'{"a": true}', b'{"a": null}', b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": Infinity}',
     b'{"a": 1e400}', b'{"a": ' + b"9" * 400 + b"}", b'{"a": ' + b"9" * 5000 + b"}", b"[" * 10_000, b'{"a":' * 10_000,
     '{"é": 1}'.encode("latin-1"), '{"a": 1}'.encode("utf-16"), b"\x00", b'[["a", 1]]', b"\x1b[2J" * 1000],
)  # fmt: skip
def test_truth_that_is_none_is_one_note_and_stops_nothing(folder, data):
    (folder / "truth.json").write_bytes(data)
    engagement = Engagement.load(folder)
    assert engagement.truth == {} and check_folder(folder) == engagement.notes
    (note,) = engagement.notes
    assert (note.file, note.severity) == ("truth.json", "note")
    assert str(note).isprintable() and len(str(note)) < 400


@pytest.mark.parametrize("typed", ["usd", "USD", " Usd ", "Usd\u00a0"])
def test_a_currency_is_one_however_it_is_typed(folder, typed):
    head = "line,option,kind,category,first_month,last_month,low,likely,high,currency\n"
    rows = f"fee,outsource,cost,price,1,2,10,20,30,{typed}\nbase,stay,cost,work,1,2,5,6,7,eur\n"
    (folder / "cash_flows.csv").write_text(head + rows)
    (folder / "engagement.toml").write_text(SETTINGS + "[rates]\nUsd = 0.5\n")
    flows = Engagement.load(folder).cash_flows
    assert flows["likely"].tolist() == [10.0, 6.0] and flows["currency"].tolist() == ["EUR", "EUR"]
    (folder / "cash_flows.csv").write_text(head + rows.splitlines()[1] + "\n")
    assert Engagement.load(folder).cash_flows["currency"].tolist() == ["EUR"]


def test_a_currency_of_strange_letters_is_shown_without_harm(folder):
    head = "line,option,kind,category,first_month,last_month,low,likely,high,currency\n"
    (folder / "cash_flows.csv").write_text(head + f"fee,outsource,cost,price,1,2,10,20,30,\x1b[2J{'x' * 1000}\n")
    (folder / "engagement.toml").write_text(SETTINGS.replace("EUR", "E\\u202eUR"))
    (problem,) = problems_of(folder)
    assert str(problem).isprintable() and len(str(problem)) < 500


def test_flags_of_a_table_that_is_not_there_may_be_unknown(folder):
    assert Engagement.load(folder).prerequisites["required"].dtype == "boolean"


# --- frames in memory -----------------------------------------------------------------------------------------------

HERE = {
    "currency": "EUR", "time_zone": "Europe/Madrid", "observed_from": "2026-01-01", "observed_to": dt.date(2026, 6, 30),
}  # fmt: skip


@pytest.mark.parametrize("name", sample_engagements())
def test_frames_of_a_sample_are_the_sample(name):
    sample = Engagement.load(name)
    settings = {key: getattr(sample.settings, key) for key in sample.settings.__dataclass_fields__}
    limits: dict[str, dict] = {}
    for key, (value, source) in settings.pop("limits").items():
        limits.setdefault(key.partition(".")[0], {})[key.partition(".")[2]] = {"value": value, "source": source}
    made = Engagement.from_frames(
        sample.tables, **{**settings, "decide_on": list(settings["decide_on"]), "rates": dict(settings["rates"])},
        limits=limits,
    )  # fmt: skip
    assert made.settings == sample.settings
    for table, frame in sample.tables.items():
        pd.testing.assert_frame_equal(made.tables[table], frame)


def test_frames_of_text_and_of_values_are_read_alike_and_stay_as_they_are():
    typed = pd.DataFrame(
        {"person": ["a", "b"], "side": ["client", "provider"], "left": [pd.NaT, pd.Timestamp("2026-02-01")]}
    )
    texts = pd.DataFrame({"person": ["a ", "b"], "side": ["Customer", "vendor"], "left": ["", "2026-02-01"]}, [7, 7])
    before = texts.copy()
    one, other = (Engagement.from_frames({"people": frame}, **HERE).people for frame in (typed, texts))
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(texts, before)


def test_amounts_of_frames_are_converted():
    flows = {"line": "fee", "option": "outsource", "kind": "cost", "first_month": 0, "last_month": 1}
    frame = pd.DataFrame([{**flows, "low": 1, "likely": 2, "high": 3, "currency": "USD"}])
    made = Engagement.from_frames({"cash_flows": frame}, **HERE, rates={"USD": 0.5})
    assert made.cash_flows["likely"].tolist() == [1]
    with pytest.raises(BadDataError, match="USD = <EUR for one USD>"):
        Engagement.from_frames({"cash_flows": frame}, **HERE)


@pytest.mark.parametrize(
    ("frames", "settings", "words"),
    [
        ([1], HERE, "Mend: Engagement.from_frames"),
        ({"people": [1]}, HERE, "pd.DataFrame"),
        ({"peple": pd.DataFrame()}, HERE, "rename it to people"),
        ({"people": pd.DataFrame({"persn": ["a"], "side": ["client"]})}, HERE, "rename 'persn' to 'person'"),
        ({"people": pd.DataFrame([["a", "client", "b"]], columns=["person", "side", "person"])}, HERE, "person"),
        ({}, {}, 'add observed_to = "2026-12-31"'),
        ({}, {**HERE, "observd_to": 1}, "rename it to observed_to"),
        ({}, {**HERE, "time_zone": "Madrid"}, "Europe/Madrid"),
        ({}, {**HERE, "observed_to": pd.Timestamp("2026-06-30 12:00")}, "without a time"),
        ({}, {**HERE, "limits": {"kickoff": {"quiz_right": 90}}}, "write 0.9"),
    ],
)
def test_frames_that_cannot_be_are_refused_in_words(frames, settings, words):
    with pytest.raises(OutsourcingKitError) as refused:
        Engagement.from_frames(frames, **settings)
    assert words in str(refused.value) and "engagement.toml" not in str(refused.value)


def test_all_problems_of_frames_and_settings_come_at_once():
    people = pd.DataFrame({"person": ["a", "a", "a"], "side": "nobody"})
    with pytest.raises(BadDataError) as refused:
        Engagement.from_frames({"people": people, "works": people}, **{**HERE, "currency": None})
    assert {problem.kind for problem in refused.value.problems} == {
        "settings", "not allowed", "doubled key", "unknown table"
    }  # fmt: skip


def test_a_column_that_a_frame_does_not_have_leaves_what_needs_it_unassessed():
    people = pd.DataFrame({"person": ["a", "b"], "side": ["client", "provider"]})
    made = Engagement.from_frames({"people": people}, **HERE)
    assert made.lacks("people", "person", "left") == "needs table people, column left"
    assert "left" in {note.column for note in made.notes}
