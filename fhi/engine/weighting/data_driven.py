"""Weights from the data: how the children correlate, and how far each tells units apart."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from fhi.engine.methods import Count, method
from fhi.engine.weighting.families import by_family


def _of_family(name: str, **names: str) -> Callable:
    """Register a function of the scores of one family as a method; see `by_family`."""
    return lambda function: method("weighting", name, **names)(by_family(function))


#: fewer units than this always correlate perfectly
LEAST_UNITS = 3


def correlations(scores: pd.DataFrame) -> pd.DataFrame:
    """Return Pearson's correlations, children × children, each from the units that both have.

    Raises
    ------
    ValueError
        If two children have fewer than three units in common, or one does not vary over these.
    """
    if len(scores) >= LEAST_UNITS and scores.notna().all(axis=None):
        found = np.atleast_2d(np.corrcoef(scores.to_numpy(), rowvar=False))
    else:
        found = scores.corr(min_periods=LEAST_UNITS).to_numpy(copy=True)
    rows, columns = np.nonzero(np.triu(np.isnan(found), 1))
    if len(rows):
        one, other = scores.columns[rows[0]], scores.columns[columns[0]]
        message = f"{one} and {other} cannot be correlated: they share fewer than {LEAST_UNITS} units, or one is the "
        raise ValueError(f"{message}same in all of these; impute, or leave one out")
    np.fill_diagonal(found, 1.0)
    return pd.DataFrame(np.clip(found, -1.0, 1.0), index=scores.columns, columns=scores.columns)


#: eigenvalues nearer than this are the same, and their components are not determined
SAME = 1e-9


@_of_family("pca", zh="主成分分析", en="principal components")
def pca(scores: pd.DataFrame) -> pd.Series:
    """Weigh by the loadings on the first principal component of the correlation matrix.

    An eigenvector has no sign of its own: it is turned so that its loadings sum to more than zero. A child that still
    loads negatively runs against the others and is refused by name, since as a weight its loading would count as if it
    ran with them.

    Raises
    ------
    ValueError
        If a child loads negatively, the first component is not unique, or a correlation cannot be computed.

    References
    ----------
    OECD/JRC (2008), Handbook, section 6.1; Jolliffe (2002), Principal Component Analysis, Springer.
    """
    loadings = _loadings(correlations(scores), 1)[:, 0]
    loadings = loadings if loadings.sum() > 0 else -loadings
    against = scores.columns[loadings < -SAME]
    shown = ", ".join(f"{child} {value:+.2f}" for child, value in zip(scores, loadings, strict=True))
    message = f"negative loadings on the first component: {{}} (loadings {shown}); "
    _refuse(against, f"{message}check its direction, leave it out, or weigh by factor-analysis")
    return pd.Series(np.clip(loadings, 0, None), index=scores.columns)


@_of_family("unobserved-components", zh="不可观测成分模型", en="unobserved components")
def unobserved_components(scores: pd.DataFrame) -> pd.Series:
    """Weigh by the precision with which a child shows the one unobserved variable that all share: ``w_j ∝ 1/σ_j²``.

    The model is ``x_j = α_j + β_j·(p + ε_j)`` with p standard normal and ε_j of variance σ_j², fitted by maximum
    likelihood to the units that have every child. It is a factor analysis with one factor: with the loading λ_j and the
    unique variance ψ_j of the standardised child, ``σ_j² = ψ_j/λ_j²``.

    Raises
    ------
    ValueError
        With fewer than three children (the model has more unknowns than they have correlations), a child that runs
        against the others, one that the others tell completely, or too few units.

    References
    ----------
    Kaufmann, Kraay & Zoido-Lobatón (1999), Aggregating governance indicators, World Bank WP 2195; OECD/JRC (2008),
    Handbook, section 6.4; Rubin & Thayer (1982), EM algorithms for ML factor analysis, Psychometrika 47(1).
    """
    complete = scores.dropna()
    count = scores.shape[1]
    if count < 3 or len(complete) <= count:
        message = "unobserved components need three children or more, and more units that have them all than children; "
        raise ValueError(f"{message}found {count} and {len(complete)}; weigh with within: all, or impute")
    loadings, unique = _one_factor(np.asarray(correlations(complete)))
    loadings = loadings if loadings.sum() > 0 else -loadings
    against, told = scores.columns[loadings < -SAME], scores.columns[unique < ALL_TOLD]
    _refuse(against, "{} is negatively correlated with the others; check its direction, or leave it out")
    _refuse(told, "the model makes {} the only source of what the children share; leave it out, or weigh equally")
    return pd.Series(loadings**2 / unique, index=scores.columns)


#: a smaller unique variance of a standardised child is none: a Heywood case
ALL_TOLD = 1e-4


def _one_factor(correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return loadings and unique variances of one factor, of most likelihood for a correlation matrix: EM."""
    loadings, unique = (
        np.sqrt(np.full(len(correlation), 0.5)) * np.linalg.eigh(correlation)[1][:, -1],
        np.full(len(correlation), 0.5),
    )
    for _ in range(100_000):
        scaled = loadings / unique
        variance = 1 / (1 + loadings @ scaled)
        back = variance * correlation @ scaled
        spread = variance + variance * scaled @ back
        new = back / spread
        after = np.maximum(1 - new * back, ALL_TOLD / 10)
        moved = max(np.abs(new - loadings).max(), np.abs(after - unique).max())
        loadings, unique = new, after
        if moved < 1e-10:
            break
    return loadings, unique


@_of_family("factor-analysis", zh="因子分析", en="factor analysis")
def factor_analysis(scores: pd.DataFrame, *, factors: Count | None = None) -> pd.Series:
    """Weigh by the largest squared loading of a child on the factors, after varimax rotation.

    The Handbook's way: squared loadings scaled to sum to 1 in each factor make intermediate composites of the children
    that load most on it; these count by the variance that each factor explains. The scaling cancels, so that
    ``w_j ∝ max_f a_jf²`` with a the rotated loadings. Squares know no sign: a child that runs against the others weighs
    as if it ran with them.

    Parameters
    ----------
    factors : int, optional
        How many components are kept (all, if a family has fewer); by default those with an eigenvalue above 1.

    Returns
    -------
    pandas.Series
        Raw weights by child.

    Raises
    ------
    ValueError
        If the last factor kept is not unique, or a correlation cannot be computed.

    References
    ----------
    Nicoletti, Scarpetta and Boylaud (2000), OECD Economics Department Working Paper 226; Kaiser (1958), The varimax
    criterion, Psychometrika 23; OECD/JRC (2008), Handbook, section 6.1 and tables 16 to 18.
    """
    loadings = varimax(_loadings(correlations(scores), factors))
    return pd.Series((loadings**2).max(axis=1), index=scores.columns)


def _loadings(matrix: pd.DataFrame, count: int | None) -> np.ndarray:
    """Return the loadings, children × components, of the `count` largest components (default: eigenvalue above 1)."""
    values, vectors = np.linalg.eigh(matrix.to_numpy())
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = min(int(count or 0) or max(int((values > 1 + SAME).sum()), 1), int((values > SAME).sum()))
    if kept < len(values) and values[kept - 1] - values[kept] < SAME:
        message = f"components {kept} and {kept + 1} of {', '.join(matrix)} explain the same and are not determined"
        raise ValueError(f"{message}; choose another number, or another method")
    return vectors[:, :kept] * np.sqrt(values[:kept])


def varimax(loadings: np.ndarray, *, rounds: int = 1000) -> np.ndarray:
    """Return loadings rotated so that the variance of their squares within each factor is largest.

    With Kaiser's normalisation: each child is scaled to unit communality for the rotation and back after it.

    Parameters
    ----------
    loadings : numpy.ndarray
        Children × factors.
    rounds : int, optional
        The most rounds; fewer if the variance grows by less than 10⁻¹² of it.

    Returns
    -------
    numpy.ndarray
        Children × factors.

    References
    ----------
    Kaiser (1958), The varimax criterion for analytic rotation in factor analysis, Psychometrika 23.
    """
    sizes = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    scaled = loadings / np.where(sizes > 0, sizes, 1.0)
    rotation, before = np.eye(loadings.shape[1]), 0.0
    for _ in range(rounds):
        rotated = scaled @ rotation
        left, gains, right = np.linalg.svd(scaled.T @ (rotated**3 - rotated * (rotated**2).mean(axis=0)))
        rotation, after = left @ right, gains.sum()
        if after <= before * (1 + 1e-12):
            break
        before = after
    return loadings @ rotation


#: a slope of this size is level: the child may carry weight
NOTHING = 1e-9
#: singular values below this share of the largest are directions in which nothing changes
SINGULAR = 1e-11


@_of_family("correlation-optimised", zh="等重要性赋权", en="equal importance")
def correlation_optimised(scores: pd.DataFrame) -> pd.Series:
    """Weigh so that the children correlate as equally as they can with their weighted arithmetic mean.

    With R the correlations, s the standard deviations and u = s·w, a child's correlation with the mean is
    ``(R·u)_j / √(uᵀRu)``. Minimised over w ≥ 0 is ``Σ_j (q_j − 1/m)²`` of the m shares ``q = R·u / Σ R·u``, which is
    to turn ``R·u`` as near to the direction ``(1, …, 1)`` as u ≥ 0 allows: least squares of ``R·u`` to 1 over
    u ≥ 0, solved exactly. Where ``R⁻¹·1`` is positive it is the solution and the shares are equal; else some children
    end at weight 0.

    Raises
    ------
    ValueError
        If a correlation cannot be computed, or no weights give a mean that the children run with on the whole.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the gap,
    Ecological Indicators 80.
    """
    matrix = correlations(scores)
    found = balance(matrix.to_numpy())
    return pd.Series(found, index=matrix.columns) / scores.std(ddof=1)


def balance(matrix: np.ndarray) -> np.ndarray:
    """Return u ≥ 0 of sum 1 for which the entries of ``R·u`` are as equal as they can be.

    Of several (twins among the children) the one that spreads the weight most evenly, if that has no negative entry.
    """
    from scipy.optimize import nnls

    found, _ = nnls(matrix, np.ones(len(matrix)))
    if not found.sum() > 0:
        raise ValueError("no weights give every child a positive correlation with their mean; check their directions")
    nearest = matrix @ found
    free = matrix.T @ (1.0 - nearest) > -NOTHING
    even = np.zeros(len(matrix))
    even[free] = np.linalg.pinv(matrix[:, free], rcond=SINGULAR) @ nearest
    if even.min() >= 0 and np.allclose(matrix @ even, nearest, rtol=0, atol=NOTHING):
        found = even
    return found / found.sum()


@_of_family("entropy", zh="熵权法", en="entropy")
def entropy(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``1 − e``, with ``e = −Σ p·ln p / ln n`` and ``p = x/Σ x`` over the n units that have the child.

    A child that spreads its total evenly over the units tells them apart least and weighs least. It depends on the
    zero of the scale: min-max to [1, 100] and to [0, 100] give other weights.

    Raises
    ------
    ValueError
        If a score is negative.

    References
    ----------
    Shannon (1948); Zeleny (1982), Multiple Criteria Decision Making, McGraw-Hill, chapter 7.
    """
    _refuse(scores.columns[scores.min() < 0], "entropy needs scores that are not negative: {}; normalise by min-max")
    shares = scores / scores.sum()
    logs = np.log(shares.where(shares > 0, 1.0))
    evenness = -(shares * logs).sum() / np.log(scores.count())
    return (1 - evenness).clip(lower=0)


@_of_family("coefficient-of-variation", zh="变异系数法", en="coefficient of variation")
def coefficient_of_variation(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``s/x̄``, the sample standard deviation (ddof 1) over the mean, of the units that have the child.

    Raises
    ------
    ValueError
        If a mean is zero or negative.
    """
    _refuse(scores.columns[~(scores.mean() > 0)], "a coefficient of variation needs a positive mean: {}; use min-max")
    return scores.std(ddof=1) / scores.mean()


@_of_family("standard-deviation", zh="标准差法", en="standard deviation")
def standard_deviation(scores: pd.DataFrame) -> pd.Series:
    """Weigh by s, the sample standard deviation (ddof 1) of the units that have the child."""
    return scores.std(ddof=1)


@_of_family("critic", zh="CRITIC法", en="CRITIC")
def critic(scores: pd.DataFrame) -> pd.Series:
    """Weigh by ``s·Σ_k (1 − r_k)``: spread times conflict with the other children, r from the units two have in common.

    Of scores normalised by min-max this is CRITIC as published; it is computed of the scores as they are.

    Raises
    ------
    ValueError
        If two children have too few units in common for a correlation.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), Computers and Operations Research 22.
    """
    conflict = (1 - correlations(scores)).sum()
    return scores.std(ddof=1) * conflict.where(conflict > 1e-9, 0.0)


def _refuse(columns: pd.Index, message: str) -> None:
    if len(columns):
        raise ValueError(message.format(", ".join(columns)))


@_of_family("merec", zh="MEREC法", en="MEREC")
def merec(scores: pd.DataFrame) -> pd.Series:
    """Weigh by the mean over units of ``|S'_ij − S_i|``, the effect of removing child j.

    ``S_i = ln(1 + Σ_k |ln n_ik| / m_i)`` with ``n_ik = min x_k / x_ik`` and m_i the number of children that the unit
    has; S'_ij leaves out the term of j and keeps m_i. Scores must be positive and are all of the kind where more is
    better.

    Raises
    ------
    ValueError
        If a score is zero or negative.

    References
    ----------
    Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis and Antucheviciene (2021), Determination of objective weights using
    a new method based on the removal effects of criteria (MEREC), Symmetry 13.
    """
    bad = scores.columns[~(scores.min() > 0)]
    _refuse(bad, "MEREC needs positive scores: {}; normalise with scale [1, 100]")
    terms = np.abs(np.log(scores.min() / scores))
    count = scores.notna().sum(axis=1)
    total = terms.sum(axis=1)
    performance = np.log1p(total / count)
    without = np.log1p(terms.rsub(total, axis=0).div(count, axis=0))
    return without.rsub(performance, axis=0).abs().mean()
