"""Who is printed first where a caption or section says that a city is first by what is built here."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fhi.figures.charts import english
from fhi.figures.registry import Tables
from fhi.framework import Framework
from fhi.printed_orders import places, stated


def alike(framework: Framework, node: str) -> list[str]:
    """Return a node, and those above and below it that stand on the same one indicator.

    A node with one child orders the units as the child does: what is printed of one speaks of the other.
    """
    leaves = framework.leaves_below(node)
    same = [code for code in framework.nodes if code != node and framework.leaves_below(code) == leaves]
    return [node, *(same if len(leaves) == 1 else [])]


def firsts(tables: Tables, nodes: pd.Series, units: pd.Series) -> pd.DataFrame:
    """Return who is printed first in each node as far as it concerns each unit, one row a pair of node and unit.

    A printed order speaks of a unit that it names; one of leaders speaks of all. Of several the one that puts another
    unit first, then that of the node itself, then one that names the unit, then the first page.

    Returns
    -------
    pandas.DataFrame
        In the order and index of `nodes`: ``printed_first`` (a unit, or empty if no order speaks of it) and ``printed_page``.
    """
    framework, orders = Framework.from_table(tables["tables/framework"]), stated(tables)
    orders = [*orders[orders["kind"] != "tie"].itertuples()]
    found, kin = [], {node: alike(framework, node) for node in set(nodes)}
    for node, unit in zip(nodes, units, strict=True):
        ranked = []
        for order in orders:
            groups = places(order.subjects)
            named = any(unit in group for group in groups)
            if order.node in kin[node] and (named or order.kind == "leaders"):
                denies = unit not in groups[0]
                ranked.append(((not denies, order.node != node, not named, order.page), order, groups, denies))
        best = min(ranked, key=lambda item: item[0], default=None)
        first = None if best is None else best[2][0][0] if best[3] else unit
        found.append((first, None if best is None else best[1].page))
    result = pd.DataFrame(found, columns=["printed_first", "printed_page"], index=nodes.index)
    return result.astype({"printed_first": object, "printed_page": "Int64"})
