"""The doctor: each trouble is named, with its mend, on whatever platform."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import subprocess
import sys
import time
import zoneinfo
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from outsourcing_kit import __version__, cli
from outsourcing_kit.course import doctor
from outsourcing_kit.course.doctor import OK, PROBLEM, WARNING, Check, Checkup

ROOT = Path(doctor.__file__).resolve().parents[2]


def only(checks, name: str = "") -> Check:
    (found,) = [each for each in checks if each.name == (name or each.name)]
    return found


@pytest.fixture
def without(monkeypatch):
    """Let these packages not be installed."""

    def hide(*names: str) -> None:
        def version(name: str) -> str:
            if name in names:
                raise metadata.PackageNotFoundError(name)
            return real(name)

        real = metadata.version
        monkeypatch.setattr(metadata, "version", version)

    return hide


@pytest.fixture
def promised(monkeypatch):
    """Let the kit promise this."""
    return lambda *lines: monkeypatch.setattr(metadata, "requires", lambda name: list(lines))


# ---- as a whole ----------------------------------------------------------------------------------------------------


def test_the_command_tells_every_check_in_json(capsys):
    code = cli.main(["doctor", "--json", "--wait", "60"])
    told = json.loads(capsys.readouterr().out)
    status = {each["name"]: each["status"] for each in told["checks"]}
    assert {"Python", "kit", "pandas", "scipy", "matplotlib", "click", "Jupyter's folder", "memory"} <= set(status)
    assert {"current folder", "temporary folder", "console"} <= set(status)
    assert told["version"] == __version__
    assert told["problems"] == list(status.values()).count("problem") and code == (1 if told["problems"] else 0)
    # Not the state of this machine is tested here, but these parts work wherever the tests do.
    assert {status[name] for name in ("numpy", "kernel", "lessons", "time zones")} == {"ok"}


def test_a_problem_gives_one_a_warning_zero_and_the_mend_is_printed(monkeypatch, capsys):
    checks = (Check("a", OK, "fine"), Check("b", WARNING, "so-so", "do this"))
    monkeypatch.setattr(doctor, "doctor", lambda **_: Checkup(checks))
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "warning   b: so-so\n          Mend: do this\n0 problems, 1 warning in 2 checks." in out
    monkeypatch.setattr(doctor, "doctor", lambda **_: Checkup((*checks, Check("c", PROBLEM, "bad", "do that"))))
    assert cli.main(["doctor"]) == 1


def test_a_check_that_fails_itself_is_a_line_and_the_rest_still_runs(monkeypatch):
    def broken():
        raise RuntimeError("no\nidea")
        yield

    monkeypatch.setattr(doctor, "check_memory", broken)
    monkeypatch.setattr(doctor, "check_kernel", lambda seconds: iter(()))
    checks = doctor.doctor().checks
    assert "RuntimeError: no" in only(checks, "memory").found and only(checks, "memory").status == PROBLEM
    assert only(checks, "time zones").status == OK


def test_it_writes_nothing_at_home_or_where_the_user_stands(tmp_path):
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    environment = {**os.environ, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)}
    environment["MPLCONFIGDIR"] = str(tmp_path / "mpl")
    done = subprocess.run(
        [sys.executable, "-m", "outsourcing_kit.cli", "doctor", "--wait", "60"],
        cwd=here, env=environment, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert "started and answered" in done.stdout, done.stdout + done.stderr
    assert [*home.rglob("*"), *here.rglob("*")] == []
    assert done.stderr == ""


# ---- the kit and its packages --------------------------------------------------------------------------------------


def kit(folder: Path, version: str = __version__, *, info: bool = True, code: bool = True) -> Path:
    """What an installer, or somebody who copies files, leaves in a folder of the path."""
    if info:
        (folder / f"outsourcing_kit-{version}.dist-info").mkdir(parents=True)
        text = f"Metadata-Version: 2.1\nName: outsourcing-kit\nVersion: {version}\n"
        (folder / f"outsourcing_kit-{version}.dist-info" / "METADATA").write_text(text)
    if code:
        (folder / "outsourcing_kit").mkdir(parents=True)
        (folder / "outsourcing_kit" / "__init__.py").write_text(f'__version__ = "{version}"\n')
    return folder


@pytest.fixture
def look_at_kit(monkeypatch):
    """Look for the kit on a path of these folders."""

    def look(*folders: Path) -> Check:
        monkeypatch.setattr(sys, "path", [str(each) for each in folders])
        return only(doctor.check_kit())

    return look


def test_one_kit_whose_version_is_the_installers(look_at_kit, tmp_path):
    site = kit(tmp_path / "site", code=False)
    fine = Check("kit", OK, f"{__version__} used from {ROOT}")
    assert look_at_kit(ROOT, site) == look_at_kit(ROOT, site, site, ROOT) == fine


def test_more_than_one_kit_is_told_with_every_place(look_at_kit, tmp_path):
    found = look_at_kit(ROOT, kit(tmp_path / "site", "0.0.7"), kit(tmp_path / "user", "0.0.9", code=False))
    for words in (f"0.0.7 in {tmp_path / 'site'}", f"0.0.9 in {tmp_path / 'user'}", f"{__version__} in {ROOT}"):
        assert words in found.found
    assert found.status == PROBLEM and '-m pip uninstall -y "outsourcing-kit"' in found.mend
    copied = look_at_kit(ROOT, kit(tmp_path / "s", code=False), kit(tmp_path / "copy", "0.0.8", info=False))
    assert copied.status == PROBLEM and "PYTHONPATH" in copied.mend and f"0.0.8 in {tmp_path / 'copy'}" in copied.found


def test_a_version_other_than_the_installers_and_no_installation(look_at_kit, tmp_path):
    found = look_at_kit(ROOT, kit(tmp_path / "site", "9.9", code=False))
    assert found.status == PROBLEM and "9.9" in found.found and "--force-reinstall" in found.mend
    found = look_at_kit(ROOT)
    assert found.status == WARNING and "not installed" in found.found and f'-e "{ROOT}"' in found.mend


def test_promises_are_read_from_the_installed_metadata(promised):
    promised("numpy>=1.0", "pandas>=99", "nosuchpackage>=1", "tzdata; sys_platform == 'nowhere'")
    numpy, pandas, missing = doctor.check_packages()
    assert numpy == Check("numpy", OK, f"{metadata.version('numpy')} (promised: >=1.0)")
    assert pandas.status == PROBLEM and 'pip install --upgrade "pandas>=99"' in pandas.mend
    assert missing.status == PROBLEM and 'pip install "outsourcing-kit"' in missing.mend


def test_an_extra_that_is_not_there_is_a_choice_half_of_the_course_a_problem(promised, without):
    promised(
        "jupyterlab; extra == 'course'", "papermill; extra == 'course'",
        "pyarrow>=16; extra == 'readers'", "numpy>=1; extra == 'readers'",
    )  # fmt: skip
    without("papermill", "pyarrow")
    papermill, readers = only(doctor.check_packages(), "papermill"), only(doctor.check_packages(), "extra readers")
    assert papermill.status == PROBLEM and "outsourcing-kit[course]" in papermill.mend
    # Each reader is for one kind of file: half of them is no problem, and those that are there are still looked at.
    assert readers.status == OK and "(pyarrow)" in readers.found and "Parquet" in readers.found
    assert only(doctor.check_packages(), "numpy").status == OK
    without("jupyterlab")
    course = only(doctor.check_packages(), "extra course")
    assert course.status == WARNING and "jupyterlab, papermill" in course.found


def test_a_package_that_cannot_be_imported_is_told_with_its_error(promised, monkeypatch):
    def fail(name):
        raise ImportError("DLL load failed while importing _x\nmore")

    promised("scipy>=1")
    monkeypatch.setattr(doctor.importlib, "import_module", fail)
    found = only(doctor.check_packages())
    assert found.status == PROBLEM and found.found.endswith("ImportError: DLL load failed while importing _x")


def test_a_file_that_stands_in_for_a_module(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "csv.py").write_text("")
    found = only(doctor.check_python(), "Python's modules")
    assert found.status == PROBLEM and "csv.py' stands in for Python's module csv" in found.found and found.mend


def test_a_mend_names_this_interpreter_and_quotes_blanks(monkeypatch):
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\Python\python.exe")
    assert doctor.pip("numpy") == r'"C:\Program Files\Python\python.exe" -m pip install "numpy"'


# ---- kernel --------------------------------------------------------------------------------------------------------


def test_no_kernel_installed(without):
    without("ipykernel")
    found = only(doctor.check_kernel())
    assert found.status == PROBLEM and "ipykernel not installed" in found.found
    assert found.mend.endswith('-m pip install "outsourcing-kit[course]"')
    without("ipykernel", "jupyterlab", "papermill")
    assert only(doctor.check_kernel()).status == WARNING, "the core alone is a choice"


@pytest.fixture
def spoil(monkeypatch):
    """Let the kernel run this code in place of its own."""
    from jupyter_client.kernelspec import KernelSpecManager

    real = KernelSpecManager.get_kernel_spec

    def spoil(code: str) -> None:
        def spec(self, name):
            found = real(self, name)
            found.argv = [sys.executable, "-c", code, "{connection_file}"]
            return found

        monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", spec)

    return spoil


def test_a_kernel_that_dies_says_its_last_words(spoil):
    spoil("raise ImportError('DLL load failed: zmq')")
    found = only(doctor.check_kernel(20))
    assert found.status == PROBLEM and found.found == "the kernel did not start: ImportError: DLL load failed: zmq"
    assert "pip install --force-reinstall" in found.mend


def test_a_kernel_that_does_not_answer_is_given_up_and_ended(spoil, tmp_path):
    spoil(f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    start = time.monotonic()
    found = only(doctor.check_kernel(2))
    assert time.monotonic() - start < 8
    assert found.status == PROBLEM and found.found == "no answer within 2 s" and "doctor --wait 60" in found.mend
    with contextlib.suppress(FileNotFoundError):
        pid = int((tmp_path / "pid").read_text())
        if sys.platform != "win32":
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_kernel_with_another_kit_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "__version__", "9.9")
    found = only(doctor.check_kernel(60))
    assert found.status == PROBLEM and f"imports the kit '{__version__}', not 9.9" in found.found


# ---- the machine ---------------------------------------------------------------------------------------------------


def test_a_read_only_install_is_fine_and_lessons_that_are_not_there_a_problem(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = only(doctor.check_lessons())
    assert found.status == OK and "read-only" in found.found and "`lab` copies" in found.found
    monkeypatch.setattr("outsourcing_kit.resources._PACKAGE", tmp_path / "package")
    monkeypatch.setattr(doctor, "check_kernel", lambda seconds: iter(()))
    found = only(doctor.doctor().checks, "lessons")
    assert found.status == PROBLEM and "not found" in found.found and "--force-reinstall" in found.mend


@pytest.mark.parametrize(
    ("platform", "name", "mend"),
    [
        ("linux", "current folder", "cd ~, or name a folder"),
        ("win32", "current folder", "cd %USERPROFILE%, or name a folder"),
        ("darwin", "temporary folder", "export TMPDIR="),
        ("win32", "temporary folder", "set TEMP="),
    ],
)
def test_a_folder_that_cannot_be_written(platform, name, mend, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(sys, "platform", platform)
    found = only(doctor.check_folders(), name)
    assert found.status == PROBLEM and "cannot be written: Permission denied" in found.found
    assert found.mend.startswith(mend)


@pytest.mark.parametrize(("free", "status"), [(50 * 2**20, PROBLEM), (500 * 2**20, WARNING), (2 * 2**30, OK)])
def test_free_space(free, status, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage(2**40, 0, free))
    found = only(doctor.check_folders(), "current folder")
    assert found.status == status and bool(found.mend) is (status != OK)


def test_a_current_folder_that_is_gone_and_a_long_one_on_windows(monkeypatch, tmp_path):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    long = tmp_path / ("x" * 100) / ("y" * 100)
    long.mkdir(parents=True)
    monkeypatch.chdir(long)
    monkeypatch.setattr(sys, "platform", "win32")
    assert only(doctor.check_folders(), "path length").status == WARNING
    monkeypatch.setattr(Path, "cwd", gone)
    found = only(doctor.check_folders(), "current folder")
    assert found.status == PROBLEM and "No such file" in found.found and found.mend.startswith("cd ")


def test_a_locked_home_is_told_before_jupyterlab_trips_over_it(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "below"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "new"))
    found = only(doctor.check_jupyter_folder())
    assert found.status == PROBLEM
    assert "JUPYTER_DATA_DIR=" in found.mend and "JUPYTER_CONFIG_DIR" not in found.mend
    assert not (tmp_path / "new").exists()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab"]) == 2 and not (tmp_path / "outsourcing-lessons").exists()


def test_little_memory(monkeypatch):
    monkeypatch.setattr(os, "sysconf", lambda name: 2**15, raising=False)
    found = only(doctor.check_memory())
    assert found.status == WARNING and found.found == "1.0 GB" and "--jobs 1" in found.mend


@pytest.mark.parametrize("known", [False, True])
def test_a_missing_and_a_wrong_time_zone(known, monkeypatch):
    class Zones:
        @staticmethod
        def no_cache(name):
            if known:
                return dt.UTC
            raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(doctor.zoneinfo, "ZoneInfo", Zones)
    found = only(doctor.check_time_zones())
    assert found.status == PROBLEM and "Europe/Madrid is not known here" in found.found and "tzdata" in found.mend


@pytest.mark.parametrize(
    ("platform", "encoding", "status", "mend"),
    [
        ("win32", "cp1252", WARNING, "set PYTHONUTF8=1"),
        ("darwin", "ascii", WARNING, "export PYTHONUTF8=1"),
        ("win32", "utf-8", OK, ""),
    ],
)
def test_the_console(platform, encoding, status, mend, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    found = only(doctor.check_console())
    assert (found.status, found.mend) == (status, mend)
