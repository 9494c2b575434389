"""Claims of part two, the industry (p10-18), and what the profiles say of it (p6-8)."""

from __future__ import annotations

import pandas as pd

from fhi.editions.claims.lookup import (
    PUBLISHED,
    REPORT,
    between,
    by_city,
    descending,
    enumerated,
    half_digit,
    listed,
    place,
    stated,
)
from fhi.editions.claims.registry import FEW, Found, Tables, claim, names

CLASSES = ("banks", "brokers", "insurers")


@claim("p06-beijing-banks", "banks", "北京")
@claim("p06-beijing-insurers", "insurers", "北京")
@claim("p08-hongkong-brokers", "brokers", "香港")
def firms_in_city(tables: Tables, name: str, city: str) -> float:
    """Firms of a class in a city, counted from the table of firms (p13-14)."""
    return (tables[f"{REPORT}/{name}"]["city"] == city).sum()


@claim("p11-firms", *CLASSES)
@claim("p12-banks", "banks")
@claim("p12-brokers", "brokers")
@claim("p12-insurers", "insurers")
@claim("p12-twelve", "banks", "insurers")
def firms_of_classes(tables: Tables, *classes: str) -> float:
    """Firms of the classes, counted from the tables of firms (p13-14)."""
    return sum(len(tables[f"{REPORT}/{name}"]) for name in classes)


@claim("p12-nine", "banks", "insurers")
@claim("p13-cities", "banks")
def cities_of_classes(tables: Tables, *classes: str) -> float:
    """Distinct cities of the firms of the classes."""
    return len(set().union(*(tables[f"{REPORT}/{name}"]["city"] for name in classes)))


@claim("p12-hongkong", "brokers")
def where_firms_are(tables: Tables, name: str) -> str:
    """Cities of the firms of a class."""
    return names(tables[f"{REPORT}/{name}"]["city"].unique())


@claim("p10-both")
def number_with_both(tables: Tables) -> float:
    """Number of cities with both a bank and an insurer."""
    return len(_with_both(tables))


@claim("p10-both-cities")
def cities_with_both(tables: Tables) -> str:
    """Cities with both a bank and an insurer."""
    return names(sorted(_with_both(tables)))


def _with_both(tables: Tables) -> set[str]:
    return set(tables[f"{REPORT}/banks"]["city"]) & set(tables[f"{REPORT}/insurers"]["city"])


@claim("p08-loan-share", "深圳")
@claim("p11-duopoly", "深圳", "杭州")
@claim("p13-duopoly", "深圳", "杭州")
def loan_share(tables: Tables, *cities: str) -> float:
    """Share of the banks of these cities in the disclosed loans, per cent (p13); a lower bound enters as it stands."""
    return _share(by_city(tables, "banks", "loans_value"), cities)


@claim("p07-zhongan-share", "上海")
def premium_share(tables: Tables, *cities: str) -> float:
    """Share of the insurers of these cities in the earned premiums, per cent (p14)."""
    return _share(by_city(tables, "insurers", "premiums_value"), cities)


def _share(values: pd.Series, cities) -> float:
    return 100 * values[list(cities)].sum() / values.sum()


@claim("p08-loan-rank", "深圳")
def loan_rank(tables: Tables, city: str) -> Found:
    """Place of a city by the disclosed loans (p13)."""
    return place(by_city(tables, "banks", "loans_value"), city)


@claim("p08-webank-half")
def share_of_webank_in_its_city(tables: Tables) -> float:
    """Share of 微众银行 in the loans of the banks of its city, per cent (p13)."""
    banks = tables[f"{REPORT}/banks"].set_index("name_zh")
    same = banks[banks["city"] == banks.at["微众银行", "city"]]
    return 100 * banks.at["微众银行", "loans_value"] / same["loans_value"].sum()


@claim("p13-order", "banks", "loans_value")
@claim("p14-order", "insurers", "premiums_value")
def order_by_size(tables: Tables, name: str, column: str) -> str:
    """Cities in order of the size of their firm; the undisclosed have none."""
    return names(descending(by_city(tables, name, column)))


@claim("p14-zhongan-leads", "insurers", "premiums_value")
def largest(tables: Tables, name: str, column: str) -> str:
    """City of the largest firm."""
    return descending(by_city(tables, name, column))[0]


@claim("p07-zhongan-first", "众安保险", "insurers")
def place_by_age(tables: Tables, firm: str, name: str) -> float:
    """Place of a firm by its founding, the earliest first."""
    founded = tables[f"{REPORT}/{name}"].set_index("name_zh")["founded_iso"]
    return founded.rank(method="min")[firm]


@claim("p13-oldest", "city", "banks")
def earliest(tables: Tables, column: str, name: str) -> Found:
    """The firm founded first, or its city; several if the dates do not tell them apart."""
    firms = tables[f"{REPORT}/{name}"]
    return _named(firms[firms["founded_iso"] == firms["founded_iso"].min()][column])


@claim("p13-youngest", "city", "banks")
def latest(tables: Tables, column: str, name: str) -> Found:
    """The city of the firm founded last; several if the dates do not tell them apart."""
    firms = tables[f"{REPORT}/{name}"]
    return _named(firms[firms["founded_iso"] == firms["founded_iso"].max()][column])


def _named(chosen: pd.Series) -> Found:
    return Found(names(chosen), tied=len(chosen) > 1)


@claim("p13-webank-age", "微众银行")
@claim("p13-zhongguancun-age", "中关村银行")
def age(tables: Tables, firm: str) -> float:
    """Years from the month of founding to the month of publication."""
    founded = tables[f"{REPORT}/banks"].set_index("name_zh").at[firm, "founded_iso"]
    year, month = map(int, founded.split("-"))
    return (PUBLISHED.year - year) + (PUBLISHED.month - month) / 12


@claim("p14-ecosystems", "zhongan_ecosystems")
@claim("p18-elsewhere", "cloud_providers_elsewhere")
@claim("p39-steps", "steps")
def count_names(tables: Tables, name: str) -> float:
    """Names of a short list, counted."""
    return len(enumerated(tables, name))


@claim("p15-top20")
def best_financed(tables: Tables) -> float:
    """Sum of the best-financed firms by city (p15)."""
    return by_city(tables, "financing_top20", "firms").sum()


@claim("p15-date")
def after_the_latest_event(tables: Tables) -> Found:
    """The data (p15) reach to the latest event that the report dates to the day (p35), and end before publication."""
    return between(tables[f"{REPORT}/sandboxes"]["date_iso"].max(), f"{PUBLISHED:%Y-%m}")


@claim("p10-beijing-third")
def share_of_best_financed(tables: Tables) -> float:
    """Firms of 北京 in the twenty best-financed, per cent (p15)."""
    return 100 * by_city(tables, "financing_top20", "firms")["北京"] / 20


@claim("p11-infrastructure-three")
@claim("p17-title")
def first_three_of_infrastructure(tables: Tables) -> str:
    """The first three of the panel (p11)."""
    return names(listed(tables, 11, "infrastructure")[:3])


@claim("p17-exchanges")
def least_exchanges(tables: Tables) -> float:
    """The printed exchanges and at least one in each of the other named cities (p17)."""
    exchanges = tables[f"{REPORT}/exchanges"]
    printed = exchanges["evidence"] == "published"
    return exchanges.loc[printed, "count"].sum() + (~printed).sum()


@claim("p17-shanghai-half")
def share_of_exchanges(tables: Tables) -> float:
    """Exchanges of 上海 in the printed total, per cent (p17)."""
    total = stated(tables, "headlines", "national exchanges", page=17).iloc[0]
    return 100 * by_city(tables, "exchanges", "count")["上海"] / total


@claim("p17-exchange-first")
def first_by_exchanges(tables: Tables) -> str:
    """City of the most exchanges (p17)."""
    return descending(by_city(tables, "exchanges", "count"))[0]


@claim("p17-vendor-first")
def first_by_named_vendors(tables: Tables) -> Found:
    """City of most of the information vendors that the page names (p17); their seats are public knowledge."""
    vendors = tables[f"{REPORT}/named_firms"].query("page == 17 and basis == 'public'")["city"].value_counts()
    return Found(names(vendors.index[vendors == vendors.max()]), partial=len(vendors) - 1 < FEW)


@claim("p17-cloud-order", "cloud")
@claim("p17-blockchain-order", "blockchain")
def order_of_contributions(tables: Tables, name: str) -> Found:
    """Cities in order of their printed contribution (p17); partial if what is left of 100 % may hold a larger one."""
    shares = _contributions(tables, name)["share_value"]
    return Found(names(descending(shares)), partial=100 - shares.sum() >= shares.min())


@claim("p18-cloud-three", "cloud", 3)
@claim("p18-blockchain-four", "blockchain", 4)
def sum_with_unprinted(tables: Tables, name: str, cities: int) -> Found:
    """Bounds on the contribution of this many cities, per cent: two are printed (p17), no other has more than those."""
    printed = sum_of_printed(tables, name)
    largest_other = _contributions(tables, name)["share_value"].min()
    count = cities - len(_contributions(tables, name))
    return Found(None, printed.low, min(100.0, printed.high + count * largest_other), partial=True)


@claim("p17-cloud-sum", "cloud")
def sum_of_printed(tables: Tables, name: str) -> Found:
    """Sum of the printed contributions of a class (p17), with the range that their rounding leaves."""
    rows = _contributions(tables, name)
    total, half = rows["share_value"].sum(), rows["share"].map(half_digit).astype(float).sum()
    return Found(total, total - half, total + half)


@claim("p18-cloud-near-half")
def cloud_of_hangzhou(tables: Tables) -> float:
    """Cloud contribution of 杭州 as p17 prints it."""
    return _contributions(tables, "cloud").at["杭州", "share_value"]


def _contributions(tables: Tables, name: str) -> pd.DataFrame:
    return tables[f"{REPORT}/contributions"].query("`class` == @name").set_index("city")
