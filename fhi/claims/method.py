"""Claims about the index: its tree and its cities (p9, p19, p27, p38-39)."""

from __future__ import annotations

from fhi.claims.registry import Tables, claim

#: classes of cities that p39 names, as cities.csv words them
MAINLAND = ("直辖市", "计划单列市", "副省级", "省会")
OUTSIDE = ("香港", "澳门", "台北")


@claim("p38-pillars", 1)
@claim("p38-sub-pillars", 2)
@claim("p38-indicators", 3)
def nodes_of_level(tables: Tables, level: int) -> float:
    """Nodes of a level of the tree."""
    return (tables["framework"]["level"] == level).sum()


@claim("p09-topics", "industry")
@claim("p19-topics", "experience")
@claim("p27-topics", "ecosystem")
def children(tables: Tables, node: str) -> float:
    """Sub-pillars of a pillar in the tree (p38)."""
    return (tables["framework"]["parent"] == node).sum()


@claim("p39-mainland")
def mainland_cities(tables: Tables) -> float:
    """Distinct mainland cities of the classes that the page names."""
    cities = tables["cities"][~tables["cities"]["name_zh"].isin(OUTSIDE)]
    return cities["admin_class"].map(lambda text: any(name in text for name in MAINLAND)).sum()


@claim("p39-added")
def added_regions(tables: Tables) -> float:
    """Cities outside the mainland among the 39."""
    return tables["cities"]["name_zh"].isin(OUTSIDE).sum()
