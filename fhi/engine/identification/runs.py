"""What each group of facts, each restriction of the weights and each single fact does to the bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.identification.bounds import DECIMALS, IdentifiedSet
from fhi.engine.identification.program import Infeasible

#: the run of bounds.csv: all facts, free weights
ALL = "all"
#: the run of what the report says of the index itself: its order and its tier means
INDEX = "index"
#: the run in which an order says nothing of how far its scores lie apart
GAPLESS = {"all, gap 0": {"least_gap": 0.0}}
#: restrictions of the weights, all facts in each
RESTRICTED: Mapping[str, dict] = {
    "all, equal inside parents": {"weights": "equal-inside-parents"},
    "all, indicators within 1/48-1/4": {"weights": "between-1/48-and-1/4"},
}


def variants(facts: pd.DataFrame) -> dict[str, dict]:
    """Return by name what else is assumed with all the facts, as options of `IdentifiedSet`.

    No least gap of an order; the indicators whose values are known by min-max, if there are any; `RESTRICTED`.
    """
    known = facts.loc[facts["kind"] == "value", "node"].unique()
    measured = {f"all, {', '.join(known)} by min-max": {"normalisation": "min-max"}} if len(known) else {}
    return GAPLESS | measured | RESTRICTED


def runs(
    facts: pd.DataFrame,
    framework: Framework,
    groups: Sequence[str] | None = None,
    varied: Mapping[str, dict] | None = None,
) -> dict[str, IdentifiedSet]:
    """Return the identified set of each run: the index alone, facts group by group, all of them, then the variants.

    Parameters
    ----------
    facts : pandas.DataFrame
    framework : Framework
    groups : sequence of str, optional
        The groups of the facts in the order in which they are added (default: in the order in which they stand).
    varied : mapping, optional
        Name → options of `IdentifiedSet` (default: `variants`).
    """
    groups = list(facts["group"].unique()) if groups is None else list(groups)
    sets = {INDEX: IdentifiedSet(facts[facts["node"] == framework.root], framework)}
    for count in range(1, len(groups)):
        chosen = groups[:count]
        sets["+".join(chosen)] = IdentifiedSet(facts[facts["group"].isin(chosen)], framework)
    sets[ALL] = IdentifiedSet(facts, framework)
    varied = variants(facts) if varied is None else varied
    return sets | {name: IdentifiedSet(facts, framework, **options) for name, options in varied.items()}


def by_facts(sets: Mapping[str, IdentifiedSet]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the bounds of scores (in the root) and of weights for every run but the one of all facts.

    Returns
    -------
    scores : pandas.DataFrame
        ``facts, city, node, low, high``; a run whose facts and restrictions contradict each other has no rows.
    weights : pandas.DataFrame
        ``facts, node, low, high``.
    """
    scores, weights = [], []
    for name, identified in sets.items():
        if name == ALL:
            continue
        try:
            scores.append(identified.score_bounds([identified.framework.root]).assign(facts=name))
            weights.append(identified.weight_bounds().assign(facts=name))
        except Infeasible:
            continue
    order = ["facts", "city", "node", "low", "high"]
    weights = pd.concat(weights, ignore_index=True)[["facts", "node", "low", "high"]]
    return pd.concat(scores, ignore_index=True)[order], weights


def weight_maps(sets: Mapping[str, IdentifiedSet]) -> pd.DataFrame:
    """Return the corners of the possible pillar weights: ``facts, corner`` and one column a pillar."""
    frames = []
    for name, identified in sets.items():
        if name == ALL or identified.restricted:
            try:
                corners = identified.weight_map()
            except Infeasible:
                continue
            frames.append(corners.assign(facts=name, corner=range(1, len(corners) + 1)))
    return pd.concat(frames, ignore_index=True)[["facts", "corner", *frames[0].columns[:3]]]


def gap_bounds(sets: Mapping[str, IdentifiedSet], order: list[str]) -> pd.DataFrame:
    """Return ``facts, city, next, low, high`` of the score gap between neighbours of an order of cities."""
    records = []
    for name, identified in sets.items():
        for city, following in pairwise(order):
            try:
                gap = identified.score(city) - identified.score(following)
                records.append((name, city, following, *identified.bounds(gap)))
            except Infeasible:
                break
    return pd.DataFrame(records, columns=["facts", "city", "next", "low", "high"])


def influence(identified: IdentifiedSet) -> pd.DataFrame:
    """Return how much wider the score bounds get without each single fact.

    Only the programs in which a constraint of the fact binds are solved again: where its dual values are all
    zero, the optimum stays the optimum without it.

    Returns
    -------
    pandas.DataFrame
        ``id, page, group, kind, node, widening``: the sum over the cities of the growth of high − low, in
        points of score, largest first.
    """
    targets = {(city, sign): sign * identified.score(city) for city in identified.space.cities for sign in (1, -1)}
    optima, binding = {}, {}
    for key, objective in targets.items():
        optima[key] = identified.program.minimise(objective)[0]
        duals = np.abs(identified.program.marginals()) > 1e-9
        binding[key] = {row.fact for row, active in zip(identified.rows, duals, strict=True) if active}
    records = []
    for fact in identified.facts.itertuples():
        affected = [key for key in targets if fact.id in binding[key]]
        widening = 0.0
        if affected:
            program = identified.without(fact.id)
            widening = sum(optima[key] - program.minimise(targets[key])[0] for key in affected)
        records.append((fact.id, fact.page, fact.group, fact.kind, fact.node, max(round(widening, DECIMALS), 0.0)))
    frame = pd.DataFrame(records, columns=["id", "page", "group", "kind", "node", "widening"])
    return frame.sort_values(["widening", "id"], ascending=[False, True], ignore_index=True)
