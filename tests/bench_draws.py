"""Benchmarks of the draws of `robustness`, run by ``make bench``: random data, four uncertain assumptions."""

from __future__ import annotations

import itertools
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.robustness import uncertainty
from fhi.engine.robustness.parallel import one_thread

#: as in the published benchmark of COINr: winsorising limit, normalisation, weights of two levels, aggregation
SPACE = {
    "treatment": [{"method": "winsorise", "points": points} for points in range(1, 6)],
    "normalisation": [{"method": "min-max", "scale": [1, 100]}, {"method": "z-score", "mean": 10, "sd": 2}],
    "weight_noise": {"uniform": 0.25, "levels": [1, 2]},
    "aggregation": ["arithmetic", "geometric"],
}
MATRICES = 5 * 2 * 2
MANY = 1_000_000


def random_case(units: int, families: tuple[int, ...]) -> tuple[pd.DataFrame, Framework]:
    """Return random data and a tree with so many nodes by level below the root, spread evenly over those above."""
    rows, above = [("FHI", 0, None)], ["FHI"]
    for level, count in enumerate(families, start=1):
        names = [f"{level}.{place}" for place in range(count)]
        rows += [(name, level, above[place * len(above) // count]) for place, name in enumerate(names)]
        above = names
    table = pd.DataFrame(rows, columns=["code", "level", "parent"])
    framework = Framework.from_table(table.assign(direction=1, weight=1.0, unit=None, name_zh="名", name_en="name"))
    values = np.random.default_rng(2018).lognormal(size=(units, families[-1]))
    return pd.DataFrame(values, index=[f"city {place}" for place in range(units)], columns=above), framework


def microseconds(units: int, families: tuple[int, ...], n: int, repeats: int = 3, **arguments) -> float:
    """Return the median time a draw of a whole analysis, ranks and all that is prepared for it included."""
    data, framework = random_case(units, families)
    times = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        uncertainty(data, framework, SPACE, 100, 1)
        for _ in range(repeats):
            started = time.perf_counter()
            uncertainty(data, framework, SPACE, n, 1, **arguments)
            times.append(time.perf_counter() - started)
    return statistics.median(times) / n * 1e6


#: places of the peer by indicator: the parent of each node of the second and of the lowest level of a 51x49 tree
PARENTS = np.repeat([0, 1], 4), np.arange(49) * 8 // 49


def plain_loop(values: np.ndarray, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and ranks of the same work as `SPACE` on 51x49, in NumPy alone: one matrix product a combination.

    The peer of `uncertainty`: nothing is checked, named or recorded, no value may be missing, the tree has no other
    form, and a draw depends on how many there are. Winsorising draws in the given number of values at the upper end.
    """
    random, (above, below) = np.random.default_rng(seed), PARENTS
    points, kinds, forms = random.integers(1, 6, n), random.integers(2, size=n), random.integers(2, size=n)
    pillars, nodes = (1 + 0.25 * (1 - 2 * random.random((n, size))) for size in (2, 8))
    pillars /= pillars.sum(axis=1, keepdims=True)
    sums = np.stack([nodes[:, above == pillar].sum(axis=1) for pillar in (0, 1)], axis=1)
    shares = nodes / sums[:, above] * pillars[:, above]
    equal = (below[:, None] == np.arange(8)) / np.bincount(below)
    scores, ranks = np.empty((n, len(values))), np.empty((n, len(values)), dtype=np.uint8)
    ordered, places = np.sort(values, axis=0), np.arange(1, len(values) + 1, dtype=np.uint8)
    for treated, kind, form in itertools.product(range(1, 6), range(2), range(2)):
        table, at = np.minimum(values, ordered[-1 - treated]), (points == treated) & (kinds == kind) & (forms == form)
        low, high = table.min(axis=0), table.max(axis=0)
        ranged = 1 + 99 * (table - low) / (high - low)
        table = 10 + 2 * (table - table.mean(axis=0)) / table.std(axis=0, ddof=1) if kind else ranged
        found = np.exp(shares[at] @ (np.log(table) @ equal).T) if form else shares[at] @ (table @ equal).T
        order = np.argsort(-found, axis=1)
        best = np.take_along_axis(found, order, axis=1)
        starts = np.broadcast_to(places, found.shape).copy()
        starts[:, 1:] *= best[:, :-1] - best[:, 1:] > 1e-12 * np.abs(best[:, :1])
        ranked = np.empty(found.shape, dtype=np.uint8)
        np.put_along_axis(ranked, order, np.maximum.accumulate(starts, axis=1), axis=1)
        scores[at], ranks[at] = found, ranked
    return scores, ranks


def beside_the_loop(n: int, repeats: int = 5) -> tuple[float, float]:
    """Return the CPU microseconds a draw of `uncertainty` and of `plain_loop`, 51x49, by turns; of each the best."""
    data, framework = random_case(51, (2, 8, 49))
    jobs = (lambda: uncertainty(data, framework, SPACE, n, 1, keep=True)), (lambda: plain_loop(data.to_numpy(), n, 1))
    times: tuple[list, list] = [], []
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        for turn in range(repeats + 1):
            for job, taken in zip(jobs, times, strict=True):
                started = time.process_time()
                job()
                if turn:
                    taken.append(time.process_time() - started)
    ours, theirs = (min(taken) / n * 1e6 for taken in times)
    return ours, theirs


def product(units: int, columns: int, n: int) -> float:
    """Return the microseconds a draw of the bare matrix products: units × columns times columns × draws, by matrix."""
    left, right = np.random.rand(units, columns), np.random.rand(columns, n // MATRICES)
    times = []
    with one_thread():
        for _ in range(20):
            started = time.perf_counter()
            left @ right
            times.append(time.perf_counter() - started)
    return statistics.median(times) / right.shape[1] * 1e6


def peak() -> None:
    """Print the peak memory of this process after many draws, in MiB."""
    data, framework = random_case(51, (2, 8, 49))
    uncertainty(data, framework, SPACE, MANY, 1, keep=False)
    status = Path("/proc/self/status")
    if status.exists():
        # the operating system's other count holds what the process was before it became this program
        kibibytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    else:
        # a Mac counts bytes
        kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(float(kibibytes) / 1024)


def main() -> None:
    shapes = {"51x49": (51, (2, 8, 49), 200_000), "39x16": (39, (3, 11, 16), 200_000)}
    for shape, (units, families, n) in shapes.items():
        took = microseconds(units, families, n, keep=True)
        print(f"uncertainty {shape}: {took:.2f} µs per draw")
        # leaves are collapsed into the nodes below which no weight varies before the product is made
        print(f"matrix products {shape}: {product(units, families[-2], 16_384) / took:.0%} of it")
        print(f"matrix product without collapsing {shape}: {product(units, families[-1], 16_384):.2f} µs per draw")
    for n in (10_000, 200_000):
        ours, theirs = beside_the_loop(n)
        print(f"uncertainty, {n} draws beside a plain NumPy loop 51x49: {ours / theirs:.2f} times")
        print(f"plain NumPy loop, {n} draws 51x49: {theirs:.2f} µs per draw")
    print(f"uncertainty 3000x500: {microseconds(3000, (5, 50, 500), 10_000, 1, keep=False):.0f} µs per draw")
    took = microseconds(51, (2, 8, 49), MANY, 1, keep=False)
    print(f"uncertainty, {MANY} draws summed up 51x49: {took:.2f} µs per draw")
    command = [sys.executable, __file__, "peak"]
    megabytes = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(f"uncertainty, {MANY} draws summed up, peak memory 51x49: {megabytes:.0f} MiB")


if __name__ == "__main__":
    peak() if sys.argv[1:] == ["peak"] else main()
