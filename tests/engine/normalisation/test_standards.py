"""Centre and spread, and shares of the sum: worked by hand and against independent libraries."""

import numpy as np
import pytest
from pymcdm.normalizations import sum_normalization
from scipy.stats import zscore
from sklearn.preprocessing import RobustScaler

from fhi.engine.errors import MethodError

NAN = float("nan")
VALUES = np.random.default_rng(4).lognormal(size=8)


def test_z_score_uses_the_sample_standard_deviation(normalised):
    # mean 4, squared deviations 4 + 4 + 0 + 0 + 0 over n - 1 = 4: s = √2
    root = 2**0.5
    assert normalised([2, 4, 4, 4, 6], "z-score") == pytest.approx([-root, 0, 0, 0, root])
    assert normalised(VALUES, "z-score") == pytest.approx(zscore(VALUES, ddof=1))


def test_z_score_has_a_mean_and_a_standard_deviation_to_choose(normalised):
    # mean 5, squared deviations 16 + 1 + 9 = 26 over 2: s = √13
    expected = [50 - 40 / 13**0.5, 50 + 10 / 13**0.5, 50 + 30 / 13**0.5]
    assert normalised([1, 6, 8], "z-score", mean=50, sd=10) == pytest.approx(expected)


def test_where_less_is_better_z_score_changes_its_sign(normalised):
    assert normalised([1, 3], "z-score", -1) == pytest.approx([0.5**0.5, -(0.5**0.5)])


def test_robust_takes_median_and_quartiles(normalised):
    # median 3, quartiles 2 and 4; the outlier moves neither
    assert normalised([1, 2, 3, 4, 500], "robust") == pytest.approx([-1, -0.5, 0, 0.5, 248.5])
    assert normalised([1, 2, 3, 4, 500], "robust", -1) == pytest.approx([1, 0.5, 0, -0.5, -248.5])
    assert normalised([1, NAN, 3, 2], "robust") == pytest.approx([-1, NAN, 1, 0], nan_ok=True)


def test_robust_is_what_scikit_learn_finds(normalised):
    expected = RobustScaler().fit_transform(VALUES[:, None]).ravel()
    assert normalised(VALUES, "robust") == pytest.approx(expected)


def test_robust_refuses_equal_quartiles_although_there_is_spread(normalised):
    with pytest.raises(MethodError, match=r"quartiles are equal in x, .* leave it out or choose z-score"):
        normalised([5, 5, 5, 5, 9], "robust")


def test_shares_of_the_sum(normalised):
    assert normalised([1, 3, 0, 4], "proportion-of-sum") == pytest.approx([0.125, 0.375, 0, 0.5])
    assert normalised([1, NAN, 3], "proportion-of-sum", raw=True) == pytest.approx([0.25, NAN, 0.75], nan_ok=True)
    # two of three units have a value: the shares average a third, as those of a column without gaps do
    assert normalised([1, NAN, 3], "proportion-of-sum") == pytest.approx([1 / 6, NAN, 1 / 2], nan_ok=True)
    assert normalised(VALUES, "proportion-of-sum") == pytest.approx(sum_normalization(VALUES))


def test_shares_of_the_sum_reverse_where_less_is_better(normalised):
    # 1, 3, 4 reflect to 4, 2, 1
    assert normalised([1, 3, 4], "proportion-of-sum", -1) == pytest.approx([4 / 7, 2 / 7, 1 / 7])


@pytest.mark.parametrize("direction", [1, -1])
def test_shares_of_negative_values_or_of_nothing_are_refused(normalised, direction):
    with pytest.raises(MethodError, match=r"values of 0 or more, .* in x"):
        normalised([1, -3, 4], "proportion-of-sum", direction)
    with pytest.raises(MethodError, match="every value is 0 in x"):
        normalised([0, 0], "proportion-of-sum", direction)
