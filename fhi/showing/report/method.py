"""The method of a scenario as tables: what was chosen at each step, and the indicator tree with its weights."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from fhi.engine.parameters import Step
from fhi.engine.words import NOTHING as NONE
from fhi.engine.words import in_words, key_name, label, words
from fhi.scenarios import KEYS, Scenario
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES, Tables, Texts
from fhi.showing.figures.texts import capital
from fhi.showing.report.measures import unit_name
from fhi.showing.report.tables import NODE, Cell, Table, leaf_nodes
from fhi.showing.report.texts import NOTHING, decimal, span, unit_words

#: fields of `Scenario` that are no choice of method
ASIDE = ("description", "robustness")
#: widths of the columns of the tree
TREE = (2.6, 0.8, 0.8, 1.2, 0.9, 0.9, 0.8, 1.4)


def choices(method: Scenario) -> Table:
    """What the scenario chose at each step, in the order of the steps."""
    rows = [
        [
            {language: key_name(name, language) for language in LANGUAGES},
            value_words(getattr(method, name), name),
            {"zh": words("key")[name].meaning_zh, "en": words("key")[name].meaning_en},
        ]
        for name in KEYS
        if name not in ASIDE
    ]
    heads = [{"zh": "步骤", "en": "Step"}, {"zh": "选择", "en": "Choice"}, {"zh": "含义", "en": "Meaning"}]
    title = {"zh": "各步骤的选择", "en": "The choices"}
    return Table("table-choices", title, heads, rows, texts=(1, 2), widths=(1, 1.4, 2.4))


def value_words(value: object, key: str) -> Cell:
    """Return a choice in words; an empty one as a dash."""
    text = label(value)
    if not isinstance(value, Step) and text in (NONE, ""):
        return NOTHING
    return {language: in_words(text, language, key) for language in LANGUAGES}


TREE_HEADS: tuple[Texts, ...] = (
    NODE,
    {"zh": "局部权重", "en": "Local weight"},
    {"zh": "综合权重", "en": "Global weight"},
    {"zh": "综合权重的识别区间", "en": "Bounds of the global weight"},
    {"zh": "方向", "en": "Direction"},
    {"zh": "有数据的{one[zh]}", "en": "{many[en]} with data"},
    {"zh": "进入指数", "en": "Used"},
    {"zh": "数据来源", "en": "Provenance"},
)
ALLOWED = 3
DIRECTIONS = {1: {"zh": "正向", "en": "positive"}, -1: {"zh": "逆向", "en": "negative"}}
TREE_NOTE = {
    "zh": "报告未公布权重，局部权重（占上级）与综合权重（占总指数）是本方案的假定；没有数据的指标，其权重按比例分摊给"
    "同级指标。识别区间是公布的数字共同允许的范围，向外舍入。",
    "en": "The report publishes no weights. The local weight (in the parent) and the global weight (in the index) are "
    "assumed in this scenario; the weight of an indicator without data is redistributed among its siblings. The bounds "
    "are what the published numbers together allow, rounded outward.",
}
OTHER_NOTE = {
    "zh": "没有数据的指标，其权重按比例分摊给同级指标。",
    "en": "The weight of an indicator without data is redistributed among its siblings.",
}


def tree(tables: Tables, method: Scenario) -> Table:
    """Every node with its weight as assumed and as the published numbers allow, its direction and its data."""
    units = unit_words(tables)
    heads = [{name: capital(text.format(**units)) for name, text in head.items()} for head in TREE_HEADS]
    rows, widths = list(_nodes(tables, method)), list(TREE)
    note, evidence = TREE_NOTE, ("reconstructed", "identified")
    if "weight_bounds" not in tables:
        # another edition has no printed numbers that bound its weights
        for columns in (*rows, heads, widths):
            del columns[ALLOWED]
        note, evidence = OTHER_NOTE, ("reconstructed",)
    title = {"zh": "指标体系与权重", "en": "The indicator tree and its weights"}
    texts = (len(heads) - 1,)
    return Table("table-tree", title, heads, rows, note, evidence, texts=texts, file="weights", widths=tuple(widths))


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
        indent = "　" * (node["level"] - 1)
        evidence = [{"badge": label} for label in EVIDENCE if label in set(labels.get(code, ()))]
        yield [
            {language: indent + node[f"name_{language}"] for language in ("zh", "en")},
            decimal(weights["weight"].get(code, float("nan")), 3),
            decimal(weights["effective"].get(code, float("nan")), 3),
            span(*allowed.loc[code], places=2) if code in allowed.index else NOTHING,
            DIRECTIONS[method.directions.get(code, node["direction"])] if leaf else "",
            str(units.get(code, 0)) if leaf else "",
            ({"zh": "是", "en": "yes"} if used.get(code, False) else {"zh": "否", "en": "no"}) if leaf else "",
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
    rows = [
        [
            {"zh": node["name_zh"], "en": node["name_en"]},
            {"zh": node["definition_zh"], "en": node["definition_en"]},
            {language: unit_name(node["unit"], language) for language in LANGUAGES} if node["unit"] else NOTHING,
        ]
        for node in leaves.to_dict("records")
    ]
    heads = [
        {"zh": "指标", "en": "Indicator"},
        {"zh": "含义", "en": "What it measures"},
        {"zh": "单位", "en": "Unit"},
    ]
    title = {"zh": "指标的构建", "en": "How the indicators are constructed"}
    note = {
        "zh": "各项指标由数据表计算的步骤，见随附的指标体系表（framework.csv）。",
        "en": "The framework that comes with this report (framework.csv) says how each is computed from the tables.",
    }
    return Table(
        "table-constructions", title, heads, rows, note, texts=(1, 2), file="tables/framework", widths=(1.3, 3.2, 1.0)
    )
