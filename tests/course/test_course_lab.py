"""The lab: whose file a lesson is, and JupyterLab with the right kernel."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from outsourcing_kit import cli
from outsourcing_kit.course import lab
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError, UnknownNameError

START, KICKOFF = "00_start_here.ipynb", "03_kickoff.ipynb"
# Lessons without a cell are the same for everybody.
OLD, NEW, NEWER = (
    f'{{\n "cells": [],\n "metadata": {{\n  "v": {n}\n }},\n "nbformat": 4,\n "nbformat_minor": 5\n}}\n'.encode()
    for n in (1, 2, 3)
)
MINE = b'{"mine": 1}\n'


class Lab:
    """A kit with two lessons of one's own making, and the user's folder."""

    def __init__(self, root: Path) -> None:
        self.kit, self.folder = root / "kit", root / "mine"
        self.kit.mkdir()
        self.ship(OLD)

    def ship(self, content: bytes) -> None:
        for name in (START, KICKOFF):
            (self.kit / name).write_bytes(content)

    def copy(self, *names: str) -> dict[str, str]:
        return lab.copy_lessons(self.folder, names, notebooks=self.kit).written

    def kickoff(self) -> str:
        return self.copy("kickoff")[KICKOFF]

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture
def mine(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@contextlib.contextmanager
def unprivileged():
    """Permission bits count for root too."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


# ---- whose file it is ----------------------------------------------------------------------------------------------


def test_a_new_folder_gets_every_lesson_byte_for_byte_and_a_lesson_thrown_away_again(mine):
    assert mine.copy() == {START: START, KICKOFF: KICKOFF}
    assert mine.files() == {START: OLD, KICKOFF: OLD}
    assert mine.copy() == {START: "", KICKOFF: ""}
    (mine.folder / KICKOFF).unlink()
    assert mine.kickoff() == KICKOFF


@pytest.mark.parametrize("there", [OLD, MINE], ids=["unchanged", "edited"])
def test_a_lesson_that_is_there_stays_and_a_newer_one_goes_beside_it_once(mine, there):
    mine.copy()
    (mine.folder / KICKOFF).write_bytes(there)
    assert mine.kickoff() == ""
    assert mine.files() == {START: OLD, KICKOFF: there}, "nothing is beside it while the kit has nothing newer"
    mine.ship(NEW)
    assert [mine.kickoff(), mine.kickoff()] == ["03_kickoff.new.ipynb", ""]
    assert mine.files() == {START: OLD, KICKOFF: there, "03_kickoff.new.ipynb": NEW}
    (mine.folder / "03_kickoff.new.ipynb").unlink()
    assert mine.kickoff() == "", "whoever threw it away does not want it again"
    mine.ship(NEWER)
    assert mine.kickoff() == "03_kickoff.new.ipynb" and mine.files()["03_kickoff.new.ipynb"] == NEWER


def test_the_lesson_beside_is_the_users_too(mine):
    mine.copy()
    mine.ship(NEW)
    mine.kickoff()
    (mine.folder / "03_kickoff.new.ipynb").write_bytes(MINE)
    mine.ship(NEWER)
    assert mine.kickoff() == "03_kickoff.new2.ipynb"
    assert mine.files() == {START: OLD, KICKOFF: OLD, "03_kickoff.new.ipynb": MINE, "03_kickoff.new2.ipynb": NEWER}


def test_a_folder_full_of_the_users_own_files_loses_none(mine):
    mine.folder.mkdir()
    for name, content in {START: MINE, KICKOFF: MINE, "notes.txt": b"n", "pandas.py": b"raise SystemExit"}.items():
        (mine.folder / name).write_bytes(content)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in mine.folder.iterdir()}
    copies = lab.copy_lessons(mine.folder, notebooks=mine.kit)
    assert list(copies.written.values()) == ["00_start_here.new.ipynb", "03_kickoff.new.ipynb"]
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in before} == before
    text = "\n".join(copies.lines())
    assert "kept; the kit has a newer one, now beside it: 03_kickoff.new.ipynb" in text
    assert f"rename your {START}" in text
    assert {lesson.path.name for lesson in lab.find_lessons(mine.folder)} == {START, KICKOFF}


@pytest.mark.parametrize("memory", [b"", b"[]", b"\xff", b'{"03_kickoff.ipynb": 1}', b"[" * 100_000])
def test_without_its_memory_the_lab_takes_every_file_for_the_users(mine, memory):
    mine.copy()
    (mine.folder / ".outsourcing-kit-lab.json").write_bytes(memory)
    assert mine.kickoff() == "", "the same lesson is not written beside itself"
    (mine.folder / ".outsourcing-kit-lab.json").write_bytes(memory)
    mine.ship(NEW)
    assert mine.kickoff() == "03_kickoff.new.ipynb" and mine.files()[KICKOFF] == OLD


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_a_folder_or_a_pipe_in_the_place_of_a_lesson_stays(mine):
    mine.folder.mkdir()
    (mine.folder / "elsewhere").write_bytes(OLD)
    (mine.folder / KICKOFF).symlink_to("elsewhere")
    (mine.folder / START).mkdir()
    os.mkfifo(mine.folder / "00_start_here.new.ipynb")
    mine.copy()
    mine.ship(NEW)
    assert mine.copy() == {START: "00_start_here.new3.ipynb", KICKOFF: "03_kickoff.new.ipynb"}
    assert (mine.folder / "elsewhere").read_bytes() == OLD
    assert (mine.folder / KICKOFF).is_symlink() and (mine.folder / START).is_dir()


# ---- bad input -----------------------------------------------------------------------------------------------------


def test_an_unknown_lesson_is_refused_before_anything_is_made(mine):
    with pytest.raises(UnknownNameError, match="Did you mean '03_kickoff'"):
        mine.copy("03_kickof")
    assert not mine.folder.exists()


def test_a_file_or_the_kits_own_folder_is_refused(mine, tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder, words in [(tmp_path / "file", "is a file"), (mine.kit, "lessons themselves"), (mine.kit / "x", "less")]:
        with pytest.raises(OutsourcingKitError, match=rf"{words}.*Mend: choose another"):
            lab.copy_lessons(folder, notebooks=mine.kit)
    assert (tmp_path / "file").read_text() == "mine" and not (mine.kit / "x").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are for POSIX")
def test_a_folder_that_cannot_be_written_and_a_read_only_install():
    # Not in pytest's own folder, which is closed to everybody else.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        mine, locked, free = Lab(Path(folder)), Path(folder, "locked"), Path(folder, "free")
        mine.kit.chmod(0o555)
        (mine.kit / KICKOFF).chmod(0o444)
        locked.mkdir(mode=0o555)
        free.mkdir()
        free.chmod(0o777)
        with unprivileged():
            with pytest.raises(
                OutsourcingKitError, match=r"locked.* cannot be written: Permission.* Mend: name another"
            ):
                lab.copy_lessons(locked / "in", notebooks=mine.kit)
            assert list(lab.copy_lessons(free / "in", notebooks=mine.kit).written.values()) == [START, KICKOFF]
            # A copy from a read-only install can be worked in.
            (free / "in" / KICKOFF).write_bytes(MINE)
        mine.kit.chmod(0o755)
        locked.chmod(0o755)


def test_a_full_disk_is_told_as_such_and_leaves_no_part(mine, monkeypatch, capsys):
    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("outsourcing_kit.page.write_new", full)
    monkeypatch.chdir(mine.kit.parent)
    assert cli.main(["lab", "--no-open", "mine"]) == 1
    assert "the disk is full" in capsys.readouterr().err
    assert list(mine.folder.iterdir()) == []


@pytest.mark.parametrize("package", ["jupyterlab", "ipykernel"])
def test_without_the_extra_opening_names_the_line_and_copies_nothing(package, monkeypatch, tmp_path, capsys):
    found = lab.importlib.util.find_spec
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None if name == package else found(name))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingExtraError):
        lab.require_jupyterlab()
    assert cli.main(["lab"]) == 2
    assert "pip install 'outsourcing-kit[course]'" in capsys.readouterr().err
    assert not (tmp_path / "outsourcing-lessons").exists()
    assert cli.main(["lab", "--no-open"]) == 0
    assert len(list((tmp_path / "outsourcing-lessons").glob("*.ipynb"))) == len(lab.find_lessons())


def test_only_the_named_lessons_are_copied_and_the_first_is_opened(monkeypatch, tmp_path, capsys):
    asked = []
    monkeypatch.setattr(lab, "open_lab", lambda copies, **named: asked.append((copies, named)))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", "w", "--lesson", "recognition", "-l", "3", "--no-browser", "--port", "9000"]) == 0
    assert sorted(path.name for path in Path("w").glob("*.ipynb")) == ["03_kickoff.ipynb", "05_recognition.ipynb"]
    copies, named = asked[0]
    assert named == {"browser": False, "port": 9000}
    arguments = lab.lab_arguments(copies, **named)
    assert "--LabApp.default_url=/lab/tree/03_kickoff.ipynb" in arguments
    assert {"--ServerApp.port=9000", "--ServerApp.open_browser=False"} < set(arguments)
    assert "--ServerApp.open_browser=True" in lab.lab_arguments(copies)
    assert "Ctrl-C" in capsys.readouterr().out
    # JupyterLab asks a class of twenty about its news, unless its settings have the answer.
    (place,) = (each.partition("=")[2] for each in arguments if each.startswith("--LabApp.app_settings_dir="))
    settings = json.loads((Path(place) / "overrides.json").read_text("utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


# ---- for real ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent differently there")
def test_jupyterlab_starts_with_this_interpreter_and_an_interrupt_ends_all_of_it(tmp_path):
    home = tmp_path / "home"
    # The user's own "python3", from another environment, must not win.
    kernel = home / ".local/share/jupyter/kernels/python3"
    kernel.mkdir(parents=True)
    wrong = {"argv": ["/nowhere/python", "{connection_file}"], "display_name": "Theirs", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(wrong))
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG", "IPYTHON"))}
    environment = {**keep, "HOME": str(home), "JUPYTER_DATA_DIR": str(home / ".local/share/jupyter")}
    process = subprocess.Popen(
        [sys.executable, "-m", "outsourcing_kit.cli", "lab", "--no-browser"],
        cwd=tmp_path, env={**environment, "PYTHONPATH": str(Path(cli.__file__).parents[2])},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        server = _wait_for(lambda: _server(home, process))

        def ask(path: str, **body: object) -> dict:
            data = json.dumps(body).encode() if body else None
            request = urllib.request.Request(f"{server['url']}api/{path}", data)
            request.add_header("Authorization", f"token {server['token']}")
            with urllib.request.urlopen(request, timeout=10) as reply:
                return json.load(reply)

        _wait_for(lambda: _quietly(lambda: ask("status")))
        assert server["root_dir"] == str(tmp_path / "outsourcing-lessons") and server["hostname"] == "localhost"
        specs = ask("kernelspecs")
        assert list(specs["kernelspecs"]) == ["python3"]
        assert specs["kernelspecs"]["python3"]["spec"]["argv"][0] == sys.executable
        ask("kernels", name="python3")
        assert _kernels_of(process.pid)
        children = _kernels_of(process.pid)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    finally:
        if process.poll() is None:
            process.kill()
    assert process.returncode == 0, out
    assert out.rstrip().endswith("JupyterLab has ended. Your lessons are in outsourcing-lessons."), out
    # A kernel interrupted while it still imports says so; the server and the command say nothing.
    assert "outsourcing_kit/" not in out and "jupyter_server/" not in out, out
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert [path.name for path in kernel.parent.iterdir()] == ["python3"], "no kernel is registered at home"


def _wait_for(look, seconds: float = 30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


def _server(home: Path, process: subprocess.Popen) -> dict | None:
    assert process.poll() is None, process.stdout.read()
    for path in home.rglob("jpserver-*.json"):
        with contextlib.suppress(ValueError):
            return json.loads(path.read_text())
    return None


def _quietly(ask):
    with contextlib.suppress(OSError):
        return ask()
    return None


def _kernels_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    # Elsewhere than on Linux, that the server ended with 0 has to do.
    return [int(each) for each in children.read_text().split()] if children.exists() else [0]
