"""The failed platforms by city: the numbers of the list, nothing lost, a figure of public data that is no indicator."""

import pytest

from fhi.showing.figures import ecosystem as lending
from fhi.showing.figures import style
from fhi.showing.figures.registry import entries

ENTRY = next(entry for entry in entries() if entry.id == "lending-failures")


@pytest.fixture(scope="module")
def data(tables):
    return ENTRY.data(tables)


def test_the_bars_are_the_numbers_of_the_list(data, tables):
    rows = data.set_index("city")
    assert rows.loc["上海", ["failed", "earlier", "late", "police"]].tolist() == [674, 565, 109, 40]
    assert data["city"].head(4).tolist() == ["上海", "深圳", "北京", "杭州"] and data["city"].iloc[-1] == "其他"
    assert (data["earlier"] + data["late"]).equals(data["failed"])
    assert data["failed"].sum() == tables["tables/p2p_platforms"]["problem_to_2018_09"].sum() == 4795


def test_the_caption_has_the_sums_and_says_why_it_is_no_indicator(data):
    caption = ENTRY.caption(data)
    # (674 + 601 + 560 + 259)/4795
    for text in caption.values():
        assert "4,795" in text and "44%" in text and "535" in text and "1,196" in text
    assert "指标方向不明" in caption["zh"] and "the direction is unclear" in caption["en"]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_city_with_a_failure_has_a_bar_and_no_text_is_in_the_way_of_another(data, framed, misplaced, language):
    figure = framed(ENTRY, data, language)
    shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    drawn = data[~data["rest"] & (data["failed"] > 0)]
    assert len(shown) == 35 and shown == list(style.city_names(drawn, language))
    assert misplaced(figure) == []


def test_its_source_is_the_list_and_not_the_report():
    assert ENTRY.evidence == ("public",) and ENTRY.page is None
    assert "report" not in style.source_line(ENTRY, "en") and "网贷天眼" in style.source_line(ENTRY, "zh")
    assert lending.failures.__module__ == "fhi.showing.figures.ecosystem"
