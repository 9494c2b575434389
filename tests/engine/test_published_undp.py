"""UNDP's indices of indices as trees with rules of single nodes: printed values of 2021 to their last digit.

Technical notes 2 to 4 and 6 of the Human Development Report 2021/22: inequality-adjusted HDI, Gender Development Index,
Gender Inequality Index, planetary pressures-adjusted HDI. Five countries, the first of the published table with values.
"""

import numpy as np
import pandas as pd
import pytest

from fhi.engine import Framework, Method, build, uncertainty
from fhi.engine.errors import MethodError
from fhi.paths import ROOT

PRINTED = pd.read_csv(ROOT / "tests/data/undp_2021.csv", comment="#", index_col="item").T
#: from the first to the second: the index of a dimension
GOALPOSTS = {"eys": (0, 18), "mys": (0, 15), "gni": (100, 75000)}
LIFE = {"le": (20, 85), "le_f": (22.5, 87.5), "le_m": (17.5, 82.5)}


def tree(*rows):
    """Return a framework of (parent, children) from the root down."""
    parents = {child: parent for parent, children in rows for child in children.split()}
    levels = {rows[0][0]: 0}
    for child, parent in parents.items():
        levels[child] = levels[parent] + 1
    table = (
        pd.DataFrame({"level": levels, "parent": pd.Series(parents, dtype=object)}).rename_axis("code").reset_index()
    )
    return Framework.from_table(table.assign(direction=1, weight=1.0, unit="unit", name_zh="", name_en=""))


def bounds(leaves):
    found = {leaf: LIFE.get(leaf) or GOALPOSTS[leaf.partition("_")[0]] for leaf in leaves}
    return {
        "method": "goalposts",
        "goalposts": found,
        "logarithmic": [leaf for leaf in leaves if leaf.startswith("gni")],
        "scale": [0, 1],
    }


def human(side=""):
    """Return the rows of a Human Development Index below the node ``hdi`` + side."""
    return (
        (f"hdi{side}", f"health{side} education{side} income{side}"),
        (f"health{side}", f"le{side}"),
        (f"education{side}", f"eys{side} mys{side}"),
        (f"income{side}", f"gni{side}"),
    )


def test_the_gender_development_index_is_a_ratio_of_two_indices():
    framework = tree(("gdi", "hdi_f hdi_m"), *human("_f"), *human("_m"))
    method = Method(normalisation=bounds(framework.leaves), aggregation={0: "ratio", 1: "geometric", 2: "arithmetic"})
    scores = build(PRINTED[framework.leaves], framework, method).scores
    assert scores["gdi"].round(3).to_dict() == PRINTED["gdi"].to_dict()
    np.testing.assert_allclose(scores[["hdi_f", "hdi_m"]], PRINTED[["hdi_f", "hdi_m"]], atol=1e-8)


def test_the_inequality_adjusted_index_multiplies_each_dimension_by_what_inequality_leaves():
    framework = tree(
        ("ihdi", "health education income"),
        *((node, f"{node}_index {node}_left") for node in ("health", "education", "income")),
        ("health_index", "le"),
        ("health_left", "ineq_le"),
        ("education_index", "eys mys"),
        ("education_left", "ineq_edu"),
        ("income_index", "gni"),
        ("income_left", "ineq_inc"),
    )
    own = dict.fromkeys(("health_left", "education_left", "income_left"), "complement")
    normalisation = bounds(["le", "eys", "mys", "gni"])
    normalisation["goalposts"] |= dict.fromkeys(("ineq_le", "ineq_edu", "ineq_inc"), (0, 100))
    method = Method(normalisation=normalisation, aggregation={0: "geometric", 1: "product", 2: "arithmetic"} | own)
    scores = build(PRINTED[framework.leaves], framework, method).scores
    # Afghanistan has no inequality of incomes, and UNDP no index for it
    assert scores["ihdi"].round(3).dropna().to_dict() == PRINTED["ihdi"].dropna().to_dict()


def test_the_gender_inequality_index_is_what_a_ratio_of_means_leaves():
    framework = tree(
        ("gii", "ratio"),
        ("ratio", "harmonic together"),
        ("harmonic", "women men"),
        ("together", "health empowerment labour"),
        ("women", "health_f empowerment_f labour_f"),
        ("men", "health_m empowerment_m labour_m"),
        ("health_f", "mmr abr"),
        ("empowerment_f", "pr_f se_f"),
        ("labour_f", "lfpr_f"),
        ("health_m", "one"),
        ("empowerment_m", "pr_m se_m"),
        ("labour_m", "lfpr_m"),
        ("health", "both_health one_health"),
        ("empowerment", "both_f both_m"),
        ("labour", "work_f work_m"),
        ("both_health", "mmr2 abr2"),
        ("one_health", "one2"),
        ("both_f", "pr_f2 se_f2"),
        ("both_m", "pr_m2 se_m2"),
        ("work_f", "lfpr_f2"),
        ("work_m", "lfpr_m2"),
    )
    shares = PRINTED[["pr_f", "pr_m", "se_f", "se_m", "lfpr_f", "lfpr_m"]] / 100
    # maternal mortality is cut at 10 and 1000
    data = shares.assign(mmr=10 / PRINTED["mmr"].clip(10, 1000), abr=1 / PRINTED["abr"], one=1.0)
    data = data.join(data.add_suffix("2"))[framework.leaves]
    means = dict.fromkeys(("health", "empowerment", "labour"), "arithmetic")
    method = Method(
        normalisation="identity",
        aggregation={0: "complement", 1: "ratio", 2: "geometric", 3: "geometric", 4: "geometric"}
        | {"harmonic": "harmonic"}
        | means,
    )
    scores = build(data, framework, method).scores
    assert scores["gii"].round(3).to_dict() == PRINTED["gii"].to_dict()


#: carbon dioxide and material footprint, tonnes per person: from none to the most of any country since 1990, technical
#: note 6. The second is known here from the printed values alone, which leave 107.3 to 107.6 for it given the first
PRESSURES = {"co2": (0, 68.72), "mf": (0, 107.42)}


def planetary(*rows):
    """Return the tree and the method of an index less what pressures take, the index itself below ``hdi``."""
    framework = tree(("phdi", "hdi pressures"), *rows, ("pressures", "co2 mf"))
    normalisation = bounds([leaf for leaf in framework.leaves if leaf not in ("hdi", *PRESSURES)])
    normalisation["goalposts"] |= PRESSURES | ({} if rows else {"hdi": (0, 1)})
    levels = {0: "product", 1: "arithmetic"} | ({2: "arithmetic", "hdi": "geometric"} if rows else {})
    return framework.with_directions({"co2": -1, "mf": -1}), Method(normalisation=normalisation, aggregation=levels)


def test_the_planetary_index_is_an_index_less_what_pressures_take():
    # UNDP multiplies the human development index as printed, an input beside the two pressures
    framework, method = planetary()
    assert framework.levels[["hdi", "co2"]].tolist() == [1, 2]
    scores = build(PRINTED[framework.leaves], framework, method).scores
    assert scores["phdi"].round(3).to_dict() == PRINTED["phdi"].to_dict()


def test_the_planetary_index_from_all_its_indicators_is_an_uneven_tree():
    framework, method = planetary(*human())
    assert framework.levels[["co2", "eys"]].tolist() == [2, 3]
    scores = build(PRINTED[framework.leaves], framework, method).scores
    assert scores["hdi"].round(3).to_dict() == PRINTED["hdi"].to_dict()
    # the unrounded index differs from the printed one by at most half its last digit, and so does the product
    assert (scores["phdi"] - PRINTED["phdi"]).abs().max() < 0.001


SMALL = tree(("r", "a b"), ("a", "x y"), ("b", "z"))
DATA = pd.DataFrame({"x": [1.0, 4, 9], "y": [4.0, 4, 1], "z": [2.0, np.nan, 3]}, index=list("甲乙丙"))


def test_draws_of_a_node_with_its_own_rule_are_the_index_built_again():
    method = Method(normalisation="identity", aggregation={0: "arithmetic", 1: "arithmetic", "a": "geometric"})
    found = uncertainty(DATA.dropna(), SMALL, {"left_out": ["none", "z"]}, 20, method=method)
    whole = build(DATA.dropna(), SMALL, method).scores["r"]
    without = build(DATA.dropna(), SMALL, method.model_copy(update={"exclude_indicators": ("z",)})).scores["r"]
    assert whole.loc[["甲", "丙"]].tolist() == [2, 3]
    for draw, choice in found.parameters["left_out"].items():
        np.testing.assert_allclose(found.scores.loc[draw, whole.index], whole if choice == "none" else without)


def test_a_unit_that_lacks_a_child_has_no_ratio_and_availability_may_be_of_a_node():
    method = Method(normalisation="identity", aggregation={0: "ratio", 1: "arithmetic"}, availability={})
    assert build(DATA, SMALL, method).scores["r"].isna().to_dict() == {"甲": False, "乙": True, "丙": False}
    gap = DATA.mask(DATA == 1)
    by_node, by_level = (Method(normalisation="identity", availability={place: 1.0}) for place in ("a", 1))
    found = build(gap, SMALL, by_node).scores["a"].isna()
    assert found.tolist() == build(gap, SMALL, by_level).scores["a"].isna().tolist() == [True, False, True]
    assert build(gap, SMALL, Method(normalisation="identity", availability={})).scores["a"].notna().all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"aggregation": {0: "ratio", 1: "arithmetic", "aa": "ratio"}}, r"aggregation: there is no 'aa'"),
        ({"aggregation": {0: "arithmetic", 1: "arithmetic", "x": "ratio"}}, r"aggregation: there is no 'x'"),
        ({"availability": {"c": 0.5}}, r"availability: there is no 'c'"),
        ({"aggregation": {0: "arithmetic", 1: "ratio"}}, r"a ratio needs exactly two children"),
        ({"aggregation": {0: "complement", 1: "arithmetic"}}, r"a complement needs exactly one child"),
    ],
)
def test_a_node_that_does_not_exist_or_does_not_fit_is_refused(settings, message):
    with pytest.raises(MethodError, match=message):
        build(DATA.dropna(), SMALL, Method(normalisation="identity", **settings))
