"""Weights from spread: an independent library, closed forms, available cases, and what cannot be weighed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm import weights as reference
from sampled import examples

from fhi.engine.errors import MethodError
from fhi.engine.weighting import weigh

NAN = float("nan")
SCORES = arrays(float, (7, 3), elements=st.floats(1, 100))
few = settings(max_examples=examples(40), deadline=None)


def spread_out(scores):
    return (np.ptp(scores, axis=0) > 1e-3).all()


@pytest.mark.slow
@few
@given(SCORES)
def test_entropy_agrees_with_pymcdm(flat, scores):
    assume(spread_out(scores))
    assert flat(scores, "entropy") == pytest.approx(reference.entropy_weights(scores), abs=1e-6)


@pytest.mark.slow
@few
@given(SCORES)
def test_the_standard_deviation_agrees_with_pymcdm(flat, scores):
    assume(spread_out(scores))
    assert flat(scores, "standard-deviation") == pytest.approx(reference.standard_deviation_weights(scores))


@pytest.mark.slow
@few
@given(SCORES)
def test_critic_of_min_max_scores_agrees_with_pymcdm(flat, scores):
    assume(spread_out(scores))
    normalised = (scores - scores.min(axis=0)) / np.ptp(scores, axis=0)
    # with three indicators in one line there is no conflict to weigh
    assume((1 - np.corrcoef(normalised.T)).sum() > 1e-3)
    assert flat(normalised, "critic") == pytest.approx(reference.critic_weights(scores), abs=1e-6)


def test_the_coefficient_of_variation_by_hand(flat):
    # 1, 3: mean 2, s = √2; 10, 20: mean 15, s = √50; 0.7071 : 0.4714 = 3 : 2
    assert flat([[1, 10], [3, 20]], "coefficient-of-variation") == pytest.approx([0.6, 0.4])


def test_entropy_by_hand(flat):
    # 1, 1, 2 shares ¼, ¼, ½: e = 1.5 ln 2/ln 3; 0, 0, 4: e = 0, so the zeros are no trouble
    evenness = 1.5 * np.log(2) / np.log(3)
    expected = np.array([1 - evenness, 1]) / (2 - evenness)
    assert flat([[1, 0], [1, 0], [2, 4]], "entropy") == pytest.approx(expected)


def test_critic_by_hand(flat):
    # s 1 and 2 of two indicators: the common 1 − r cancels; three of which two agree and one is their opposite
    assert flat([[0, 1], [1, 5], [2, 3]], "critic") == pytest.approx([1 / 3, 2 / 3])
    # 1 − r: each of the pair 0 + 2, the opposite 2 + 2
    assert flat([[0, 0, 2], [1, 1, 1], [2, 2, 0]], "critic") == pytest.approx([0.25, 0.25, 0.5])


@pytest.mark.parametrize("method", ["entropy", "coefficient-of-variation", "standard-deviation"])
def test_a_missing_cell_leaves_the_column_to_the_others(flat, method):
    full = [[1, 10], [2, 40], [4, 90]]
    # the second column is weighed over its own three units, the first over its own three
    gaps = [[1, 10], [2, 40], [4, 90], [NAN, NAN]]
    assert flat(gaps, method) == pytest.approx(flat(full, method))
    shifted = [[1, NAN], [2, 10], [4, 40], [NAN, 90]]
    assert flat(shifted, method) == pytest.approx(flat(full, method))


def test_critic_correlates_each_pair_over_what_both_have(flat):
    scores = [[0, 1, 3], [1, 5, 1], [2, 3, 8], [5, NAN, 2], [NAN, 4, 6]]
    data = pd.DataFrame(scores)
    expected = data.std() * (1 - data.corr()).sum()
    assert flat(scores, "critic") == pytest.approx((expected / expected.sum()).to_list())


def test_too_few_units_in_common_are_refused_by_name(flat):
    with pytest.raises(MethodError, match=r"a and b cannot be correlated: they share fewer than 3 units.*below root\)"):
        flat([[1, NAN], [2, 5], [3, 4], [NAN, 7]], "critic")
    with pytest.raises(MethodError, match="or one is the same in all of these"):
        flat([[1, 5], [2, 5], [3, 5], [NAN, 7]], "critic")


def test_indicators_in_one_line_leave_critic_nothing_to_weigh(flat):
    with pytest.raises(MethodError, match=r"critic gives no weight to any of a, b \(below root\)"):
        flat([[1, 10], [2, 20], [3, 30]], "critic")


def test_entropy_of_negative_scores_is_refused_by_name(flat):
    with pytest.raises(MethodError, match=r"not negative: b, c; normalise by min-max \(below root\)"):
        flat([[1, -1, -2], [2, 3, 4], [3, 1, 1]], "entropy")


@pytest.mark.parametrize("column", [[-1, 1, 0], [-5, -1, -3]])
def test_a_coefficient_of_variation_around_zero_is_refused_by_name(flat, column):
    with pytest.raises(MethodError, match="needs a positive mean: b"):
        flat(list(zip([1, 2, 4], column, strict=True)), "coefficient-of-variation")


@pytest.mark.slow
@few
@given(SCORES, st.sampled_from([0.01, 3, 1000]))
@pytest.mark.parametrize("method", ["entropy", "coefficient-of-variation"])
def test_the_unit_of_an_indicator_does_not_matter_to_ratios(flat, method, scores, factor):
    assume(spread_out(scores))
    scaled = scores * np.array([1, factor, 1])
    assert flat(scaled, method) == pytest.approx(flat(scores, method), abs=1e-9)


def test_inside_a_parent_with_one_child_with_data_that_child_weighs_all(tree):
    framework = tree({"root": "pq", "p": "ab", "q": "cd"})
    data = pd.DataFrame({"a": [1.0, 2, 4], "b": NAN, "c": [1.0, 2, 9], "d": [3.0, 1, 2]})
    weights = weigh(data, framework, "entropy")
    assert (weights["a"], weights["b"]) == (1, 0)
    assert weights["p"] + weights["q"] == pytest.approx(1)
