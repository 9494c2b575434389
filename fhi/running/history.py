"""What earlier runs gave, and why stages ran: ``.history/<scenario>/``, which `make clean` leaves.

A run of which the commit, the method and the results are those of the run before it is not entered again.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from fhi.engine.errors import MethodError
from fhi.files import Files, digest, is_hidden, replace_file
from fhi.showing.terminal import table
from fhi.store import Store

FOLDER = ".history"
#: what is kept of a run: what `fhi.showing.compare` reads of a built scenario
TABLES = ("scores", "ranks", "weights", "normalised", "panel", "tables/framework", "tables/cities")
#: so many runs of a scenario are kept
LIMIT = 50
SEPARATOR = "@"
#: in the order of a build
STEPS = ("check", "01_ingestion", "02_indicators", "03_weighting", "04_robustness", "05_identification", "06_audit")
STEPS += ("07_charting", "page", "pdf", "manifest")


def _folder(files: Files) -> Path:
    return files.root / FOLDER / files.scenario


def runs(files: Files) -> list[dict]:
    """Return what is said of each run of a scenario: ``run, when, commit, modified, method, results, tau_b``."""
    found = (path for path in _folder(files).glob("*/run.json") if not is_hidden(path, _folder(files)))
    return sorted((json.loads(path.read_text(encoding="utf-8")) for path in found), key=lambda run: run["run"])


def enter(store: Store, commit: Mapping | None, tau_b: float | None) -> int:
    """Enter the results of a scenario in its history, unless they are those of its last run; return its number.

    Parameters
    ----------
    store : Store
    commit : mapping or None
        See `fhi.showing.report.manifest.commit`.
    tau_b : float or None
        Kendall's tau-b of the root with the published ranks.

    Returns
    -------
    int
        From 1.
    """
    names = [f"{store.processed}/scenario.yml", *(f"{store.processed}/{name}.csv" for name in TABLES)]
    contents = {name: (store.root / name).read_bytes() for name in names}
    said = {
        "commit": commit["id"] if commit else None,
        "modified": commit["modified"] if commit else None,
        "method": digest(contents[names[0]]),
        "results": digest(b"\n".join(contents[name] for name in names[1:])),
        "tau_b": tau_b,
    }
    before = runs(store)
    if before and said.items() <= before[-1].items():
        return before[-1]["run"]
    run = before[-1]["run"] + 1 if before else 1
    folder = _folder(store) / str(run)
    for name, content in contents.items():
        replace_file(folder / name, content)
    entry = {"run": run, "when": datetime.now(UTC).isoformat(timespec="seconds")} | said
    # last: a run without it was not entered whole, and is not counted
    replace_file(folder / "run.json", (json.dumps(entry, indent=1) + "\n").encode())
    for old in before[: len(before) + 1 - LIMIT]:
        shutil.rmtree(_folder(store) / str(old["run"]), ignore_errors=True)
    return run


def earlier(name: str, root: Path | None = None) -> Store:
    """Return the tables of ``<scenario>@<run>``.

    Parameters
    ----------
    name : str
        ``<scenario>@<number of the run>``.
    root : pathlib.Path, optional
        The folder of the outputs (default: as of `fhi.files.Files`).

    Returns
    -------
    Store

    Raises
    ------
    MethodError
        If there is no such run.
    """
    scenario, _, run = name.partition(SEPARATOR)
    files = Files(scenario, root)
    valid = [f"{scenario}{SEPARATOR}{entry['run']}" for entry in runs(files)]
    if name not in valid:
        message = f"the history has no run {name!r}; make history SCENARIO={scenario} lists them."
        raise MethodError(message, key="BASE", value=name, valid=valid)
    return Store(scenario, _folder(files) / run)


def text(files: Files) -> str:
    """Return the runs of a scenario as lines, the last one last."""
    rows = [["run", "when", "commit", "tau-b", "method", "results"]]
    for run in runs(files):
        commit = (run["commit"] or "–")[:8] + ("+" if run["modified"] else "")
        tau = "–" if run["tau_b"] is None else f"{run['tau_b']:.3f}"
        name = f"{files.scenario}{SEPARATOR}{run['run']}"
        rows.append([name, run["when"], commit, tau, run["method"][:8], run["results"][:8]])
    if len(rows) == 1:
        return f"no run of {files.scenario} is in the history; `make report SCENARIO={files.scenario}` enters one"
    note = "commit+: what the run read is not all in the commit; compare with one: make compare BASE=<run>"
    return "\n".join([*table(rows, "lllrll"), note])


# --- why each step ran -------------------------------------------------------------------------------------------


def note(files: Files, step: str, what: str, because: str = "") -> None:
    """Keep what became of a step of a build, and why.

    Parameters
    ----------
    files : Files
        Of the scenario.
    step : str
        The stage or command.
    what, because : str
        What became of it (``ran``, ``unchanged`` …), and why.
    """
    entry = {"build": os.environ.get("FHI_BUILD", ""), "what": what, "because": because}
    # what cannot be noted loses no result
    with contextlib.suppress(OSError):
        replace_file(_folder(files) / "why" / f"{step}.json", json.dumps(entry, ensure_ascii=False).encode("utf-8"))


def why(files: Files) -> str:
    """Return for each step of a scenario what became of it in the last build that did anything, and why."""
    folder = _folder(files) / "why"
    paths = [path for step in STEPS if (path := folder / f"{step}.json").is_file()]
    if not paths:
        return f"nothing of {files.scenario} has been built; make report SCENARIO={files.scenario}"
    entries = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    last = entries[max(paths, key=lambda path: path.stat().st_mtime_ns).stem]["build"]
    rows = []
    for step, entry in entries.items():
        ran = entry["build"] == last
        rows.append(
            [step, entry["what"] if ran else "skipped", entry["because"] if ran else "nothing it reads is newer"]
        )
    return "\n".join(table(rows, "lll"))
