"""The identified set: all weights and scores that the published facts allow, bounds on them, and its centre."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from scipy.linalg import null_space

from fhi.engine.errors import MethodError, choose
from fhi.engine.framework import Framework
from fhi.engine.identification.constraints import RESTRICTIONS, Row, ceilings, fact_rows, space_of, whole
from fhi.engine.identification.program import LinearProgram, MergedProgram
from fhi.engine.ranking import outward

#: bounds are given to this many decimals, rounded outward
DECIMALS = 6
#: the solver keeps each constraint to 1e-7: an optimum so near to a decimal is that decimal
SOLVED = 2e-7
#: a weight that cannot exceed this is forced to zero
ZERO = 1e-6


class IdentifiedSet:
    """The weights and contributions that satisfy a set of published facts (a polytope).

    Parameters
    ----------
    facts : pandas.DataFrame
        One constraint a row; see `fact_rows`.
    framework : Framework
    weights : str, optional
        A restriction of the weights, a name of `RESTRICTIONS` (default ``free``).
    normalisation : str, optional
        How known indicators were normalised: ``linear`` (any increasing linear function), ``min-max`` or
        ``increasing`` (any increasing function).
    least_gap : float, optional
        In place of the gap of every order, as a share of the weight of its node.
    top, floor : bool, optional
        Whether scores end at 100 and at 0. Without one of them an end of a bound may be infinite.

    Notes
    -----
    Every bound is the optimum of one linear program over the polytope; a score inside a node is a ratio of
    two linear expressions, made linear by the step of Charnes & Cooper (1962).
    """

    def __init__(
        self,
        facts: pd.DataFrame,
        framework: Framework,
        *,
        weights: str = "free",
        normalisation: str = "linear",
        least_gap: float | None = None,
        top: bool = True,
        floor: bool = True,
    ):
        self.facts, self.framework = facts, framework
        self.space = space_of(facts, framework, normalisation, top, floor)
        restriction = choose(RESTRICTIONS, weights, "weights")
        self.restricted = weights != "free"
        self._rows = [whole(self.space), *fact_rows(facts, self.space, least_gap), *restriction(self.space)]
        self.program = MergedProgram(self._rows, self.space, self.space.size)

    @cached_property
    def rows(self) -> list[Row]:
        """All constraints over the weights and contributions of single indicators."""
        return [*ceilings(self.space), *self._rows]

    @cached_property
    def _unmerged(self) -> LinearProgram:
        return LinearProgram(self.rows, self.space.size, self.space.free)

    def weight(self, node: str) -> np.ndarray:
        """Return the weight of a node as a linear expression; expressions add up and scale like vectors."""
        return self.space.weight(node)

    def score(self, city: str, node: str | None = None) -> np.ndarray:
        """Return a city's score in the index, or what its score in a node contributes to it, as an expression.

        Parameters
        ----------
        city : str
        node : str, optional
            Default: the root.

        Returns
        -------
        numpy.ndarray
            Coefficients over the variables; its value at a point is in points of the index: the score times the
            weight of the node.

        Raises
        ------
        MethodError
            If no fact names the city, or there is no such node.
        """
        return self.space.score(city, node or self.framework.root)

    def bounds(self, target: np.ndarray) -> tuple[float, float]:
        """Return the least and the greatest value of a linear expression that the facts allow, rounded outward.

        Raises
        ------
        Infeasible
            If the facts contradict each other (see `fhi.engine.identification.analyses.consistent`).
        """
        program = self.program if self.program.holds(target) else self._unmerged
        return _rounded(*program.bounds(target))

    def score_bounds(self, nodes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return ``city, node, low, high`` of the score of every city in the given nodes, 0-100.

        The default nodes are the root and its children. Bounds are missing in a node of forced zero weight.
        """
        root = self.framework.root
        records = []
        for node in nodes or [root, *self.framework.children(root)]:
            for city, (low, high) in self._scores(node).items():
                records.append((city, node, low, high))
        return pd.DataFrame(records, columns=["city", "node", "low", "high"])

    def _scores(self, node: str) -> dict[str, tuple[float, float]]:
        cities = self.space.cities
        if node != self.framework.root and self.bounds(self.weight(node))[1] <= ZERO:
            return dict.fromkeys(cities, (float("nan"), float("nan")))
        program, more = (self.program, []) if node == self.framework.root else (self._inside(node), [0.0])
        found = program.all_bounds([np.append(self.score(city, node), more) for city in cities])
        return {city: _rounded(*pair) for city, pair in zip(cities, found, strict=True)}

    def _inside(self, node: str) -> LinearProgram:
        """Return the program in x/W and 1/W, W the weight of the node: a score inside it is then linear."""
        rows = [Row(np.append(row.expression, -row.bound), 0.0, row.equal, row.fact) for row in self._rows]
        rows.append(Row(np.append(self.weight(node), 0.0), 1.0, equal=True))
        return MergedProgram(rows, self.space, self.space.size + 1, self.space.below(node))

    def weight_bounds(self) -> pd.DataFrame:
        """Return ``node, low, high`` of the share of every node below the root in the index."""
        nodes = self.framework.nodes
        found = self.program.all_bounds([self.weight(node) for node in nodes])
        records = [(node, *_rounded(*pair)) for node, pair in zip(nodes, found, strict=True)]
        return pd.DataFrame(records, columns=["node", "low", "high"])

    def forced_to_zero(self) -> list[str]:
        """Return the nodes whose weight the facts force to zero."""
        return [node for node in self.framework.nodes if self.bounds(self.weight(node))[1] <= ZERO]

    def without(self, fact: str) -> LinearProgram:
        """Return the program without the constraints of one fact."""
        return MergedProgram([row for row in self._rows if row.fact != fact], self.space, self.space.size)

    def weight_map(self) -> pd.DataFrame:
        """Return the corners of the area of possible pillar weights, in order around it.

        One column a child of the root, one row a corner; each row sums to 1. The area is the projection of
        the polytope: from a first triangle, each edge is pushed outwards until no point lies beyond it.
        """
        pillars = self.framework.children(self.framework.root)
        expressions = np.array([self.weight(pillar) for pillar in pillars])
        plane = _plane(len(pillars))
        angles = 2 * np.pi * np.arange(3) / 3
        corners = [self._extreme(expressions, np.array([np.cos(a), np.sin(a)]) @ plane) for a in angles]
        while True:
            beyond = [
                self._beyond(expressions, plane, *edge) for edge in zip(corners, corners[1:] + corners[:1], strict=True)
            ]
            if not any(point is not None for point in beyond):
                break
            pairs = zip(corners, beyond, strict=True)
            corners = [point for pair in pairs for point in pair if point is not None]
        return pd.DataFrame(_distinct(corners), columns=pillars).round(DECIMALS)

    def _extreme(self, expressions: np.ndarray, direction: np.ndarray) -> np.ndarray:
        return expressions @ self.program.minimise(-direction @ expressions)[1]

    def _beyond(self, expressions, plane, start, end) -> np.ndarray | None:
        """Return the furthest possible point outside the edge from start to end, if there is one."""
        along = plane @ (end - start)
        if np.hypot(*along) < 1e-7:
            return None
        outward = np.array([along[1], -along[0]]) / np.hypot(*along) @ plane
        point = self._extreme(expressions, outward)
        return point if outward @ (point - start) > 1e-7 else None


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Return both ends to the decimals that the solver supports, rounded outward."""
    return tuple(float(end) for end in outward(low, high, DECIMALS, SOLVED))


def _plane(size: int) -> np.ndarray:
    """Return two orthonormal directions of the plane of weights that sum to one (three pillars)."""
    if size != 3:
        raise ValueError(f"the map of weights is for three pillars, not {size}")
    return np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt([[2], [6]])


def _distinct(corners: list[np.ndarray]) -> np.ndarray:
    """Return the corners without repeated neighbours."""
    points = np.array(corners)
    apart = np.abs(points - np.roll(points, 1, axis=0)).max(axis=1) > 1e-7
    return points[apart] if apart.any() else points[:1]


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
    # the directions that keep all equations
    free = null_space(np.vstack([equations, matrix[~open_walls]]), rcond=1e-10)
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
