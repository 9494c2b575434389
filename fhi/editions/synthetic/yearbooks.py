"""Yearbook values: public ones where there are any, else made up in the printed order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.editions import construction
from fhi.editions.synthetic.places import Places
from fhi.engine.framework import Framework

#: growth of GDP from the latest public year on, made up
GDP_GROWTH = 1.08


def values(places: Places, framework: Framework, year: int, stream: np.random.Generator) -> pd.DataFrame:
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
