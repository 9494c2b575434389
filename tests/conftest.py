"""Shared set-up: built files of the tests never land in the checkout, and one built copy of it serves many tests."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from quick import Quick
from sampled import FUZZ, STEADY
from shipped import PARTS, changed_scenarios, is_own, own_names

from fhi.files import KEPT, digest, is_hidden
from fhi.paths import BASELINE, ROOT
from fhi.store import Store

#: seconds after which a build counts as one that hangs: far more than it takes on a machine under load
HANGS = 3600
#: what would break a build that imported it in place of the module of this name
BROKEN = "raise ImportError('not this one')\n"

# one thread of linear algebra in each process, as in the Makefile: several processes run side by side
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")

# a run of the tests says the same of a commit anywhere; HYPOTHESIS_PROFILE=default draws new cases at every run
# a machine under load is slow, and that is no fault
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, max_examples=STEADY, **PATIENT)
settings.register_profile("quick", derandomize=True, max_examples=STEADY // 5, **PATIENT)
settings.register_profile("fuzz", max_examples=8 * STEADY, **PATIENT)


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="what builds nothing and takes no seconds: make check")


# thousands of tests and the modules they import stay to the end: to look through them again and again for what is free
# takes a fifth of the time
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish():
    gc.freeze()


def pytest_configure(config):
    quick = config.getoption("quick")
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("quick" if quick else "steady"))
    if quick:
        config.pluginmanager.register(Quick())
    # what the tests run is no part of the build of a `make test`
    os.environ.pop("FHI_BUILD", None)
    config.fhi_out = tempfile.mkdtemp(prefix="fhi-test-")
    os.environ["FHI_OUT"] = config.fhi_out
    # kernels and other processes import the package of this checkout, and nothing else that stands in it
    os.environ |= {"PYTHONPATH": str(ROOT / ".ci"), "PYTHONSAFEPATH": "1"}
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


#: what takes long comes first, so that no process is left alone with it at the end; the first of all builds the report,
#: the second needs none, so that no process waits for it
LONG = [
    "tests/running/test_scenario_runs.py",
    "tests/engine/robustness/test_engine.py",
    "tests/engine/identification/test_bounds.py",
    "tests/test_surroundings.py",
    "tests/running/test_pages.py",
    "tests/editions/test_folders.py",
    "tests/test_makefile.py",
    "tests/showing/report/test_page_browser.py",
    "tests/running/test_workbook.py",
    "tests/showing/figures/test_rendering.py",
    "notebooks",
]

#: the fixtures of this file, and that of the browser, behind which something is built or started
BUILDING = {"built", "checkout", "unbuilt", "browser"}
#: notebooks that nbval runs in make fuzz alone: tests/running/test_notebooks.py compares their outputs with those of
#: the shared build, and tests/running/test_run_all.py runs the first three in kernels
HEAVY = ("02_indicators", "03_weighting", "04_robustness", "05_identification", "06_audit", "07_charting")


def _builds(item) -> bool:
    """True for a notebook, and for a test that asks for something built; tests may have a `built` of their own."""
    if item.path.suffix == ".ipynb":
        return True
    found = item._fixtureinfo.name2fixturedefs if hasattr(item, "_fixtureinfo") else {}
    return any(found[name][0].func.__module__.endswith("conftest") for name in BUILDING & set(found))


@pytest.hookimpl(tryfirst=True)  # the scheduler reads the groups in the same hook
def pytest_collection_modifyitems(config, items):
    """Keep a file together on one worker, and the notebooks too: each reads what the ones before it wrote.

    Notebooks of the staff's own are none of the project's. `fuzz` marks what has more cases in `make fuzz`.
    """
    groups, left = {}, []
    for item in items:
        notebook = item.path.suffix == ".ipynb"
        if notebook and (is_own(item.path) or (item.path.stem in HEAVY and not FUZZ)):
            left.append(item)
            continue
        if _builds(item):
            item.add_marker("build")
        if is_hypothesis_test(getattr(item, "obj", None)) or (notebook and FUZZ):
            item.add_marker("fuzz")
        group = "notebooks" if notebook else item.path.relative_to(ROOT).as_posix() if ROOT in item.path.parents else ""
        if "hostile" in getattr(item, "fixturenames", ()) and group.startswith("tests/showing/report/"):
            # the page with hostile names is made once, on the worker that has the browser
            group = "tests/showing/report/test_page_browser.py"
        item.add_marker(pytest.mark.xdist_group(group))
        groups.setdefault(group, []).append(item)
    order = sorted(groups, key=lambda group: LONG.index(group) if group in LONG else len(LONG))
    items[:] = [item for group in order for item in groups[group]]
    config.hook.pytest_deselected(items=left)


def pytest_runtest_setup(item):
    """Skip what is said of a scenario that was changed; let the figures' notebook take what the shared build drew."""
    for mark in item.iter_markers("shipped"):
        if mark.args[0] in changed_scenarios():
            pytest.skip(f"notebooks/scenarios/{mark.args[0]}.yml was changed here")
    if item.path.suffix != ".ipynb" or item.path.stem not in HEAVY:
        return
    out, home = Path(item.config.fhi_out), shared_build(item.config._tmp_path_factory)
    if (home / "done").exists() and not (out / KEPT).exists():
        shutil.copytree(home / "checkout" / KEPT, out / KEPT)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    """Say how many tests were skipped and why; with ``FHI_NO_SKIPS`` set a skipped one of page and print fails it."""
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"{len(skipped)} tests skipped")
    for report in skipped:
        terminalreporter.write_line(f"  {report.nodeid}: {report.longrepr[-1] if report.longrepr else ''}")
    if BASELINE in changed_scenarios():
        told = f"notebooks/scenarios/{BASELINE}.yml was changed here: tests of what the shipped one gives fail"
        terminalreporter.write_line(f"{told}; keep what you try in a scenario of your own")
    if os.environ.get("FHI_NO_SKIPS") and any("tests/showing/" in report.nodeid for report in skipped):
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config):
    shutil.rmtree(config.fhi_out, ignore_errors=True)


def shared_build(tmp_path_factory) -> Path:
    """Return the folder of the one built copy that the workers of a run share; it holds ``done`` once it is built."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"


class Checkout:
    """A copy of the project in which a test may change and build what it likes."""

    def __init__(self, folder: Path, *, copied: bool = False):
        self.folder = folder
        # with the list of imports, which make writes anew where it is older than a module
        parts = () if copied else (*PARTS, *(path.name for path in ROOT.glob(".imports.mk")))
        for name in parts:
            source, target = ROOT / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=own_names)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    @staticmethod
    def environment() -> dict[str, str]:
        """Return the variables of this run without those that would steer another make."""
        own = ("FHI_", "MAKE", "MFLAGS", "CONDA", "PYTHON")
        return {name: value for name, value in os.environ.items() if not name.startswith(own)}

    def sums(self, hidden: bool = True) -> dict[str, str]:
        """Return the checksums of all that was built; `hidden`: with what is not in its place yet."""
        folders = (self.folder / name for name in ("data/processed", "reports"))
        return {
            path.relative_to(self.folder).as_posix(): digest(path.read_bytes())
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file() and (hidden or not is_hidden(path, folder))
        }

    def make(
        self,
        *arguments: str,
        check: bool = True,
        before: Sequence[str] = (),
        umask: int = -1,
        user: int | None = None,
        **variables: str,
    ) -> subprocess.CompletedProcess:
        """Run make with this environment; the variables of this run do not leak in.

        `before` is put before the command, `variables` into its environment; root may run it as another `user`.
        """
        environment = self.environment() | {"PYTHONWARNINGS": "default"} | variables
        command = [*before, "make", f"VENV={sys.prefix}", *arguments]
        how = {"cwd": self.folder, "env": environment, "umask": umask, "capture_output": True, "timeout": HANGS}
        # no terminal, nor one that could be asked for
        how |= {"stdin": subprocess.DEVNULL, "start_new_session": True}
        how |= {} if user is None else {"user": user, "group": user, "extra_groups": []}
        done = subprocess.run(command, text=True, check=False, **how)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def surround(self, base: Path) -> dict[str, str]:
        """Put modules, kernels and settings of the wrong kind about the copy; return the variables beside them."""
        for place in (self.folder, base / "path"):
            place.mkdir(parents=True, exist_ok=True)
            for name in ("random", "pandas", "typing", "json", "fhi_local"):
                (place / f"{name}.py").write_text(BROKEN)
        kernel = base / "jupyter/kernels/python3"
        kernel.mkdir(parents=True)
        (kernel / "kernel.json").write_text('{"argv": ["false"], "display_name": "other", "language": "python"}')
        (base / "jupyter_config.py").write_text(BROKEN)
        (self.folder / "matplotlibrc").write_text("axes.facecolor: red\nbackend: no-such-backend\n")
        return {
            "PYTHONPATH": str(base / "path"),
            "PYTHONSTARTUP": str(base / "path/random.py"),
            "JUPYTER_PATH": str(base / "jupyter"),
            "JUPYTER_CONFIG_DIR": str(base),
            "PIP_USER": "1",
            "PIP_TARGET": str(base / "target"),
            "PIP_REQUIRE_VIRTUALENV": "1",
            "CONDA_DEFAULT_ENV": "base",
            "CONDA_PREFIX": str(base / "conda"),
            "LC_ALL": "C",
            "LANG": "C",
            "HOME": "/dev/null",
            "MPLBACKEND": "agg",
        }

    def store(self, scenario: str = "baseline") -> Store:
        return Store(scenario, root=self.folder)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Checkout:
    """A copy of the project after ``make report``; to be read, not changed. The workers of one run share it."""
    folder = shared_build(tmp_path_factory) / "checkout"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder.parent / "done").exists():
            # an earlier worker that failed leaves a folder that is not done
            shutil.rmtree(folder, ignore_errors=True)
            copy = Checkout(folder)
            # what was built here before is taken over where its cause is the same; the second build takes nothing over
            if (ROOT / KEPT).is_dir():
                shutil.copytree(ROOT / KEPT, folder / KEPT)
            copy.make("report")
            (folder.parent / "done").touch()
    return Checkout(folder, copied=True)


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """A fresh copy of the project, nothing built."""
    return Checkout(tmp_path / "checkout")


@pytest.fixture(scope="module")
def unbuilt(tmp_path_factory) -> Checkout:
    """A copy of the project in which nothing is built, nor is it by the tests of a file that share it."""
    return Checkout(tmp_path_factory.mktemp("unbuilt") / "checkout")
