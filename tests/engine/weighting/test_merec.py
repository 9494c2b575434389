"""MEREC: the example of its paper, an independent library, and missing cells."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm.weights import merec_weights
from sampled import examples

from fhi.engine.errors import MethodError

NAN = float("nan")


def test_the_example_of_the_paper(flat):
    # Keshavarz-Ghorabaee et al. (2021), section 3: the last two criteria are costs, so their inverse is better
    matrix = np.array(
        [[450, 8000, 54, 145], [10, 9100, 2, 160], [100, 8200, 31, 153], [220, 9300, 1, 162], [5, 8400, 23, 158]], float
    )
    matrix[:, 2:] = 1 / matrix[:, 2:]
    assert flat(matrix, "merec") == pytest.approx([0.5752, 0.0141, 0.4016, 0.0091], abs=5e-5)


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(arrays(float, (6, 3), elements=st.floats(1, 100)))
def test_it_agrees_with_pymcdm(flat, scores):
    assume((np.ptp(scores, axis=0) > 1e-3).all())
    assert flat(scores, "merec") == pytest.approx(merec_weights(scores, np.ones(3)), abs=1e-6)


def test_a_unit_with_one_child_less_is_judged_by_those_it_has(flat):
    # n = min/x: rows (1, 1), (½, ½), (¼, –): |ln n| in units of ln 2: (0, 0), (1, 1), (2, –)
    step = np.log(2)
    # S of the second is ln(1 + ln 2), without either child ln(1 + ½ ln 2); the third has only a, without it ln 1
    both = np.log1p(step) - np.log1p(step / 2)
    expected = np.array([(0 + both + np.log1p(2 * step)) / 3, (0 + both) / 2])
    assert flat([[1, 3], [2, 6], [4, NAN]], "merec") == pytest.approx((expected / expected.sum()).tolist())


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_scores_that_are_not_positive_are_refused_by_name(flat, bad):
    with pytest.raises(MethodError, match=r"MEREC needs positive scores: b; normalise with scale \[1, 100\]"):
        flat([[1, bad], [2, 5], [3, 4]], "merec")
