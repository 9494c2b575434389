"""Surroundings that are not the project's: a build gives the same bytes in them, or says in a line what to change."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib
import pytest

from fhi.paths import ROOT
from fhi.showing.figures import entries, rendering
from fhi.showing.figures.evidence import seen
from fhi.showing.report import manifest

#: ways to cut the network off, for root and for others
CUTS = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
WHY = "the network cannot be cut off here (unshare --net is not permitted, or not on this machine)"
#: a user who may do nothing, as far as there is one of this number
NOBODY = 65534


def permitted(cut: list[str]) -> bool:
    return bool(shutil.which(cut[0])) and subprocess.run([*cut, "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def cut() -> list[str]:
    """The command before another by which that has no network; empty if there is none."""
    return next((cut for cut in CUTS if permitted(cut)), [])


@pytest.fixture(scope="module")
def hostile(built, cut, tmp_path_factory):
    """A second build, as unlike the first as can be, where all about it is of the wrong kind.

    Another folder of a long odd name, modules, kernels, settings, home, rights of files, time zone, order of sets and
    of stages; no network, no terminal, no git.
    """
    base = tmp_path_factory.mktemp("别处")
    folder = base / ("文" * 20) / ("a name of a folder " * 7).strip()
    copy = type(built)(folder)
    variables = copy.surround(base) | {"TZ": "Pacific/Chatham", "PYTHONHASHSEED": "2018"}
    done = copy.make("-j4", "report", before=cut, umask=0o077, **variables)
    copy.said = done.stdout + done.stderr
    return copy


def test_two_builds_are_the_same_to_the_byte(built, hostile):
    first, second = built.sums(), hostile.sums()
    kinds = {name.rsplit(".", 1)[1] for name in first}
    assert {"csv", "yml", "json", "svg", "html", "pdf", "ipynb"} <= kinds
    assert {name for name in {*first, *second} if first.get(name) != second.get(name)} == set()
    assert len(str(hostile.folder).encode()) > 200 and "not this one" not in hostile.said


def test_nothing_that_was_built_names_the_folder(hostile):
    parts = [str(hostile.folder).encode(), hostile.folder.parent.name.encode()]
    for folder in ("data/processed", "reports"):
        for path in (hostile.folder / folder).rglob("*"):
            if path.is_file() and path.suffix not in (".png", ".pdf"):
                content = path.read_bytes()
                assert not any(part in content for part in parts), path


def test_a_report_needs_no_network(hostile, cut):
    if not cut:
        pytest.skip(WHY)
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=5)"
    done = subprocess.run([*cut, sys.executable, "-c", reach], capture_output=True, text=True)
    # what the build ran under has no network: to reach an address fails at once, for want of a way to it
    assert "Network is unreachable" in done.stderr
    assert (hostile.folder / "reports/baseline/manifest.json").is_file()


def test_nothing_is_set_up_again_for_another_checkout_with_the_same_environment(hostile):
    assert "set-up" not in hostile.said


@pytest.fixture(scope="module")
def crowded(unbuilt, tmp_path_factory):
    """A copy of the project with some of its tests, modules of the wrong kind in it, and the variables beside them."""
    (unbuilt.folder / "tests").mkdir()
    for name in ("conftest", "quick", "sampled", "shipped", "test_paths"):
        shutil.copy2(ROOT / "tests" / f"{name}.py", unbuilt.folder / "tests")
    return unbuilt, unbuilt.surround(tmp_path_factory.mktemp("about"))


def test_no_module_of_the_folder_is_taken_for_one_of_the_tests(crowded):
    """Neither in their process nor in one that it starts with ``-c``."""
    copy, variables = crowded
    commands = ("check", "test", "matrix", "bench", "faults", "fuzz")
    planned = copy.make("-n", *commands, **variables).stdout
    started = re.findall(r'(PYTHONSAFEPATH=1 PYTHONPATH=(?:"[^"]*":?)+ )"[^"]*python"', planned)
    assert len(started) == len(commands)
    inner = "import random, pandas, typing, json, fhi; print(fhi.__file__)"
    outer = f"import pandas, subprocess, sys; subprocess.run([sys.executable, '-c', '{inner}'], check=True)"
    environment = copy.environment() | variables
    for before in set(started):
        script = f"{before}{shlex.quote(sys.executable)} -c {shlex.quote(outer)}"
        done = subprocess.run(script, shell=True, cwd=copy.folder, env=environment, capture_output=True, text=True)
        assert done.stdout.splitlines() == [str(copy.folder / "fhi/__init__.py")], done.stderr


def test_the_tests_run_beside_modules_of_the_wrong_kind(crowded):
    copy, variables = crowded
    done = copy.make("test", PYTEST_ADDOPTS="--numprocesses=1 tests/test_paths.py", **variables)
    assert re.search(r"^\d+ passed", done.stdout, re.MULTILINE) and "not this one" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def without_rights():
    """What runs make as a user without rights; root becomes one, under a number of its own where it can."""
    if os.geteuid() != 0:
        return {}
    try:
        subprocess.run([sys.executable, "-c", "import pandas"], user=NOBODY, extra_groups=[], cwd="/", check=True)
    except (OSError, subprocess.CalledProcessError):
        # Python stands where root alone may go: root without its rights, under the number of another user
        other = ["unshare", "--map-user=1000", "--map-group=1000"]
        if not permitted(other):
            pytest.skip("root cannot give up its rights here (unshare --map-user is not permitted)")
        return {"before": other}
    return {"user": NOBODY}


@pytest.fixture
def theirs(built):
    """Yield a copy of the project that is the user's own, not in a folder of the tests: no other user may enter it."""
    with tempfile.TemporaryDirectory(prefix="fhi-user-") as base:
        Path(base).chmod(0o755)
        yield type(built)(Path(base) / "checkout")


def give(copy, user):
    for path in (copy.folder.parent, copy.folder, *copy.folder.rglob("*")):
        os.chown(path, user, user)


def test_a_user_without_rights_builds_in_a_folder_of_their_own(built, theirs, without_rights):
    if "user" in without_rights:
        give(theirs, NOBODY)
    theirs.make("./reports/baseline/notebooks/02_indicators.ipynb", HOME="/dev/null", **without_rights)
    table = "data/processed/baseline/normalised.csv"
    assert (theirs.folder / table).read_bytes() == (built.folder / table).read_bytes()


def test_a_folder_in_which_nothing_may_be_written_is_told_in_a_line(theirs, without_rights):
    for path in (theirs.folder, theirs.folder / "data"):
        path.chmod(0o555)
    done = theirs.make("ranks", check=False, **without_rights)
    assert done.returncode and "Permission denied" in done.stderr and "Traceback" not in done.stderr
    assert not (theirs.folder / "data/processed").exists()
    for path in (theirs.folder, theirs.folder / "data"):
        path.chmod(0o755)


@pytest.mark.skipif(not shutil.which("git"), reason="no git on this machine")
@pytest.mark.parametrize("kind", ["whole", "shallow", "none"])
def test_the_manifest_names_the_commit_of_a_clone_and_none_of_a_folder(tmp_path, kind):
    def git(*arguments, folder):
        own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
        done = subprocess.run(["git", *own, *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git("init", "-q", folder=origin)
    for number in range(3):
        (origin / "file").write_text(str(number))
        git("add", "file", folder=origin)
        git("commit", "-q", "-m", str(number), folder=origin)
    if kind == "none":
        clone.mkdir()
    else:
        depth = ["--depth", "1"] if kind == "shallow" else []
        git("clone", "-q", *depth, origin.as_uri(), str(clone), folder=tmp_path)
        assert git("rev-list", "--count", "HEAD", folder=clone) == ("1" if depth else "3")
    named = {"id": git("rev-parse", "HEAD", folder=origin), "modified": False, "not_in_commit": []}
    assert manifest.commit(clone.resolve()) == (None if kind == "none" else named)


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


@pytest.mark.slow
def test_a_command_of_this_checkout_is_not_that_of_another(tmp_path):
    (tmp_path / "fhi").mkdir()
    (tmp_path / "fhi/__init__.py").write_text("raise ImportError\n")
    command = [sys.executable, "-I", str(ROOT / ".ci/fhi.py"), "try", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True)
    assert done.returncode == 0 and b"key=value" in done.stdout
