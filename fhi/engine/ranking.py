"""Ranks from scores (1 is best, ties share the lower number, none without a score), and numbers rounded to be read."""

import numpy as np
import pandas as pd

#: what a stored decimal may miss its true value by; less than any digit that is written
STORED_SLACK = 1e-9


def outward(low, high, places: int = 0, slack: float = STORED_SLACK):
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

    Returns
    -------
    low, high : float or numpy.ndarray
        Of the form of the ends.
    """
    scale = 10.0**places
    down = np.floor((np.asarray(low, dtype=float) + slack) * scale) / scale + 0.0
    up = np.ceil((np.asarray(high, dtype=float) - slack) * scale) / scale + 0.0
    return down[()], up[()]


#: significant digits of a number that was computed, and the most that a printed one has
COMPUTED, PRINTED = 4, 6


def significant(value: float, *, printed: bool = False, decimals: int | None = None) -> float:
    """Return a number rounded to be read: four significant digits, its whole part whole.

    Parameters
    ----------
    value : float
    printed : bool
        Whether a source prints it: its digits stay, unless they are more than six, as only computed ones are.
    decimals : int, optional
        So many at most, as its unit is counted, but two significant digits stay.

    Returns
    -------
    float
        In the same unit: 15438.78 is 15439, 0.24467 is 0.2447, or with two decimals 0.24.
    """
    exact = f"{abs(value):.10g}"
    if not value or not np.isfinite(value) or (printed and len(exact.replace(".", "").strip("0")) <= PRINTED):
        return float(value)
    return round(float(exact), significant_places(value, decimals)) * (1 if value > 0 else -1)


def significant_places(value: float, decimals: int | None = None) -> int:
    """Return the decimals that a computed number is read with, as `significant` rounds it.

    Parameters
    ----------
    value : float
        Finite and not 0.
    decimals : int, optional
        See there.

    Returns
    -------
    int
        0 or more.
    """
    before = int(np.floor(np.log10(abs(value)))) + 1
    places = max(0, COMPUTED - before)
    return places if decimals is None else min(places, max(decimals, 2 - before))


#: what a computed score may miss its true value by, as a share of the last decimal that counts
SLACK = 1e-6


def ranked(scores: pd.DataFrame | pd.Series, decimals: int | None = None) -> pd.DataFrame | pd.Series:
    """Return the ranks of each column of scores.

    Parameters
    ----------
    scores : pandas.DataFrame or pandas.Series
        Units (× nodes), in points.
    decimals : int, optional
        Units whose scores are equal once rounded to so many decimals are tied, as where a publication ranks the
        scores that it prints (UNDP 2022, Human Development Report, table 1: 3 decimals). None: no rounding.

    Returns
    -------
    pandas.DataFrame or pandas.Series
        Of the same form; whole numbers, missing where there is no score.
    """
    ranks = rounded(scores, decimals).rank(ascending=False, method="min")
    if isinstance(ranks, pd.Series):
        return ranks.astype("Int64")
    # column by column from arrays: astype takes three times as long for 200 nodes
    values, missing = ranks.fillna(0).to_numpy(dtype=np.int64), ranks.isna().to_numpy()
    columns = [pd.arrays.IntegerArray(*pair) for pair in zip(values.T.copy(), missing.T.copy(), strict=True)]
    return pd.DataFrame(dict(enumerate(columns)), index=ranks.index, copy=False).set_axis(ranks.columns, axis=1)


def rounded(scores: pd.DataFrame | pd.Series, decimals: int | None) -> pd.DataFrame | pd.Series:
    """Return ``sign(x)·floor(|x|·10^d + ½)/10^d``: halves away from zero, as printed tables round; None leaves x.

    `SLACK` counts what a sum of floats leaves short of a half as that half.

    Parameters
    ----------
    scores : pandas.DataFrame or pandas.Series
        In points.
    decimals : int or None
        d.

    Returns
    -------
    pandas.DataFrame or pandas.Series
        Of the same form.
    """
    if decimals is None:
        return scores
    scale = 10.0**decimals
    return np.sign(scores) * np.floor(scores.abs() * scale + 0.5 + SLACK) / scale


def within_groups(scores: pd.DataFrame, attributes: pd.DataFrame, decimals: int | None = None) -> pd.DataFrame:
    """Return the ranks of units among those of their group.

    Parameters
    ----------
    scores : pandas.DataFrame
        Units × nodes.
    attributes : pandas.DataFrame
        Units × columns that group them; a unit without an entry is in no group.
    decimals : int, optional
        From how many decimals of the scores ranks are made; see `ranked`.

    Returns
    -------
    pandas.DataFrame
        ``column, group, node, city, rank, among``: `rank` as of `ranked` (1 is best, ties share the lower number), and
        how many units of the group have a score.
    """
    frames = [pd.DataFrame(columns=["column", "group", "node", "city", "rank", "among"])]
    for column in attributes:
        for group, members in scores.groupby(attributes[column].reindex(scores.index)):
            ranks = ranked(members, decimals).rename_axis(index="city", columns="node")
            long = ranks.stack(future_stack=True).dropna().rename("rank").reset_index()
            counts = long["node"].map(members.notna().sum())
            frames.append(long.assign(column=column, group=str(group), among=counts)[[*frames[0]]])
    return pd.concat(frames[1:] or frames, ignore_index=True)
