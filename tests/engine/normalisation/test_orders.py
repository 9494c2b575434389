"""Ranks, Borda counts and percentile ranks: by hand and against scipy."""

import numpy as np
import pytest
from scipy.stats import percentileofscore, rankdata

from fhi.engine.errors import MethodError

NAN = float("nan")


def test_rank_gives_the_worst_one_and_ties_the_lowest_of_their_ranks(normalised):
    assert normalised([7, 3, 7, 9, -1], "rank") == [3, 2, 3, 5, 1]
    assert normalised([7, 3, 7, 9], "rank", -1) == [2, 4, 2, 1]


def test_borda_counts_the_units_that_are_worse(normalised):
    assert normalised([7, 3, 7, 9, -1], "borda") == [2, 1, 2, 4, 0]
    assert normalised([7, 3, 7, 9, -1], "borda", -1) == [1, 3, 1, 0, 4]


def test_percentile_rank_is_the_share_of_the_others_that_are_worse(normalised):
    assert normalised([7, 3, 7, 9, -1], "percentile-rank") == [0.5, 0.25, 0.5, 1, 0]
    assert normalised([7, 3, 7, 9, -1], "percentile-rank", -1) == [0.25, 0.75, 0.25, 0, 1]
    # missing units are no others
    assert normalised([7, NAN, 3, 9], "percentile-rank") == pytest.approx([0.5, NAN, 0, 1], nan_ok=True)


def test_orders_are_what_scipy_finds(normalised):
    values = np.random.default_rng(6).integers(0, 5, size=8)
    assert normalised(values, "rank") == rankdata(values, method="min").tolist()
    below = np.array([percentileofscore(values, value, kind="strict") for value in values]) / 100 * 8
    assert normalised(values, "borda") == pytest.approx(below)
    assert normalised(values, "percentile-rank") == pytest.approx(below / 7)


def test_ranks_with_gaps_are_those_among_all_units(normalised):
    # r = 1, 2, 3 of n = 3 among N = 5: 1 + 4·(r − 1)/2
    assert normalised([7, NAN, 3, NAN, 9], "rank") == pytest.approx([3, NAN, 1, NAN, 5], nan_ok=True)
    assert normalised([7, NAN, 3, NAN, 9], "borda") == pytest.approx([2, NAN, 0, NAN, 4], nan_ok=True)
    assert normalised([7, NAN, 3, NAN, 9], "rank", raw=True) == pytest.approx([2, NAN, 1, NAN, 3], nan_ok=True)
    # one without others has the lowest place, as those that are all the same have
    assert normalised([NAN, 3], "rank") == pytest.approx([NAN, 1], nan_ok=True)


def test_the_order_of_one_unit_among_no_others_is_refused(normalised):
    with pytest.raises(MethodError, match="at least 2 units need a value: x has one"):
        normalised([NAN, 3], "percentile-rank")
