"""Ranks of many draws at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples

from fhi.engine.robustness.summary import CELLS, TIE, rank


def one_by_one(scores):
    """Count the better ones, draw by draw."""
    rows = []
    for row in scores:
        tie = TIE * np.abs(row).max()
        rows.append([1 + sum(other > own + tie for other in row) for own in row])
    return np.array(rows)


def test_the_best_has_rank_one_and_ties_share_the_lower_number():
    scores = np.array([[30.0, 10, 20, 20], [-1, -3, -2, 0], [5, 5, 5, 5], [0, -0.0, 1, -1]])
    assert rank(scores).tolist() == [[1, 4, 2, 2], [2, 4, 3, 1], [1, 1, 1, 1], [2, 2, 1, 4]]


def test_the_last_bits_of_a_sum_make_no_rank():
    assert 0.1 + 0.2 > 0.3
    assert rank(np.array([[0.1 + 0.2, 0.3, 0.1], [100 + 1e-11, 100, 99]])).tolist() == [[1, 1, 3], [1, 1, 3]]


def test_a_small_difference_that_is_no_rounding_makes_a_rank():
    assert rank(np.array([[100 + 1e-9, 100, 99]])).tolist() == [[1, 2, 3]]


@settings(max_examples=examples(100), deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(2, 40)), elements=st.floats(-1e6, 1e6)))
def test_ranks_of_any_scores_are_those_of_counting(scores):
    np.testing.assert_array_equal(rank(scores), one_by_one(scores))


@settings(max_examples=examples(50), deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 12)), elements=st.sampled_from([0.0, 1, 2, 2.5, -1])))
def test_ranks_of_many_ties_are_those_of_pandas(scores):
    expected = pd.DataFrame(scores).rank(axis=1, ascending=False, method="min")
    np.testing.assert_array_equal(rank(scores), expected)


@pytest.mark.parametrize("units", [2, 51, 257, 3000])
def test_ranks_of_few_and_many_units(units):
    scores = np.random.default_rng(units).normal(size=(7, units))
    expected = pd.DataFrame(scores).rank(axis=1, ascending=False, method="min")
    found = rank(scores)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == (np.uint8 if units < 256 else np.uint16)


def test_scores_that_differ_in_the_bits_that_the_number_of_the_unit_takes_are_told_apart():
    # with 4096 units the number takes 12 bits: 2e-12 is no tie, and is lost in the keys
    scores = np.arange(4096.0)[None, ::-1].copy() + 1e4
    scores[0, :2] = scores[0, 0], scores[0, 0] * (1 + 3e-12)
    np.testing.assert_array_equal(rank(scores)[0, :3], [2, 1, 3])


def test_draws_that_do_not_fit_at_once_are_ranked_in_parts():
    scores = np.random.default_rng(3).random((CELLS // 20 + 3, 40))
    expected = pd.DataFrame(scores).rank(axis=1, ascending=False, method="min")
    np.testing.assert_array_equal(rank(scores), expected)
