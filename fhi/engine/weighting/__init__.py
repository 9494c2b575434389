"""Handbook step 6, weights: a share for every node inside its parent.

To add a method, write a function in the module it is nearest to, with the decorator `methods.method`: a function
of one family's scores goes through `families.by_family`, any other takes (normalised, framework). A parameter is an
argument by keyword, annotated with its kind (see `fhi.engine.methods`).
"""

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, refuse
from fhi.engine.framework import Framework, redistributed
from fhi.engine.weighting import data_driven, experts  # noqa: F401 (they register their methods)
from fhi.engine.weighting.families import with_data

#: name -> function of (normalised, framework, **params) that returns raw weights by node below the root
METHODS = methods.TABLES["weighting"]


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
    raw = methods.call(METHODS, method, normalised, framework, step="weighting", params=params)
    if raw.index.tolist() != framework.nodes:
        raw = raw.reindex(framework.nodes)
    numbers = raw.to_numpy()
    bad = raw.index[~((numbers >= 0) & (numbers < np.inf))]
    refuse(bad, "weights must be finite and not negative: {}.", key="weighting", value=method)
    alive, values = with_data(normalised, framework), raw.to_dict()
    weights = dict.fromkeys(framework.nodes, 0.0)
    for parent, children in framework.families.items():
        heirs = [child for child in children if child in alive] or children
        own = np.array([values[child] for child in children], dtype=float)
        known = redistributed(np.array([child in heirs for child in children]), own)
        if not known.scored:
            message = f"the weights below {parent} that have data sum to zero; raise one of {', '.join(heirs)}."
            raise MethodError(message, key="weights")
        weights.update(zip(children, known.shares(), strict=True))
    return pd.Series([weights[node] for node in framework.nodes], index=raw.index, dtype=float)
