"""Rules of a single node: a ratio, a product or a difference of its children, in the order of the framework.

They are for a node named in the scenario (``aggregation: {0: geometric, 1: arithmetic, gdi: ratio}``). Weights play no
part, and a unit that lacks a child has no score.
"""

from __future__ import annotations

import numpy as np

from fhi.engine.methods import Number, method

TWO = "give the node two children, or choose another method"


@method("aggregation", "ratio", zh="比值", en="ratio", rowwise=True, complete=True)
def ratio(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``factor·x₁/x₂`` of the two children.

    Raises
    ------
    ValueError
        If there are not two, or the second is 0.

    References
    ----------
    UNDP (2022), Human Development Report, technical note 3: the Gender Development Index.
    """
    _refuse_unless_two(scores, "a ratio")
    if np.any(scores[:, 1] == 0):
        raise ValueError("a ratio needs a second child other than 0", "normalise it, or leave the unit out")
    return factor * scores[:, 0] / scores[:, 1]


@method("aggregation", "product", zh="乘积", en="product", rowwise=True, complete=True)
def product(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``factor·Π x`` of all children.

    References
    ----------
    UNDP (2022), Human Development Report, technical note 2: the inequality-adjusted index of a dimension.
    """
    return factor * scores.prod(axis=1)


@method("aggregation", "difference", zh="差值", en="difference", rowwise=True, complete=True)
def difference(scores: np.ndarray, weights: np.ndarray, *, factor: Number = 1.0) -> np.ndarray:
    """Return ``x₁ − factor·x₂`` of the two children.

    Raises
    ------
    ValueError
        If there are not two.
    """
    _refuse_unless_two(scores, "a difference")
    return scores[:, 0] - factor * scores[:, 1]


@method("aggregation", "complement", zh="余数", en="complement", rowwise=True, complete=True)
def complement(scores: np.ndarray, weights: np.ndarray, *, whole: Number = 1.0) -> np.ndarray:
    """Return ``whole − x`` of the only child: of a loss, what remains.

    Raises
    ------
    ValueError
        If there are more children.

    References
    ----------
    UNDP (2022), Human Development Report, technical notes 2 and 4: ``1 − A`` and ``GII = 1 − ratio``.
    """
    if scores.shape[1] != 1:
        raise ValueError("a complement is that of one child", "give the node one child, or choose another method")
    return whole - scores[:, 0]


def _refuse_unless_two(scores: np.ndarray, what: str) -> None:
    if scores.shape[1] != 2:
        raise ValueError(f"{what} is that of two children", TWO)
