"""Replication: how many of the indicators that the index uses stand behind each compared node, of whatever level."""

import pandas as pd

from fhi.figures.replication import replication_data


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
    assert found["weight_en"].to_dict() == {"I": "public data 100%", "S": "", "a": ""}
