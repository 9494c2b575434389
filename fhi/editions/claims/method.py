"""Claims about the cities of the index (p39)."""

from __future__ import annotations

from fhi.editions.claims.registry import Tables, claim

#: classes of cities that p39 names, as cities.csv words them
MAINLAND = ("直辖市", "计划单列市", "副省级", "省会")
OUTSIDE = ("香港", "澳门", "台北")


@claim("p39-mainland")
def mainland_cities(tables: Tables) -> float:
    """Distinct mainland cities of the classes that the page names."""
    cities = tables["cities"][~tables["cities"]["name_zh"].isin(OUTSIDE)]
    return cities["admin_class"].map(lambda text: any(name in text for name in MAINLAND)).sum()
