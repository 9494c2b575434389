"""Points drawn evenly from a bounded polytope, by hit-and-run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: what a row must be able to clear to count as an inequality; below it, it holds as an equation
CLEAR = 1e-6
#: moves of hit-and-run a dimension, and rounds before in which their directions are fitted to the polytope
STEPS, ROUNDS = 10, 3


class Polytope(NamedTuple):
    """The points x with ``equal @ x = level`` and ``below @ x ≤ limit``.

    Attributes
    ----------
    equal, level, below, limit : numpy.ndarray
        Rows × dimensions, and one number a row.
    """

    equal: np.ndarray
    level: np.ndarray
    below: np.ndarray
    limit: np.ndarray

    def best(self, cost: np.ndarray) -> np.ndarray | None:
        """Return a point of least cost; None if the polytope is empty.

        Raises
        ------
        ValueError
            If the polytope is not bounded in that direction.
        """
        # slow to import, and not always needed
        from scipy.optimize import linprog

        given = {"A_eq": self.equal, "b_eq": self.level, "A_ub": self.below, "b_ub": self.limit}
        found = linprog(cost, **given, bounds=(None, None), method="highs")
        if found.status == 3:
            raise ValueError("the polytope has no bound")
        return found.x if found.status == 0 else None

    def inside(self, points: np.ndarray, tolerance: float = 1e-7) -> np.ndarray:
        """Return for each point (a row) whether it lies in the polytope."""
        level = np.abs(points @ self.equal.T - self.level) <= tolerance
        return level.all(axis=1) & (points @ self.below.T <= self.limit + tolerance).all(axis=1)


def draw(polytope: Polytope, count: int, source: np.random.Generator) -> np.ndarray:
    """Return points spread evenly over a polytope, points × dimensions.

    Hit-and-run: each point starts at the analytic centre, where the product of all slacks is greatest, and moves again
    and again in a random direction of the d dimensions that are free, to a place uniform on the chord. Directions are
    normal with the covariance of the polytope, long and thin as it may be: first that of the barrier at the centre,
    then that of the points, found in `ROUNDS` of 4·d moves; with the last one each makes ``STEPS·d`` more.

    Raises
    ------
    ValueError
        If the polytope is empty or has no bound.

    References
    ----------
    Smith (1984), Operations Research 32(6).
    """
    polytope, centre = _solid(polytope)
    _, sizes, rows = np.linalg.svd(polytope.equal)
    free = rows[(sizes > 1e-9 * sizes.max(initial=0.0)).sum() :].T
    size = free.shape[1]
    if not size:
        return np.repeat(centre[None], count, axis=0)
    rates, slack = polytope.below @ free, polytope.limit - polytope.below @ centre
    # a row that no free direction changes has no part in the walk
    moving = np.abs(rates).max(axis=1, initial=0.0) > 1e-12
    rates, slack = rates[moving], slack[moving]
    start, root = _analytic(rates, slack)
    walk = _Walk(rates, slack, start, max(count, 8 * size), source)
    for _ in range(ROUNDS):
        walk.go(4 * size, root)
        root = np.linalg.cholesky(np.cov(walk.places.T).reshape(size, size) + 1e-12 * np.eye(size))
    walk.go(STEPS * size, root)
    return centre + walk.places[:count] @ free.T


class _Walk:
    """Points that move side by side where ``rates @ place ≤ slack``, all from one start."""

    def __init__(self, rates, slack, start: np.ndarray, count: int, source: np.random.Generator):
        self.rates, self.source = rates, source
        self.places = np.repeat(start[None], count, axis=0)
        self.left = np.repeat((slack - rates @ start)[None], count, axis=0)

    def go(self, steps: int, root: np.ndarray) -> None:
        """Move so many times, in directions ``root @ z`` of standard normal z."""
        for _ in range(steps):
            ways = self.source.standard_normal(self.places.shape) @ root.T
            speed = ways @ self.rates.T
            with np.errstate(divide="ignore", invalid="ignore"):
                # the reciprocal of the time to each row: the nearest ahead has the greatest, behind the least
                hurry = speed / self.left
            ahead, back = 1 / hurry.max(axis=1), 1 / hurry.min(axis=1)
            times = (back + (ahead - back) * self.source.random(len(ways)))[:, None]
            self.places += times * ways
            self.left = np.maximum(self.left - times * speed, 1e-300)


def _analytic(rates: np.ndarray, slack: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the sum of the logarithms of ``slack − rates @ place`` is greatest, and a root of its covariance.

    Damped Newton steps from 0, which is inside (Boyd and Vandenberghe, Convex Optimization, section 9.6).
    """
    place, decrement = np.zeros(rates.shape[1]), np.inf
    while True:
        near = 1 / (slack - rates @ place)
        inverse = np.linalg.inv((rates * near[:, None] ** 2).T @ rates)
        if decrement < 1e-8:
            return place, np.linalg.cholesky((inverse + inverse.T) / 2)
        gradient = rates.T @ near
        step = inverse @ gradient
        decrement = np.sqrt(gradient @ step)
        place -= step / (1 + decrement)


def _solid(polytope: Polytope) -> tuple[Polytope, np.ndarray]:
    """Return a polytope with the inequalities that hold as equations among the equations, and its centre."""
    size, rows = polytope.equal.shape[1], len(polytope.limit)
    # a slack of its own for every row, all as great as may be up to a limit that all can clear together
    own = _with_slack(polytope, np.eye(rows), CLEAR)
    found = own.best(np.concatenate([np.zeros(size), -np.ones(rows)]))
    if found is None:
        raise ValueError("the polytope is empty")
    tight = found[size:] < CLEAR / 2
    solid = Polytope(
        np.concatenate([polytope.equal, polytope.below[tight]]),
        np.concatenate([polytope.level, polytope.limit[tight]]),
        polytope.below[~tight],
        polytope.limit[~tight],
    )
    one = _with_slack(solid, np.ones((len(solid.limit), 1)), 1e6)
    centre = one.best(np.concatenate([np.zeros(size), [-1.0]]))
    return solid, (found if centre is None else centre)[:size]


def _with_slack(polytope: Polytope, slack: np.ndarray, most: float) -> Polytope:
    """Return a polytope with further dimensions: slack between 0 and `most` that the inequalities must leave."""
    count = slack.shape[1]
    blank = np.zeros((count, polytope.equal.shape[1]))
    ends = [np.hstack([blank, sign * np.eye(count)]) for sign in (1, -1)]
    return Polytope(
        np.hstack([polytope.equal, np.zeros((len(polytope.level), count))]),
        polytope.level,
        np.vstack([np.hstack([polytope.below, slack]), *ends]),
        np.concatenate([polytope.limit, np.full(count, most), np.zeros(count)]),
    )
