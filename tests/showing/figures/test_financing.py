"""Financing (p15): what is printed by city, and what is missing as missing."""

import pandas as pd
import pytest

from fhi.showing.figures import industry as financing


@pytest.fixture(scope="module")
def data(tables):
    return financing.financing_data(tables)


@pytest.mark.slow
def test_the_printed_numbers_of_firms_and_no_other(data):
    firms = data[data["series"] == "firms"].set_index("city")
    known = firms.dropna(subset=["value"])
    assert known["value"].to_dict() == {"北京": 100, "上海": 50, "杭州": 33}
    assert known["printed"].tolist() == ["近100家", "50多家", "33家"]
    assert set(firms.index[firms["value"].isna()]) == {"深圳", "南京"}
    assert set(firms.loc[firms["value"].isna(), "evidence"]) == {"missing"}


def test_nineteen_of_the_twenty_are_placed_and_one_is_left(data):
    top = data[data["series"] == "top20"]
    assert top["value"].sum() == 20
    placed = top.dropna(subset=["city"])
    assert placed["value"].tolist() == [7, 5, 5, 1, 1]
    (rest,) = top[top["city"].isna()].itertuples()
    assert rest.value == 1 and rest.evidence == "derived"


def test_the_threshold_and_the_sums_carry_their_pages(data):
    threshold = data[data["series"] == "threshold"].iloc[0]
    assert (threshold["value"], threshold["page"]) == (5e7, 15)
    capital = data[data["series"] == "capital"].set_index("city")
    assert capital["page"].to_dict() == {"杭州": 15, "上海": 7}


def test_a_list_that_is_complete_has_no_firm_left_over(tables):
    full = tables["tables/financing_top20"].copy()
    full.loc[full["city"] == "南京", "firms"] = 2
    data = financing.financing_data({**tables, "tables/financing_top20": full})
    rest = data[(data["series"] == "top20") & data["city"].isna()]
    assert rest["value"].tolist() == [0]
    squares = [patch for patch in financing.financing(data, "en").axes[0].patches if patch.get_height() == 0.48]
    assert len(squares) == 20
    assert pd.notna(financing.financing_caption(data)["en"])
