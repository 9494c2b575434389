"""Which function recomputes which claim, and what such a function returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Found:
    """What other cells of the raw data give for a claim.

    Attributes
    ----------
    value : float or str
        The number in the plain unit, or names joined by 、, or an ISO date.
    low, high : float, optional
        The range of the number that the rounding of the printed inputs allows (default: the number alone).
    tied : bool
        Names only: the inputs do not tell the names apart, each of them may be meant.
    """

    value: float | str
    low: float | None = None
    high: float | None = None
    tied: bool = False

    @property
    def range(self) -> tuple[float, float]:
        number = float(self.value)
        return number if self.low is None else self.low, number if self.high is None else self.high


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
