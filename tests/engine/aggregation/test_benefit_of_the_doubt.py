"""Benefit of the doubt: the Handbook's table, a frontier by hand, the dual program, bounds kept, weights recorded."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sampled import examples
from scipy.optimize import linprog

from fhi.engine.aggregation.comparing import benefit_of_the_doubt, order_m, scores_and_weights

NAN = float("nan")
TAI = pd.read_csv(Path(__file__).parents[2] / "data" / "tai.csv", index_col="country")
SCORES = arrays(float, (5, 3), elements=st.floats(0.1, 100))


def alike(scores):
    return np.full(scores.shape, 1 / scores.shape[1])


def test_the_scores_of_table_19():
    # OECD/JRC (2008), table 19 and note 29: min-max scores, each weight from 10 to 15 per cent of the total
    data = TAI.drop(columns="bod")
    scores = ((data - data.min()) / (data.max() - data.min())).to_numpy()
    found = benefit_of_the_doubt(scores, alike(scores), least=0.10, most=0.15)
    # raw data are printed in three digits
    assert found == pytest.approx(TAI["bod"].to_numpy(), abs=0.0075)
    assert (found > 1 - 1e-9).sum() == 3


def test_a_frontier_of_two_children_by_hand():
    # (4, 4) and (6, 2) lie on the frontier x + y = 8, (4.5, 3) at 7.5/8 of it, (1, 4) on y = 4, (2, 1) below both
    scores = np.array([[4.0, 4.0], [6.0, 2.0], [4.5, 3.0], [1.0, 4.0], [2.0, 1.0]])
    weights = scores_and_weights(scores, alike(scores))[1]
    found = benefit_of_the_doubt(scores, alike(scores))
    assert found == pytest.approx([1, 1, 0.9375, 1, 0.375])
    assert weights[2] == pytest.approx([1 / 8, 1 / 8])
    assert weights[3] == pytest.approx([0, 1 / 4])
    assert found == pytest.approx((weights * scores).sum(axis=1))


def test_the_leaders_tie_exactly():
    scores = np.array([[70, 71, 82], [72, 84, 73], [86, 77, 75], [76, 83, 78], [87, 74, 79], [85, 80, 81]], dtype=float)
    assert benefit_of_the_doubt(scores, alike(scores)).tolist() == [1] * 6


def test_equal_bounds_leave_no_doubt():
    scores = np.array([[4.0, 4.0], [6.0, 2.0], [2.0, 3.0]])
    # with equal weights the best sum is 8
    assert benefit_of_the_doubt(scores, alike(scores), least=0.5, most=0.5) == pytest.approx([1, 1, 5 / 8])


@pytest.mark.slow
@settings(max_examples=examples(25), deadline=None)
@given(SCORES)
def test_it_is_the_dual_of_the_nearest_frontier(scores):
    # the least total of multipliers of rivals that together reach the unit on every child
    for unit, found in enumerate(benefit_of_the_doubt(scores, alike(scores))):
        dual = linprog(np.ones(5), A_ub=-scores.T, b_ub=-scores[unit], method="highs")
        assert found == pytest.approx(dual.fun, abs=1e-6)


@settings(max_examples=examples(25), deadline=None)
@given(SCORES, st.floats(0.05, 0.3), st.floats(0.4, 0.9))
def test_no_unit_passes_one_and_every_weight_keeps_its_bounds(scores, least, most):
    weights = scores_and_weights(scores, alike(scores), least=least, most=most)[1]
    assert (weights @ scores.T <= 1 + 1e-6).all()
    shares = weights / weights.sum(axis=1, keepdims=True)
    assert (shares >= least - 1e-6).all() and (shares <= most + 1e-6).all()
    bounded = (weights * scores).sum(axis=1)
    free = benefit_of_the_doubt(scores, alike(scores))
    assert (free >= bounded - 1e-6).all()
    assert free.max() == pytest.approx(1)


@settings(max_examples=examples(25), deadline=None)
@given(SCORES, st.lists(st.sampled_from([0.01, 1, 50]), min_size=3, max_size=3))
def test_free_weights_do_not_mind_the_units_of_the_children(scores, units):
    found = benefit_of_the_doubt(scores * np.array(units), alike(scores))
    assert found == pytest.approx(benefit_of_the_doubt(scores, alike(scores)), abs=1e-6)


def test_a_child_that_a_unit_lacks_has_no_weight_there_and_counts_as_nothing_for_its_rivals():
    scores = np.array([[8.0, NAN], [4.0, 4.0], [2.0, 2.0]])
    given_weights = np.array([[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]])
    weights = scores_and_weights(scores, given_weights)[1]
    assert weights[0].tolist() == [pytest.approx(1 / 8), 0]
    assert benefit_of_the_doubt(scores, given_weights) == pytest.approx([1, 1, 0.5])


def test_a_unit_with_nothing_has_a_score_of_nothing_and_weights_that_keep_the_rules():
    scores = np.array([[0.0, 0.0], [50.0, 20.0]])
    weights = scores_and_weights(scores, alike(scores), least=0.2)[1]
    assert benefit_of_the_doubt(scores, alike(scores), least=0.2) == pytest.approx([0, 1])
    assert weights[0] @ scores[1] == pytest.approx(1)
    assert weights[0, 0] == weights[0, 1]


def test_children_without_weight_are_left_out():
    scores, weights = np.array([[1.0, 99.0], [2.0, 1.0]]), np.array([[1.0, 0.0], [1.0, 0.0]])
    assert benefit_of_the_doubt(scores, weights) == pytest.approx([0.5, 1])


def test_negative_scores_are_refused():
    with pytest.raises(ValueError, match="benefit of the doubt needs scores that are not negative"):
        benefit_of_the_doubt(np.array([[1.0, -1.0], [2.0, 3.0]]), np.full((2, 2), 0.5))


@pytest.mark.parametrize(("least", "most"), [(0.6, 1), (0, 0.4)])
def test_bounds_that_no_weights_keep_are_refused(least, most):
    with pytest.raises(ValueError, match="no weights of 2 children"):
        benefit_of_the_doubt(np.array([[1.0, 2.0]]), np.full((1, 2), 0.5), least=least, most=most)


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({"least": -0.1}, "least"),
        ({"most": 1.1}, "most"),
        ({"most": "0.5"}, "most"),
        ({"most": True}, "most"),
        ({"least": NAN}, "least"),
    ],
)
def test_bounds_that_are_no_shares_are_refused_by_key(refused, params, key):
    assert refused("benefit-of-the-doubt", **params).key == f"aggregation.{key}"


def test_parts_of_the_score_are_bounded_whatever_the_units_of_the_children():
    scores = np.array([[1.0, 4], [4, 2], [2, 2]])
    bounds = {"least_part": 0.4, "most_part": 0.6}
    found, weights = scores_and_weights(scores, alike(scores), **bounds)
    parts = weights * scores / found[:, None]
    assert parts.min() >= 0.4 - 1e-6 and parts.max() <= 0.6 + 1e-6
    # the third: w = (u, v) with u·1 + v·4 ≤ 1, 4u + 2v ≤ 1: the most of 2u + 2v at their corner (1/7, 3/14), 5/7, where
    # the parts are 0.4 and 0.6
    assert found[2] == pytest.approx(5 / 7)
    assert scores_and_weights(scores * [1000, 1], alike(scores), **bounds)[0] == pytest.approx(found)


def test_equal_parts_leave_no_choice():
    scores = np.array([[1.0, 4], [4, 2]])
    found, _ = scores_and_weights(scores, alike(scores), least_part=0.5, most_part=0.5)
    # w = (a/x1, a/x2): the other unit limits a by a·(4/1 + 2/4) ≤ 1 and a·(1/4 + 4/2) ≤ 1
    assert found == pytest.approx([2 / 4.5, 2 / 2.25])


@pytest.mark.parametrize(
    ("scores", "bounds", "message"),
    [
        ([[1.0, 2]], {"least_part": 0.6}, "from 0.6 to 1 of their score"),
        ([[1.0, 2]], {"most_part": 0.4}, "from 0 to 0.4 of their score"),
        ([[0.0, 2], [1, 1]], {"least_part": 0.1}, "a child whose score is 0 has no part of 0.1"),
    ],
)
def test_parts_that_cannot_be_kept_are_refused(scores, bounds, message):
    with pytest.raises(ValueError, match=message):
        scores_and_weights(np.array(scores), alike(np.array(scores)), **bounds)


@pytest.mark.slow
@settings(max_examples=examples(15), deadline=None)
@given(arrays(float, (70, 3), elements=st.floats(0.1, 100)), st.sampled_from([{}, {"least": 0.1}, {"most_part": 0.5}]))
def test_a_block_of_units_gives_what_a_program_of_each_unit_gives(scores, bounds):
    scores[3, 1] = NAN
    weights = np.where(np.isnan(scores), 0.0, 1 / 3)
    found = scores_and_weights(scores, weights, **bounds)[0]
    rivals = np.nan_to_num(scores)
    for unit in (0, 3, 63, 64, 69):
        have = np.flatnonzero(weights[unit])
        own, unit_matrix = rivals[unit, have], np.eye(len(have))
        rows = [rivals[:, have]]
        rows += [bounds["least"] - unit_matrix] if "least" in bounds else []
        rows += [(unit_matrix - bounds["most_part"]) * own] if "most_part" in bounds else []
        ceilings = np.concatenate([np.ones(70), np.zeros(len(np.vstack(rows)) - 70)])
        alone = linprog(-own, A_ub=np.vstack(rows), b_ub=ceilings, method="highs")
        assert found[unit] == pytest.approx(-alone.fun, abs=1e-6)


@pytest.mark.slow
def test_order_m_of_one_child_is_its_closed_form():
    # the best of m units drawn from n is the k-th smallest with probability (k/n)^m − ((k − 1)/n)^m
    values, m, draws = np.array([1.0, 2, 4, 5, 9]), 3, 4000
    places = np.arange(1, 6)
    chances = (places / 5) ** m - ((places - 1) / 5) ** m
    mean, square = (chances @ (1 / values) ** power for power in (1, 2))
    found = order_m(values[:, None], np.ones((5, 1)), m=m, draws=draws)
    assert found / values == pytest.approx(np.full(5, mean), abs=4 * np.sqrt((square - mean**2) / draws))


def test_order_m_with_many_rivals_is_benefit_of_the_doubt():
    scores = TAI.drop(columns="bod").iloc[:8, :3].to_numpy()
    found = order_m(scores, alike(scores), m=200, draws=3)
    assert found == pytest.approx(benefit_of_the_doubt(scores, alike(scores)), abs=1e-9)


def test_an_outlier_lowers_the_others_less_with_few_rivals():
    scores = np.array([[10.0, 10.0], *([4.0 + place / 10, 5 - place / 10] for place in range(9))])
    few, many = (order_m(scores, alike(scores), m=m, draws=50) for m in (3, 60))
    assert (few[1:] > many[1:] + 0.1).all()
    assert few[0] > 1.5 and many[0] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("cell", "told"), [(NAN, "every child"), (0.0, "positive scores")])
def test_order_m_refuses_what_gives_no_frontier(cell, told):
    scores = np.array([[1.0, 2], [2, cell], [3, 1]])
    with pytest.raises(ValueError, match=told):
        order_m(scores, np.where(np.isnan(scores), 0.0, 0.5), m=2)
