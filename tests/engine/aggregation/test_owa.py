"""Median, minimum and ordered weighted averages: ordinary cases, Yager's example, ties and bad order weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.aggregation.means import median, minimum, owa

NAN = float("nan")
SCORE = st.floats(-100, 100)


def rows(*lists):
    return np.array(lists, dtype=float)


def alike(scores):
    return np.full(scores.shape, 1 / scores.shape[1])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(SCORE, min_size=1, max_size=7))
def test_with_equal_weights_the_median_is_the_ordinary_one(values):
    scores = rows(values)
    assert median(scores, alike(scores))[0] == pytest.approx(np.median(values))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(SCORE, st.integers(1, 4)), min_size=1, max_size=6))
def test_a_weight_counts_as_so_many_equal_children(pairs):
    values, times = zip(*pairs, strict=True)
    weights = rows(times) / sum(times)
    assert median(rows(values), weights)[0] == pytest.approx(np.median(np.repeat(values, times)))


def test_the_weighted_median_by_hand():
    # 10 has 0.3, with 20 it is 0.5: half way to 40; then 0.6 at 20; then all but nothing on one child
    scores = rows([40, 10, 20], [40, 10, 20], [40, 10, 20])
    weights = rows([0.5, 0.3, 0.2], [0.4, 0.3, 0.3], [0.98, 0.01, 0.01])
    assert median(scores, weights) == pytest.approx([30, 20, 40])


def test_the_minimum_looks_at_what_has_weight():
    scores, weights = (
        rows([40, 10, 20], [40, 10, 20], [40, NAN, 20]),
        rows([0.4, 0.3, 0.3], [0.5, 0, 0.5], [0.5, 0, 0.5]),
    )
    assert minimum(scores, weights).tolist() == [10, 20, 20]


def test_the_example_of_yager():
    # Yager (1988): weights 0.4, 0.3, 0.2, 0.1 of 0.7, 1, 0.3, 0.6 give 0.4·1 + 0.3·0.7 + 0.2·0.6 + 0.1·0.3
    scores = rows([0.7, 1, 0.3, 0.6])
    assert owa(scores, alike(scores), order=[0.4, 0.3, 0.2, 0.1]) == pytest.approx([0.76])
    assert owa(scores, alike(scores), order=[4, 3, 2, 1]) == pytest.approx([0.76])


def test_order_weights_at_the_ends_are_maximum_and_minimum_and_even_ones_the_mean():
    scores = rows([7, 1, 4])
    for order, expected in (([1, 0, 0], 7), ([0, 0, 1], 1), ([1, 1, 1], 4), ([0, 1, 0], 4)):
        assert owa(scores, alike(scores), order=order) == pytest.approx([expected])


def test_the_exponent_moves_from_the_best_child_to_the_worst():
    scores = rows([7, 1, 4, 8])
    found = [owa(scores, alike(scores), exponent=power)[0] for power in (1e-6, 0.5, 1, 3, 1e3)]
    assert found[2] == pytest.approx(5)
    # Q(r) = r³ at 1/4, 1/2, 3/4, 1: 1, 8, 27, 64 sixty-fourths
    assert found[3] == pytest.approx((8 * 1 + 7 * 7 + 4 * 19 + 1 * 37) / 64)
    assert found[0] == pytest.approx(8, abs=1e-4) and found[-1] == pytest.approx(1)
    assert found == sorted(found, reverse=True)


def test_importance_weights_enter_through_their_cumulative_sums():
    # best first 8 (weight 0.5), 4 (0.2), 1 (0.3); Q(r) = r²: 0.25, 0.49, 1
    assert owa(rows([4, 8, 1]), rows([0.2, 0.5, 0.3]), exponent=2) == pytest.approx([0.25 * 8 + 0.24 * 4 + 0.51 * 1])
    # order 0.6, 0.4 makes Q pass through (1/2, 0.6): of three children Q(1/3) = 0.4 and Q(2/3) = 0.7333
    scores = rows([3, 2, 1])
    assert owa(scores, alike(scores), order=[0.6, 0.4]) == pytest.approx([0.4 * 3 + (1 / 3) * 2 + (0.8 / 3) * 1])


def test_a_missing_child_leaves_the_order_to_the_others():
    assert owa(rows([NAN, 6, 2]), rows([0, 0.5, 0.5]), order=[1, 0]) == pytest.approx([6])
    assert owa(rows([NAN, 6, 2]), rows([0, 0.5, 0.5]), exponent=1) == pytest.approx([4])


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({}, "exponent"),
        ({"exponent": 2, "order": [1, 2]}, "exponent"),
        ({"exponent": 0}, "exponent"),
        ({"exponent": -1}, "exponent"),
        ({"exponent": "2"}, "exponent"),
        ({"order": []}, "order"),
        ({"order": "best"}, "order"),
        ({"order": [1, -1]}, "order"),
        ({"order": [0, 0]}, "order"),
        ({"order": [1, float("nan")]}, "order"),
        ({"order": 3}, "order"),
    ],
)
def test_bad_order_weights_are_refused_by_key(refused, params, key):
    assert refused("owa", **params).key.startswith(f"aggregation.{key}")


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(SCORE, min_size=3, max_size=3), st.lists(st.floats(0.1, 1), min_size=3, max_size=3), st.floats(0.2, 5))
def test_the_order_of_equal_scores_changes_nothing(values, shares, exponent):
    doubled, weights = rows([*values, *values]), rows([*shares, *shares]) / (2 * sum(shares))
    turned = rows([*values, *values[::-1]])
    assert owa(doubled, weights, exponent=exponent) == pytest.approx(
        owa(rows(values), rows(shares) / sum(shares), exponent=exponent), abs=1e-9
    )
    assert owa(turned, rows([*shares, *shares[::-1]]) / (2 * sum(shares)), exponent=exponent) == pytest.approx(
        owa(doubled, weights, exponent=exponent), abs=1e-9
    )
