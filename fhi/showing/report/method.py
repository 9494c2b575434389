"""The method of a scenario as tables: what was chosen at each step, and the indicator tree with its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from pydantic import BaseModel

from fhi.engine.parameters import Step
from fhi.scenarios import Scenario
from fhi.showing.figures.registry import EVIDENCE, Tables, Texts
from fhi.showing.report.tables import NODE, Cell, Table
from fhi.showing.report.texts import NOTHING, UNITS, decimal, same, span

#: field of `Scenario`, but for its description and `robustness` -> name of the choice, and what it decides
CHOICES: Mapping[str, tuple[Texts, Texts]] = {
    "edition": (
        {"zh": "版本", "en": "Edition"},
        {"zh": "城市、框架与数据所在的文件夹", "en": "the folder of units, tree and data"},
    ),
    "year": (
        {"zh": "版本年份", "en": "Edition year"},
        {"zh": "不使用晚于该年的数值", "en": "no later value is used"},
    ),
    "user_data": (
        {"zh": "自有文件", "en": "Files of one's own"},
        {"zh": "由其算出的指标取代已公布与公开数值", "en": "indicators from them replace published and public values"},
    ),
    "constructions": (
        {"zh": "另定的构建", "en": "Other constructions"},
        {
            "zh": "按指标：代替默认构建，取代该指标的全部数值",
            "en": "by indicator: in place of the default construction, for all its values",
        },
    ),
    "panel": (
        {"zh": "年份取值", "en": "Years"},
        {"zh": "当年缺失的数值如何由其他年份得到", "en": "how a value of another year stands in for the edition's"},
    ),
    "max_age": (
        {"zh": "数值最大年龄", "en": "Greatest age"},
        {
            "zh": "早于本期超过此年数的数值标为过旧，仍进入指数",
            "en": "a value more years older than the edition is shown as old; it still enters the index",
        },
    ),
    "exclude_cities": (
        {"zh": "排除的城市", "en": "Cities left out"},
        {"zh": "不参与计算", "en": "not part of the index"},
    ),
    "exclude_indicators": (
        {"zh": "排除的指标", "en": "Indicators left out"},
        {"zh": "不参与计算", "en": "not part of the index"},
    ),
    "directions": (
        {"zh": "另定的方向", "en": "Directions set apart"},
        {
            "zh": "代替框架中的方向：1为越大越好，-1为越小越好",
            "en": "in place of the framework's: 1 more is better, -1 less",
        },
    ),
    "least_coverage": (
        {"zh": "最低覆盖率", "en": "Least coverage"},
        {
            "zh": "有数据的城市不足此比例的指标不进入指数",
            "en": "an indicator needs data for at least this share of the cities",
        },
    ),
    "imputation": (
        {"zh": "插补", "en": "Imputation"},
        {"zh": "缺失的单元格如何处理", "en": "what is done about missing cells"},
    ),
    "treatment": (
        {"zh": "异常值处理", "en": "Treatment"},
        {"zh": "极端数值如何处理", "en": "what is done about extreme values"},
    ),
    "normalisation": (
        {"zh": "标准化", "en": "Normalisation"},
        {"zh": "使不同单位的指标可比", "en": "makes indicators of different units comparable"},
    ),
    "over_years": (
        {"zh": "各年标准化", "en": "Normalisation over years"},
        {"zh": "各年得分以何年为准", "en": "by which year or years the scores of a year are measured"},
    ),
    "weighting": (
        {"zh": "赋权", "en": "Weighting"},
        {"zh": "同一父节点下各子节点的份额", "en": "the shares of the children of a node"},
    ),
    "weights": (
        {"zh": "另定的权重", "en": "Weights set apart"},
        {"zh": "代替框架中的权重", "en": "in place of the framework's"},
    ),
    "aggregation": (
        {"zh": "汇总", "en": "Aggregation"},
        {"zh": "由子节点得分到父节点得分", "en": "from the scores of the children to that of the parent"},
    ),
    "ranking": (
        {"zh": "名次", "en": "Ranking"},
        {
            "zh": "名次依据得分的小数位数（无：不舍入）",
            "en": "decimals of the scores that ranks come from (none: unrounded)",
        },
    ),
    "availability": (
        {"zh": "数据要求", "en": "Data required"},
        {
            "zh": "按层级：城市在该节点至少需有数据的权重份额（0为总指数）",
            "en": "by level, the share of a node's weight that a city needs data for (0 is the index)",
        },
    ),
}
#: Chinese names of methods, where they are established
TERMS: Mapping[str, str] = {
    "none": "不处理",
    "last-observed": "最近观测值",
    "linear": "线性插值",
    "mean": "均值",
    "median": "中位数",
    "winsorise": "缩尾",
    "min-max": "极差标准化",
    "z-score": "Z分数",
    "rank": "名次",
    "by-year": "逐年",
    "pooled": "各年合并",
    "base-year": "基年",
    "original": "框架权重",
    "equal": "等权",
    "arithmetic": "算术平均",
    "geometric": "几何平均",
    "harmonic": "调和平均",
    "entropy": "熵权",
    "pca": "主成分",
    "ahp": "层次分析",
}


#: widths of the columns of the tree
TREE = (2.6, 1, 1, 1.3, 0.8, 0.9, 0.8, 1)


def choices(method: Scenario) -> Table:
    """What the scenario chose at each step, in the order of the steps."""
    rows = [[label, value_words(getattr(method, name)), meaning] for name, (label, meaning) in CHOICES.items()]
    heads = [{"zh": "步骤", "en": "Step"}, {"zh": "选择", "en": "Choice"}, {"zh": "含义", "en": "Meaning"}]
    title = {"zh": "各步骤的选择", "en": "The choices"}
    return Table("table-choices", title, heads, rows, texts=(1, 2), widths=(1, 1.4, 2.4))


def value_words(value: object) -> Cell:
    """Return a choice as text: a step by its name and parameters, a mapping as ``key: value``."""
    if isinstance(value, Step):
        params = f" ({_plain(value.params)})" if value.params else ""
        return {"zh": _term(value.method) + params, "en": value.method + params}
    if isinstance(value, str):
        return {"zh": _term(value), "en": value}
    return _plain(value) or NOTHING


def _term(name: str) -> str:
    return f"{TERMS[name]} ({name})" if name in TERMS else name


def _plain(value: object) -> str:
    if isinstance(value, Step):
        return value_words(value)["en"]
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


TREE_HEADS: tuple[Texts, ...] = (
    NODE,
    {"zh": "父节点内权重", "en": "Weight in its parent"},
    {"zh": "占指数份额", "en": "Share of the index"},
    {"zh": "公布数字允许的份额", "en": "Share that the published numbers allow"},
    {"zh": "方向", "en": "Direction"},
    {"zh": "有数据的城市", "en": "Cities with data"},
    {"zh": "进入指数", "en": "Used"},
    {"zh": "证据", "en": "Evidence"},
)
ALLOWED = 3
TREE_NOTE = {
    "zh": "报告未公布权重：前两列是本方案的假定，没有数据的节点把权重让给同级；"
    "第四列是公布的数字共同允许的范围，向外舍入。",
    "en": "The report prints no weights: the first two columns are this scenario's assumption, a node without data "
    "passing its weight to its siblings; the fourth is what the published numbers together allow, rounded outward.",
}
OTHER_NOTE = {"zh": "没有数据的节点把权重让给同级。", "en": "A node without data passes its weight to its siblings."}


def tree(tables: Tables, method: Scenario) -> Table:
    """Every node with its weight as assumed and as the published numbers allow, its direction and its data."""
    rows, heads, widths = list(_nodes(tables, method)), list(TREE_HEADS), list(TREE)
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
    deepest = framework["level"].max()
    for node in _down(framework, framework.loc[framework["level"] == 0, "code"].iloc[0]):
        code, leaf = node["code"], node["level"] == deepest
        indent = "　" * (node["level"] - 1)
        evidence = [{"badge": label} for label in EVIDENCE if label in set(labels.get(code, ()))]
        yield [
            {language: indent + node[f"name_{language}"] for language in ("zh", "en")},
            decimal(weights["weight"].get(code, float("nan")), 3),
            decimal(weights["effective"].get(code, float("nan")), 3),
            span(*allowed.loc[code], places=2) if code in allowed.index else NOTHING,
            f"{method.directions.get(code, node['direction']):+d}" if leaf else "",
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
    leaves = framework[framework["level"] == framework["level"].max()].fillna("")
    rows = [
        [
            {"zh": node["name_zh"], "en": node["name_en"]},
            {"zh": node["definition_zh"], "en": node["definition_en"]},
            {"zh": UNITS.get(node["unit"], node["unit"]), "en": node["unit"]} if node["unit"] else NOTHING,
            same(node["construction"]),
        ]
        for node in leaves.to_dict("records")
    ]
    heads = [
        {"zh": "指标", "en": "Indicator"},
        {"zh": "含义", "en": "What it measures"},
        {"zh": "单位", "en": "Unit"},
        {"zh": "构建（英文）", "en": "Construction"},
    ]
    title = {"zh": "指标的构建", "en": "How the indicators are constructed"}
    return Table(
        "table-constructions", title, heads, rows, texts=(1, 2, 3), file="tables/framework", widths=(1.1, 1.6, 0.9, 2.4)
    )
