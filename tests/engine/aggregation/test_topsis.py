"""TOPSIS: against an independent library, by hand, and without any difference to measure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm.methods import TOPSIS
from pymcdm.normalizations import minmax_normalization
from sampled import examples

from fhi.engine.aggregation.means import topsis

NAN = float("nan")


# pymcdm advises to remove what is dominated
@pytest.mark.filterwarnings("ignore::UserWarning:pymcdm")
@settings(max_examples=examples(40), deadline=None)
@given(
    arrays(float, (6, 4), elements=st.floats(0, 100), unique=True), st.lists(st.floats(0.1, 1), min_size=4, max_size=4)
)
def test_it_agrees_with_pymcdm(scores, shares):
    weights = np.array(shares) / sum(shares)
    normalised = np.column_stack([minmax_normalization(column) for column in scores.T])
    expected = TOPSIS()(scores, weights, np.ones(4))
    assert topsis(normalised, np.tile(weights, (6, 1))) == pytest.approx(expected, abs=1e-9)


def test_it_by_hand():
    # best (4, 3), worst (0, 0); of equal weights the halves cancel: third unit 0.8·… d⁺ = 3, d⁻ = 4
    scores = np.array([[4.0, 3.0], [0.0, 0.0], [4.0, 0.0], [0.0, 3.0]])
    assert topsis(scores, np.full((4, 2), 0.5)) == pytest.approx([1, 0, 4 / 7, 3 / 7])


def test_a_missing_child_leaves_the_distance_to_the_others():
    scores = np.array([[4.0, 10.0], [0.0, 20.0], [1.0, NAN]])
    weights = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]])
    assert topsis(scores, weights)[2] == pytest.approx(1 / 4)


def test_units_without_any_difference_are_refused():
    with pytest.raises(ValueError, match="best and worst are the same"):
        topsis(np.full((3, 2), 7.0), np.full((3, 2), 0.5))
