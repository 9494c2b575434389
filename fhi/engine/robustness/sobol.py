"""Sobol' indices: which share of an output's variance each input makes, alone and together with the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: resamples that are drawn at a time
AT_ONCE = 50


@dataclass(frozen=True)
class Indices:
    """First-order and total indices of several outputs, inputs × outputs, with bootstrap intervals.

    Attributes
    ----------
    first, total : numpy.ndarray
        NaN for an output that does not vary.
    first_interval, total_interval : numpy.ndarray
        2 × inputs × outputs: the low and the high end.
    variance : numpy.ndarray
        By output.
    """

    first: np.ndarray
    total: np.ndarray
    first_interval: np.ndarray
    total_interval: np.ndarray
    variance: np.ndarray


def design(inputs: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two matrices A and B of n × inputs numbers from [0, 1): the halves of one scrambled Sobol' sequence.

    Parameters
    ----------
    n : int
        A power of two.
    """
    from scipy.stats import qmc  # slow to import

    sampler = qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed))
    numbers = sampler.random_base2(n.bit_length() - 1)
    return numbers[:, :inputs], numbers[:, inputs:]


def indices(
    a: np.ndarray, b: np.ndarray, crossed: np.ndarray, *, seed: int = 0, level: float = 0.95, resamples: int = 1000
) -> Indices:
    """Estimate the indices from the outputs of a Saltelli design.

    With f centred and V its variance over A and B, ``S_i = mean(f_B·(f_ABi − f_A))/V`` (Saltelli et al. 2010) and
    ``T_i = mean((f_A − f_ABi)²)/(2·V)`` (Jansen 1999).

    Parameters
    ----------
    a, b : numpy.ndarray
        Outputs at the rows of A and of B, n × outputs.
    crossed : numpy.ndarray
        Outputs at A with one input taken from B, inputs × n × outputs.
    seed : int
        Of the bootstrap.
    level : float
        Of the intervals: percentiles over resampled rows of the design.
    resamples : int

    References
    ----------
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of model
    output, Computer Physics Communications 181; Jansen (1999), Computer Physics Communications 117.
    """
    inputs, n, outputs = crossed.shape
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
    a, b, crossed = a - centre, b - centre, crossed - centre
    products = np.concatenate([b * (crossed - a), (crossed - a) ** 2, [a + b], [a**2 + b**2]])
    products = products.transpose(1, 2, 0).reshape(n, -1)
    varies = (np.ptp(a, axis=0) > 0) | (np.ptp(b, axis=0) > 0)
    rng = np.random.default_rng(seed)
    resampled = [_resampled(products, rng, min(AT_ONCE, resamples - start)) for start in range(0, resamples, AT_ONCE)]
    first, total, variance = _shares(products.mean(axis=0).reshape(outputs, -1), inputs, varies)
    spread = _shares(np.concatenate(resampled).reshape(resamples, outputs, -1), inputs, varies)
    ends = [np.quantile(one, [(1 - level) / 2, (1 + level) / 2], axis=0) for one in spread[:2]]
    return Indices(first, total, *ends, variance)


def _resampled(products: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """Return the column means over rows drawn with replacement, one row a resample."""
    n = len(products)
    rows = rng.integers(0, n, (count, n))
    weights = np.stack([np.bincount(row, minlength=n) for row in rows]).astype(float)
    return weights @ products / n


def _shares(means: np.ndarray, inputs: int, varies: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first-order and total indices, … × inputs × outputs, and the variance, from mean products."""
    variance = np.where(varies, means[..., -1] / 2 - (means[..., -2] / 2) ** 2, 0.0)
    divisor = np.where(variance > 0, variance, np.nan)[..., None]
    first, total = means[..., :inputs] / divisor, means[..., inputs : 2 * inputs] / (2 * divisor)
    return np.swapaxes(first, -1, -2), np.swapaxes(total, -1, -2), variance
