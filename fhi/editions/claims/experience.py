"""Claims of part three, the experience (p20-26), and what the profiles say of it (p6-8)."""

from __future__ import annotations

from fhi.editions.claims.lookup import REPORT, by_city, difference, place, stated
from fhi.editions.claims.registry import FEW, Found, Tables, claim, names

#: adoption rates are printed to one decimal (p21)
HALF = 0.05


@claim("p06-beijing-adoption", "北京")
@claim("p07-shanghai-adoption", "上海")
@claim("p07-hangzhou-adoption", "杭州")
@claim("p08-shenzhen-adoption", "深圳")
@claim("p08-guangzhou-adoption", "广州")
@claim("p20-adoption", "杭州")
def adoption_of(tables: Tables, city: str) -> float:
    """Adoption rate of a city in the chart (p21)."""
    return by_city(tables, "adoption", "rate")[city]


@claim("p07-hangzhou-adoption-first", "杭州")
@claim("p20-adoption-first", "杭州")
@claim("p08-shenzhen-adoption-second", "深圳")
@claim("p20-adoption-second", "深圳")
@claim("p08-guangzhou-adoption-third", "广州")
def place_by_adoption(tables: Tables, city: str) -> Found:
    """Place of a city by the rates of the chart (p21)."""
    return place(by_city(tables, "adoption", "rate"), city)


@claim("p20-lead")
def lead(tables: Tables) -> Found:
    """Adoption rate of 杭州 less that of 深圳, percentage points (p21)."""
    rates = by_city(tables, "adoption", "rate")
    return difference(rates["杭州"], rates["深圳"], HALF)


@claim("p20-breadth", "深圳", "total")
@claim("p23-breadth", "深圳", "total")
@claim("p20-special", "武汉", "special")
@claim("p25-special-first", "武汉", "special")
def place_by_services(tables: Tables, city: str, kind: str) -> Found:
    """Place of a city among those whose services are printed (p6, p23, p25)."""
    return place(tables[f"{REPORT}/services"].query("kind == @kind").set_index("city")["count"], city)


@claim("p20-most-progress")
def most_progress(tables: Tables) -> Found:
    """City of the largest printed rise in experience (p20), among the few that are printed."""
    rises = tables[f"{REPORT}/movers"].query("pillar == 'experience'").set_index("city")["change"]
    return Found(names(rises.index[rises == rises.max()]), partial=len(rises) - 1 < FEW)


@claim("p21-xian-places")
def possible_rise_of_adoption(tables: Tables) -> Found:
    """Places that 西安 can have gained by adoption within twenty cities, from its place now (p21)."""
    rates = by_city(tables, "adoption", "rate")
    return Found(None, 1, len(rates) - float(place(rates, "西安").value), partial=True)


@claim("p21-mean")
def mean_adoption(tables: Tables) -> Found:
    """Mean of the twenty rates of the chart (p21), per cent."""
    mean = by_city(tables, "adoption", "rate").mean()
    return Found(mean, mean - HALF, mean + HALF)


@claim("p21-above")
def above_the_mean(tables: Tables) -> float:
    """Cities of the chart above the printed mean (p21)."""
    mean = stated(tables, "headlines", "national mean of the adoption rate", page=21).iloc[0]
    return (by_city(tables, "adoption", "rate") > mean).sum()
