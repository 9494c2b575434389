"""Correlation-optimised weights: the closed form, no better point by brute force, corners, and names that match."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples

from fhi.engine.errors import MethodError
from fhi.engine.weighting import weigh
from fhi.engine.weighting.data_driven import balance

NAN = float("nan")


def related(seed, columns=4, units=60):
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(units, 1))
    return common * generator.uniform(0.3, 1.5, size=columns) + generator.normal(size=(units, columns))


def shares(matrix, point):
    sizes = matrix @ point
    return sizes / sizes.sum()


@pytest.mark.parametrize("seed", range(6))
def test_the_children_correlate_equally_with_their_mean(flat, seed):
    scores = related(seed) * np.array([1, 10, 0.1, 3])
    weights = np.array(flat(scores, "correlation-optimised"))
    found = [np.corrcoef(column, scores @ weights)[0, 1] for column in scores.T]
    assert found == pytest.approx([found[0]] * 4, abs=1e-9)
    # the closed form, R⁻¹·1 over the standard deviations
    expected = np.linalg.solve(np.corrcoef(scores.T), np.ones(4)) / scores.std(axis=0)
    assert weights == pytest.approx(expected / expected.sum(), abs=1e-9)


def test_two_children_weigh_inversely_to_their_spread(flat):
    scores = related(1, columns=2)
    spread = scores.std(axis=0)
    assert flat(scores, "correlation-optimised") == pytest.approx((1 / spread / (1 / spread).sum()).tolist())


def corner():
    """Return a matrix whose R⁻¹·1 is negative for the last: it follows the first two closely."""
    return np.array([[1, 0.4, 0.8], [0.4, 1, 0.8], [0.8, 0.8, 1]])


def test_where_equality_is_out_of_reach_the_nearest_point_is_found_by_no_worse_search():
    matrix = corner()
    assert (np.linalg.solve(matrix, np.ones(3)) < 0).any()
    found = balance(matrix)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert found == pytest.approx([0.5, 0.5, 0], abs=1e-5)
    best = ((shares(matrix, found) - 1 / 3) ** 2).sum()
    grid = np.linspace(0, 1, 101)
    others = [
        ((shares(matrix, np.array([x, y, 1 - x - y])) - 1 / 3) ** 2).sum() for x in grid for y in grid if x + y <= 1
    ]
    assert best <= min(others) + 1e-9


@settings(max_examples=examples(30), deadline=None)
@given(arrays(float, (7, 4), elements=st.floats(-3, 3)), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_no_random_point_is_better(noise, point):
    scores = noise + 1.2 * np.arange(7)[:, None]
    matrix = np.corrcoef(scores.T)
    assume(sum(point) > 0.1)
    value = ((shares(matrix, balance(matrix)) - 0.25) ** 2).sum()
    sizes = matrix @ np.array(point)
    assume(sizes.sum() > 1e-6)
    assert value <= ((shares(matrix, np.array(point)) - 0.25) ** 2).sum() + 1e-8


def test_weights_belong_to_the_child_of_their_name_whatever_the_order(tree):
    scores = related(3, columns=3)
    data = pd.DataFrame(scores, columns=list("abc"))
    one = weigh(data, tree({"root": "abc"}), "correlation-optimised")
    other = weigh(data[["c", "a", "b"]], tree({"root": "bca"}), "correlation-optimised")
    assert other.to_dict() == pytest.approx(one.to_dict())
    assert one["a"] != pytest.approx(one["b"], abs=1e-3)


def test_missing_cells_are_left_out_pair_by_pair(flat):
    scores = related(4, columns=3)
    scores[:5, 0], scores[5:9, 1] = NAN, NAN
    data = pd.DataFrame(scores)
    expected = np.linalg.solve(data.corr(), np.ones(3)) / data.std()
    assert flat(scores, "correlation-optimised") == pytest.approx((expected / expected.sum()).tolist())


def test_children_that_no_mean_runs_with_are_refused(flat):
    # of two exact opposites every mean of equal spread is constant
    with pytest.raises(
        MethodError, match=r"no weights give every child a positive correlation with their mean.*below root\)"
    ):
        flat([[1, 3], [2, 2], [3, 1]], "correlation-optimised")


@pytest.mark.parametrize("seed", range(3))
def test_twins_share_what_one_would_have(flat, seed):
    scores = related(seed, columns=2)
    weights = flat(np.column_stack([scores, scores[:, 1]]), "correlation-optimised")
    assert weights[1] == pytest.approx(weights[2])
