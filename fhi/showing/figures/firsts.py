"""Who is printed first where a caption or section says that a city is first by what is built here."""

from __future__ import annotations

import pandas as pd

from fhi.editions.printed_orders import places, stated
from fhi.engine.framework import Framework
from fhi.showing.figures.charts import english
from fhi.showing.figures.registry import LANGUAGES, Tables


def alike(framework: Framework, node: str) -> list[str]:
    """Return a node, and those above and below it that stand on the same one indicator.

    A node with one child orders the units as the child does: what is printed of one speaks of the other.
    """
    leaves = framework.leaves_below(node)
    same = [code for code in framework.nodes if code != node and framework.leaves_below(code) == leaves]
    return [node, *(same if len(leaves) == 1 else [])]


def with_firsts(frame: pd.DataFrame, tables: Tables, node: str = "node") -> pd.DataFrame:
    """Return a frame of nodes and cities with who is printed first in the node, as far as it concerns the city.

    A printed order speaks of a city that it names; one of leaders speaks of all. Of several the one that puts another
    city first, then that of the node itself, then one that names the city, then the first page.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``city`` and a column of nodes.
    tables : mapping
        With ``tables/framework``, ``tables/cities`` and what `fhi.editions.printed_orders.stated` reads.
    node : str
        Name of the column of nodes.

    Returns
    -------
    pandas.DataFrame
        `frame` with ``printed_first, printed_first_en`` (empty if no order speaks of the city), ``printed_page``, and
        ``printed_node_zh, printed_node_en``, the node that the order names, empty if it is the row's own.
    """
    framework, orders = Framework.from_table(tables["tables/framework"]), stated(tables)
    orders = [(order, places(order.subjects)) for order in orders[orders["kind"] != "tie"].itertuples()]
    kin = {code: alike(framework, code) for code in frame[node].unique()}
    found = []
    for code, city in zip(frame[node], frame["city"], strict=True):
        best = None
        for order, groups in orders:
            named = any(city in group for group in groups)
            if order.node in kin[code] and (named or order.kind == "leaders"):
                worth = (city in groups[0], order.node != code, not named, order.page)
                if best is None or worth < best[0]:
                    other = order.node if order.node != code else None
                    best = worth, city if city in groups[0] else groups[0][0], order.page, other
        found.append(best[1:] if best else (None, None, None))
    said = pd.DataFrame(found, columns=["printed_first", "printed_page", "node"], index=frame.index).astype(object)
    names = {f"printed_node_{language}": said["node"].map(framework.names(language)) for language in LANGUAGES}
    first = said["printed_first"]
    columns = {"printed_first": first, "printed_first_en": first.map(english(tables)), **names}
    return frame.assign(**columns, printed_page=said["printed_page"].astype("Int64"))


def denied(frame: pd.DataFrame) -> pd.Series:
    """Return where a printed order puts another city first (of a frame from `with_firsts`)."""
    return frame["printed_first"].notna() & (frame["printed_first"] != frame["city"])


def remark(item: pd.Series) -> dict[str, str]:
    """Return what a claim of a first place must add in brackets: whom the report lists first; nothing if it agrees."""
    if pd.isna(item["printed_first"]) or item["printed_first"] == item["city"]:
        return {"zh": "", "en": ""}
    zh, en = item["printed_node_zh"], item["printed_node_en"]
    zh, en = ("", "") if pd.isna(zh) else (f"的{zh}", f" in {en}")
    return {
        "zh": f"（报告第{item['printed_page']}页{zh}列{item['printed_first']}第一）",
        "en": f" (the report lists {item['printed_first_en']} first{en}, p. {item['printed_page']})",
    }


def remarked(frame: pd.DataFrame, language: str, name: str = "name") -> list[str]:
    """Return the names in a frame, each with the remark that it needs (columns ``<name>_<language>``)."""
    return [f"{item[f'{name}_{language}']}{remark(item)[language]}" for _, item in frame.iterrows()]
