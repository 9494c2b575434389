"""Benchmarks, run by ``make bench``: one line a case, ``<name> <shape>: <number> <unit>``. Nothing is written."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from fhi import sources
from fhi.construction import panel
from fhi.framework import Framework
from fhi.identification import IdentifiedSet
from fhi.identification.contradictions import consistent
from fhi.identification.runs import ALL, by_facts, influence, runs
from fhi.index import build
from fhi.parameters import BASELINE, RAW, load_scenario


def seconds(function: Callable[[], object], repeats: int = 5) -> float:
    """Return the median time of a call, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    tables, framework = sources.load(), Framework.from_csv(RAW / "framework.csv")
    values, method = panel(tables, framework), load_scenario(BASELINE)
    shape = f"{values['city'].nunique()}x{len(framework.leaves)}"
    print(f"ingestion {len(tables)} files: {seconds(sources.load) * 1e3:.0f} ms")
    print(f"build {shape}: {seconds(lambda: build(values, framework, method)) * 1e3:.1f} ms")
    facts = tables["report2018/facts"]
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


if __name__ == "__main__":
    main()
