"""One assumption at a time: how far each moves the ranks while all the others stay at their first alternative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi.framework import Framework
from fhi.parameters import Method
from fhi.robustness.draws import BLOCK, Sample, with_noise
from fhi.robustness.engine import evaluate
from fhi.robustness.monte_carlo import whole
from fhi.robustness.plan import Plan
from fhi.robustness.ranks import rank
from fhi.robustness.space import DATA_NOISE, SHARES, WEIGHT_NOISE, Space
from fhi.robustness.study import Study


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
        As for `fhi.robustness.uncertainty`.
    draws : int
        At most `BLOCK`, of each kind of noise.
    level : float

    Returns
    -------
    pandas.DataFrame
        ``city, assumption, base, best, worst, best_at, worst_at``: ranks with every assumption at its first
        alternative, the best and the worst, and the alternatives that give them (empty for noise, and where the rank
        stays at the base).

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
    base = rank(evaluate(plan, _still(space, 1)))[0].astype(int)
    labels = {choice.name: np.array(choice.labels, dtype=object) for choice in space.choices}
    tables = []
    for name, sample in samples.items():
        ranks = rank(evaluate(plan, sample)).astype(int)
        if name in labels and name != SHARES:
            best, worst = ranks.argmin(axis=0), ranks.argmax(axis=0)
            ends, at = (ranks.min(axis=0), ranks.max(axis=0)), (labels[name][best], labels[name][worst])
        else:
            ends = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf").astype(int)
            at = ("", "")
        table = pd.DataFrame({"city": study.names, "assumption": name, "base": base, "best": ends[0], "worst": ends[1]})
        tables.append(
            table.assign(best_at=np.where(ends[0] == base, "", at[0]), worst_at=np.where(ends[1] == base, "", at[1]))
        )
    return pd.concat(tables, ignore_index=True)


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
