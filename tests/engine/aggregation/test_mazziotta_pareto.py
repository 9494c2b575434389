"""The Mazziotta-Pareto indices: by hand, the sign of the penalty, and the range that AMPI keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.aggregation.means import adjusted_mazziotta_pareto, mazziotta_pareto

BOTH = [mazziotta_pareto, adjusted_mazziotta_pareto]
GOALPOSTS = st.lists(st.floats(70, 130), min_size=3, max_size=3)
EQUAL = np.full((1, 3), 1 / 3)


@pytest.mark.parametrize("index", BOTH)
def test_the_penalty_by_hand(index):
    # M = 100, S² = (100 + 100)/2 with the divisor of De Muro et al. (the number of indicators), S²/M = 1
    scores, weights = np.array([[90.0, 110.0], [100.0, 100.0]]), np.full((2, 2), 0.5)
    assert index(scores, weights) == pytest.approx([99, 100])
    assert index(scores, weights, penalty="-") == pytest.approx([99, 100])
    assert index(scores, weights, penalty="+") == pytest.approx([101, 100])


def test_the_formula_of_the_paper_with_equal_weights():
    # Sᵢ and cvᵢ = Sᵢ/Mᵢ from numpy's population standard deviation, MPI = M(1 − cv²)
    scores = np.array([[95.0, 103.0, 111.0], [88.0, 90.0, 119.0]])
    mean, deviation = scores.mean(axis=1), scores.std(axis=1)
    found = mazziotta_pareto(scores, np.full((2, 3), 1 / 3))
    assert found == pytest.approx(mean * (1 - (deviation / mean) ** 2))


def test_weights_enter_mean_and_variance_alike():
    # as if the second child stood there three times
    weighted = mazziotta_pareto(np.array([[90.0, 110.0]]), np.array([[0.25, 0.75]]))
    assert weighted == pytest.approx(mazziotta_pareto(np.array([[90.0, 110.0, 110.0, 110.0]]), np.full((1, 4), 0.25)))


def test_a_missing_child_takes_no_part():
    found = mazziotta_pareto(np.array([[90.0, np.nan, 110.0]]), np.array([[0.5, 0, 0.5]]))
    assert found == pytest.approx([99])


@pytest.mark.parametrize("index", BOTH)
@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_scores_around_zero_are_refused_with_the_normalisation_that_is_expected(index, bad):
    with pytest.raises(ValueError, match="needs positive scores") as caught:
        index(np.array([[5.0, bad]]), np.full((1, 2), 0.5))
    expected = "mean 100 and sd 10" if index is mazziotta_pareto else "scale [70, 130]"
    assert expected in caught.value.args[1]


@pytest.mark.parametrize("penalty", ["", "minus", "--", None, -1])
@pytest.mark.parametrize("name", ["mazziotta-pareto", "adjusted-mazziotta-pareto"])
def test_another_penalty_is_refused(refused, name, penalty):
    error = refused(name, penalty=penalty)
    assert error.key == "aggregation.penalty"
    assert "'-' or '+'" in str(error)


@settings(max_examples=examples(60), deadline=None)
@given(GOALPOSTS)
def test_between_the_goalposts_the_adjusted_index_stays_there_and_on_its_side_of_the_mean(values):
    scores = np.array([values])
    low, high = (adjusted_mazziotta_pareto(scores, EQUAL, penalty=sign)[0] for sign in "-+")
    assert 70 - 1e-9 <= low <= np.mean(values) + 1e-9
    assert np.mean(values) - 1e-9 <= high <= 130 + 1e-9
    assert high - np.mean(values) == pytest.approx(np.mean(values) - low, abs=1e-9)


@settings(max_examples=examples(60), deadline=None)
@given(GOALPOSTS, st.integers(0, 2), st.floats(0.1, 30))
def test_between_the_goalposts_a_better_child_raises_the_index(values, position, gain):
    better = list(values)
    better[position] = min(130.0, values[position] + gain)
    before, after = (adjusted_mazziotta_pareto(np.array([row]), EQUAL)[0] for row in (values, better))
    assert after >= before - 1e-9
