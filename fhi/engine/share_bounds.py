"""Shares of the nation by class: how far printed shares and sums fix those that are not printed, and points among them.

A class is 100 per cent: the cities, and `ELSEWHERE` for all other places, whose sum no order bounds. Numbers count as
printed, without an allowance for rounding. With the shares x ≥ 0 every printed row is linear: a share ``x_c = v``;
a sum of named cities ``Σ x_c = v``; an order ``x_1 ≥ x_2 ≥ … ≥`` every city that is not named; the sum of the first n,
of which one is not named, ``Σ x_c + x_h = v`` with some holder h, and no other city has more than it. Which city is h
is open, so that the set is a union of polytopes, one a holder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, MethodError, Problem

#: what a row must be able to clear to count as an inequality; below it, it holds as an equation
CLEAR = 1e-6
#: moves of hit-and-run a dimension, and rounds before in which their directions are fitted to the polytope
STEPS, ROUNDS = 10, 3
#: steps of Newton's method
MOST = 500


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


def draw(polytope: Polytope, count: int, source: np.random.Generator) -> np.ndarray:
    """Return points spread evenly over a polytope, points × dimensions.

    Hit-and-run: each point starts at the analytic centre, where the product of all slacks is greatest, and moves again
    and again in a random direction of the d dimensions that are free, to a place uniform on the chord. Directions are
    normal with the covariance of the polytope, long and thin as it may be: first that of the barrier at the centre,
    then that of the points, found in `ROUNDS` of 4·d moves; with the last one each makes ``STEPS·d`` more.

    Parameters
    ----------
    polytope : Polytope
    count : int
        How many points.
    source : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        Points × dimensions.

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
    start, root = analytic(rates, slack)
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


def analytic(rates: np.ndarray, slack: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the sum of the logarithms of ``slack − rates @ place`` is greatest, and a root of its covariance.

    Damped Newton steps from 0, which is inside.

    Parameters
    ----------
    rates : numpy.ndarray
        Walls × dimensions.
    slack : numpy.ndarray
        By wall, positive.

    Returns
    -------
    place, root : numpy.ndarray
        By dimension; dimensions × dimensions, the Cholesky root of the inverse of the second derivatives.

    Raises
    ------
    MethodError
        If Newton's method does not converge.

    References
    ----------
    Boyd and Vandenberghe (2004), Convex Optimization, section 9.6.
    """
    place, decrement = np.zeros(rates.shape[1]), np.inf
    for _ in range(MOST):
        near = 1 / (slack - rates @ place)
        inverse = np.linalg.inv((rates * near[:, None] ** 2).T @ rates)
        if decrement < 1e-8:
            return place, np.linalg.cholesky((inverse + inverse.T) / 2)
        gradient = rates.T @ near
        step = inverse @ gradient
        decrement = np.sqrt(gradient @ step)
        place -= step / (1 + decrement)
    raise MethodError("no analytic centre was found; leave out facts that nearly conflict.", key="identification")


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


ELSEWHERE = "elsewhere"
WHOLE = 100.0
#: ends of intervals are differences of numbers with few decimals
DECIMALS = 9
#: kinds of printed rows, with the column that states what each prints
KINDS = {"share": "share", "sum": "printed", "order": "cities", "first": "printed"}
#: and with the column that names the cities
CITIES = {"share": "city", "sum": "cities", "order": "cities", "first": "cities"}
#: how a sum may be printed: 94.1%, 90%以上, 近90%
QUALIFIERS = ("exact", "above", "below")


class Printed(NamedTuple):
    """One printed row about a class.

    Attributes
    ----------
    kind : str
        Of `KINDS`.
    cities : tuple of str
        The cities that it names, in its order.
    value : float
        Per cent; NaN for an order.
    qualifier : str
        Of `QUALIFIERS`.
    file, row, text : str, int, str
        Where it stands and what stands there, for messages.
    """

    kind: str
    cities: tuple[str, ...]
    value: float
    qualifier: str = "exact"
    file: str = "share_sums.csv"
    row: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Class:
    """What is printed of one class.

    Attributes
    ----------
    cities : tuple of str
    printed : tuple of Printed

    Raises
    ------
    DataError
        If rows name unknown cities, are of a form that is not linear, or contradict one another: with each of them.
    """

    cities: tuple[str, ...]
    printed: tuple[Printed, ...]
    places: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "places", (*self.cities, ELSEWHERE))
        problems = [problem for row in self.printed for problem in self._unfit(row)]
        firsts = [row for row in self.printed if row.kind == "first"]
        problems += [_problem(row, "one sum of the first cities of a class", "keep one") for row in firsts[1:]]
        if problems:
            raise DataError(problems)
        if not self._possible(self.printed):
            expected, remedy = "shares from 0 to 100 that agree with the other rows named", "compare them with the page"
            raise DataError([_problem(row, expected, remedy) for row in self._conflict()])

    def _unfit(self, row: Printed) -> Iterator[Problem]:
        column = CITIES[row.kind]
        for city in (city for city in row.cities if city not in self.cities):
            yield _problem(row, f"a city of the class, not {city!r}", "use a name_zh of cities.csv", column)
        if len(set(row.cities)) < len(row.cities):
            yield _problem(row, "each city once", "remove one", column)
        if row.kind != "order" and (row.qualifier not in QUALIFIERS or not np.isfinite(row.value)):
            yield _problem(row, "an exact sum, or one printed as a bound (90%以上, 近90%)", "give the sum as printed")
        if row.kind in ("share", "first") and row.qualifier != "exact":
            yield _problem(row, "an exact number", "give the number as printed")

    def _possible(self, rows: Iterable[Printed]) -> bool:
        return any(case.best(np.zeros(len(self.places))) is not None for case, _ in self._cases(tuple(rows)))

    def _conflict(self) -> list[Printed]:
        """Return rows that cannot hold together, of which none can be spared."""
        kept = list(self.printed)
        for row in self.printed:
            fewer = [other for other in kept if other is not row]
            if not self._possible(fewer):
                kept = fewer
        return kept

    @cached_property
    def groups(self) -> list[list[str]]:
        """The places that no row tells apart: what holds for one holds for all of them."""
        groups: dict[tuple, list[str]] = {}
        for place in self.places:
            marks = tuple(
                row.cities.index(place) + 1 if place in row.cities and row.kind == "order" else place in row.cities
                for row in self.printed
            )
            groups.setdefault((place == ELSEWHERE, *marks), []).append(place)
        return list(groups.values())

    def _cases(self, rows: tuple[Printed, ...], place: str | None = None) -> Iterator[tuple[Polytope, str | None]]:
        """Yield the polytopes of the holders of the place that is not named, one holder for each kind of them.

        With `place`, that one is a kind of its own.
        """
        first = next((row for row in rows if row.kind == "first"), None)
        if first is None:
            yield self._polytope(rows, None), None
            return
        for group in self.groups:
            members = [other for other in group if other not in first.cities]
            apart = [other for other in members if other != place]
            for holder in [*([place] if place in members else []), *apart[:1]]:
                yield self._polytope(rows, holder), holder

    def _sum(self, *places: str) -> np.ndarray:
        return np.isin(self.places, places).astype(float)

    def _polytope(self, rows: tuple[Printed, ...], holder: str | None) -> Polytope:
        equal, below = [(np.ones(len(self.places)), WHOLE)], [(-row, 0.0) for row in np.eye(len(self.places))]
        for row in rows:
            named, others = self._sum(*row.cities), [city for city in self.cities if city not in row.cities]
            if row.kind == "order":
                above = [*pairwise(row.cities), *((row.cities[-1], other) for other in others)]
                below += [(self._sum(low) - self._sum(high), 0.0) for high, low in above]
            elif row.kind == "first":
                # what the sum leaves is the least of the named cities, and the greatest of the others
                below += [(-named - self._sum(city), -row.value) for city in row.cities]
                below += [(named + self._sum(other), row.value) for other in others]
                sign, known = (-1.0, below) if holder == ELSEWHERE else (1.0, equal)
                known.append((sign * (named + self._sum(holder)), sign * row.value))
            elif row.qualifier == "exact":
                equal.append((named, row.value))
            else:
                sign = -1.0 if row.qualifier == "above" else 1.0
                below.append((sign * named, sign * row.value))
        return Polytope(*map(np.array, zip(*equal, strict=True)), *map(np.array, zip(*below, strict=True)))

    def bounds(self) -> pd.DataFrame:
        """Return by city ``low, high``, the least and the greatest share that all rows allow, per cent.

        Two linear programs for each kind of place and holder.
        """
        exact = {row.cities[0]: row.value for row in self.printed if row.kind == "share"}
        found = {}
        for group in self.groups:
            if group[0] in exact:
                found[group[0]] = (exact[group[0]],) * 2
                continue
            cost, ends = self._sum(group[0]), []
            for case, _ in self._cases(self.printed, group[0]):
                points = [case.best(sign * cost) for sign in (1, -1)]
                ends += [float(point @ cost) for point in points if point is not None]
            low, high = (round(end, DECIMALS) + 0.0 for end in (min(ends), max(ends)))
            found |= dict.fromkeys(group, (low, high))
        frame = pd.DataFrame.from_dict(found, orient="index", columns=["low", "high"])
        return frame.loc[list(self.cities)].rename_axis("city")

    def draw(self, count: int, source: np.random.Generator) -> pd.DataFrame:
        """Return feasible shares, points × `places`, each row adding up to 100.

        The holder of a place that is not named is any of those possible with the same chance; the shares are then
        uniform over its polytope (the function `draw`).

        Parameters
        ----------
        count : int
            How many points.
        source : numpy.random.Generator

        Returns
        -------
        pandas.DataFrame
            Points × `places`, per cent.
        """
        zero = np.zeros(len(self.places))
        cases = [(case, holder) for case, holder in self._cases(self.printed) if case.best(zero) is not None]
        members = [next((group for group in self.groups if holder in group), [None]) for _, holder in cases]
        chances = np.array([len(group) for group in members], dtype=float)
        which = source.choice(len(cases), size=count, p=chances / chances.sum())
        values = np.empty((count, len(self.places)))
        for number, (case, holder) in enumerate(cases):
            rows = np.flatnonzero(which == number)
            values[rows] = draw(case, len(rows), source)
            if holder is not None:
                # places of a group are alike: another one takes the part of the holder
                at = self.places.index(holder)
                others = np.array([self.places.index(place) for place in members[number]])
                chosen = others[source.integers(len(others), size=len(rows))]
                values[rows, at], values[rows, chosen] = values[rows, chosen], values[rows, at].copy()
        return pd.DataFrame(np.clip(values, 0.0, WHOLE), columns=list(self.places)).rename_axis("point")


def _problem(row: Printed, expected: str, remedy: str, column: str = "") -> Problem:
    return Problem(row.file, row.row, column or KINDS[row.kind], row.text or "、".join(row.cities), expected, remedy)
