"""p29-30: public market values as they stand, quadrants by the medians, the lists as printed."""

import numpy as np
import pytest

from fhi.showing.figures import economy, style
from fhi.showing.figures.economy import MEASURES, QUADRANTS, base_caption, base_data, leading_data
from fhi.showing.figures.wording import both, said


def test_the_values_are_the_public_ones_and_hong_kong_has_none(tables):
    data = base_data(tables).set_index("city")
    public = tables["a_share_totals"].set_index(["sector", "city"])
    for name in MEASURES:
        for city in data.index.drop("香港"):
            assert data.at[city, name] == public.at[(name, city), "market_cap"]
            assert data.at[city, f"{name}_firms"] == public.at[(name, city), "firms"]
    assert data.loc["香港", ["finance", "technology", "quadrant_zh"]].isna().all()
    assert len(data) == 20


def test_a_quadrant_compares_with_the_medians_of_the_cities_that_have_data(tables):
    data = base_data(tables).dropna(subset=["finance"])
    assert data["finance_median"].iloc[0] == data["finance"].median()
    for item in data.itertuples():
        pair = item.technology >= item.technology_median, item.finance >= item.finance_median
        assert (item.quadrant_zh, item.quadrant_en) == tuple(said(QUADRANTS[pair], name) for name in ("zh", "en"))
    assert data.groupby("quadrant_zh").size().sum() == 19
    assert set(data.loc[data["city"].isin(["北京", "上海", "深圳"]), "quadrant_en"]) == {
        said(QUADRANTS[True, True], "en")
    }


def test_the_source_line_names_the_day_of_the_public_source(tables):
    day = tables["tables/a_share_firms"]["cap_date"].mode()[0]
    assert all(day in text for text in both("p29-economy.source").values())


def test_the_caption_counts_the_firms_whose_city_is_not_certain(tables):
    data = base_data(tables)
    assert data[["undated", "without_city"]].drop_duplicates().to_numpy().tolist() == [[5, 2]]
    caption = base_caption(data)
    assert "5家迁址日期不明" in caption["zh"] and "2家只知省份" in caption["zh"]
    assert "5 firms with an unknown date" in caption["en"] and "2 firms known by province" in caption["en"]


def test_the_lists_are_those_of_the_page_and_nobody_stands_in_neither(tables):
    data, leaders = leading_data(tables), tables["tables/leaders"]
    for name, panel in (("first_list", "first_panel"), ("second_list", "second_panel")):
        listed = leaders[leaders["list"] == panel].sort_values("position")["city"].tolist()
        assert data.dropna(subset=[name]).sort_values(name)["city"].tolist() == listed
    assert not data[["first_list", "second_list"]].isna().all(axis=1).any()


@pytest.mark.parametrize(
    "city, column, value",
    [
        ("北京", "finance_published", 28),
        ("北京", "technology_published", 97),
        ("香港", "finance_published", 29),
        ("深圳", "technology_published", 80),
    ],
)
def test_the_counts_that_the_report_prints_stand_beside_the_lists(tables, city, column, value):
    assert leading_data(tables).set_index("city").at[city, column] == value


def test_what_the_report_does_not_count_is_missing(tables):
    data = leading_data(tables).set_index("city")
    assert data["finance_published"].notna().sum() == 2 and data["technology_published"].notna().sum() == 2
    assert data.loc["香港", ["finance_public", "technology_public"]].isna().all()


def test_bounds_that_begin_at_0_run_from_the_strip_of_zeros_to_their_end(tables):
    data = economy.base_data(tables)
    with style.matplotlib.rc_context(style.RC):
        figure = economy.base(data, "en")
    zeros, axes = figure.axes[:2]
    jinan = data.set_index("city").loc["济南"]
    assert (jinan["finance"], jinan["finance_high"]) == (0, 930.9988)

    def level(part):
        lines = [line for bars in part.collections if hasattr(bars, "get_segments") for line in bars.get_segments()]
        drawn = [line for line in lines if len(line) and (line[:, 1] == jinan["technology"]).all()]
        return [line[:, 0].tolist() for line in drawn if np.ptp(line[:, 0])]

    assert level(zeros) == [[economy.ZERO, 1.0]]
    assert level(axes) == [[axes.get_xlim()[0], 930.9988]]
