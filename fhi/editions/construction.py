"""From raw tables to the panel: one function an indicator, each value with its source and evidence label.

A list that is exhaustive (banks, insurers, brokers, exchanges) gives a city without an entry a true zero;
a partial list leaves it missing; an entry of undisclosed size leaves its own city missing.
"""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from fhi.editions import a_share
from fhi.editions.catalogue import source_of
from fhi.editions.edition import year_of
from fhi.editions.national_shares import national_shares
from fhi.engine import formulas
from fhi.engine.errors import DataError, Problem
from fhi.engine.framework import FORMULAS, Framework
from fhi.engine.multivariate import correlation
from fhi.reading.schemas import PANEL

Tables = Mapping[str, pd.DataFrame]


def panel(
    tables: Tables,
    framework: Framework,
    given: pd.DataFrame | None = None,
    replaces: str = "indicator",
    instead: Mapping[str, Callable[[Tables], pd.DataFrame]] = {},
) -> pd.DataFrame:
    """Return the panel: every constructed value of every indicator, city and year, sorted.

    Parameters
    ----------
    tables : mapping
        The raw tables.
    framework : Framework
    given : pandas.DataFrame, optional
        Rows of the panel from the staff's own files (`fhi.reading.microdata`).
    replaces : str
        ``indicator``: an indicator that is given is taken from there alone, so that it means one thing for all cities
        and years; ``cell``: only the cities and years that are given are replaced.
    instead : mapping, optional
        Functions that construct some indicators in place of their defaults (`fhi.editions.alternatives.chosen`).

    Returns
    -------
    pandas.DataFrame
        `fhi.reading.schemas.PANEL`, a row an indicator, unit and year.

    Raises
    ------
    DataError
        If there is no value at all, or a formula of framework.csv cannot be computed.
    """
    variables = tables["variables"]["code"].tolist() if "variables" in tables and framework.formulas else []
    frames = _constructed([*framework.indicators, *variables], tables, framework, instead)
    given = exact(given)[PANEL] if given is not None and len(given) else None
    made = [] if given is None else given["indicator"].isin(framework.formulas)
    frames = _with(frames, None if given is None else given[~made], replaces)
    if framework.formulas and frames:
        frames = [_computed(pd.concat(frames, ignore_index=True), framework, variables, tables)]
        frames = _with(frames, None if given is None else given[made], replaces)
    if not frames:
        raise DataError([Problem("panel", None, None, None, "a value of some indicator", "fill in indicators.csv")])
    return pd.concat(frames, ignore_index=True).sort_values(["indicator", "city", "year"], ignore_index=True)


def _constructed(codes: list[str], tables: Tables, framework: Framework, instead: Mapping) -> list[pd.DataFrame]:
    """Return the rows of the panel of each indicator or variable that has any."""
    frames = []
    for code in codes:
        rows = instead[code](tables) if code in instead else constructed(code, tables)
        if rows is not None:
            unit = framework.table["unit"].get(code)
            frames.append(exact(rows.dropna(subset=["value"])).assign(indicator=code, unit=unit)[PANEL])
    return frames


def _with(frames: list[pd.DataFrame], given: pd.DataFrame | None, replaces: str) -> list[pd.DataFrame]:
    """Return rows of the panel with those of the staff's own files in their place; see `panel`."""
    if given is None or given.empty:
        return frames
    key = ["indicator"] if replaces == "indicator" else ["city", "year", "indicator"]
    taken = pd.MultiIndex.from_frame(given[key])
    return [*(frame[~pd.MultiIndex.from_frame(frame[key]).isin(taken)] for frame in frames), given]


def _computed(rows: pd.DataFrame, framework: Framework, variables: list[str], tables: Tables) -> pd.DataFrame:
    """Return rows of the panel, those of indicators with a formula computed, and without variables.

    Raises
    ------
    DataError
        With the cell of framework.csv whose formula cannot be read or computed.
    """
    try:
        made = formulas.derived(rows.drop(columns="unit"), framework.formulas, [*framework.indicators, *variables])
    except formulas.FormulaError as error:
        node = framework.table.loc[error.indicator]
        column = next(name for name in FORMULAS if isinstance(node.get(name), str))
        listed = tables["sources"].set_index("source_id")["file"] if "sources" in tables else {}
        file = f"data/raw/{listed.get('framework', 'framework.csv')}"
        expected = f"{error.expected}; found {error.part!r}"
        raise DataError([Problem(file, node.get("row"), column, node[column], expected, error.remedy)]) from None
    units = framework.table["unit"]
    made = made.assign(unit=made["indicator"].map(units))[PANEL]
    return pd.concat([rows[~rows["indicator"].isin([*framework.formulas, *variables])], made], ignore_index=True)


def denominators(tables: Tables, framework: Framework, built: pd.DataFrame) -> pd.DataFrame:
    """Return how far each indicator follows what it is divided by, before and after.

    An indicator that grows with the size of a unit follows its denominator; one that is to be compared between units
    of different size should not, once it is divided (Becker et al. 2022, COINr, ``get_denom_corr``).

    Parameters
    ----------
    tables : mapping
        The raw tables by name.
    framework : Framework
    built : pandas.DataFrame
        The panel.

    Returns
    -------
    pandas.DataFrame
        One row an indicator with a ``denominator``: ``indicator, denominator, rows`` (units and years with both),
        ``before, after``: Pearson's correlation of the denominator with the values before and after the division.
        Missing for fewer than three rows, or without spread.
    """
    columns = ["indicator", "denominator", "rows", "before", "after"]
    over = framework.table.reindex(columns=["denominator"])["denominator"].dropna()
    variables = tables["variables"]["code"].tolist() if "variables" in tables else []
    rows = pd.concat([built, *_constructed(variables, tables, framework, {})], ignore_index=True).drop(columns="unit")
    key, found = ["city", "year"], []
    for indicator, text in over.items():
        own = rows["indicator"] == indicator
        made = formulas.derived(rows[~own], {indicator: text}, [*framework.indicators, *variables])
        after, divisor = (frame.set_index(key)["value"] for frame in (rows[own], made))
        both = pd.DataFrame({"divisor": divisor, "after": after, "before": divisor * after}).dropna()
        before, now = (correlation(both[name], both["divisor"]) for name in ("before", "after"))
        found.append((indicator, text, len(both), before, now))
    return pd.DataFrame(found, columns=columns)


def constructed(indicator: str, tables: Tables) -> pd.DataFrame | None:
    """Return the values of an indicator, of the edition's table or as constructed here; None if it has none.

    Parameters
    ----------
    indicator : str
        A code of framework.csv.
    tables : mapping
        The raw tables by name.

    Returns
    -------
    pandas.DataFrame or None
        ``city, year, value, source_id, evidence`` and perhaps ``low, high``.
    """
    if "indicators" in tables:
        rows = tables["indicators"].query("indicator == @indicator")
        return rows.assign(source_id="indicators") if len(rows) else None
    return CONSTRUCTIONS[indicator](tables) if indicator in CONSTRUCTIONS else None


def exact(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the panel with ``low, high``: their own, or the value."""
    return rows if "low" in rows else rows.assign(low=rows["value"], high=rows["value"])


def _mean_share(tables: Tables, indicator: str) -> pd.DataFrame:
    """Mean of a city's shares by class, and the ends of it; a share that is unknown leaves the city missing."""
    shares = national_shares(tables).query("indicator == @indicator")
    means = shares.groupby("city", sort=False)[["share", "low", "high"]].agg(lambda column: column.mean(skipna=False))
    sources = "+".join(dict.fromkeys("+".join(dict.fromkeys(shares["source_id"])).split("+")))
    return _rows(means["share"], year_of(tables), sources, "derived").assign(
        low=means["low"].to_numpy(), high=means["high"].to_numpy()
    )


def _rows(values: pd.Series, year: int, source_id: str, evidence: str) -> pd.DataFrame:
    frame = values.rename("value").rename_axis("city").reset_index()
    return frame.assign(year=year, source_id=source_id, evidence=evidence)


#: by indicator: the unit in which the city profiles print it
PROFILED = {"firm_count": "firms", "capital": "CNY", "institutes": "institutes"}


def qualified(panel: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return a panel with the column ``qualifier``: how a value is printed in its source.

    ``above`` (超400亿, 50多家), ``below`` (近100家), ``about``, or ``exact``, as are all values but those of the city
    profiles.

    Parameters
    ----------
    panel : pandas.DataFrame
        As `panel` returns it.
    tables : mapping
        The raw tables.

    Returns
    -------
    pandas.DataFrame
    """
    if "city_profiles" not in tables:
        return panel.assign(qualifier="exact")
    rows = _profiled(tables).set_index(["city", "node"])["printed_qualifier"]
    words = rows[~rows.index.duplicated()].reindex(pd.MultiIndex.from_frame(panel[["city", "indicator"]]))
    own = panel["source_id"] == source_of(tables, "city_profiles")
    return panel.assign(qualifier=words.fillna("exact").where(own.to_numpy(), "exact").to_numpy())


def _profiled(tables: Tables) -> pd.DataFrame:
    """Rows of the city profiles that state an indicator in the unit of `PROFILED`."""
    rows = tables["city_profiles"]
    return rows[rows["unit"] == rows["node"].map(PROFILED)]


def _profile(tables: Tables, node: str, unit: float = 1) -> pd.DataFrame:
    """Numbers of the city profiles (p6-8) of a node, as printed: 近100 is 100, 50多 is 50; see `qualified`."""
    values = _profiled(tables).query("node == @node").set_index("city")["printed_value"] / unit
    return _rows(values, year_of(tables), source_of(tables, "city_profiles"), "published")


def adoption(tables: Tables) -> pd.DataFrame:
    """使用者占比: share of fintech users, per cent, as published (p21)."""
    values = tables["adoption"].set_index("city")["rate"]
    return _rows(values, year_of(tables), source_of(tables, "adoption"), "published")


def services(tables: Tables) -> pd.DataFrame:
    """第三方支付城市服务体验: city services, as printed for two cities (p6, p23)."""
    values = tables["services"].query("kind == 'total'").set_index("city")["count"].astype(float)
    return _rows(values, year_of(tables), source_of(tables, "services"), "published")


def search_interest(tables: Tables) -> pd.DataFrame:
    """搜索热点: 21 less the published rank of search attention (p36): the order, read as evenly spaced."""
    ranks = tables["attention"].set_index("city")["rank"]
    return _rows(len(ranks) + 1.0 - ranks, year_of(tables), source_of(tables, "attention"), "derived")


def gdp(tables: Tables) -> pd.DataFrame:
    """城市经济规模: GDP at current prices, 100 million CNY; USD at the annual average rate of its year."""
    rates = tables["public/exchange_rates"].query("kind == 'annual average' and currency == 'USD'")
    rows = tables["public/public_indicators"].query("indicator == 'gdp'")
    rate = rows["year"].map(rates.set_index("year")["cny_per_unit"])
    converted = rows["value"].where(rows["unit"] != "USD", rows["value"] * rate / 1e8)
    return rows.assign(value=converted, source_id="public/public_indicators", evidence="public")


def _listed(tables: Tables, sector: str) -> pd.DataFrame:
    """Market values of a sector by mainland city from the list of firms; no firm is a true zero."""
    rows = a_share.totals(tables).query("sector == @sector")
    bounds = {"value": "market_cap", "low": "market_cap_low", "high": "market_cap_high"}
    found = rows[["city"]].assign(**{name: rows[column] for name, column in bounds.items()})
    return found.assign(year=year_of(tables), source_id=a_share.FIRMS, evidence="public")


def _public(tables: Tables, indicator: str) -> pd.DataFrame:
    rows = tables["public/public_indicators"].query("indicator == @indicator")
    return rows.assign(source_id="public/public_indicators", evidence="public")


#: by indicator, the function of the raw tables that constructs it: a row a city and year with ``city, year, value,
#: source_id, evidence``, and ``low, high`` if its sources leave a value open; without them a value is exact
CONSTRUCTIONS: dict[str, Callable[[Tables], pd.DataFrame]] = {
    # 企业规模: mean of a city's shares of internet-bank loans, insurance premiums and brokers, per cent
    "firm_scale": partial(_mean_share, indicator="firm_scale"),
    # 贡献率: mean of a city's shares of exchanges, cloud computing and blockchain, per cent: some bounded
    "contribution": partial(_mean_share, indicator="contribution"),
    # 企业数量: firms financed with CNY 50 million or more, as printed for three cities (p6-7)
    "firm_count": partial(_profile, node="firm_count"),
    # 资本实力: total financing of these firms, 100 million CNY, as printed for one city (p7)
    "capital": partial(_profile, node="capital", unit=1e8),
    # 专项科研: dedicated research institutes, as printed for one city (p7)
    "institutes": partial(_profile, node="institutes"),
    "adoption": adoption,
    "services": services,
    "search_interest": search_interest,
    "gdp": gdp,
    # 金融产业发展, 科技产业发展: market value of A-share listed companies, 100 million CNY (public proxies)
    "finance_industry": partial(_listed, sector="finance"),
    "technology_industry": partial(_listed, sector="technology"),
    # 高校科研: number of Double First-Class universities of 2017 (public proxy)
    "universities": partial(_public, indicator="double_first_class_universities"),
}
