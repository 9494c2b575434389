"""How time and memory grow with units, indicators and draws: CPU seconds, MiB, exponents of the last two sizes."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from fhi.engine.explain import drop_each, next_above
from fhi.engine.framework import Framework
from fhi.engine.identification import IdentifiedSet
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import uncertainty


def synthetic(units: int, indicators: int) -> tuple[pd.DataFrame, Framework]:
    """Return a random panel and a tree of three levels with five indicators below a node and five nodes below it."""
    below = max(1, indicators // 5)
    pillars = max(1, below // 5)
    rows = [("FHI", 0, None), *((f"p{place}", 1, "FHI") for place in range(pillars))]
    rows += [(f"s{place}", 2, f"p{place % pillars}") for place in range(below)]
    rows += [(f"x{place}", 3, f"s{place % below}") for place in range(indicators)]
    table = pd.DataFrame(rows, columns=["code", "level", "parent"])
    table = table.assign(direction=1, weight=1.0, unit=None, name_zh="名", name_en="name")
    values = np.random.default_rng(2018).lognormal(size=units * indicators)
    index = pd.MultiIndex.from_product(
        [[f"city {place}" for place in range(units)], [f"x{place}" for place in range(indicators)]],
        names=["city", "indicator"],
    )
    frame = pd.DataFrame({"value": values}, index=index).reset_index().assign(year=2018)
    return frame, Framework.from_table(table)


def orders(units: int) -> tuple[pd.DataFrame, Framework]:
    """Return four orders of units, of the index and of three pillars of five indicators each."""
    codes = [("FHI", 0, None), *((pillar, 1, "FHI") for pillar in "PQR")]
    codes += [(f"{pillar}{place}", 2, pillar) for pillar in "PQR" for place in range(5)]
    table = pd.DataFrame(codes, columns=["code", "level", "parent"])
    table = table.assign(direction=1, weight=1.0, unit=None, name_zh="名", name_en="name")
    names, random = np.array([f"city {place:04d}" for place in range(units)]), np.random.default_rng(2018)
    fact = {"page": 1, "group": "ranks", "kind": "order", "value": None, "value_value": np.nan, "tolerance": 0.0}
    facts = [fact | {"id": "FHI", "node": "FHI", "subjects": "|".join(names)}]
    for pillar in "PQR":
        order = np.argsort(np.arange(units) + random.normal(0, units / 6, units))
        facts.append(fact | {"id": pillar, "node": pillar, "subjects": "|".join(names[order])})
    return pd.DataFrame(facts), Framework.from_table(table)


def growth(name: str, sizes: Sequence[tuple[str, float]], work: Callable[[str], Callable[[], object]]) -> None:
    """Print CPU seconds and peak memory of a work by size, and the exponents by which they grew between the last two.

    The memory is that of what the work allocates, counted in a second run, which counting makes slower.
    """
    taken, peaks = [], []
    for label, _ in sizes:
        job = work(label)
        started = time.process_time()
        job()
        taken.append(time.process_time() - started)
        tracemalloc.start()
        job()
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
    step = np.log(sizes[-1][1] / sizes[-2][1])
    time_grew, memory_grew = (np.log(values[-1] / values[-2]) / step for values in (taken, peaks))
    line = ", ".join(
        f"{label} {seconds:.3f} s {peak:.0f} MiB" for (label, _), seconds, peak in zip(sizes, taken, peaks, strict=True)
    )
    print(f"growth, {name}: {line}; exponent {time_grew:.2f}, of memory {memory_grew:.2f}", flush=True)


def main() -> None:
    method = Method()

    def of_panel(function: Callable) -> Callable[[str], Callable[[], object]]:
        def work(label: str) -> Callable[[], object]:
            frame, framework = synthetic(*map(int, label.split("x")))
            build(*synthetic(5, 16), method)
            return lambda: function(frame, framework)

        return work

    def cells(*labels: str) -> list[tuple[str, float]]:
        return [(label, float(np.prod([int(part) for part in label.split("x")]))) for label in labels]

    def above(frame, framework):
        next_above(build(frame, framework, method), framework, method)

    def draw(label: str) -> Callable[[], object]:
        frame, framework = synthetic(51, 49)
        space = {"normalisation": ["min-max", "z-score"], "weight_noise": {"uniform": 0.25, "levels": [1]}}
        return lambda: uncertainty(frame, framework, space, int(label), 1, keep=False)

    def bounds(label: str) -> Callable[[], object]:
        facts, framework = orders(int(label))
        return lambda: IdentifiedSet(facts, framework).score_bounds([framework.root])

    def many(label: str) -> Callable[[], object]:
        frame, framework = synthetic(*map(int, label.split("x")))
        space = {"normalisation": ["min-max", "z-score"], "weight_noise": {"uniform": 0.25, "levels": [1]}}
        return lambda: uncertainty(frame, framework, space, 1_000, 1)

    growth("build by units", cells("20x160", "200x160", "2000x160"), of_panel(lambda *given: build(*given, method)))
    growth("build by indicators", cells("2000x16", "2000x160"), of_panel(lambda *given: build(*given, method)))
    growth("next above", cells("20x16", "200x16", "2000x16"), of_panel(above))
    growth("leaving out each", cells("20x16", "20x160"), of_panel(lambda *given: drop_each(*given, method)))
    growth("1000 draws by units", cells("20x160", "200x160", "2000x160"), many)
    growth("1000 draws by indicators", cells("200x16", "200x160"), many)
    growth("draws of 51x49", [(str(n), n) for n in (1_000, 10_000, 100_000, 1_000_000, 10_000_000)], draw)
    growth("bounds of four orders", [(str(n), n) for n in (20, 80, 200)], bounds)


if __name__ == "__main__":
    main()
