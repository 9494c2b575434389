"""Multiple imputation: several completed tables, so that what is not known of missing cells shows in the results."""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine import methods
from fhi.engine.errors import MethodError, choose
from fhi.engine.imputation.em import fit, scales
from fhi.engine.imputation.hot_deck import alike_units
from fhi.engine.methods import Attribute, Count, NotNegative, check_params, constant, method, refuse_empty

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


def completed(
    data: pd.DataFrame,
    name: str,
    draws: int,
    seed: int,
    params: Mapping[str, Any],
    units: pd.DataFrame | None = None,
) -> np.ndarray:
    """Return draws × units × indicators: tables whose missing cells are drawn by a named method, observed ones kept.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators, each with some value.
    name : str
        A method of the step ``imputed``.
    draws, seed : int
        Each draw has a stream of its own: the first of many are those of a few.
    params : mapping
        The parameters of the method.
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
    refuse_empty(data, STEP)
    # in the order of their names, so that the order of the rows plays no part
    ordered = data.astype(float).sort_index().sort_index(axis=1)
    given = {"step": STEP, "params": dict(params), "units": units}
    streams = (np.random.default_rng([seed, zlib.crc32(STEP.encode()), draw]) for draw in range(draws))
    tables = [methods.call(methods.TABLES[STEP], name, ordered, source, **given) for source in streams]
    return np.stack([table.reindex(index=data.index, columns=data.columns).to_numpy() for table in tables])


def check(name: str, params: Mapping[str, Any], attributes: pd.DataFrame | None) -> None:
    """Refuse a method of multiple imputation that does not exist, or parameters that it does not take.

    Parameters
    ----------
    name : str
    params : mapping
    attributes : pandas.DataFrame or None
        Of the units, whose columns a parameter may name.

    Raises
    ------
    MethodError
        With the key and the nearest valid names.
    """
    function = choose(methods.TABLES[STEP], name, STEP)
    known = () if attributes is None else attributes
    check_params(function, params, step=STEP, name=name, attributes=known)
