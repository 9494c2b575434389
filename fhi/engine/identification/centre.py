"""One point of the identified set: its analytic centre, the point furthest from all its walls together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.identification.bounds import DECIMALS, ZERO, IdentifiedSet
from fhi.engine.identification.constraints import Row
from fhi.engine.identification.program import LinearProgram

STEPS = 200
CLOSE = 1e-12


def central_scores(identified: IdentifiedSet) -> pd.DataFrame:
    """Return ``city, node, score`` at the analytic centre, for the root and its children.

    Indicative only: every point within the bounds fits the published facts as well. Scores are missing in a node
    of forced zero weight.
    """
    point, space, root = analytic_centre(identified), identified.space, identified.framework.root
    records = []
    for node in [root, *identified.framework.children(root)]:
        weight = space.weight(node) @ point
        share = weight if weight > ZERO else float("nan")
        records += [(city, node, space.score(city, node) @ point / share) for city in space.cities]
    return pd.DataFrame(records, columns=["city", "node", "score"]).round(DECIMALS)


def central_weights(identified: IdentifiedSet) -> pd.DataFrame:
    """Return ``node, weight`` (the share in the index) at the analytic centre."""
    point = analytic_centre(identified)
    records = [(node, identified.weight(node) @ point) for node in identified.framework.nodes]
    return pd.DataFrame(records, columns=["node", "weight"]).round(DECIMALS)


@lru_cache(maxsize=4)
def analytic_centre(identified: IdentifiedSet) -> np.ndarray:
    """Return the analytic centre: the one point that maximises ``Σ log s_i``.

    The s_i are the slacks of the inequalities, those of x ≥ 0 included; inequalities that hold with equality
    everywhere in the set count as equations. Newton's method with a line search from an interior point; the
    optimum is unique because the logarithms are strictly concave over a bounded set.

    Raises
    ------
    MethodError
        If Newton's method does not converge.

    References
    ----------
    Boyd & Vandenberghe (2004), Convex Optimization, section 8.5.3.
    """
    walls = [*(row for row in identified.rows if not row.equal), *_signs(identified)]
    matrix = np.array([row.expression for row in walls])
    limits = np.array([row.bound for row in walls])
    equations = np.array([row.expression for row in identified.rows if row.equal])
    point, open_walls = _interior_point(identified, matrix, limits)
    free = _null_space(np.vstack([equations, matrix[~open_walls]]))
    return _newton(point, matrix[open_walls], limits[open_walls], free)


def _signs(identified: IdentifiedSet) -> list[Row]:
    """Return x ≥ 0 as inequalities, for the variables that may not be negative."""
    space = identified.space
    return [Row(-unit, 0.0) for place, unit in enumerate(np.eye(space.size)) if place not in space.free]


def _interior_point(identified: IdentifiedSet, matrix, limits) -> tuple[np.ndarray, np.ndarray]:
    """Return a point with room to every wall that leaves any, and which walls those are.

    Maximises Σ u_i with 0 ≤ u_i ≤ 1 over ``A x + u ≤ b t``, t ≥ 1: at the optimum u_i is 1 where the wall
    leaves room somewhere in the set, else 0 (Freund, Roundy & Todd 1985); x/t is the point.
    """
    size, count = identified.space.size, len(matrix)
    total = size + 1 + count
    rows = []
    for row in identified.rows:
        if row.equal:
            rows.append(Row(np.concatenate([row.expression, [-row.bound], np.zeros(count)]), 0.0, equal=True))
    slacks = np.eye(count)
    for expression, bound, slack in zip(matrix, limits, slacks, strict=True):
        rows.append(Row(np.concatenate([expression, [-bound], slack]), 0.0))
        rows.append(Row(np.concatenate([np.zeros(size + 1), slack]), 1.0))
    rows.append(Row(-np.eye(1, total, size)[0], -1.0))
    program = LinearProgram(rows, total, identified.space.free)
    solution = program.minimise(np.concatenate([np.zeros(size + 1), -np.ones(count)]))[1]
    return solution[:size] / solution[size], solution[size + 1 :] > 0.5


def _null_space(matrix: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis, in columns, of the directions that keep all equations."""
    _, singular, directions = np.linalg.svd(matrix, full_matrices=True)
    rank = int((singular > singular[0] * 1e-10).sum())
    return directions[rank:].T


def _newton(point: np.ndarray, matrix: np.ndarray, limits: np.ndarray, free: np.ndarray) -> np.ndarray:
    reduced = matrix @ free
    for _ in range(STEPS):
        slack = limits - matrix @ point
        gradient = reduced.T @ (1 / slack)
        hessian = reduced.T @ (reduced / slack[:, None] ** 2)
        step = np.linalg.solve(hessian, -gradient)
        decrement = -gradient @ step
        if decrement < CLOSE:
            # so near, one more full step squares what is left of the error
            return point + free @ step
        # the damped step of self-concordant functions never leaves the set
        length = 1.0 if decrement < 0.0625 else 1 / (1 + np.sqrt(decrement))
        point = point + length * (free @ step)
    raise MethodError("the analytic centre was not reached.", key="identification")
