"""Service lists and listed companies whose counts and sums are the printed and public ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.editions import a_share
from fhi.editions.synthetic import writing
from fhi.editions.synthetic.places import Places

CATEGORIES = ("政务", "医疗", "交通", "住房", "教育", "公安", "社保", "生活缴费", "文体旅游")
PLATFORMS = ("支付宝", "微信")
#: 亿元 of revenue for 亿元 of market value, and the technology spending of a leader in per cent of it, made up
REVENUE, LEADER = 0.25, 4.0


def services(places: Places, year: int, stream: np.random.Generator) -> pd.DataFrame:
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
    return frame.assign(城市=writing.cities(frame["城市"].to_numpy(dtype=object), places, stream))


def companies(places: Places, year: int, stream: np.random.Generator) -> pd.DataFrame:
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
    frame = frame.assign(城市=writing.cities(frame["城市"].to_numpy(dtype=object), places, stream))
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
