"""The tables of agreement with other rankings and of other constructions: their numbers, and what is left out."""

import pandas as pd
import pytest
from report_tables import load

from fhi import editions
from fhi.showing.report import tables as report_tables

TABLES = editions.tidy(load())
NAN = float("nan")


@pytest.fixture
def tables():
    external = [("a", 2018, "FHI", 9, 0.5, "compared"), ("b", 2018, "FHI", 36, NAN, "input")]
    external += [("c", 2018, "FHI", 3, NAN, "few cities")]
    added = [
        ("services", "experience", 20, 0.97, 0.66, -0.31, -0.56, -0.11),
        ("all", "FHI", 20, 0.67, 0.72, 0.05, -0.04, 0.14),
    ]
    columns = ["added", "node", "cities", "tau_baseline", "tau", "difference", "low", "high"]
    heads = ["ranking", "year", "node", "cities", "kendall_tau_b", "status"]
    return TABLES | {
        "external_agreement": pd.DataFrame(external, columns=heads),
        "added_indicators": pd.DataFrame(added, columns=columns),
    }


def test_a_ranking_that_is_an_input_is_said_to_be_left_out_and_few_cities_are_not_listed(tables):
    rows = report_tables.external(tables).rows
    assert [row[0]["en"] for row in rows] == ["a, 2018", "b, 2018"]
    assert rows[0][1]["en"] == "0.50 (9)" and rows[1][1] == report_tables.said("agreement.input")


def test_a_difference_is_significant_where_its_interval_is_on_one_side_of_nought(tables):
    rows = report_tables.added(tables).rows
    assert [row[-1]["en"] for row in rows] == ["yes", "no"]
    assert rows[0][3:6] == ["0.660", "−0.310", {"zh": "[−0.560, −0.110]", "en": "[−0.560, −0.110]"}]
    assert rows[1][0] == {"zh": "全部", "en": "all together"}


def test_without_rows_there_is_no_table(tables):
    for table in report_tables.all_agreements(tables):
        assert all(len(row) == len(table.heads) == len(table.widths) for row in table.rows)
        assert all(set(text) == {"zh", "en"} for text in (table.title, table.note, *table.heads))
    empty = tables | {name: tables[name].iloc[:0] for name in ("external_agreement", "added_indicators")}
    assert report_tables.all_agreements(empty) == []
