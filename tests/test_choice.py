"""Which tests run when: `make check` finds what does not belong to it, samples hold every value or every pair."""

import itertools
import os
import re
import subprocess
import sys

import pytest
import quick
import sampled
import shipped

from fhi.paths import NOTEBOOKS, RAW, ROOT, SCENARIOS

AXES = ["abcd", range(3), (True, False), "xyz"]


def values(cases):
    return [case.values for case in cases]


def test_two_parameters_are_tried_by_turns_and_every_value_once(monkeypatch):
    monkeypatch.setattr(sampled, "FUZZ", False)
    found = values(sampled.sampled("abcd", range(3)))
    assert found == [("a", 0), ("b", 1), ("c", 2), ("d", 0)]
    assert {left for left, _ in values(sampled.sampled("ab", range(7)))} == {"a", "b"}


def test_of_more_parameters_every_pair_of_values_is_tried(monkeypatch):
    monkeypatch.setattr(sampled, "FUZZ", False)
    found = values(sampled.sampled(*AXES))
    for left, right in itertools.combinations(range(4), 2):
        assert {(case[left], case[right]) for case in found} == set(itertools.product(AXES[left], AXES[right]))
    assert len(found) <= 16 < 4 * 3 * 2 * 3


def test_make_fuzz_tries_the_whole_product_and_finds_it_by_its_mark(monkeypatch):
    monkeypatch.setattr(sampled, "FUZZ", True)
    cases = sampled.sampled(*AXES)
    assert values(cases) == list(itertools.product(*AXES))
    assert all(mark.name == "fuzz" for case in cases for mark in case.marks)
    (command,) = re.findall("^fuzz:.*\n(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert "FUZZ_CASES=" in command and "HYPOTHESIS_PROFILE=fuzz" in command and command.endswith("-m fuzz")


class Item:
    def __init__(self, nodeid):
        self.nodeid = nodeid


def test_a_few_cases_of_each_function_are_kept_in_their_order():
    cases = [Item(f"a.py::test_a[{number}]") for number in range(50)]
    kept = quick.thinned([Item("a.py::test_b"), *cases, Item("b.py::test_a[0]")], 3)
    names = ("a.py::test_b", "a.py::test_a[0]", "a.py::test_a[24]", "a.py::test_a[49]", "b.py::test_a[0]")
    assert [item.nodeid for item in kept] == [*names]


BUILDING = """
import subprocess
import pytest

def test_builds():
    subprocess.run(["make", "--version"])

def test_takes_long():
    sum(range(10**7))

@pytest.mark.parametrize("number", range(40))
def test_is_quick(number):
    pass

@pytest.mark.slow
def test_is_marked():
    raise AssertionError
"""


@pytest.mark.slow
def test_a_test_that_builds_or_takes_long_is_found_out(tmp_path):
    (tmp_path / "test_it.py").write_text(BUILDING)
    (tmp_path / "conftest.py").write_text(
        "import quick\nquick.LIMIT = 0.05\ndef pytest_configure(config): config.pluginmanager.register(quick.Quick())\n"
        "def pytest_collection_modifyitems(): pass\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow: x\n    build: x\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:nbval"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests"), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "a test that starts make builds: mark it with pytest.mark.build" in done.stdout
    assert "s of CPU: mark it with pytest.mark.slow" in done.stdout
    assert f"2 failed, {quick.CASES} passed, {41 - quick.CASES} deselected" in done.stdout


@pytest.mark.parametrize(
    "path, own",
    [
        (SCENARIOS / "mine.yml", True),
        (SCENARIOS / "methods.py", True),
        (SCENARIOS / "equal.yml", False),
        (SCENARIOS / "ahp", False),
        (NOTEBOOKS / "mine.ipynb", True),
        (NOTEBOOKS / "lab.ipynb", False),
        (RAW / "report2018", False),
        (RAW / "template", False),
        (RAW / "cities.csv", False),
    ],
)
def test_what_the_staff_keep_is_told_from_what_is_shipped(path, own):
    assert shipped.is_own(path) == own


def test_no_copy_of_the_project_has_files_of_the_staff(tmp_path, monkeypatch):
    for name in ("mine.yml", "equal.yml", "methods.py"):
        (tmp_path / name).touch()
    monkeypatch.setattr(shipped, "SCENARIOS", tmp_path)
    assert set(shipped.own_names(str(tmp_path), ["mine.yml", "equal.yml", "methods.py"])) == {"mine.yml", "methods.py"}
    monkeypatch.setattr(shipped, "RAW", tmp_path)
    (tmp_path / "fhi2019").mkdir()
    (tmp_path / "fhi2019/edition.yml").touch()
    assert shipped.is_own(tmp_path / "fhi2019")


def test_make_lints_all_that_is_shipped_and_nothing_else():
    listed = subprocess.run(["git", "ls-files", "*.py", "*.ipynb"], cwd=ROOT, capture_output=True, text=True)
    (linted,) = re.findall("^LINTED := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    folders = {word for word in linted.split() if "/" not in word and "(" not in word}
    # a folder without git is taken as it is
    assert {name.split("/")[0] for name in listed.stdout.splitlines()} <= folders | {"notebooks"}
    assert "$(STAGES:%=notebooks/%.ipynb) notebooks/lab.ipynb" in linted
