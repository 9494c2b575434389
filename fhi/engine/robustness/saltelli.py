"""Which assumptions move the ranks: shares of variance over the whole space, and one assumption at a time."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness import draws, parallel
from fhi.engine.robustness.draws import BLOCK, Sample, with_noise
from fhi.engine.robustness.engine import Plan, evaluate
from fhi.engine.robustness.monte_carlo import CELLS, Study, whole
from fhi.engine.robustness.space import DATA_NOISE, OF_DATA, WEIGHT_NOISE, Space
from fhi.engine.robustness.summary import rank, shifts

#: resamples that are drawn at a time
AT_ONCE = 50


@dataclass(frozen=True)
class Indices:
    """First-order and total indices of several outputs, inputs × outputs, with bootstrap intervals.

    Attributes
    ----------
    first, total : numpy.ndarray
        NaN for an output that does not vary.
    first_interval, total_interval : numpy.ndarray
        2 × inputs × outputs: the low and the high end.
    variance : numpy.ndarray
        By output.
    """

    first: np.ndarray
    total: np.ndarray
    first_interval: np.ndarray
    total_interval: np.ndarray
    variance: np.ndarray


def design(inputs: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two matrices A and B of n × inputs numbers from [0, 1): the halves of one scrambled Sobol' sequence.

    Parameters
    ----------
    n : int
        A power of two.

    Returns
    -------
    a, b : numpy.ndarray
        n × inputs.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181; Owen (1998), Scrambling Sobol' and Niederreiter-Xing
    points, Journal of Complexity 14(4).
    """
    from scipy.stats import qmc  # slow to import

    sampler = qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed))
    numbers = sampler.random_base2(n.bit_length() - 1)
    return numbers[:, :inputs], numbers[:, inputs:]


def indices(
    a: np.ndarray, b: np.ndarray, crossed: np.ndarray, *, seed: int = 0, level: float = 0.95, resamples: int = 1000
) -> Indices:
    """Estimate the indices from the outputs of a Saltelli design.

    With f centred and V its variance over A and B, ``S_i = mean(f_B·(f_ABi − f_A))/V`` (Saltelli et al. 2010) and
    ``T_i = mean((f_A − f_ABi)²)/(2·V)`` (Jansen 1999).

    Parameters
    ----------
    a, b : numpy.ndarray
        Outputs at the rows of A and of B, n × outputs.
    crossed : numpy.ndarray
        Outputs at A with one input taken from B, inputs × n × outputs.
    seed : int
        Of the bootstrap.
    level : float
        Of the intervals: percentiles over resampled rows of the design.
    resamples : int

    Returns
    -------
    Indices
        Shares of variance, inputs × outputs.

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of model
    output, Computer Physics Communications 181; Jansen (1999), Computer Physics Communications 117.
    """
    inputs, n, outputs = crossed.shape
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
    a, b, crossed = a - centre, b - centre, crossed - centre
    products = np.concatenate([b * (crossed - a), (crossed - a) ** 2, [a + b], [a**2 + b**2]])
    products = products.transpose(1, 2, 0).reshape(n, -1)
    varies = (np.ptp(a, axis=0) > 0) | (np.ptp(b, axis=0) > 0)
    rng = np.random.default_rng(seed)
    resampled = [_resampled(products, rng, min(AT_ONCE, resamples - start)) for start in range(0, resamples, AT_ONCE)]
    first, total, variance = _shares(products.mean(axis=0).reshape(outputs, -1), inputs, varies)
    spread = _shares(np.concatenate(resampled).reshape(resamples, outputs, -1), inputs, varies)
    ends = [np.quantile(one, [(1 - level) / 2, (1 + level) / 2], axis=0) for one in spread[:2]]
    return Indices(first, total, *ends, variance)


def _resampled(products: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return the column means over rows drawn with replacement, one row a resample."""
    n = len(products)
    rows = rng.integers(0, n, (count, n))
    weights = np.stack([np.bincount(row, minlength=n) for row in rows]).astype(float)
    return weights @ products / n


def _shares(means: np.ndarray, inputs: int, varies: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first-order and total indices, … × inputs × outputs, and the variance, from mean products."""
    variance = np.where(varies, means[..., -1] / 2 - (means[..., -2] / 2) ** 2, 0.0)
    divisor = np.where(variance > 0, variance, np.nan)[..., None]
    first, total = means[..., :inputs] / divisor, means[..., inputs : 2 * inputs] / (2 * divisor)
    return np.swapaxes(first, -1, -2), np.swapaxes(total, -1, -2), variance


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
        found = indices(outputs[0], outputs[1], outputs[2:], seed=seed, level=level, resamples=resamples)
    table = _table(found, names, study.names, unranked)
    _warn(table, n)
    return table


def _halves(study: Study, n: int, seed: int) -> list[Sample]:
    """Return the alternatives of the two halves of the design, without noise."""
    choices = study.model.space.choices
    numbers = design(len(choices), n, seed) if choices else (np.empty((n, 0)),) * 2
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


def _table(found: Indices, names: list[str], units: list[str], unranked: np.ndarray) -> pd.DataFrame:
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


#: outputs that a warning names
NAMED = 25


def _warn(table: pd.DataFrame, n: int) -> None:
    wide = table[~table["readable"] & (table["variance"] > 0)]
    if len(wide):
        found = [*dict.fromkeys(wide["city"].fillna("the shift of the ranks"))]
        names = ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} others" if len(found) > NAMED else "")
        message = f"intervals wider than {WIDE} at n = {n} for {names}: do not read these indices; raise n to {4 * n}."
        warnings.warn(message, WideIntervals, stacklevel=3)


def tornado(
    data: pd.DataFrame,
    framework: Framework,
    space: Mapping[str, Any] | Space,
    seed: int = 0,
    *,
    method: Method | None = None,
    among: Iterable[str] | None = None,
    units: pd.DataFrame | None = None,
    draws: int = BLOCK,
    level: float = 0.9,
) -> pd.DataFrame:
    """Return the best and the worst rank of each unit under each assumption alone.

    Of an assumption with alternatives each is tried, all the others being at their first; of noise, draws are made,
    of shares all points are, and the ranks that cut off ``(1 − level)/2`` of them on each side are given.

    Parameters
    ----------
    data, framework, space, seed, method, among, units
        As for `fhi.engine.robustness.uncertainty`.
    draws : int
        At most `BLOCK`, of each kind of noise.
    level : float

    Returns
    -------
    pandas.DataFrame
        ``city, assumption, base, best, worst, best_at, worst_at, unranked``: ranks with every assumption at its first
        alternative, the best and the worst, and the alternatives that give them (empty for noise, and where the rank
        stays at the base). `unranked` is the number of alternatives, or draws of noise, under which the unit has no
        score: they are left out, and a rank is missing if there is no other.

    Raises
    ------
    RobustnessError
        If an alternative cannot be computed with the others at their first.
    """
    study = Study.of(data, framework, space, method, among, units)
    space = study.model.space
    samples = {name: _alone(study, name, whole(seed, "seed", 0), draws) for name in space.assumptions}
    codes = np.concatenate([study.model.codes(sample) for sample in samples.values()])
    plan = Plan(study.model, codes, study.ranked)
    base = _ranks(plan, _still(space, 1))[0]
    labels = {choice.name: np.array(choice.labels, dtype=object) for choice in space.choices}
    tables = []
    for name, sample in samples.items():
        ranks = _ranks(plan, sample)
        if name in labels and name not in OF_DATA:
            # of ranks that are missing these take no notice
            ends = np.fmin.reduce(ranks), np.fmax.reduce(ranks)
            at = [labels[name][(ranks == end).argmax(axis=0)] for end in ends]
        else:
            ends, at = _quantiles(ranks, [(1 - level) / 2, (1 + level) / 2]), ("", "")
        table = pd.DataFrame({"city": study.names, "assumption": name, "base": base, "best": ends[0], "worst": ends[1]})
        words = [np.where((end == base) | np.isnan(end), "", text) for end, text in zip(ends, at, strict=True)]
        tables.append(table.assign(best_at=words[0], worst_at=words[1], unranked=np.isnan(ranks).sum(axis=0)))
    table = pd.concat(tables, ignore_index=True)
    ranks = table[["base", "best", "worst"]]
    return table.assign(**ranks.astype("Int64" if ranks.isna().any(axis=None) else int))


def _ranks(plan: Plan, sample: Sample) -> np.ndarray:
    """Return draws × units: the ranks, NaN where a unit has no score."""
    ranks = rank(evaluate(plan, sample)).astype(float)
    ranks[ranks == 0] = np.nan
    return ranks


def _quantiles(ranks: np.ndarray, shares: list[float]) -> np.ndarray:
    """Return shares × units: the least ranks that such shares of the draws that rank a unit do not exceed."""
    known = [column[~np.isnan(column)] for column in ranks.T]
    found = [np.quantile(column, shares, method="inverted_cdf") if len(column) else [np.nan] * 2 for column in known]
    return np.transpose(found)


def _still(space: Space, count: int) -> Sample:
    """Return draws with every assumption at its first alternative and no noise."""
    return Sample(np.arange(count), {choice.name: np.zeros(count, dtype=np.int16) for choice in space.choices})


def _alone(study: Study, name: str, seed: int, count: int) -> Sample:
    """Return draws in which one assumption takes all its values while the others stay still."""
    model = study.model
    if name in (WEIGHT_NOISE, DATA_NOISE):
        still = _still(model.space, count)
        (full,) = with_noise({"": still}, model.space, model.inputs.tree, len(model.inputs.units), seed, 0)
        return replace(full, weights={}) if name == DATA_NOISE else replace(full, data={}, sets=None)
    choice = next(choice for choice in model.space.choices if choice.name == name)
    # the value of the panel, which the others keep, is no point
    drawn = np.flatnonzero(choice.probabilities).astype(np.int16)
    still = _still(model.space, len(drawn))
    return replace(still, picks=still.picks | {name: drawn})
