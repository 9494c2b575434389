"""Alternative constructions: values of the raw tables replace a whole indicator, bad names are refused."""

import pandas as pd
import pytest
from report_tables import load

from fhi import editions
from fhi.editions import SCHEMAS, construction, read_table
from fhi.editions.alternatives import ALTERNATIVES, chosen, described
from fhi.engine.errors import DataError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.paths import RAW
from fhi.reading.microdata import Microdata
from fhi.running import user_data
from fhi.scenarios import Scenario, load_scenario

TABLES = load()
WIDER, BASELINE = load_scenario("wider"), load_scenario("baseline")
SPECIAL = {"香港", "澳门", "台北"}

OWN = editions.schemas_of(RAW / "report2018")


def panel(method):
    tables = described(TABLES, method)
    return user_data.panel(method, tables, Framework.from_table(tables["framework"]), Microdata.empty())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("city", "platforms", "volume", "index"),
    [
        ("北京", 110, 2321.5617, 161.25),
        ("上海", 62, 2849.6323, 200.18),
        ("太原", 0, 0.0, 83.19),
        ("拉萨", 0, 0.0, 58.99),
    ],
)
def test_the_values_are_those_of_the_raw_tables(city, platforms, volume, index):
    rows = panel(WIDER).query("city == @city").set_index("indicator")["value"]
    assert rows[["firm_count", "capital", "services"]].tolist() == [platforms, volume, index]


def test_the_lists_add_up_to_what_was_read():
    lending = TABLES["public/p2p_platforms"]
    assert lending[["platforms", "problem_to_2018_09", "problem_2018_06_09", "problem_police"]].sum().tolist() == [
        513,
        4795,
        535,
        227,
    ]
    assert lending["volume_2017h1_100m"].sum() == pytest.approx(10038.7, abs=0.05)
    assert (lending["problem_2018_06_09"] <= lending["problem_to_2018_09"]).all()
    payment = TABLES["public/mobile_payment_index_2018"]
    assert payment["rank"].tolist() == list(range(1, 56)) and payment["value"].is_monotonic_decreasing


@pytest.mark.slow
def test_an_alternative_gives_all_mainland_cities_and_nothing_printed_stays():
    rows, mainland = panel(WIDER), set(TABLES["cities"]["name_zh"]) - SPECIAL
    for indicator, unit in {
        "firm_count": "platforms",
        "capital": "100 million CNY",
        "services": "index points",
    }.items():
        own = rows[rows["indicator"] == indicator]
        assert set(own["city"]) == mainland and own["city"].is_unique
        assert set(own["evidence"]) == {"public"} and set(own["unit"]) == {unit}


@pytest.mark.slow
def test_the_other_indicators_and_the_baseline_are_as_before():
    default = construction.panel(TABLES, Framework.from_csv(RAW / "report2018" / "framework.csv"))
    pd.testing.assert_frame_equal(panel(BASELINE), default)
    wider = panel(WIDER)
    kept = [frame[~frame["indicator"].isin(WIDER.constructions)].reset_index(drop=True) for frame in (wider, default)]
    pd.testing.assert_frame_equal(*kept)
    assert described(TABLES, BASELINE)["framework"].equals(TABLES["framework"])


@pytest.mark.slow
def test_what_is_replaced_is_kept_beside_the_panel():
    rows = user_data.replaced(WIDER, TABLES, Microdata.empty())
    assert rows.groupby("indicator").size().to_dict() == {"capital": 1, "firm_count": 3, "services": 2}
    assert set(rows["evidence"]) == {"published"} and set(rows["unit"]) == {"100 million CNY", "firms", "services"}
    assert user_data.replaced(BASELINE, TABLES, Microdata.empty()).empty


def test_the_texts_of_the_framework_say_what_is_measured_in_both_languages():
    framework = described(TABLES, WIDER)["framework"].set_index("code")
    for indicator in ("firm_count", "capital"):
        assert "仅网络借贷" in framework.at[indicator, "definition_zh"]
        assert "Online lending only" in framework.at[indicator, "definition_en"]
        assert "partial, lending-only" in framework.at[indicator, "construction"]
    assert "代理" in framework.at["services", "definition_zh"] and "proxy" in framework.at["services", "definition_en"]
    others = framework.index.difference([*WIDER.constructions])
    pd.testing.assert_frame_equal(framework.loc[others], TABLES["framework"].set_index("code").loc[others])


def test_every_alternative_has_its_texts_and_every_text_a_function():
    listed = set(TABLES["constructions"][["indicator", "name"]].itertuples(index=False, name=None))
    assert listed == {(indicator, name) for indicator, own in ALTERNATIVES.items() for name in own}


@pytest.mark.slow
def test_another_choice_of_construction_goes_by_the_same_key():
    method = WIDER.model_copy(update={"constructions": {"capital": "lending-registered-capital"}})
    rows = panel(method)
    assert rows.query("indicator == 'capital' and city == '北京'")["value"].tolist() == [114.5375]
    assert len(rows.query("indicator == 'firm_count'")) == 3


@pytest.mark.parametrize(
    ("constructions", "key", "nearest"),
    [
        ({"firm_cuont": "lending-platforms"}, "constructions", "firm_count"),
        ({"gdp": "lending-platforms"}, "constructions", "capital, firm_count, services"),
        ({"capital": "lending-volumes"}, "constructions.capital", "Did you mean lending-volume"),
        ({"services": "lending-volume"}, "constructions.services", "mobile-payment-index"),
    ],
)
def test_a_bad_name_is_refused_with_the_nearest(constructions, key, nearest):
    with pytest.raises(MethodError) as caught:
        chosen(Scenario(constructions=constructions), "scenarios/mine.yml")
    assert str(caught.value).startswith(f"scenarios/mine.yml: {key}: ") and nearest in str(caught.value)


@pytest.mark.slow
def test_the_check_of_a_scenario_refuses_a_bad_construction_before_anything_is_written(tmp_path, monkeypatch):
    from fhi import __main__, paths, scenarios

    (tmp_path / "baseline.yml").write_text((paths.SCENARIOS / "baseline.yml").read_text(encoding="utf-8"), "utf-8")
    (tmp_path / "mine.yml").write_text("constructions: {capital: lending}\n", "utf-8")
    monkeypatch.setattr(scenarios.load_scenario, "__defaults__", (tmp_path,))
    monkeypatch.setenv("FHI_OUT", str(tmp_path / "out"))
    with pytest.raises(MethodError, match=r"scenarios/mine.yml: constructions.capital: there is no 'lending'"):
        __main__.check("mine")
    assert not (tmp_path / "out").exists()


def test_another_edition_has_no_alternatives():
    with pytest.raises(MethodError, match="fill in indicators"):
        chosen(Scenario(edition="baltic", constructions={"capital": "lending-volume"}))


@pytest.mark.slow
def test_the_wider_index_uses_eleven_indicators_and_scores_every_mainland_city():
    tables = described(TABLES, WIDER)
    index = build(panel(WIDER), Framework.from_table(tables["framework"]), WIDER)
    used = index.stages["screening"].query("used").index
    assert len(used) == 11 and set(WIDER.constructions) <= set(used)
    mainland = set(TABLES["cities"]["name_zh"]) - SPECIAL
    assert set(index.scores["FHI"].dropna().index) == mainland | {"香港"}


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("public/p2p_platforms", "北京,110,", "北京,-1,", "platforms"),
        ("public/p2p_platforms", "天津,1,", "北京,1,", "city"),
        ("public/mobile_payment_index_2018", "2,杭州", "1,杭州", "rank"),
        ("report2018/constructions", "capital,lending-volume", "capitol,lending-volume", "indicator"),
    ],
)
def test_a_bad_cell_of_the_raw_tables_is_named(tmp_path, table, old, new, column):
    path = tmp_path / "table.csv"
    text = (RAW / f"{table}.csv").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    known = {"node": set(TABLES["framework"]["code"])}
    with pytest.raises(DataError) as caught:
        read_table(path, SCHEMAS.get(table) or OWN[table.split("/")[1]], known=known)
    assert {problem.column for problem in caught.value.problems} == {column}
