"""What an edition says of itself: read strictly, and taken by scenarios where these say nothing."""

import re
import shutil

import pandas as pd
import pytest
from report_tables import load

from fhi import editions, paths
from fhi.editions import defaults
from fhi.editions.edition import read_edition, words
from fhi.editions.published import published, published_units, score_comparison
from fhi.engine.errors import DataError, MethodError
from fhi.paths import BASELINE, RAW, ROOT, SCENARIOS
from fhi.scenarios import load_scenario

BALTIC = ROOT / "tests" / "data" / "baltic"


@pytest.fixture
def changed(tmp_path):
    """Return a function that reads the edition.yml of the small edition with texts changed."""

    def change(*pairs):
        text = (BALTIC / "edition.yml").read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "edition.yml").write_text(text, encoding="utf-8")
        return read_edition(tmp_path)

    return change


@pytest.fixture
def scenarios(tmp_path, monkeypatch):
    """Return a folder of scenarios beside the small edition among the raw data."""
    shutil.copytree(BALTIC, tmp_path / "raw" / "baltic")
    shutil.copytree(RAW / "report2018", tmp_path / "raw" / "report2018")
    monkeypatch.setattr(paths, "RAW", tmp_path / "raw")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    shutil.copy(SCENARIOS / "baseline.yml", folder)

    def load(text):
        (folder / "mine.yml").write_text(text, encoding="utf-8")
        return load_scenario("mine", folder)

    return load


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("publisher", "publisher", None),
        ("citation:", "citaton:", r"citaton: there is no key 'citaton'. Did you mean citation"),
        ("plural: towns", "plurals: towns", r"unit.plurals: there is no key 'plurals'. Did you mean plural"),
        ("plural: towns", "plural: 7", r"unit.plural: Input should be a valid string; found 7"),
        ("year: 2019", "year: soon", r"year: .*found 'soon'"),
        ("{page: 1,", "{pages: 1,", r"parts.0.pages: there is no key 'pages'. Did you mean page"),
        ("id: second", "id: first", r"tiers: each id once"),
        ("weights: equal-inside-parents", "weights: equal", r"weights: .*equal-inside-parents.*found 'equal'"),
        ("weights: equal", "weight: equal", r"there is no key 'weight'. Did you mean weights"),
        ("answers: 400", "answers: 0", r"standard_errors.users.answers: .*greater than 0"),
        ("answers: 400", "answers: 4, sd: 1", r"give one of answers, sd and relative"),
        ("title: {zh: Ostsee-Fintech-Index, en: Baltic Fintech Index}", "", r"title: the key is missing"),
        ("year: 2019", "year: 2019\nyear: 2020", r"the key 'year' stands twice"),
    ],
)
def test_a_bad_key_or_value_is_named_with_the_nearest(changed, old, new, message):
    if message is None:
        assert changed().publisher is None
        return
    with pytest.raises(MethodError, match=rf"edition.yml: .*{message}"):
        changed((old, new))


def test_its_words_are_a_table_in_its_order(changed):
    table = words(changed()).set_index("key")
    assert table.index.tolist() == [
        *("title", "citation", "unit", "units", "profiles", "year", "part.ranking", "part.ranking.page"),
        *("tier.first", "tier.second"),
    ]
    assert table.loc["unit", ["zh", "en"]].tolist() == ["Stadt", "town"] and table.at["units", "en"] == "towns"


def test_the_tiers_of_the_report_are_those_of_its_table():
    tables, edition = load(), editions.edition("report2018")
    named = tables["tiers"][["tier", "name_zh", "name_en"]].to_numpy().tolist()
    assert [[tier.id, tier.zh, tier.en] for tier in edition.tiers] == named
    assert set(edition.facts.groups) == set(tables["facts"]["group"])


def test_the_published_ranks_of_the_report_are_the_columns_of_its_top20():
    tables = editions.tidy(load())
    top20, ranks = tables["tables/top20"].set_index("city"), published(tables)
    assert list(dict.fromkeys(ranks["node"])) == ["FHI", "industry", "experience", "ecosystem"]
    for node, column in (("FHI", "rank"), ("ecosystem", "ecosystem_rank")):
        assert ranks[ranks["node"] == node].set_index("city")["rank"].to_dict() == top20[column].to_dict()
    units = published_units(tables, "FHI")
    assert units.set_index("city")["tier"].to_dict() == top20["tier"].to_dict()
    assert published({}).empty and published_units({}, "FHI").empty


@pytest.mark.parametrize(
    "file, old, new, column, value",
    [
        ("published_ranks.csv", "Riga,6,second", "Riga,6,third", "tier", "third"),
        ("published_ranks.csv", "Riga,6,second", "Riga,6,", "tier", None),
        ("facts.csv", "first-mean,level", "first-mean,means", "group", "means"),
        ("facts.csv", "Stockholm|Helsinki|Tallinn,", "Stockholm|Helsinky|Tallinn,", "subjects", "Helsinky"),
        ("standard_errors.csv", "fees,Wilna", "people,Wilna", "indicator", "people"),
    ],
)
def test_a_cell_that_does_not_go_with_the_edition_is_named(tmp_path, file, old, new, column, value):
    from fhi.editions import catalogue, folders

    folder = shutil.copytree(BALTIC, tmp_path / "baltic")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    catalogue.update_checksums(folder)
    with pytest.raises(DataError) as caught:
        folders.read(folder)
    (problem,) = caught.value.problems
    assert problem.file.endswith(file) and (problem.column, problem.value) == (column, value)


def test_a_scenario_of_another_edition_takes_its_year_tree_and_errors(scenarios):
    method = scenarios("edition: baltic\n")
    space = method.robustness.space
    assert method.year == 2019
    assert space["aggregation"] == ["arithmetic", "geometric", {0: "geometric", 1: "arithmetic"}]
    assert "levels" not in space["weight_noise"]
    stated = {"Tallinn": 0.5, "Wilna": 0.5, "Helsinki": 1.0, "Stockholm": 0.25, "Krakau": 0.5}
    assert space["data_noise"] == {"users": {"answers": 400}, "fees": {"sd": stated}}
    # what the scenario itself says stays as it is
    own = scenarios("edition: baltic\nyear: 2018\nrobustness: {space: {weight_noise: {uniform: 0.1, levels: [1]}}}\n")
    assert own.year == 2018 and own.robustness.space == {"weight_noise": {"uniform": 0.1, "levels": [1]}}


def test_the_baseline_is_of_the_report_and_null_is_refused(scenarios):
    method = load_scenario(BASELINE)
    assert method.edition == "report2018" and method.robustness.space["data_noise"] == {"adoption": {"answers": 200}}
    with pytest.raises(MethodError, match=re.escape("mine.yml: edition: edition is null; remove the key")):
        scenarios("edition: null\n")
    with pytest.raises(MethodError, match=r"mine.yml: edition: there is no edition 'baltik'.*Did you mean baltic"):
        scenarios("edition: baltik\n")


def test_the_errors_of_the_report_are_those_of_its_adoption_rates():
    tables = load()
    found = defaults.estimates(tables, editions.edition("report2018"), 2018)
    assert found["city"].tolist() == tables["adoption"]["city"].tolist()
    assert set(found["assumed_answers"]) == {200} and set(found["indicator"]) == {"adoption"}
    more = defaults.estimates(tables, editions.edition("report2018"), 2018, answers=800)
    assert (more["error"] * 2).tolist() == pytest.approx(found["error"].tolist())


def test_scores_are_compared_at_the_decimals_that_are_printed():
    printed = pd.DataFrame(
        {"node": "I", "city": ["a", "b", "c", "a"], "year": [2, 2, 2, 1], "score": [0.5, 0.124, 0.3, 0.25]}
    )
    scores = pd.DataFrame({"I": {"a": 0.5004, "b": 0.1235, "d": 0.9}})
    years = pd.DataFrame({"year": [1, 2], "node": "I", "city": "a", "score": [0.2516, 7.0]})
    found = score_comparison(years, scores, {"tables/published_scores": printed}, 2).set_index(["city", "year"])
    # three decimals are printed; a half goes up
    assert found["agrees"].dropna().to_dict() == {("a", 2): True, ("b", 2): True, ("a", 1): False}
    assert pd.isna(found.at[("c", 2), "score"]) and pd.isna(found.at[("c", 2), "agrees"])
    assert found.at[("a", 1), "difference"] == pytest.approx(0.0016)
    assert score_comparison(years, scores, {}, 2).empty
