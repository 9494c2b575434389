"""After building: effects of leaving nodes out, strengths and weaknesses, and differences split to the last digit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.errors import MethodError
from fhi.engine.explain import drop_each, next_above, strengths, why
from fhi.engine.framework import Framework
from fhi.engine.index import build, combine
from fhi.engine.parameters import Method

NAN = float("nan")
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["index", "wealth", "comfort", "income", "saving", "quiet", "green"],
            "level": [0, 1, 1, 2, 2, 2, 2],
            "parent": [None, "index", "index", "wealth", "wealth", "comfort", "comfort"],
            "direction": 1,
            "weight": [1.0, 3, 1, 1, 1, 1, 1],
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)
LEAVES = ["income", "saving", "quiet", "green"]
#: normalised by min-max they are what they are
SCORES = pd.DataFrame(
    {"income": [0, 50, 100, 20], "saving": [100, 40, 0, 10], "quiet": [0, 100, 60, 80], "green": [100, 0, 30, 90]},
    index=["甲", "乙", "丙", "丁"],
    dtype=float,
)
PLAIN = Method()
GEOMETRIC = Method(aggregation="geometric", normalisation={"method": "min-max", "scale": [1, 100]})


def panel(scores=SCORES):
    rows = scores.rename_axis("city").reset_index().melt(id_vars="city", var_name="indicator").dropna()
    return rows.assign(year=2018, unit="", source_id="made/up", evidence="synthetic")


@pytest.mark.parametrize("own", [{}, {"income": {"imputation": {"method": "k-nearest-neighbours", "k": 1}}}])
def test_leaving_out_is_the_index_built_without_the_indicator(own):
    # what 丁 lacks of income is that of the nearest city, which is another one without quiet
    gap = SCORES.assign(income=[0.0, 50, 100, NAN], quiet=[0.0, 100, 60, 1])
    method = Method(imputation="mean", by_indicator=own)
    shifts = drop_each(panel(gap), TREE, method, LEAVES[1:])[1].set_index(["node", "city"])
    for leaf in LEAVES[1:]:
        left_out = method.model_copy(update={"exclude_indicators": (leaf,)})
        expected = build(panel(gap), TREE, left_out).ranks["index"].to_dict()
        assert shifts.loc[leaf]["rank_without"].to_dict() == expected, leaf


def test_the_effects_of_leaving_out_by_hand():
    # wealth 50, 45, 50, 15; comfort 50, 50, 45, 85; index 50, 46.25, 48.75, 32.5: order 甲 丙 乙 丁
    effects, shifts = drop_each(panel(), TREE, PLAIN)
    assert effects["node"].tolist() == ["wealth", "comfort", *LEAVES]
    moved = shifts.set_index(["node", "city"])
    # without wealth the index is comfort: 丁 first, then 甲 and 乙 level, 丙 last
    assert moved.loc["wealth"]["rank_without"].to_dict() == {"甲": 2, "乙": 2, "丙": 4, "丁": 1}
    assert moved.loc["wealth"]["rank"].to_dict() == {"甲": 1, "乙": 3, "丙": 2, "丁": 4}
    assert moved.loc["wealth"]["shift"].to_dict() == {"甲": 1, "乙": -1, "丙": 2, "丁": -3}
    wealth = effects.set_index("node").loc["wealth"]
    expected = {"cities": 4, "mean_absolute_shift": 7 / 4, "largest_shift": -3, "city": "丁", "note": ""}
    assert wealth.to_dict() == expected
    # without saving wealth is income: index 12.5, 50, 86.25, 36.25
    assert moved.loc["saving"]["rank_without"].to_dict() == {"甲": 4, "乙": 2, "丙": 1, "丁": 3}


def test_leaving_out_is_building_with_the_indicators_excluded():
    for node, left_out in (("comfort", ["quiet", "green"]), ("green", ["green"])):
        without = build(panel(), TREE, Method(exclude_indicators=left_out)).ranks["index"]
        _, shifts = drop_each(panel(), TREE, PLAIN, [node])
        assert shifts.set_index("city")["rank_without"].to_dict() == without.to_dict()


def test_what_the_method_excludes_stays_excluded():
    effects, shifts = drop_each(panel(), TREE, Method(exclude_indicators=["green"], exclude_cities=["丁"]))
    assert effects["node"].tolist() == ["wealth", "comfort", "income", "saving", "quiet"]
    assert set(shifts["city"]) == {"甲", "乙", "丙"}
    # quiet was all that comfort had left, so that leaving out either is the same
    same = shifts.set_index("node")
    assert same.loc["comfort"].reset_index(drop=True).equals(same.loc["quiet"].reset_index(drop=True))


def test_only_cities_with_a_score_both_times_are_compared_and_among_themselves():
    scores = SCORES.copy()
    # 丙, second in the index, has nothing but wealth; 乙 nothing in wealth but saving
    scores.loc["丙", ["quiet", "green"]] = NAN
    scores.loc["乙", "income"] = NAN
    effects, shifts = drop_each(panel(scores), TREE, PLAIN, ["comfort", "saving"])
    by_node = shifts.groupby("node")["city"].apply(set)
    # without comfort 丙 gains a score, but had none; without saving 乙 loses its own
    assert by_node["comfort"] == {"甲", "乙", "丁"}
    assert by_node["saving"] == {"甲", "丁"}
    assert effects["cities"].tolist() == [3, 2]
    ranks = shifts[shifts["node"] == "comfort"]
    assert sorted(ranks["rank"]) == [1, 2, 3]


def test_a_node_that_the_index_cannot_do_without_is_told_and_the_others_are_compared():
    effects, shifts = drop_each(panel(SCORES[["income", "saving"]]), TREE, PLAIN, ["wealth", "saving"])
    told = effects.set_index("node")["note"]
    assert "no indicator has data for enough units" in told["wealth"]
    assert effects.loc[0, "cities"] == 0 and effects.loc[0, ["mean_absolute_shift", "city"]].isna().all()
    assert told["saving"] == "" and set(shifts["node"]) == {"saving"}


def test_a_node_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(MethodError, match=r"nodes: there is no 'welth'\. Did you mean wealth"):
        drop_each(panel(), TREE, PLAIN, ["welth"])


def test_attributes_of_the_cities_reach_every_build():
    scores = SCORES.copy()
    scores.loc["丁", "income"] = NAN
    units = pd.DataFrame({"side": ["east", "east", "west", "west"]}, index=SCORES.index)
    method = Method(imputation={"method": "group-mean", "groups": "side"})
    effects, shifts = drop_each(panel(scores), TREE, method, ["saving"], units=units)
    assert effects["note"].tolist() == [""]
    assert set(shifts["city"]) == set(SCORES.index)


def test_leaving_nothing_out_gives_empty_tables():
    effects, shifts = drop_each(panel(), TREE, PLAIN, [])
    assert effects.empty and shifts.empty
    assert list(shifts) == ["node", "city", "rank", "rank_without", "shift"]
    assert list(effects) == ["node", "cities", "mean_absolute_shift", "largest_shift", "city", "note"]


def test_a_node_without_which_no_city_keeps_its_score_has_no_shift():
    scores = SCORES.copy()
    # 甲 and 乙 have only saving in wealth, and nobody else has all of the index
    scores.loc[["甲", "乙"], "income"] = NAN
    scores.loc[["丙", "丁"], ["quiet", "green"]] = NAN
    effects, shifts = drop_each(panel(scores), TREE, PLAIN, ["saving"])
    assert shifts.empty
    assert effects.loc[0, ["node", "cities"]].tolist() == ["saving", 0]
    assert effects.loc[0, ["mean_absolute_shift", "largest_shift", "city"]].isna().all()


def test_strengths_and_weaknesses_by_hand():
    index = build(panel(), TREE, PLAIN)
    table = strengths(index, TREE, "丁")
    # green second of four, quiet second, income third, saving third
    assert table["kind"].tolist() == ["strength", "strength", "weakness", "weakness"]
    assert table["node"].tolist() == ["quiet", "green", "income", "saving"]
    assert table["rank"].tolist() == [2, 2, 3, 3]
    assert table["standing"].to_list() == pytest.approx([2 / 3, 2 / 3, 1 / 3, 1 / 3])
    assert table["score"].to_list() == pytest.approx([80, 90, 20, 10])
    assert table["median"].to_list() == pytest.approx([70, 60, 35, 25])
    assert table["effective"].to_list() == pytest.approx([1 / 8, 1 / 8, 3 / 8, 3 / 8])
    assert (table["cities"] == 4).all()
    assert strengths(index, TREE, "丁", 1)["node"].tolist() == ["quiet", "income"]


def test_a_place_shared_with_most_is_no_strength():
    scores = pd.DataFrame({"income": [9.0] + [0.0] * 9, "quiet": np.arange(10.0)}, index=list("甲乙丙丁戊己庚辛壬癸"))
    index = build(panel(scores), TREE, PLAIN)
    table = strengths(index, TREE, "癸").set_index("node")
    # second in income by rank, but level with eight of nine others and behind the ninth
    assert table.loc["income", ["kind", "rank"]].tolist() == ["weakness", 2]
    assert table.loc["income", "standing"] == pytest.approx(4 / 9)
    assert table.loc["quiet", ["kind", "rank", "standing"]].tolist() == ["strength", 1, 1]


def test_what_a_city_lacks_is_neither_and_rivals_are_those_with_a_value():
    scores = SCORES.copy()
    scores.loc["甲", "saving"] = NAN
    scores.loc[["乙", "丙"], "green"] = NAN
    table = strengths(build(panel(scores), TREE, PLAIN), TREE, "甲").set_index("node")
    assert "saving" not in table.index
    assert table.loc["green", ["rank", "cities", "standing"]].tolist() == [1, 2, 1]


def test_a_city_that_is_not_there_is_refused_with_the_nearest():
    index = build(panel(SCORES.rename({"甲": "北京"})), TREE, PLAIN)
    for ask in (lambda: strengths(index, TREE, "北京市"), lambda: why(index, TREE, PLAIN, "乙", "北京市")):
        with pytest.raises(MethodError, match=r"city: there is no '北京市'\. Did you mean 北京"):
            ask()


def test_a_difference_split_by_hand():
    index = build(panel(), TREE, PLAIN)
    table = why(index, TREE, PLAIN, "甲", "丁").set_index("node")
    # index 50 against 32.5; an indicator of wealth weighs 3/8, of comfort 1/8
    expected = {
        "index": 17.5,
        "wealth": 26.25,
        "comfort": -8.75,
        "income": -7.5,
        "saving": 33.75,
        "quiet": -10,
        "green": 1.25,
    }
    assert table["contribution"].to_dict() == pytest.approx(expected)
    assert table.loc["saving", ["parent", "level"]].tolist() == ["wealth", 2]
    assert table.loc["saving", ["score", "other_score", "weight", "other_weight"]].tolist() == [100, 10, 3 / 8, 3 / 8]


def test_a_missing_cell_leaves_its_weight_to_the_siblings():
    scores = SCORES.copy()
    scores.loc["丁", "saving"] = NAN
    table = why(build(panel(scores), TREE, PLAIN), TREE, PLAIN, "甲", "丁").set_index("node")
    # wealth of 丁 is its income, 20
    assert table.loc["income", ["weight", "other_weight"]].tolist() == [3 / 8, 3 / 4]
    assert table.loc["saving", ["weight", "other_weight"]].tolist() == [3 / 8, 0]
    assert table.loc["income", "contribution"] == pytest.approx(-15)
    assert table.loc["saving", "contribution"] == pytest.approx(3 / 8 * 100)


def test_of_geometric_means_the_logarithm_of_the_ratio_is_split():
    index = build(panel(), TREE, GEOMETRIC)
    table = why(index, TREE, GEOMETRIC, "乙", "丙").set_index("node")
    scores = index.scores["index"]
    assert table.loc["index", "contribution"] == pytest.approx(np.log(scores["乙"] / scores["丙"]))
    # green: 1 against 1 + 99·0.3 of a weight of 1/8
    assert table.loc["green", "contribution"] == pytest.approx(np.log(1 / 30.7) / 8)


@pytest.mark.slow
@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.floats(1, 100), st.just(NAN)), min_size=4, max_size=4), min_size=2, max_size=2),
    st.sampled_from(["arithmetic", "geometric"]),
)
def test_every_level_sums_to_the_difference(rows, kind):
    data = pd.DataFrame(rows, index=["甲", "乙"], columns=LEAVES)
    method = Method(aggregation=kind, availability={0: 0.2})
    assume(data.notna().any(axis=None))
    index = combine(data, TREE, method)
    assume(index.scores["index"].notna().all())
    table = why(index, TREE, method, "甲", "乙")
    one, other = index.scores["index"]
    difference = one - other if kind == "arithmetic" else np.log(one / other)
    for level in range(3):
        assert table.loc[table["level"] == level, "contribution"].sum() == pytest.approx(difference, abs=1e-9)
    back = why(index, TREE, method, "乙", "甲")
    assert back["contribution"].to_list() == pytest.approx((-table["contribution"]).to_list(), abs=1e-12)


@pytest.mark.parametrize(
    "aggregation", ["harmonic", {0: "geometric", 1: "arithmetic"}, {"method": "owa", "exponent": 2}]
)
def test_a_difference_that_is_no_sum_is_refused(aggregation):
    method = Method(aggregation=aggregation, normalisation={"method": "min-max", "scale": [1, 100]})
    with pytest.raises(MethodError, match="a gap is split only if every level is an arithmetic mean"):
        why(build(panel(), TREE, method), TREE, method, "甲", "乙")


def test_a_city_without_a_score_has_nothing_to_explain():
    scores = SCORES.copy()
    scores.loc["丁", ["quiet", "green"]] = NAN
    with pytest.raises(MethodError, match="丁 has no score to explain"):
        why(build(panel(scores), TREE, PLAIN), TREE, PLAIN, "甲", "丁")


def test_the_gap_to_the_next_above_by_hand():
    # 甲 50, 丙 48.75, 乙 46.25, 丁 32.5; weights 3/8 for income and saving, 1/8 for quiet and green
    table = next_above(build(panel(), TREE, PLAIN), TREE, PLAIN)
    assert table.drop_duplicates("city")[["city", "above"]].to_numpy().tolist() == [
        ["丙", "甲"],
        ["乙", "丙"],
        ["丁", "乙"],
    ]
    parts = table[table["city"] == "丙"].set_index("node")["contribution"]
    expected = {"index": -1.25, "wealth": 0, "comfort": -1.25, "income": 37.5, "saving": -37.5, "quiet": 7.5}
    assert parts.to_dict() == pytest.approx(expected | {"green": -8.75})
    assert set(table["unit"]) == {"points"}


def test_of_cities_level_above_the_first_by_name_is_compared_with():
    level = SCORES.assign(income=[10.0, 100, 100, 0], saving=[10.0, 100, 100, 0], quiet=[0.0, 100, 100, 0]).assign(
        green=[10.0, 100, 100, 0]
    )
    table = next_above(build(panel(level), TREE, PLAIN), TREE, PLAIN)
    # 乙 and 丙 share the first place: neither has one above it
    assert table.drop_duplicates("city").set_index("city")["above"].to_dict() == {"甲": "丙", "丁": "甲"}


def test_the_gap_is_one_of_logarithms_or_not_split():
    table = next_above(build(panel(), TREE, GEOMETRIC), TREE, GEOMETRIC)
    assert set(table["unit"]) == {"logarithm"}
    root = build(panel(), TREE, GEOMETRIC).scores["index"]
    for row in table[table["node"] == "index"].itertuples():
        assert row.contribution == pytest.approx(np.log(root[row.city] / root[row.above]))
    mixed = GEOMETRIC.model_copy(update={"aggregation": {0: Method().aggregation, 1: GEOMETRIC.aggregation}})
    assert next_above(build(panel(), TREE, mixed), TREE, mixed).empty
