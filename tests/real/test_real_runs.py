"""The lessons that apply run on real records through the command line."""

import json

import pytest

from outsourcing_kit.cli import main

pytest.importorskip("papermill", reason="running lessons needs the course extra")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "lesson", "mistake"),
    [
        ("helpdesk", "04", "expectations"),
        ("transcripts", "03_kickoff", "kickoff"),
        ("projects", "business_case", "business_case"),
        ("task_labels", "task_selection", "task_selection"),
    ],
)
def test_a_lesson_runs_on_real_records(source, lesson, mistake, request, tmp_path, capsys):
    folder = request.getfixturevalue(source)
    out = tmp_path / "out"
    assert main(["run", lesson, "06", "--engagement", str(folder), "--out", str(out), "--jobs", "1"]) == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [run["status"] for run in summary["runs"]] == ["done", "done"]
    findings = {finding["mistake"]: finding for finding in summary["engagements"][0]["findings"]}
    assert len(findings) == 5
    # One table cannot settle any mistake, and must not pretend to.
    assert {finding["verdict"] for finding in findings.values()} <= {"cannot tell", "not assessed"}
    assert any(measure["key"].startswith(mistake) for measure in findings[mistake]["measures"])


def test_diagnose_names_what_is_missing(helpdesk, capsys):
    assert main(["diagnose", str(helpdesk), "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    words = " ".join(text for finding in findings for text in finding["not_assessed"])
    assert "needs table messages" in words and "needs table tasks" in words
