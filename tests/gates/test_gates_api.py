"""The public names: each has words, an example where it computes something, and a row on the page."""

from __future__ import annotations

import importlib
import inspect

import api_page
import pytest

EXPOSED = [
    (module, name)
    for path, _ in api_page.MODULES
    for module in [importlib.import_module(path)]
    for name in api_page.public_names(module)
]
FUNCTIONS = [(module, name) for module, name in EXPOSED if inspect.isfunction(getattr(module, name))]
# What their examples would show is a person at a screen, or a figure.
WITHOUT_EXAMPLE = {"check", "hint", "solution", "picture"}


def test_the_page_is_what_the_code_says():
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page(), "Mend: make api"


def test_every_public_name_has_a_row():
    page = api_page.PAGE.read_text(encoding="utf-8")
    assert len(EXPOSED) > 80
    for module, name in EXPOSED:
        section = page.partition(f"\n## {module.__name__}\n")[2].partition("\n## ")[0]
        assert f"| [`{name}`](../outsourcing_kit/" in section, f"{module.__name__}.{name}"


@pytest.mark.parametrize(("module", "name"), EXPOSED, ids=lambda value: getattr(value, "__name__", value))
def test_every_public_name_says_what_it_is_in_a_sentence(module, name):
    first = api_page.first_line(module, name)
    assert 15 < len(first) < 260 and first.rstrip().endswith((".", "?", "!")), first
    # A dataclass without words of its own shows its signature.
    assert not first.startswith(f"{name}(")


@pytest.mark.parametrize(("module", "name"), FUNCTIONS, ids=lambda value: getattr(value, "__name__", value))
def test_every_public_function_has_an_example_that_runs(module, name):
    # That it runs and gives what it says is pytest's --doctest-modules.
    assert name in WITHOUT_EXAMPLE or ">>> " in (inspect.getdoc(getattr(module, name)) or "")


def test_every_statistic_gives_its_source():
    stats = importlib.import_module("outsourcing_kit.stats")
    for name in api_page.public_names(stats):
        if inspect.isfunction(getattr(stats, name)):
            assert api_page.literature(getattr(stats, name)) != api_page.NONE, name


def test_a_lessons_use_of_a_name_is_found():
    assert "[03](../notebooks/03_kickoff.ipynb)" in api_page.used_in_lessons()["kickoff.assess"]
    assert "kickoff.no_such_name" not in api_page.used_in_lessons()
