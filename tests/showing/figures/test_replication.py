"""Replication: how many of the indicators that the index uses stand behind each compared node, of whatever level."""

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.method import framework_caption, framework_data
from fhi.showing.figures.replication import coverage, coverage_caption, replication_data


def test_a_publication_may_rank_by_a_sub_pillar_and_an_indicator():
    tree = [("I", None, 0), ("P", "I", 1), ("S", "P", 2), ("a", "S", 3), ("b", "S", 3), ("Q", "I", 1), ("T", "Q", 2)]
    tree = pd.DataFrame([*tree, ("c", "T", 3)], columns=["code", "parent", "level"]).assign(direction=1, weight=1.0)
    nodes = ["I", "S", "a"]
    ranks = pd.DataFrame({"node": nodes, "city": "甲", "rank": 1})
    tables = {
        "tables/framework": tree.assign(name_zh=tree["code"], name_en=tree["code"]),
        "tables/cities": pd.DataFrame({"name_zh": ["甲"], "name_en": ["A"]}),
        "tables/published_ranks": ranks,
        "comparison": ranks.assign(published=1, difference=0),
        "agreement": pd.DataFrame({"subset": "all", "node": nodes, "kendall_tau_b": 1.0, "spearman_rho": 1.0}),
        "weight_by_evidence": pd.DataFrame({"node": ["I"], "evidence": ["public"], "share": [1.0]}),
        "weights": pd.DataFrame({"node": list("PSabQTc"), "effective": 0.1}),
    }
    found = replication_data(tables).set_index("node")
    assert found["indicators"].to_dict() == {"I": 3, "S": 2, "a": 1}
    # the shares of the weight are known of the index and its pillars
    assert found["weight_en"].to_dict() == {"I": "public data (100%)", "S": "", "a": ""}


def aged(year: int) -> pd.DataFrame:
    """Two cities and indicators: one value of a year, the others of 2022; the index uses the first indicator."""
    cells = [("甲", "a", year, True), ("甲", "b", 2022, False), ("乙", "a", 2022, True), ("乙", "b", None, False)]
    data = pd.DataFrame(cells, columns=["city", "indicator", "value_year", "used"])
    age = 2022 - data["value_year"]
    labels = data["value_year"].notna().map({True: "public", False: None})
    data = data.assign(evidence=labels, age=age, old=age > 2, city_en=data["city"].map({"甲": "A", "乙": "B"}))
    return data.assign(indicator_zh=data["indicator"], indicator_en=data["indicator"], low=1.0, high=1.0)


def texts_and_hatching(data):
    style.load_fonts()
    with style.matplotlib.rc_context(style.RC):
        axes = coverage(data, "en").axes[0]
    return [text.get_text() for text in axes.texts], [patch for patch in axes.patches if patch.get_hatch()]


def test_an_old_value_is_hatched_and_does_not_complete_a_city():
    caption = coverage_caption(aged(2017))
    assert "1 of them are old (5 years or more)" in caption["en"] and "1格过旧" in caption["zh"]
    assert "1 cities have all of the 1 indicators in use" in caption["en"]
    texts, hatched = texts_and_hatching(aged(2017))
    # the cell, and the key
    assert "'17" in texts and "old" in texts and len(hatched) == 2
    assert hatched[0].get_xy() == (0.04, 0.06)


def test_an_earlier_value_within_max_age_has_its_year_and_is_not_hatched():
    caption = coverage_caption(aged(2021))
    assert "1 in all, the oldest 1 year before it." in caption["en"] and "hatched" not in caption["en"]
    assert "2 cities have all of the 1 indicators in use" in caption["en"]
    texts, hatched = texts_and_hatching(aged(2021))
    assert "'21" in texts and "old" not in texts and hatched == []
    assert coverage_caption(aged(2022))["en"].endswith("All values are of the edition's year.")


def test_a_cell_known_up_to_an_interval_has_the_reason_of_its_kind():
    data = aged(2022)
    assert "≈" not in "".join(coverage_caption(data).values())
    data.loc[data["city"] == "乙", ["evidence", "low"]] = ["derived", 0.5]
    assert "1 marked ≈: known up to an interval that the published sums leave" in coverage_caption(data.iloc[:3])["en"]
    data["evidence"] = "public"
    words = coverage_caption(data.iloc[:3])
    assert "1 marked ≈ (public): known up to an interval" in words["en"] and "中点" not in words["zh"]


def test_the_tree_counts_old_values_apart():
    cells = aged(2017)
    tree = pd.DataFrame(
        {"level": [0, 1, 1], "code": ["I", "a", "b"], "parent": [None, "I", "I"], "direction": 1, "weight": 1.0}
    )
    tables = {
        "coverage": cells,
        "tables/framework": tree.assign(name_zh=tree["code"], name_en=tree["code"]),
        "tables/top20": pd.DataFrame({"city": ["甲", "乙"], "rank": [1, 2], "tier": "national"}),
        "tables/cities": pd.DataFrame({"name_zh": ["甲", "乙"], "name_en": ["A", "B"]}),
    }
    framework = framework_data(tables).set_index("code")
    assert framework.loc["a", ["coverage", "old"]].tolist() == [1, 0.5]
    assert framework.loc["b", ["coverage", "old"]].tolist() == [0.5, 0]
    assert "old values, in 1 indicators" in framework_caption(framework_data(tables))["en"]
