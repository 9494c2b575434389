"""Multiple imputation in the space: each draw takes one completed table; what is drawn follows its distribution."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.imputation import models
from fhi.engine.index import build
from fhi.engine.parameters import Method, Step
from fhi.engine.robustness import sensitivity, uncertainty
from fhi.engine.robustness.engine import Plan, evaluate
from fhi.engine.robustness.saltelli import tornado
from fhi.engine.robustness.space import parse

SPACE = {
    "normalisation": ["min-max", "rank"],
    "left_out": ["none", "rent"],
    "imputed": {"method": "hot-deck", "draws": 6},
}
METHOD = Method(availability={0: 0.2})


@pytest.fixture(scope="module")
def data(tree, cases):
    return cases["make_data"](tree, 9, seed=3, gaps=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [{}, {"data_noise": {"wage": {"sd": 3}, "age": {"relative": 0.1}}}])
def test_each_draw_is_the_index_of_its_table(data, tree, noise):
    result = uncertainty(data, tree, SPACE | noise, 40, 3, method=METHOD)
    tables = models.completed(data[[*data]], Step(method="hot-deck"), 6, 0)
    assert data.isna().to_numpy().sum() > 5
    for draw, row in result.parameters.astype(str).iterrows():
        table = int(row["imputed"].removeprefix("table ")) - 1
        values = pd.DataFrame(tables[table], index=data.index, columns=data.columns)
        for code in noise.get("data_noise", {}):
            errors = [float(row[f"data_noise.{code}.{unit}"]) for unit in sorted(data.index)]
            sd = 3 if code == "wage" else 0.1 * data[code].abs()
            values[code] = values[code].where(
                data[code].isna(), data[code] + pd.Series(errors, sorted(data.index)) * sd
            )
        out = [row["left_out"]] if row["left_out"] != "none" else []
        method = METHOD.model_copy(update={"exclude_indicators": tuple(out)})
        method = type(method)(**method.model_dump() | {"normalisation": row["normalisation"]})
        expected = build(values, tree, method).scores[tree.root]
        np.testing.assert_allclose(result.scores.loc[draw], expected[result.units], rtol=1e-10)


def test_a_draw_on_its_own_is_the_draw_among_the_others(data, tree):
    result = uncertainty(data, tree, SPACE | {"data_noise": {"wage": {"sd": 3}}}, 12, 3, method=METHOD)
    plan = Plan(result.study.model, result.study.codes(12, 3), result.study.ranked)
    together = evaluate(plan, result.sample)
    for draw in range(12):
        alone = plan.plain(result.sample, draw)[result.units]
        np.testing.assert_allclose(together[draw], alone, rtol=1e-10)


@pytest.mark.filterwarnings("ignore::fhi.engine.robustness.saltelli.WideIntervals")
def test_it_is_one_input_of_sensitivity_and_tornado(data, tree):
    found = sensitivity(data, tree, SPACE, 64, 1, method=METHOD)
    assert set(found["assumption"]) == {"normalisation", "left_out", "imputed"}
    alone = tornado(data, tree, SPACE, 1, method=METHOD)
    assert (alone.query("assumption == 'imputed'")["best_at"] == "").all()


def test_without_gaps_there_is_nothing_to_draw(tree, cases):
    full = cases["make_data"](tree, 8, seed=1)
    assert uncertainty(full, tree, SPACE, 10, 1).study.model.space.assumptions == ["normalisation", "left_out"]


@pytest.mark.slow
def test_the_normal_draws_have_the_regression_and_its_spread():
    source = np.random.default_rng(4)
    x = source.normal(size=400)
    data = pd.DataFrame({"x": x, "y": 2 * x + source.normal(size=400)}, index=[f"u{n:03d}" for n in range(400)])
    data.loc["u000", ["x", "y"]] = [1.5, np.nan]
    drawn = models.completed(data, Step(method="normal", ridge=0.0), 600, 1)[:, 0, 1]
    rest = data.iloc[1:]
    slope, intercept = np.polyfit(rest["x"], rest["y"], 1)
    error = np.sqrt(np.sum((rest["y"] - intercept - slope * rest["x"]) ** 2) / 397)
    assert drawn.mean() == pytest.approx(intercept + slope * 1.5, abs=4 * error / np.sqrt(600))
    assert drawn.std() == pytest.approx(error, rel=0.12)


def test_the_bootstrap_of_donors_has_their_mean_and_more_than_their_spread():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4, np.nan]}, index=list("abcde"))
    drawn = models.completed(data, Step(method="hot-deck"), 3000, 1)[:, 4, 0]
    assert set(drawn) == {1, 2, 3, 4}
    assert drawn.mean() == pytest.approx(2.5, abs=4 * np.sqrt(1.25 / 3000))


@pytest.mark.slow
def test_observed_cells_stay_and_the_order_of_rows_plays_no_part(data):
    first = models.completed(data, Step(method="normal"), 3, 5)
    assert all((table[data.notna()] == data.to_numpy()[data.notna()]).all() for table in first)
    turned = models.completed(data.iloc[::-1], Step(method="normal"), 3, 5)
    np.testing.assert_allclose(turned[:, ::-1], first)


@pytest.mark.parametrize(
    ("space", "told"),
    [
        ({"imputed": {"method": "norml"}}, "norml.*normal"),
        ({"imputed": {"method": "normal", "draws": 1}}, "draws must be a whole number of at least 2"),
        ({"imputed": {"draws": 5}}, "give {method: normal"),
        ({"imputed": {"method": "normal", "rigde": 1}}, "rigde.*ridge"),
        ({"imputed": "normal", "imputation": ["none", "median"]}, "imputed fills every missing cell"),
    ],
)
def test_refusals(space, told, tree):
    with pytest.raises(MethodError, match=told):
        parse(space, Method(), tree)
