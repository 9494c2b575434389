"""A published index whose method is known, rebuilt from its edition: every score and rank that UNDP prints."""

import pandas as pd
import pytest

from fhi import editions
from fhi.engine.agreement import compare_ranks
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Ranking
from fhi.engine.ranking import ranked, rounded
from fhi.engine.years import build_years
from fhi.scenarios import load_scenario

METHOD = load_scenario("hdi2021-undp")
#: what has no index in the report (table 1), for want of one of the four indicators
WITHOUT = {"Korea (Democratic People's Rep. of)", "Monaco", "Nauru", "Somalia"}


@pytest.fixture(scope="module")
def tables():
    return editions.load(METHOD.edition)


@pytest.fixture(scope="module")
def tree(tables):
    return Framework.from_table(tables["framework"])


@pytest.fixture(scope="module")
def built(tables, tree):
    return build_years(tables["indicators"], tree, METHOD, tables["cities"].set_index("name_zh"))


@pytest.mark.parametrize("year", range(2015, 2022))
def test_every_printed_score_is_rebuilt_to_its_three_decimals(built, tables, year):
    printed = tables["published_scores"].query("year == @year").set_index("city")["score"]
    scores = rounded(built[year].scores["HDI"].dropna(), 3)
    pd.testing.assert_series_equal(scores.sort_index(), printed.sort_index(), check_names=False, rtol=0, atol=1e-12)
    assert len(printed) == (190 if year < 2018 else 191)


def test_the_ranks_are_those_printed_ties_included(built, tables):
    printed = tables["published_ranks"].set_index("city")["rank"]
    ranks = built[2021].ranks["HDI"].dropna().astype(int)
    assert ranks.sort_index().to_dict() == printed.sort_index().to_dict()
    assert printed.duplicated().sum() == 29 and len(printed) == 191
    # the comparison that the report shows says the same
    compared = compare_ranks(built[2021].scores, tables["published_ranks"], METHOD.ranking.decimals)
    assert len(compared) == 191 and (compared["difference"] == 0).all()


@pytest.mark.slow
def test_ranks_of_unrounded_scores_are_others(tables, tree):
    exact = build(tables["indicators"], tree, METHOD.model_copy(update={"ranking": Ranking()}))
    printed = tables["published_ranks"].set_index("city")["rank"]
    assert not exact.ranks["HDI"].dropna().duplicated().any()
    assert (exact.ranks["HDI"].reindex(printed.index) != printed).sum() >= 29


def test_a_country_that_lacks_an_indicator_has_no_index(built, tables, tree):
    scores = built[2021].scores["HDI"]
    assert set(scores.index[scores.isna()]) == WITHOUT and len(scores) == 195
    # it is the rule for education that leaves out Nauru, which has expected years of schooling alone
    lenient = build(tables["indicators"], tree, METHOD.model_copy(update={"availability": {0: 1.0}}))
    assert set(lenient.scores.index[lenient.scores["HDI"].isna()]) == WITHOUT - {"Nauru"}


# --- ranks of rounded scores ------------------------------------------------------------------------------
def test_rounded_scores_tie_and_the_next_takes_the_place_after_them():
    scores = pd.Series([0.9624, 0.9616, 0.9615, 0.9614, None])
    assert ranked(scores).tolist()[:4] == [1, 2, 3, 4]
    assert ranked(scores, 3).tolist()[:4] == [1, 1, 1, 4] and ranked(scores, 3).isna().tolist()[4]
    assert ranked(scores, 0).tolist()[:4] == [1, 1, 1, 1]


def test_halves_round_away_from_zero_as_they_are_printed():
    # 0.0625 lies on the half in binary too; 1.005 and 0.3 × 0.75 = 0.225 lie below it by a last bit
    assert rounded(pd.Series([0.0625, -0.0625, 1.005, 0.3 * 0.75]), 3).tolist() == [0.063, -0.063, 1.005, 0.225]
    assert rounded(pd.Series([1.005, 0.3 * 0.75, 0.2249]), 2).tolist() == [1.01, 0.23, 0.22]
    whole = pd.Series([1.23456])
    assert rounded(whole, None).equals(whole)
