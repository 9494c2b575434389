"""The environment: conda and pip give the versions of the one lock, and each package that is asked for stands in it."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

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


def test_an_environment_of_the_same_lock_is_taken_as_it_is(tmp_path):
    """Two checkouts share one with VENV=: the second installs nothing, and leaves the package of the first."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    ready = tmp_path / ".fhi-ready"
    ready.write_bytes((ROOT / "requirements.lock").read_bytes())
    before = ready.stat().st_mtime_ns
    done = subprocess.run(["sh", ".ci/setup.sh", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "") and ready.stat().st_mtime_ns > before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".fhi-ready", "bin"]
    # of another lock it is set up anew, which is refused for what is not an environment
    ready.write_text("other")
    done = subprocess.run(["sh", ".ci/setup.sh", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "is not a virtual environment" in done.stderr
