"""Surroundings that are not the project's: a build gives the same in them, or says in a line what to change."""

import os
import subprocess
import sys

import matplotlib
import pytest

from fhi.paths import ROOT
from fhi.showing.figures import entries, rendering
from fhi.showing.figures.evidence import seen

STAGE = "02_indicators"


@pytest.fixture(scope="module")
def hostile(built, tmp_path_factory):
    """Two stages built where modules, kernels, settings, homes, languages and rights are all of the wrong kind."""
    base = tmp_path_factory.mktemp("hostile")
    folder = base / ("文" * 20) / ("a name of a folder " * 7).strip()
    copy = type(built)(folder)
    variables = copy.surround(base)
    done = copy.make(f"./reports/baseline/notebooks/{STAGE}.ipynb", umask=0o077, **variables)
    copy.said = done.stdout + done.stderr
    return copy


def test_a_build_in_hostile_surroundings_gives_the_same_tables(hostile, built):
    first, second = built.sums(), hostile.sums()
    tables = [name for name in second if name.endswith(".csv")]
    assert "data/processed/baseline/normalised.csv" in tables
    assert [name for name in tables if first[name] != second[name]] == []
    notebook = f"reports/baseline/notebooks/{STAGE}.ipynb"
    assert first[notebook] == second[notebook]
    assert "not this one" not in hostile.said


def test_nothing_is_set_up_again_for_another_checkout(hostile):
    assert "set-up" not in hostile.said


def test_settings_of_the_user_change_no_picture(built):
    entry, data = seen(next(entry for entry in entries() if entry.id == "p21-adoption"), built.store())
    expected = rendering.images(entry, data, "en", ["svg"])
    with matplotlib.rc_context(
        {"axes.facecolor": "red", "font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}
    ):
        assert rendering.images(entry, data, "en", ["svg"]) == expected


def test_the_set_up_asks_pip_for_nothing_that_the_environment_says(tmp_path):
    """Packages go into the new environment, whatever options pip would take from variables."""
    fake = tmp_path / "python"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *venv*--clear*) env > "{tmp_path}/seen"; exit 3;; esac\nexit 0\n')
    fake.chmod(0o755)
    options = {
        "PIP_USER": "1",
        "PIP_TARGET": "/x",
        "PIP_PREFIX": "/x",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PYTHONPATH": "/x",
    }
    environment = os.environ | options | {"PYTHON3": str(fake)}
    command = ["sh", ".ci/setup.sh", str(tmp_path / "venv")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 3
    seen_ = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines() if "=" in line)
    assert not set(options) & set(seen_) and seen_["PYTHONNOUSERSITE"] == "1"


def test_a_command_of_this_checkout_is_not_that_of_another(tmp_path):
    (tmp_path / "fhi").mkdir()
    (tmp_path / "fhi/__init__.py").write_text("raise ImportError\n")
    command = [sys.executable, "-I", str(ROOT / ".ci/fhi.py"), "try", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True)
    assert done.returncode == 0 and b"key=value" in done.stdout
