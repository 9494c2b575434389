"""p22: four printed counts, the bound of the city ranked first for the rest, nothing by category."""

import pandas as pd
import pytest

from fhi.showing.figures.experience import scenes_data


@pytest.fixture(scope="module")
def data(tables):
    return scenes_data(tables)


def test_every_city_has_a_row_of_every_kind_in_order_of_rank(data, tables):
    order = tables["tables/top20"].sort_values("rank")["city"].tolist()
    for _, rows in data.groupby("kind"):
        assert rows["city"].tolist() == order


def test_the_counts_are_those_of_the_table_and_all_others_are_missing(data, tables):
    printed = data.dropna(subset=["count"]).set_index(["kind", "city"])["count"]
    table = tables["tables/services"].set_index(["kind", "city"])["count"]
    assert printed.sort_index().to_dict() == table.sort_index().to_dict()
    assert set(data.loc[data["kind"] == "transport", "count"].isna()) == {True}


def test_what_is_not_printed_is_bounded_by_the_city_ranked_first(data, tables):
    bounds = data.groupby("kind")["at_most"].first()
    counts = tables["tables/services"].set_index(["kind", "city"])["count"]
    assert bounds["total"] == counts["total", "深圳"] and bounds["special"] == counts["special", "武汉"]
    printed = data.dropna(subset=["count"])
    assert (printed["count"] <= printed["at_most"]).all()


def test_without_the_count_of_the_first_there_is_no_bound(tables):
    services = tables["tables/services"]
    data = scenes_data(tables | {"tables/services": services[services["city"] != "深圳"]})
    rows = data[data["kind"] == "total"]
    assert rows["at_most"].isna().all()
    assert set(rows["evidence"].dropna()) == {"published"}


def test_the_evidence_says_what_is_printed_derived_and_missing(data):
    evidence = data.set_index(["kind", "city"])["evidence"]
    assert evidence["total", "北京"] == "published" and evidence["total", "南京"] == "derived"
    assert evidence["transport", "上海"] == "published" and pd.isna(evidence["transport", "南京"])
