"""Imputation by the nearest units: by hand, against scikit-learn, and what ties and gaps do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import KNNImputer

from fhi.engine.errors import MethodError
from fhi.engine.imputation import impute

NAN = float("nan")


def test_the_mean_of_the_two_nearest():
    # z is scaled by its own spread, so that its large numbers do not drown x
    data = pd.DataFrame(
        {"x": [0.0, 1, 2, 9, 10], "z": [0.0, 100, 200, 900, 1000], "y": [NAN, 4.0, 6.0, 50.0, 70.0]},
        index=["甲", "乙", "丙", "丁", "戊"],
    )
    result, mask = impute(data, "k-nearest-neighbours", k=2)
    assert result.loc["甲", "y"] == pytest.approx(5)
    assert mask.to_numpy().sum() == 1
    assert impute(data, "k-nearest-neighbours", k=1)[0].loc["甲", "y"] == 4
    # more neighbours than there are: all of them
    assert impute(data, "k-nearest-neighbours", k=50)[0].loc["甲", "y"] == pytest.approx(32.5)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_what_scikit_learn_finds_on_standardised_data(k, seed):
    random = np.random.default_rng(seed)
    data = pd.DataFrame(random.normal(size=(40, 6)) * [1, 10, 1e3, 1e-3, 5, 2], columns=list("abcdef"))
    data = data.mask(random.random(data.shape) < 0.15)
    scaled = (data - data.mean()) / data.std()
    expected = KNNImputer(n_neighbors=k).fit_transform(scaled) * data.std().to_numpy() + data.mean().to_numpy()
    assert data.isna().sum().sum() > 20
    np.testing.assert_allclose(impute(data, "k-nearest-neighbours", k=k)[0], expected, rtol=1e-9)


def test_all_that_tie_with_the_last_take_part():
    data = pd.DataFrame({"x": [5.0, 4, 6, 4, 0], "y": [NAN, 1.0, 2.0, 6.0, 99]}, index=list("甲乙丙丁戊"))
    # 乙, 丙 and 丁 are one away from 甲
    for order in (["甲", "乙", "丙", "丁", "戊"], ["丁", "戊", "丙", "甲", "乙"]):
        assert impute(data.loc[order], "k-nearest-neighbours", k=1)[0].loc["甲", "y"] == pytest.approx(3)


def test_a_unit_with_nothing_in_common_is_left_missing():
    data = pd.DataFrame({"x": [NAN, NAN, 3.0, 1], "y": [NAN, 2.0, NAN, NAN], "z": [4.0, 5, NAN, NAN]})
    result, mask = impute(data, "k-nearest-neighbours")
    # of those with y, only the second unit, it has z in common with the first, and nothing with the others
    assert result["y"].tolist() == pytest.approx([2, 2, NAN, NAN], nan_ok=True)
    assert mask["x"].tolist() == [False] * 4


def test_an_indicator_without_spread_brings_no_unit_nearer():
    data = pd.DataFrame({"x": [0.0, 1, 5], "same": 7.0, "y": [NAN, 1.0, 2.0]})
    assert impute(data, "k-nearest-neighbours", k=1)[0]["y"].tolist() == [1, 1, 2]


@pytest.mark.parametrize("k", [0, -1, 1.5, "three", True])
def test_a_number_of_neighbours_that_is_none_is_refused(k):
    with pytest.raises(MethodError, match="whole number, 1 or more") as caught:
        impute(pd.DataFrame({"x": [1.0, 2]}), "k-nearest-neighbours", k=k)
    assert caught.value.key == "imputation.k"
