"""Several years: who rose and fell, came and went, which indicators did it, and what does not compare."""

import numpy as np
import pandas as pd
import pytest
from report_tables import load

from fhi import editions
from fhi.editions import construction
from fhi.engine import years
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.paths import RAW
from fhi.scenarios import load_scenario

TREE = Framework.from_table(
    pd.DataFrame(
        [("all", 0, None), ("rich", 1, "all"), ("calm", 1, "all"), ("income", 2, "rich"), ("noise", 2, "calm")],
        columns=["code", "level", "parent"],
    ).assign(direction=[1, 1, 1, 1, -1], weight=1.0, unit=None, name_zh="名", name_en="name")
)
VALUES = {
    2017: {"甲": (10, 1), "乙": (20, 2), "丙": (30, 5)},
    # 丙 leaves, 丁 enters at the top, 乙 overtakes 甲
    2018: {"甲": (10, 4), "乙": (20, 1), "丁": (40, 0)},
}

LATER = [
    (city, indicator, value)
    for city, *own in (("甲", 90, 9), ("乙", 5, 0))
    for indicator, value in zip(("income", "noise"), own, strict=True)
]


def panel(*more):
    rows = [
        (city, year, indicator, value, "public")
        for year, cities in VALUES.items()
        for city, values in cities.items()
        for indicator, value in zip(("income", "noise"), values, strict=True)
    ]
    return pd.DataFrame([*rows, *more], columns=["city", "year", "indicator", "value", "evidence"])


OWN = {"method": "last-observed", "max_age": 0}


def built(method=None, values=None):
    values = panel() if values is None else values
    method = method or Method(year=2018, panel=OWN)
    indices = years.build_years(values, TREE, method)
    return indices, years.scores(indices, values, TREE), method


def test_every_year_has_its_own_scores_and_ranks():
    indices, scores, _ = built()
    assert list(indices) == [2017, 2018]
    first = scores[(scores["node"] == "all") & (scores["year"] == 2017)].set_index("city")
    # income 0, 50, 100; noise, less is better, 100, 75, 0
    assert first["score"].to_dict() == pytest.approx({"甲": 50, "乙": 62.5, "丙": 50})
    assert first["rank"].to_dict() == {"甲": 2, "乙": 1, "丙": 2}
    assert set(scores["evidence"]) == {"public"}
    computed = years.scores(indices, panel(), TREE, lambda labels: {*labels} & {"user"} | {"computed"})
    assert set(computed["evidence"]) == {"computed"}


def test_who_came_and_went_and_who_moved_among_those_that_stayed():
    moves = years.movement(built()[1]).query("node == 'all'").set_index("city")
    assert moves["status"].to_dict() == {"甲": "same", "乙": "same", "丙": "left", "丁": "entered"}
    # 丁 pushes 乙 from the first place, but not among the cities of both years
    assert (moves.at["乙", "change"], moves.at["乙", "among"]) == (-1, 0)
    assert pd.isna(moves.at["丁", "rank_from"]) and pd.isna(moves.at["丙", "rank_to"])


def test_a_rise_is_positive():
    moves = years.movement(built()[1]).query("node == 'calm'").set_index("city")
    assert moves[["change", "among", "status"]].loc["甲"].tolist() == [-2, -1, "fell"]
    assert moves[["change", "among", "status"]].loc["乙"].tolist() == [0, 1, "rose"]


@pytest.mark.parametrize("over", ["by-year", "pooled", {"method": "base-year", "base": 2017}])
def test_the_change_of_a_score_is_the_sum_of_what_the_indicators_did(over):
    indices, scores, method = built(Method(year=2018, panel=OWN, over_years=over))
    changes = years.changes(indices, TREE, method)
    assert set(changes["city"]) == {"甲", "乙"}
    for city, rows in changes.groupby("city"):
        own = scores[(scores["city"] == city) & (scores["node"] == "all")].set_index("year")["score"]
        whole = rows.set_index("node")["change"]
        assert whole["all"] == pytest.approx(own[2018] - own[2017])
        assert whole[["income", "noise"]].sum() == pytest.approx(whole["all"])
        assert (rows["by_value"] + rows["by_weight"]).tolist() == pytest.approx(rows["change"].tolist())


def test_a_value_that_comes_changes_the_score_by_its_weight():
    values = panel()
    values = values[~((values["city"] == "甲") & (values["year"] == 2017) & (values["indicator"] == "noise"))]
    method = Method(year=2018, panel=OWN, availability={0: 0.5})
    indices, _, _ = built(method, values)
    rows = years.changes(indices, TREE, method).query("city == '甲'").set_index("node")
    assert rows.at["noise", "by_value"] == 0 and rows.at["noise", "by_weight"] == rows.at["noise", "change"]


def test_levels_compare_when_the_years_are_pooled():
    _, scores, _ = built(Method(year=2018, panel=OWN, over_years="pooled"))
    income = scores[scores["node"] == "income"].pivot(index="city", columns="year", values="score")
    # 10 to 40 over both years
    assert income[2017].dropna().to_dict() == pytest.approx({"甲": 0, "乙": 100 / 3, "丙": 200 / 3})
    assert income[2018].dropna().to_dict() == pytest.approx({"甲": 0, "乙": 100 / 3, "丁": 100})


@pytest.mark.slow
def test_the_last_year_of_several_is_the_index_of_the_scenario():
    for over in ("by-year", "pooled", {"method": "base-year", "base": 2017}):
        method = Method(year=2018, panel=OWN, over_years=over)
        pd.testing.assert_frame_equal(built(method)[0][2018].scores, build(panel(), TREE, method).scores)


@pytest.mark.slow
def test_without_an_edition_year_all_years_are_measured_alike():
    later = panel(*((city, 2019, indicator, value, "public") for city, indicator, value in LATER))
    for over in ("pooled", {"method": "base-year", "base": 2018}):
        latest, stated = (built(Method(year=year, panel=OWN, over_years=over), later)[1] for year in (None, 2019))
        pd.testing.assert_frame_equal(latest, stated)
        assert set(latest["year"]) == {2017, 2018, 2019}


def test_a_node_of_other_indicators_is_not_compared():
    values = panel()
    values = values[~((values["year"] == 2017) & (values["indicator"] == "noise"))]
    _, scores, _ = built(Method(year=2018, panel=OWN, availability={0: 0}), values)
    assert scores.groupby("node")["year"].nunique().to_dict() == {
        "all": 1,
        "rich": 2,
        "calm": 1,
        "income": 2,
        "noise": 1,
    }


def test_what_is_carried_on_from_the_year_before_is_no_new_year():
    later = panel(
        ("甲", 2019, "noise", 3, "public"), ("乙", 2019, "noise", 2, "public"), ("丁", 2019, "noise", 1, "public")
    )
    _, scores, _ = built(Method(year=2019), later)
    assert scores[scores["node"] == "income"]["year"].max() == 2018
    assert scores[scores["node"] == "all"]["year"].max() == 2019


def test_the_year_of_the_edition_must_be_built():
    with pytest.raises(MethodError, match="no data of 2011"):
        built(Method(year=2018, panel=OWN, over_years={"method": "base-year", "base": 2011}))
    with pytest.raises(MethodError, match="set the key year"):
        build(panel(), TREE, Method(over_years="pooled"))


def test_other_aggregations_have_no_such_split():
    method = Method(
        year=2018, panel=OWN, normalisation={"method": "min-max", "scale": [1, 100]}, aggregation="geometric"
    )
    assert years.changes(built(method)[0], TREE, method).empty


@pytest.fixture(scope="module")
def report():
    tables, framework = load(), Framework.from_csv(RAW / "report2018" / "framework.csv")
    return editions.tidy(tables), construction.panel(tables, framework), framework


@pytest.mark.slow
def test_the_real_years_of_the_panel_are_those_of_gross_domestic_product(report):
    _, values, framework = report
    indices = years.build_years(values, framework, load_scenario("baseline"))
    scores = years.scores(indices, values, framework)
    several = scores.groupby("node")["year"].nunique()
    assert several[several > 1].index.tolist() == ["gdp"]
    moves = years.movement(scores).query("node == 'gdp'")
    # 香港 and 澳门 have public figures of 2017 alone
    assert set(moves.query("status == 'entered'")["city"]) == {"香港", "澳门"}
    assert set(moves["from"]) == {2015, 2016}
    gdp = values[(values["indicator"] == "gdp") & (values["year"] == 2016)].set_index("city")["value"]
    own = scores[(scores["node"] == "gdp") & (scores["year"] == 2016)].set_index("city")["rank"]
    assert (gdp.rank(ascending=False, method="min").astype(int) == own[gdp.index]).all()


def test_growth_is_the_compound_rate_and_the_trend_of_the_logarithms():
    values = {
        "甲": [100.0, 121.0, 133.1],
        "乙": [50.0, np.nan, 40.0],
        "丙": [-1.0, 2.0, 3.0],
        "丁": [7.0, np.nan, np.nan],
    }
    rows = [(city, 2015 + place, "gdp", value) for city, held in values.items() for place, value in enumerate(held)]
    table = years.growth(pd.DataFrame(rows, columns=["city", "year", "indicator", "value"])).set_index("city")
    assert sorted(table.index) == sorted("甲乙丙")
    first = table.loc["甲"]
    assert (first["from"], first["to"], first["years"], first["change"]) == (2015, 2017, 3, pytest.approx(33.1))
    assert first["annual"] == pytest.approx(1.331**0.5 - 1)
    # with three years the slope is half the difference of the outer logarithms, so that the two rates agree
    assert first["trend"] == pytest.approx(first["annual"])
    assert table.loc["乙", "annual"] == pytest.approx(0.8**0.5 - 1)
    assert np.isnan(table.loc["乙", "trend"]) and table.loc["丙", ["annual", "trend"]].isna().all()
