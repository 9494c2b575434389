"""Made-up micro-data: of the report's size, counting to what it prints, the same each time, labelled in every row."""

import io

import pandas as pd
import pytest
from report_tables import load

from fhi.editions import synthetic
from fhi.editions.a_share import totals
from fhi.editions.synthetic.places import Places
from fhi.engine.framework import Framework
from fhi.paths import RAW
from fhi.reading import microdata

#: the tables that they share take a second to make
pytestmark = pytest.mark.slow

TABLES, FRAMEWORK = load(), Framework.from_csv(RAW / "report2018" / "framework.csv")
YEARS = (2016, 2017, 2018)


@pytest.fixture(scope="module")
def files():
    return synthetic.files(TABLES, FRAMEWORK, YEARS, seed=2018)


@pytest.fixture(scope="module")
def found(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return microdata.collect(folder, TABLES, FRAMEWORK, shown="synthetic", year=2018)


def value(found, indicator, year=2018):
    rows = found.panel[(found.panel["indicator"] == indicator) & (found.panel["year"] == year)]
    return rows.set_index("city")["value"]


def printed(table, key="city", column="rate"):
    return TABLES[f"{table}"].set_index(key)[column]


@pytest.mark.slow
def test_the_size_is_that_of_the_report(files):
    rows = {name: content.count(b"\n") - 1 for name, content in files.items()}
    # p39: near 4000 firms and more than 8000 questionnaires
    assert 4000 <= rows["firms-2018.csv"] <= 5000
    firms = pd.read_csv(io.BytesIO(files["firms-2018.csv"]))
    assert firms["企业名称"].nunique() == pytest.approx(4000, rel=0.01)
    assert rows["questionnaires-2018.csv"] == pytest.approx(8000, rel=0.01)
    assert rows["firms-2016.csv"] < rows["firms-2017.csv"] < rows["firms-2018.csv"]


@pytest.mark.slow
def test_every_row_of_every_file_and_of_the_panel_is_labelled(files, found):
    for content in files.values():
        assert set(pd.read_csv(io.BytesIO(content))["evidence"]) == {"synthetic"}
    assert set(found.panel["evidence"]) == set(found.intervals["evidence"]) == set(found.services["evidence"])
    assert set(found.panel["evidence"]) == {"synthetic"}
    assert found.panel["source_id"].str.startswith("synthetic/").all()


@pytest.mark.slow
def test_nothing_is_refused_but_rows_that_stand_twice(found):
    assert set(found.refused["expected"]) == {"a row that is not there already"}
    assert found.quality.query("what == 'measure not read' or what == 'column not read'").empty


def test_the_whole_tree_is_filled_in_every_issue(found):
    for year in YEARS:
        assert set(found.panel[found.panel["year"] == year]["indicator"]) == set(FRAMEWORK.leaves)


@pytest.mark.slow
def test_firms_and_their_financing_are_as_printed(found):
    counts = TABLES["city_profiles"].query("node == 'firm_count' and unit == 'firms'")
    expected = counts.set_index("city")["printed_value"]
    assert value(found, "firm_count")[expected.index].to_dict() == expected.to_dict()
    assert value(found, "firm_count")["杭州"] == 33
    capital = value(found, "capital")
    assert capital["上海"] == pytest.approx(400)
    assert capital.idxmax() == "杭州"


def test_shares_of_the_nation_are_as_printed(found):
    from fhi.editions.construction import national_shares

    shares = (
        national_shares(TABLES).query("indicator == 'firm_scale'").pivot(index="city", columns="class", values="share")
    )
    expected = shares.mean(axis=1, skipna=False).dropna()
    assert value(found, "firm_scale").to_dict() == pytest.approx(
        expected.reindex(value(found, "firm_scale").index).to_dict()
    )
    # exchanges, cloud and blockchain of 北京: 12.5, 39.1 and 32.4
    assert value(found, "contribution")["北京"] == pytest.approx(28)


def test_services_are_as_printed(found):
    assert value(found, "services")[["深圳", "北京"]].tolist() == [165, 138]
    assert value(found, "services").idxmax() == "深圳"
    special = found.services.query("year == 2018").groupby("city")["special"].sum()
    assert special[["武汉", "北京"]].tolist() == [20, 12] and special.idxmax() == "武汉"


def test_adoption_rates_are_within_sampling_error(found):
    rates = printed("adoption")
    rows = found.intervals.query("indicator == 'adoption' and year == 2018").set_index("city").loc[rates.index]
    assert ((rows["low"] <= rates) & (rates <= rows["high"])).sum() >= 17
    # 95 % intervals of some 200 answers
    assert (rows["high"] - rows["low"]).between(4, 16).all()


def test_market_values_are_the_public_ones(found):
    public = totals(TABLES).query("sector == 'technology'").set_index("city")["market_cap"]
    assert value(found, "technology_industry")[public.index.drop("拉萨")].to_dict() == pytest.approx(
        public.drop("拉萨").to_dict(), abs=0.02
    )


def test_printed_orders_are_kept(found):
    ranks = printed("attention", column="rank").sort_values()
    assert value(found, "search_interest")[ranks.index].is_monotonic_decreasing
    order = TABLES["leaders"].query("list == 'traditional_finance'").sort_values("position")["city"]
    assert value(found, "technology_level").nlargest(5).index.tolist() == order.tolist()


def test_cities_come_and_go_with_the_last_issue(found):
    places = Places(TABLES, 2018)
    for year in YEARS:
        assert set(value(found, "adoption", year).index) == set(places.of(year))
    assert set(places.of(2018)) - set(places.of(2017)) == {"香港", "澳门", "台北"}
    assert set(places.of(2017)) - set(places.of(2018)) == {places.leaving}


@pytest.mark.slow
def test_a_seed_gives_the_same_bytes_and_another_one_others(files):
    assert synthetic.files(TABLES, FRAMEWORK, YEARS, seed=2018) == files
    other = synthetic.files(TABLES, FRAMEWORK, YEARS, seed=1)
    assert all(other[name] != files[name] for name in files if not name.startswith("population"))
