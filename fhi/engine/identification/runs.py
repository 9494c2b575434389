"""What each group of facts, each restriction of the weights and each single fact does to the bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.identification.bounds import DECIMALS, IdentifiedSet
from fhi.engine.identification.program import Infeasible

#: the run of bounds.csv: all facts, free weights
ALL = "all"
#: the run of what the report says of the index itself: its order and its tier means
INDEX = "index"


def runs(
    facts: pd.DataFrame,
    framework: Framework,
    groups: Sequence[str] = (),
    variants: Mapping[str, Mapping[str, Any]] = {},
) -> dict[str, IdentifiedSet]:
    """Return the identified set of each run: the index alone, facts group by group, all of them, then the variants.

    Parameters
    ----------
    facts : pandas.DataFrame
    framework : Framework
    groups : sequence of str, optional
        Groups of facts in the order in which they are added (default: as they first stand in the facts).
    variants : mapping, optional
        Name -> options of `IdentifiedSet`, all facts in each.

    Returns
    -------
    dict
        A run of facts that say nothing of the index itself, or of no unit, is left out.
    """
    groups = tuple(groups) or tuple(facts["group"].unique())
    parts = {INDEX: facts[facts["node"] == framework.root]}
    for count in range(1, len(groups)):
        parts["+".join(groups[:count])] = facts[facts["group"].isin(groups[:count])]
    sets = {name: IdentifiedSet(part, framework) for name, part in parts.items() if len(part)}
    sets[ALL] = IdentifiedSet(facts, framework)
    return sets | {name: IdentifiedSet(facts, framework, **options) for name, options in variants.items()}


def by_facts(sets: Mapping[str, IdentifiedSet]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the bounds of scores (in the root) and of weights for every run but the one of all facts.

    Returns
    -------
    scores : pandas.DataFrame
        ``facts, city, node, low, high``; a run whose facts and restrictions contradict each other has no rows.
    weights : pandas.DataFrame
        ``facts, node, low, high``.
    """
    order = ["facts", "city", "node", "low", "high"]
    scores, weights = [pd.DataFrame(columns=order)], [pd.DataFrame(columns=["facts", "node", "low", "high"])]
    for name, identified in sets.items():
        if name == ALL:
            continue
        try:
            scores.append(identified.score_bounds([identified.framework.root]).assign(facts=name))
            weights.append(identified.weight_bounds().assign(facts=name))
        except Infeasible:
            continue
    frames = [pd.concat(parts[1:] or parts, ignore_index=True)[[*parts[0]]] for parts in (scores, weights)]
    return frames[0], frames[1]


def weight_maps(sets: Mapping[str, IdentifiedSet]) -> pd.DataFrame:
    """Return the corners of the possible pillar weights: ``facts, corner`` and one column a pillar.

    Of all facts, and of the runs that restrict the weights. A map needs three pillars; with another number it is empty.
    """
    framework = sets[ALL].framework
    pillars = framework.children(framework.root)
    frames = [pd.DataFrame(columns=["facts", "corner", *pillars])]
    for name, identified in sets.items() if len(pillars) == 3 else ():
        if name == ALL or identified.restricted:
            try:
                corners = identified.weight_map()
            except Infeasible:
                continue
            frames.append(corners.assign(facts=name, corner=range(1, len(corners) + 1)))
    return pd.concat(frames[1:] or frames, ignore_index=True)[["facts", "corner", *pillars]]


def gap_bounds(sets: Mapping[str, IdentifiedSet], order: list[str]) -> pd.DataFrame:
    """Return ``facts, city, next, low, high`` of the score gap between neighbours of an order of cities.

    Of each run, the neighbours among the cities that its facts name.
    """
    records = []
    for name, identified in sets.items():
        named = [city for city in order if city in identified.space.cities]
        for city, following in pairwise(named):
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
    targets = {(city, sign): sign * identified.score(city) for sign in (1, -1) for city in identified.space.cities}
    optima, binding = {}, {}
    for key, objective in targets.items():
        optima[key] = identified.program.minimise(objective)[0]
        duals = np.abs(identified.program.marginals()) > 1e-9
        binding[key] = {row.fact for row, active in zip(identified.program.rows, duals, strict=True) if active}
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
