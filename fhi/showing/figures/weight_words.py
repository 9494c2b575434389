"""In words: which evidence carries the weight of an index, and of which part of it an agreement speaks."""

from __future__ import annotations

from fhi.editions.provenance import ALONE, WHOLE, WITHOUT
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES, Tables, Texts
from fhi.showing.figures.style import EVIDENCE_NAMES

#: kinds of evidence as they are named beside an agreement, in this order, with their labels
SOURCES: tuple[tuple[tuple[str, ...], Texts], ...] = (
    (ALONE["report"], {"zh": "报告自身数字", "en": "report's own numbers"}),
    (ALONE["public"], {"zh": "公开数据", "en": "public data"}),
    (("reconstructed",), {"zh": "插补值", "en": "imputed values"}),
    (("user",), {"zh": "用户数据", "en": "files of the staff"}),
    (("synthetic",), {"zh": "合成数据", "en": "synthetic data"}),
)
#: in an edition without a report whose printed numbers stand in a table
PUBLISHED: Texts = {"zh": "已公布数字", "en": "published numbers"}
PARTS: dict[str, Texts] = {
    WHOLE: {"zh": "重建指数", "en": "the reconstructed index"},
    "public": {"zh": "仅公开数据", "en": "public data alone"},
    "report": {"zh": "仅报告自身数字", "en": "the report's own numbers alone"},
}
JOINTS = {"zh": "、", "en": ", "}


def weight_words(tables: Tables, node: str) -> dict[str, str]:
    """Return the shares of the evidence in the weight of a node, by language: ``public data 67%``; empty without weight."""
    rows = tables["weight_by_evidence"]
    shares = rows[rows["node"] == node].set_index("evidence")["share"]
    report = "tables/headlines" in tables
    parts = []
    for labels, name in SOURCES:
        share = shares[shares.index.isin(labels)].sum()
        if share > 0:
            parts.append((PUBLISHED if not report and labels == ALONE["report"] else name, share))
    return _joined(parts)


def label_words(tables: Tables, node: str) -> dict[str, str]:
    """Return the same share by share of each label: ``published 33%, derived 44%, public 22%``."""
    rows = tables["weight_by_evidence"]
    shares = rows[rows["node"] == node].set_index("evidence")["share"]
    parts = [(EVIDENCE_NAMES[label], shares[label]) for label in EVIDENCE if label in shares.index]
    return _joined(parts)


def part_words(subset: str, names: dict[str, Texts]) -> dict[str, str]:
    """Return the name of a part of the evidence (see `fhi.editions.provenance.agreement_by_subset`), from the names of nodes."""
    if subset in PARTS:
        return dict(PARTS[subset])
    pillars = subset.removeprefix(WITHOUT).split("+")
    left = {language: JOINTS[language].join(names[node][language] for node in pillars) for language in LANGUAGES}
    return {"zh": f"不含{left['zh']}", "en": f"without {left['en']}"}


def _joined(parts: list[tuple[Texts, float]]) -> dict[str, str]:
    """Return named shares in a row, by language."""
    gaps = {"zh": "", "en": " "}
    return {
        language: JOINTS[language].join(f"{name[language]}{gaps[language]}{share:.0%}" for name, share in parts)
        for language in LANGUAGES
    }
