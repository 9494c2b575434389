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
    treated = data.to_numpy(copy=True)
    skews, kurts = _shape(treated)
    failing = np.flatnonzero(~_fits(skews, kurts, skew, kurt))
    drawn_in, enough = _drawn_in(treated[:, failing], skews[failing], int(points), skew, kurt)
    treated[:, failing[enough]] = drawn_in[:, enough]
    labels, left = dict.fromkeys(data.columns[failing[enough]], "winsorise"), failing[~enough]
    if otherwise != "none" and len(left):
        treated[:, left] = TRANSFORMS[otherwise](treated[:, left])
        labels |= dict.fromkeys(data.columns[left], otherwise)
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

    It increases with x, and the unit of x does not matter. A column, or units × columns.
    """
    shares, left = _shares(values), skewness(values) < 0
    logarithms = np.log(np.where(left, 1 - shares, shares) + OFFSET)
    return np.where(left, -logarithms, logarithms)


def box_cox(values: np.ndarray) -> np.ndarray:
    """Return ``(z^λ − 1)/λ`` with ``z = s + 0.01``, s as in `log`; for λ = 0 it is the logarithm.

    λ, between −5 and 5, maximises the normal likelihood of a column, ``(λ − 1)·Σ ln z − n/2·ln σ²``, where σ² is the
    variance of the result (divisor n). A column, or units × columns.

    References
    ----------
    Box and Cox (1964), An analysis of transformations, JRSS B 26(2).
    """
    return np.apply_along_axis(_curved_best, 0, np.log(_shares(values) + OFFSET))


def _curved_best(logarithms: np.ndarray) -> np.ndarray:
    """Return a column by the power of the greatest likelihood (see `box_cox`)."""
    from scipy.optimize import minimize_scalar  # slow to import

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
    treated, labels = treat_alone(data, method, **params)
    return treated, changed(data, treated, labels)


def changed(data: pd.DataFrame, treated: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the record of a treatment.

    Parameters
    ----------
    data, treated : pandas.DataFrame
        Units × indicators before and after.
    labels : mapping
        What was done, by column.

    Returns
    -------
    pandas.DataFrame
        As of `treat`.
    """
    before, after = data.to_numpy(dtype=float), treated.to_numpy()
    columns, rows = np.nonzero(((before != after) & ~np.isnan(before)).T)
    record = {
        "city": data.index[rows],
        "indicator": data.columns[columns],
        "before": before[rows, columns],
        "after": after[rows, columns],
        "method": np.array([labels[column] for column in data], dtype=object)[columns],
    }
    return pd.DataFrame(record)


def treat_alone(data: pd.DataFrame, method: str, **params) -> tuple[pd.DataFrame, dict[str, str]]:
    """Treat outliers as `treat` does, without the record of cells.

    Parameters
    ----------
    data, method, **params
        As for `treat`.

    Returns
    -------
    treated : pandas.DataFrame
        Of the shape of `data`.
    labels : dict of str to str
        What was done, by column: the method itself, or what it says that it did.

    Raises
    ------
    MethodError
        As of `treat`.
    """
    data = methods.floats(data)
    result = methods.call(METHODS, method, data, step="treatment", params=params)
    treated, labels = result if isinstance(result, tuple) else (result, {})
    treated = methods.check_frame(treated, data, step="treatment", name=method)
    filled = data.columns[(np.isnan(data.to_numpy()) & ~np.isnan(treated.to_numpy())).any(axis=0)]
    refuse(filled, f"{method!r} fills missing cells of {{}}; that is for imputation.", key="treatment", value=method)
    return treated, dict.fromkeys(data, method) | labels


def _shape(values: np.ndarray | pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return G1 and G2 by column (see `skewness`, `kurtosis`)."""
    values = np.asarray(values, dtype=float)
    present = ~np.isnan(values)
    n, gaps = present.sum(axis=0), not present.all()
    # scaled by the range first, so that no unit is too small or too large for a fourth power
    top = np.fmax.reduce(values, axis=0, initial=-np.inf)
    low = np.fmin.reduce(values, axis=0, initial=np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(methods.same(low, top), np.nan, top - low)
        scaled = (values - low) / spread
        scaled = np.where(present, scaled, 0.0) if gaps else scaled
        scaled = scaled - scaled.sum(axis=0) / n
        scaled = np.where(present, scaled, 0.0) if gaps else scaled
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


def _drawn_in(
    values: np.ndarray, skews: np.ndarray, points: int, skew: float, kurt: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return failing columns with their outermost values drawn in until they pass, and whether `points` cells suffice.

    `skews` are the G1 of the columns as they are.
    """
    current, enough = values.copy(), np.ones(values.shape[1], dtype=bool)
    low = np.fmin.reduce(values, axis=0, initial=np.inf)
    high = np.fmax.reduce(values, axis=0, initial=-np.inf)
    failing = np.arange(values.shape[1])
    while len(failing):
        columns, least, most, right = values[:, failing], low[failing], high[failing], skews > 0
        most = np.where(right, np.where(columns < most, columns, -np.inf).max(axis=0, initial=-np.inf), most)
        least = np.where(right, least, np.where(columns > least, columns, np.inf).min(axis=0, initial=np.inf))
        low[failing], high[failing] = least, most
        changed = ((columns < least) | (columns > most)).sum(axis=0)
        good = (least < most) & (changed <= points)
        enough[failing] = good
        drawn = np.clip(columns[:, good], least[good], most[good])
        current[:, failing[good]] = drawn
        skews, kurts = _shape(drawn)
        still = ~_fits(skews, kurts, skew, kurt)
        failing, skews = failing[good][still], skews[still]
    return current, enough


def _shares(values: np.ndarray) -> np.ndarray:
    least, most = methods.ends(values)
    return (values - least) / (most - least)
