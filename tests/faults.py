"""Faults, at full length: what ``make report`` leaves when it is killed, starved, crowded or fed what is broken.

Run by ``make faults`` with ``KILLS`` (default 50), ``SEED`` (default 2018) and ``ONLY``, names of faults with commas.
Prints a line for each and fails if one is not survived. The short forms of some stand in the suite. A file in its
place is always compared with the same file of an undisturbed build: it is either absent or the same to the byte.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from conftest import Checkout

from fhi.files import Files
from fhi.records import record_path
from fhi.running.history import STEPS

KILLS = int(os.environ.get("KILLS") or 50)
SEED = int(os.environ.get("SEED") or 2018)
#: seconds that a build or a set-up may take, on a machine under load too
PATIENCE = 3600


class Fault(Exception):
    """What was promised does not hold."""


def demand(holds: object, message: str) -> None:
    if not holds:
        raise Fault(message)


def sums(root: Path) -> dict[str, str]:
    """Return the checksums of what stands in its place below a folder of outputs."""
    return Checkout(root, copied=True).sums(hidden=False)


class Faults:
    """One undisturbed build, and one method a fault."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.random = random.Random(SEED)
        self.reference = Checkout(folder / "undisturbed")
        started = time.monotonic()
        self.run(self.reference)
        self.seconds = time.monotonic() - started
        self.sums = sums(self.reference.folder)

    def start(
        self, checkout: Checkout, *arguments: str, before: tuple[str, ...] = (), venv: str = sys.prefix, **variables
    ):
        """Start ``make report`` in a process group of its own, with more variables of the environment."""
        command = [*before, "make", f"VENV={venv}", *(arguments or ["report"])]
        log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - read when the run has ended
        options = {
            "cwd": checkout.folder,
            "env": checkout.environment() | variables,
            "stdout": log,
            "stderr": subprocess.STDOUT,
        }
        process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, **options)
        process.log = log
        return process

    def finish(self, process) -> str:
        """Wait for a run; return what it printed."""
        process.wait(PATIENCE)
        process.log.seek(0)
        return process.log.read()

    def run(self, checkout: Checkout, *arguments: str, fails: bool = False, **options) -> str:
        """Run ``make report``, demand that it succeeds (or fails), and return what it printed."""
        process = self.start(checkout, *arguments, **options)
        text = self.finish(process)
        demand((process.returncode != 0) == fails, f"exit code {process.returncode}:\n{text[-2000:]}")
        return text

    def whole(self, root: Path) -> None:
        """Demand that every file in its place is that of the undisturbed build."""
        odd = sorted(name for name, found in sums(root).items() if self.sums.get(name) != found)
        demand(not odd, f"not whole: {', '.join(odd)}")

    def complete(self, root: Path) -> None:
        self.whole(root)
        lacking = sorted(set(self.sums) - set(sums(root)))
        demand(not lacking, f"missing: {', '.join(lacking)}")

    def copy_built(self, name: str) -> Checkout:
        """Return a copy of the undisturbed build, dates and all."""
        shutil.copytree(self.reference.folder, self.folder / name, symlinks=True)
        return Checkout(self.folder / name, copied=True)

    # --- the faults -------------------------------------------------------------------------------------------

    def killed(self) -> str:
        """SIGKILL at random moments of a build.

        A moment falls into a step in proportion to the step's seconds; what stands before that step is taken from the
        undisturbed build, dates and all, and the run is killed in the step. What is left must be whole. After a late
        step, and after every tenth kill, the build is run again to its end.
        """
        steps = self.steps()
        again, states = 0, set()
        for kill in range(1, KILLS + 1):
            step = self.random.choices(list(steps), weights=[max(seconds, 1) for seconds in steps.values()])[0]
            checkout = self.built_up_to(step, f"杀 and again {kill}")
            process = self.start(checkout, "report", self.random.choice(["-j1", "-j2"]))
            # make itself, and the first imports, take a moment
            time.sleep(self.random.uniform(0.2, steps[step] + 1))
            done = process.poll() is not None
            if not done:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            self.whole(checkout.folder)
            standing = len(sums(checkout.folder))
            states.add(standing)
            print(f"  kill {kill} in {step}: {standing} of {len(self.sums)} files, all whole", flush=True)
            if step in LATE or kill % 10 == 0:
                self.run(checkout)
                self.complete(checkout.folder)
                again += 1
            # a kernel outlives its killed run by a moment, and may still write into its staging folder
            shutil.rmtree(checkout.folder, ignore_errors=True)
        return f"{KILLS} kills, all whole, {len(states)} different states; {again} run again: complete and identical"

    def steps(self) -> dict[str, float]:
        """Return the seconds of each step of the undisturbed build, in order."""
        timings = self.reference.folder / ".timings/baseline"
        found = {path.name: float(path.read_text()) for path in timings.iterdir()}
        return {name: found[name] for name in (*sorted(set(found) - set(LATE)), *LATE)}

    def built_up_to(self, step: str, name: str) -> Checkout:
        """Return a copy of the undisturbed build without what `step` and those after it wrote."""
        checkout = self.copy_built(name)
        files = checkout.store()
        stages = [stage for stage in STEPS if (files.root / record_path(files, stage)).is_file()]
        gone = set().union(*(self.written(files, stage) for stage in stages[stages.index(step) :]))
        for path in gone:
            path.unlink()
        return checkout

    @staticmethod
    def written(files: Files, stage: str) -> set[Path]:
        record = files.root / record_path(files, stage)
        folders = {"processed": files.processed, "reports": files.reports}
        names = [name.split("/", 1) for name in json.loads(record.read_text(encoding="utf-8"))["outputs"]]
        return {record, *(files.root / folders[kind] / rest for kind, rest in names)}

    def two_at_once(self) -> str:
        checkout = Checkout(self.folder / "two")
        pauses = (0, self.seconds / 3)
        for pause in pauses:
            checkout.make("clean")
            first = self.start(checkout)
            time.sleep(pause)
            second = self.start(checkout)
            for process in (first, second):
                text = self.finish(process)
                demand(process.returncode == 0, f"one of two failed: {text[-3000:]}")
            self.complete(checkout.folder)
        return f"{len(pauses)} pairs, both of each succeed, results identical"

    def sealed(self) -> str:
        """All at once: a read-only checkout with an odd path, and no network."""
        checkout, out = Checkout(self.folder / "一个 空格 & 'quotes' (and) 中文"), self.folder / "out"
        script = 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && ! touch x 2>/dev/null && exec "$@"'
        self.run(checkout, "report", f"OUT={out}", before=("unshare", "--net", *self.mounting(script)))
        self.complete(out)
        demand(not sums(checkout.folder), "something was written into the checkout")
        return "read-only, blanks, quotes and Chinese in the path, no network, OUT= and VENV= elsewhere: identical"

    def full_disk(self) -> str:
        """A disk too small: what does not fit is told, what stands is whole, and with room it is finished."""
        sizes = self.too_small()
        for size in sizes:
            out = self.folder / f"rescued {size}"
            checkout = Checkout(self.folder / f"beside {size}")
            text = self.run(checkout, "report", "OUT=out", before=self.mounting(FULL, size, str(out)))
            demand(
                "No space left" in text or "disk" in text, f"{size}: the message does not say what is wrong:\n{text}"
            )
            self.whole(out / "full")
            self.complete(out / "roomy")
            shutil.rmtree(out)
        return f"{len(sizes)} sizes ({', '.join(sizes)}): told, whole, and completed once there was room"

    def too_small(self) -> tuple[str, str]:
        """Return the sizes of disks with too little room for the second stage, and for the print, which comes last."""
        written = (self.reference.folder / name for name in ("data/processed", "reports", ".store"))
        files = [path for folder in written for path in folder.rglob("*") if path.is_file()]
        pages = sum(-(-path.stat().st_size // 4096) for path in files)
        return "2m", f"{4 * pages - 2048}k"

    def file_limit(self) -> str:
        checkout = self.copy_built("limited")
        page = checkout.folder / "reports/baseline/report.html"
        later = time.time() + 5
        os.utime(checkout.folder / "fhi/showing/assets/report/page.css", (later, later))
        text = self.run(checkout, fails=True, before=("sh", "-c", 'ulimit -f 2000 && exec "$@"', "sh"))
        demand("File too large" in text and "report.html" in text, f"the message does not say what is wrong:\n{text}")
        demand(page.is_file(), "the older page is gone")
        self.complete(checkout.folder)
        return "told, the older page whole"

    def raising_cell(self) -> str:
        checkout = self.copy_built("raising")
        path = checkout.folder / "notebooks/02_indicators.ipynb"
        text = path.read_text(encoding="utf-8")
        cell = (
            '{"cell_type": "code", "execution_count": null, "id": "x", "metadata": {}, "outputs": [], "source": "1/0"}'
        )
        head, mark, tail = text.partition('"cells": [')
        end = tail.rindex("\n ],")
        path.write_text(f"{head}{mark}{tail[:end]},\n{cell}{tail[end:]}", encoding="utf-8")
        said = self.run(checkout, fails=True)
        demand("02_indicators.ipynb, cell " in said and "ZeroDivisionError" in said, f"the cell is not named:\n{said}")
        self.complete(checkout.folder)
        return "notebook and cell named, older results whole"

    def raw_file(self) -> str:
        checkout = self.copy_built("raw")
        path = checkout.folder / "data/raw/report2018/adoption.csv"
        content = path.read_bytes()
        for change in (lambda: path.write_bytes(content + b"\n"), path.unlink):
            change()
            said = self.run(checkout, fails=True)
            demand("data/raw/report2018/adoption.csv" in said, f"the file is not named:\n{said}")
            self.complete(checkout.folder)
            path.write_bytes(content)
        self.run(checkout)
        self.complete(checkout.folder)
        return "altered, deleted: named each time, older results whole; restored: complete"

    def altered(self) -> str:
        """A table changed by hand is computed anew; accepted, it is told on the page, in print and in the manifest."""
        checkout = self.copy_built("altered")
        path = checkout.folder / "data/processed/baseline/scores.csv"
        text = path.read_text(encoding="utf-8")
        other = re.sub("^杭州,[0-9.]+", "杭州,99.9", text, flags=re.MULTILINE)
        path.write_text(other, encoding="utf-8")
        said = self.run(checkout)
        demand("scores.csv was changed after 03_weighting wrote it" in said, f"the table is not named:\n{said}")
        self.complete(checkout.folder)
        path.write_text(other, encoding="utf-8")
        self.run(checkout, "report", "ACCEPT=scores.csv")
        reports = checkout.folder / "reports/baseline"
        mark = "altered after they were built: scores.csv"
        demand(mark in (reports / "report.html").read_text(encoding="utf-8"), "the page does not say it")
        if shutil.which("pdftotext"):
            told = subprocess.run(
                ["pdftotext", reports / "report.en.pdf", "-"], capture_output=True, text=True, check=True
            )
            pages = " ".join(told.stdout.split()).count(mark), told.stdout.count("\f")
            demand(pages[0] >= pages[1], f"{pages[0]} of {pages[1]} pages say it")
        manifest = json.loads((reports / "manifest.json").read_text(encoding="utf-8"))
        demand(manifest["altered"] == ["scores.csv"], "the manifest does not say it")
        self.run(checkout)
        self.complete(checkout.folder)
        return "computed anew; accepted: told on every page; not accepted any more: computed anew"

    def stored_entry(self) -> str:
        """An entry of the store altered by hand, or cut short: found out, and made anew."""
        checkout = self.copy_built("stored")
        entries = sorted((checkout.folder / ".store").glob("*/*"))
        for number, path in enumerate(entries):
            content = path.read_bytes()
            path.write_bytes(content[:-9] if number % 2 else content.replace(b"9", b"8"))
        checkout.make("clean")
        self.run(checkout)
        self.complete(checkout.folder)
        return f"{len(entries)} entries altered or cut: none is used"

    def hostile(self) -> str:
        """Modules, kernels, settings, home, language and rights of the wrong kind, all at once."""
        checkout = Checkout(self.folder / ("文" * 20) / ("a name of a folder " * 7).strip())
        checkout.make("report", umask=0o077, **checkout.surround(self.folder / "hostile"))
        self.complete(checkout.folder)
        return "identical"

    def set_up(self) -> str:
        """The set-up killed again and again, with options of pip about; the next call begins anew and finishes."""
        variables = dict.fromkeys(("PIP_USER", "PIP_REQUIRE_VIRTUALENV"), "1")
        variables |= {"PIP_TARGET": str(self.folder / "target"), "PYTHONPATH": str(self.folder / "path")}
        checkout, venv = Checkout(self.folder / "fresh"), self.folder / "own-venv"
        ready = f"{venv}/.fhi-ready"
        moments = [0.5, 1.5, 3, 5]
        for moment in moments:
            process = self.start(checkout, ready, venv=str(venv), **variables)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                demand(not Path(ready).exists(), "a set-up that was killed counts as done")
            else:
                demand(False, "the set-up was done before it could be killed")
        self.run(checkout, ready, venv=str(venv), **variables)
        demand(not (self.folder / "target").exists(), "packages went where pip was told, not into the environment")
        self.run(checkout, "./data/processed/baseline/scenario.yml", venv=str(venv))
        return f"killed after {', '.join(map(str, moments))} s; the next call sets up and runs"

    @staticmethod
    def mounting(script: str, *arguments: str) -> tuple[str, ...]:
        """Return what runs a command in a mount namespace after a script that ends with the command as ``$@``."""
        return ("unshare", "--mount", "--propagation=private", "sh", "-ec", script, "sh", *arguments)


#: mount a small disk, build until it is full, keep what stands, make room, build on, keep that; exits 0 if all went so
FULL = """
size=$1 keep=$2; shift 2
mkdir -p out && mount -t tmpfs -o size=$size tmpfs out
if "$@"; then echo "the disk was large enough"; exit 1; fi
mkdir -p "$keep"; cp -a out "$keep/full"
mount -o remount,size=1g out
"$@"
cp -a out "$keep/roomy"
"""

#: the steps after the notebooks
LATE = ("page", "pdf")
FAULTS = (
    "file_limit",
    "raising_cell",
    "raw_file",
    "altered",
    "stored_entry",
    "hostile",
    "killed",
    "sealed",
    "set_up",
    "two_at_once",
    "full_disk",
)


def attempt(name: str, fault: Callable[[], str]) -> bool:
    started = time.monotonic()
    try:
        said, held = fault(), True
    except (Fault, AssertionError) as error:
        said, held = f"NOT SURVIVED: {error}", False
    print(f"{name:<14}{said} ({time.monotonic() - started:.0f} s)", flush=True)
    return held


def main() -> int:
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if unknown := set(only) - set(FAULTS):
        print(f"there is no fault {', '.join(unknown)}; there are {', '.join(FAULTS)}")
        return 1
    with tempfile.TemporaryDirectory(prefix="fhi-faults-") as folder:
        faults = Faults(Path(folder))
        print(f"undisturbed   {len(faults.sums)} files in {faults.seconds:.0f} s", flush=True)
        held = [attempt(name, getattr(faults, name)) for name in FAULTS if name in only or not only]
    print(f"{sum(held)} of {len(held)} faults survived")
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
