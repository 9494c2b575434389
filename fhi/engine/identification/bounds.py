"""The identified set: all weights and scores that the published facts allow, bounds on them, and its centre."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import highspy
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import null_space

from fhi.engine.errors import MethodError, choose
from fhi.engine.framework import Framework
from fhi.engine.identification.constraints import RESTRICTIONS, TOP, Row, Space, ceilings, fact_rows, space_of, whole
from fhi.engine.ranking import outward
from fhi.engine.share_bounds import analytic

PRIMAL_SIMPLEX = 4


class Infeasible(MethodError):
    """The constraints leave nothing."""


class Unbounded(MethodError):
    """The objective has no least value."""


class LinearProgram:
    """Constraints over variables that are not negative, but for those in `free`.

    Parameters
    ----------
    rows : sequence of Row
    size : int
        Number of variables; of expressions, as `rows` has them.
    free : sequence of int, optional
        Variables without a lower bound.
    binary : sequence of int, optional
        Variables that are 0 or 1 (a mixed-integer program then).
    """

    def __init__(self, rows: Sequence[Row], size: int, free: Sequence[int] = (), binary: Sequence[int] = ()):
        self.size, self.rows = size, rows
        lower, upper = np.zeros(size), np.full(size, highspy.kHighsInf)
        lower[list(free)] = -highspy.kHighsInf
        upper[list(binary)] = 1.0
        bounds = np.array([row.bound for row in rows])
        equal = np.array([row.equal for row in rows], dtype=bool)
        matrix = sparse.csr_array(np.array([row.expression for row in rows]))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, len(rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(size), lower, upper
        model.row_lower_, model.row_upper_ = np.where(equal, bounds, -highspy.kHighsInf), bounds
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if len(binary):
            kinds = np.full(size, highspy.HighsVarType.kContinuous)
            kinds[list(binary)] = highspy.HighsVarType.kInteger
            model.integrality_ = kinds.tolist()
        self._solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("simplex_strategy", PRIMAL_SIMPLEX)):
            self._solver.setOptionValue(option, value)
        self._solver.setOptionValue("presolve", "on" if len(binary) else "off")
        # a binary variable stands before large numbers: a little more than 0 must not pass for 0
        self._solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
        self._solver.passModel(model)
        self._columns = np.arange(size, dtype=np.int32)

    def minimise(self, objective: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the least value of ``objective·x`` and a point that has it.

        Raises
        ------
        Infeasible
            If no point satisfies the constraints.
        Unbounded
            If the objective has no least value.
        MethodError
            If the solver fails.
        """
        self._solver.changeColsCost(self.size, self._columns, np.asarray(objective, dtype=float))
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            value = self._solver.getInfo().objective_function_value
            return float(value), np.array(self._solver.getSolution().col_value)
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            raise Infeasible("the facts and restrictions contradict each other; nothing satisfies them all.")
        kind = Unbounded if status == highspy.HighsModelStatus.kUnbounded else MethodError
        raise kind(f"the linear program ended with {self._solver.modelStatusToString(status)}.")

    def bounds(self, expression: np.ndarray) -> tuple[float, float]:
        """Return the least and the greatest value of an expression; infinite where there is none."""
        return self.all_bounds([expression])[0]

    def all_bounds(self, expressions: Sequence[np.ndarray]) -> list[tuple[float, float]]:
        """Return `bounds` of each expression: all least values before all greatest ones.

        Each solve starts from the last, which is near then (200 units with four printed orders: 0.3 s against 6.5 s).
        """
        low = [self._least(expression) for expression in expressions]
        return list(zip(low, [-self._least(-np.asarray(expression)) for expression in expressions], strict=True))

    def _least(self, expression: np.ndarray) -> float:
        try:
            return self.minimise(expression)[0]
        except Unbounded:
            return -np.inf

    def marginals(self) -> np.ndarray:
        """Return the dual value of each constraint at the last solution; zero where it does not bind."""
        return np.array(self._solver.getSolution().row_dual)


class MergedProgram(LinearProgram):
    """The same program with fewer variables: contributions of a city that no constraint tells apart become their sum.

    Where every constraint but ``y_ck ≤ 100·w_k`` has one coefficient for several ``y_ck`` of a city, only their sum Y
    matters, and ``0 ≤ Y ≤ 100·Σ w_k`` is exactly what their own limits allow: any such Y can be split among them.
    With 200 units in one printed order and 16 indicators, 216 variables are left of 3,216.

    Parameters
    ----------
    rows : sequence of Row
        All constraints but the limits of the contributions (`fhi.engine.identification.constraints.ceilings`).
    space : Space
    size : int
        Number of variables; those beyond ``space.size`` stay as they are.
    apart : sequence of int, optional
        Places of indicators whose contributions are not merged with those of the others.
    """

    def __init__(self, rows: Sequence[Row], space: Space, size: int, apart: Sequence[int] = ()):
        matrix = np.array([row.expression for row in rows]) + 0.0
        leaves, merged, columns = len(space.leaves), {}, np.ascontiguousarray(matrix.T)
        self._group = np.arange(size)
        for place in range(size):
            city, leaf = divmod(place - leaves, leaves)
            contribution = 0 <= city < len(space.cities)
            key = (city, leaf in apart, columns[place].tobytes()) if contribution else place
            self._group[place] = merged.setdefault(key, len(merged))
        self._first = np.unique(self._group, return_index=True)[1]
        self._leaves, self._contributions = leaves, np.arange(leaves, leaves * (1 + len(space.cities)))
        lines = zip(matrix[:, self._first], rows, strict=True)
        reduced = [Row(line, row.bound, row.equal, row.fact) for line, row in lines]
        if space.top:
            reduced += self._ceilings(len(merged))
        super().__init__(reduced, len(merged), np.unique(self._group[space.free]))

    def _ceilings(self, count: int) -> list[Row]:
        """Return ``Y ≤ 100·Σ w_k`` of each sum of contributions."""
        limits = np.zeros((count, count))
        limits[self._group[self._contributions], (self._contributions - self._leaves) % self._leaves] = -TOP
        sums = np.unique(self._group[self._contributions])
        limits[sums, sums] = 1.0
        return [Row(limits[place], 0.0) for place in sums]

    def minimise(self, objective: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the least value of ``objective·x`` and a point of all variables that has it.

        A sum is split among its contributions in proportion to the weights.

        Raises
        ------
        ValueError
            If the objective tells merged contributions apart.
        """
        objective = np.asarray(objective, dtype=float)
        if not self.holds(objective):
            raise ValueError("the objective tells contributions apart that the program has as a sum.")
        value, point = super().minimise(objective[self._first])
        return value, self._split(point)

    def holds(self, expression: np.ndarray) -> bool:
        """Return whether an expression has one coefficient for all contributions of every sum."""
        return bool((expression[self._first][self._group] == expression).all())

    def _split(self, point: np.ndarray) -> np.ndarray:
        full, places = point[self._group], self._contributions
        weights, groups = np.tile(full[: self._leaves], len(places) // self._leaves), self._group[places]
        total, size = (np.bincount(groups, part, len(point))[groups] for part in (weights, None))
        full[places] *= np.divide(weights, total, out=1 / size, where=total > 0)
        return full


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
            edges = zip(corners, corners[1:] + corners[:1], strict=True)
            beyond = [self._beyond(expressions, plane, *edge) for edge in edges]
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
    walls = [row for row in identified.rows if not row.equal]
    # and x ≥ 0, for the variables that may not be negative
    signs = -np.delete(np.eye(identified.space.size), identified.space.free, axis=0)
    matrix = np.vstack([*(row.expression for row in walls), signs])
    limits = np.append([row.bound for row in walls], np.zeros(len(signs)))
    equations = np.array([row.expression for row in identified.rows if row.equal])
    point, open_walls = _interior_point(identified, matrix, limits)
    # the directions that keep all equations
    free = null_space(np.vstack([equations, matrix[~open_walls]]), rcond=1e-10)
    walls, slack = matrix[open_walls], limits[open_walls] - matrix[open_walls] @ point
    return point + free @ analytic(walls @ free, slack)[0]


def _interior_point(identified: IdentifiedSet, matrix, limits) -> tuple[np.ndarray, np.ndarray]:
    """Return a point with room to every wall that leaves any, and which walls those are.

    Maximises Σ u_i with 0 ≤ u_i ≤ 1 over ``A x + u ≤ b t``, t ≥ 1: at the optimum u_i is 1 where the wall
    leaves room somewhere in the set, else 0 (Freund, Roundy & Todd 1985); x/t is the point.
    """
    size, count = identified.space.size, len(matrix)
    total, blank = size + 1 + count, np.zeros(count)
    equal = [row for row in identified.rows if row.equal]
    rows = [Row(np.concatenate([row.expression, [-row.bound], blank]), 0.0, equal=True) for row in equal]
    for expression, bound, slack in zip(matrix, limits, np.eye(count), strict=True):
        rows.append(Row(np.concatenate([expression, [-bound], slack]), 0.0))
        rows.append(Row(np.concatenate([np.zeros(size + 1), slack]), 1.0))
    rows.append(Row(-np.eye(1, total, size)[0], -1.0))
    program = LinearProgram(rows, total, identified.space.free)
    solution = program.minimise(np.concatenate([np.zeros(size + 1), -np.ones(count)]))[1]
    return solution[:size] / solution[size], solution[size + 1 :] > 0.5
