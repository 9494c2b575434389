"""Sample micro-data of the report's size, made up so that what is counted in them is what the report prints.

For tests, teaching and benchmarks. Every row says ``synthetic``, and so does everything that is made of it. The last of
the issues matches the published numbers; earlier ones are what had been founded, financed or offered by then.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fhi.editions import a_share, construction
from fhi.editions.synthetic.places import Places, firms, to_bytes, until, written_cities
from fhi.engine.framework import Framework

__all__ = ["files"]


def files(
    tables: Mapping[str, pd.DataFrame], framework: Framework, years: Sequence[int] = (2018,), seed: int = 2018
) -> dict[str, bytes]:
    """Return the files of all issues by name, as they would stand in a folder of the staff's.

    Parameters
    ----------
    tables : mapping
        The raw tables of the report's edition: what is printed is the target.
    framework : Framework
        Indicators that it does not have are left out of the yearbooks.
    years : sequence of int
        Years of the issues.
    seed : int

    Returns
    -------
    dict
        ``firms-2018.csv``, ``questionnaires-2018.csv``, ``population.csv`` and so on, in UTF-8.
    """
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(6)]
    last, found = max(years), {}
    places = Places(tables, last)
    margins = _population(places, streams[0])
    found["population.csv"] = margins.assign(year=min(years))
    whole = firms(places, streams[1])
    for year in sorted(years):
        found[f"firms-{year}.csv"] = until(whole, places, year)
        found[f"questionnaires-{year}.csv"] = _questionnaires(places, margins, year, streams[2])
        found[f"services-{year}.csv"] = _services(places, year, streams[3])
        found[f"companies-{year}.csv"] = _companies(places, year, streams[4])
        found[f"yearbooks-{year}.csv"] = _yearbook(places, framework, year, streams[5])
    return {name: to_bytes(frame) for name, frame in found.items()}


CATEGORIES = ("政务", "医疗", "交通", "住房", "教育", "公安", "社保", "生活缴费", "文体旅游")
PLATFORMS = ("支付宝", "微信")
#: 亿元 of revenue for 亿元 of market value, and the technology spending of a leader in per cent of it, made up
REVENUE, LEADER = 0.25, 4.0


def _services(places: Places, year: int, stream: np.random.Generator) -> pd.DataFrame:
    """Return ``城市, 平台, 类别, 服务, 特色``: as many services, and as many special ones, as are printed."""
    printed = places.tables["services"]
    total, special = (printed[printed["kind"] == kind].set_index("city")["count"] for kind in ("total", "special"))
    cities, rows = places.of(year), []
    for city in cities:
        # no city has more than the least printed, since the largest is printed as the first in the nation
        count = total.get(city, round((0.4 + 0.5 * places.size[city]) * total.min()))
        count = round(count * places.growth(year))
        own = round(special.get(city, (special.min() - 1) * places.size[city]) * places.growth(year))
        for number in range(count):
            category = CATEGORIES[int(stream.integers(len(CATEGORIES)))]
            rows.append(
                (city, PLATFORMS[number % 2], category, f"合成服务{number:03d}", "是" if number < own else "否")
            )
    frame = pd.DataFrame(rows, columns=["城市", "平台", "类别", "服务名称", "是否特色"])
    return frame.assign(城市=written_cities(frame["城市"].to_numpy(dtype=object), places, stream))


def _companies(places: Places, year: int, stream: np.random.Generator) -> pd.DataFrame:
    """Return listed companies: the public numbers and market values by city and sector, split by chance."""
    printed = places.printed("finance_industry", "firms")
    level = levels(places)
    totals = a_share.totals(places.tables).set_index("city")
    rows = []
    for sector, name in (("金融", "finance"), ("信息技术", "technology")):
        counts, values = (totals.loc[totals["sector"] == name, column] for column in ("firms", "market_cap"))
        for city in places.of(year):
            count = int(counts.get(city, printed.get(city, 0)))
            # what no public list has is made up from the mean company
            value = values.get(city, count * values.sum() / counts.sum())
            if count:
                parts = _split(round(value * 100 * places.growth(year)), count, stream)
                rows += [(city, sector, part / 100, level[city]) for part in parts]
    frame = pd.DataFrame(rows, columns=["城市", "行业", "总市值（亿元）", "level"])
    revenue = (frame["总市值（亿元）"] * REVENUE).round(2)
    finance = frame["行业"] == "金融"
    spending = (revenue * frame["level"] / 100).round(4)
    frame = frame.assign(城市=written_cities(frame["城市"].to_numpy(dtype=object), places, stream))
    money = {
        "营业收入": revenue.astype(str) + "亿元",
        "科技投入": (spending.astype(str) + "亿元").where(finance, "未披露"),
    }
    codes = [f"S{number:05d}" for number in range(len(frame))]
    return frame.drop(columns="level").assign(股票代码=codes, **money)


def levels(places: Places) -> pd.Series:
    """Return technology spending in per cent of revenue: the leaders in their printed order (p11), the others below."""
    order = places.leaders("traditional_finance")
    level = 1 + places.size
    level[order] = [LEADER - 0.3 * place for place in range(len(order))]
    return level


def _split(total: int, count: int, stream: np.random.Generator) -> np.ndarray:
    """Return whole parts of a whole, uneven, none of them 0 if there is enough."""
    weights = stream.lognormal(sigma=1.2, size=count)
    parts = np.floor((total - count) * weights / weights.sum()).astype(int) + 1
    parts[parts.argmax()] += total - parts.sum()
    return parts


#: age bands with their shares of the population and by how many points more or less they use fintech, made up
BANDS = {
    (15, 24): (0.15, 6.0),
    (25, 34): (0.22, 8.0),
    (35, 44): (0.2, 4.0),
    (45, 59): (0.25, -4.0),
    (60, 90): (0.18, -14.0),
}
#: services with the share of users who use each: whoever uses any uses the first
USES = {"使用移动支付": 1.0, "使用互联网理财": 0.5, "使用网络借贷": 0.2, "使用互联网保险": 0.15}
#: people of the largest city
LARGEST = 24_000_000


def _population(places: Places, stream: np.random.Generator) -> pd.DataFrame:
    """Return ``城市, 年龄, 性别, 人口``: whole people, the shares of the bands a little different from city to city."""
    rows = []
    for city in places.names:
        shares = np.array([share for share, _ in BANDS.values()]) * stream.uniform(0.9, 1.1, len(BANDS))
        people = np.round(LARGEST * places.size[city] * shares / shares.sum() / 2).astype(int)
        for (low, high), number in zip(BANDS, people, strict=True):
            rows += [(city, f"{low}-{high}岁", sex, number) for sex in ("男", "女")]
    return pd.DataFrame(rows, columns=["城市", "年龄", "性别", "人口"])


def _questionnaires(places: Places, margins: pd.DataFrame, year: int, stream: np.random.Generator) -> pd.DataFrame:
    """Return the answers of an issue, about as many in each city, drawn by chance at the rate of the city."""
    rates = places.rates(year)
    each = round(places.nation("questionnaires") * places.growth(year) / len(rates))
    frames = []
    for city, rate in rates.items():
        people = margins[margins["城市"] == city]["人口"].to_numpy().reshape(len(BANDS), 2).sum(axis=1)
        share = _shares(rate / 100, people / people.sum())
        band = stream.choice(len(BANDS), each, p=people / people.sum())
        low, high = np.array(list(BANDS))[band].T
        users = stream.random(each) < share[band]
        uses = {}
        for name, part in USES.items():
            uses[name] = np.where(users & (stream.random(each) < part), "是", "否")
        frame = pd.DataFrame({"城市": city, "年龄": stream.integers(low, high + 1), **uses})
        frames.append(frame.assign(性别=stream.choice(["男", "女"], each)))
    frame = pd.concat(frames, ignore_index=True)
    frame["城市"] = written_cities(frame["城市"].to_numpy(dtype=object), places, stream)
    frame.insert(0, "编号", [f"Q{year}-{number:05d}" for number in range(len(frame))])
    return frame[["编号", "城市", "年龄", "性别", *USES]]


def _shares(rate: float, parts: np.ndarray) -> np.ndarray:
    """Return the share of users by band: more among the young, the rate for all together."""
    lift = np.array([points for _, points in BANDS.values()]) / 100
    lift = lift - (lift * parts).sum()
    # no band below 0 or above 1
    scale = min(1.0, *((1 - rate) / lift[lift > 0]), *(rate / -lift[lift < 0]))
    return rate + scale * lift


#: growth of GDP from the latest public year on, made up
GDP_GROWTH = 1.08


def _yearbook(places: Places, framework: Framework, year: int, stream: np.random.Generator) -> pd.DataFrame:
    """Return ``城市, 指标, 年份, 数值`` of an issue, each in the unit of its indicator."""
    cities = places.of(year)
    size = places.size[cities]
    made = {
        "gdp": _gdp(places, year),
        "universities": places.public("double_first_class_universities"),
        "institutes": _institutes(places, year),
        "innovation_index": _ordered(size, places.leaders("research"), stream, year, places),
        "support": _ordered(size, ["杭州", *places.leaders("new_finance")], stream, year, places),
        "soundness": _ordered(size, _mature(places), stream, year, places),
        "search_interest": _search(places, year, stream),
    }
    frames = []
    for measure, found in made.items():
        if measure in framework.leaves:
            found = found.reindex(cities).dropna()
            name = framework.table.at[measure, "name_zh"]
            frames.append(pd.DataFrame({"城市": found.index, "指标": name, "年份": year, "数值": found.to_numpy()}))
    return pd.concat(frames, ignore_index=True)


def _gdp(places: Places, year: int) -> pd.Series:
    """Return the public GDP of the year, carried on or back from the nearest year that has one."""
    rows = construction.gdp(places.tables).pivot(index="city", columns="year", values="value")
    by_city = {}
    for city, known in rows.iterrows():
        known = known.dropna()
        nearest = min(known.index, key=lambda other: (abs(other - year), other))
        by_city[city] = round(known[nearest] * GDP_GROWTH ** (year - nearest), 2)
    return pd.Series(by_city)


def _institutes(places: Places, year: int) -> pd.Series:
    printed = places.printed("institutes", "institutes")
    counts = (places.size * printed.max() * 0.8).round()
    counts[printed.index] = printed
    return (counts * places.growth(year)).round()


def _mature(places: Places) -> list[str]:
    rows = places.tables["city_profiles"].query("node == 'soundness' and unit == 'rank'")
    return rows.sort_values("printed_value")["city"].tolist()


def _ordered(size: pd.Series, order: list[str], stream: np.random.Generator, year: int, places: Places) -> pd.Series:
    """Return points from 0 to 100 by size and chance, the cities of a printed order on top in that order."""
    points = 30 + 40 * size + stream.normal(0, 5, len(size))
    first = [city for city in dict.fromkeys(order) if city in size.index]
    points[first] = [95 - 2.0 * place for place in range(len(first))]
    return (points.clip(0, 100) - 2 * (places.last - year)).clip(0).round(1)


def _search(places: Places, year: int, stream: np.random.Generator) -> pd.Series:
    """Return searches that fall with the printed rank (p36); cities that are not printed are below the last."""
    ranks = places.tables["attention"].set_index("city")["rank"]
    searches = 20_000 / ranks**0.8
    others = places.size.drop(ranks.index)
    rest = searches.min() * 0.9 * (0.2 + 0.8 * others / others.max()) * stream.uniform(0.9, 1, len(others))
    return (pd.concat([searches, rest]) * places.growth(year)).round()
