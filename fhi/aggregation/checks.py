"""What an aggregation refuses: scores it cannot take (the caller adds unit and node), and bad parameters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real

import numpy as np

from fhi.errors import MethodError, choose

POSITIVE = "after min-max on 0-100 the worst unit has 0: normalise with scale [1, 100] or choose arithmetic"


def refuse_not_positive(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = POSITIVE) -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is zero or negative."""
    if np.any((scores <= 0) & (weights > 0)):
        raise ValueError(f"{what} needs positive scores", remedy)


def refuse_negative(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = "normalise by min-max") -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is negative."""
    if np.any((scores < 0) & (weights > 0)):
        raise ValueError(f"{what} needs scores that are not negative", remedy)


def number(value: object, name: str, least: float = -math.inf, most: float = math.inf) -> float:
    """Return a parameter as a finite number from `least` to `most`, or raise `MethodError` by its key."""
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value) or not least <= value <= most:
        ends = [f"from {least:g}"] * (least > -math.inf) + [f"to {most:g}"] * (most < math.inf)
        message = f"give a finite number {' '.join(ends)}".rstrip()
        raise MethodError(f"{message}; found {value!r}.", key=f"aggregation.{name}", value=value)
    return float(value)


def one_of(value: object, name: str, valid: Iterable[str]) -> str:
    """Return a parameter that must be one of a few words, or raise `MethodError` with the nearest."""
    return choose({word: word for word in valid}, value, f"aggregation.{name}")
