"""Published facts as linear constraints on hidden weights and contributions.

Unknown are the weights w_k of the indicators (w ≥ 0, Σ w = 1) and the normalised scores x_ck in [0, 100].
With the contributions y_ck = w_k·x_ck everything published is linear in (w, y) jointly: a score is Σ_k y_ck
over the indicators below a node, the weight of a node is Σ_k w_k, and 0 ≤ y_ck ≤ 100·w_k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.errors import DataError, MethodError, Problem
from fhi.framework import Framework

TOP = 100.0
#: how a known indicator was normalised: by any increasing linear function, or by min-max over the cities
NORMALISATIONS = ("linear", "min-max")


@dataclass(frozen=True)
class Space:
    """The variables in order: weights by indicator, contributions by city and indicator, then p and q of each
    indicator whose values are known (y_ck = p + q·a_c)."""

    framework: Framework
    cities: tuple[str, ...]
    known: tuple[str, ...] = ()

    @cached_property
    def leaves(self) -> dict[str, int]:
        return {leaf: place for place, leaf in enumerate(self.framework.leaves)}

    @cached_property
    def places(self) -> dict[str, int]:
        return {city: place for place, city in enumerate(self.cities)}

    @property
    def size(self) -> int:
        return len(self.leaves) * (1 + len(self.cities)) + 2 * len(self.known)

    @property
    def free(self) -> list[int]:
        """The variables that may be negative: p of each known indicator."""
        return list(range(self.size - 2 * len(self.known), self.size, 2))

    def below(self, node: str) -> list[int]:
        """Return the places of the indicators below a node (of itself for an indicator)."""
        if node not in self.framework.levels:
            raise MethodError(f"there is no node {node!r}.", value=node, valid=self.framework.levels.index)
        return [self.leaves[leaf] for leaf in self.framework.leaves_below(node)]

    def contribution(self, city: str, leaf: int) -> int:
        if city not in self.places:
            raise MethodError(f"no fact names the city {city!r}.", value=city, valid=self.cities)
        return len(self.leaves) * (1 + self.places[city]) + leaf

    def weight(self, node: str) -> np.ndarray:
        """Return the weight of a node as a linear expression: a vector of coefficients over the variables."""
        expression = np.zeros(self.size)
        expression[self.below(node)] = 1.0
        return expression

    def score(self, city: str, node: str) -> np.ndarray:
        """Return what a city's score in a node contributes to the index (weight of the node times the score)."""
        expression = np.zeros(self.size)
        expression[[self.contribution(city, leaf) for leaf in self.below(node)]] = 1.0
        return expression

    def line(self, leaf: str, value: float) -> np.ndarray:
        """Return p + q·value of a known indicator."""
        expression = np.zeros(self.size)
        start = self.size - 2 * len(self.known) + 2 * self.known.index(leaf)
        expression[start : start + 2] = 1.0, value
        return expression


@dataclass(frozen=True)
class Row:
    """One constraint ``expression·x ≤ bound`` (or ``=``), with the fact it comes from (none: a definition)."""

    expression: np.ndarray
    bound: float
    equal: bool = False
    fact: str | None = None


def space_of(facts: pd.DataFrame, framework: Framework, normalisation: str = "linear") -> Space:
    """Return the variables that the facts speak of."""
    if normalisation not in NORMALISATIONS:
        message = f"there is no {normalisation!r}."
        raise MethodError(message, key="normalisation", value=normalisation, valid=NORMALISATIONS)
    cities = dict.fromkeys(city for subjects in facts["subjects"] for group in groups(subjects) for city in group)
    known = dict.fromkeys(facts.loc[facts["kind"] == "value", "node"]) if normalisation == "linear" else {}
    return Space(framework, tuple(sorted(cities)), tuple(known))


def groups(subjects: str) -> list[list[str]]:
    """Return the subjects of a fact from best to worst; cities joined by ``=`` share a place."""
    return [group.split("=") for group in subjects.split("|")]


def definitions(space: Space) -> Iterator[Row]:
    """Yield what holds by definition: Σ w = 1 and y_ck ≤ 100·w_k (all variables but p are not negative)."""
    yield Row(space.weight(space.framework.root), 1.0, equal=True)
    for city in space.cities:
        for leaf, place in space.leaves.items():
            expression = -TOP * space.weight(leaf)
            expression[space.contribution(city, place)] = 1.0
            yield Row(expression, 0.0)


def fact_rows(facts: pd.DataFrame, space: Space, least_gap: float | None = None) -> list[Row]:
    """Return the constraints of all facts.

    Parameters
    ----------
    facts : pandas.DataFrame
        As ingested from facts.csv.
    least_gap : float, optional
        In place of the gap of every order without ties, as a share of the weight of its node.

    Raises
    ------
    DataError
        For a fact that cannot be read (a tie of three, a mean without a value, a repeated subject).
    """
    rows = []
    for fact in facts.itertuples():
        _check(fact)
        for expression, bound, equal in KINDS[fact.kind](fact, space, facts, least_gap):
            rows.append(Row(expression, bound, equal, fact.id))
    return rows


def _check(fact) -> None:
    place = ("data/raw/report2018/facts.csv", getattr(fact, "row", None))
    names = [city for group in groups(fact.subjects) for city in group]
    if len(set(names)) != len(names):
        raise DataError([Problem(*place, "subjects", fact.subjects, "each city once", "remove the second one")])
    needs_value = fact.kind in ("mean", "value")
    if needs_value and pd.isna(fact.value_value):
        raise DataError([Problem(*place, "value", fact.value, "the printed number", "fill in the cell")])
    sizes = {"value": (1, 1), "tie": (2, 2), "order": (2, 10**6)}
    least, most = sizes.get(fact.kind, (1, 10**6))
    if not least <= len(names) <= most:
        expected = f"{least} subjects" if least == most else f"at least {least} subjects"
        raise DataError([Problem(*place, "subjects", fact.subjects, expected, "correct the list")])


def _gap(fact, least_gap: float | None) -> float:
    if least_gap is not None:
        return least_gap
    return 0.0 if pd.isna(fact.value_value) else float(fact.value_value)


def _order(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """Each place at least the gap (times the node's weight) above the next."""
    gap = _gap(fact, least_gap) * space.weight(fact.node)
    ranked = groups(fact.subjects)
    for above, below in pairwise(ranked):
        for better in above:
            for worse in below:
                yield space.score(worse, fact.node) - space.score(better, fact.node) + gap, 0.0, False


def _leaders(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The listed in order, and no other city above the last of them."""
    yield from _order(fact, space, facts, least_gap)
    listed = groups(fact.subjects)
    gap = _gap(fact, least_gap) * space.weight(fact.node)
    named = {name for group in listed for name in group}
    for city in space.cities:
        if city not in named:
            for last in listed[-1]:
                yield space.score(city, fact.node) - space.score(last, fact.node) + gap, 0.0, False


def _tie(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The two scores of the node within the tolerance: their contributions within tolerance times its weight."""
    first, second = (name for group in groups(fact.subjects) for name in group)
    difference = space.score(first, fact.node) - space.score(second, fact.node)
    width = fact.tolerance * space.weight(fact.node)
    yield difference - width, 0.0, False
    yield -difference - width, 0.0, False


def _mean(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The mean score of the subjects in the node within the tolerance of the printed value."""
    names = [name for group in groups(fact.subjects) for name in group]
    mean = sum(space.score(name, fact.node) for name in names) / len(names)
    weight = space.weight(fact.node)
    if fact.node == space.framework.root:  # its weight is 1, which keeps the bound a number
        yield mean, fact.value_value + fact.tolerance, False
        yield -mean, -(fact.value_value - fact.tolerance), False
    else:
        yield mean - (fact.value_value + fact.tolerance) * weight, 0.0, False
        yield (fact.value_value - fact.tolerance) * weight - mean, 0.0, False


def _value(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """A known indicator: y = p + q·a with q ≥ 0, or y = v·w with v the min-max over the cities."""
    (city,) = groups(fact.subjects)[0]
    same = facts[(facts["kind"] == "value") & (facts["node"] == fact.node)]["value_value"]
    spread = same.max() - same.min()
    if fact.node in space.known:
        yield space.score(city, fact.node) - space.line(fact.node, fact.value_value), 0.0, True
        if not spread > 0:
            # p alone says the same; a slope without an upper end has no centre
            yield space.line(fact.node, 1.0) - space.line(fact.node, 0.0), 0.0, True
        return
    if not spread > 0:
        raise MethodError(f"the known values of {fact.node} are all the same; min-max divides by their spread.")
    share = (fact.value_value - same.min()) / spread
    yield space.score(city, fact.node) - TOP * share * space.weight(fact.node), 0.0, True


KINDS: Mapping[str, Callable[..., Iterator[tuple]]] = {
    "order": _order,
    "leaders": _leaders,
    "tie": _tie,
    "mean": _mean,
    "value": _value,
}


def equal_inside_parents(space: Space) -> Iterator[Row]:
    """Yield the restriction that weights are equal inside every parent below the root (the pillars stay free)."""
    tree = space.framework
    for level in range(1, tree.levels.max()):
        for parent in tree.inner(level):
            first, *others = tree.children(parent)
            for other in others:
                yield Row(space.weight(other) - space.weight(first), 0.0, equal=True)


def within(space: Space, low: float, high: float) -> Iterator[Row]:
    """Yield the restriction that every indicator's weight lies in [low, high]."""
    for leaf in space.leaves:
        yield Row(space.weight(leaf), high)
        yield Row(-space.weight(leaf), -low)


#: name -> function of the space that yields further constraints on the weights
RESTRICTIONS: Mapping[str, Callable[[Space], Iterator[Row]]] = {
    "free": lambda space: iter(()),
    "equal-inside-parents": equal_inside_parents,
    "between-1/48-and-1/4": lambda space: within(space, 1 / 48, 1 / 4),
}
