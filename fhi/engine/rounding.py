"""Bounds to a number of decimals: rounded outward, so that what is written never excludes a value that is possible."""

from __future__ import annotations

import numpy as np

#: what a stored decimal may miss its true value by; less than any digit that is written
SLACK = 1e-9


def outward(low, high, places: int = 0, slack: float = SLACK):
    """Return the low end rounded down and the high end rounded up, to so many decimals.

    ``floor((low + slack)·10^places)/10^places`` and ``ceil((high − slack)·10^places)/10^places``; adding 0 turns −0
    into 0. Missing and infinite ends stay.

    Parameters
    ----------
    low, high : float or array of float
        In one unit.
    places : int
        Decimals.
    slack : float
        Error of the ends: one that lies so near to a decimal is that decimal.
    """
    scale = 10.0**places
    down = np.floor((np.asarray(low, dtype=float) + slack) * scale) / scale + 0.0
    up = np.ceil((np.asarray(high, dtype=float) - slack) * scale) / scale + 0.0
    return down[()], up[()]
