"""A scenario and its edition are checked whole before anything runs."""

import pytest
import report_tables

from fhi import paths
from fhi.editions import folders
from fhi.engine.errors import DataError, FhiError, Problem
from fhi.running import checking
from fhi.scenarios import layers_of, load_scenario, own_settings, scenario_names


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Return a function that writes a scenario, checks it and returns what is said against it."""
    baseline = (paths.SCENARIOS / "baseline.yml").read_text(encoding="utf-8")
    (tmp_path / "baseline.yml").write_text(baseline, encoding="utf-8")
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path)
    monkeypatch.setattr(paths, "USER", tmp_path / "user")
    # every scenario here is of the report, whose tables are read once
    monkeypatch.setattr(folders, "load", {paths.REPORT: report_tables.load()}.__getitem__)
    for function in (load_scenario, own_settings, layers_of, scenario_names):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))

    def check(content):
        (tmp_path / "mine.yml").write_text(content, encoding="utf-8")
        try:
            checking.check("mine")
        except FhiError as error:
            return str(error)
        return ""

    return check


@pytest.mark.slow
@pytest.mark.parametrize(
    "content, fault",
    [
        ("year: 1999\n", "scenarios/mine.yml: year: the edition has no value of 1997-1999"),
        ("year: 2030\n", "year: the edition has no value of 2028-2030"),
        ("robustness: {space: {nonsense: [1]}}\n", "robustness.nonsense: there is no assumption 'nonsense'"),
        ("robustness: {space: {imputation: [medain]}}\n", "Did you mean median"),
        ("robustness: {grid: {nonsense: [1]}}\n", "there is no assumption 'nonsense'"),
        ("user_data: nosuch\n", "user_data.folder: there is no 'nosuch' in data/user/"),
        ("weights: {adoptoin: 2}\n", "Did you mean adoption"),
        ("constructions: {services: nonsense}\n", "mobile-payment-index"),
    ],
)
def test_a_fault_is_found_before_anything_runs(said, content, fault):
    assert fault in said(content)


@pytest.mark.slow
@pytest.mark.parametrize("content", ["", "year: 2019\n", "year: 2017\n", "max_age: null\nyear: 2030\n"])
def test_what_is_sound_passes(said, content):
    assert said(content) == ""


@pytest.mark.slow
def test_several_faults_are_told_together(said):
    found = said("year: 1999\nrobustness: {space: {nonsense: [1]}}\nuser_data: null\nweights: {nothing: 1}\n")
    assert found.startswith("several faults:\n")
    assert all(part in found for part in ("1997-1999", "nonsense", "nothing")) and found.count("MethodError") == 3


def test_faults_of_the_tables_do_not_hide_those_of_the_scenario(said, monkeypatch):
    def bad(name):
        raise DataError([Problem("indicators.csv", 3, "value", "", "a value", "leave the row out")])

    monkeypatch.setattr(folders, "load", bad)
    found = said("weights: {adoptoin: 2}\n")
    assert "indicators.csv: row 3, column value" in found and "leave the row out" in found
    assert "Did you mean adoption" in found


@pytest.mark.slow
def test_a_file_of_the_staff_with_a_name_that_says_nothing_is_refused(said, tmp_path):
    (tmp_path / "user/mine").mkdir(parents=True)
    assert "data/user/mine has no file with a recognised name" in said("user_data: mine\n")
    (tmp_path / "user/mine/frims.csv").write_text("x", encoding="utf-8")
    assert "rename it to firms.csv" in said("user_data: mine\n")
