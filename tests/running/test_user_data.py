"""What a scenario gives beside the raw data: its files take the place of published and public values."""

import pandas as pd
import pytest
import yaml
from report_tables import load

from fhi.editions import construction
from fhi.engine.errors import DataError
from fhi.engine.framework import Framework
from fhi.paths import RAW, USER
from fhi.running import user_data
from fhi.scenarios import Scenario, resolved_yaml
from fhi.store import Store

TABLES, FRAMEWORK = load(), Framework.from_csv(RAW / "report2018" / "framework.csv")
FIRMS = "name,city,class,financing\n甲,杭州,支付,1亿\n乙,北京,网贷,2亿\n"


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Return a function that puts a file into a folder of the staff's."""
    monkeypatch.setattr("fhi.paths.USER", tmp_path / "user")

    def put(name, text, folder="mine"):
        path = tmp_path / "user" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return put


def panel(method, tmp_path):
    store = Store("mine", tmp_path)
    found = user_data.read(method, TABLES, FRAMEWORK, store)
    user_data.write(store, found)
    return user_data.panel(method, TABLES, FRAMEWORK, found), store


@pytest.mark.slow
def test_without_files_the_panel_is_that_of_the_raw_data(tmp_path):
    rows, store = panel(Scenario(year=2018), tmp_path)
    pd.testing.assert_frame_equal(rows, construction.panel(TABLES, FRAMEWORK))
    assert list(store) == []


@pytest.mark.slow
def test_an_indicator_that_files_give_is_taken_from_them_alone(user, tmp_path):
    user("firms.csv", FIRMS)
    user("yearbooks.csv", "city,gdp\n杭州,1\n上海,2\n")
    rows, store = panel(Scenario(year=2018, user_data="mine"), tmp_path)
    count = rows[rows["indicator"] == "firm_count"]
    # 上海 and 杭州 have published values; 上海 is named by another file and has no firm
    assert count.set_index("city")["value"].to_dict() == {"杭州": 1, "北京": 1, "上海": 0}
    assert set(count["evidence"]) == {"user"} and set(count["source_id"]) == {"mine/firms"}
    assert rows[rows["indicator"] == "gdp"].set_index("city")["value"].to_dict() == {"杭州": 1, "上海": 2}
    assert set(rows[rows["indicator"] == "adoption"]["evidence"]) == {"published"}
    assert {"microdata/quality", "microdata/refused", "microdata/intervals", "microdata/services"} <= set(store)


@pytest.mark.slow
def test_cell_by_cell_the_others_stay(user, tmp_path):
    user("yearbooks.csv", "city,measure,year,value\n杭州,gdp,2017,1\n")
    method = Scenario(year=2018, user_data={"folder": "mine", "replaces": "cell"})
    rows = panel(method, tmp_path)[0].query("indicator == 'gdp'").set_index(["city", "year"])
    assert rows.loc[("杭州", 2017), ["value", "evidence"]].tolist() == [1, "user"]
    assert rows.loc[("杭州", 2016), "evidence"] == "public"
    assert len(rows) == len(construction.panel(TABLES, FRAMEWORK).query("indicator == 'gdp'"))


def test_a_file_that_cannot_be_read_stops_the_run_and_writes_nothing(user, tmp_path):
    user("firms.csv", "a,b\n1,2\n")
    with pytest.raises(DataError, match=r"data/user/mine/firms.csv"):
        panel(Scenario(year=2018, user_data="mine"), tmp_path)
    assert list(Store("mine", tmp_path)) == []


@pytest.mark.slow
def test_made_up_files_are_written_beside_the_results_and_read(tmp_path):
    method = Scenario(year=2018, user_data={"synthetic": {"seed": 3, "years": [2018]}})
    rows, store = panel(method, tmp_path)
    assert set(rows["evidence"]) == {"synthetic"}
    written = sorted(path.name for path in (tmp_path / "data/processed/mine/microdata/files").iterdir())
    assert written[0] == "companies-2018.csv" and len(written) == 6
    assert set(store["microdata/intervals"]["evidence"]) == {"synthetic"}


@pytest.mark.slow
def test_an_issue_made_up_before_is_not_read_again(tmp_path):
    for years in ([2017, 2018], [2018]):
        _, store = panel(Scenario(year=2018, user_data={"synthetic": {"years": years}}), tmp_path)
    assert set(store["microdata/intervals"]["year"]) == {2018}
    assert not (tmp_path / "data/processed/mine/microdata/files/firms-2017.csv").exists()


@pytest.mark.parametrize(
    "settings",
    [{}, {"folder": "mine", "synthetic": {}}, {"folder": "mine", "replaces": "row"}, {"synthetic": {"years": []}}],
)
def test_a_setting_that_says_nothing_or_too_much_is_refused(settings):
    with pytest.raises(ValueError, match="user_data"):
        Scenario(user_data=settings)


def test_the_settings_are_resolved_and_read_back():
    method = Scenario(user_data="mine")
    written = yaml.safe_load(resolved_yaml(method))
    assert written["user_data"]["folder"] == "mine" and Scenario(**written) == method


def test_the_folder_of_the_staff_holds_nothing_but_its_page():
    assert (USER / "README.md").is_file()
