"""The index of two scenarios, read or built, side by side: ranks that moved, through what, and agreement."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.agreement import kendall_tau_b, shifts
from fhi.engine.explain import common_mean, decompose
from fhi.engine.framework import Framework
from fhi.engine.index import Index, build, combine
from fhi.engine.parameters import COMBINING
from fhi.scenarios import ASIDE, Scenario, read_method
from fhi.store import Store

CONTRIBUTIONS = ["city", "node", "base_weight", "weight", "base_score", "score", "contribution", "relative"]


def moves(base: Result, other: Result, framework: Framework) -> pd.DataFrame:
    """Return the ranks of the index and the pillars in both results.

    Parameters
    ----------
    base : Result
        What is compared with.
    other : Result
        What is compared.
    framework : Framework

    Returns
    -------
    pandas.DataFrame
        ``node, city, base_rank, rank`` (as built), ``shift, base_score, score, difference``, one row a node and city
        with a score in either. ``shift`` compares the cities that have a score in both, ranked among themselves:
        positive is a lower place than in `base`, missing if there are not two scores. ``difference`` is score less
        base_score.
    """
    frames = []
    for node in [framework.root, *framework.children(framework.root)]:
        sides = {"base_": base.index, "": other.index}
        columns = {f"{side}rank": index.ranks[node] for side, index in sides.items()}
        frame = pd.DataFrame(columns | {f"{side}score": index.scores[node] for side, index in sides.items()})
        frame = frame[frame[["base_score", "score"]].notna().any(axis=1)].rename_axis("city")
        shift = shifts(frame["base_score"], frame["score"])["shift"].reindex(frame.index).astype("Int64")
        frames.append(frame.assign(node=node, shift=shift, difference=frame["score"] - frame["base_score"]))
    table = pd.concat(frames).reset_index()
    columns = ["node", "city", "base_rank", "rank", "shift", "base_score", "score", "difference"]
    return table[columns].astype({"base_rank": "Int64", "rank": "Int64"})


def agreement(base: Result, other: Result, framework: Framework) -> float:
    """Return Kendall's tau-b of the scores of the two results, over the cities that have both.

    Parameters
    ----------
    base : Result
        What is compared with.
    other : Result
        What is compared.
    framework : Framework
    """
    pair = pd.DataFrame({"base": base.index.scores[framework.root], "other": other.index.scores[framework.root]})
    pair = pair.dropna()
    return kendall_tau_b(pair["base"], pair["other"])


def contributions(base: Result, other: Result, framework: Framework) -> pd.DataFrame:
    """Split the difference of each city's scores into what each indicator contributes.

    With arithmetic means at every level of both results a score is ``Σ W·x`` over the indicators (W the city's own
    effective weights: a cell that it lacks leaves its weight to the siblings), and an indicator contributes ``W·x`` of
    the one less that of the other: a change of its weight, of its normalised value, or of both. With geometric means
    in both the same holds of ``ln``. No such split is exact for other methods; then the table is empty.

    Parameters
    ----------
    base : Result
        What is compared with.
    other : Result
        What is compared.
    framework : Framework

    Returns
    -------
    pandas.DataFrame
        ``city, node, base_weight, weight, base_score, score`` (normalised), ``contribution``, which sums over the
        indicators to the difference of the city's scores (of their logarithms, if geometric), and ``relative``, which
        sums to the difference of its standardised scores (mean 0, standard deviation 1 over the cities, ddof 1): of
        each result ``W·(x − m)/s``, m and s the mean and deviation of the scores, less the mean over the cities. What
        all cities gain alike, or in proportion, moves no rank and is nothing in `relative`.
    """
    scale = common_mean(framework, base.method, other.method)
    scored = [item.index.scores[framework.root].dropna().index for item in (base, other)]
    cities = scored[0].intersection(scored[1])
    if scale is None or cities.empty:
        return pd.DataFrame(columns=CONTRIBUTIONS)
    effective = pd.DataFrame({name: item.index.weights["effective"] for name, item in (("a", base), ("b", other))})
    leaves = [leaf for leaf in framework.leaves if (effective.loc[leaf] > 0).any()]
    before, after = (_terms(item, framework, cities, leaves, scale) for item in (base, other))
    relative = after["standardised"] - before["standardised"]
    table = before[["weight", "score"]].add_prefix("base_").join(after[["weight", "score"]])
    table["contribution"] = after["term"] - before["term"]
    table["relative"] = relative - relative.groupby(level="node").transform("mean")
    return table.reset_index()[CONTRIBUTIONS]


def _terms(result: Result, framework: Framework, cities: pd.Index, leaves: list[str], scale: str) -> pd.DataFrame:
    """Return by city and node the own weight, the score, their product and its part in the standardised score."""
    weights, values = (frame[leaves] for frame in decompose(result.index, framework, cities, scale))
    scores = result.index.scores.loc[cities, leaves]
    totals = (weights * values).sum(axis=1)
    spread = totals.std(ddof=1)
    standardised = weights * (values - totals.mean()) / (spread if spread > 0 else np.nan)
    parts = {"weight": weights, "score": scores, "term": weights * values, "standardised": standardised}
    named = {name: frame.rename_axis(index="city", columns="node") for name, frame in parts.items()}
    return pd.DataFrame({name: frame.stack(future_stack=True) for name, frame in named.items()})


def across(results: list[Result], framework: Framework, published: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranks of all results side by side, and how far each agrees with the first and with the published.

    Parameters
    ----------
    results : list of Result
        The first is what the others are compared with.
    framework : Framework
    published : pandas.Series
        Published rank by city.

    Returns
    -------
    ranks : pandas.DataFrame
        ``scenario, city, rank`` (as built), ``shift`` against the first result, see `moves`.
    agreement : pandas.DataFrame
        ``scenario, cities, tau_b`` (Kendall's, with the first result), ``moved`` (cities), ``mean_shift``,
        ``published_tau_b`` (with the published ranks).
    """
    frames, rows = [], []
    first, root = results[0], framework.root
    for result in results:
        scores = result.index.scores[root]
        moved = shifts(first.index.scores[root], scores)["shift"]
        ranks = result.index.ranks[root].dropna().rename("rank").rename_axis("city").reset_index()
        frames.append(ranks.assign(scenario=result.name, shift=ranks["city"].map(moved).astype("Int64")))
        printed = pd.DataFrame({"score": scores, "published": -published}).dropna()
        agreed = agreement(first, result, framework)
        tau = kendall_tau_b(printed["score"], printed["published"])
        rows.append((result.name, len(ranks), agreed, int((moved != 0).sum()), float(moved.abs().mean()), tau))
    columns = ["scenario", "cities", "tau_b", "moved", "mean_shift", "published_tau_b"]
    table = pd.concat(frames, ignore_index=True)[["scenario", "city", "rank", "shift"]]
    return table, pd.DataFrame(rows, columns=columns)


class Data(NamedTuple):
    """What every scenario is built from: the panel, the indicator tree, and the table of cities by name."""

    panel: pd.DataFrame
    framework: Framework
    units: pd.DataFrame


class Result(NamedTuple):
    """A built index with the name of its scenario and its method; one built in memory with its data."""

    name: str
    method: Scenario
    index: Index
    data: Data | None = None


def read_data(store: Store) -> Data:
    """Return the data that a built scenario rests on."""
    tree = Framework.from_table(store["tables/framework"], f"{store.processed}/tables/framework.csv")
    return Data(store["panel"], tree, store["tables/cities"].set_index("name_zh"))


def read_result(store: Store) -> Result:
    """Return the index of a built scenario, with the method as it was resolved for it.

    Raises
    ------
    DataError
        If it has not been built.
    """
    weights, scores, ranks = store["weights"], store["scores"], store["ranks"]
    stages = {"normalised": store["normalised"].set_index("city")}
    built = Index(scores.set_index("city"), ranks.set_index("city").astype("Int64"), weights.set_index("node"), stages)
    return Result(store.scenario, read_method(store), built)


def build_result(name: str, method: Scenario, data: Data) -> Result:
    """Build an index in memory; errors as of `fhi.engine.index.build`.

    Parameters
    ----------
    name : str
        Of the scenario.
    method : Scenario
    data : Data
        What it is built from.
    """
    return Result(name, method, build(data.panel, data.framework, method, units=data.units), data)


def rebuild_result(name: str, method: Scenario, data: Data, *near: Result) -> Result:
    """Build an index in memory, starting from results of the same data; errors as of `fhi.engine.index.build`.

    Where the method differs from that of one of them in weights and aggregation alone, its normalised indicators are
    combined anew, which gives the same and takes a tenth of the time.

    Parameters
    ----------
    name : str
        Of the scenario.
    method : Scenario
    data : Data
        What it is built from.
    *near : Result
        Results of the same data.
    """
    for result in near:
        differ = {key for key in type(method).model_fields if getattr(method, key) != getattr(result.method, key)}
        if not differ <= COMBINING | ASIDE:
            continue
        index = result.index
        if differ & COMBINING:
            index = combine(index.stages["normalised"], data.framework, method)
            index = replace(index, stages=result.index.stages | index.stages)
        return Result(name, method, index, data)
    return build_result(name, method, data)
