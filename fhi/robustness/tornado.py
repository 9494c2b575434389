"""One assumption at a time: how far each moves the ranks while all the others stay at the reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from fhi.framework import Framework
from fhi.parameters import Method
from fhi.robustness import draws
from fhi.robustness.draws import BLOCK, Sample
from fhi.robustness.engine import evaluate
from fhi.robustness.plan import Plan
from fhi.robustness.ranks import rank
from fhi.robustness.space import DATA_NOISE, WEIGHT_NOISE, Space
from fhi.robustness.study import Study
from fhi.robustness.uncertainty import whole


def tornado(
    data: pd.DataFrame,
    framework: Framework,
    space: Mapping[str, Any] | Space,
    seed: int = 0,
    *,
    method: Method | None = None,
    among: Iterable[str] | None = None,
    units: pd.DataFrame | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Return the best and the worst rank of each unit under each assumption alone.

    Of an assumption with alternatives each is tried; of noise, `BLOCK` draws are made, and the ranks that cut off
    ``(1 − level)/2`` of them on each side are given.

    Parameters
    ----------
    data, framework, space, seed, method, among, units
        As for `fhi.robustness.uncertainty`.

    Returns
    -------
    pandas.DataFrame
        ``city, assumption, reference, best, worst, best_at, worst_at``: ranks, and the alternatives that give them
        (empty for noise, and where the rank stays at the reference).

    Raises
    ------
    RobustnessError
        If an alternative cannot be computed with the others at the reference.
    """
    study = Study.of(data, framework, space, method, among, units)
    samples = {name: _alone(study, name, whole(seed, "seed", 0)) for name in study.model.space.assumptions}
    codes = np.concatenate([study.model.codes(sample) for sample in samples.values()])
    plan = Plan(study.model, codes, study.ranked)
    labels = {choice.name: choice.labels for choice in study.model.space.choices}
    frames = []
    for name, sample in samples.items():
        ranks = rank(evaluate(plan, sample)).astype(int)
        if name in labels:
            frames.append(_alternatives(study, ranks, labels[name]).assign(assumption=name))
        else:
            ends = np.quantile(ranks, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf").astype(int)
            columns = {"reference": study.reference, "best": ends[0], "worst": ends[1], "best_at": "", "worst_at": ""}
            frames.append(pd.DataFrame({"city": study.names, **columns}).assign(assumption=name))
    table = pd.concat(frames, ignore_index=True)
    return table[["city", "assumption", "reference", "best", "worst", "best_at", "worst_at"]]


def _alone(study: Study, name: str, seed: int) -> Sample:
    """Return draws in which one assumption takes all its values and the others none but the reference."""
    model = study.model
    noise = name in (WEIGHT_NOISE, DATA_NOISE)
    count = BLOCK if noise else next(len(choice.values) for choice in model.space.choices if choice.name == name)
    picks = {choice.name: np.zeros(count, dtype=np.int16) for choice in model.space.choices}
    sample = Sample(np.arange(count), picks, {}, {})
    if not noise:
        return replace(sample, picks=picks | {name: np.arange(count, dtype=np.int16)})
    full = draws.with_noise(sample, model.space, model.inputs.tree, len(model.inputs.units), seed, 0)
    return sample.exchanged(full, name)


def _alternatives(study: Study, ranks: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    columns = {"city": study.names, "reference": study.reference}
    for end, places in {"best": ranks.argmin(axis=0), "worst": ranks.argmax(axis=0)}.items():
        columns[end] = ranks[places, np.arange(len(places))]
        moved = columns[end] != study.reference
        columns[f"{end}_at"] = np.where(moved, np.array(labels, dtype=object)[places], "")
    return pd.DataFrame(columns)
