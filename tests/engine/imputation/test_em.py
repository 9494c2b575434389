"""Imputation by the multivariate normal: a closed form, the likelihood maximised directly, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from fhi.engine.errors import MethodError
from fhi.engine.imputation import impute

NAN = float("nan")


def test_for_one_indicator_with_gaps_it_is_the_regression_on_the_others():
    # monotone gaps: maximum likelihood is least squares on the complete units (Anderson 1957)
    random = np.random.default_rng(3)
    data = pd.DataFrame(random.normal(size=(12, 2)), columns=["x", "z"])
    data["y"] = 2 + 3 * data["x"] - data["z"] + random.normal(size=12)
    data.loc[[1, 7, 9], "y"] = NAN
    complete = data.dropna()
    design = np.column_stack([np.ones(len(complete)), complete[["x", "z"]]])
    coefficients = np.linalg.lstsq(design, complete["y"], rcond=None)[0]
    gaps = data["y"].isna()
    expected = np.column_stack([np.ones(3), data.loc[gaps, ["x", "z"]]]) @ coefficients
    filled, mask = impute(data, "em")
    np.testing.assert_allclose(filled.loc[gaps, "y"], expected, rtol=1e-5)
    assert mask["y"].equals(gaps)


def test_a_line_is_continued():
    data = pd.DataFrame({"x": [1.0, 2, 3, 4, 10], "y": [2.0, 4, 6, NAN, 20]})
    assert impute(data, "em")[0].loc[3, "y"] == pytest.approx(8, abs=1e-6)


def test_a_unit_without_any_value_gets_the_means():
    data = pd.DataFrame({"x": [1.0, 2, 6, NAN], "y": [5.0, 1, 3, NAN]})
    assert impute(data, "em")[0].loc[3].tolist() == pytest.approx([3, 3], abs=1e-5)


def penalised(parameters, values, ridge):
    """Minus the log-likelihood of the observed cells, with the ridge's penalty."""
    size = values.shape[1]
    mean, factor = parameters[:size], np.zeros((size, size))
    factor[np.tril_indices(size)] = parameters[size:]
    covariance = factor @ factor.T + 1e-12 * np.eye(size)
    total = 0.5 * len(values) * ridge * np.trace(np.linalg.inv(covariance))
    for row in values:
        seen = ~np.isnan(row)
        if seen.any():
            known, deviation = covariance[np.ix_(seen, seen)], row[seen] - mean[seen]
            total += 0.5 * (np.linalg.slogdet(known)[1] + deviation @ np.linalg.solve(known, deviation))
    return total


def expected_under(parameters, values):
    size = values.shape[1]
    mean, factor = parameters[:size], np.zeros((size, size))
    factor[np.tril_indices(size)] = parameters[size:]
    covariance, filled = factor @ factor.T, values.copy()
    for row in filled:
        gap = np.isnan(row)
        slopes = covariance[np.ix_(gap, ~gap)] @ np.linalg.inv(covariance[np.ix_(~gap, ~gap)])
        row[gap] = mean[gap] + slopes @ (row[~gap] - mean[~gap])
    return filled


@pytest.mark.parametrize("ridge", [0.0, 0.2])
def test_it_maximises_the_likelihood_of_what_is_observed_less_the_penalty(ridge):
    random = np.random.default_rng(5)
    raw = random.multivariate_normal([0, 5, -2], [[1, 0.6, 0.3], [0.6, 2, -0.4], [0.3, -0.4, 1.5]], size=25)
    data = pd.DataFrame(raw, columns=list("xyz")).mask(random.random(raw.shape) < 0.2).dropna(how="all")
    scale, centre = data.std(ddof=0), data.mean()
    values = ((data - centre) / scale).to_numpy()
    start = np.concatenate([np.zeros(3), np.eye(3)[np.tril_indices(3)]])
    found = minimize(penalised, start, (values, ridge), method="BFGS", options={"gtol": 1e-6})
    expected = expected_under(found.x, values) * scale.to_numpy() + centre.to_numpy()
    np.testing.assert_allclose(impute(data, "em", ridge=ridge)[0], expected, atol=1e-4)


def test_the_ridge_draws_what_is_filled_towards_the_mean():
    data = pd.DataFrame({"x": [1.0, 2, 3, 4, 10], "y": [2.0, 5, 6, 7, NAN]})
    fills = [impute(data, "em", ridge=ridge)[0].loc[4, "y"] for ridge in (0, 0.1, 1, 1000)]
    assert fills == sorted(fills, reverse=True)
    assert fills[0] > fills[1] + 0.1
    assert fills[-1] == pytest.approx(5, abs=0.1)


def test_a_column_without_spread_is_refused_by_name():
    with pytest.raises(MethodError, match=r"the same in y: .* use mean"):
        impute(pd.DataFrame({"x": [1.0, 2, 4], "y": [3.0, NAN, 3.0]}), "em")


def test_indicators_that_follow_from_each_other_are_refused_by_name_unless_there_is_a_ridge():
    data = pd.DataFrame({"x": [1.0, 2, 4, 7], "twice": [2.0, 4, 8, 14], "y": [3.0, NAN, 5, 4]})
    with pytest.raises(MethodError, match=r"covariance of x, twice is singular: .* set ridge") as caught:
        impute(data, "em")
    assert caught.value.key == "imputation.ridge"
    assert impute(data, "em", ridge=0.01)[0].notna().to_numpy().all()


def test_rounds_that_do_not_converge_are_told():
    random = np.random.default_rng(1)
    data = pd.DataFrame(random.normal(size=(20, 3))).mask(random.random((20, 3)) < 0.3)
    with pytest.raises(MethodError, match=r"no convergence in 2 rounds .* raise iterations, tolerance or ridge"):
        impute(data, "em", iterations=2)
    assert impute(data, "em", iterations=2, tolerance=10)[1].to_numpy().any()


@pytest.mark.parametrize(("key", "value"), [("ridge", -1), ("tolerance", 0), ("iterations", 0), ("ridge", "small")])
def test_parameters_out_of_range_are_refused(key, value):
    with pytest.raises(MethodError) as caught:
        impute(pd.DataFrame({"x": [1.0, 2]}), "em", **{key: value})
    assert caught.value.key == f"imputation.{key}"
