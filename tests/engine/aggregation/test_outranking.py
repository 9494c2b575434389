"""Pairwise aggregations: the Handbook's examples, an independent library, brute force over all orders, ties, gaps."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm.methods import PROMETHEE_II
from sampled import examples

from fhi.engine.aggregation.comparing import MOST_UNITS, best_order, condorcet, copeland, outranking, support
from fhi.engine.errors import MethodError

NAN = float("nan")
#: OECD/JRC (2008), Handbook, table A.2: the first 23 countries, and the benefit-of-the-doubt scores of table 19
TAI = pd.read_csv(Path(__file__).parents[2] / "data" / "tai.csv", index_col="country")
DISTINCT = arrays(float, (5, 3), elements=st.floats(0, 100), unique=True)


def profile(counts, orders):
    """Return units × indicators from voters' orders (best first), one column a group, and its weights."""
    units = sorted(orders[0])
    scores = np.array([[len(order) - order.index(unit) for order in orders] for unit in units], dtype=float)
    return scores, np.tile(np.array(counts) / sum(counts), (len(units), 1))


def alike(scores):
    return np.full(scores.shape, 1 / scores.shape[1])


#: Handbook, table 25 (from Moulin 1988) and table 28 (from Condorcet 1785)
MOULIN = profile([3, 5, 7, 6], ["abcd", "acbd", "bdca", "cbda"])
CYCLE = profile([23, 17, 2, 10, 8], ["abc", "bca", "bac", "cab", "cba"])


def test_the_outranking_matrix_of_table_27():
    # table 27 counts of 21 indicators; its b against c is 10, c against b 11
    expected = [[0, 8, 8, 8], [13, 0, 10, 21], [13, 11, 0, 14], [13, 0, 7, 0]]
    found = support(*MOULIN) * 21
    np.fill_diagonal(found, 0)
    assert found == pytest.approx(np.array(expected))


def test_the_condorcet_winner_of_table_25_is_found_by_both():
    # the Handbook's order is c, b, d, a
    assert copeland(*MOULIN).tolist() == [-3, 1, 3, -1]
    assert condorcet(*MOULIN).tolist() == [0, 2, 3, 1]


def test_a_cycle_is_solved_by_the_most_supported_order():
    # table 28: a beats b, b beats c, c beats a; of the six orders b c a has the most support, 104
    assert copeland(*CYCLE).tolist() == [0, 0, 0]
    assert condorcet(*CYCLE).tolist() == [0, 2, 1]


def test_the_outranking_matrix_and_orders_of_five_countries():
    five = TAI.drop(columns="bod").iloc[:5].to_numpy()
    # in three decimals as table 35 prints them: with two, the United States and Japan would tie
    five[:, 4] = [3.080, 2.997, 3.096, 3.003, 2.972]
    found = support(five, alike(five))
    np.fill_diagonal(found, 0)
    expected = [
        [0, 0.5, 0.375, 0.75, 0.625],
        [0.5, 0, 0.5, 0.625, 0.625],
        [0.625, 0.5, 0, 0.75, 0.625],
        [0.25, 0.375, 0.25, 0, 0.75],
        [0.375, 0.375, 0.375, 0.25, 0],
    ]
    assert found == pytest.approx(np.array(expected))
    # table 37: three orders share the highest score, 6.375; ours is one of them
    order = np.argsort(-condorcet(five, alike(five)))
    assert sum(found[order[i], order[k]] for i in range(5) for k in range(i + 1, 5)) == pytest.approx(6.375)
    assert order.tolist() in [[1, 2, 0, 3, 4], [2, 0, 1, 3, 4], [2, 1, 0, 3, 4]]


@settings(max_examples=examples(30), deadline=None)
@given(arrays(float, (5, 4), elements=st.integers(0, 6)), st.lists(st.floats(0.1, 1), min_size=4, max_size=4))
def test_no_order_has_more_support_than_the_one_found(scores, shares):
    found = support(scores, np.tile(np.array(shares) / sum(shares), (5, 1)))
    places = best_order(found)
    assert sorted(places) == [0, 1, 2, 3, 4]

    def backing(order):
        return sum(found[order[i], order[k]] for i in range(5) for k in range(i + 1, 5))

    assert backing(np.argsort(places)) == pytest.approx(max(map(backing, permutations(range(5)))), abs=1e-5)


def test_twenty_units_in_a_known_order_are_found_in_it():
    scores = np.random.default_rng(7).permutation(20)[:, None] + np.array([[0.0, 0.1, 0.2]])
    assert condorcet(scores, alike(scores)).tolist() == scores[:, 0].tolist()


def test_too_many_units_for_an_exact_order_are_refused():
    scores = np.arange(MOST_UNITS + 1.0)[:, None]
    with pytest.raises(MethodError, match="at most 40 units, not 41; choose copeland or outranking"):
        condorcet(scores, np.ones_like(scores))


@pytest.mark.parametrize("method", [copeland, outranking, condorcet])
def test_units_alike_in_all_share_a_value(method):
    scores = np.array([[3.0, 1.0], [9.0, 9.0], [3.0, 1.0], [0.0, 0.0]])
    values = method(scores, alike(scores))
    assert values[0] == values[2]
    assert values[1] > values[0] > values[3]


@pytest.mark.parametrize("method", [copeland, outranking, condorcet])
def test_a_unit_alone_and_a_pair(method):
    assert method(np.array([[5.0, 6.0]]), np.full((1, 2), 0.5)).tolist() == [0]
    values = method(np.array([[5.0, 6.0], [7.0, 8.0]]), np.full((2, 2), 0.5))
    assert values[1] > values[0]


def test_a_pair_is_compared_on_what_both_have():
    # the third unit lacks the first child: against the others it is compared on the second alone
    scores = np.array([[9.0, 1.0], [1.0, 5.0], [NAN, 3.0]])
    weights = np.array([[0.75, 0.25], [0.75, 0.25], [0.0, 1.0]])
    assert support(scores, weights) == pytest.approx(np.array([[0.5, 0.75, 0], [0.25, 0.5, 1], [1, 0, 0.5]]))
    assert copeland(scores, weights).tolist() == [0, 0, 0]


def test_units_that_share_no_child_tie():
    scores, weights = np.array([[9.0, NAN], [NAN, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    assert support(scores, weights).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert copeland(scores, weights).tolist() == outranking(scores, weights).tolist() == [0, 0]


# pymcdm advises to remove what is dominated
@pytest.mark.filterwarnings("ignore::UserWarning:pymcdm")
@settings(max_examples=examples(40), deadline=None)
@given(DISTINCT, st.lists(st.floats(0.1, 1), min_size=3, max_size=3), st.floats(0.5, 20), st.floats(0.5, 40))
def test_the_net_flow_agrees_with_pymcdm(scores, shares, low, span):
    weights = np.array(shares) / sum(shares)
    tiled = np.tile(weights, (5, 1))
    expected = PROMETHEE_II("usual")(scores, weights, np.ones(3))
    assert outranking(scores, tiled) == pytest.approx(expected, abs=1e-9)
    linear = PROMETHEE_II("vshape_2", q=np.full(3, low), p=np.full(3, low + span))(scores, weights, np.ones(3))
    found = outranking(scores, tiled, indifference=low, preference=low + span)
    assert found == pytest.approx(linear, abs=1e-9)


def test_leads_up_to_the_indifference_do_not_count():
    scores = np.array([[10.0], [12.0], [20.0]])
    weights = np.ones((3, 1))
    # 12 over 10 is nothing, 20 over 12 is (8 − 2)/(10 − 2), 20 over 10 in full
    found = outranking(scores, weights, indifference=2, preference=10)
    assert found == pytest.approx([-0.5, -0.375, 0.875])
    assert outranking(scores, weights, indifference=2, preference=2) == pytest.approx([-0.5, -0.5, 1])


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({"indifference": -1}, "indifference"),
        ({"preference": float("inf")}, "preference"),
        ({"indifference": 5, "preference": 3}, "preference"),
        ({"indifference": 5}, "preference"),
        ({"preference": "much"}, "preference"),
    ],
)
def test_bad_thresholds_are_refused_by_key(refused, params, key):
    assert refused("outranking", **params).key == f"aggregation.{key}"


@pytest.mark.slow
@settings(max_examples=examples(30), deadline=None)
@given(DISTINCT, st.sampled_from([np.sqrt, np.square, lambda scores: scores * 1000 - 3]))
@pytest.mark.parametrize("method", [copeland, outranking, condorcet])
def test_only_the_order_of_the_scores_matters(method, scores, change):
    changed = change(scores)
    # not where rounding makes two scores one
    if len(np.unique(changed)) == changed.size:
        assert method(changed, alike(scores)) == pytest.approx(method(scores, alike(scores)))
