"""Registering figures: ids, pages, evidence labels and languages are checked; the order is the report's."""

import pytest

from fhi.showing.figures import entries
from fhi.showing.figures.registry import figure

TITLE = {"zh": "题", "en": "title"}


def register(id="p99-x", **stated):
    return figure(id, None, None, **{"page": "99", "evidence": "published", "title": TITLE} | stated)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"id": "p21-adoption", "page": "21"}, "two figures"),
        ({"id": "x"}, "must begin with p99-"),
        ({"evidence": "guessed"}, "evidence must be among"),
        ({"evidence": ""}, "evidence must be among"),
        ({"title": {"en": "title"}}, "a title in each of"),
        ({"source": {"en": "source"}}, "a source in each of"),
        ({"beside": "35"}, "no page"),
        ({"id": "x", "page": "", "beside": "35"}, "a source of its own"),
    ],
)
def test_a_malformed_entry_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        register(**wrong)


def test_the_figures_of_this_edition_are_registered_in_the_order_of_the_report():
    expected = ["p04-map", "p05-top20", "p05-tiers", "p06-beijing", "p07-shanghai", "p07-hangzhou"]
    expected += ["p08-shenzhen", "p08-hongkong", "p08-guangzhou", "p10-industry", "p11-leaders", "p12-pattern"]
    expected += ["p13-banks", "p14-insurers-brokers", "p15-financing", "p16-institutions", "p17-infrastructure"]
    expected += ["p18-contributions"]
    expected += [
        "p20-experience",
        "p21-adoption",
        "p22-services",
        "p23-shenzhen",
        "p24-hangzhou",
        "p25-wuhan",
        "p26-xian",
    ]
    expected += ["p28-ecosystem", "p29-economy", "p30-leading", "p31-innovation", "p32-research", "p33-institutes"]
    expected += ["p34-policies", "p35-sandbox", "lending-failures", "p36-attention", "p38-framework", "p39-method"]
    expected += ["pillar-heat", "coverage", "replication", "printed-orders", "slope-2017-2018", "years"]
    expected += ["diagnostic-correlations", "diagnostic-weights", "diagnostic-effects", "diagnostic-standings"]
    expected += ["robust-intervals", "robust-ranks", "robust-answers", "robust-pairs", "robust-adoption"]
    expected += ["robust-sobol", "robust-tornado"]
    expected += ["identified-scores", "identified-map"]
    assert [entry.id for entry in entries()] == [*expected, "audit-scorecard"]


def test_a_figure_belongs_to_the_part_of_its_page():
    parts = {entry.id: entry.part for entry in entries()}
    assert parts["p05-top20"] == "landscape"
    assert parts["p14-insurers-brokers"] == "industry"
    assert parts["p20-experience"] == "experience"
    assert parts["p22-services"] == "experience"
    assert parts["p36-attention"] == parts["lending-failures"] == "ecosystem"
    assert parts["p38-framework"] == "method"
    assert parts["p39-method"] == "method"
    assert parts["coverage"] == parts["pillar-heat"] == "beyond"
    assert parts["robust-sobol"] == "robustness"
    assert parts["identified-map"] == "identified"
    assert parts["audit-scorecard"] == "audit"
