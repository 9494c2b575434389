"""A-share companies: from the list of firms to totals by city, and the firms whose city is not certain.

The list holds every mainland-listed company of the industries counted, so that a mainland city without a firm has a
true zero. It says nothing of 香港, 澳门 and 台北.
"""

from collections.abc import Mapping

import pandas as pd

from fhi.engine.errors import Problem, reject

Tables = Mapping[str, pd.DataFrame]
FIRMS, INDUSTRIES = "public/a_share_firms", "public/a_share_industries"
#: statuses of a firm whose city on the day is not certain: the day of a move is unknown; the province alone is known
UNDATED, PROVINCE = "move_undated", "province_only"
UNCERTAIN = ["code", "name", "sector", "city_status", "city", "other_cities", "market_cap"]
TOTALS = ["sector", "city", "firms", "firms_low", "firms_high", "market_cap", "market_cap_low", "market_cap_high"]
#: GB/T 2260 codes of Taiwan, Hong Kong and Macao begin here
OFFSHORE = 710_000


def totals(tables: Tables) -> pd.DataFrame:
    """Return number and market value of the listed companies by sector and mainland city.

    Returns
    -------
    pandas.DataFrame
        ``sector`` (finance, technology), ``city``, ``firms``, ``market_cap`` (100 million CNY). ``low`` counts the
        firms that are certainly of the city, ``high`` adds those of `uncertain` that may be. Without the list: empty.

    Raises
    ------
    DataError
        See `firms`.
    """
    if FIRMS not in tables:
        return pd.DataFrame(columns=TOTALS)
    listed, doubtful = firms(tables), uncertain(tables)
    places = pd.MultiIndex.from_product([sorted(listed["sector"].unique()), _mainland(tables)["name_zh"]])
    elsewhere = doubtful.assign(city=doubtful["other_cities"].str.split("|")).explode("city")
    total, leave, join = (_sums(rows, places) for rows in (listed, doubtful, elsewhere))
    found = {}
    for column in ("firms", "market_cap"):
        found |= {column: total[column], f"{column}_low": total[column] - leave[column]}
        found[f"{column}_high"] = total[column] + join[column]
    # a sum less its parts may leave a trace of rounding
    return pd.DataFrame(found).round(6).rename_axis(["sector", "city"]).reset_index()[TOTALS]


def firms(tables: Tables) -> pd.DataFrame:
    """Return the list of firms with the ``sector`` that counts their industry.

    Raises
    ------
    DataError
        If an industry is not in the table of industries, or the city of a firm does not go with its status.
    """
    listed, known = tables[FIRMS], tables[INDUSTRIES].set_index("industry")["sector"]
    problems = []
    for column, bad, expected, remedy in (
        ("industry", ~listed["industry"].isin(known.index), "an industry of a_share_industries.csv", "add it there"),
        (
            *("city", listed["city"].isna() != (listed["city_status"] == PROVINCE)),
            *(f"a city, and none if the status is {PROVINCE}", "correct city or city_status"),
        ),
    ):
        for row in listed[bad].itertuples():
            found = getattr(row, column)
            value = None if pd.isna(found) else found
            problems.append(Problem(f"data/raw/{FIRMS}.csv", row.row, column, value, expected, remedy))
    reject(problems)
    return listed.assign(sector=listed["industry"].map(known))


def uncertain(tables: Tables) -> pd.DataFrame:
    """Return the firms whose city is not certain, with the other cities of the tree or lists that it may be.

    Returns
    -------
    pandas.DataFrame
        ``code, name, sector, city_status, city`` (where it is counted; missing: nowhere), ``other_cities`` (joined by
        |; where no list names one, the cities of the tree in its province), ``market_cap`` (100 million CNY). Without
        the list: empty.
    """
    if FIRMS not in tables:
        return pd.DataFrame(columns=UNCERTAIN)
    rows = firms(tables).query("city_status in (@UNDATED, @PROVINCE)")
    cities = _mainland(tables)
    province = cities["province_zh"].str.removesuffix("省")
    inside = {name: "|".join(group) for name, group in cities.groupby(province)["name_zh"]}
    others = rows["city_alternative"].where(rows["city_status"] == UNDATED).fillna(rows["area_label"].map(inside))
    return rows.assign(other_cities=others)[UNCERTAIN].reset_index(drop=True)


def _mainland(tables: Tables) -> pd.DataFrame:
    return tables["cities"].query("code_gbt2260 < @OFFSHORE")


def _sums(rows: pd.DataFrame, places: pd.MultiIndex) -> pd.DataFrame:
    """Return number and market value of firms by sector and city; none is 0."""
    found = rows.groupby(["sector", "city"])["market_cap"].agg(firms="size", market_cap="sum")
    return found.reindex(places, fill_value=0)
