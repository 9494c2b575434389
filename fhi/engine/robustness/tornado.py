"""One assumption at a time: how far each moves the ranks while all the others stay at their first alternative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness.draws import BLOCK, Sample, with_noise
from fhi.engine.robustness.engine import evaluate
from fhi.engine.robustness.measurement_error import DATA_NOISE
from fhi.engine.robustness.monte_carlo import whole
from fhi.engine.robustness.plan import Plan
from fhi.engine.robustness.ranks import rank
from fhi.engine.robustness.space import SHARES, WEIGHT_NOISE, Space
from fhi.engine.robustness.study import Study


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
        if name in labels and name != SHARES:
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
