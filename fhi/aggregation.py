"""Handbook step 6, aggregation: the score of a parent from the scores of its children, up to the root."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from fhi.errors import MethodError, choose
from fhi.framework import Framework

#: by level: the least share of a parent's weight that a unit must have data for; the root asks for all of it
AVAILABILITY: Mapping[int, float] = {0: 1.0}


def arithmetic(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Σ w·x``: full compensation between children."""
    return np.nansum(weights * scores, axis=1)


def geometric(scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``Π x^w = exp(Σ w·ln x)``: partial compensation; every score must be positive.

    Raises
    ------
    ValueError
        If a score that has weight is zero or negative.
    """
    if np.any((scores <= 0) & (weights > 0)):
        raise ValueError("a geometric mean needs positive scores; after min-max on 0-100 the worst unit has 0")
    return np.exp(np.nansum(weights * np.log(np.where(scores > 0, scores, 1.0)), axis=1))


#: name -> function of (scores, weights), both units × children; the weights of a row sum to 1 and are 0
#: where the score is missing (NaN); returns one value a unit
METHODS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
}


def aggregate(
    normalised: pd.DataFrame,
    framework: Framework,
    weights: pd.Series,
    method: str | Mapping[int, str],
    *,
    availability: Mapping[int, float] = AVAILABILITY,
) -> pd.DataFrame:
    """Aggregate normalised indicators up the tree.

    A missing child leaves the score to its siblings, whose weights are rescaled for that unit alone. A
    unit with data for less than ``availability[level]`` of a parent's weight has no score there.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators.
    weights : pandas.Series
        By node below the root; they sum to 1 inside each parent.
    method : str or mapping
        A name of `METHODS`, or a name for each level that is computed (0 for the root, 1, …).
    availability : mapping, optional
        Least share of weight by level computed; a level that is not named asks for any data at all.

    Returns
    -------
    pandas.DataFrame
        Units × all nodes, the root included, in framework order.

    Raises
    ------
    MethodError
        If a method does not exist or cannot be computed for a node (named with the first such unit).

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.6.
    """
    scores = normalised.reindex(columns=framework.leaves).astype(float)
    for level in range(framework.levels.max() - 1, -1, -1):
        function, name = _for_level(method, level)
        for parent in framework.inner(level):
            children = framework.children(parent)
            shares = weights[children].to_numpy()
            scores[parent] = _family(scores[children], shares, function, name, parent, availability.get(level, 0.0))
    return scores[[framework.root, *framework.nodes]]


def _for_level(method: str | Mapping[int, str], level: int):
    name = method if isinstance(method, str) else method.get(level)
    if name is None:
        raise MethodError(f"no method for level {level}.", key="aggregation", value=dict(method))
    return choose(METHODS, name, "aggregation"), name


def _family(children: pd.DataFrame, shares, function, name: str, parent: str, least: float) -> np.ndarray:
    values = children.to_numpy()
    present = np.where(np.isnan(values), 0.0, shares)
    covered = present.sum(axis=1)
    scored = (covered > 0) & (covered >= least * shares.sum() - 1e-12)
    result = np.full(len(values), np.nan)
    if scored.any():
        rows, weights = values[scored], present[scored] / covered[scored, None]
        try:
            found = np.asarray(function(rows, weights), dtype=float)
        except ValueError as error:
            unit, child = _worst(children[scored], weights)
            message = f"{error} ({child} of {unit} below {parent}); normalise with scale [1, 100] or choose arithmetic."
            raise MethodError(message, key="aggregation", value=name) from None
        if found.shape != (len(rows),) or not np.isfinite(found).all():
            message = f"{name!r} gave no finite score for {parent}; it must return one number a unit."
            raise MethodError(message, key="aggregation", value=name)
        result[scored] = found
    return result


def _worst(children: pd.DataFrame, weights: np.ndarray) -> tuple[str, str]:
    """Return the unit and the child of the lowest score that has weight, to name it in an error."""
    return children.where(weights > 0).stack().idxmin()
