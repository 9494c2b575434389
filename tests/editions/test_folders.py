"""Another edition builds by configuration alone from a folder in the form of the template, which asks for own rows."""

import csv
import json
import re
import shutil

import pandas as pd
import pytest
from report_tables import load

from fhi import editions
from fhi.editions import catalogue, folders
from fhi.editions.folders import EXAMPLE, OPTIONAL, SCHEMAS
from fhi.engine.errors import DataError, MethodError
from fhi.engine.index import check
from fhi.paths import RAW, ROOT
from fhi.reading.microdata.file_types import KINDS
from fhi.scenarios import Scenario

BALTIC = ROOT / "tests" / "data" / "baltic"
TEMPLATE = RAW / "template"


@pytest.fixture
def edition(tmp_path):
    """Return a copy of the small second edition, its checksums written, and a function that changes a file of it."""
    folder = tmp_path / "baltic"
    shutil.copytree(BALTIC, folder)

    def change(file=None, *pairs):
        if file:
            text = (folder / file).read_text(encoding="utf-8")
            for old, new in pairs:
                assert old in text
                text = text.replace(old, new)
            (folder / file).write_text(text, encoding="utf-8")
        catalogue.update_checksums(folder)
        return folder

    change()
    return change


def header(path):
    with path.open(encoding="utf-8") as file:
        return next(csv.reader(file))


def test_an_edition_is_read_with_what_all_editions_share(edition):
    tables = folders.read(edition())
    assert {"cities", "framework", "indicators", "published_ranks", "vocabulary", "public/exchange_rates"} <= set(
        tables
    )
    assert tables["framework"]["definition_zh"].isna().all()  # a column that may be empty was left out
    assert tables["cities"]["name_zh"].tolist()[2] == "Wilna"


@pytest.mark.parametrize(
    "file, old, new, column, expected",
    [
        ("indicators.csv", "million EUR", "billion EUR", "unit", "the unit 'million EUR'"),
        ("indicators.csv", "Wilna,2019,users", "Vilna,2019,users", "city", "a city of cities.csv"),
        ("indicators.csv", "Wilna,2019,users", "Wilna,2019,user", "indicator", "a node of framework.csv"),
        # a node above the indicators has no values
        ("indicators.csv", "Wilna,2019,users", "Wilna,2019,people", "indicator", "a node of framework.csv"),
        ("indicators.csv", ",public,", ",guessed,", "evidence", "one of published, derived, public"),
        ("cities.csv", "54.6872", "154.6872", "lat", "from -90 to 90"),
        ("published_ranks.csv", "hub,Riga,6", "hub,Riga,0", "rank", "a whole number from 1"),
    ],
)
def test_a_bad_cell_of_an_edition_is_named(edition, file, old, new, column, expected):
    with pytest.raises(DataError) as caught:
        folders.read(edition(file, (old, new)))
    assert any(problem.column == column and expected in problem.expected for problem in caught.value.problems)
    assert all(problem.file.endswith(file) for problem in caught.value.problems)


def test_a_changed_file_of_an_edition_is_noticed(edition):
    folder = edition()
    (folder / "cities.csv").write_text((folder / "cities.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="sha256"):
        folders.read(folder)


def test_the_files_of_other_editions_are_no_files_of_the_report():
    assert not any(name.startswith("template/") for name in catalogue.raw_files())
    assert TEMPLATE in catalogue.editions()


# --- the template -----------------------------------------------------------------------------------------
def test_the_template_has_every_table_with_every_column():
    for name in ("cities", "framework", "indicators", *OPTIONAL, "sources"):
        assert header(TEMPLATE / f"{name}.csv") == list(SCHEMAS[name].columns), name


def test_nothing_but_its_examples_keeps_the_template_from_being_an_edition():
    with pytest.raises(DataError) as caught:
        editions.load("template")
    files = ("cities.csv", "framework.csv", "variables.csv", "facts.csv", "bound_alternatives.csv", "claims.csv")
    files += ("sources.csv", "edition.yml")
    assert {problem.file for problem in caught.value.problems} == {f"data/raw/template/{name}" for name in files}
    for problem in caught.value.problems:
        assert problem.value.startswith(EXAMPLE)
        assert "remove the row" in problem.remedy or problem.file.endswith(("sources.csv", "edition.yml"))
    cited = {problem.column for problem in caught.value.problems if problem.file.endswith("sources.csv")}
    assert cited == {"citation", "publisher", "date", "licence"}


def test_a_scenario_is_told_of_all_example_rows_at_once():
    with pytest.raises(DataError) as caught:
        editions.units_of("template")
    assert len({problem.file for problem in caught.value.problems}) == 2


def test_what_an_edition_does_without_is_taken_off_its_list(edition):
    folder = edition()
    (folder / "published_ranks.csv").unlink()
    with pytest.raises(DataError, match="published_ranks"):
        folders.read(folder)
    assert folders.update(folder) == ["published_ranks.csv"]
    assert "published_ranks" not in folders.read(folder)
    assert folders.update(folder) == []
    # what it needs stays on the list, and is missed
    (folder / "cities.csv").unlink()
    folders.update(folder)
    with pytest.raises(DataError, match=r"cities.csv.*expected a file"):
        folders.read(folder)


def test_the_templates_of_staff_files_have_every_column_and_give_nothing(tables_of_report, tmp_path):
    from fhi.engine.framework import Framework
    from fhi.reading import microdata
    from fhi.reading.microdata.layouts import find
    from fhi.reading.microdata.names import Vocabulary

    vocabulary = Vocabulary(tables_of_report["vocabulary"])
    for name, kind in KINDS.items():
        found = find([(1, header(TEMPLATE / "user" / f"{name}.csv"))], kind, vocabulary, name)
        wanted = set(kind.by_name) - {"evidence"}
        assert {column for column, _ in found.columns.values() if not column.startswith("use:")} >= wanted, name
        assert not found.ignored
    # the example row alone is refused, so that a template left as it is stops the run
    shutil.copy(TEMPLATE / "user" / "firms.csv", tmp_path)
    framework = Framework.from_table(tables_of_report["framework"])
    with pytest.raises(DataError, match="EXAMPLE"):
        microdata.collect(tmp_path, tables_of_report, framework, year=2018)


@pytest.fixture(scope="module")
def tables_of_report():
    return load()


# --- built by configuration alone -------------------------------------------------------------------------
SCENARIO = """
description: {zh: 波罗的海（测试）, en: The Baltic (a test)}
edition: baltic
panel: {method: last-observed, max_age: 0}
over_years: pooled
user_data: .
"""


def read_by_readers(folder):
    """Page, print and manifest are there with explorer and sections, in the edition's words, without the report's."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<title>Ostsee-Fintech-Index · Baltic Fintech Index</title>" in page
    assert "Baltic Fintech Report 2019 (made up)" in page and "contains indicators from files supplied by staff" in page
    assert 'id="explorer"' in page and 'id="units"' in page and "2018 China Fintech" not in page
    assert 'id="ledger"' in page and "the order of the towns" in page
    ids = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"/]+)"', page)) <= ids
    links = [link for link in re.findall(r' href="([^"#]+)"', page) if not link.startswith("data:")]
    assert not links, "the page is one file"
    for language in ("zh", "en"):
        assert (folder / f"report.{language}.pdf").read_bytes().startswith(b"%PDF")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["verdicts"] == {"constraint": 1, "not-recomputable": 1}
    assert not [name for name in manifest["inputs"] if name.startswith(("data/raw/report2018", "data/raw/template"))]
    assert manifest["evidence"]["panel"]["user"] == 6


def doubted_by_its_own(store):
    """Stages 04 to 06 rest on the edition's own tree, published ranks, facts, claims and errors."""
    words = store["tables/edition"].set_index("key")
    assert (
        words.loc["units", ["zh", "en"]].tolist() == ["Stadt", "towns"] and words.at["tier.first", "en"] == "First tier"
    )
    intervals = store["rank_intervals"]
    assert intervals["tier"].tolist() == ["first"] * 3 + ["second"] * 3
    assert intervals["published"].tolist() == [1, 2, 3, 4, 5, 6] and intervals["city"].iloc[0] == "Stockholm"
    assert {"above", "tier", "order"} <= set(store["robust_answers"]["question"])
    assert {"weight_noise", "data_noise", "left_out"} <= set(store["sensitivity"]["assumption"])
    errors = store["rank_confidence"].set_index(["indicator", "city"])["error"]
    # stated of the fees; of the users sqrt(85 · 15 / 400)
    assert errors["fees", "Stockholm"] == 0.25 and errors["users", "Stockholm"] == pytest.approx(1.785357)
    bounds = store["bounds"].query("node == 'hub'").set_index("city")
    # the first three have a mean of 60 ± 0.5: the third of them at most that, the first at least
    assert bounds.at["Tallinn", "high"] == pytest.approx(60.5) and bounds.at["Stockholm", "low"] == pytest.approx(59.5)
    assert set(store["bounds_by_facts"]["facts"]) == {"index", "order", "all, equal inside parents"}
    assert store["claims"]["verdict"].tolist() == ["not-recomputable", "constraint"]
    compared = store["score_comparison"].set_index("city")
    assert len(compared) == 2 and compared["published"].to_dict() == {"Stockholm": 100.0, "Riga": 0.0}


def test_the_second_edition_builds_by_configuration_alone(checkout):
    shutil.copytree(BALTIC, checkout.folder / "data/raw/baltic")
    (checkout.folder / "notebooks/scenarios/baltic.yml").write_text(SCENARIO, encoding="utf-8")
    user = checkout.folder / "data/user"
    user.mkdir(exist_ok=True)
    # two of its cities by other names, its indicator by its own name: start-ups counted by the staff
    text = "city,Gründungen,\n,2018,2019\nReval,150,200\nСтокгольм,100,100\nRīga,1,2\n"
    (user / "yearbooks.csv").write_text(text, encoding="utf-8")
    checkout.make("checksums")
    done = checkout.make("report", "SCENARIO=baltic")
    assert "reports/baltic/report.html is up to date" in done.stdout
    assert "up to date" in checkout.make("report", "SCENARIO=baltic").stdout
    assert "cannot be built (see error)" in checkout.make("sweep", "SCENARIO=baltic").stdout
    store = checkout.store("baltic")
    doubted_by_its_own(store)
    panel = store["panel"].query("indicator == 'startups' and year == 2019").set_index("city")
    assert panel["value"].to_dict() == {"Tallinn": 200, "Stockholm": 100, "Riga": 2}
    assert set(panel["evidence"]) == {"user"}
    # fees, the less the better, pooled over both years: 3 in Stockholm is best, 9 (8 + 1) would be worst
    fees = store["scores"].set_index("city")["fees"]
    assert fees.idxmax() == "Stockholm" and fees.idxmin() == "Krakau"
    moves = store["movement"].query("node == 'users'").set_index("city")
    assert moves.at["Krakau", "status"] == "entered"
    assert set(store["comparison"]["node"]) == {"hub", "firms"}
    figures = store["figures"].set_index("id")["evidence"]
    assert {"coverage", "years", "replication"} <= set(figures.index)
    assert "user" in figures["coverage"] and "user" in figures["replication"]
    folder = checkout.folder / "reports/baltic/figures"
    assert {f"{id}.{language}.svg" for id in figures.index for language in ("zh", "en")} <= {
        p.name for p in folder.iterdir()
    }
    read_by_readers(checkout.folder / "reports/baltic")
    names = pd.read_csv(folder / "coverage.csv")
    assert {"Wilna", "Krakau"} <= set(names["city"]) and "Gründungen" in set(names["indicator_zh"])


def test_the_second_edition_checks_a_scenario_by_its_own_names(edition):
    from fhi.engine.framework import Framework

    tables = folders.read(edition())
    tree, cities = Framework.from_table(tables["framework"]), tables["cities"].set_index("name_zh")
    check(Scenario(exclude_cities=["Krakau"], weights={"fees": 2}), tree, cities.index, units=cities)
    with pytest.raises(MethodError, match="Krakau"):
        check(Scenario(exclude_cities=["Kraków"]), tree, cities.index, units=cities)
