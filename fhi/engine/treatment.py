"""Handbook step 5, outliers: treat skewed indicators, or leave them; every treated cell is recorded."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, choose, refuse
from fhi.engine.methods import NotNegative, Percentile, Whole, method

#: a transformed value starts this share of the range above zero, so that the lowest has a logarithm
OFFSET = 0.01
#: a column whose skewness and kurtosis both reach these has outliers
SKEW, KURT = 2.0, 3.5


def skewness(values: np.ndarray | pd.DataFrame) -> np.ndarray:
    """Return the bias-corrected sample skewness ``G1 = g1·√(n(n − 1))/(n − 2)`` by column; NaN without spread or n < 3.

    ``g1 = m3/m2^1.5`` with central moments of divisor n. Joanes and Gill (1998), The Statistician 47(1).
    """
    return _shape(values)[0]


def kurtosis(values: np.ndarray | pd.DataFrame) -> np.ndarray:
    """Return the bias-corrected excess kurtosis by column; NaN without spread or n < 4.

    ``G2 = (n − 1)/((n − 2)(n − 3))·((n + 1)·g2 + 6)``, ``g2 = m4/m2² − 3``. Joanes and Gill (1998).
    """
    return _shape(values)[1]


@method("treatment", "none", zh="不处理", en="none", columnwise=True)
def none(data: pd.DataFrame) -> pd.DataFrame:
    """Leave every value as it is."""
    return data.copy()


@method("treatment", "winsorise", zh="缩尾处理", en="winsorisation", columnwise=True)
def winsorise(
    data: pd.DataFrame,
    *,
    points: Whole = 5,
    skew: NotNegative = SKEW,
    kurt: NotNegative = KURT,
    otherwise: Literal["log", "box-cox", "none"] = "log",
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Draw in the outliers of the columns that are skewed and heavy-tailed, or transform these columns.

    A column passes if ``|G1| < skew`` or ``G2 < kurt`` (`skewness`, `kurtosis`), or cannot be judged (fewer than
    4 values, or all the same). In one that fails, the outermost value at the longer tail (by the sign of G1) is set to
    the next one, again and again until the column passes. Cells that share a value move together or not at all, and no
    more than `points` cells are changed. If the column still fails then, it is transformed instead, from the
    untreated values: by ``ln(s + 0.01)`` with ``s = (x − min)/(max − min)`` (of a left-skewed column
    ``−ln(1 − s + 0.01)``), or by Box and Cox's ``(z^λ − 1)/λ`` of ``z = s + 0.01``.

    Parameters
    ----------
    points : int
        The most cells that may be changed in a column; 0 goes on to the transformation at once.
    skew, kurt : float
        The limits.
    otherwise : {"log", "box-cox", "none"}
        `log` or `box_cox` of the untreated column, or leave it untreated.

    Returns
    -------
    treated : pandas.DataFrame
        Of the shape of `data`; a transformed column has no unit.
    labels : dict of str to str
        What was done, by column that changed.

    References
    ----------
    OECD/JRC (2008), Handbook, section 1.5; Saisana and Saltelli (2011), for the limits 2 and 3.5.
    """
    treated, labels = data.to_numpy(copy=True), {}
    failing = np.flatnonzero(~passes(data, skew, kurt))
    drawn_in, enough = _drawn_in(treated[:, failing], int(points), skew, kurt)
    for place, column, good in zip(failing, drawn_in.T, enough, strict=True):
        if good or otherwise != "none":
            treated[:, place] = column if good else TRANSFORMS[otherwise](treated[:, place])
            labels[data.columns[place]] = "winsorise" if good else otherwise
    return pd.DataFrame(treated, index=data.index, columns=data.columns), labels


@method("treatment", "winsorise-percentiles", zh="百分位缩尾处理", en="winsorisation at percentiles", columnwise=True)
def winsorise_percentiles(data: pd.DataFrame, *, low: Percentile = 5.0, high: Percentile = 95.0) -> pd.DataFrame:
    """Set what lies beyond two percentiles of the indicator to these (linear interpolation between values).

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    low, high : float
        Percentiles, from 0 to 100.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, in the indicators' own units.

    Raises
    ------
    MethodError
        If `low` is not below `high`.
    """
    if not low < high:
        message = f"low must be below high; found {low!r} and {high!r}."
        raise MethodError(message, key="treatment.low", value=low)
    return data.clip(data.quantile(low / 100), data.quantile(high / 100), axis=1)


def log(values: np.ndarray) -> np.ndarray:
    """Return ``ln(s + 0.01)``, with ``s = (x − min)/(max − min)``; of a left-skewed column ``−ln(1 − s + 0.01)``.

    It increases with x, and the unit of x does not matter.
    """
    shares = _shares(values)
    left = skewness(values) < 0
    return -np.log(1 - shares + OFFSET) if left else np.log(shares + OFFSET)


def box_cox(values: np.ndarray) -> np.ndarray:
    """Return ``(z^λ − 1)/λ`` with ``z = s + 0.01``, s as in `log`; for λ = 0 it is the logarithm.

    λ, between −5 and 5, maximises the normal likelihood, ``(λ − 1)·Σ ln z − n/2·ln σ²``, where σ² is the variance of
    the result (divisor n).

    References
    ----------
    Box and Cox (1964), An analysis of transformations, JRSS B 26(2).
    """
    from scipy.optimize import minimize_scalar  # slow to import

    logarithms = np.log(_shares(values) + OFFSET)
    known = logarithms[~np.isnan(logarithms)]

    def curved(power: float, of: np.ndarray) -> np.ndarray:
        return np.expm1(power * of) / power if power else of

    def loss(power: float) -> float:
        return len(known) / 2 * np.log(curved(power, known).var()) - (power - 1) * known.sum()

    best = minimize_scalar(loss, bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}).x
    return curved(best, logarithms)


TRANSFORMS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"log": log, "box-cox": box_cox}

#: name -> function of (data, **params) that returns the treated frame, or it and what was done by column
METHODS = methods.TABLES["treatment"]


def transformation(method: str, params: Mapping[str, object]) -> str | None:
    """Return the name of the transformation that a method may put in the place of a column, by its ``otherwise``.

    A column so transformed has another unit, or none; if there is no such transformation, every column keeps its own.

    Parameters
    ----------
    method : str
        A name of `METHODS`.
    params : mapping
        Its parameters, as written in the scenario.

    Returns
    -------
    str or None
        A name of `TRANSFORMS`.
    """
    own = methods.keywords(choose(METHODS, method, "treatment")).get("otherwise")
    chosen = params.get("otherwise", own.default) if own else None
    return chosen if chosen in TRANSFORMS else None


def treat(data: pd.DataFrame, method: str, **params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Treat outliers by a named method.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, in the indicators' own units; missing cells are NaN and stay so.
    method : str
        A name of `METHODS`.
    **params
        The method's own parameters.

    Returns
    -------
    treated : pandas.DataFrame
        Of the shape of `data`.
    record : pandas.DataFrame
        One row a changed cell: ``city, indicator, before, after, method``; method is what was done to it
        (``winsorise``, ``log``, …).

    Raises
    ------
    MethodError
        If there is no such method or parameter, or it fills a missing cell.
    """
    data = data.astype(float)
    result = methods.call(METHODS, method, data, step="treatment", params=params)
    treated, labels = result if isinstance(result, tuple) else (result, {})
    treated = methods.check_frame(treated, data, step="treatment", name=method)
    before, after = data.to_numpy(), treated.to_numpy()
    filled = data.columns[(np.isnan(before) & ~np.isnan(after)).any(axis=0)]
    message = f"{method!r} fills missing cells of {{}}; that is for imputation."
    refuse(filled, message, key="treatment", value=method)
    columns, rows = np.nonzero(((before != after) & ~np.isnan(before)).T)
    done = np.array([labels.get(column, method) for column in data], dtype=object)
    record = {
        "city": data.index[rows],
        "indicator": data.columns[columns],
        "before": before[rows, columns],
        "after": after[rows, columns],
        "method": done[columns],
    }
    return treated, pd.DataFrame(record)


def _shape(values: np.ndarray | pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return G1 and G2 by column (see `skewness`, `kurtosis`)."""
    values = np.asarray(values, dtype=float)
    present = ~np.isnan(values)
    n = present.sum(axis=0)
    # scaled by the range first, so that no unit is too small or too large for a fourth power
    top = np.max(values, axis=0, where=present, initial=-np.inf)
    low = np.min(values, axis=0, where=present, initial=np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(methods.same(low, top), np.nan, top - low)
        scaled = np.where(present, (values - low) / spread, 0.0)
        scaled = np.where(present, scaled - scaled.sum(axis=0) / n, 0.0)
        squares = scaled**2
        second = squares.sum(axis=0) / n
        third, fourth = (squares * scaled).sum(axis=0) / n, (squares**2).sum(axis=0) / n
        skew = third / second**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurt = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / second**2 - 3) + 6)
    return np.where(n > 2, skew, np.nan), np.where(n > 3, kurt, np.nan)


def passes(values: np.ndarray | pd.DataFrame, skew: float = SKEW, kurt: float = KURT) -> np.ndarray:
    """Return by column whether ``|G1| < skew`` or ``G2 < kurt``, or whether that cannot be judged.

    Parameters
    ----------
    values : numpy.ndarray or pandas.DataFrame
        Units × columns.
    skew, kurt : float, optional
        The limits.

    Returns
    -------
    numpy.ndarray of bool
        By column.

    References
    ----------
    Saisana and Saltelli (2011), for the limits 2 and 3.5.
    """
    return _fits(*_shape(values), skew, kurt)


def _fits(skews: np.ndarray, kurts: np.ndarray, skew: float, kurt: float) -> np.ndarray:
    return ~((np.abs(skews) >= skew) & (kurts >= kurt))


def _drawn_in(values: np.ndarray, points: int, skew: float, kurt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns with their outermost values drawn in until they pass, and whether `points` cells suffice."""
    current, enough = values.copy(), np.ones(values.shape[1], dtype=bool)
    low = np.nanmin(values, axis=0, initial=np.inf)
    high = np.nanmax(values, axis=0, initial=-np.inf)
    while True:
        skews, kurts = _shape(current)
        failing = np.flatnonzero(enough & ~_fits(skews, kurts, skew, kurt))
        if not len(failing):
            return current, enough
        columns, right = values[:, failing], skews[failing] > 0
        inside = np.max(columns, axis=0, where=columns < high[failing], initial=-np.inf)
        high[failing] = np.where(right, inside, high[failing])
        inside = np.min(columns, axis=0, where=columns > low[failing], initial=np.inf)
        low[failing] = np.where(right, low[failing], inside)
        changed = ((columns < low[failing]) | (columns > high[failing])).sum(axis=0)
        enough[failing] = (low[failing] < high[failing]) & (changed <= points)
        kept = failing[enough[failing]]
        current[:, kept] = np.clip(values[:, kept], low[kept], high[kept])


def _shares(values: np.ndarray) -> np.ndarray:
    least = np.nanmin(values)
    return (values - least) / (np.nanmax(values) - least)
