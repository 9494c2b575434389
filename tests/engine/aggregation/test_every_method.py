"""What holds for every aggregation in the table: order is immaterial, no weight no effect, the better is not below."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples

from fhi.engine.aggregation import METHODS
from fhi.engine.methods import traits

NAN = float("nan")
#: parameters of the methods that cannot do without
PARAMS = {"generalised-mean": {"exponent": 0.5}, "owa": {"exponent": 2}, "order-m": {"m": 4, "draws": 5}}
#: two pillars of a unit may be exchanged for a better and a worse one, at the price of a penalty for imbalance
WITH_PENALTY = {"mazziotta-pareto", "adjusted-mazziotta-pareto"}
#: methods that score a unit against the others
RELATIVE = {"topsis", "copeland", "outranking", "condorcet", "benefit-of-the-doubt", "order-m"}
#: whole numbers, none of them twice, so that no two units tie on a child
SCORES = arrays(float, (6, 3), elements=st.integers(70, 130), unique=True)
SHARES = st.lists(st.floats(0.1, 1), min_size=3, max_size=3).map(lambda shares: np.array(shares) / sum(shares))
#: rules of single nodes ask for a number of children of their own (tests/engine/test_published_undp.py)
GENERAL = [name for name in METHODS if not traits("aggregation", name).complete]
every_method = pytest.mark.parametrize("name", GENERAL)
by_unit = pytest.mark.parametrize("name", sorted(set(GENERAL) - RELATIVE))
few = settings(max_examples=examples(15), deadline=None)


def values(name, scores, shares):
    weights = np.where(np.isnan(scores), 0.0, shares)
    return METHODS[name](scores, weights / weights.sum(axis=1, keepdims=True), **PARAMS.get(name, {}))


@few
@given(SCORES, SHARES, st.permutations(range(6)), st.permutations(range(3)))
@every_method
def test_the_order_of_units_and_of_children_changes_nothing(name, scores, shares, units, children):
    straight = values(name, scores, shares)
    assert values(name, scores[units], shares) == pytest.approx(straight[units], abs=1e-6)
    assert values(name, scores[:, children], shares[children]) == pytest.approx(straight, abs=1e-6)


@few
@given(SCORES, SHARES, st.sampled_from([0.0, -50.0, 1e6, NAN]))
@every_method
def test_a_child_of_no_weight_has_no_effect(name, scores, shares, anything):
    wider = np.column_stack([np.full(6, anything), scores])
    assert values(name, wider, np.array([0.0, *shares])) == pytest.approx(values(name, scores, shares), abs=1e-6)


@few
@given(SCORES, SHARES, st.integers(1, 5), st.lists(st.integers(0, 5), min_size=3, max_size=3))
@every_method
def test_a_unit_as_good_on_every_child_is_never_below(name, scores, shares, unit, leads):
    if name in WITH_PENALTY:
        # the same lead on every child leaves the imbalance as it is
        leads = leads[:1] * 3
    scores[unit] = scores[0] + leads
    found = values(name, scores, shares)
    assert found[unit] >= found[0] - 1e-6


@few
@given(SCORES, SHARES)
@by_unit
def test_a_unit_is_scored_without_regard_to_the_others(name, scores, shares):
    alone = [values(name, row[None], shares)[0] for row in scores]
    assert alone == pytest.approx(values(name, scores, shares))


@few
@given(SCORES, SHARES, st.integers(0, 2))
@by_unit
def test_a_missing_child_is_one_that_was_never_there(name, scores, shares, missing):
    gap = scores.copy()
    gap[0, missing] = NAN
    kept = [child for child in range(3) if child != missing]
    expected = values(name, scores[:, kept], shares[kept])[0]
    assert values(name, gap, shares)[0] == pytest.approx(expected)


def test_a_method_with_weights_by_unit_scores_as_the_method_of_its_name():
    scores, shares = np.array([[70.0, 90.0], [80.0, 75.0], [71.0, 72.0]]), np.array([0.5, 0.5])
    for name in METHODS:
        function = traits("aggregation", name).unit_weights
        if not function:
            continue
        found, weights = function(scores, np.tile(shares, (3, 1)))
        assert found == pytest.approx(values(name, scores, shares))
        assert found == pytest.approx((weights * scores).sum(axis=1))
