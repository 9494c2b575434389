"""Imputation by models: expectation and maximisation, regression, and several tables completed at random."""

import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, choose, refuse
from fhi.engine.imputation.donors import alike_units
from fhi.engine.methods import Attribute, Count, Flag, Indicator, NotNegative, Positive, Whole, constant, listed, method
from fhi.engine.multivariate import least_squares
from fhi.engine.parameters import Step

#: the least share of an indicator's variance that the others must leave unexplained
SINGULAR = 1e-10
#: with more than this, the inverse of the covariance is exact enough to work with
FINE = 1e-6


@method("imputation", "em", zh="期望最大化插补", en="expectation maximisation")
def em(
    data: pd.DataFrame, *, ridge: NotNegative = 0.0, tolerance: Positive = 1e-8, iterations: Count = 5000
) -> pd.DataFrame:
    """Fill with the expectation given the unit's other indicators, for a multivariate normal distribution.

    Its mean μ and covariance Σ are those of maximum likelihood, found by the EM algorithm on standardised indicators:
    with m missing and o observed, ``E[x_m] = μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o)``, and in each round Σ is the
    covariance of the filled data (divisor n) plus the mean conditional covariance of what was filled. A unit
    without any value gets the means.

    Parameters
    ----------
    ridge : float
        Added to the diagonal of Σ in each round, in units of each indicator's variance: the maximum of the
        likelihood less ``½·n·ridge·tr Σ⁻¹``. 0 is plain maximum likelihood; with few units or collinear
        indicators take 0.01 or more.
    tolerance : float
        The rounds end when no element of μ (in standard deviations) or Σ changes by more.
    iterations : int
        The most rounds.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`, without gaps, in the indicators' own units.

    Raises
    ------
    MethodError
        If an indicator has no spread, Σ becomes singular, or the rounds do not converge.

    Notes
    -----
    A round costs the inverse of Σ and, for each pattern of missing cells, that of its missing block.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm, JRSS B 39(1).
    Schneider (2001), Analysis of incomplete climate data, Journal of Climate 14(5), for the ridge.
    """
    centre, spread = scales(data)
    values, _, _ = fit(((data - centre) / spread).to_numpy(), data.columns, ridge, tolerance, int(iterations))
    return data.fillna(pd.DataFrame(values, index=data.index, columns=data.columns) * spread + centre)


def scales(data: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return means and standard deviations (divisor n), or refuse an indicator without spread."""
    message = "every value is the same in {}: nothing to regress on; leave it out or use mean."
    refuse(constant(data), message, key="imputation", value="em")
    return data.mean(), data.std(ddof=0)


def fit(
    values: np.ndarray, names: pd.Index, ridge: float, tolerance: float, iterations: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return standardised values filled with their expectation, the mean and the covariance; see `em`.

    Parameters
    ----------
    values : numpy.ndarray
        Units × indicators, standardised; missing cells NaN.
    names : pandas.Index
        Of the indicators, for messages.
    ridge, tolerance, iterations
        As for `em`.

    Returns
    -------
    filled, mean, covariance : numpy.ndarray
        Units × indicators, by indicator, indicators × indicators, all in standard deviations.

    Raises
    ------
    MethodError
        As for `em`.
    """
    masks = _patterns(np.isnan(values))
    patterns = [(rows, np.flatnonzero(gap), np.flatnonzero(~gap)) for rows, gap in masks if gap.any()]
    values = np.nan_to_num(values)
    mean, covariance = values.mean(axis=0), np.cov(values.T, ddof=0).reshape(values.shape[1], -1)
    covariance += np.eye(len(mean)) * ridge
    for _ in range(iterations):
        values, spare = _expect(values, patterns, mean, covariance, names)
        old = mean, covariance
        mean = values.mean(axis=0)
        covariance = (values - mean).T @ (values - mean) / len(values) + spare + np.eye(len(mean)) * ridge
        change = max(np.abs(mean - old[0]).max(), np.abs(covariance - old[1]).max())
        if change <= tolerance:
            return values, mean, covariance
    message = f"no convergence in {iterations} rounds (last change {change:.2g}); raise iterations, tolerance or ridge."
    raise MethodError(message, key="imputation", value="em")


def _patterns(masks: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the units that have the same mask of indicators, and this mask."""
    kinds, places = np.unique(masks, axis=0, return_inverse=True)
    for number, mask in enumerate(kinds):
        yield np.flatnonzero(places.ravel() == number), mask


def _expect(values: np.ndarray, patterns: list, mean: np.ndarray, covariance: np.ndarray, names: pd.Index):
    """Return the values with the missing ones as expected, and the mean conditional covariance of these."""
    filled, spare = values.copy(), np.zeros_like(covariance)
    precision = np.linalg.inv(covariance) if _smallest_pivot(covariance) > FINE else None
    for rows, missing, observed in patterns:
        if precision is not None and len(missing) < len(observed):
            # the conditional distribution from Σ⁻¹, for the price of the missing block alone
            residual = np.linalg.inv(precision[np.ix_(missing, missing)])
            slopes = -precision[np.ix_(observed, missing)] @ residual
        else:
            known = covariance[np.ix_(observed, observed)]
            _refuse_singular(known, names[observed])
            slopes = np.linalg.solve(known, covariance[np.ix_(observed, missing)])
            residual = covariance[np.ix_(missing, missing)] - covariance[np.ix_(missing, observed)] @ slopes
        filled[np.ix_(rows, missing)] = mean[missing] + (values[np.ix_(rows, observed)] - mean[observed]) @ slopes
        spare[np.ix_(missing, missing)] += len(rows) / len(values) * residual
    return filled, spare


def _smallest_pivot(covariance: np.ndarray) -> float:
    """Return the least share of an indicator's variance that those before it leave unexplained (by Cholesky)."""
    if not len(covariance):
        return 1.0
    try:
        return float((np.diag(np.linalg.cholesky(covariance)) ** 2 / np.diag(covariance)).min())
    except np.linalg.LinAlgError:
        return 0.0


def _refuse_singular(covariance: np.ndarray, names: pd.Index) -> None:
    """Raise if an indicator is a linear combination of the others."""
    if _smallest_pivot(covariance) < SINGULAR:
        message = f"the covariance of {listed(names)} is singular: too few units, or an indicator that follows "
        message += "from the others; set ridge, to 0.01 for instance, or leave an indicator out."
        raise MethodError(message, key="imputation.ridge", value="em")


@method("imputation", "regression", zh="回归插补", en="regression")
def regression(
    data: pd.DataFrame, *, on: tuple[Indicator, ...] = (), residuals: Flag = False, seed: Whole = 0
) -> pd.DataFrame:
    """Fill with the ordinary least-squares prediction from the unit's other indicators.

    ``x̂ = b₀ + Σ_k b_k·x_k`` over those of `on` that the unit has, fitted to the units that have the indicator and all
    of these. A unit that has none of them gets the mean. With `residuals` the prediction gets an error ``s·z``, z
    standard normal and ``s² = Σ e²/(n − p − 1)``, so that filled values spread as observed ones do.

    Parameters
    ----------
    on : sequence of str
        The indicators to regress on; by default all others. A long list needs many units without gaps.
    residuals : bool
        Add a drawn residual (stochastic regression).
    seed : int
        Of the residuals, which depend on it and on the names of unit and indicator.

    Returns
    -------
    pandas.DataFrame
        Units × indicators, in the units of `data`.

    Raises
    ------
    MethodError
        If an indicator of `on` has no values here, fewer than p + 2 units have all that a regression on p indicators
        needs, or the regressors are collinear: with the indicator and the regressors.

    References
    ----------
    Buck (1960), A method of estimation of missing values in multivariate data, JRSS B 22(2); OECD/JRC (2008), Handbook,
    section 1.3; Little and Rubin (2002), Statistical Analysis with Missing Data, section 4.3, for the residuals.
    """

    def predicted(values: np.ndarray, target: int, used: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        slopes, error = _regressed(values, target, used, data.columns, "imputation")[:2]
        found = slopes[0] + values[np.ix_(gaps, used)] @ slopes[1:]
        if not residuals:
            return found
        return found + error * _normals(data.index[gaps], data.columns[target], int(seed))

    return _filled_by(predicted, data, on, "imputation")


def _filled_by(predicted: Callable[..., np.ndarray], data: pd.DataFrame, on: tuple[str, ...], key: str) -> pd.DataFrame:
    """Return the data with missing cells as predicted from those of `on` that the unit has, a pattern at a time."""
    absent = [name for name in on if name not in data]
    message = "{} has no data to regress on here; take it out of `on`."
    refuse(absent, message, key=f"{key}.on", valid=map(str, data))
    regressors = [name for name in data if not on or name in on]
    values, filled = data.to_numpy(), data.to_numpy(copy=True)
    observed = ~np.isnan(values)
    place = {name: column for column, name in enumerate(data)}
    for target in np.flatnonzero(~observed.all(axis=0)):
        columns = np.array([place[name] for name in regressors if place[name] != target], dtype=int)
        rows = np.flatnonzero(~observed[:, target])
        for alike, pattern in _patterns(observed[np.ix_(rows, columns)]):
            filled[rows[alike], target] = predicted(values, target, columns[pattern], rows[alike])
    return pd.DataFrame(filled, index=data.index, columns=data.columns)


def _regressed(
    values: np.ndarray, target: int, used: np.ndarray, names: pd.Index, key: str
) -> tuple[np.ndarray, float, np.ndarray]:
    """Return intercept and slopes, the residual standard error, and which units entered, of one regression."""
    known = ~np.isnan(values[:, [target, *used]]).any(axis=1)
    given, count = values[np.ix_(known, used)], len(used)
    if known.sum() < count + 2:
        message = f"only {known.sum()} units have {names[target]} and all of {listed(names[used]) or 'nothing else'}, "
        message += f"and a regression on {count} needs {count + 2}; name fewer indicators in `on`, or use "
        message += "em." if key == "imputation" else "normal."
        raise MethodError(message, key=f"{key}.on", value="regression")
    slopes = least_squares(given, values[known, target])
    if slopes is None:
        message = f"{listed(names[used])} are collinear, or one is constant, over the {known.sum()} units that have "
        message += f"{names[target]}; name fewer indicators in `on`."
        raise MethodError(message, key=f"{key}.on", value="regression")
    residuals = values[known, target] - slopes[0] - given @ slopes[1:]
    return slopes, float(np.sqrt(residuals @ residuals / (known.sum() - count - 1))), known


def _normals(units: pd.Index, indicator: str, seed: int) -> np.ndarray:
    marks = [[seed, zlib.crc32(str(indicator).encode()), zlib.crc32(str(unit).encode())] for unit in units]
    return np.array([np.random.default_rng(mark).standard_normal() for mark in marks])


(STEP,) = methods.OF_SPACE
#: resamples that are tried for one in which every indicator varies
TRIES = 100


@method(STEP, "normal", zh="正态多重插补", en="multivariate normal")
def normal(
    data: pd.DataFrame, source: np.random.Generator, *, ridge: NotNegative = 0.01, iterations: Count = 5000
) -> pd.DataFrame:
    """Draw the missing cells from a multivariate normal distribution whose parameters are drawn as well.

    The units are resampled with replacement, mean μ and covariance Σ fitted to the resample by ``em``, and the missing
    cells m of a unit drawn, given its observed ones o, from a normal distribution of mean
    ``μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o)`` and covariance ``Σ_mm − Σ_mo Σ_oo⁻¹ Σ_om``. The values may leave the
    range of those observed.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    source : numpy.random.Generator
        Of the random numbers.
    ridge, iterations
        As for ``em``.

    Returns
    -------
    pandas.DataFrame
        The completed table.

    Raises
    ------
    MethodError
        As for ``em``, or if hardly a resample has two values of an indicator that differ.

    References
    ----------
    Honaker and King (2010), What to do about missing values in time-series cross-section data, American Journal of
    Political Science 54(2): the EM algorithm with bootstrapping.
    """
    centre, spread = scales(data)
    standard = (data - centre) / spread
    for _ in range(TRIES):
        resample = standard.iloc[source.integers(len(data), size=len(data))]
        if resample.notna().any().all() and not constant(resample):
            break
    else:
        message = "an indicator has too few values to resample the units; leave it out, or draw by hot-deck."
        raise MethodError(message, key=STEP, value="normal")
    _, mean, covariance = fit(resample.to_numpy(), data.columns, ridge, 1e-4, int(iterations))
    values = standard.to_numpy(copy=True)
    patterns: dict[bytes, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    for row in np.flatnonzero(np.isnan(values).any(axis=1)):
        missing = np.isnan(values[row])
        if (pattern := missing.tobytes()) not in patterns:
            patterns[pattern] = _conditional(covariance, missing)
        slopes, spreads, axes = patterns[pattern]
        noise = axes @ (spreads * source.standard_normal(missing.sum()))
        values[row, missing] = mean[missing] + (values[row, ~missing] - mean[~missing]) @ slopes + noise
    return data.fillna(pd.DataFrame(values, index=data.index, columns=data.columns) * spread + centre)


def _conditional(covariance: np.ndarray, missing: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the slopes of the missing on the observed, and the standard deviations and axes of what they leave."""
    known, crossed = covariance[np.ix_(~missing, ~missing)], covariance[np.ix_(~missing, missing)]
    slopes = np.linalg.lstsq(known, crossed, rcond=None)[0]
    rest = covariance[np.ix_(missing, missing)] - crossed.T @ slopes
    sizes, axes = np.linalg.eigh((rest + rest.T) / 2)
    return slopes, np.sqrt(sizes.clip(min=0)), axes


@method(STEP, "regression", zh="回归多重插补", en="regression")
def drawn_regression(
    data: pd.DataFrame, source: np.random.Generator, *, on: tuple[Indicator, ...] = ()
) -> pd.DataFrame:
    """Draw the missing cells from regressions on the unit's other indicators whose parameters are drawn as well.

    With n units, p regressors, X their table with a column of ones, b̂ and s² as of ``regression`` and
    ``ν = n − p − 1``: ``σ² = s²·ν/χ²_ν``, ``b = b̂ + σ·(XᵀX)^(−½)·z`` and ``x = b₀ + Σ_k b_k·x_k + σ·z``, every z
    standard normal. An indicator at a time: what is drawn for one is not used for another of the same unit.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    source : numpy.random.Generator
        Of the random numbers.
    on : sequence of str
        The indicators to regress on; by default all others.

    Returns
    -------
    pandas.DataFrame
        The completed table.

    Raises
    ------
    MethodError
        As for ``regression``.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, Wiley, p. 167.
    """

    def predicted(values: np.ndarray, target: int, used: np.ndarray, gaps: np.ndarray) -> np.ndarray:
        slopes, error, known = _regressed(values, target, used, data.columns, STEP)
        free = known.sum() - len(used) - 1
        sigma = error * np.sqrt(free / source.chisquare(free))
        design = np.column_stack([np.ones(known.sum()), values[np.ix_(known, used)]])
        root = np.linalg.solve(np.linalg.qr(design, mode="r"), source.standard_normal(len(slopes)))
        slopes = slopes + sigma * root
        return slopes[0] + values[np.ix_(gaps, used)] @ slopes[1:] + sigma * source.standard_normal(len(gaps))

    return _filled_by(predicted, data, on, STEP)


@method(STEP, "hot-deck", zh="热卡多重插补", en="hot deck")
def hot_deck(
    data: pd.DataFrame,
    source: np.random.Generator,
    *,
    groups: Attribute | pd.Series | None = None,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Draw each missing cell from the values of a resample of the donors: the approximate Bayesian bootstrap.

    The units are resampled with replacement, and a unit takes its missing cells from one of the resample, of its own
    group, that has the indicator: the same one for indicators that the same units have. Without a donor in the
    resample all units are one; without any the cell stays missing.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    source : numpy.random.Generator
        Of the random numbers.
    groups : str or pandas.Series, optional
        A column of `units`, or the groups by unit; without it all units are donors.
    units : pandas.DataFrame, optional
        Attributes by unit; needed if `groups` is a name.

    Returns
    -------
    pandas.DataFrame
        The completed table.

    Raises
    ------
    MethodError
        If there is no such column, or `units` lacks a unit of `data`.

    References
    ----------
    Rubin and Schenker (1986), Multiple imputation for interval estimation from simple random samples with ignorable
    nonresponse, JASA 81; Andridge and Little (2010), International Statistical Review 78(1).
    """
    values = data.to_numpy(copy=True)
    observed = ~np.isnan(values)
    alike = alike_units(data, groups, units)
    drawn, numbers = source.integers(len(data), size=len(data)), source.random(len(data))
    for row in np.flatnonzero(~observed.all(axis=1)):
        for column in np.flatnonzero(~observed[row]):
            held = alike[row] & observed[:, column]
            donors = drawn[held[drawn]]
            donors = donors if len(donors) else np.flatnonzero(held)
            if len(donors):
                values[row, column] = values[donors[int(numbers[row] * len(donors))], column]
    return pd.DataFrame(values, index=data.index, columns=data.columns)


def completed(data: pd.DataFrame, step: Step, draws: int, seed: int, units: pd.DataFrame | None = None) -> np.ndarray:
    """Return draws × units × indicators: tables whose missing cells are drawn by a named method, observed ones kept.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, each with some value.
    step : Step
        A method of the step ``imputed``, and its parameters.
    draws, seed : int
        Each draw has a stream of its own: the first of many are those of a few.
    units : pandas.DataFrame, optional
        Attributes by unit, for a method that groups them.

    Returns
    -------
    numpy.ndarray
        Draws × units × indicators, in the order of `data` and the units of the indicators.

    Raises
    ------
    MethodError
        If there is no such method or parameter, or it cannot draw.
    """
    methods.refuse_empty(data, STEP)
    # in the order of their names, so that the order of the rows plays no part
    ordered = data.astype(float).sort_index().sort_index(axis=1)
    given = {"step": STEP, "params": step.params, "units": units}
    streams = (np.random.default_rng([seed, zlib.crc32(STEP.encode()), draw]) for draw in range(draws))
    tables = [methods.call(methods.TABLES[STEP], step.method, ordered, source, **given) for source in streams]
    return np.stack([table.reindex(index=data.index, columns=data.columns).to_numpy() for table in tables])


def check(step: Step, attributes: pd.DataFrame | None) -> None:
    """Refuse a method of multiple imputation that does not exist, or parameters that it does not take.

    Parameters
    ----------
    step : Step
    attributes : pandas.DataFrame or None
        Of the units, whose columns a parameter may name.

    Raises
    ------
    MethodError
        With the key and the nearest valid names.
    """
    function, known = choose(methods.TABLES[STEP], step.method, STEP), () if attributes is None else attributes
    methods.check_params(function, step.params, step=STEP, name=step.method, attributes=known)
