"""What page and print have in common: their titles, the labels of evidence, the parts and the chapters."""

from __future__ import annotations

from collections.abc import Sequence

from fhi.figures import EVIDENCE, PARTS
from fhi.figures.style import EVIDENCE_COLOURS, EVIDENCE_NAMES
from fhi.parameters import Method
from fhi.report import ledger, method, tables
from fhi.store import Store

TITLE = {"zh": "2018中国金融科技中心指数：开放复现版", "en": "The 2018 China Fintech Hub Index, reproduced"}
SUBTITLE = {
    "zh": "全部图表、指数、识别区间与逐数核对",
    "en": "Every figure, the index, what the numbers pin down, and the ledger",
}
LEAD = {
    "zh": "报告公布了名次、梯队均分与若干数字，未公布权重、公式与得分。这里分开回答三个问题：公布了什么；"
    "用公开数据能算出什么；公布的数字能确定什么。每个数字都带有证据标签。",
    "en": "The report publishes ranks, tier means and scattered numbers, and no weights, formula or scores. Three "
    "questions are answered here, each apart: what was published, what open data give, and what the published numbers "
    "pin down. Every number carries a label of its evidence.",
}
RIGHTS = {
    "zh": "代码采用MIT许可；数字出自所注来源，见 data/raw/README.md。",
    "en": "Code under the MIT licence; numbers from the sources named, see data/raw/README.md.",
}
MEANING = {
    "published": {"zh": "报告印出的数字，附页码", "en": "printed by the report, with its page"},
    "derived": {"zh": "仅由报告数字推算", "en": "computed from the report's own numbers alone"},
    "public": {"zh": "公开统计，或由其构建的指数", "en": "public statistics, and the index built with them"},
    "identified": {"zh": "公布的数字共同限定的区间", "en": "bounds that the published numbers put on what is hidden"},
    "user": {"zh": "研究人员放入的文件", "en": "from a file that staff dropped in"},
    "synthetic": {"zh": "生成的数据，仅用于测试与教学", "en": "generated, for tests and teaching only"},
}
LABELS = {
    name: {"name": EVIDENCE_NAMES[name], "colour": EVIDENCE_COLOURS[name], "meaning": MEANING[name]}
    for name in EVIDENCE
}


def parts_of(figures: Sequence[dict]) -> list[dict]:
    """Return the parts of the report that have figures, in order, each with its figures."""
    parts = [
        {"name": name, "title": title, "figures": [item for item in figures if item["part"] == name]}
        for _, name, title in PARTS
    ]
    return [part for part in parts if part["figures"]]


def chapters(store: Store, chosen: Method) -> list[dict]:
    """Return the chapters of tables: the results, the method, the ledger."""
    return [
        {"id": "tables", "title": {"zh": "数据表", "en": "Tables"}, "tables": tables.all_tables(store)},
        {
            "id": "method",
            "title": {"zh": "方法", "en": "Method"},
            "tables": [method.choices(chosen), method.tree(store, chosen), method.constructions(store)],
        },
        {
            "id": "ledger",
            "title": {"zh": "逐数核对", "en": "The ledger"},
            "tables": [ledger.contradictions(store), ledger.ledger(store)],
        },
    ]
