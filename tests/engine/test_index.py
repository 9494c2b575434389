"""The whole index on a panel small enough to work by hand, and the names that are refused before anything runs."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.editions.construction import PANEL
from fhi.engine import aggregation, weighting
from fhi.engine.errors import DataError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build, check, combine, coverage, prepare, screen, select
from fhi.engine.methods import traits
from fhi.engine.parameters import COMBINING, Method

NAN = float("nan")
TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["index", "wealth", "comfort", "income", "saving", "noise"],
            "level": [0, 1, 1, 2, 2, 2],
            "parent": [None, "index", "index", "wealth", "wealth", "comfort"],
            "direction": [1, 1, 1, 1, 1, -1],
            "weight": [1.0, 3, 1, 1, 1, 1],
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)
CELLS = [
    ("甲", 2017, "income", 10.0),
    ("乙", 2017, "income", 20.0),
    ("丙", 2017, "income", 30.0),
    ("甲", 2017, "saving", 4.0),
    ("乙", 2017, "saving", 0.0),
    ("丙", 2017, "saving", 1.0),
    ("甲", 2017, "noise", 50.0),
    ("乙", 2017, "noise", 40.0),
    ("丙", 2017, "noise", 90.0),
]
PLAIN = Method()


def panel(*extra, without=()):
    rows = [cell for cell in CELLS if cell[:3] not in without] + list(extra)
    frame = pd.DataFrame(rows, columns=["city", "year", "indicator", "value"])
    exact = {"low": frame["value"], "high": frame["value"]}
    return frame.assign(**exact, unit="", source_id="made/up", evidence="synthetic")[PANEL]


def scores_of(index, *nodes):
    return {city: index.scores.loc[city, list(nodes)].tolist() for city in index.scores.index}


def test_an_index_of_two_pillars_worked_by_hand():
    index = build(panel(), TREE, PLAIN)
    # min-max 0-100: income 0, 50, 100; saving 100, 0, 25; noise, less being better, 80, 100, 0
    # wealth 50, 25, 62.5; comfort 80, 100, 0; index = 0.75·wealth + 0.25·comfort
    expected = {
        "甲": [57.5, 50, 80, 0, 100, 80],
        "乙": [43.75, 25, 100, 50, 0, 100],
        "丙": [46.875, 62.5, 0, 100, 25, 0],
    }
    found = scores_of(index, "index", "wealth", "comfort", "income", "saving", "noise")
    assert found == {city: pytest.approx(values) for city, values in expected.items()}
    assert index.ranks["index"].to_dict() == {"甲": 1, "丙": 2, "乙": 3}
    assert index.ranks["wealth"].to_dict() == {"丙": 1, "甲": 2, "乙": 3}
    assert index.weights["parent"].to_dict()["noise"] == "comfort"
    weights = {"wealth": 0.75, "comfort": 0.25, "income": 0.5, "saving": 0.5, "noise": 1.0}
    assert index.weights["weight"].to_dict() == pytest.approx(weights)
    effective = {"wealth": 0.75, "comfort": 0.25, "income": 0.375, "saving": 0.375, "noise": 0.25}
    assert index.weights["effective"].to_dict() == pytest.approx(effective)


def test_every_stage_is_kept():
    stages = build(panel(), TREE, PLAIN).stages
    before = {
        "indicators",
        "screening",
        "unit_screening",
        "imputed",
        "imputation",
        "treated",
        "treatment",
        "normalised",
    }
    assert set(stages) == before | {"unit_weights"}
    assert stages["unit_weights"].empty
    assert stages["indicators"].loc["丙"].tolist() == [30, 1, 90]
    assert stages["normalised"].loc["丙"].tolist() == pytest.approx([100, 25, 0])
    assert list(stages["normalised"]) == ["income", "saving", "noise"]


def test_normalised_indicators_combine_to_the_same_index():
    index = build(panel(), TREE, PLAIN)
    pd.testing.assert_frame_equal(combine(index.stages["normalised"], TREE, PLAIN).scores, index.scores)


def test_the_other_methods_are_carried_out_as_named():
    method = Method(normalisation="rank", weighting="equal", aggregation={0: "geometric", 1: "arithmetic"})
    index = build(panel(), TREE, method)
    # ranks, worst 1: income 1, 2, 3; saving 3, 1, 2; noise 2, 3, 1; wealth 2, 1.5, 2.5; then √(wealth·noise)
    assert index.scores["index"].to_dict() == pytest.approx({"甲": 2, "乙": 4.5**0.5, "丙": 2.5**0.5})


def test_a_direction_of_the_method_stands_in_for_that_of_the_tree():
    index = build(panel(), TREE, Method(directions={"noise": 1, "income": -1}))
    turned = Framework.from_table(TREE.table.reset_index(drop=True).assign(direction=[1, 1, 1, -1, 1, 1]))
    pd.testing.assert_frame_equal(index.scores, build(panel(), turned, PLAIN).scores)
    # noise, now the more the better: 20, 0, 100; income 100, 50, 0
    assert index.scores["noise"].to_dict() == pytest.approx({"甲": 20, "乙": 0, "丙": 100})
    assert index.scores["income"].to_dict() == pytest.approx({"甲": 100, "乙": 50, "丙": 0})


def test_what_bears_on_weights_and_aggregation_alone_changes_nothing_before_them():
    plain = prepare(panel(), TREE, PLAIN)
    others = {"weights": {"wealth": 1}, "weighting": "equal", "aggregation": "geometric", "availability": {0: 0.5}}
    others["ranking"] = {"decimals": 1}
    assert set(others) == COMBINING
    for key, value in others.items():
        for name, stage in prepare(panel(), TREE, Method(**{key: value})).items():
            pd.testing.assert_frame_equal(stage, plain[name])


def test_what_bears_on_the_indicators_alone_changes_nothing_after_them():
    normalised = prepare(panel(), TREE, Method(normalisation={"method": "min-max", "scale": [1, 100]}))["normalised"]
    plain = combine(normalised, TREE, PLAIN)
    before = {
        "year": 2017,
        "max_age": 0,
        "exclude_cities": ["甲"],
        "exclude_indicators": ["noise"],
        "directions": {"noise": 1},
        "least_coverage": 0.9,
        "unit_screening": {"noise": {"least_data": 0.5}},
        "panel": "linear",
        "imputation": "mean",
        "treatment": "winsorise",
        "normalisation": "rank",
        "over_years": "pooled",
        "by_indicator": {"noise": {"normalisation": "rank"}},
    }
    assert set(before) == set(Method.model_fields) - COMBINING - {"robustness", "groups"}
    for key, value in before.items():
        pd.testing.assert_frame_equal(combine(normalised, TREE, Method(**{key: value})).scores, plain.scores)


def test_the_parameters_of_a_step_reach_it():
    method = Method(normalisation={"method": "min-max", "scale": [1, 100]}, aggregation="geometric")
    index = build(panel(), TREE, method)
    # 丙 has 1 + 99·(30 − 10)/20 = 100 and 1 + 99/4 = 25.75 below wealth, and 1 for noise
    assert index.scores.loc["丙", "wealth"] == pytest.approx(2575**0.5)
    assert index.scores.loc["丙", "index"] == pytest.approx(2575**0.375)


def test_weights_of_each_city_are_kept():
    index = build(panel(), TREE, Method(aggregation={0: "benefit-of-the-doubt", 1: "arithmetic"}))
    own = index.stages["unit_weights"].pivot(index="city", columns="node", values="weight")
    # 丙, with 62.5 the first in wealth, has nothing in comfort
    assert own.loc["丙", "wealth"] == pytest.approx(1 / 62.5)
    scores = (own * index.scores[list(own)]).sum(axis=1)
    assert index.scores["index"].to_dict() == pytest.approx(scores.to_dict())


def test_of_each_indicator_the_latest_value_not_later_than_the_year_counts():
    later = panel(("甲", 2018, "income", 25.0), ("甲", 2016, "income", 1.0), ("乙", 2019, "income", 99.0))
    income = {year: select(later, TREE, year)["income"].to_dict() for year in (2016, 2017, 2018, None)}
    assert income[2016] == pytest.approx({"甲": 1, "乙": NAN, "丙": NAN}, nan_ok=True)
    assert income[2017] == {"甲": 10, "乙": 20, "丙": 30}
    assert income[2018] == {"甲": 25, "乙": 20, "丙": 30}
    assert income[None] == {"甲": 25, "乙": 99, "丙": 30}


def test_a_later_cell_without_a_value_does_not_hide_an_earlier_one():
    assert select(panel(("甲", 2018, "income", NAN)), TREE)["income"]["甲"] == 10


def test_a_later_value_without_evidence_does_not_borrow_that_of_an_earlier_one():
    later = panel(("甲", 2018, "income", 25.0))
    later.loc[len(later) - 1, "evidence"] = None
    evidence = select(later, TREE, column="evidence")["income"]
    assert evidence.isna().to_dict() == {"甲": True, "乙": False, "丙": False}


def test_the_year_of_a_call_goes_before_the_year_of_the_method():
    later = panel(("甲", 2018, "income", 25.0))
    method = Method(year=2017)
    assert build(later, TREE, method).stages["indicators"].loc["甲", "income"] == 10
    assert build(later, TREE, method, year=2018).stages["indicators"].loc["甲", "income"] == 25
    assert build(later, TREE, PLAIN).stages["indicators"].loc["甲", "income"] == 25


def test_an_indicator_without_any_row_is_missing_for_all():
    without = {("甲", 2017, "noise"), ("乙", 2017, "noise"), ("丙", 2017, "noise")}
    index = build(panel(without=without), TREE, PLAIN)
    assert index.stages["indicators"]["noise"].isna().all()
    assert index.weights["weight"][["wealth", "comfort"]].tolist() == [1, 0]
    assert index.scores["index"].to_dict() == pytest.approx({"甲": 50, "乙": 25, "丙": 62.5})


def panel_problems(frame):
    with pytest.raises(DataError) as caught:
        build(frame, TREE, PLAIN)
    return {(problem.row, problem.column, problem.value) for problem in caught.value.problems}


def test_a_cell_given_twice_names_both_rows():
    # the header is line 1, so the tenth row is line 11
    assert panel_problems(panel(("乙", 2017, "income", 21.0))) == {
        (3, "indicator", "income"),
        (11, "indicator", "income"),
    }


def test_an_unknown_indicator_is_refused():
    assert panel_problems(panel(("乙", 2017, "incomes", 21.0))) == {(11, "indicator", "incomes")}


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinite_value_is_refused(value):
    assert panel_problems(panel(("乙", 2018, "income", value))) == {(11, "value", value)}


def test_a_text_where_a_value_belongs_is_refused():
    assert panel_problems(panel(("乙", 2018, "income", "many"))) == {(11, "value", "many")}


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ((None, 2017, "income", 5.0), "city"),
        (("丁", None, "income", 5.0), "year"),
        (("丁", "2017", "income", 5.0), "year"),
    ],
)
@pytest.mark.parametrize("year", [None, 2017])
def test_a_row_without_a_city_or_a_year_is_refused(cell, column, year):
    with pytest.raises(DataError) as caught:
        build(panel(cell), TREE, PLAIN, year)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(11, column)]


def test_all_faults_of_a_panel_are_reported_together():
    found = panel_problems(panel(("乙", 2017, "incomes", 21.0), ("乙", 2018, "noise", float("inf"))))
    assert found == {(11, "indicator", "incomes"), (12, "value", float("inf"))}


@pytest.mark.parametrize("column", ["city", "year", "indicator", "value"])
def test_a_panel_without_a_column_is_refused(column):
    assert panel_problems(panel().drop(columns=column)) == {(1, column, None)}


def test_an_indicator_that_too_few_cities_have_is_left_out():
    sparse = panel(without={("甲", 2017, "saving"), ("乙", 2017, "saving")})
    index = build(sparse, TREE, Method(least_coverage=0.5))
    screening = index.stages["screening"]
    assert screening["units"].to_dict() == {"income": 3, "saving": 1, "noise": 3}
    assert screening["coverage"].to_dict() == pytest.approx({"income": 1, "saving": 1 / 3, "noise": 1})
    assert screening["used"].to_dict() == {"income": True, "saving": False, "noise": True}
    # wealth is income alone: 0, 50, 100
    assert index.scores["wealth"].to_dict() == pytest.approx({"甲": 0, "乙": 50, "丙": 100})
    assert index.stages["indicators"].loc["丙", "saving"] == 1


def test_coverage_equal_to_the_least_is_enough():
    indicators = select(panel(without={("甲", 2017, "saving")}), TREE)
    assert screen(indicators, 2 / 3)[1]["used"]["saving"]
    kept, screening = screen(indicators, 0.7)
    assert not screening["used"]["saving"]
    assert kept["saving"].isna().all()
    assert kept["income"].notna().all()


def test_a_panel_in_which_nothing_is_covered_enough_is_refused():
    sparse = panel(("丁", 2017, "income", 5.0), without={cell[:3] for cell in CELLS if cell[0] == "甲"})
    with pytest.raises(MethodError, match="lower least_coverage"):
        prepare(sparse.query("city == '丁' or indicator == 'noise'"), TREE, Method(least_coverage=0.9))


def test_what_stands_behind_each_cell_is_told():
    sparse = panel(without={("甲", 2017, "saving"), ("乙", 2017, "saving")})
    method = Method(least_coverage=0.5, exclude_cities=["乙"])
    screening = pd.DataFrame({"used": {"income": True, "saving": False, "noise": True}})
    cells = coverage(sparse, TREE, method, screening).set_index(["city", "indicator"])
    assert set(cells.index.get_level_values("city")) == {"甲", "丙"}
    assert cells.loc[("丙", "saving"), ["evidence", "used"]].tolist() == ["synthetic", False]
    assert cells.loc[("甲", "noise"), ["evidence", "used"]].tolist() == ["synthetic", True]
    assert pd.isna(cells.loc[("甲", "saving"), "evidence"])
    assert not cells.loc[("甲", "saving"), "used"]


def test_ties_share_the_lower_number_and_a_missing_score_has_no_rank():
    normalised = pd.DataFrame(
        {"income": [50, 50, 90, 10, NAN], "saving": [50, 50, 90, 10, NAN], "noise": [50, 50, 90, 10, 70]},
        index=["甲", "乙", "丙", "丁", "戊"],
        dtype=float,
    )
    ranks = combine(normalised, TREE, PLAIN).ranks
    assert ranks["index"].tolist()[:4] == [2, 2, 1, 4]
    assert ranks["index"].isna().tolist() == [False] * 4 + [True]
    assert ranks["comfort"].tolist() == [3, 3, 1, 5, 2]


def test_ranks_come_from_unrounded_scores():
    normalised = pd.DataFrame({"income": [50.0, 50.0000001], "saving": 50.0, "noise": 50.0}, index=["甲", "乙"])
    assert combine(normalised, TREE, PLAIN).ranks["index"].to_dict() == {"甲": 2, "乙": 1}


def test_weights_of_the_user_replace_those_of_the_tree():
    index = build(panel(), TREE, Method(weights={"comfort": 9, "income": 3}))
    # pillars 3 : 9, income 3 : 1; wealth of 甲 = 0.75·0 + 0.25·100
    assert index.weights["weight"].to_dict() == pytest.approx(
        {"wealth": 0.25, "comfort": 0.75, "income": 0.75, "saving": 0.25, "noise": 1}
    )
    assert index.scores.loc["甲", ["wealth", "index"]].tolist() == pytest.approx([25, 0.25 * 25 + 0.75 * 80])


def test_an_excluded_city_takes_no_part_in_the_normalisation_of_the_others():
    index = build(panel(), TREE, Method(exclude_cities=["丙"]))
    # without 丙 the income of 乙 is the most, and the noise of 甲 the worst
    assert scores_of(index, "index", "wealth", "comfort") == {"甲": [37.5, 50, 0], "乙": [62.5, 50, 100]}
    assert index.ranks["index"].to_dict() == {"甲": 2, "乙": 1}


def test_an_excluded_indicator_leaves_its_weight_to_its_siblings():
    index = build(panel(), TREE, Method(exclude_indicators=["saving"]))
    assert index.weights["weight"][["income", "saving"]].tolist() == [1, 0]
    assert index.scores["wealth"].to_dict() == pytest.approx({"甲": 0, "乙": 50, "丙": 100})


def test_availability_reaches_the_aggregation():
    sparse = panel(without={("乙", 2017, "noise")})
    assert build(sparse, TREE, PLAIN).scores["index"].isna().to_dict() == {"甲": False, "乙": True, "丙": False}
    lenient = build(sparse, TREE, Method(availability={0: 0.75}))
    assert lenient.scores.loc["乙", "index"] == pytest.approx(25)


@pytest.mark.parametrize(
    ("settings", "key", "nearest"),
    [
        ({"imputation": "nonee"}, "imputation", "none"),
        ({"treatment": "nonee"}, "treatment", "none"),
        ({"normalisation": "zscore"}, "normalisation", "z-score"),
        ({"weighting": "orignal"}, "weighting", "original"),
        ({"aggregation": "geometrc"}, "aggregation", "geometric"),
        ({"aggregation": {0: "geometrc", 1: "arithmetic"}}, "aggregation", "geometric"),
        ({"weights": {"weath": 2}}, "weights", "wealth"),
        ({"exclude_indicators": ["incomes"]}, "exclude_indicators", "income"),
        ({"exclude_cities": ["北京市"]}, "exclude_cities", "北京"),
        ({"normalisation": {"method": "min-max", "scales": [0, 1]}}, "normalisation.scales", "scale"),
        ({"aggregation": {"method": "owa", "exponnt": 2}}, "aggregation.exponnt", "exponent"),
        ({"aggregation": {0: {"method": "mediam"}, 1: "arithmetic"}}, "aggregation", "median"),
        ({"weighting": {"method": "entropy", "withn": "all"}}, "weighting.withn", "within"),
    ],
)
def test_an_unknown_name_is_refused_with_the_file_the_key_and_the_nearest_name(settings, key, nearest):
    with pytest.raises(MethodError) as caught:
        check(Method(**settings), TREE, ["北京", "上海"], file="scenarios/x.yml")
    assert str(caught.value).startswith(f"scenarios/x.yml: {key}: ")
    assert f"Did you mean {nearest}" in str(caught.value)
    assert (caught.value.file, caught.value.key) == ("scenarios/x.yml", key)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"aggregation": {0: "arithmetic"}}, "aggregation.1"),
        ({"aggregation": {0: "arithmetic", 1: "arithmetic", 2: "arithmetic"}}, "aggregation.2"),
        ({"availability": {2: 0.5}}, "availability"),
        ({"weights": {"index": 1}}, "weights"),
        ({"exclude_indicators": ["wealth"]}, "exclude_indicators"),
        ({"normalisation": {"method": "rank", "scale": [0, 1]}}, "normalisation.scale"),
    ],
)
def test_a_level_node_or_parameter_that_does_not_fit_is_refused_by_key(settings, key):
    with pytest.raises(MethodError) as caught:
        check(Method(**settings), TREE, file="scenarios/x.yml")
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"aggregation": {"method": "generalised-mean", "exponent": "two"}}, "aggregation.exponent"),
        ({"aggregation": "generalised-mean"}, "aggregation.exponent"),
        ({"aggregation": {0: {"method": "owa"}, 1: "arithmetic"}}, "aggregation.exponent"),
        ({"aggregation": {"method": "mazziotta-pareto", "penalty": "minus"}}, "aggregation.penalty"),
        ({"aggregation": {"method": "benefit-of-the-doubt", "least": 2}}, "aggregation.least"),
        ({"weighting": {"method": "entropy", "within": "pillar"}}, "weighting.within"),
        ({"weighting": {"method": "equal", "within": "alll"}}, "weighting.within"),
        ({"weighting": {"method": "factor-analysis", "factors": 0}}, "weighting.factors"),
        ({"weighting": "ahp"}, "weighting.matrices"),
        ({"weighting": {"method": "ahp", "matrices": "nowhere"}}, "weighting.matrices"),
        ({"weighting": {"method": "budget-allocation", "experts": "../x.csv"}}, "weighting.experts"),
        ({"weighting": "equal", "weights": {"noise": 2}}, "weights"),
        ({"weighting": "entropy", "weights": {"noise": 2}}, "weights"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_before_anything_runs(settings, key):
    with pytest.raises(MethodError) as caught:
        check(Method(**settings), TREE, file="scenarios/x.yml")
    assert str(caught.value).startswith(f"scenarios/x.yml: {key}: ")


#: weightings that ask neither the framework nor experts
DRIVEN = {
    name
    for name in weighting.METHODS
    if not (traits("weighting", name).raw_weights or traits("weighting", name).judgements)
}


@pytest.mark.parametrize("name", sorted(DRIVEN))
@pytest.mark.parametrize("within", ["parent", "all"])
def test_every_other_weighting_is_told_what_it_weighs_within(name, within):
    check(Method(weighting={"method": name, "within": within}), TREE)


@pytest.mark.parametrize("name", aggregation.METHODS)
def test_the_trial_of_an_aggregation_suits_every_method(name):
    params = {"owa": {"order": [1, 2, 3]}, "generalised-mean": {"exponent": -2}, "order-m": {"m": 3}}.get(name, {})
    check(Method(aggregation={"method": name, **params}), TREE)


def test_a_refusal_that_depends_on_the_scores_waits_for_them():
    # of the two indicators of the trial no bounds of a tenth to an eighth can be kept; of eight they could
    check(Method(aggregation={"method": "benefit-of-the-doubt", "least": 0.1, "most": 0.125}), TREE)


def test_a_method_of_known_names_passes_and_cities_are_not_checked_where_none_are_given():
    method = Method(exclude_cities=["Atlantis"], aggregation={0: "geometric", 1: "arithmetic"}, weights={"noise": 0})
    check(method, TREE)
    with pytest.raises(MethodError, match="Atlantis"):
        check(method, TREE, ["甲"])


def test_a_wrong_name_stops_a_build_before_anything_runs():
    with pytest.raises(MethodError, match="exclude_cities: there is no '丁'"):
        build(panel(), TREE, Method(exclude_cities=["丁"]))


HISTORY = [("甲", 2014, "income", 4.0), ("乙", 2019, "income", 30.0), ("丙", 2018, "income", 40.0)]
UNITS = pd.DataFrame({"class": ["big", "big", "small"]}, index=["甲", "乙", "丙"])


def test_of_the_years_of_a_cell_the_method_of_the_panel_takes_the_value():
    sparse = panel(*HISTORY)
    latest = build(sparse, TREE, Method(year=2018))
    assert latest.stages["indicators"]["income"].to_dict() == {"甲": 10, "乙": 20, "丙": 40}
    # 丙 alone has 2018
    assert latest.stages["imputation"]["income"].to_dict() == {"甲": True, "乙": True, "丙": False}
    between = build(sparse, TREE, Method(year=2018, panel="linear")).stages
    # 乙 is half way from 20 in 2017 to 30 in 2019; nothing follows what 甲 has
    assert between["indicators"]["income"].to_dict() == {"甲": 10, "乙": 25, "丙": 40}
    assert between["imputed"].loc["乙", "income"] == 25
    assert between["imputation"]["income"].to_dict() == {"甲": True, "乙": True, "丙": False}
    fresh = build(
        sparse, TREE, Method(year=2018, normalisation="rank", panel={"method": "last-observed", "max_age": 0})
    ).stages
    assert fresh["indicators"]["income"].to_dict() == pytest.approx({"甲": NAN, "乙": NAN, "丙": 40}, nan_ok=True)


def test_what_is_too_old_has_no_evidence():
    method = Method(year=2018, normalisation="rank", panel={"method": "last-observed", "max_age": 0})
    sparse = panel(*HISTORY)
    cells = coverage(sparse, TREE, method, prepare(sparse, TREE, method)["screening"])
    used = cells.query("indicator == 'income'").set_index("city")
    assert used["evidence"].isna().to_dict() == {"甲": True, "乙": True, "丙": False}
    assert used["used"].to_dict() == {"甲": False, "乙": False, "丙": True}


AGES = ["value_year", "age", "old"]


def ages(method, *rows):
    """Return year, age and whether it is old, of the incomes of a panel."""
    sparse = panel(*rows)
    cells = coverage(sparse, TREE, method, prepare(sparse, TREE, method)["screening"])
    found = cells.query("indicator == 'income'").set_index("city")[AGES]
    return {city: [None if pd.isna(cell) else cell for cell in row] for city, *row in found.itertuples()}


def test_a_later_edition_sees_how_old_its_values_are():
    later = [("乙", 2019, "income", 30.0), ("丙", 2021, "income", 40.0)]
    expected = {"甲": [2017, 5, True], "乙": [2019, 3, True], "丙": [2021, 1, False]}
    assert ages(Method(year=2022), *later) == expected
    kept = {city: [year, age, age > 4] for city, (year, age, _) in expected.items()}
    assert ages(Method(year=2022, max_age=4), *later) == kept
    assert not any(old for *_, old in ages(Method(year=2022, max_age=None), *later).values())
    # exactly max_age is not old yet
    assert ages(Method(year=2022, max_age=3), *later)["乙"] == [2019, 3, False]
    # what comes after the edition is not of it
    assert ages(Method(year=2019, max_age=0), *later)["丙"] == [2017, 2, True]


def test_without_a_year_the_edition_is_of_the_latest_of_the_panel():
    assert ages(Method(), ("丙", 2020, "income", 40.0)) == {
        "甲": [2017, 3, True],
        "乙": [2017, 3, True],
        "丙": [2020, 0, False],
    }


def test_a_value_between_two_years_is_as_old_as_the_earlier():
    found = ages(Method(year=2020, panel="linear"), ("乙", 2021, "income", 60.0))
    assert found["乙"] == [2017, 3, True]
    dropped = ages(
        Method(year=2020, panel={"method": "last-observed", "max_age": 2}, normalisation="rank"),
        ("乙", 2019, "income", 3.0),
    )
    assert dropped["甲"] == [None, None, False] and dropped["乙"] == [2019, 1, False]


def test_how_old_a_value_may_look_changes_no_score():
    strict, open_ = (build(panel(*HISTORY), TREE, Method(year=2018, max_age=limit)).scores for limit in (0, None))
    pd.testing.assert_frame_equal(strict, open_)


def test_groups_of_cities_come_from_the_table_of_cities():
    sparse = panel(without={("甲", 2017, "income"), ("丙", 2017, "saving")})
    method = Method(imputation={"method": "group-mean", "groups": "class"})
    stages = build(sparse, TREE, method, units=UNITS).stages
    assert stages["imputed"]["income"].to_dict() == {"甲": 20, "乙": 20, "丙": 30}
    # 丙 is the only small one
    assert stages["imputed"]["saving"].isna().to_dict() == {"甲": False, "乙": False, "丙": True}
    assert stages["imputation"].to_numpy().sum() == 1


def test_the_tree_reaches_the_imputation_that_asks_for_it():
    sparse = panel(without={("乙", 2017, "saving")})
    stages = build(sparse, TREE, Method(imputation="parent-mean")).stages
    # income of 乙 is half way from the worst to the best: saving is half way from 1 to 4
    assert stages["imputed"].loc["乙", "saving"] == pytest.approx(2.5)


def test_what_is_imputed_is_treated_and_normalised():
    cells = [(f"city {place:02d}", 2017, "income", float(place)) for place in range(20)] + [
        ("far", 2017, "income", 900.0)
    ]
    frame = pd.DataFrame(cells, columns=["city", "year", "indicator", "value"])
    stages = build(frame, TREE, Method(treatment="winsorise")).stages
    assert stages["treatment"].to_numpy().tolist() == [["far", "income", 900, 19, "winsorise"]]
    assert stages["normalised"].loc[["far", "city 19"], "income"].tolist() == [100, 100]


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        ({"panel": "liner"}, "panel", "Did you mean linear"),
        ({"panel": {"method": "linear", "max_age": -1}}, "panel.max_age", "whole number, 0 or more"),
        ({"imputation": {"method": "group-mean", "groups": "clas"}}, "imputation.groups", "Did you mean class"),
        ({"imputation": "group-mean"}, "imputation.groups", "needs 'groups'"),
        ({"imputation": {"method": "em", "ridge": "a"}}, "imputation.ridge", "0 or more; found 'a'"),
        ({"treatment": {"method": "winsorise", "otherwise": "sqrt"}}, "treatment.otherwise", "'log', 'box-cox' or"),
        ({"normalisation": "goalposts"}, "normalisation.goalposts", "needs 'goalposts'"),
        (
            {"normalisation": {"method": "goalposts", "goalposts": {"incom": [0, 1]}}},
            "normalisation.goalposts",
            "income",
        ),
        (
            {"normalisation": {"method": "goalposts", "goalposts": {"income": [1, 0]}}},
            "normalisation.goalposts.income",
            "two ascending numbers; found [1, 0]",
        ),
        (
            {"normalisation": {"method": "distance-to-targets", "targets": {"income": "a"}}},
            "normalisation.targets.income",
            "",
        ),
        (
            {"normalisation": {"method": "distance-to-reference", "reference": "北京市"}},
            "normalisation.reference",
            "Did you mean 北京",
        ),
        ({"normalisation": {"method": "z-score", "sd": 0}}, "normalisation.sd", "a positive number; found 0"),
    ],
)
def test_a_bad_parameter_is_refused_before_anything_runs(settings, key, words):
    with pytest.raises(MethodError) as caught:
        check(Method(**settings), TREE, ["北京", "上海"], "scenarios/x.yml", UNITS)
    assert str(caught.value).startswith(f"scenarios/x.yml: {key}: ")
    assert words in str(caught.value)


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(st.permutations(range(len(CELLS))))
def test_the_order_of_the_rows_of_the_panel_changes_nothing(order):
    straight = build(panel(), TREE, PLAIN)
    shuffled = build(panel().iloc[order], TREE, PLAIN)
    pd.testing.assert_frame_equal(shuffled.scores, straight.scores)
    pd.testing.assert_frame_equal(shuffled.ranks, straight.ranks)
    pd.testing.assert_frame_equal(shuffled.weights, straight.weights)


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(st.sampled_from(["income", "saving", "noise"]), st.sampled_from([0.001, 7, 1e6]), st.integers(-50, 50))
def test_the_unit_of_an_indicator_changes_nothing(indicator, factor, shift):
    frame = panel()
    values = ["value", "low", "high"]
    moved = frame.assign(**frame[values].where(frame["indicator"] != indicator, factor * frame[values] + shift))
    pd.testing.assert_frame_equal(build(moved, TREE, PLAIN).scores, build(frame, TREE, PLAIN).scores, atol=1e-6)
