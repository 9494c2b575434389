"""Weights that ask nobody: those of the framework, or equal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from fhi.engine.framework import Framework
from fhi.engine.weighting.families import Within, together


def original(normalised: pd.DataFrame, framework: Framework) -> pd.Series:
    """Return the raw weights of the framework (its column ``weight``)."""
    return framework.weights[framework.nodes]


def equal(normalised: pd.DataFrame, framework: Framework, *, within: Within = "parent") -> pd.Series:
    """Return equal weights inside each parent; with ``within: all`` every indicator that has data weighs the same."""
    if within == "parent":
        return pd.Series(1.0, index=framework.nodes)
    return together(normalised, framework, lambda scores, where: pd.Series(1.0, index=scores.columns))


METHODS: Mapping[str, Callable[..., pd.Series]] = {"original": original, "equal": equal}
