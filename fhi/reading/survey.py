"""A share estimated from a sample: post-stratified to known margins, with an interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: 97.5th percentile of the normal distribution: intervals of 95 %
Z = 1.959963984540054


class Share(NamedTuple):
    """An estimated share (0 to 1), the ends of its 95 % interval, and the part of the population that it stands for."""

    value: float
    low: float
    high: float
    covered: float


def post_stratified(
    weights: np.ndarray, squares: np.ndarray, hits: np.ndarray, people: np.ndarray | None = None
) -> Share:
    """Return the share of hits in a population of which strata of the sample are drawn.

    ``p = Σ W_h p_h`` with p_h the weighted share in stratum h and W_h its part of the population. Its variance is
    ``Σ W_h² p_h(1 − p_h)/(m_h − 1)`` with the effective size ``m_h = (Σw)²/Σw²`` (Kish 1965); a stratum of size 1 or
    less tells nothing of its spread and takes ``p(1 − p)``. The interval is Wilson's (1927) with the size at which
    a simple sample would have that variance; it stays inside 0 and 1.

    Parameters
    ----------
    weights, squares, hits : array
        By stratum: Σw, Σw² and Σw over those who are hits. Unweighted: n, n and the number of hits.
    people : array, optional
        By stratum its size in the population (default: one stratum). Strata without anyone in the sample pass their
        part on to the others in proportion; `covered` says how much is left.

    Returns
    -------
    Share
        All NaN if nobody is in the sample.

    References
    ----------
    Holt, Smith (1979), Post stratification, JRSS A 142. Wilson (1927), JASA 22. Korn, Graubard (1998), Survey
    Methodology 24.
    """
    if people is None:
        weights, squares, hits = (np.array([values.sum()]) for values in (weights, squares, hits))
        people = np.ones(1)
    asked = weights > 0
    covered = float(people[asked].sum() / people.sum()) if people.sum() > 0 else 0.0
    if not covered:
        return Share(*[float("nan")] * 3, 0.0)
    weights, squares, hits, people = (values[asked].astype(float) for values in (weights, squares, hits, people))
    parts = people / people.sum()
    shares, sizes = hits / weights, weights**2 / squares
    value = float(np.clip((parts * shares).sum(), 0, 1))
    known = sizes > 1
    spread = np.where(known, shares * (1 - shares), value * (1 - value)) / np.where(known, sizes - 1, sizes)
    variance = float((parts**2 * spread).sum())
    # a share of 0 or 1 has no variance to tell a size by: that of the sample counts
    size = value * (1 - value) / variance if variance > 0 else float(weights.sum() ** 2 / squares.sum())
    return Share(value, *wilson(value, size), covered)


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return Wilson's interval of 95 %, ``(p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n)``; n need not be whole."""
    centre = share + Z**2 / (2 * size)
    half = Z * np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    low, high = (centre - half) / (1 + Z**2 / size), (centre + half) / (1 + Z**2 / size)
    return float(max(low, 0.0)), float(min(high, 1.0))
