"""A made edition of many units and indicators as a whole report: seconds by step, and peak memory of its processes.

``python tests/bench_edition.py 2000 160`` copies the project into a temporary folder, writes the edition there and runs
``make report``; nothing of it stays. The values are random and labelled synthetic.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from fhi.editions.folders import update
from fhi.paths import ROOT

NAME = "made"
#: what a build needs of the project
COPIED = (
    "fhi",
    "notebooks",
    "data/raw",
    "docs",
    ".ci",
    "Makefile",
    "requirements.lock",
    "pyproject.toml",
    "CITATION.cff",
)
SEED = 2018


def write(project: Path, units: int, indicators: int) -> None:
    """Write an edition of so many units and indicators, with a scenario, into a copy of the project.

    Its tree has up to four pillars, with sub-pillars of about five indicators; one value in fifty is missing.
    """
    random, folder = np.random.default_rng(SEED), project / "data/raw" / NAME
    folder.mkdir()
    pillars, groups = [f"p{at}" for at in range(min(4, indicators))], max(1, indicators // 5)
    rows = [("MADE", 0, None), *((pillar, 1, "MADE") for pillar in pillars)]
    rows += [(f"s{at}", 2, pillars[at % len(pillars)]) for at in range(max(groups, len(pillars)))]
    rows += [(f"x{at}", 3, f"s{at % max(groups, len(pillars))}") for at in range(indicators)]
    tree = pd.DataFrame(rows, columns=["code", "level", "parent"])
    tree = tree.assign(direction=1, weight=1, unit=np.where(tree["level"] == 3, "points", None))
    tree = tree.assign(name_zh="项目" + tree["code"], name_en="Item " + tree["code"])
    names = pd.DataFrame({"code": np.arange(units) + 1})
    names = names.assign(name_zh="单位" + names["code"].astype(str), name_en="Unit " + names["code"].astype(str))
    size = random.normal(size=units)[:, None]
    cells = np.exp(1 + 0.5 * size + 0.7 * random.normal(size=(units, indicators)))
    place = np.argwhere(random.random(cells.shape) >= 0.02)
    values = pd.DataFrame(
        {
            "city": names["name_zh"].to_numpy()[place[:, 0]],
            "year": 2018,
            "indicator": np.char.add("x", place[:, 1].astype(str)),
            "value": cells[place[:, 0], place[:, 1]].round(3),
            "unit": "points",
            "evidence": "synthetic",
            "source": "made at random",
        }
    )
    files = {"framework": tree, "cities": names, "indicators": values}
    for name, table in files.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    listed = pd.DataFrame(
        [(name, f"{name}.csv", "随机生成 | made at random", "this project", "2018", "CC0", "0" * 64) for name in files],
        columns=["source_id", "file", "citation", "publisher", "date", "licence", "sha256"],
    )
    listed.to_csv(folder / "sources.csv", index=False, lineterminator="\n")
    about = {"title": {"zh": "随机指数", "en": "Made Index"}, "citation": {"zh": "随机生成", "en": "made at random"}}
    about |= {"unit": {"zh": "单位", "en": "unit", "plural": "units"}, "year": 2018}
    (folder / "edition.yml").write_text(yaml.safe_dump(about, allow_unicode=True, sort_keys=False), encoding="utf-8")
    update(folder)
    scenario = {"description": {"zh": "随机", "en": "made"}, "edition": NAME, "year": 2018}
    path = project / "notebooks/scenarios" / f"{NAME}.yml"
    path.write_text(yaml.safe_dump(scenario, allow_unicode=True), encoding="utf-8")


def _memory(of: str) -> float:
    """Return the mebibytes of all processes whose command or folder names a path."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()) == of:
                pages = (process / "smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in pages if line.startswith("Pss:"))
        except (OSError, ValueError):
            continue
    return total / 1024


def measure(units: int, indicators: int, folder: Path) -> tuple[subprocess.CompletedProcess, float, float]:
    """Return what ``make report`` said of such an edition in a folder, its seconds, and the peak memory in MiB."""
    for name in COPIED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", str(ROOT / name), str(target)], check=True)
    write(folder, units, indicators)
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            peak[0] = max(peak[0], _memory(str(folder)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        command = ["make", f"VENV={sys.prefix}", "report", f"SCENARIO={NAME}"]
        found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    finally:
        done.set()
        watcher.join()
    return found, time.perf_counter() - started, peak[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", type=int)
    parser.add_argument("indicators", type=int)
    parser.add_argument("--folder", type=Path, help="build it there, and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        found, seconds, peak = measure(given.units, given.indicators, folder.resolve())
    print(found.stdout, found.stderr.split("\r")[-1])
    shape = f"{given.units}x{given.indicators}"
    print(f"edition {shape}, whole report: {seconds / 60:.1f} min\nedition, peak memory {shape}: {peak:.0f} MiB")
    sys.exit(found.returncode)


if __name__ == "__main__":
    main()
