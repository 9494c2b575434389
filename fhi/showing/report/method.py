"""The method of a scenario as tables: choices, the tree with its weights, assumptions of the bounds, own files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from fhi.editions.outputs import GIVEN
from fhi.engine.framework import SAME
from fhi.engine.parameters import Step
from fhi.engine.ranking import outward
from fhi.engine.words import NOTHING as NONE
from fhi.engine.words import in_words, key_name, label, words
from fhi.scenarios import KEYS, Scenario
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES, Tables, Texts
from fhi.showing.report.measures import unit_name
from fhi.showing.report.tables import Cell, Table, city_names, leaf_nodes, node_names, stated
from fhi.showing.report.texts import NOTHING, decimal, minus, said, same, span, whole

#: fields of `Scenario` that are no choice of method
ASIDE = ("description", "robustness")
#: the column of the tree that only printed numbers fill: what they allow
ALLOWED = 3


def choices(method: Scenario) -> Table:
    """What the scenario chose at each step, in the order of the steps."""
    rows = []
    for name in KEYS:
        if name not in ASIDE:
            meaning = {"zh": words("key")[name].meaning_zh, "en": words("key")[name].meaning_en}
            key = {language: key_name(name, language) for language in LANGUAGES}
            rows.append([key, value_words(getattr(method, name), name), meaning])
    return stated("table-choices", rows)


def value_words(value: object, key: str) -> Cell:
    """Return a choice in words; an empty one as a dash.

    Parameters
    ----------
    value : object
        Of a key of the scenario.
    key : str
    """
    text = label(value)
    if not isinstance(value, Step) and text in (NONE, ""):
        return NOTHING
    return {language: in_words(text, language, key) for language in LANGUAGES}


def tree(tables: Tables, method: Scenario) -> Table:
    """Every node with its weight as assumed and as the published numbers allow, its direction and its data.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    method : Scenario
    """
    bounded, rows = "weight_bounds" in tables, list(_nodes(tables, method))
    kept = rows if bounded else [row[:ALLOWED] + row[ALLOWED + 1 :] for row in rows]
    return stated("table-tree" if bounded else "table-tree-free", kept, tables)


def _nodes(tables: Tables, method: Scenario) -> Iterator[list[Cell]]:
    """Yield the row of each node, from the top down."""
    framework, weights = tables["tables/framework"], tables["weights"].set_index("node")
    allowed = tables["weight_bounds"].set_index("node") if "weight_bounds" in tables else pd.DataFrame()
    cells = tables["coverage"].dropna(subset=["evidence"])
    units, labels = cells.groupby("indicator").size(), cells.groupby("indicator")["evidence"].unique()
    used = tables["screening"].set_index("indicator")["used"]
    leaves = set(leaf_nodes(tables))
    for node in _down(framework, framework.loc[framework["level"] == 0, "code"].iloc[0]):
        code, leaf = node["code"], node["code"] in leaves
        own = node[SAME] if isinstance(node.get(SAME), str) else code
        indent = "　" * (node["level"] - 1)
        evidence = [{"badge": label} for label in EVIDENCE if label in set(labels.get(own, ()))]
        yield [
            {language: indent + node[f"name_{language}"] for language in ("zh", "en")},
            decimal(weights["weight"].get(code, float("nan")), 3),
            decimal(weights["effective"].get(code, float("nan")), 3),
            span(*allowed.loc[code], places=2) if code in allowed.index else NOTHING,
            said(f"direction.{method.directions.get(own, node['direction'])}") if leaf else "",
            str(units.get(own, 0)) if leaf else "",
            said(f"used.{bool(used.get(own, False))}") if leaf else "",
            evidence or (NOTHING if leaf else ""),
        ]


def _down(framework: pd.DataFrame, parent: str) -> Iterator[dict]:
    """Yield the nodes below one, each followed by its own children."""
    for node in framework[framework["parent"] == parent].to_dict("records"):
        yield node
        yield from _down(framework, node["code"])


def constructions(tables: Tables) -> Table:
    """How each indicator is defined."""
    framework = tables["tables/framework"]
    leaves = framework[framework["code"].isin(leaf_nodes(tables))].fillna("")
    rows = []
    for node in leaves.to_dict("records"):
        name, text = ({at: node[f"{column}_{at}"] for at in LANGUAGES} for column in ("name", "definition"))
        unit = {language: unit_name(node["unit"], language) for language in LANGUAGES} if node["unit"] else NOTHING
        rows.append([name, text, unit])
    return stated("table-constructions", rows)


#: what bound_assumptions.csv says of an alternative in words
SAID = ("name", "value", "alternative", "why")
#: the least move of a weight, in percentage points, that is written as a number
LEAST = 0.1


def assumptions(tables: Tables) -> Table:
    """What is assumed behind the bounds, and which of them move under an alternative."""
    cities, nodes = city_names(tables), node_names(tables)
    rows: list[list[Cell]] = []
    for row in tables["bound_assumptions"].sort_values("place").to_dict("records"):
        texts = [{language: row[f"{column}_{language}"] for language in LANGUAGES} for column in SAID]
        rows.append([*texts[:3], *_moves(row, cities, nodes), texts[3]])
    return stated("table-assumptions", rows)


def _moves(row: Mapping, cities: Mapping[str, Texts], nodes: Mapping[str, Texts]) -> list[Cell]:
    """Return what moved under an alternative: how many score bounds, the largest move, and the weights."""
    if row["outcome"] != "bounds":
        return [said(f"bounds.{row['outcome']}"), NOTHING, NOTHING]
    largest, weights = NOTHING, whole(row["weights_moved"])
    if row["cities_moved"]:
        # 0 is the low end, 1 the high one
        side = ("low", "high").index(row["end"])
        before, after = (f"{outward(row[key], row[key], 1)[side]:.1f}" for key in ("before", "after"))
        city, end = cities[row["city"]], said(f"bounds.{row['end']}")
        largest = said("bounds.moved", city=city, end=end, before=before, after=after)
        largest = {language: minus(text).replace("inf", "∞") for language, text in largest.items()}
    if row["weights_moved"]:
        points = 100 * row["largest_weight_move"]
        # a move is none only where it is not counted
        move = f"{points:.1f}" if points >= LEAST else said("bounds.under", least=LEAST)
        weights = said("bounds.weight", count=weights, node=nodes[row["node"]], points=move)
    return [whole(row["cities_moved"]), largest, weights]


UNDERSTOOD = "microdata/understood"


def own_files(tables: Tables) -> Table:
    """Return one row an indicator of a table, and one a list with the columns that were taken from it."""
    found, names = tables[UNDERSTOOD], node_names(tables)
    lists = found["layout"] == "list"
    rows: list[list[Cell]] = []
    for row in found[~lists].to_dict("records"):
        where = " ".join(text for text in (_as_text(row["sheet"]), row["range"]) if text)
        counts = [decimal(row["cities"], 0), decimal(row["values"], 0)]
        measure = names.get(row["measure"], same(row["measure"]))
        rows.append(_row(row, where, measure, [_text(row["unit"]), _text(row["years"]), *counts]))
    for (_, sheet), columns in found[lists].groupby(["file", "sheet"], sort=False, dropna=False):
        row = columns.iloc[0].to_dict()
        pairs = zip(columns["heading"], columns["measure"], strict=True)
        read = ", ".join(f"{heading} → {name}" for heading, name in pairs)
        rows.append(_row(row, sheet, same(read), [NOTHING, NOTHING, NOTHING, decimal(row["values"], 0)]))
    labels = tuple(sorted({*tables["panel"]["evidence"]} & set(GIVEN))) or ("user",)
    return replace(stated("table-files", rows), evidence=labels)


def _row(row: dict, where: str, measure: Cell, rest: list[Cell]) -> list[Cell]:
    return [same(row["file"]), _text(where), measure, *rest, _text(row["citation"])]


def _text(value: object) -> Cell:
    return same(_as_text(value)) if _as_text(value) else NOTHING


def _as_text(value: object) -> str:
    """Return a cell as a text: nothing for a missing one, a year without decimals."""
    if value is None or value != value:
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value)
