"""Denominators and formulas of framework.csv, from the files of an edition to its panel."""

import shutil

import pandas as pd
import pytest

from fhi.editions import catalogue, construction, folders
from fhi.editions.provenance import weight_by_evidence
from fhi.engine.errors import DataError
from fhi.engine.framework import Framework
from fhi.engine.index import build, coverage, filled
from fhi.engine.parameters import Method
from fhi.paths import ROOT

BALTIC = ROOT / "tests" / "data" / "baltic"
PEOPLE = {"Tallinn": 0.4, "Riga": 0.6, "Wilna": 0.6, "Helsinki": 0.7, "Stockholm": 1.0, "Krakau": 0.8}


@pytest.fixture
def edition(tmp_path):
    """Return a function that writes formulas into a copy of the small edition and reads it."""
    folder = tmp_path / "baltic"
    shutil.copytree(BALTIC, folder)

    def write(people=PEOPLE, **formulas):
        tree = pd.read_csv(BALTIC / "framework.csv", dtype=str)
        for column in ("denominator", "formula"):
            tree[column] = tree["code"].map({code: text for code, (at, text) in formulas.items() if at == column})
        tree.to_csv(folder / "framework.csv", index=False)
        variables = {"code": "population", "unit": "million", "name_zh": "Einwohner", "name_en": "Population"}
        pd.DataFrame([variables]).to_csv(folder / "variables.csv", index=False)
        rows = pd.read_csv(BALTIC / "indicators.csv", dtype=str)
        more = [
            (city, year, "population", number, "million") for city, number in people.items() for year in (2018, 2019)
        ]
        more = pd.DataFrame(more, columns=["city", "year", "indicator", "value", "unit"])
        rows = pd.concat([rows, more.assign(evidence="public", source="made up for a test", note=None)])
        rows.to_csv(folder / "indicators.csv", index=False)
        catalogue.update_checksums(folder)
        listed = pd.read_csv(folder / "sources.csv", dtype=str)
        if "variables" not in set(listed["source_id"]):
            row = listed[listed["source_id"] == "framework"].assign(source_id="variables", file="variables.csv")
            pd.concat([listed, row]).to_csv(folder / "sources.csv", index=False)
            catalogue.update_checksums(folder)
        tables = folders.read(folder)
        tree = Framework.from_table(tables["framework"])
        return tables, tree, construction.panel(tables, tree)

    return write


def test_an_indicator_is_divided_by_its_denominator_and_stays_what_the_others_are(edition):
    tables, tree, panel = edition(startups=("denominator", "population"), funding=("formula", "funding / startups"))
    raw = tables["indicators"].set_index(["indicator", "city", "year"])["value"]
    made = panel.set_index(["indicator", "city", "year"])
    assert made["value"]["startups", "Riga", 2018] == 36 / 0.6
    assert made["evidence"]["startups", "Riga", 2018] == "derived"
    assert made["evidence"]["fees"].unique().tolist() == ["public"]
    # by the indicator as it comes out, which is per head
    assert made["value"]["funding", "Riga", 2018] == pytest.approx(raw["funding", "Riga", 2018] / 60)
    assert "population" not in set(panel["indicator"])
    assert build(panel, tree, Method()).scores["hub"].notna().sum() > 3


def test_indicators_are_compared_with_their_denominators(edition):
    tables, tree, panel = edition(startups=("denominator", "population"))
    found = construction.denominators(tables, tree, panel)
    raw = tables["indicators"].query("indicator == 'startups'").assign(people=lambda rows: rows["city"].map(PEOPLE))
    assert found[["indicator", "denominator", "rows"]].to_numpy().tolist() == [["startups", "population", len(raw)]]
    values, people = raw["value"].astype(float), raw["people"]
    assert found["before"][0] == pytest.approx(values.corr(people))
    assert found["after"][0] == pytest.approx((values / people).corr(people))
    tables, tree, panel = edition()
    assert construction.denominators(tables, tree, panel).empty


def test_rows_of_the_staff_replace_parts_and_results(edition):
    tables, tree, _ = edition(startups=("denominator", "population"), funding=("formula", "funding / users"))
    given = pd.DataFrame(
        [("Riga", 2019, "users", 50.0, "%"), ("Riga", 2019, "startups", 7.0, "firms")],
        columns=["city", "year", "indicator", "value", "unit"],
    ).assign(source_id="own", evidence="user")
    panel = construction.panel(tables, tree, given, "cell").set_index(["indicator", "city", "year"])
    raw = tables["indicators"].set_index(["indicator", "city", "year"])["value"]
    assert panel["value"]["startups", "Riga", 2019] == 7
    assert panel["value"]["funding", "Riga", 2019] == raw["funding", "Riga", 2019] / 50
    assert panel["evidence"]["funding", "Riga", 2019] == "user"
    assert panel["evidence"]["funding", "Tallinn", 2019] == "derived"


@pytest.mark.parametrize(
    ("changes", "column", "row", "message"),
    [
        ({"startups": ("formula", "startups / populatio")}, "formula", 5, "did you mean population"),
        ({"startups": ("denominator", "population - 0.6")}, "denominator", 5, "is 0 for Riga, 2018"),
        ({"funding": ("formula", "2 *")}, "formula", 6, "a number"),
        ({"firms": ("formula", "2 * users")}, "formula", 3, "an empty cell above the indicators"),
    ],
)
def test_a_formula_that_cannot_be_computed_is_named_with_its_cell(edition, changes, column, row, message):
    with pytest.raises(DataError, match=message) as error:
        edition(**changes)
    [problem] = error.value.problems
    assert (problem.row, problem.column) == (row, column)
    assert problem.file.endswith("framework.csv")


def test_an_indicator_in_two_branches_has_its_values_once(edition):
    tables, tree, panel = edition()
    table = tree.table.drop(columns=["denominator", "formula"]).assign(same_as=None).astype({"same_as": object})
    again = table.loc[["users"]].assign(code="users_again", parent="firms", row=99, same_as="users")
    twice = Framework.from_table(pd.concat([table, again], ignore_index=True))
    assert folders.indicators_of(twice.table) == tree.leaves
    assert construction.panel(tables, twice).equals(panel)
    method = Method(availability={})
    index = build(panel, twice, method)
    cells = coverage(panel, twice, method, index.stages["screening"])
    assert "users_again" not in set(cells["indicator"])
    shares = weight_by_evidence(index.weights, cells, filled(index.stages), twice)
    assert shares.groupby("node")["share"].sum().to_dict() == pytest.approx({"hub": 1, "firms": 1, "people": 1})
    # the label of the users has weight in both branches
    label = cells.loc[cells["indicator"] == "users", "evidence"].iloc[0]
    of_firms = shares.query("node == 'firms' and evidence == @label")["share"].sum()
    others = cells[cells["indicator"].isin(["startups", "funding"]) & cells["used"]]["evidence"]
    assert of_firms >= 1 / 3 - 1e-12 if label not in set(others) else of_firms > 0
