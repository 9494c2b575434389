"""Amounts far beyond the others, told from a histogram of their logarithms: no second reading, bounded memory."""

from __future__ import annotations

import numpy as np

#: decades from the least to the greatest amount, and bins in a decade
LEAST, GREATEST, FINE = -2, 18, 100
FENCE = 3.0


class Amounts:
    """A histogram of positive amounts on a logarithmic scale."""

    def __init__(self):
        self.counts = np.zeros((GREATEST - LEAST) * FINE, dtype=np.int64)

    def add(self, values: np.ndarray) -> None:
        """Count amounts; what is 0, missing or infinite is left out."""
        kept = values[np.isfinite(values) & (values > 0)]
        if len(kept):
            places = ((np.log10(kept) - LEAST) * FINE).astype(np.int64)
            self.counts += np.bincount(np.clip(places, 0, len(self.counts) - 1), minlength=len(self.counts))

    def above(self) -> tuple[int, float]:
        """Return how many lie above the outer fence of the logarithms, and the fence.

        It is ``Q₃ + 3·(Q₃ − Q₁)`` (Tukey 1977), to a hundredth of a decade.
        """
        total = np.cumsum(self.counts)
        if not total[-1]:
            return 0, float("inf")
        first, third = (np.searchsorted(total, share * total[-1]) for share in (0.25, 0.75))
        place = third + FENCE * (third - first) + 1
        fence = 10.0 ** (place / FINE + LEAST)
        return int(self.counts[int(place) :].sum()), fence
