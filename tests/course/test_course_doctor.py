"""The doctor: each trouble is named, with its mend, on whatever platform."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zoneinfo
from collections import namedtuple
from importlib import metadata
from pathlib import Path

import pytest

from outsourcing_kit import __version__, cli
from outsourcing_kit.course import doctor as package
from outsourcing_kit.course.doctor import check, doctor, installed, kernel, machine
from outsourcing_kit.course.doctor.check import OK, PROBLEM, WARNING, Check

ROOT = Path(package.__file__).resolve().parents[3]


def only(checks) -> Check:
    found = list(checks)
    assert len(found) == 1, found
    return found[0]


def named(checks, name: str) -> Check:
    return only(each for each in checks if each.name == name)


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


def test_the_command_tells_every_check_in_text_and_in_json(capsys):
    start = time.monotonic()
    code = cli.main(["doctor", "--json", "--wait", "60"])
    took = time.monotonic() - start
    told = json.loads(capsys.readouterr().out)
    names = {each["name"] for each in told["checks"]}
    wanted = {"Python", "kit", "numpy", "pandas", "scipy", "matplotlib", "click", "kernel", "lessons", "fonts"}
    assert wanted | {"current folder", "temporary folder", "time zones", "console"} <= names
    assert told["version"] == __version__
    problems = [each for each in told["checks"] if each["status"] == "problem"]
    assert told["problems"] == len(problems) and code == (1 if problems else 0)
    # Not the state of this machine is tested here, but these parts work wherever the tests do.
    for name in ("numpy", "kernel", "lessons", "fonts", "time zones"):
        assert next(each for each in told["checks"] if each["name"] == name)["status"] == "ok"
    assert took < 30


def test_a_problem_gives_one_a_warning_zero_and_the_mend_is_printed(monkeypatch, capsys):
    found = package.Checkup((Check("a", OK, "fine"), Check("b", WARNING, "so-so", "do this")))
    monkeypatch.setattr(package, "doctor", lambda **_: found)
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "warning   b: so-so\n          Mend: do this\n0 problems, 1 warning in 2 checks." in out
    worse = package.Checkup((Check("c", PROBLEM, "bad", "do that"),))
    monkeypatch.setattr(package, "doctor", lambda **_: worse)
    assert cli.main(["doctor"]) == 1


def test_a_check_that_fails_itself_is_a_line_and_the_rest_still_runs(monkeypatch):
    def broken():
        raise RuntimeError("no\nidea")
        yield

    monkeypatch.setattr(machine, "check_fonts", broken)
    monkeypatch.setattr(kernel, "check_kernel", lambda seconds: iter(()))
    checks = doctor().checks
    assert "RuntimeError: no" in named(checks, "fonts").found and named(checks, "fonts").status == PROBLEM
    assert named(checks, "time zones").status == OK


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


def install(folder: Path, version: str, *, code: bool = True) -> Path:
    """What an installer leaves in a folder of the path."""
    info = folder / f"outsourcing_kit-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: outsourcing-kit\nVersion: {version}\n")
    if code:
        (folder / "outsourcing_kit").mkdir()
        (folder / "outsourcing_kit" / "__init__.py").write_text(f'__version__ = "{version}"\n')
    return folder


@pytest.fixture
def path(monkeypatch):
    """Let the path be the checkout and these folders."""

    def replace(*folders: Path) -> None:
        monkeypatch.setattr(sys, "path", [str(each) for each in folders])

    return replace


def test_one_kit_whose_version_is_the_installers(path, tmp_path):
    path(ROOT, install(tmp_path / "site", __version__, code=False))
    assert only(installed.check_kit()) == Check("kit", OK, f"{__version__} in {ROOT / 'outsourcing_kit'}")


def test_two_versions_are_named_with_both_places(path, tmp_path):
    path(ROOT, install(tmp_path / "site", "0.0.7"), install(tmp_path / "user", "0.0.9", code=False))
    found = only(installed.check_kit())
    assert found.status == PROBLEM
    for words in (f"0.0.7 in {tmp_path / 'site'}", f"0.0.9 in {tmp_path / 'user'}", f"{__version__} in {ROOT}"):
        assert words in found.found
    assert "-m pip uninstall -y outsourcing-kit" in found.mend and "install" in found.mend


def test_a_second_copy_that_no_installer_knows_is_found_too(path, tmp_path):
    copy = tmp_path / "copy"
    (copy / "outsourcing_kit").mkdir(parents=True)
    (copy / "outsourcing_kit" / "__init__.py").write_text('__version__ = "0.0.8"\n')
    path(ROOT, install(tmp_path / "site", __version__, code=False), copy)
    found = only(installed.check_kit())
    assert found.status == PROBLEM and "PYTHONPATH" in found.mend
    assert found.found == f"there more than once: {__version__} in {ROOT}; 0.0.8 in {copy}. Used: the first"


def test_an_old_link_to_a_checkout_counts_as_an_installation(path, tmp_path):
    site = install(tmp_path / "site", __version__, code=False)
    (tmp_path / "old" / "outsourcing_kit").mkdir(parents=True)
    (tmp_path / "old" / "outsourcing_kit" / "__init__.py").write_text('__version__ = "0.0.5"\n')
    (site / "outsourcing-kit.egg-link").write_text(f"{tmp_path / 'old'}\n.")
    path(ROOT, site)
    found = only(installed.check_kit())
    assert found.status == PROBLEM and f"0.0.5 in {tmp_path / 'old'}" in found.found


def test_the_same_folder_twice_on_the_path_is_one_kit(path, tmp_path):
    site = install(tmp_path / "site", __version__, code=False)
    path(ROOT, site, site, ROOT)
    assert only(installed.check_kit()).status == OK


def test_a_version_other_than_the_installers_and_no_installation(path, tmp_path):
    path(ROOT, install(tmp_path / "site", "9.9", code=False))
    found = only(installed.check_kit())
    assert found.status == PROBLEM and "9.9" in found.found and "--force-reinstall" in found.mend
    path(ROOT)
    found = only(installed.check_kit())
    assert found.status == WARNING and "not installed" in found.found and f'-e "{ROOT}"' in found.mend


def test_promises_are_read_from_the_installed_metadata(promised):
    promised("numpy>=1.0", "pandas>=99", "nosuchpackage>=1", "tzdata; sys_platform == 'nowhere'")
    numpy, pandas, missing = installed.check_packages()
    assert numpy.status == OK and numpy.found == f"{metadata.version('numpy')} (promised: >=1.0)"
    assert pandas.status == PROBLEM and 'pip install --upgrade "pandas>=99"' in pandas.mend
    assert missing.status == PROBLEM and 'pip install "outsourcing-kit"' in missing.mend


def test_an_extra_that_is_not_there_is_a_warning_one_that_is_broken_a_problem(promised, without):
    promised(
        "jupyterlab>=4.2; extra == 'course'", "papermill>=2.6; extra == 'course'", "pyarrow>=16; extra == 'readers'"
    )
    without("jupyterlab", "papermill", "pyarrow")
    course, readers = installed.check_packages()
    assert course.status == WARNING and "jupyterlab, papermill" in course.found
    assert "outsourcing-kit[course]" in course.mend
    assert readers.status == OK and "Parquet" in readers.found


def test_half_an_extra_is_a_problem(promised, without):
    promised("nbconvert; extra == 'course'", "papermill>=2.6; extra == 'course'")
    without("papermill")
    assert named(installed.check_packages(), "papermill").status == PROBLEM


def test_a_package_that_cannot_be_imported_is_told_with_its_error(promised, monkeypatch):
    promised("scipy>=1")

    def fail(name):
        raise ImportError("DLL load failed while importing _x\nmore")

    monkeypatch.setattr(installed.importlib, "import_module", fail)
    found = only(installed.check_packages())
    assert found.status == PROBLEM and found.found.endswith("ImportError: DLL load failed while importing _x")


def test_a_32_bit_python_is_a_warning(monkeypatch):
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert only(installed.check_python()).status == WARNING


# ---- kernel --------------------------------------------------------------------------------------------------------


def test_no_kernel_installed(without):
    without("ipykernel")
    found = only(kernel.check_kernel())
    assert found.status == PROBLEM and "ipykernel not installed" in found.found
    assert found.mend.endswith('-m pip install "outsourcing-kit[course]"')
    without("ipykernel", "jupyterlab", "papermill")
    assert only(kernel.check_kernel()).status == WARNING, "the core alone is a choice"


def spoil(monkeypatch, code: str) -> None:
    from outsourcing_kit.course.this_kernel import ThisKernel

    real = ThisKernel.get_kernel_spec

    def spec(self, name):
        found = real(self, name)
        found.argv = [sys.executable, "-c", code, "{connection_file}"]
        return found

    monkeypatch.setattr(ThisKernel, "get_kernel_spec", spec)


def test_a_kernel_that_dies_says_its_last_words(monkeypatch):
    spoil(monkeypatch, "raise ImportError('DLL load failed: zmq')")
    found = only(kernel.check_kernel(20))
    assert found.status == PROBLEM and found.found == "the kernel did not start: ImportError: DLL load failed: zmq"
    assert "pip install --force-reinstall" in found.mend


def test_a_kernel_that_does_not_answer_is_given_up_and_ended(monkeypatch, tmp_path):
    spoil(monkeypatch, f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    start = time.monotonic()
    found = only(kernel.check_kernel(2))
    assert time.monotonic() - start < 8
    assert found.status == PROBLEM and found.found == "no answer within 2 s" and "doctor --wait 60" in found.mend
    with contextlib.suppress(FileNotFoundError):
        pid = int((tmp_path / "pid").read_text())
        if sys.platform != "win32":
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


# ---- the machine ---------------------------------------------------------------------------------------------------


def test_a_read_only_install_is_fine_and_said(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = only(machine.check_lessons())
    assert found.status == OK and "read-only" in found.found and "`lab` copies" in found.found


def test_lessons_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr("outsourcing_kit.resources._PACKAGE", tmp_path / "package")
    found = only(machine.check_lessons())
    assert found.status == PROBLEM and "not found" in found.found and "--force-reinstall" in found.mend


def test_a_font_without_the_signs(monkeypatch):
    class Font:
        def __init__(self, path):
            pass

        def get_charmap(self):
            return {ord("?"): 1, ord("–"): 2, ord("✔"): 3}

    monkeypatch.setattr("matplotlib.ft2font.FT2Font", Font)
    found = only(machine.check_fonts())
    assert found.status == PROBLEM and "lacks ✖" in found.found and "matplotlib" in found.mend


def test_no_font_at_all(monkeypatch, tmp_path):
    def findfont(name, fallback_to_default):
        raise ValueError("not found")

    monkeypatch.setattr("matplotlib.get_data_path", lambda: str(tmp_path))
    monkeypatch.setattr("matplotlib.font_manager.findfont", findfont)
    assert only(machine.check_fonts()).found == "DejaVu Sans not found"


def refuse(**_):
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("platform", "look", "mend"),
    [
        ("linux", "check_current_folder", "cd ~, or name a folder"),
        ("win32", "check_current_folder", "cd %USERPROFILE%, or name a folder"),
        ("darwin", "check_temporary_folder", "export TMPDIR="),
        ("win32", "check_temporary_folder", "set TEMP="),
    ],
)
def test_a_folder_that_cannot_be_written(platform, look, mend, monkeypatch):
    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(sys, "platform", platform)
    found = only(getattr(machine, look)())
    assert found.status == PROBLEM and "cannot be written: Permission denied" in found.found
    assert found.mend.startswith(mend)


@pytest.mark.parametrize(("free", "status"), [(50 * 2**20, PROBLEM), (500 * 2**20, WARNING), (2 * 2**30, OK)])
def test_free_space(free, status, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(2**40, 0, free))
    found = only(machine.check_current_folder())
    assert found.status == status and ("make room" in found.mend) is (status != OK)


def test_a_current_folder_that_is_gone_and_a_long_one_on_windows(monkeypatch, tmp_path):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    long = tmp_path / ("x" * 100) / ("y" * 100)
    long.mkdir(parents=True)
    monkeypatch.setattr(machine.Path, "cwd", lambda: long)
    monkeypatch.setattr(sys, "platform", "win32")
    folder, length = machine.check_current_folder()
    assert folder.status == OK and length.status == WARNING and "260" in length.found
    monkeypatch.setattr(machine.Path, "cwd", gone)
    assert "not there any more" in only(machine.check_current_folder()).found


def test_a_locked_home_is_told_before_jupyterlab_trips_over_it(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "below"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "new"))
    found = only(machine.check_jupyter_folder())
    assert found.status == PROBLEM
    assert "JUPYTER_DATA_DIR=" in found.mend and "JUPYTER_CONFIG_DIR" not in found.mend
    assert not (tmp_path / "new").exists()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab"]) == 2 and not (tmp_path / "outsourcing-lessons").exists()


@pytest.mark.parametrize(("known", "words"), [(False, "is not known"), (True, "is wrong")])
def test_a_missing_and_a_wrong_time_zone(known, words, monkeypatch):
    class Zones:
        @staticmethod
        def no_cache(name):
            if known:
                return dt.UTC
            raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(machine.zoneinfo, "ZoneInfo", Zones)
    found = only(machine.check_time_zones())
    assert found.status == PROBLEM and f"Europe/Madrid {words}" in found.found and "tzdata" in found.mend


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
    found = only(machine.check_console())
    assert (found.status, found.mend) == (status, mend)


def test_a_mend_names_this_interpreter_and_quotes_blanks(monkeypatch):
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\Python\python.exe")
    assert check.install("numpy") == r'"C:\Program Files\Python\python.exe" -m pip install "numpy"'
