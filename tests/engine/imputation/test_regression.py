"""Imputation by regression: R's values for `women`, NumPy's least squares, refusals."""

import numpy as np
import pandas as pd
import pytest

from fhi.engine.errors import MethodError
from fhi.engine.imputation import impute
from fhi.engine.imputation.models import completed
from fhi.engine.parameters import Step

NAN = float("nan")
# R's data set `women`; lm(weight ~ height) prints (Intercept) -87.51667, height 3.45000, residual standard error 1.525
WOMEN = pd.DataFrame(
    {
        "height": range(58, 73),
        "weight": [115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164],
    },
    dtype=float,
    index=[f"w{number}" for number in range(15)],
)


def with_gap(height=80.0):
    return pd.concat([WOMEN, pd.DataFrame({"height": [height], "weight": [NAN]}, index=["new"])])


def test_it_is_what_r_prints():
    filled, _ = impute(with_gap(), "regression")
    assert filled.loc["new", "weight"] == pytest.approx(-87.51667 + 3.45 * 80, abs=1e-5)


@pytest.mark.slow
def test_a_residual_is_drawn_from_the_error_that_r_prints():
    drawn = [
        impute(with_gap(65), "regression", residuals=True, seed=seed)[0].loc["new", "weight"] for seed in range(900)
    ]
    assert np.mean(drawn) == pytest.approx(-87.51667 + 3.45 * 65, abs=4 * 1.525 / 30)
    assert np.std(drawn) == pytest.approx(1.525, rel=4 / np.sqrt(2 * 900))


def test_each_pattern_of_gaps_has_its_own_regression():
    source = np.random.default_rng(3)
    data = pd.DataFrame(source.normal(size=(20, 3)), columns=list("xyz"), index=[f"u{n}" for n in range(20)])
    data.loc["u0", "z"] = data.loc["u1", ["y", "z"]] = NAN
    filled, _ = impute(data, "regression")

    def closed_form(rows, target, on, unit):
        given = np.column_stack([np.ones(len(rows)), data.loc[rows, on]])
        slopes = np.linalg.solve(given.T @ given, given.T @ data.loc[rows, target])
        return slopes @ np.array([1.0, *data.loc[unit, on]])

    rest = data.index[2:]
    assert filled.loc["u0", "z"] == pytest.approx(closed_form(rest, "z", ["x", "y"], "u0"))
    assert filled.loc["u1", "z"] == pytest.approx(closed_form(rest, "z", ["x"], "u1"))
    assert filled.loc["u1", "y"] == pytest.approx(closed_form(data.index.drop("u1"), "y", ["x"], "u1"))


def test_a_unit_without_regressors_gets_the_mean():
    filled, _ = impute(with_gap(NAN), "regression", on=("height",))
    assert filled.loc["new", "weight"] == pytest.approx(WOMEN["weight"].mean())


@pytest.mark.parametrize(
    ("data", "params", "told"),
    [
        (with_gap().iloc[[0, 1, 15]], {}, "only 2 units have weight and all of height.*needs 3"),
        (with_gap().assign(double=2 * with_gap()["height"] + 1), {}, "height, double are collinear"),
        (with_gap().assign(height=1.0), {}, "constant"),
        (with_gap(), {"on": ("age",)}, "age has no data"),
    ],
)
def test_refusals(data, params, told):
    with pytest.raises(MethodError, match=told):
        impute(data, "regression", **params)


def test_with_drawn_parameters_a_missing_cell_follows_the_t_distribution_of_predictions():
    # s·√(1 + 1/n + (x − x̄)²/Σ(x − x̄)²) times a t of 13 degrees, of variance 13/11; x̄ = 65, Σ = 280
    drawn = completed(with_gap(80), Step(method="regression"), 1500, 2)[:, -1, 1]
    spread = 1.525 * np.sqrt(1 + 1 / 15 + 15**2 / 280) * np.sqrt(13 / 11)
    assert np.mean(drawn) == pytest.approx(-87.51667 + 3.45 * 80, abs=4 * spread / np.sqrt(1500))
    assert np.std(drawn) == pytest.approx(spread, rel=4 / np.sqrt(1500))
    with pytest.raises(MethodError, match="name fewer indicators in `on`, or use normal") as told:
        completed(with_gap().iloc[-3:], Step(method="regression"), 2, 0)
    assert told.value.key == "imputed.on"
    with pytest.raises(MethodError, match="width has no data to regress on here"):
        completed(with_gap(), Step(method="regression", on=("width",)), 2, 0)
