"""Bounds in the indicators' own units go with treatments that leave these as they are; others are refused."""

import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine import normalisation, treatment
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build, check
from fhi.engine.methods import traits
from fhi.engine.parameters import Method
from fhi.engine.robustness import runs, uncertainty
from fhi.engine.years import build_years
from fhi.running import lab
from fhi.scenarios import Scenario
from fhi.showing.compare import Data

TREE = Framework.from_table(
    pd.DataFrame(
        {
            "code": ["index", "wealth", "income", "debt"],
            "level": [0, 1, 2, 2],
            "parent": [None, "index", "wealth", "wealth"],
            "direction": [1, 1, 1, -1],
            "weight": 1.0,
            "unit": None,
            "name_zh": "名",
            "name_en": "name",
        }
    )
)
#: the methods with parameters in the indicators' own units
BOUNDED = {
    "goalposts": {"goalposts": {"income": [0, 5e4], "debt": [0, 5e4]}},
    "efficacy": {"bounds": {"income": [0, 5e4]}, "base": 0, "span": 100},
    "distance-to-targets": {"targets": {"income": 5e4, "debt": 0}},
    "bounds-by-rule": {"ends": {"income": {"worst": 0, "best": 5e4}, "debt": {"worst": 5e4, "best": 0}}},
    "optimum": {"optima": {"income": [-1, 2e4, 6e4], "debt": [-1, 1, 6e4]}},
    "categories": {"points": {"income": {-1: 0, 2e4: 50}, "debt": {-1: 0, 2e4: 50}}},
}
TREATMENTS = [
    "none",
    "winsorise",
    {"method": "winsorise", "otherwise": "box-cox"},
    {"method": "winsorise", "points": 0},
    {"method": "winsorise", "otherwise": "none"},
    "winsorise-percentiles",
]
REFUSED = TREATMENTS[1:4]


def panel(values, year=2018):
    frame = pd.DataFrame(values, columns=["income", "debt"]).rename_axis("city").rename(index="city {:02d}".format)
    long = frame.rename_axis(columns="indicator").stack().rename("value").reset_index()
    return long.assign(year=year, unit="", source_id="made/up", evidence="synthetic")


#: so skewed that five points do not mend it
SKEWED = panel(np.column_stack([np.geomspace(0.01, 4.9e4, 80)] * 2))


def bounded(name, treat="none", **others):
    return Method(treatment=treat, normalisation={"method": name} | BOUNDED[name], **others)


def test_every_method_with_bounds_is_among_those_tried():
    marked = {name for name in normalisation.METHODS if traits("normalisation", name).in_units}
    assert marked == set(BOUNDED)
    assert {treatment.transformation(name, {}) for name in treatment.METHODS} == {None, "log"}


def test_the_treatment_would_take_logarithms_of_these_data():
    record = build(SKEWED, TREE, Method(treatment="winsorise")).stages["treatment"]
    assert "log" in set(record["method"])


@pytest.mark.parametrize(("name", "treat"), product(BOUNDED, TREATMENTS))
def test_a_pair_gives_points_between_the_bounds_or_is_refused_by_name(name, treat):
    method = bounded(name, treat)
    if treat not in REFUSED:
        points = build(SKEWED, TREE, method).stages["normalised"].stack()
        assert points.between(0, 1 if name == "distance-to-targets" else 100).all()
        # no column has collapsed
        assert points.groupby("indicator").agg(np.ptp).min() > 0.3
        return
    key = f"normalisation.{next(iter(BOUNDED[name]))}"
    for run in (
        lambda: check(method, TREE, file="scenarios/x.yml"),
        lambda: build(SKEWED, TREE, method),
        lambda: build_years(SKEWED, TREE, method),
    ):
        with pytest.raises(
            MethodError, match=r"own units.*otherwise: none in the treatment, or choose a normalisation"
        ) as caught:
            run()
        assert caught.value.key == key


@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=6, max_size=30), st.sampled_from([TREATMENTS[0], *TREATMENTS[4:]]))
def test_data_inside_the_goalposts_give_0_to_100(values, treat):
    data = panel(np.column_stack([values, values[::-1]]))
    posts = {"goalposts": {"income": [0, 1e6], "debt": [0, 1e6]}, "truncate": False}
    method = Method(treatment=treat, normalisation={"method": "goalposts"} | posts)
    assert build(data, TREE, method).stages["normalised"].stack().between(-1e-9, 100 + 1e-9).all()


def test_efficacy_without_bounds_takes_those_of_the_treated_column():
    points = build(SKEWED, TREE, Method(treatment="winsorise", normalisation="efficacy")).stages["normalised"]
    assert points.min().tolist() == pytest.approx([60, 60]) and points.max().tolist() == pytest.approx([100, 100])


def test_a_pair_in_the_space_is_refused_before_any_draw():
    posts = {"method": "goalposts"} | BOUNDED["goalposts"]
    space = {"treatment": ["none", "winsorise"], "normalisation": ["min-max", posts]}
    with pytest.raises(MethodError, match=r"winsorise with goalposts: .*otherwise: none") as caught:
        runs.check(Method(robustness={"space": space}), TREE, file="scenarios/x.yml")
    assert (caught.value.file, caught.value.key) == ("scenarios/x.yml", "robustness.space")
    with pytest.raises(MethodError, match="winsorise with goalposts"):
        uncertainty(SKEWED, TREE, space, 10)
    # what the scenario says itself and the space replaces is no pair
    kept = space | {"treatment": ["none", {"method": "winsorise", "otherwise": "none"}]}
    runs.check(Method(treatment="winsorise", robustness={"space": kept}), TREE)
    assert uncertainty(SKEWED, TREE, kept, 20, method=Method(year=2018)).scores.min().min() >= 0
    # what it leaves to the scenario is
    with pytest.raises(MethodError, match="winsorise with goalposts"):
        runs.check(bounded("goalposts", robustness={"space": {"treatment": ["none", "winsorise"]}}), TREE)


def test_a_pair_in_a_grid_is_told_in_its_results():
    posts = {"method": "goalposts"} | BOUNDED["goalposts"]
    grid = {"treatment": ["none", "winsorise"], "normalisation": ["min-max", posts]}
    published = pd.DataFrame({"node": "index", "city": ["city 00", "city 01", "city 02"], "rank": [1, 2, 3]})
    table, _ = runs.sweep(SKEWED, TREE, Method(robustness={"grid": grid}), published)
    assert table["error"].notna().tolist() == [False, False, False, True]
    assert "own units" in table["error"][3]


def test_the_lab_refuses_a_pair():
    data = Data(SKEWED, TREE, pd.DataFrame(index=SKEWED["city"].unique()))
    base = lab.build_result("base", Scenario(), data)
    changes = {"treatment": "winsorise", "normalisation": {"method": "goalposts"} | BOUNDED["goalposts"]}
    with pytest.raises(MethodError, match="own units"):
        lab.change(base, changes)


@pytest.mark.parametrize("over", ["pooled", {"method": "base-year", "base": 2017}])
def test_years_that_are_measured_alike_are_not_transformed_each_by_itself(over):
    calm = panel(np.random.default_rng(2).uniform(10, 90, (80, 2)), 2017)
    data = pd.concat([calm, SKEWED])
    method = Method(year=2018, treatment="winsorise", over_years=over)
    with pytest.raises(MethodError, match=r"scores of several years need one unit.*otherwise: none"):
        build(data, TREE, method)
    # so it is when another year is the one
    with pytest.raises(MethodError, match="scores of several years need one unit"):
        build(pd.concat([SKEWED.assign(year=2017), calm.assign(year=2018)]), TREE, method)
    plain = method.model_copy(update={"treatment": Method(treatment=TREATMENTS[4]).treatment})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert build(data, TREE, plain).scores["index"].notna().all()
