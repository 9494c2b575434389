"""Values known up to an interval: each draw takes a point of their joint set."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.robustness import sensitivity, uncertainty
from fhi.engine.robustness.saltelli import tornado
from fhi.engine.robustness.space import parse, with_points

SPACE = {"normalisation": ["min-max", "rank"], "left_out": ["none", "rent"], "shares": "interval"}


@pytest.fixture(scope="module")
def case(tree, cases):
    """Return data, the points of one indicator for three units that add up to what they have, and the space of both."""
    data = cases["make_data"](tree, 8, seed=5)
    units, rng = ["unit 2", "unit 4", "unit 6"], np.random.default_rng(1)
    values = data.loc[units, "wage"].to_numpy()
    points = np.vstack([values, rng.dirichlet(np.ones(3), size=12) * values.sum()])
    wide = pd.DataFrame(points, columns=pd.Index(units, name="city")).rename_axis("point")
    joint = wide.unstack().rename("value").reset_index().assign(indicator="wage")
    return data, wide, with_points(parse(SPACE, Method(), tree), joint)


def by_hand(data, tree, wide, row):
    values = data.copy()
    point = 0 if row["shares"] == "value" else int(row["shares"].removeprefix("point "))
    values.loc[wide.columns, "wage"] = wide.loc[point]
    method = Method(
        normalisation=row["normalisation"], exclude_indicators=[row["left_out"]] if row["left_out"] != "none" else []
    )
    panel = (
        values.rename_axis(index="city", columns="indicator").stack().rename("value").reset_index().assign(year=2018)
    )
    return build(panel, tree, method).scores[tree.root]


@pytest.mark.slow
def test_each_draw_is_the_index_of_its_point(case, tree):
    data, wide, space = case
    result = uncertainty(data, tree, space, 60, 3)
    for draw, row in result.parameters.astype(str).iterrows():
        expected = by_hand(data, tree, wide, row)
        np.testing.assert_allclose(result.scores.loc[draw, expected.index], expected, atol=1e-9)
    assert "value" not in set(result.parameters["shares"])
    assert result.parameters["shares"].nunique() == 12


@pytest.mark.slow
def test_a_method_that_looks_across_indicators_is_computed_one_by_one_and_the_same(case, tree):
    data, wide, space = case
    slow = uncertainty(data, tree, space, 12, 3, method=Method(weighting="standard-deviation"))
    weighted = data.copy()
    first = slow.parameters["shares"].astype(str).iloc[0]
    weighted.loc[wide.columns, "wage"] = wide.loc[int(first.removeprefix("point "))]
    row = slow.parameters.astype(str).iloc[0]
    method = Method(
        normalisation=row["normalisation"],
        weighting="standard-deviation",
        exclude_indicators=[row["left_out"]] if row["left_out"] != "none" else [],
    )
    panel = weighted.rename_axis(index="city", columns="indicator").stack().rename("value").reset_index()
    expected = build(panel.assign(year=2018), tree, method).scores[tree.root]
    np.testing.assert_allclose(slow.scores.loc[0, expected.index], expected, atol=1e-9)


def test_draws_are_the_same_on_several_workers_and_do_not_change_other_assumptions(case, tree):
    data, _, space = case
    one, two = (uncertainty(data, tree, space, 5000, 7, workers=workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(one.scores, two.scores)
    without = uncertainty(data, tree, {name: SPACE[name] for name in ("normalisation", "left_out")}, 5000, 7)
    pd.testing.assert_frame_equal(one.parameters.drop(columns="shares"), without.parameters)


@pytest.mark.slow
def test_the_value_of_the_panel_is_the_reference_and_the_base(case, tree):
    data, wide, space = case
    table = tornado(data, tree, space, 3)
    alone = table[table["assumption"] == "shares"].set_index("city")
    draws = [
        by_hand(data, tree, wide, {"shares": f"point {point}", "normalisation": "min-max", "left_out": "none"})
        for point in wide.index[1:]
    ]
    ranks = pd.DataFrame(draws).rank(axis=1, ascending=False, method="min")
    assert (alone["best"] >= ranks.min()[alone.index]).all() and (alone["worst"] <= ranks.max()[alone.index]).all()
    assert (alone["best"] < alone["worst"]).any()
    base = by_hand(data, tree, wide, {"shares": "value", "normalisation": "min-max", "left_out": "none"})
    assert alone["base"].tolist() == base.rank(ascending=False, method="min")[alone.index].tolist()


@pytest.mark.filterwarnings("ignore::fhi.engine.robustness.saltelli.WideIntervals")
def test_shares_are_one_input_of_the_sobol_design(case, tree):
    data, _, space = case
    found = sensitivity(data, tree, space, 256, 1, resamples=20)
    assert found["assumption"].unique().tolist() == ["normalisation", "left_out", "shares"]
    assert (found.loc[(found["output"] == "rank") & (found["assumption"] == "shares"), "total"] > 0).any()


def test_a_point_moves_only_what_has_the_value_of_the_panel(case, tree):
    data, wide, space = case
    other = data.copy()
    other.loc["unit 2", "wage"] += 1.0
    result = uncertainty(other, tree, space, 20, 3)
    row = result.parameters.astype(str).iloc[0]
    columns = wide.drop(columns="unit 2")
    expected = by_hand(other, tree, columns, row)
    np.testing.assert_allclose(result.scores.loc[0, expected.index], expected, atol=1e-9)


def test_what_is_no_way_to_draw_shares_is_refused(tree, case):
    with pytest.raises(MethodError, match=r"robustness\.shares: there is no 'intervall'\. Did you mean interval"):
        parse({"shares": "intervall"}, Method(), tree)
    joint = pd.DataFrame({"indicator": "wage", "city": "unit 2", "point": [0, 1], "value": [1.0, 2.0]})
    space = parse({"shares": "interval", "data_noise": {"wage": {"sd": 1}}}, Method(), tree)
    with pytest.raises(MethodError, match="wage is drawn within its interval"):
        with_points(space, joint)
    off = parse({"shares": "value", "normalisation": ["rank"]}, Method(), tree)
    assert with_points(off, joint).assumptions == ["normalisation"]
