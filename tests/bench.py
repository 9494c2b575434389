"""Benchmarks, run by ``make bench``: one line a case, ``<name> <shape>: <number> <unit>``. Nothing is written."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import bench_draws
import bench_growth
import bench_lab
import bench_microdata

from fhi import editions
from fhi.editions.construction import panel
from fhi.engine.framework import Framework
from fhi.engine.identification import IdentifiedSet
from fhi.engine.identification.analyses import ALL, by_facts, consistent, influence, runs
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness.runs import Analysis
from fhi.paths import BASELINE, RAW
from fhi.scenarios import load_scenario


def seconds(function: Callable[[], object], repeats: int = 5) -> float:
    """Return the median time of a call, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def building(units: int, indicators: int, method: Method, repeats: int) -> float:
    """Return the median time of a build of a random panel."""
    frame, framework = bench_growth.synthetic(units, indicators)
    return seconds(lambda: build(frame, framework, method), repeats)


def reading() -> None:
    """Print seconds and peak of a list of firms, from the file to the indicators, in a process of its own."""
    for millions in (1, 10):
        taken, peak = bench_microdata.measure(millions)
        shape = f"{millions}000000x8"
        print(f"microdata {shape}: {taken:.2f} s\nmicrodata, peak {shape}: {peak:.0f} MB")


def main() -> None:
    # first: a process starts with the peak of the one that began it
    reading()
    tables, framework = editions.load(), Framework.from_csv(RAW / "report2018" / "framework.csv")
    values, method = panel(tables, framework), load_scenario(BASELINE)
    shape = f"{values['city'].nunique()}x{len(framework.leaves)}"
    print(f"ingestion {len(tables)} files: {seconds(editions.load) * 1e3:.0f} ms")
    print(f"build {shape}: {seconds(lambda: build(values, framework, method)) * 1e3:.1f} ms")
    for units, indicators, repeats in ((51, 49, 5), (3000, 500, 1)):
        shape = f"{units}x{indicators}"
        print(f"build {shape}: {building(units, indicators, Method(), repeats) * 1e3:.1f} ms")
        method = Method(imputation="mean", treatment="winsorise")
        print(f"build, winsorised {shape}: {building(units, indicators, method, repeats) * 1e3:.1f} ms")
    facts = tables["facts"]
    shape = f"{len(IdentifiedSet(facts, framework).space.cities)}x{len(framework.leaves)}"

    def identify():
        identified = IdentifiedSet(facts, framework)
        identified.score_bounds([framework.root])
        identified.weight_bounds()
        identified.weight_map()

    print(f"identification {shape}, scores, weights and map: {seconds(identify) * 1e3:.0f} ms")
    print(f"contradictions {shape}: {seconds(lambda: consistent(facts, framework)) * 1e3:.0f} ms")
    sets = runs(facts, framework)
    print(f"identification {shape}, 8 groups of facts: {seconds(lambda: by_facts(sets)) * 1e3:.0f} ms")
    print(f"influence {len(facts)} facts: {seconds(lambda: influence(sets[ALL])) * 1e3:.0f} ms")
    units = tables["cities"].set_index("name_zh")
    analysis = Analysis(values, framework, load_scenario(BASELINE), tables["top20"], units)
    effort, shape = analysis.effort, f"{values['city'].nunique()}x{len(framework.leaves)}"

    def question():
        analysis.uncertainty()
        analysis.sensitivity()

    print(f"robustness {shape}, {effort.draws} draws and Sobol {effort.sobol}: {seconds(question, 3):.2f} s")
    bench_draws.main()
    bench_growth.main()
    bench_lab.main()


if __name__ == "__main__":
    main()
