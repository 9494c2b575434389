"""Rubin's rules: the spread of scores over completed tables beside the spread within one."""

from dataclasses import replace

import numpy as np
import pandas as pd

from fhi.engine.robustness.draws import BLOCK, draw
from fhi.engine.robustness.engine import Plan, evaluate
from fhi.engine.robustness.monte_carlo import Study
from fhi.engine.robustness.space import IMPUTED, Space

COLUMNS = ["tables", "mean", "within", "between", "total", "df", "low", "high", "missing_information"]
SPREAD = ["city", "score", *COLUMNS]


def pooled(scores: np.ndarray, tables: np.ndarray, level: float = 0.95) -> pd.DataFrame:
    """Return the mean of scores over completed tables and its variance by Rubin's rules.

    With M tables, Q_m the mean score in table m and U_m its variance there: ``Q̄ = Σ Q_m/M``, ``W = Σ U_m/M``,
    ``B = Σ (Q_m − Q̄)²/(M − 1)``, ``T = W + (1 + 1/M)·B``; the interval is ``Q̄ ± t_ν·√T`` with
    ``ν = (M − 1)·(1 + W/((1 + 1/M)·B))²``. U is the variance over the draws of one table, 0 where each has one; what it
    adds to the variance of the means Q_m is taken off B.

    Parameters
    ----------
    scores : numpy.ndarray
        Draws × units.
    tables : numpy.ndarray
        By draw: the number of its table; at least two different ones.
    level : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        By unit ``tables, mean, within, between, total`` (W, B, T), ``df`` (ν, infinite if B is 0), ``low, high`` and
        ``missing_information``, ``(1 + 1/M)·B/T``: the share of the variance that is due to the missing cells.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, Wiley, section 3.1; Little and Rubin (2002),
    Statistical Analysis with Missing Data, section 5.4.
    """
    from scipy.special import ndtri, stdtrit  # slow to import

    numbers, counts = np.unique(tables, return_counts=True)
    groups = [scores[tables == number] for number in numbers]
    means = np.stack([group.mean(axis=0) for group in groups])
    # a table with one draw says nothing of the spread within it
    several = [(group.var(axis=0, ddof=1), count) for group, count in zip(groups, counts, strict=True) if count > 1]
    zero = np.zeros(scores.shape[1])
    within = np.mean([variance for variance, _ in several], axis=0) if several else zero
    noise = np.mean([variance / count for variance, count in several], axis=0) if several else zero
    count = len(numbers)
    between = (means.var(axis=0, ddof=1) - noise).clip(min=0)
    extra = (1 + 1 / count) * between
    total = within + extra
    ratio = np.divide(within, extra, out=np.full(len(extra), np.inf), where=extra > 0)
    df = (count - 1) * (1 + ratio) ** 2
    finite = np.isfinite(df)
    width = np.where(finite, stdtrit(np.where(finite, df, 1.0), (1 + level) / 2), ndtri((1 + level) / 2))
    mean, error = means.mean(axis=0), width * np.sqrt(total)
    missing = np.divide(extra, total, out=np.zeros(len(total)), where=total > 0)
    columns = [np.full(len(mean), count), mean, within, between, total, df, mean - error, mean + error, missing]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def tables_alone(space: Space) -> Space:
    """Return a space in which nothing but the completed tables and the errors of the values are varied."""
    chosen = tuple(choice for choice in space.choices if choice.name == IMPUTED)
    return replace(space, choices=chosen, weight_noise=(), points={}, interval=False)


def spread(study: Study, seed: int, level: float = 0.95) -> pd.DataFrame:
    """Return ``city, score`` and the columns of `pooled`: the scores over completed tables, by the method as it is.

    Parameters
    ----------
    study : Study
        Of a space of `tables_alone`.
    seed : int
        Of the errors of the values; without these each table gives one score.
    level : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        By unit ranked; `score` is that of the values as they are, missing ones not filled by `imputed`.
    """
    model, noisy = study.model, bool(study.model.space.data_noise)
    (tables,) = (choice for choice in model.space.choices if choice.name == IMPUTED)
    count = BLOCK if noisy else len(tables.values) - 1
    sample = draw(model.space, model.inputs.tree, len(model.inputs.units), seed, 0, count)
    if not noisy:
        sample = replace(sample, picks={IMPUTED: np.arange(1, count + 1, dtype=np.int16)})
    scores = evaluate(Plan(model, model.codes(sample), study.ranked), sample)
    table = pooled(scores, sample.picks[IMPUTED], level)
    nominal = study.nominal[study.names].to_numpy()
    return table.assign(city=study.names, score=nominal)[SPREAD]
