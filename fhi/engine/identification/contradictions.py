"""Facts that contradict each other: found node by node, the fewest to drop named, the rest kept.

Weak orders swallow a contradiction: two opposite orders hold together as a tie, or by a weight of zero. So
the facts about a node, and about the nodes below it, are checked alone with the node's weight at 1 and a
least gap in every order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.identification.constraints import SAME, TOP, Row, Space, ceilings, fact_rows, space_of, whole
from fhi.engine.identification.program import Infeasible, LinearProgram

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
            dropped |= dict.fromkeys(fewest_to_drop(about, facts, space, node, least_gap), node)
    rest = facts[~facts["id"].isin(dropped)]
    dropped |= dict.fromkeys(fewest_to_drop(rest, facts, space, framework.root, None), framework.root)
    lost = facts[facts["id"].isin(dropped)][["id", "page"]]
    return facts[~facts["id"].isin(dropped)], lost.assign(node=lost["id"].map(dropped))


def fewest_to_drop(
    about: pd.DataFrame, facts: pd.DataFrame, space: Space, node: str, least_gap: float | None
) -> list[str]:
    """Return the ids of the fewest facts to drop so that the rest hold together with the node's weight at 1.

    A mixed-integer program: a fact with its binary variable at 1 is relaxed by more than it can be violated by,
    and the sum of these variables is least.
    """
    rows = [whole(space), *ceilings(space), *_of(fact_rows(facts, space, least_gap), about["id"])]
    rows.append(Row(space.weight(node), 1.0, equal=True))
    try:
        LinearProgram(rows, space.size, space.free).minimise(np.zeros(space.size))
        return []
    except Infeasible:
        pass
    ids, most = about["id"].tolist(), _most_violated(about)
    relaxed = [part for row in rows for part in _relaxed(row, ids, most)]
    binaries = list(range(space.size, space.size + len(ids)))
    program = LinearProgram(relaxed, space.size + len(ids), space.free, binaries)
    objective = np.concatenate([np.zeros(space.size), np.ones(len(ids))])
    solution = program.minimise(objective)[1]
    return [id for id, value in zip(ids, solution[space.size :], strict=True) if value > 0.5]


def _of(rows: Sequence[Row], ids) -> list[Row]:
    wanted = set(ids)
    return [row for row in rows if row.fact in wanted]


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
