"""Which assumptions move the ranks: shares of variance over the whole space, and one assumption at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness import draws, parallel, sobol
from fhi.engine.robustness.draws import BLOCK, Sample
from fhi.engine.robustness.engine import evaluate
from fhi.engine.robustness.monte_carlo import whole
from fhi.engine.robustness.plan import Plan
from fhi.engine.robustness.ranks import rank, shifts
from fhi.engine.robustness.space import Space
from fhi.engine.robustness.study import CELLS, Study

#: an interval that is wider cannot be read
WIDE = 0.2
#: the two halves of a Saltelli design
SIDES = ("A", "B")


class WideIntervals(UserWarning):
    """Sobol' indices whose intervals are too wide to read."""


def sensitivity(
    data: pd.DataFrame,
    framework: Framework,
    space: Mapping[str, Any] | Space,
    n: int = 4096,
    seed: int = 0,
    *,
    method: Method | None = None,
    among: Iterable[str] | None = None,
    units: pd.DataFrame | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    workers: int = 1,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Return the Sobol' indices of each assumption for the shift of the ranks and for each unit's rank.

    The design has n·(d + 2) draws for d assumptions. All the noise on weights is one input, and so is all the noise
    on data: they are exchanged as a whole.

    Parameters
    ----------
    data, framework, space, seed, method, among, units, workers, cluster
        As for `fhi.engine.robustness.uncertainty`.
    n : int
        A power of two.
    level, resamples
        Of the bootstrap intervals.

    Returns
    -------
    pandas.DataFrame
        ``output`` (``shift``, the mean absolute shift of the ranks from the reference, or ``rank``), ``city`` (empty
        for the shift), ``assumption``, ``first, first_low, first_high, total, total_low, total_high`` (missing for an
        output that does not vary), ``variance`` of the output, ``readable``: no interval is wider than `WIDE`, and
        ``unranked``: draws of the design in which the unit has no score. A share of variance needs every draw of the
        design: with any `unranked` the indices and the variance are missing. The shift is that of the units that a
        draw ranks, against the reference among them; its `unranked` are draws that rank no unit.

    Warns
    -----
    WideIntervals
        If there are some that are wider, with what to do.

    Raises
    ------
    RobustnessError
        If a draw cannot be computed: with its assumptions.
    MethodError
        If `n` is no power of two, or another argument is bad.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators, Journal of the Royal Statistical Society A 168(2).
    """
    n, seed = whole(n, "n", 2), whole(seed, "seed", 0)
    if n & (n - 1):
        near = 2 ** (n.bit_length() - 1)
        raise MethodError(f"n must be a power of two, as {near} or {2 * near}; found {n}.", key="n", value=n)
    study = Study.of(data, framework, space, method, among, units)
    names = study.model.space.assumptions
    halves = _halves(study, n, seed)
    codes = [study.model.codes(sample) for sample in _designs(names, *halves)]
    plan = Plan(study.model, np.concatenate(codes), study.ranked)
    tasks = [(first, *(half.take(slice(first, first + BLOCK)) for half in halves)) for first in range(0, n, BLOCK)]
    function = partial(_task, plan, study.reference, seed)
    sizes = [len(task[1]) * (len(names) + 2) for task in tasks]
    parts = parallel.run(function, tasks, workers=workers, cluster=cluster, sizes=sizes, title="sensitivity")
    outputs = np.concatenate(list(parts), axis=1)
    # rank 0 is no rank; the estimator has no use for a design with holes
    unranked = np.concatenate([np.isnan(outputs[..., :1]), outputs[..., 1:] == 0], axis=2).sum(axis=(0, 1))
    outputs[..., unranked > 0] = 0.0
    with parallel.one_thread():
        found = sobol.indices(outputs[0], outputs[1], outputs[2:], seed=seed, level=level, resamples=resamples)
    table = _table(found, names, study.names, unranked)
    _warn(table, n)
    return table


def _halves(study: Study, n: int, seed: int) -> list[Sample]:
    """Return the alternatives of the two halves of the design, without noise."""
    choices = study.model.space.choices
    numbers = sobol.design(len(choices), n, seed) if choices else (np.empty((n, 0)),) * 2
    return [
        Sample(np.arange(n), {choice.name: choice.pick(half[:, i]) for i, choice in enumerate(choices)})
        for half in numbers
    ]


def _designs(names: list[str], a: Sample, b: Sample) -> Iterator[Sample]:
    """Yield A, B, and A with each assumption in turn from B."""
    yield a
    yield b
    for name in names:
        yield a.exchanged(b, name)


def _task(plan: Plan, reference: np.ndarray, seed: int, task: tuple[int, Sample, Sample]) -> np.ndarray:
    """Return designs × rows × outputs: the mean absolute shift, then the rank of each unit."""
    first, *halves = task
    model = plan.model
    sides = dict(zip(SIDES, halves, strict=True))
    full = draws.with_noise(sides, model.space, model.inputs.tree, len(model.inputs.units), seed, first)
    designs = _designs(model.space.assumptions, *full)
    rows, together = len(full[0]), CELLS // (len(full[0]) * len(plan.ranked))
    samples = [draws.join(designs)] if together >= 4 else designs
    ranks = np.concatenate([rank(evaluate(plan, sample)) for sample in samples])
    ranks = ranks.reshape(-1, rows, len(plan.ranked)).astype(np.int32)
    shift = np.stack([shifts(design, reference) for design in ranks])[..., None]
    return np.concatenate([shift, ranks], axis=2)


def _table(found: sobol.Indices, names: list[str], units: list[str], unranked: np.ndarray) -> pd.DataFrame:
    frames = []
    for place, (output, city) in enumerate([("shift", None), *(("rank", unit) for unit in units)]):
        columns = {"output": output, "city": city, "assumption": names}
        for kind in ("first", "total"):
            columns[kind] = getattr(found, kind)[:, place]
            columns[f"{kind}_low"], columns[f"{kind}_high"] = getattr(found, f"{kind}_interval")[:, :, place]
        variance = np.nan if unranked[place] else found.variance[place]
        frames.append(pd.DataFrame(columns).assign(variance=variance, unranked=unranked[place]))
    table = pd.concat(frames, ignore_index=True)
    widths = [table[f"{kind}_high"] - table[f"{kind}_low"] for kind in ("first", "total")]
    readable = (widths[0] <= WIDE) & (widths[1] <= WIDE)
    return table.assign(readable=readable, unranked=table.pop("unranked"))


def _warn(table: pd.DataFrame, n: int) -> None:
    wide = table[~table["readable"] & (table["variance"] > 0)]
    if len(wide):
        names = ", ".join(dict.fromkeys(wide["city"].fillna("the shift of the ranks")))
        message = f"intervals wider than {WIDE} at n = {n} for {names}: do not read these indices; raise n to {4 * n}."
        warnings.warn(message, WideIntervals, stacklevel=3)
