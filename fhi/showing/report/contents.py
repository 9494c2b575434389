"""What page and print have in common: their titles, the labels of evidence, the parts and the chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fhi.files import Files
from fhi.records import altered
from fhi.scenarios import Scenario
from fhi.showing.figures import EVIDENCE, PARTS
from fhi.showing.figures.evidence import cited, is_own, of_index
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.figures.style import EVIDENCE_COLOURS, EVIDENCE_NAMES
from fhi.showing.figures.weight_words import weight_words
from fhi.showing.report import agreements, assumed, ledger, method, tables
from fhi.showing.report.tables import upper_nodes
from fhi.store import Store

TITLE = {"zh": "2018中国金融科技中心指数：开放复现版", "en": "The 2018 China Fintech Hub Index, reproduced"}
SUBTITLE = {
    "zh": "全部图表、指数、识别区间与数字核对",
    "en": "Every figure, the index, what the numbers pin down, and the ledger",
}
LEAD = {
    "zh": "报告公布了名次、梯队均分与若干数字，未公布权重、公式与得分。这里分开回答三个问题：公布了什么；"
    "重建指数给出什么（权重来源：{weight}）；公布的数字能确定什么。每个数字都带有证据标签。",
    "en": "The report publishes ranks, tier means and scattered numbers, and no weights, formula or scores. Three "
    "questions are answered here, each apart: what was published, what the reconstructed index gives (its weight "
    "rests on: {weight}), and what the published numbers pin down. Every number carries a label of its evidence.",
}
RIGHTS = {
    "zh": "代码采用MIT许可；数字出自所注来源，见 data/raw/README.md。",
    "en": "Code under the MIT licence; numbers from the sources named, see data/raw/README.md.",
}
MEANING = {
    "published": {"zh": "报告印出的数字，附页码", "en": "printed by the report, with its page"},
    "derived": {"zh": "仅由报告数字推算", "en": "computed from the report's own numbers alone"},
    "public": {"zh": "公开统计", "en": "public statistics"},
    "reconstructed": {
        "zh": "指数或其模拟的结果，由报告自身数字与公开数据重建",
        "en": "what the index or its draws give, reconstructed from the report's own numbers and public data",
    },
    "identified": {"zh": "公布的数字共同限定的区间", "en": "bounds that the published numbers put on what is hidden"},
    "user": {"zh": "研究人员放入的文件", "en": "from a file that staff dropped in"},
    "synthetic": {"zh": "生成的数据，仅用于测试与教学", "en": "generated, for tests and teaching only"},
}
LABELS = {
    name: {"name": EVIDENCE_NAMES[name], "colour": EVIDENCE_COLOURS[name], "meaning": MEANING[name]}
    for name in EVIDENCE
}


#: what must be said of an index that rests on given files
NOTICES = {
    "synthetic": {
        "zh": "本方案的指数由合成数据（虚构，仅供测试与教学）算得，不说明任何城市的情况。",
        "en": "The index of this scenario is built from synthetic data, made up for tests and teaching: it says "
        "nothing of any city.",
    },
    "user": {
        "zh": "本方案的指数包含由研究人员文件算得的指标。",
        "en": "The index of this scenario contains indicators from files of the staff.",
    },
}


#: what is said on every page of a report that was made from altered files
ALTERED = {
    "zh": "本报告所用的文件在生成后被改动过：{names}。",
    "en": "This report was made from files that were altered after they were built: {names}.",
}


def altered_notice(files: Files) -> Texts:
    """Return what must be said of a report made from altered files (see `fhi.records.altered`); empty if it is not."""
    names = altered(files)
    marks = {"zh": "、", "en": ", "}
    return {
        language: text.format(names=marks[language].join(names)) if names else "" for language, text in ALTERED.items()
    }


def front(tables: Tables, chosen: Scenario) -> Mapping[str, Texts]:
    """Return title, subtitle, lead, notice and rights: of the report, or of another edition by its root and sources."""
    behind = of_index(("reconstructed",), tables)
    notice = next((text for label, text in NOTICES.items() if label in behind), {"zh": "", "en": ""})
    if not is_own(tables):
        weight = weight_words(tables, upper_nodes(tables)[0])
        lead = {language: text.format(weight=weight[language]) for language, text in LEAD.items()}
        return {"title": TITLE, "subtitle": SUBTITLE, "lead": lead, "rights": RIGHTS, "notice": notice}
    nodes = tables["tables/framework"]
    root, source, folder = nodes[nodes["level"] == 0].iloc[0], cited(tables), f"data/raw/{chosen.edition}"
    return {
        "title": {"zh": root["name_zh"], "en": root["name_en"]},
        "subtitle": {"zh": f"版本 {chosen.edition}", "en": f"Edition {chosen.edition}"},
        "lead": {
            "zh": f"框架、城市与数值出自 {folder}/（{source['zh']}）。每个数字都带有证据标签，缺失即标为缺失。",
            "en": f"Tree, cities and values come from {folder}/ ({source['en']}). Every number carries a "
            "label of its evidence; what is missing is shown as missing.",
        },
        "rights": {
            "zh": f"代码采用MIT许可；数字出自所注来源，见 {folder}/sources.csv。",
            "en": f"Code under the MIT licence; numbers from the sources named in {folder}/sources.csv.",
        },
        "notice": notice,
    }


def parts_of(figures: Sequence[dict], tables: Tables) -> list[dict]:
    """Return the parts of the report that have figures, in order, each with its figures."""
    parts = [
        {"name": name, "title": _part(title, tables), "figures": [item for item in figures if item["part"] == name]}
        for _, name, title in PARTS
    ]
    return [part for part in parts if part["figures"]]


def _part(title: Texts, tables: Tables) -> Texts:
    """Return the title of a part; in another edition nothing is beyond the report."""
    if not is_own(tables):
        return title
    return {"zh": title["zh"].split("：")[-1], "en": title["en"].split(": ")[-1].capitalize()}


def chapters(store: Store, chosen: Scenario) -> list[dict]:
    """Return the chapters of tables: the results, the method, the ledger; each table labelled as its numbers are."""
    results = [*tables.all_tables(store), *agreements.all_agreements(store)]
    if tables.has(store, "bound_assumptions"):
        results.append(assumed.assumptions(store))
    methods = [method.choices(chosen), method.tree(store, chosen), method.constructions(store)]
    found = [
        ("tables", {"zh": "数据表", "en": "Tables"}, results),
        ("method", {"zh": "方法", "en": "Scenario"}, methods),
    ]
    if "claims" in store:
        book = [ledger.contradictions(store), ledger.ledger(store)]
        found.append(("ledger", {"zh": "数字核对", "en": "The ledger"}, book))
    return [
        {"id": name, "title": title, "tables": [replace(t, evidence=of_index(t.evidence, store)) for t in parts]}
        for name, title, parts in found
    ]
