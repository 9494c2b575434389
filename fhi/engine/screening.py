"""From the panel to the table of indicators: one value a cell, and the indicators that enough units have."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd

from fhi.engine import imputation
from fhi.engine.errors import DataError, MethodError, Problem
from fhi.engine.framework import SLACK, Framework
from fhi.engine.parameters import Method, Step, UnitScreen

KEY = ["city", "year", "indicator"]
LAST_OBSERVED = Step(method="last-observed")


def as_panel(values: pd.DataFrame, year: int = 0) -> pd.DataFrame:
    """Return units × indicators as a panel of one year.

    Parameters
    ----------
    values : pandas.DataFrame
        Units × indicators.
    year : int, optional

    Returns
    -------
    pandas.DataFrame
        ``city, indicator, value, year``, one row a cell, those without a value too.
    """
    wide = values.rename_axis(index="city", columns="indicator")
    return wide.stack(future_stack=True).rename("value").reset_index().assign(year=year)


def panel_of(data: pd.DataFrame, framework: Framework) -> tuple[pd.DataFrame, bool]:
    """Return a panel, or units × indicators as a panel of the year 0, and whether it was the latter.

    Parameters
    ----------
    data, framework
        As for `is_wide`.

    Returns
    -------
    panel : pandas.DataFrame
    wide : bool

    Raises
    ------
    DataError
        As of `is_wide`.
    """
    wide = is_wide(data, framework)
    return (as_panel(data) if wide else data), wide


def is_wide(data: pd.DataFrame, framework: Framework) -> bool:
    """Return whether data are units × indicators, and no panel.

    Parameters
    ----------
    data : pandas.DataFrame
        With any of the columns ``city, year, indicator``: a panel; else units × indicators.
    framework : Framework

    Returns
    -------
    bool

    Raises
    ------
    DataError
        If a column of units × indicators is no indicator of the tree.
    """
    known = set(framework.indicators)
    if {*KEY} & {*data.columns}:
        return False
    problems = [
        Problem("units × indicators", None, str(name), name, "an indicator of the tree", "rename or drop the column")
        for name in (data.columns.difference(framework.indicators) if {*data.columns} - known else ())
    ]
    if problems:
        raise DataError(problems)
    return True


def observe(
    panel: pd.DataFrame, framework: Framework, year: int | None = None, step: Step = LAST_OBSERVED
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return units × indicators of a year: of each cell the value that the panel's method gives for it.

    Parameters
    ----------
    panel : pandas.DataFrame
        Long: ``city, year, indicator, value`` and any other columns.
    year : int, optional
        The edition year (default: of each indicator the latest).
    step : Step
        A name of `fhi.engine.imputation.YEARS` and its parameters.

    Returns
    -------
    values, mask : pandas.DataFrame
        See `fhi.engine.imputation.impute_years`.

    Raises
    ------
    DataError
        See `select`.
    """
    rows = _checked(panel, framework)
    cities = pd.Index(sorted(panel["city"].unique()), name="city")
    indicators = pd.Index(framework.indicators, name="indicator")
    places = cities.get_indexer(rows["city"]), indicators.get_indexer(rows["indicator"])
    values, years = rows["value"].to_numpy(dtype=float), rows["year"].to_numpy(dtype=float)
    history = {}
    for at in np.unique(years) if len(rows) else [np.nan]:
        cells, held = np.full((len(cities), len(indicators)), np.nan), years == at
        cells[places[0][held], places[1][held]] = values[held]
        history[at] = pd.DataFrame(cells, index=cities, columns=indicators)
    return imputation.impute_years(history, step.method, year=year, **step.params)


def observe_wide(
    data: pd.DataFrame, framework: Framework, step: Step = LAST_OBSERVED
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what `observe` returns for units × indicators as a panel of one year.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    framework : Framework
    step : Step
        As for `observe`.

    Returns
    -------
    values, mask : pandas.DataFrame
        As of `observe`.

    Raises
    ------
    DataError
        As of `observe`.
    """
    numbers = step == LAST_OBSERVED and all(kind == np.float64 for kind in data.dtypes)
    plain = numbers and data.index.is_unique and data.columns.is_unique and not data.index.hasnans
    if not plain or np.isinf(data.to_numpy()).any():
        # what is wrong is said by row of a panel
        return observe(as_panel(data), framework, None, step)
    cities = pd.Index(sorted(data.index), name="city")
    indicators = pd.Index(framework.indicators, name="indicator")
    values = np.full((len(cities), len(indicators)), np.nan)
    values[:, indicators.get_indexer(data.columns)] = data.to_numpy()[data.index.get_indexer(cities)]
    frame = pd.DataFrame(values, index=cities, columns=indicators)
    return frame, pd.DataFrame(np.zeros(values.shape, dtype=bool), index=cities, columns=indicators)


def select(panel: pd.DataFrame, framework: Framework, year: int | None = None, column: str = "value") -> pd.DataFrame:
    """Return units × indicators: of each cell the latest row of the panel, not later than `year`.

    Parameters
    ----------
    panel : pandas.DataFrame
        Long: ``city, year, indicator, value`` and any other columns.
    framework : Framework
    year : int, optional
        Default: the latest of each cell.
    column : str, optional
        What to take from that row: its value, or another column such as ``evidence``.

    Returns
    -------
    pandas.DataFrame
        Missing where a cell has no row with a value.

    Raises
    ------
    DataError
        If the panel lacks a column, repeats a cell, names an unknown indicator, or holds a row without a city, a
        year or a finite number, or a value outside its own ``low`` and ``high``.
    """
    if column == "value":
        return observe(panel, framework, year)[0]
    rows = _checked(panel, framework)
    if year is not None:
        rows = rows[rows["year"] <= year]
    latest = rows.sort_values("year").groupby(["city", "indicator"])[column].last(skipna=False).unstack()
    return latest.reindex(index=pd.Index(sorted(panel["city"].unique()), name="city"), columns=framework.indicators)


def _checked(panel: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return the rows that have a value, or raise `DataError` (see `select`)."""
    absent = [name for name in [*KEY, "value"] if name not in panel]
    if absent:
        raise DataError([Problem("panel", 1, name, None, f"a column {name!r}", "add it") for name in absent])
    values = pd.to_numeric(panel["value"], errors="coerce").to_numpy(dtype=float)
    known = panel["indicator"].isin(framework.indicators)
    problems = []
    for name, what, bad, remedy in (
        ("city", "a city", panel["city"].isna(), "fill it in"),
        ("year", "a year", ~_is_year(panel["year"]), "correct it"),
        ("indicator", "an indicator of the framework", ~known, "add it to framework.csv"),
        ("indicator", "each city, year and indicator once", panel.duplicated(KEY, keep=False), "remove one row"),
        ("value", "a finite number", panel["value"].notna() & ~np.isfinite(values), "correct it"),
    ):
        at = np.flatnonzero(bad)
        problems += [Problem("panel", int(row) + 2, name, panel[name].iloc[row], what, remedy) for row in at]
    if problems:
        raise DataError(problems)
    if {"low", "high"} <= set(panel.columns):
        outside = (panel["value"] < panel["low"]) | (panel["value"] > panel["high"])
        for position, row in zip(np.flatnonzero(outside), panel[outside].itertuples(), strict=True):
            what = f"a value from its low {row.low} to its high {row.high}"
            problems.append(Problem("panel", int(position) + 2, "value", row.value, what, "correct value, low or high"))
    if problems:
        raise DataError(problems)
    return panel.dropna(subset=["value"])


def _is_year(years: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(years):
        return np.isfinite(years.to_numpy(dtype=float, na_value=np.nan))
    return years.map(lambda year: isinstance(year, Real) and np.isfinite(year)).to_numpy(dtype=bool)


def screen(indicators: pd.DataFrame, least_coverage: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Empty the indicators that too few units have; say which and why.

    A list of a few leaders (three cities with a printed count, say) cannot be normalised against the
    cities it leaves out: the last of the leaders would score 0. So an indicator needs data for at least
    the share `least_coverage` of the units.

    Parameters
    ----------
    indicators : pandas.DataFrame
        Units × indicators.
    least_coverage : float
        From 0 to 1.

    Returns
    -------
    kept : pandas.DataFrame
        `indicators` with the columns that fail set to NaN.
    screening : pandas.DataFrame
        By indicator: ``units`` with data, ``coverage`` (share of all), ``used``.
    """
    values = indicators.to_numpy(dtype=float)
    counts = (~np.isnan(values)).sum(axis=0)
    coverage = np.divide(counts, len(values), out=np.full(len(counts), np.nan), where=len(values) > 0)
    used = (counts > 0) & (coverage >= least_coverage - 1e-12)
    columns = pd.Index(indicators.columns, name="indicator")
    screening = pd.DataFrame({"units": counts, "coverage": coverage, "used": used}, index=columns)
    kept = pd.DataFrame(np.where(used, values, np.nan), index=indicators.index, columns=indicators.columns)
    return kept, screening


def screen_units(
    indicators: pd.DataFrame, framework: Framework, screens: Mapping[str, UnitScreen]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the units that have too few data, or too many zeros, below a node.

    With n indicators below the node, m of them known for the unit and z of these 0, the unit stays if
    ``m/n ≥ least_data`` and ``z/m ≤ most_zeros``. A unit without any data below the node has no share of zeros.

    Parameters
    ----------
    indicators : pandas.DataFrame
        Units × indicators that the index uses, before imputation; one that stands in two branches counts once.
    framework : Framework
    screens : mapping
        By node.

    Returns
    -------
    kept : pandas.DataFrame
        `indicators` without the units that fail at any node.
    screening : pandas.DataFrame
        ``city, node, data, zeros, kept``: the two shares and whether the unit stays, by node.

    Raises
    ------
    MethodError
        If no unit is left, or the index uses no indicator below a node.

    References
    ----------
    Becker, Caperna, Del Sorbo, Norlén, Papadimitriou and Saisana (2022), COINr: an R package for developing composite
    indicators, Journal of Open Source Software 7(78): ``Screen``, by share of data and of values other than zero.
    """
    frames = []
    for node, asked in screens.items():
        block = indicators[[leaf for leaf in framework.indicators_below(node) if leaf in indicators]]
        if block.empty:
            message = f"the index uses no indicator below {node}; leave the node out."
            raise MethodError(message, key=f"unit_screening.{node}", value=node)
        data, zeros = block.notna().mean(axis=1), (block == 0).sum(axis=1) / block.notna().sum(axis=1)
        stays = (data >= asked.least_data - SLACK) & ~(zeros > asked.most_zeros + SLACK)
        frames.append(
            pd.DataFrame({"city": block.index, "node": node, "data": data, "zeros": zeros, "kept": stays}).reset_index(
                drop=True
            )
        )
    if not frames:
        return indicators, pd.DataFrame(columns=["city", "node", "data", "zeros", "kept"])
    screening = pd.concat(frames, ignore_index=True)
    kept = indicators.drop(index=screening.loc[screening["kept"] == False, "city"].unique())  # noqa: E712 (objects)
    if kept.empty and len(indicators):
        raise MethodError("no unit passes; lower the share of data, or allow more zeros.", key="unit_screening")
    return kept, screening


def coverage(panel: pd.DataFrame, framework: Framework, method: Method, screening: pd.DataFrame) -> pd.DataFrame:
    """Return what stands behind each cell of the index.

    Parameters
    ----------
    panel : pandas.DataFrame
        ``city, year, indicator, value, evidence``, with or without ``low, high``.
    framework : Framework
    method : Method
        Its `year, panel, max_age, exclude_cities` count.
    screening : pandas.DataFrame
        As of `screen`.

    Returns
    -------
    pandas.DataFrame
        ``city, indicator, evidence, used, value_year, age, old, low, high``: the evidence label of the latest value
        (missing: none), whether the index uses it, its year, by how many years that lies before the edition's (the
        method's year, else the latest of the panel), whether these are more than the method's `max_age`, and between
        what ends the value is known (equal: exactly). A value interpolated between two years is as old as the earlier
        one.
    """
    values = observe(panel, framework, method.year, method.panel)[0]
    valued = values.notna()
    wanted = ["evidence", "year", *(end for end in ("low", "high") if end in panel)]
    tables = [select(panel, framework, method.year, column).where(valued) for column in wanted]
    taken = values.drop(index=list(method.exclude_cities))[screening.index[screening["used"]]]
    taken = screen_units(taken, framework, method.unit_screening)[0].index
    long = [table.loc[taken].stack(future_stack=True) for table in tables]
    cells = pd.concat(long, axis=1, keys=wanted).rename_axis(["city", "indicator"]).reset_index()
    used = cells["indicator"].map(screening["used"]) & cells["evidence"].notna()
    years = cells["year"].convert_dtypes()
    age = (panel.dropna(subset=["value"])["year"].max() if method.year is None else method.year) - years
    old = (age > (np.inf if method.max_age is None else method.max_age)).fillna(False).astype(bool)
    named = cells[["city", "indicator", "evidence"]].assign(used=used, value_year=years, age=age, old=old)
    return named.join(cells[wanted[2:]])
