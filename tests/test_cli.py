"""The command line: exit codes, messages, and what it never does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
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
    assert call("diagnose", "x", "--html", str(tmp_path / f"{'n' * 250}.html"))[0] == 0  # as long as a name can be
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
    written = {path.name for path in (tmp_path / "ours").iterdir()}
    assert written - {"engagement.xlsx"} == {"engagement.toml", "people.csv", "work.csv"}
    # Without the packages that write it, the line that installs them stands in the place of the workbook.
    assert "validate" in out and ("engagement.xlsx" in written) != ("outsourcing-kit[readers]" in out)
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


# Where Python says ASCII, click takes the console to know UTF-8 all the same.
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


@pytest.mark.parametrize("command", ["validate", "diagnose", "run business_case --out out --engagement"])
def test_a_date_typed_as_a_month_is_wrong_use(command, project, tmp_path, call, monkeypatch):
    if command.startswith("run"):
        pytest.importorskip("papermill")
    folder = tmp_path / "steady"
    shutil.copytree(project / "datasets" / "steady", folder)
    path = folder / "cash_flows.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count("price,1,24,") == 1
    path.write_text(text.replace("price,1,24,", "price,1,202612,"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*command.split(), str(folder))
    assert code == 2 and not (tmp_path / "out").exists()
    assert "row 4, column last_month: found '202612'; expected at most 600. Mend: count months" in out + err


# --- strange surroundings ----------------------------------------------------------------------------------------

POSIX = pytest.mark.skipif(os.name == "nt", reason="pipes, devices and shells are different there")


def in_shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of shell, in which `kit` is the command."""
    # Counting the lines that ran would print at the end of a process, and into a full stream too.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        ["bash", "-c", f'kit() {{ "{sys.executable}" -m outsourcing_kit.cli "$@"; }}\n{line}'],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder, capture_output=True, timeout=60, encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip


@POSIX
@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("page", ["pipe", "link", "/dev/null", "/dev/zero", "/dev/stdin"])
def test_a_page_is_never_written_into_a_pipe_or_a_device(call, diagnosed, tmp_path, monkeypatch, page, force):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("link").symlink_to("/dev/null")
    before = os.stat(page), os.lstat(page)
    code, out, err = call("diagnose", "x", "--html", page, *force)
    assert (code, out) == (2, "") and "is a pipe, a device" in err and len(err.splitlines()) == 1
    assert (os.stat(page).st_rdev, os.lstat(page).st_ino) == (before[0].st_rdev, before[1].st_ino)
    assert sorted(os.listdir()) == ["link", "pipe"]


@POSIX
@pytest.mark.parametrize("line", ["kit {} --html /dev/stdout | cat", "kit {} --html /dev/stdout > page.html",
                                  "kit {} --force --html page.html > page.html"])  # fmt: skip
def test_a_page_is_not_written_where_the_command_prints(tmp_path, line):
    done = in_shell(f"set -o pipefail; {line.format('diagnose ./nowhere')}", tmp_path)
    assert done.returncode == 2 and "where this prints to" in done.stderr
    assert os.path.islink("/dev/stdout") or not os.path.exists("/dev/stdout")


@POSIX
def test_a_page_is_written_through_a_link(call, diagnosed, tmp_path):
    (tmp_path / "real.html").write_text("mine")
    (tmp_path / "link.html").symlink_to("real.html")
    assert call("diagnose", "x", "--html", str(tmp_path / "link.html"))[0] == 2
    assert call("diagnose", "x", "--html", str(tmp_path / "link.html"), "--force")[0] == 0
    assert (tmp_path / "link.html").is_symlink() and "Scorecard" in (tmp_path / "real.html").read_text("utf-8")


@POSIX
def test_a_page_goes_home_where_the_shell_leaves_the_tilde(call, diagnosed, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert call("diagnose", "x", "--html", "~/card.html")[0] == 0
    assert call("new", "~/ours", "--tables", "people")[0] == call("validate", "~/ours")[0] == 0
    assert sorted(os.listdir()) == ["card.html", "ours"]


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize(
    "line", ["kit new .", "kit new ./", 'kit new "$PWD"', 'kit simulate . --months 1 --people 4', "kit new ../ours/."]
)  # fmt: skip
def test_the_folder_where_one_stands_is_filled(tmp_path, line):
    place = tmp_path / "ours"
    place.mkdir(mode=0o700)
    done = in_shell(f"{line} && pwd && ls engagement.toml && stat -c %a .", place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-3:] == [str(place), "engagement.toml", "700"]


@POSIX
@pytest.mark.parametrize("name", ["\x1b[2Jx", "\u202ex", "a\nb", "half\udcff", "x" * 300, "x/" * 3000, "日本"])
@pytest.mark.parametrize(
    "command",
    ["diagnose {}", "validate {}", "new {} --tables work", "simulate {} --months 1 --people 4",
     "diagnose --html {}/x steady", "{}", "diagnose x --{}", "simulate x --mistake {}", "new x --tables {}"],
)  # fmt: skip
def test_what_was_typed_is_told_without_harm(call, tmp_path, monkeypatch, name, command):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("new").mkdir()
    for word in ("new", "simulate"):
        command = command.replace(f"{word} {{}}", f"{word} ../{tmp_path.name}/{{}}")
    Path("taken").touch()
    code, out, err = call(*(part.replace("{}", name) for part in command.split()))
    assert code in (0, 2)
    for line in (out + err).split("\n"):
        assert line.isprintable() and len(line) < 2100


@POSIX
def test_a_name_that_is_no_utf_8_is_a_name(tmp_path):
    done = in_shell("kit new $'o\\xff' --tables people && kit validate $'o\\xff' && ls", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "udcff" in done.stdout


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("kit validate steady >&-", 0),
        ("kit validate steady <&- >&- 2>&-", 0),
        ("kit validate ./nowhere >&- 2>&-", 2),
        ("kit validate ./nowhere 2>&-", 2),
        ("kit validate steady > /dev/full", 1),
        ("kit validate ./nowhere 2> >(exec <&- >&- 2>&-; sleep 5)", 1),
        ("kit validate steady 0</dev/null >&- --html 2>&-", 2),
    ],
)
def test_closed_and_full_streams_are_no_traceback(tmp_path, line, code):
    done = in_shell(line, tmp_path)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert done.returncode == code, done.stderr


@POSIX
def test_what_is_printed_into_a_closed_stream_goes_into_no_file(tmp_path):
    done = in_shell("kit simulate ours --months 1 --people 4 >&- 2>&- <&- ; kit validate ./ours", tmp_path)
    assert done.returncode == 0, done.stderr
    assert not [path for path in (tmp_path / "ours").iterdir() if "Written" in path.read_text("utf-8")]


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize(
    ("command", "environment"),
    [
        ("diagnose steady", {"PYTHONWARNINGS": "default,error::DeprecationWarning,error", "PYTHONDEVMODE": "1"}),
        ("diagnose steady", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("--help", {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}),
        ("--help", {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"}),
        ("--help", {"PYTHONIOENCODING": "cp1252:strict"}),
    ],
)
def test_strict_surroundings_change_no_exit_code(tmp_path, command, environment):
    line = f"kit {command} && kit new öurs && kit validate öurs && ! kit validate ./日本"
    done = in_shell(line, tmp_path, **environment)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert "There is no folder" in done.stderr and (tmp_path / "öurs").is_dir()


@POSIX
@pytest.mark.parametrize("wait", [0.3, 0.6])
def test_an_interrupt_is_one_line(wait):
    # Counted from where Python itself has started, which takes as long as a busy machine lets it. A shell that starts
    # tests in the background has interrupts ignored, which a child inherits.
    code = (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); print('go', flush=True)\n"
        "runpy.run_module('outsourcing_kit.cli', run_name='__main__')"
    )
    # The largest engagement that it makes takes far longer than the wait: a command that has ended is not interrupted.
    command = [sys.executable, "-c", code, "simulate", "/proc/no", "--people", "100000", "--months", "36"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # Python itself loses an interrupt that falls into a callback of its importing, about one of thirty here: then the
    # user presses again, and so does this. Three lost in a row are none of its doing.
    for _ in range(3):
        with subprocess.Popen(command, env={**kept, "PYTHONPATH": str(ROOT)}, **pipes) as running:
            assert running.stdout.readline() == b"go\n"
            time.sleep(wait)
            running.send_signal(signal.SIGINT)
            try:
                _, err = running.communicate(timeout=20)
                break
            except subprocess.TimeoutExpired:
                running.kill()
    assert running.returncode == 1
    assert err.split() == [b"Interrupted."]


def test_too_little_memory_is_one_line(call, monkeypatch):
    def load(name):
        raise MemoryError

    monkeypatch.setattr("outsourcing_kit.engagement.Engagement.load", load)
    code, _, err = call("diagnose", "x")
    assert code == 1 and "not enough memory" in err and len(err.splitlines()) == 1
