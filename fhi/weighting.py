"""Handbook step 6, weights: a share for every node inside its parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.errors import MethodError, choose
from fhi.framework import Framework


def original(normalised: pd.DataFrame, framework: Framework) -> pd.Series:
    """Return the raw weights of the framework (its column ``weight``)."""
    return framework.weights[framework.nodes]


def equal(normalised: pd.DataFrame, framework: Framework) -> pd.Series:
    """Return 1 for every node: equal weights inside each parent."""
    return pd.Series(1.0, index=framework.nodes)


#: name -> function of (normalised, framework, **params) that returns raw weights by node below the root
METHODS: Mapping[str, Callable[..., pd.Series]] = {"original": original, "equal": equal}


def weigh(normalised: pd.DataFrame, framework: Framework, method: str, **params) -> pd.Series:
    """Return the weight of every node below the root inside its parent.

    A child without any data (none in its leaves) has weight 0 and its siblings share it in proportion;
    a parent without data passes its own weight on in the same way. Inside a parent without data the
    weights keep their nominal shares, so that the weights of all children of a node always sum to 1.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators; an indicator without data is all NaN or absent.
    framework : Framework
    method : str
        A name of `METHODS`.

    Returns
    -------
    pandas.Series
        By node below the root, in framework order.

    Raises
    ------
    MethodError
        If there is no such method, a weight is negative or missing, or a family's weights sum to zero.
    """
    raw = choose(METHODS, method, "weighting")(normalised, framework, **params)
    raw = raw.reindex(framework.nodes)
    bad = raw.index[~(raw >= 0) | raw.isin([float("inf")])].tolist()
    if bad:
        raise MethodError(f"weights must be finite and not negative: {', '.join(bad)}.", key="weighting", value=method)
    alive = _with_data(normalised, framework)
    weights = pd.Series(0.0, index=framework.nodes)
    for level in range(framework.levels.max()):
        for parent in framework.inner(level):
            children = framework.children(parent)
            heirs = [child for child in children if child in alive] or children
            total = raw[heirs].sum()
            if not total > 0:
                message = f"the weights below {parent} that have data sum to zero; raise one of {', '.join(heirs)}."
                raise MethodError(message, key="weights")
            weights[heirs] = raw[heirs] / total
    return weights


def _with_data(normalised: pd.DataFrame, framework: Framework) -> set[str]:
    """Return the nodes below which some unit has data."""
    alive = {leaf for leaf in framework.leaves if leaf in normalised and normalised[leaf].notna().any()}
    for level in range(framework.levels.max() - 1, 0, -1):
        alive |= {code for code in framework.inner(level) if alive & set(framework.children(code))}
    return alive
