"""What facts do to bounds: those that contradict each other, groups of them, each alone, what is assumed behind them.

Weak orders swallow a contradiction: two opposite orders hold together as a tie, or by a weight of zero. So
the facts about a node, and about the nodes below it, are checked alone with the node's weight at 1 and a
least gap in every order.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import Framework
from fhi.engine.identification.bounds import DECIMALS, IdentifiedSet, Infeasible, LinearProgram
from fhi.engine.identification.constraints import SAME, TOP, Row, Space, ceilings, fact_rows, space_of, whole

#: the gap, in points of a node's score, that every order must keep in the check
LEAST_GAP = 0.01
#: more than any constraint of scores within 0-100 can be violated by
BIG = 4 * TOP


def consistent(
    facts: pd.DataFrame, framework: Framework, least_gap: float = LEAST_GAP
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the facts without the fewest that must be dropped, and those dropped.

    Parameters
    ----------
    facts : pandas.DataFrame
        One constraint a row.
    least_gap : float, optional
        Gap of every order in the checks of single nodes, in points of the node's score.

    Returns
    -------
    kept : pandas.DataFrame
    dropped : pandas.DataFrame
        ``id, page, node`` (the node whose check found it), in the order of the file.
    """
    space = space_of(facts, framework)
    dropped: dict[str, str] = {}
    for node in [*reversed(framework.nodes), framework.root]:
        about = facts[facts["node"].isin(framework.subtree(node)) & ~facts["id"].isin(dropped)]
        if len(about):
            dropped |= dict.fromkeys(_fewest_to_drop(about, facts, space, node, least_gap), node)
    rest = facts[~facts["id"].isin(dropped)]
    dropped |= dict.fromkeys(_fewest_to_drop(rest, facts, space, framework.root, None), framework.root)
    lost = facts[facts["id"].isin(dropped)][["id", "page"]]
    return facts[~facts["id"].isin(dropped)], lost.assign(node=lost["id"].map(dropped))


def _fewest_to_drop(
    about: pd.DataFrame, facts: pd.DataFrame, space: Space, node: str, least_gap: float | None
) -> list[str]:
    """Return the ids of the fewest facts to drop so that the rest hold together with the node's weight at 1.

    A mixed-integer program: a fact with its binary variable at 1 is relaxed by more than it can be violated by,
    and the sum of these variables is least.
    """
    stated = [row for row in fact_rows(facts, space, least_gap) if row.fact in set(about["id"])]
    rows = [whole(space), *ceilings(space), *stated]
    rows.append(Row(space.weight(node), 1.0, equal=True))
    with suppress(Infeasible):
        LinearProgram(rows, space.size, space.free).minimise(np.zeros(space.size))
        return []
    ids, most = about["id"].tolist(), _most_violated(about)
    relaxed = [part for row in rows for part in _relaxed(row, ids, most)]
    binaries = list(range(space.size, space.size + len(ids)))
    program = LinearProgram(relaxed, space.size + len(ids), space.free, binaries)
    objective = np.concatenate([np.zeros(space.size), np.ones(len(ids))])
    solution = program.minimise(objective)[1]
    return [id for id, value in zip(ids, solution[space.size :], strict=True) if value > 0.5]


def _most_violated(about: pd.DataFrame) -> dict[str, float]:
    """Return for each fact more than its constraints can be violated by, in points of score.

    A known value lies on the line through two others, which need be no steeper than where their ends, within the
    tolerance, are nearest to one another without being the same.
    """
    most = dict.fromkeys(about["id"], BIG)
    for _, known in about[about["kind"] == "value"].groupby("node"):
        value, tolerance = known["value_value"].to_numpy(), known["tolerance"].to_numpy()
        low, high = value - tolerance, value + tolerance
        steps = np.abs(high[:, None] - low)[~np.eye(len(known), dtype=bool)]
        steps = steps[steps > SAME]
        if len(steps):
            furthest = np.maximum(high - low.min(), high.max() - low)
            most |= dict(zip(known["id"], BIG + TOP * furthest / steps.min(), strict=True))
    return most


def _relaxed(row: Row, ids: list[str], most: dict[str, float]) -> list[Row]:
    """Return the constraint with the binary variable of its fact; an equation as two inequalities."""
    switch = np.zeros(len(ids))
    if row.fact is None:
        return [Row(np.append(row.expression, switch), row.bound, row.equal)]
    switch[ids.index(row.fact)] = -most[row.fact]
    parts = [(row.expression, row.bound), (-row.expression, -row.bound)] if row.equal else [(row.expression, row.bound)]
    return [Row(np.append(expression, switch), bound, fact=row.fact) for expression, bound in parts]


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
        with suppress(Infeasible):
            if name != ALL:
                scores.append(identified.score_bounds([identified.framework.root]).assign(facts=name))
                weights.append(identified.weight_bounds().assign(facts=name))
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
        with suppress(Infeasible):
            if name == ALL or identified.restricted:
                corners = identified.weight_map()
                frames.append(corners.assign(facts=name, corner=range(1, len(corners) + 1)))
    return pd.concat(frames[1:] or frames, ignore_index=True)[["facts", "corner", *pillars]]


def gap_bounds(sets: Mapping[str, IdentifiedSet], order: list[str]) -> pd.DataFrame:
    """Return ``facts, city, next, low, high`` of the score gap between neighbours of an order of cities.

    Of each run, the neighbours among the cities that its facts name.

    Parameters
    ----------
    sets : mapping of str to IdentifiedSet
        By the name of the run (`runs`).
    order : list of str
        Cities from best to worst.

    Returns
    -------
    pandas.DataFrame
        ``facts, city, next, low, high``: `low` and `high` of the score of `city` less that of `next`, in points of the
        index. A run stops at the first pair with which it has no solution.
    """
    records = []
    for name, identified in sets.items():
        named = [city for city in order if city in identified.space.cities]
        with suppress(Infeasible):
            for city, following in pairwise(named):
                gap = identified.score(city) - identified.score(following)
                records.append((name, city, following, *identified.bounds(gap)))
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


#: bounds that differ by more than this have moved; they are rounded outward to 1e-6
MOVED = 1e-5
#: columns of a fact by which an alternative may name the facts that it concerns
SELECTORS = ("id", "group", "kind", "basis")
FILE = "bound_alternatives.csv"
#: columns of bound_alternatives.csv that say in words what an alternative is
WORDS = [f"{column}_{language}" for column in ("name", "value", "alternative", "why") for language in ("zh", "en")]
#: what moved, as columns, where nothing could be computed
NOTHING = dict.fromkeys(
    ["cities_moved", "largest_move", "city", "end", "before", "after", "weights_moved", "largest_weight_move", "node"]
)


#: change that puts a number in place -> the column of the facts in which
NUMBERS = {"value": "value_value", "tolerance": "tolerance"}
#: change of the scale -> options of `IdentifiedSet`
SCALES = {"top": {"top": False}, "floor": {"floor": False}, "increasing": {"normalisation": "increasing"}}


def moves(alternatives: pd.DataFrame | None, facts: pd.DataFrame, identified: IdentifiedSet) -> pd.DataFrame:
    """Return for each alternative which bounds of the index scores and of the weights move, and by how much.

    Parameters
    ----------
    alternatives : pandas.DataFrame
        As ingested from bound_alternatives.csv; None: there are none.
    facts : pandas.DataFrame
        All rows of facts.csv, those included that were dropped as contradictory.
    identified : IdentifiedSet
        Of the facts that were kept, under the assumptions as they are made.

    Returns
    -------
    pandas.DataFrame
        ``id, place`` (1 first), ``outcome`` (``bounds``, ``contradiction``: with the facts nothing satisfies the
        alternative, ``words``: no linear program holds it), ``cities_moved`` of the 20 score bounds of the index,
        ``largest_move`` (points; infinite without an end) with its ``city``, ``end`` (low or high), ``before, after``,
        then ``weights_moved``, ``largest_weight_move`` (share of the index) with its ``node``, and the texts of
        bound_alternatives.csv. What was not computed, and the place of a move where none is, is missing.

    Raises
    ------
    DataError
        If an alternative names no fact, or needs a number and has none.
    """
    if alternatives is None:
        return pd.DataFrame(columns=["id", "place", "outcome", *NOTHING, *WORDS])
    base = _bounds(identified)
    records = []
    for place, row in enumerate(alternatives.to_dict("records"), start=1):
        outcome, found = _moved(row, _chosen(row, facts), identified, base)
        records.append({"id": row["id"], "place": place, "outcome": outcome} | found | {key: row[key] for key in WORDS})
    frame = pd.DataFrame(records)
    return frame.astype({"cities_moved": "Int64", "weights_moved": "Int64"})


def _chosen(row: Mapping, facts: pd.DataFrame) -> set[str]:
    """Return the ids of the facts that an alternative concerns."""
    place = FILE, row.get("row")
    if row["change"] in NUMBERS and pd.isna(row["number"]):
        raise DataError([Problem(*place, "number", None, "the number of the alternative", "fill in the cell")])
    if row["change"] not in (*NUMBERS, "drop"):
        return set()
    chosen: set[str] = set()
    for name in str(row["facts"]).split("|"):
        named = facts.loc[facts[list(SELECTORS)].eq(name).any(axis=1), "id"]
        if named.empty:
            expected = "an id, group, kind or basis of facts.csv"
            raise DataError([Problem(*place, "facts", name, expected, "correct the name")])
        chosen |= set(named)
    return chosen


def _moved(row: Mapping, chosen: set[str], identified: IdentifiedSet, base: tuple) -> tuple[str, dict]:
    if row["change"] == "words":
        return "words", dict(NOTHING)
    facts, framework, change = identified.facts, identified.framework, row["change"]
    named = facts["id"].isin(chosen)
    if change in NUMBERS:
        facts = facts.assign(**{NUMBERS[change]: facts[NUMBERS[change]].mask(named, row["number"])})
    elif change not in SCALES:
        facts = facts[~named if change == "drop" else facts["node"] == framework.root]
    try:
        scores, weights = _bounds(IdentifiedSet(facts, framework, **SCALES.get(change, {})))
    except Infeasible:
        return "contradiction", dict(NOTHING)
    # a city that no fact names any more may have any score
    scores = scores.reindex(base[0].index).fillna({"low": 0.0, "high": TOP})
    return "bounds", dict(zip(NOTHING, _largest(base[0], scores) + _largest(base[1], weights)[:3], strict=True))


def _bounds(identified: IdentifiedSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the score bounds of the index by city, and the weight bounds by node."""
    scores = identified.score_bounds([identified.framework.root]).set_index("city")[["low", "high"]]
    return scores, identified.weight_bounds().set_index("node")


def _largest(before: pd.DataFrame, after: pd.DataFrame) -> tuple:
    """Return how many rows moved, and the largest move with its row, its end and both values."""
    steps = (after - before).abs()
    steps = steps.where(steps > MOVED, 0.0)
    moved = int((steps > 0).any(axis=1).sum())
    if not moved:
        return 0, 0.0, None, None, None, None
    name, end = steps.stack().idxmax()
    return moved, round(float(steps.at[name, end]), 6), name, end, before.at[name, end], after.at[name, end]
