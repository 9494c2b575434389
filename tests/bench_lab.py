"""Benchmarks of the inner loop: a change in the lab, and ``try`` as a whole process, beside the start of pandas."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

from fhi.paths import ROOT
from fhi.records import AlteredError
from fhi.running import lab, trying

REPEATS = 5


def best(function) -> float:
    """Return the least CPU time of a call in milliseconds, after one that is not counted."""
    function()
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times) * 1e3


def process(*command: str) -> float:
    """Return the CPU seconds of a process and those it began, at best."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-I", *command], cwd=ROOT, check=True, capture_output=True, env=os.environ)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main() -> None:
    start = lab.start("baseline")
    shape = "x".join(map(str, start.index.stages["normalised"].shape))
    weight, other = {"weights": {"experience": 2}}, {"normalisation": "rank"}
    print(f"lab, a weight {shape}: {best(lambda: lab.change(start, weight)):.0f} ms")
    print(f"lab, a slider with its picture {shape}: {best(lambda: lab.ranks_picture(start, {'experience': 2})):.0f} ms")
    for name, change in (("a weight", weight), ("a normalisation", other)):
        taken = best(lambda change=change: lab.compare(start, lab.change(start, change)))
        print(f"lab, {name} compared {shape}: {taken:.0f} ms")
    try:
        trying.stored("baseline")
    except AlteredError as error:
        print(f"try: {error}")
        return
    pandas, tried = process("-c", "import pandas"), process(str(ROOT / ".ci/fhi.py"), "try", "experience=2")
    print(f"try {shape}: {tried:.2f} s")
    print(f"try, beside the start of pandas {shape}: {tried / pandas:.1f} times")


if __name__ == "__main__":
    main()
