"""What the index rests on: shares of weight worked by hand, and the agreement of parts of the evidence."""

import pandas as pd
import pytest

from fhi.editions.provenance import agreement_by_subset, of_parts, weight_by_evidence
from fhi.editions.published import published
from fhi.engine import agreement, index
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.scenarios import load_scenario

#: two pillars, of two indicators and of one
ROWS = [("I", None, 0), ("P", "I", 1), ("Q", "I", 1), ("a", "P", 2), ("b", "P", 2), ("c", "Q", 2)]
TREE = Framework.from_table(pd.DataFrame(ROWS, columns=["code", "parent", "level"]).assign(direction=1, weight=1.0))
CITIES = list("甲乙丙丁")
VALUES = {"a": [1.0, 2, 3, 4], "b": [4.0, 1, 3, 2], "c": [2.0, 4, 1, 3]}
LABELS = {"a": ["public"] * 3 + ["derived"], "b": ["public"] * 4, "c": ["published"] * 4}


def panel(labels=LABELS):
    frames = [
        pd.DataFrame({"city": CITIES, "indicator": code, "value": values, "evidence": labels[code]})
        for code, values in VALUES.items()
    ]
    return pd.concat(frames, ignore_index=True).assign(year=2018)


def covered(rows, method):
    return index.coverage(rows, TREE, method, index.prepare(rows, TREE, method)["screening"])


PUBLISHED = pd.DataFrame({"node": ["I"] * 4 + ["Q"] * 4, "city": CITIES * 2, "rank": [1, 2, 3, 4, 3, 1, 4, 2]})
NOTHING = pd.DataFrame({"city": [], "indicator": []}, dtype=object)


EDITION = Method(year=2018)


def shares(rows, method=EDITION, filled=NOTHING):
    found = weight_by_evidence(index.build(rows, TREE, method).weights, covered(rows, method), filled, TREE)
    return found.set_index(["node", "evidence"])["share"].to_dict()


def test_the_weight_of_an_indicator_is_split_among_its_cells():
    # a and b have a quarter each, c one half; three cells of a in four are public
    expected = {("I", "public"): 7 / 16, ("I", "derived"): 1 / 16, ("I", "published"): 1 / 2}
    expected |= {("P", "public"): 7 / 8, ("P", "derived"): 1 / 8, ("Q", "published"): 1.0}
    assert shares(panel()) == pytest.approx(expected)


def test_a_node_without_weight_has_no_share_and_the_others_have_its_weight():
    found = shares(panel(), Method(year=2018, exclude_indicators=("c",)))
    assert found == pytest.approx({(n, e): s for n in "IP" for e, s in (("public", 7 / 8), ("derived", 1 / 8))})


def test_what_is_imputed_rests_on_no_value_of_its_own():
    rows = panel()
    rows.loc[rows["city"].eq("丁") & rows["indicator"].eq("c"), "value"] = float("nan")
    filled = pd.DataFrame({"city": ["丁", "甲"], "indicator": ["c", "c"]})
    found = shares(rows, filled=filled)
    # the cell of 甲, carried from another year, keeps its label
    assert found["Q", "reconstructed"] == pytest.approx(1 / 4) and found["Q", "published"] == pytest.approx(3 / 4)


def test_each_part_is_the_index_built_from_its_values_alone():
    rows, method = panel(), Method(year=2018)
    found = agreement_by_subset(rows, TREE, method, PUBLISHED, covered(rows, method)).set_index(["subset", "node"])
    assert [*dict.fromkeys(found.index.get_level_values(0))] == ["all", "public", "report", "without-Q"]
    whole = index.build(rows, TREE, method).scores
    expected = agreement.agreement(agreement.compare_ranks(whole, PUBLISHED)).set_index("node")
    pd.testing.assert_frame_equal(found.loc["all"], expected, check_names=False)
    # Q is compared with itself
    assert found.loc[("all", "Q"), "kendall_tau_b"] == 1.0 and ("without-Q", "Q") not in found.index
    # public values alone are a and b of three and four cities: 1 1/2, 0, 2/3·… by min-max
    public = pd.Series({"甲": (0 + 1) / 2, "乙": (0.5 + 0) / 2, "丙": (1 + 2 / 3) / 2, "丁": 1 / 3})
    ranks = public.rank(ascending=False)
    tau = agreement.kendall_tau_b(ranks[CITIES], [1, 2, 3, 4])
    assert found.loc[("public", "I"), "kendall_tau_b"] == pytest.approx(tau)
    # the report's own alone: one cell of a tells no city from another, which leaves c
    assert found.loc[("report", "I"), "kendall_tau_b"] == pytest.approx(
        agreement.kendall_tau_b([3, 1, 4, 2], [1, 2, 3, 4])
    )


def test_a_part_without_enough_values_has_no_row():
    rows, method = panel({"a": ["public"] * 3 + ["derived"], "b": ["public"] * 4, "c": ["user"] * 4}), Method(year=2018)
    found = agreement_by_subset(rows, TREE, method, PUBLISHED, covered(rows, method))
    assert [*dict.fromkeys(found["subset"])] == ["all", "public"]


@pytest.mark.parametrize("label", ["public", "published", "user"])
def test_an_index_of_one_evidence_has_no_parts(label):
    rows, method = panel({code: [label] * 4 for code in VALUES}), Method(year=2018)
    found = agreement_by_subset(rows, TREE, method, PUBLISHED, covered(rows, method))
    assert set(found["subset"]) == {"all"}


def test_an_edition_without_published_ranks_agrees_with_nothing():
    rows, method = panel(), Method(year=2018)
    found = agreement_by_subset(rows, TREE, method, PUBLISHED.iloc[:0], covered(rows, method))
    assert found.empty and list(found) == [
        "subset",
        *agreement.agreement(agreement.compare_ranks(pd.DataFrame(), PUBLISHED.iloc[:0])),
    ]


def test_the_baseline_rests_on_the_report_to_seven_ninths(built):
    store = built.store()
    found = store["weight_by_evidence"].set_index(["node", "evidence"])["share"]
    assert found["FHI", "published"] + found["FHI", "derived"] == pytest.approx(7 / 9)
    assert found.groupby("node").sum().to_numpy() == pytest.approx(1.0)
    # without the experience pillar: as if it were left out
    tree = Framework.from_table(store["tables/framework"])
    left_out = {"exclude_indicators": tuple(tree.leaves_below("experience"))}
    left_out = load_scenario("baseline").model_copy(update=left_out)
    scores = index.build(store["panel"], tree, left_out).scores
    expected = agreement.agreement(agreement.compare_ranks(scores, published(store))).set_index("node")
    parts = of_parts(store["agreement"], "FHI")
    assert parts.at["without-experience", "kendall_tau_b"] == pytest.approx(expected.at["FHI", "kendall_tau_b"])
    assert set(parts.index) == {"public", "report", "without-experience"}
