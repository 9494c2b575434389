"""The assumptions of an index and their alternatives in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fhi.showing.figures.registry import Texts

ASSUMPTIONS: Mapping[str, Texts] = {
    "year": {"zh": "年份", "en": "Year"},
    "panel": {"zh": "他年数值", "en": "Values of other years"},
    "exclude_cities": {"zh": "城市范围", "en": "Cities included"},
    "exclude_indicators": {"zh": "指标范围", "en": "Indicators included"},
    "least_coverage": {"zh": "最低覆盖率", "en": "Least coverage"},
    "imputation": {"zh": "缺失值填补", "en": "Missing values"},
    "treatment": {"zh": "异常值处理", "en": "Outliers"},
    "normalisation": {"zh": "标准化方法", "en": "Normalisation"},
    "left_out": {"zh": "去掉一项指标", "en": "One indicator left out"},
    "weights": {"zh": "指定权重", "en": "Stated weights"},
    "weighting": {"zh": "赋权方法", "en": "Weighting method"},
    "weight_noise": {"zh": "权重扰动", "en": "Weight noise"},
    "aggregation": {"zh": "合成方法", "en": "Aggregation"},
    "availability": {"zh": "数据要求", "en": "Data required"},
    "shares": {"zh": "未印出的份额", "en": "Unprinted shares"},
    "data_noise": {"zh": "抽样误差（假设）", "en": "Sampling error (assumed)"},
}

#: words in the names of alternatives, each translated where it stands alone
CHINESE: Mapping[str, str] = {
    "winsorise-percentiles": "百分位缩尾",
    "winsorise": "缩尾",
    "points": "点数",
    "log-min-max": "对数极差",
    "min-max": "极差",
    "scale": "区间",
    "z-score": "Z分数",
    "mean": "均值",
    "sd": "标准差",
    "percentile-rank": "百分位名次",
    "rank": "名次",
    "raw True": "不换算",
    "efficacy": "功效系数",
    "robust": "稳健",
    "median": "中位数",
    "arithmetic": "算术",
    "geometric": "几何",
    "harmonic": "调和",
    "copeland": "Copeland",
    "original": "框架权重",
    "equal": "等权",
    "entropy": "熵权",
    "within": "范围",
    "all": "全部",
    "latest": "最近",
    "none": "不处理",
}


def assumption(name: str, language: str) -> str:
    """Return the name of an assumption."""
    return ASSUMPTIONS[name][language] if name in ASSUMPTIONS else name


def alternative(label: str, nodes: Mapping[str, str], language: str) -> str:
    """Return an alternative in a few words; `nodes` are the names of the nodes by code.

    An aggregation by level is told by the levels from the root down: ``0: geometric, 1: arithmetic`` is geometric, then
    arithmetic.
    """
    if label in nodes:
        return nodes[label]
    by_level = re.findall(r"\d+: ([\w-]+)", label)
    if by_level and re.fullmatch(r"(\d+: [\w-]+(, )?)+", label):
        label = " → ".join(dict.fromkeys(by_level))
    if language == "zh":
        for word, translated in CHINESE.items():
            label = re.sub(rf"(?<![\w-]){word}(?![\w-])", translated, label)
        label = label.replace(" (", "（").replace(")", "）").replace(", ", "，")
    return label
