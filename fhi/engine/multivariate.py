"""Handbook step 4: how the indicators are distributed and how they hang together, before and after weights.

All functions take units × nodes with more always better (normalised indicators, or scores): a negative
correlation then means that two indicators pull a score in opposite ways.
"""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, refuse
from fhi.engine.framework import Framework
from fhi.engine.methods import constant, listed, same
from fhi.engine.treatment import kurtosis, passes, skewness

#: above this two indicators say almost the same (OECD/JRC practice)
COLLINEAR = 0.92
#: fewer common units than this give no correlation
LEAST_UNITS = 3
#: loadings that differ by less are the same size: what the order of a sum can change
TIE = 1e-9


class Components(NamedTuple):
    """Principal components.

    Attributes
    ----------
    variances : pandas.DataFrame
        By component: ``eigenvalue``, ``share`` of the total variance, ``cumulative``.
    loadings : pandas.DataFrame
        Indicators × components: the correlation of an indicator with a component.
    units : int
        How many units have every indicator and were used.
    """

    variances: pd.DataFrame
    loadings: pd.DataFrame
    units: int


def distribution(data: pd.DataFrame) -> pd.DataFrame:
    """Return what to look at before treating and transforming.

    Returns
    -------
    pandas.DataFrame
        By indicator: ``units`` with a value, ``missing``, ``zeros``, ``distinct`` values, ``least``, ``median``,
        ``mean``, ``most``, ``sd`` (ddof 1), ``skewness`` and ``kurtosis`` (see `treatment`), and ``outliers``: True
        if \\|skewness\\| ≥ 2 and kurtosis ≥ 3.5.
    """
    table = {
        "units": data.notna().sum(),
        "missing": data.isna().sum(),
        "zeros": (data == 0).sum(),
        "distinct": data.nunique(),
        "least": data.min(),
        "median": data.median(),
        "mean": data.mean(),
        "most": data.max(),
        "sd": data.std(ddof=1),
        "skewness": skewness(data),
        "kurtosis": kurtosis(data),
        "outliers": ~passes(data),
    }
    return pd.DataFrame(table, index=data.columns).rename_axis("indicator")


def correlations(
    data: pd.DataFrame,
    framework: Framework,
    *,
    method: Literal["pearson", "spearman", "kendall"] = "pearson",
    collinear: float = COLLINEAR,
) -> pd.DataFrame:
    """Return the correlation of every pair of nodes, over the units that have both.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × nodes below the root.
    framework : Framework
    method : {"pearson", "spearman", "kendall"}, optional
        The coefficient.
    collinear : float, optional
        Above this correlation a pair is flagged.

    Returns
    -------
    pandas.DataFrame
        One row a pair, in framework order: ``first, second, first_pillar, second_pillar, within`` (the same pillar),
        ``units, correlation, p_value, low, high`` (see `inference`), ``flag``: ``negative`` below 0, ``collinear``
        above `collinear`, else empty. A pair with fewer than 3 common units, or a node without spread, has no
        correlation.

    Raises
    ------
    MethodError
        If a column is no node below the root.
    """
    nodes = _in_order(data, framework)
    varied = data[nodes].assign(**dict.fromkeys(constant(data[nodes]), np.nan))
    table = varied.corr(method=method, min_periods=LEAST_UNITS).to_numpy()
    present = data[nodes].notna().to_numpy(dtype=float)
    common = (present.T @ present).astype(int)
    first, second = np.triu_indices(len(nodes), k=1)
    names = np.array(nodes, dtype=object)
    pillars = np.array([_pillar(node, framework) for node in nodes], dtype=object)
    values, units = table[first, second], common[first, second]
    p_value, low, high = inference(values, units, method)
    return pd.DataFrame(
        {
            "first": names[first],
            "second": names[second],
            "first_pillar": pillars[first],
            "second_pillar": pillars[second],
            "within": pillars[first] == pillars[second],
            "units": units,
            "correlation": values,
            "p_value": p_value,
            "low": low,
            "high": high,
            "flag": np.select([values < 0, values > collinear], ["negative", "collinear"], ""),
        }
    )


def inference(
    values: np.ndarray, units: np.ndarray, method: str = "pearson", confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the two-sided p-value of each correlation and the ends of its confidence interval.

    p, of no correlation: Student's t of ``r·√((n − 2)/(1 − r²))`` with n − 2 degrees of freedom (pearson, spearman), or
    the normal approximation with variance ``2(2n + 5)/(9n(n − 1))`` (kendall). Interval: ``tanh(artanh r ± z·s)`` with
    s² = 1/(n − 3) (pearson), (1 + r²/2)/(n − 3) (spearman), 0.437/(n − 4) (kendall).

    Parameters
    ----------
    values, units : numpy.ndarray
        Correlations, and from how many units n each comes.
    method : str, optional
        ``pearson``, ``spearman`` or ``kendall``.
    confidence : float, optional
        Of the interval.

    Returns
    -------
    p_value, low, high : numpy.ndarray
        Missing where n is too small, or where there is no correlation. Units are taken for a sample: where they are
        the whole population, as the cities of a list, an interval only says how little so few units tell.

    References
    ----------
    Fisher (1921), Metron 1; Bonett & Wright (2000), Sample size requirements for estimating Pearson, Kendall and
    Spearman correlations, Psychometrika 65(1); Kendall (1938), A new measure of rank correlation, Biometrika 30.
    """
    # a sixth of a second that only this needs
    from scipy.special import ndtr, ndtri, stdtr

    r, n = np.asarray(values, dtype=float), np.asarray(units, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "kendall":
            p_value = 2 * ndtr(-np.abs(r) / np.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1))))
            spread = 0.437 / np.where(n > 4, n - 4, np.nan)
        else:
            freedom = np.where(n > 2, n - 2, np.nan)
            p_value = 2 * stdtr(freedom, -np.abs(r) * np.sqrt(freedom / np.clip(1 - r**2, 0, None)))
            spread = (1 + r**2 / 2 if method == "spearman" else 1.0) / np.where(n > 3, n - 3, np.nan)
        reach = ndtri((1 + confidence) / 2) * np.sqrt(spread)
        middle = np.arctanh(np.clip(r, -1, 1))
        return p_value, np.tanh(middle - reach), np.tanh(middle + reach)


def cronbach_alpha(data: pd.DataFrame) -> float:
    """Return ``α = k/(k − 1)·(1 − Σ s_i²/s²)`` over the units that have all k items.

    s_i² is the variance of an item and s² that of the sum of all. Missing for fewer than two items or units, or a sum
    without spread. Cronbach (1951), Coefficient alpha and the internal structure of tests, Psychometrika 16(3).
    """
    complete, items = data.dropna(), data.shape[1]
    sums = complete.sum(axis=1)
    if items < 2 or len(complete) < 2 or same(sums.min(), sums.max()):
        return float("nan")
    return float(items / (items - 1) * (1 - complete.var(ddof=1).sum() / sums.var(ddof=1)))


def reliability(normalised: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return Cronbach's alpha of the indicators below each node, the root included.

    Parameters
    ----------
    normalised : pandas.DataFrame
        Units × indicators, more always better.
    framework : Framework

    Returns
    -------
    pandas.DataFrame
        By node above the indicators: ``indicators`` with data, ``units`` that have all of them, ``alpha``.

    References
    ----------
    Cronbach (1951), Coefficient alpha and the internal structure of tests, Psychometrika 16(3).
    """
    rows = {}
    for node in (node for node in framework.levels.index if framework.children(node)):
        below = [indicator for indicator in framework.indicators_below(node) if indicator in normalised]
        items = normalised[below].dropna(axis=1, how="all")
        rows[node] = (items.shape[1], len(items.dropna()) if items.shape[1] else 0, cronbach_alpha(items))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["indicators", "units", "alpha"]).rename_axis("node")


def principal_components(data: pd.DataFrame) -> Components:
    """Return the principal components of the correlation matrix, over the units that have every indicator.

    The sign of a component is that which makes its largest loading (in size; the first by name among equals)
    positive, so that it does not depend on the machine or the order of columns. Components with equal eigenvalues are
    only determined together.

    Raises
    ------
    MethodError
        If fewer than 3 units have every indicator, or an indicator has no spread among these.
    """
    complete = data.dropna().sort_index(axis=1)
    if len(complete) < LEAST_UNITS:
        sparse = listed(data.notna().sum().sort_values(kind="stable").index[:3])
        message = f"{len(complete)} units have every indicator; impute, or leave out those that few have ({sparse})."
        raise MethodError(message, key="multivariate")
    message = "every value of {} is the same among the units that have all indicators; leave it out."
    refuse(constant(complete), message, key="multivariate")
    eigenvalues, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(complete.to_numpy().T)))
    eigenvalues, vectors = np.clip(eigenvalues[::-1], 0, None), vectors[:, ::-1]
    sizes = np.abs(vectors)
    leading = np.argmax(sizes > sizes.max(axis=0) - TIE, axis=0)
    vectors = vectors * np.sign(vectors[leading, np.arange(len(leading))])
    names = pd.Index([f"PC{number}" for number in range(1, len(eigenvalues) + 1)], name="component")
    shares = eigenvalues / eigenvalues.sum()
    variances = {"eigenvalue": eigenvalues, "share": shares, "cumulative": shares.cumsum()}
    loadings = pd.DataFrame(vectors * np.sqrt(eigenvalues), index=complete.columns, columns=names)
    return Components(pd.DataFrame(variances, index=names), loadings.loc[[*data]], len(complete))


def effective_weights(scores: pd.DataFrame, framework: Framework, weights: pd.Series) -> pd.DataFrame:
    """Return how much each node matters for its parent's score, beside the weight that it was given.

    The importance of a node is the share of the variance of its parent's score that it explains linearly, the squared
    Pearson correlation r²: the first-order measure of Becker et al. with a straight line for E(parent | node).

    Parameters
    ----------
    scores : pandas.DataFrame
        Units × all nodes, the root included.
    weights : pandas.Series
        By node below the root, 1 inside each parent.

    Returns
    -------
    pandas.DataFrame
        By node: ``parent, weight, correlation, importance`` (r²), ``share`` (r² over the sum of r² inside the parent,
        to compare with ``weight``). Missing for a node without spread or data.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the
    gap, Ecological Indicators 80. Paruolo, Saisana and Saltelli (2013), Ratings and rankings: voodoo or science?
    """
    parents = framework.parents[framework.nodes]
    found = [correlation(scores[node], scores[parent]) for node, parent in parents.items()]
    table = pd.DataFrame({"parent": parents, "weight": weights[framework.nodes], "correlation": found})
    table["importance"] = table["correlation"] ** 2
    total = table.groupby("parent")["importance"].transform("sum")
    return table.assign(share=table["importance"] / total.where(total > 0)).rename_axis("node")


def correlation(first: pd.Series, second: pd.Series) -> float:
    """Return Pearson's correlation over the units that have both; NaN for fewer than three, or without spread.

    Parameters
    ----------
    first, second : pandas.Series
        By unit.

    Returns
    -------
    float
        From −1 to 1.
    """
    both = pd.concat([first, second], axis=1).dropna().to_numpy().T
    few = both.shape[1] < LEAST_UNITS
    return float("nan") if few or any(same(row.min(), row.max()) for row in both) else float(np.corrcoef(both)[0, 1])


def _in_order(data: pd.DataFrame, framework: Framework) -> list[str]:
    unknown = [column for column in data if column not in framework.nodes]
    refuse(unknown, "no node below the root: {}.", key="multivariate", valid=framework.nodes)
    return [node for node in framework.nodes if node in data and node not in framework.same]


def _pillar(node: str, framework: Framework) -> str:
    while framework.levels[node] > 1:
        node = framework.parents[node]
    return node


#: a regressor of which those before it leave less than this share of the variance is a combination of them
DETERMINED = 1e-10


def least_squares(given: np.ndarray, outcome: np.ndarray) -> np.ndarray | None:
    """Return the intercept and the slopes; None if the regressors are collinear, or one is constant.

    Parameters
    ----------
    given : numpy.ndarray
        Units × regressors, without gaps; they are judged after scaling to unit variance.
    outcome : numpy.ndarray
        By unit.

    Returns
    -------
    numpy.ndarray or None
        ``b₀, b₁, …`` that minimise ``Σ (y − b₀ − Σ b_k·x_k)²``, in units of the outcome by unit of the regressor.
    """
    centre, spread = given.mean(axis=0), given.std(axis=0)
    if np.any(same(given.min(axis=0, initial=np.inf), given.max(axis=0, initial=-np.inf))):
        return None
    scaled = (given - centre) / spread
    triangle = np.linalg.qr(scaled, mode="r")
    if given.shape[1] and (np.diag(triangle) ** 2).min() / len(given) < DETERMINED:
        return None
    slopes = np.linalg.lstsq(scaled, outcome - outcome.mean(), rcond=None)[0] / spread
    return np.concatenate([[outcome.mean() - centre @ slopes], slopes])
