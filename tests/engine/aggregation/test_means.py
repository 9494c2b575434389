"""Means: worked examples, limits of the generalised mean, and what they refuse."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples
from scipy import stats

from fhi.engine.aggregation.means import arithmetic, generalised_mean, geometric, harmonic

NAN = float("nan")
SCORES = st.lists(st.floats(0.5, 200), min_size=4, max_size=4)
SHARES = st.lists(st.floats(0.05, 1), min_size=4, max_size=4)


def rows(*lists):
    return np.array(lists, dtype=float)


def alike(scores):
    return np.full(scores.shape, 1 / scores.shape[1])


def test_the_geometric_means_of_the_handbook():
    # OECD/JRC (2008), section 6.11: of 21, 1, 1, 1 and of 6, 6, 6, 6, equal by the arithmetic mean, and one point more
    scores = rows([21, 1, 1, 1], [6, 6, 6, 6], [21, 2, 1, 1], [6, 7, 6, 6])
    assert arithmetic(scores, alike(scores))[:2] == pytest.approx([6, 6])
    assert geometric(scores, alike(scores)) == pytest.approx([2.14, 6, 2.54, 6.23], abs=0.01)


def test_the_harmonic_mean_by_hand():
    # 2/(1/40 + 1/60) = 48; 1/(0.25/10 + 0.75/30) = 20
    assert harmonic(rows([40, 60]), rows([0.5, 0.5])) == pytest.approx([48])
    assert harmonic(rows([10, 30]), rows([0.25, 0.75])) == pytest.approx([20])


@settings(max_examples=examples(60), deadline=None)
@given(SCORES, SHARES, st.floats(-8, 8))
def test_the_means_agree_with_scipy(values, shares, power):
    scores, weights = rows(values), rows(shares) / sum(shares)
    assert harmonic(scores, weights)[0] == pytest.approx(stats.hmean(values, weights=shares))
    assert geometric(scores, weights)[0] == pytest.approx(stats.gmean(values, weights=shares))
    found = generalised_mean(scores, weights, exponent=power)[0]
    # near 0 scipy loses its digits
    if abs(power) > 1e-3:
        assert found == pytest.approx(stats.pmean(values, power, weights=shares))


def test_exponents_one_zero_and_minus_one_are_the_means_of_those_names():
    scores, weights = rows([3, 12, 48], [5, 6, 7]), rows([0.5, 0.25, 0.25], [0.2, 0.2, 0.6])
    for exponent, mean in ((1, arithmetic), (0, geometric), (-1, harmonic)):
        assert generalised_mean(scores, weights, exponent=exponent) == pytest.approx(mean(scores, weights))


@pytest.mark.parametrize(("exponent", "limit"), [(1e-9, 12.0), (-1e-9, 12.0), (2000, 48.0), (-2000, 3.0)])
def test_a_generalised_mean_tends_to_its_limits_without_overflow(exponent, limit):
    # to the geometric mean (3·12·48 = 12³), to the largest and to the smallest score
    scores = rows([3, 12, 48])
    assert generalised_mean(scores, alike(scores), exponent=exponent) == pytest.approx([limit], rel=1e-3)


def test_a_generalised_mean_skips_a_missing_child():
    scores, weights = rows([4, NAN, 16]), rows([0.5, 0, 0.5])
    # (0.5·2 + 0.5·4)²
    assert generalised_mean(scores, weights, exponent=0.5) == pytest.approx([9])


def test_zeros_have_a_generalised_mean_of_positive_exponent_only():
    scores = rows([0, 4], [0, 0])
    assert generalised_mean(scores, alike(scores), exponent=0.5) == pytest.approx([1, 0])
    for exponent in (0, -1):
        with pytest.raises(ValueError, match="needs positive scores"):
            generalised_mean(scores, alike(scores), exponent=exponent)


@pytest.mark.parametrize("bad", [0.0, -3.0])
@pytest.mark.parametrize("mean", [geometric, harmonic])
def test_a_mean_of_ratios_refuses_zero_and_negatives(mean, bad):
    with pytest.raises(ValueError, match=f"a {mean.__name__} mean needs positive scores"):
        mean(rows([5, bad]), rows([0.5, 0.5]))
    # of no weight, it does no harm
    assert mean(rows([5, bad]), rows([1, 0])) == pytest.approx([5])


def test_a_generalised_mean_refuses_negatives_unless_it_is_arithmetic():
    scores = rows([5, -1])
    with pytest.raises(ValueError, match="exponent 2 needs scores that are not negative"):
        generalised_mean(scores, alike(scores), exponent=2)
    assert generalised_mean(scores, alike(scores), exponent=1) == pytest.approx([2])


@pytest.mark.parametrize("exponent", [float("nan"), float("inf"), "2", None, True, [2]])
def test_an_exponent_that_is_no_number_is_refused(refused, exponent):
    error = refused("generalised-mean", exponent=exponent)
    assert str(error).startswith("aggregation.exponent: must be a number; found ")


def test_a_generalised_mean_needs_its_exponent(refused):
    assert str(refused("generalised-mean")).startswith("aggregation.exponent: 'generalised-mean' needs 'exponent'")


@settings(max_examples=examples(60), deadline=None)
@given(SCORES, SHARES)
def test_the_smaller_the_exponent_the_smaller_the_mean(values, shares):
    scores, weights = rows(values), rows(shares) / sum(shares)
    means = [generalised_mean(scores, weights, exponent=power)[0] for power in (-3, -1, 0, 0.5, 1, 2, 5)]
    assert all(before <= after * (1 + 1e-9) for before, after in pairwise(means))
    assert min(values) * (1 - 1e-9) <= means[0] and means[-1] <= max(values) * (1 + 1e-9)
