"""Which function recomputes which claim, and what such a function returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

Tables = Mapping[str, pd.DataFrame]
#: with fewer printed rivals a place is supported, not reproduced: beside two of them one city in three is first anyway
FEW = 3


@dataclass(frozen=True)
class Found:
    """What other cells of the raw data give for a claim.

    Attributes
    ----------
    value : float, str or None
        The number in the plain unit, or names joined by 、, or an ISO date; None where other cells only bound it.
    low, high : float, optional
        The range of the number that the rounding of the printed inputs allows (default: the number alone).
    tied : bool
        Names only: the inputs do not tell the names apart, each of them may be meant.
    partial : bool
        The inputs are too few to confirm the claim: few rivals (`FEW`), or a bound only. It is supported at best.
    accepts : callable, optional
        Whether a printed text meets the condition that other cells set, where they give no number; `value` words it.
    """

    value: float | str | None
    low: float | None = None
    high: float | None = None
    tied: bool = False
    partial: bool = False
    accepts: Callable[[str], bool] | None = None

    @property
    def range(self) -> tuple[float, float]:
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        return float(low), float(high)


Recompute = Callable[[Tables], "Found | float | str"]
FUNCTIONS: dict[str, Recompute] = {}


def claim(id: str, *arguments):
    """Register the decorated function ``(tables, *arguments) -> Found, number or names`` for a claim.

    The decorator may stand several times over one function, once a claim.

    Raises
    ------
    ValueError
        If the claim has a function already.
    """

    def register(function):
        if id in FUNCTIONS:
            raise ValueError(f"two functions for the claim {id!r}")
        FUNCTIONS[id] = lambda tables: function(tables, *arguments)
        return function

    return register


def names(values: Iterable[str]) -> str:
    """Return names as a claim prints them."""
    return "、".join(values)
