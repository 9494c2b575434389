"""The environment: conda and pip give the versions of the one lock, and each package that is asked for stands in it."""

import os
import re
import shutil
import subprocess
import tomllib
import venv
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from fhi.paths import ROOT

LOCK = {
    name.lower().replace("_", "-"): number
    for name, number in re.findall(
        r"^([\w.-]+)==([\w.+!-]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
}


def asked() -> set[str]:
    """Return what is asked for but for the extra of the documentation's site, which `make docs` fetches for itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [
        *project["dependencies"],
        *(name for extra, names in project["optional-dependencies"].items() if extra != "docs" for name in names),
    ]
    return {re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def test_conda_gives_python_and_pip_and_everything_else_is_of_the_lock():
    found = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *of_conda, of_pip = found["dependencies"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert of_conda == [f"python{project['requires-python']}", "pip"]
    assert of_pip == {"pip": ["--require-hashes -r requirements.lock"]}
    assert found["name"] == "fhi"


def test_every_package_that_is_asked_for_is_locked_with_its_hashes():
    assert asked() <= set(LOCK)
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(LOCK), "two versions of a package"
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_what_is_installed_is_what_is_locked():
    assert {name: version(name) for name in asked()} == {name: LOCK[name] for name in asked()}


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """An environment without packages, which counts as set up from the lock of this checkout."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(folder, symlinks=True)
    shutil.copy(ROOT / "requirements.lock", folder / ".fhi-ready")
    return folder


def set_up(folder, checkout):
    return subprocess.run(["sh", ".ci/setup.sh", str(folder)], cwd=checkout, capture_output=True, text=True)


def test_an_environment_of_the_same_lock_is_taken_as_it_is(bare, tmp_path):
    """Two checkouts share one with VENV=: the second installs nothing."""
    ready = bare / ".fhi-ready"
    before, stands = ready.stat().st_mtime_ns, sorted(path.name for path in bare.iterdir())
    done = set_up(bare, ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "") and ready.stat().st_mtime_ns > before
    assert sorted(path.name for path in bare.iterdir()) == stands
    # of another lock it is set up anew, which is refused for what is not an environment
    (tmp_path / ".fhi-ready").write_text("other")
    done = set_up(tmp_path, ROOT)
    assert done.returncode == 1 and "is not a virtual environment" in done.stderr


def test_a_process_has_the_package_of_the_checkout_that_it_stands_in(bare, tmp_path):
    """As a notebook that is opened without `make lab`, in the second of two checkouts that share an environment."""
    for name in ("first", "second"):
        folder = tmp_path / name
        shutil.copytree(ROOT / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "requirements.lock", folder)
        for part in ("notebooks", "fhi"):
            (folder / part).mkdir()
        (folder / "fhi/__init__.py").touch()
        # nothing else that stands in the checkout is taken
        (folder / "random.py").write_text("raise ImportError\n")
    site = next(bare.glob("lib/python*/site-packages"))
    # an environment that was set up earlier knows the path of one checkout alone
    (site / "fhi.pth").write_text(f"{tmp_path / 'second'}\n")
    (site / "fhi_checkout.py").unlink(missing_ok=True)
    for name in ("first", "second"):
        done = set_up(bare, tmp_path / name)
        assert done.returncode == 0, done.stderr
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def package(folder):
        command = [bare / "bin/python", "-c", "import random, fhi; print(fhi.__file__)"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        return Path(done.stdout.strip()).relative_to(tmp_path).parts[0] if not done.returncode else done.stderr

    assert [package(tmp_path / name / "notebooks") for name in ("first", "second")] == ["first", "second"]
    # elsewhere it is that of the checkout which the environment was set up for
    assert package(tmp_path) == "first"
