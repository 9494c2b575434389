"""Infrastructure (p17) and contributions (p18): printed shares, differences of printed sums, and no other number."""

import pytest

from fhi.showing.figures import infrastructure


@pytest.fixture(scope="module")
def panels(tables):
    return infrastructure.panels_data(tables)


@pytest.fixture(scope="module")
def data(tables):
    return infrastructure.contributions_data(tables)


def test_the_exchanges_add_up_to_the_printed_eight(panels, tables):
    exchanges = panels[panels["panel"] == "exchanges"]
    total = tables["tables/headlines"].query("measure_en == 'national exchanges'")["printed_value"].iloc[0]
    assert exchanges["value"].sum() == total == 8
    assert exchanges.set_index("city")["evidence"].to_dict() == {
        "上海": "published",
        "北京": "derived",
        "深圳": "derived",
        "大连": "derived",
        "郑州": "derived",
    }


def test_vendors_have_names_and_no_values(panels):
    vendors = panels[panels["panel"] == "information_vendors"]
    assert set(vendors["name_zh"]) == {"东方财富", "大智慧", "万得", "同花顺"}
    assert vendors["value"].isna().all() and set(vendors["evidence"]) == {"public"}


def test_each_panel_names_its_printed_leader(panels):
    firsts = panels.drop_duplicates("panel").set_index("panel")["first"].to_dict()
    assert firsts == {"exchanges": "上海", "information_vendors": "上海", "cloud": "杭州", "blockchain": "北京"}


@pytest.mark.parametrize("panel, rest", [("cloud", 13.2), ("blockchain", 38.6)])
def test_what_page_17_does_not_give_by_city_is_the_rest_of_the_nation(panels, panel, rest):
    rows = panels[panels["panel"] == panel].set_index("kind")["value"]
    assert rows["rest"] == rest and rows.sum() == pytest.approx(100)


def test_the_contributions_of_each_class_add_up_to_the_nation(data):
    assert data.groupby("panel")["value"].sum().to_dict() == pytest.approx({"blockchain": 100, "cloud": 100})


def test_what_follows_from_the_printed_sums(data):
    derived = data[data["evidence"] == "derived"].set_index(["panel", "kind"])
    assert derived["value"].to_dict() == {
        ("cloud", "third"): 6.1,
        ("cloud", "rest"): 7.1,
        ("blockchain", "together"): 32.7,
        ("blockchain", "rest"): 5.9,
    }
    # the two that share a sum are those of the printed four without a number of their own
    assert set(derived.at[("blockchain", "together"), "city"].split("|")) == {"杭州", "深圳"}
    assert derived["city"].drop(("blockchain", "together")).isna().all()


def test_what_is_printed_stays_as_printed(data, tables):
    printed = data[data["kind"] == "city"].set_index(["panel", "city"])["value"]
    source = tables["tables/contributions"].set_index(["class", "city"])["share_value"]
    assert printed.sort_index().to_dict() == source.sort_index().to_dict()


def test_the_facts_beside_the_treemaps(data):
    facts = data[data["kind"] == "fact"]
    assert facts["number"].tolist() == [450, 80] and set(facts["page"]) == {18}
    firms = data[data["kind"] == "firm"].set_index("name_zh")["city"].to_dict()
    assert firms == {"阿里云": "杭州", "腾讯云": "北京", "华为云": "南京"}


def test_what_is_not_printed_by_city_is_drawn_with_its_bounds(data):
    rows = data.set_index(["panel", "kind"])[["low", "high"]]
    assert rows.loc[("blockchain", "together")].to_numpy().tolist() == [3.7, 29.0]
    assert rows.loc[("cloud", "third")].to_numpy().tolist() == [0, 6.1]
    assert rows.loc[("blockchain", "rest")].to_numpy().tolist() == [0, 5.9]
    caption = infrastructure.contributions_caption(data)
    assert "3.7–29.0" in caption["zh"] and "3.7–29.0" in caption["en"]
