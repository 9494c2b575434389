"""The identified set: all weights and scores that the published facts allow, and bounds on what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from fhi.engine.errors import choose
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
        """Return a city's score in the index, or what its score in a node contributes to it, as an expression."""
        return self.space.score(city, node or self.framework.root)

    def bounds(self, target: np.ndarray) -> tuple[float, float]:
        """Return the least and the greatest value of a linear expression that the facts allow, rounded outward.

        Raises
        ------
        Infeasible
            If the facts contradict each other (see `fhi.engine.identification.contradictions`).
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
        corners = [self._extreme(expressions, direction @ plane) for direction in _compass(3)]
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


def _compass(count: int) -> np.ndarray:
    angles = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _distinct(corners: list[np.ndarray]) -> np.ndarray:
    """Return the corners without repeated neighbours."""
    points = np.array(corners)
    apart = np.abs(points - np.roll(points, 1, axis=0)).max(axis=1) > 1e-7
    return points[apart] if apart.any() else points[:1]
