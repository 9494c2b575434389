"""What an aggregation refuses: scores that it cannot take; the caller adds unit and node."""

from __future__ import annotations

import numpy as np

POSITIVE = "after min-max on 0-100 the worst unit has 0: normalise with scale [1, 100] or choose arithmetic"


def refuse_not_positive(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = POSITIVE) -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is zero or negative."""
    if np.any((scores <= 0) & (weights > 0)):
        raise ValueError(f"{what} needs positive scores", remedy)


def refuse_negative(scores: np.ndarray, weights: np.ndarray, what: str, remedy: str = "normalise by min-max") -> None:
    """Raise `ValueError` (what is wrong, what to do) if a score that has weight is negative."""
    if np.any((scores < 0) & (weights > 0)):
        raise ValueError(f"{what} needs scores that are not negative", remedy)
