"""Published facts as linear constraints on hidden weights and contributions.

Unknown are the weights w_k of the indicators (w ≥ 0, Σ w = 1) and the normalised scores x_ck in [0, 100].
With the contributions y_ck = w_k·x_ck everything published is linear in (w, y) jointly: a score is Σ_k y_ck
over the indicators below a node, the weight of a node is Σ_k w_k, and 0 ≤ y_ck ≤ 100·w_k.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

import numpy as np
import pandas as pd

from fhi.engine.errors import DataError, MethodError, Problem
from fhi.engine.framework import Framework

TOP = 100.0
#: how a known indicator was normalised: by any increasing linear function, by min-max over the cities, or by any
#: increasing function at all
NORMALISATIONS = ("linear", "min-max", "increasing")
#: two printed decimals that are nearer than this are the same
SAME = 1e-9


@dataclass(frozen=True)
class Space:
    """The variables in order: weights by indicator, contributions by city and indicator, then p and q of each
    indicator whose values are known (y_ck = p + q·a_c).

    `known` names these indicators, `normalisation` is one of `NORMALISATIONS`; without `top` or `floor` the scores
    have no upper end of 100 or no lower end of 0.
    """

    framework: Framework
    cities: tuple[str, ...]
    known: tuple[str, ...] = ()
    normalisation: str = "linear"
    top: bool = True
    floor: bool = True

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
        """The variables that may be negative: p of each known indicator; without a floor the contributions too."""
        lines = self.size - 2 * len(self.known)
        return [*([] if self.floor else range(len(self.leaves), lines)), *range(lines, self.size, 2)]

    def below(self, node: str) -> list[int]:
        """Return the places of the indicators below a node (of itself for an indicator)."""
        if node not in self.framework.levels:
            raise MethodError(f"there is no node {node!r}.", value=node, valid=self.framework.levels.index)
        return [self.leaves[leaf] for leaf in self.framework.leaves_below(node)]

    def contribution(self, city: str, leaf: int) -> int:
        """Return the place of the contribution y_ck of a city and an indicator among the variables.

        Parameters
        ----------
        city : str
        leaf : int
            The place of the indicator among `leaves`.

        Returns
        -------
        int

        Raises
        ------
        MethodError
            If no fact names the city.
        """
        if city not in self.places:
            raise MethodError(f"no fact names the city {city!r}.", value=city, valid=self.cities)
        return len(self.leaves) * (1 + self.places[city]) + leaf

    def weight(self, node: str) -> np.ndarray:
        """Return the weight of a node as a linear expression: a vector of coefficients over the variables."""
        expression = np.zeros(self.size)
        expression[self.below(node)] = 1.0
        return expression

    def score(self, city: str, node: str) -> np.ndarray:
        """Return what a city's score in a node contributes to the index (weight of the node times the score).

        Parameters
        ----------
        city, node : str

        Returns
        -------
        numpy.ndarray
            Coefficients over the variables.
        """
        expression = np.zeros(self.size)
        expression[[self.contribution(city, leaf) for leaf in self.below(node)]] = 1.0
        return expression

    def line(self, leaf: str, value: float) -> np.ndarray:
        """Return p + q·value of a known indicator.

        Parameters
        ----------
        leaf : str
            One of `known`.
        value : float
            In the indicator's unit.

        Returns
        -------
        numpy.ndarray
            Coefficients over the variables.
        """
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


def space_of(
    facts: pd.DataFrame, framework: Framework, normalisation: str = "linear", top: bool = True, floor: bool = True
) -> Space:
    """Return the variables that the facts speak of, on the scale that `Space` describes.

    Parameters
    ----------
    facts : pandas.DataFrame
        One a row: ``subjects, kind, node`` count here.
    framework : Framework
    normalisation : str, optional
        One of `NORMALISATIONS`.
    top, floor : bool, optional
        Whether scores end at 100 and at 0.

    Returns
    -------
    Space
        With the cities in alphabetical order.

    Raises
    ------
    MethodError
        If there is no such normalisation.
    """
    if normalisation not in NORMALISATIONS:
        message = f"there is no {normalisation!r}."
        raise MethodError(message, key="normalisation", value=normalisation, valid=NORMALISATIONS)
    cities = dict.fromkeys(city for subjects in facts["subjects"] for group in groups(subjects) for city in group)
    known = dict.fromkeys(facts.loc[facts["kind"] == "value", "node"]) if normalisation != "increasing" else {}
    return Space(framework, tuple(sorted(cities)), tuple(known), normalisation, top, floor)


def groups(subjects: str) -> list[list[str]]:
    """Return the subjects of a fact from best to worst; cities joined by ``=`` share a place."""
    return [group.split("=") for group in subjects.split("|")]


def whole(space: Space) -> Row:
    """Return Σ w = 1."""
    return Row(space.weight(space.framework.root), 1.0, equal=True)


def ceilings(space: Space) -> Iterator[Row]:
    """Yield y_ck ≤ 100·w_k of every contribution, where scores end at 100."""
    for city in space.cities if space.top else ():
        for leaf, place in space.leaves.items():
            expression = -TOP * space.weight(leaf)
            expression[space.contribution(city, place)] = 1.0
            yield Row(expression, 0.0)


def fact_rows(facts: pd.DataFrame, space: Space, least_gap: float | None = None) -> list[Row]:
    """Return the constraints of all facts.

    Parameters
    ----------
    facts : pandas.DataFrame
        One a row; its ``attrs["file"]`` is the name shown in errors (default ``facts``).
    least_gap : float, optional
        In place of the gap of every order without ties, as a share of the weight of its node.

    Returns
    -------
    list of Row
        In the order of the facts.

    Raises
    ------
    DataError
        For a fact that cannot be read (a tie of three, a mean without a value, a repeated subject), and for a number
        that its kind has no use for (the tolerance of an order).
    """
    rows = []
    for fact in facts.itertuples():
        _check(fact, facts.attrs.get("file", "facts"))
        for expression, bound, equal in KINDS[fact.kind](fact, space, facts, least_gap):
            rows.append(Row(expression, bound, equal, fact.id))
    return rows


def _check(fact, file: str) -> None:
    names, empty = _names(fact), pd.isna(fact.value_value)
    least, most = {"value": (1, 1), "tie": (2, 2), "order": (2, 10**6)}.get(fact.kind, (1, 10**6))
    count = f"{least} subjects" if least == most else f"at least {least} subjects"
    gap = "0, since the least gap of an order stands under value"
    width = "an empty cell, since the width of a tie stands under tolerance"
    for bad, column, expected, remedy in (
        (len(set(names)) != len(names), "subjects", "each city once", "remove the second one"),
        (fact.kind in ("mean", "value") and empty, "value", "the printed number", "fill in the cell"),
        (fact.kind in ("order", "leaders") and fact.tolerance > 0, "tolerance", gap, "write 0"),
        (fact.kind == "tie" and not empty, "value", width, "empty the cell"),
        (not least <= len(names) <= most, "subjects", count, "correct the list"),
    ):
        if bad:
            place = file, getattr(fact, "row", None), column
            raise DataError([Problem(*place, getattr(fact, column), expected, remedy)])


def _names(fact) -> list[str]:
    return [city for group in groups(fact.subjects) for city in group]


def _gap(fact, space: Space, least_gap: float | None) -> np.ndarray:
    """Return the least gap of an order, times the weight of the node."""
    stated = 0.0 if pd.isna(fact.value_value) else float(fact.value_value)
    return (stated if least_gap is None else least_gap) * space.weight(fact.node)


def _order(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """Each place at least the gap (times the node's weight) above the next."""
    gap = _gap(fact, space, least_gap)
    for above, below in pairwise(groups(fact.subjects)):
        for better, worse in product(above, below):
            yield space.score(worse, fact.node) - space.score(better, fact.node) + gap, 0.0, False


def _leaders(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The listed in order, and no other city above the last of them."""
    yield from _order(fact, space, facts, least_gap)
    gap, named = _gap(fact, space, least_gap), set(_names(fact))
    others = [city for city in space.cities if city not in named]
    for city, last in product(others, groups(fact.subjects)[-1]):
        yield space.score(city, fact.node) - space.score(last, fact.node) + gap, 0.0, False


def _tie(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The two scores of the node within the tolerance: their contributions within tolerance times its weight."""
    first, second = _names(fact)
    difference = space.score(first, fact.node) - space.score(second, fact.node)
    width = fact.tolerance * space.weight(fact.node)
    yield difference - width, 0.0, False
    yield -difference - width, 0.0, False


def _mean(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """The mean score of the subjects in the node within the tolerance of the printed value."""
    names = _names(fact)
    mean = sum(space.score(name, fact.node) for name in names) / len(names)
    weight = space.weight(fact.node)
    if fact.node == space.framework.root:  # its weight is 1, which keeps the bound a number
        yield mean, fact.value_value + fact.tolerance, False
        yield -mean, -(fact.value_value - fact.tolerance), False
    else:
        yield mean - (fact.value_value + fact.tolerance) * weight, 0.0, False
        yield (fact.value_value - fact.tolerance) * weight - mean, 0.0, False


def _value(fact, space: Space, facts, least_gap) -> Iterator[tuple]:
    """A known indicator, within the tolerance t of the printed value a: ``y = p + q·v`` with ``q ≥ 0``, |v − a| ≤ t.

    Linear since q multiplies known numbers alone: ``p + q·(a − t) ≤ y ≤ p + q·(a + t)``. Under any increasing function
    only the order of the values is left that no rounding can turn round.
    """
    (city,) = groups(fact.subjects)[0]
    score, ends = space.score(city, fact.node), _ends(facts, fact.node)
    if fact.node not in space.known:
        beaten = ends.index[ends["high"] <= ends.at[fact.id, "low"] + SAME]
        for other in facts.loc[facts["id"].isin(beaten) & (facts["id"] != fact.id), "subjects"]:
            yield space.score(other, fact.node) - score, 0.0, False
    elif ends["low"].max() <= ends["high"].min() + SAME:
        yield from _level(fact, space, ends, score)
    else:
        low, high = ends.loc[fact.id]
        yield score - space.line(fact.node, high), 0.0, False
        yield space.line(fact.node, low) - score, 0.0, False
        if space.normalisation == "min-max":
            yield from _min_max(fact, space, ends, score)


def _ends(facts: pd.DataFrame, node: str) -> pd.DataFrame:
    """Return ``low, high`` of the known values of an indicator, by the id of the fact."""
    known = facts[(facts["kind"] == "value") & (facts["node"] == node)].set_index("id")
    value, tolerance = known["value_value"], known["tolerance"]
    return pd.DataFrame({"low": value - tolerance, "high": value + tolerance})


def _level(fact, space: Space, ends: pd.DataFrame, score: np.ndarray) -> Iterator[tuple]:
    """Known values that may all be one: a steep enough line through it gives any scores, and nothing is said.

    Only where the ends meet in a point, as equal values without a tolerance do, a score lies on one side of p.
    """
    if space.normalisation == "min-max":
        raise MethodError(f"the known values of {fact.node} are all the same; min-max divides by their spread.")
    point = ends["high"].min()
    start = space.line(fact.node, 0.0)
    # a slope without an upper end has no centre
    yield space.line(fact.node, 1.0) - start, 0.0, True
    if ends["low"].max() < point - SAME:
        yield start, 0.0, True
        return
    low, high = ends.loc[fact.id]
    if low >= point - SAME:
        yield start - score, 0.0, False
    if high <= point + SAME:
        yield score - start, 0.0, False


def _min_max(fact, space: Space, ends: pd.DataFrame, score: np.ndarray) -> Iterator[tuple]:
    """The least of the true values scores 0 and the greatest 100: exact where no rounding hides which city has it.

    Else each end is only known to lie within the values that it may have (bounds are then outer bounds).
    """
    low, high = ends.loc[fact.id]
    full = TOP * space.weight(fact.node)
    yield space.line(fact.node, ends["low"].min()), 0.0, False
    yield -space.line(fact.node, ends["high"].min()), 0.0, False
    yield space.line(fact.node, ends["low"].max()) - full, 0.0, False
    yield full - space.line(fact.node, ends["high"].max()), 0.0, False
    if low == ends["low"].min() and (ends["low"] <= ends["high"].min() + SAME).sum() == 1:
        yield score, 0.0, True
    if high == ends["high"].max() and (ends["high"] >= ends["low"].max() - SAME).sum() == 1:
        yield score - full, 0.0, True


KINDS: Mapping[str, Callable[..., Iterator[tuple]]] = {
    "order": _order,
    "leaders": _leaders,
    "tie": _tie,
    "mean": _mean,
    "value": _value,
}


def _equal_inside_parents(space: Space) -> Iterator[Row]:
    """Yield the restriction that weights are equal inside every parent below the root (the pillars stay free)."""
    for parent, (first, *others) in space.framework.families.items():
        for other in others if parent != space.framework.root else ():
            yield Row(space.weight(other) - space.weight(first), 0.0, equal=True)


def _within(space: Space, low: float, high: float) -> Iterator[Row]:
    """Yield the restriction that every indicator's weight lies in [low, high]."""
    for leaf in space.leaves:
        yield Row(space.weight(leaf), high)
        yield Row(-space.weight(leaf), -low)


#: name -> function of the space that yields further constraints on the weights
RESTRICTIONS: Mapping[str, Callable[[Space], Iterator[Row]]] = {
    "free": lambda space: iter(()),
    "equal-inside-parents": _equal_inside_parents,
    "between-1/48-and-1/4": lambda space: _within(space, 1 / 48, 1 / 4),
}
