"""The command line: exit codes, messages, and what it never does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outsourcing_kit import cli
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.headlines import MISTAKES

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def call(capfd):
    """Run a command in this process: (exit code, standard output, standard error)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(list(arguments))
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


def fresh(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Python in a process of its own, with the checkout on its path."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        timeout=60,
    )


class Finding:
    mistake = "kickoff"

    def __init__(self, gate: str, interim: bool = False) -> None:
        self.gate_verdict, self.interim = gate, interim


class Card:
    """What diagnose needs of a scorecard."""

    engagement = "ours & theirs"

    def __init__(self, finding: Finding) -> None:
        self.findings = (finding,)

    def to_json(self) -> dict:
        return {"engagement": self.engagement, "findings": [{"mistake": "kickoff", "verdict": "problem"}]}

    def to_html(self) -> str:
        return "<p>✖ problem</p>"

    def __str__(self) -> str:
        return "✖ PROBLEM: no kickoff – “yes”"


@pytest.fixture
def diagnosed(monkeypatch):
    """Give diagnose this scorecard, whatever it asks for."""

    class Loaded:
        notes = ()

    def give(gate: str = "problem", interim: bool = False) -> None:
        monkeypatch.setattr("outsourcing_kit.engagement.Engagement.load", lambda name: Loaded())
        monkeypatch.setattr("outsourcing_kit.report.scorecard", lambda engagement: Card(Finding(gate, interim)))

    give()
    return give


def test_importing_the_command_line_is_cheap():
    heavy = ["pandas", "numpy", "scipy", "matplotlib", "papermill", "nbconvert", "nbformat", "jupyter_client", "tqdm"]
    done = fresh("-c", f"import sys, outsourcing_kit.cli; print([name for name in {heavy} if name in sys.modules])")
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize("command", ["", "run", "diagnose", "validate", "new", "simulate", "lab", "doctor"])
def test_every_help_has_examples(call, command):
    code, out, _ = call(*command.split(), "--help")
    assert code == 0
    assert "Examples:\n" in out and "outsourcing-kit" in out


def test_the_gate_is_explained_where_it_is_offered(call):
    assert "1% error" in " ".join(call("run", "--help")[1].split())


def test_version(call):
    from outsourcing_kit import __version__

    assert call("--version")[:2] == (0, f"outsourcing-kit, version {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["diagnose"],
        ["run", "--jobs", "0"],
        ["run", "--fail-on", "cannot-tell"],
        ["simulate", "x", "--mistake", "kickof"],
        ["diagnose", "./no/such/folder"],
        ["diagnose", "no-such-sample"],
        ["validate", "./no/such/folder"],
    ],
)
def test_wrong_use_is_two_and_told_on_stderr(call, arguments):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.strip()


def test_diagnose_prints_the_scorecard(call, diagnosed):
    code, out, _ = call("diagnose", "cold-start")
    assert code == 0 and "PROBLEM" in out


def test_diagnose_json_is_one_object(call, diagnosed):
    code, out, _ = call("diagnose", "cold-start", "--json")
    assert code == 0
    assert json.loads(out)["findings"][0]["mistake"] == "kickoff"


@pytest.mark.parametrize(
    ("gate", "interim", "expected"),
    [("problem", False, 1), ("problem", True, 0), ("cannot tell", False, 0), ("fine", False, 0)],
)
def test_fail_on_goes_by_the_gate_and_not_by_interim_verdicts(call, diagnosed, gate, interim, expected):
    diagnosed(gate, interim)
    assert call("diagnose", "x", "--fail-on", "problem")[0] == expected
    assert call("diagnose", "x")[0] == 0


def test_diagnose_writes_a_page_and_overwrites_only_its_own(call, diagnosed, tmp_path):
    page = tmp_path / "card.html"
    assert call("diagnose", "x", "--html", str(page))[0] == 0
    assert "<h1>Scorecard of ours &amp; theirs</h1><p>✖ problem</p>" in page.read_text(encoding="utf-8")
    assert call("diagnose", "x", "--html", str(page))[0] == 0
    page.write_text("<html>my own</html>")
    code, _, err = call("diagnose", "x", "--html", str(page))
    assert code == 2 and "--force" in err and page.read_text() == "<html>my own</html>"
    assert call("diagnose", "x", "--html", str(page), "--force")[0] == 0
    assert "Scorecard" in page.read_text(encoding="utf-8")


def test_diagnose_does_not_write_into_nowhere(call, diagnosed, tmp_path):
    assert call("diagnose", "x", "--html", str(tmp_path))[0] == 2
    code, _, err = call("diagnose", "x", "--html", str(tmp_path / "no" / "card.html"))
    assert code == 2 and "there is no folder" in err


def test_bad_data_is_two_with_the_report(call, monkeypatch):
    def load(name):
        raise BadDataError("1 problem in x:\n  work.csv, row 3, column hours: found -1")

    monkeypatch.setattr("outsourcing_kit.engagement.Engagement.load", load)
    code, out, err = call("diagnose", "x")
    assert (code, out) == (2, "") and "row 3" in err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(28, "No space left on device", "x.html"), 1, "disk is full"),
        (PermissionError(13, "Permission denied", "x.html"), 1, "x.html: Permission denied"),
        (KeyboardInterrupt(), 1, "Interrupted"),
    ],
)
def test_trouble_with_the_system_is_one_line(call, monkeypatch, error, code, told):
    def load(name):
        raise error

    monkeypatch.setattr("outsourcing_kit.engagement.Engagement.load", load)
    found, _, err = call("diagnose", "x")
    assert found == code and told in err and len(err.strip().splitlines()) <= 2


def test_run_without_its_extra_names_the_line_that_installs_it(call, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: (name != "papermill" and real(name, *rest)) or None
    )
    code, _, err = call("run")
    assert code == 2 and "pip install 'outsourcing-kit[course]'" in err


def test_new_writes_templates_and_never_over_anything(call, tmp_path):
    code, out, _ = call("new", str(tmp_path / "ours"), "--tables", "people, work")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "ours").iterdir()) == ["engagement.toml", "people.csv", "work.csv"]
    assert "validate" in out
    (tmp_path / "ours" / "people.csv").write_text("mine")
    assert call("new", str(tmp_path / "ours"))[0] == 2
    assert (tmp_path / "ours" / "people.csv").read_text() == "mine"


def test_new_tells_the_nearest_table(call, tmp_path):
    code, _, err = call("new", str(tmp_path / "ours"), "--tables", "peple")
    assert code == 2 and "'people'" in err
    assert not (tmp_path / "ours").exists()


def test_validate_tells_problems_and_their_place(call, tmp_path):
    call("new", str(tmp_path / "ours"), "--tables", "people")
    (tmp_path / "ours" / "peple.csv").write_text("person\n")
    code, _, err = call("validate", str(tmp_path / "ours"))
    assert code == 2 and "peple.csv" in err


# Where Python says ASCII, click takes the console to know UTF-8 all the same.
def test_simulate_writes_what_diagnose_reads_and_never_over_anything(call, tmp_path):
    folder = str(tmp_path / "practice")
    assert call("simulate", folder, "--mistake", "kickoff", "--months", "6", "--seed", "1")[0] == 0
    before = {path: path.read_bytes() for path in (tmp_path / "practice").iterdir()}
    assert call("validate", folder)[0] == 0
    code, out, _ = call("diagnose", folder, "--json")
    assert code == 0
    assert [finding["mistake"] for finding in json.loads(out)["findings"]] == list(MISTAKES)
    assert call("simulate", folder)[0] == 2
    assert {path: path.read_bytes() for path in (tmp_path / "practice").iterdir()} == before


@pytest.mark.parametrize(("encoding", "sign"), [("ascii", "✖".encode()), ("cp1252", b"?"), ("utf-8", "✖".encode())])
def test_a_console_that_lacks_characters_is_no_trouble(encoding, sign):
    program = (
        "import sys\n"
        "from outsourcing_kit import cli\n"
        "cli.commands.command('say')(lambda: cli.click.echo('✖ problem – “yes”'))\n"
        "sys.exit(cli.main(['say']))\n"
    )
    done = fresh("-c", program, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(sign + b" problem")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_stops_early_gets_no_traceback():
    program = (
        "import sys\n"
        "from outsourcing_kit import cli\n"
        "cli.commands.command('say')(lambda: cli.click.echo('line\\n' * 100_000))\n"
        "sys.exit(cli.main(['say']))\n"
    )
    command = f'{sys.executable} -c "$PROGRAM" | head -1'
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "PYTHONPATH": str(ROOT), "PROGRAM": program}, capture_output=True
    )
    assert done.stdout == b"line\n" and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


@pytest.mark.parametrize("command", ["validate", "diagnose"])
def test_a_date_typed_as_a_month_is_wrong_use(command, project, tmp_path, call):
    folder = tmp_path / "steady"
    shutil.copytree(project / "datasets" / "steady", folder)
    path = folder / "cash_flows.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count("price,1,24,") == 1
    path.write_text(text.replace("price,1,24,", "price,1,202612,"), encoding="utf-8")
    code, out, err = call(command, str(folder))
    assert code == 2
    assert "row 4, column last_month: found '202612'; expected at most 600. Mend: count months" in out + err
