"""Indicators by formula: by hand, with ranges, and what cannot be computed by name."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.formulas import FormulaError, derived
from fhi.engine.framework import Framework


def long(values, evidence="published"):
    """Return rows of {column: {(city, year): value or (low, value, high)}}."""
    rows = []
    for column, cells in values.items():
        for (city, year), cell in cells.items():
            low, value, high = cell if isinstance(cell, tuple) else (cell, cell, cell)
            rows.append((city, year, column, value, low, high, f"source_{column}", evidence))
    return pd.DataFrame(
        rows, columns=["city", "year", "indicator", "value", "low", "high", "source_id", "evidence"]
    ).astype({"value": float, "low": float, "high": float})


ROWS = long(
    {
        "loans": {("甲", 2016): 20.0, ("甲", 2017): 30.0, ("乙", 2017): 10.0, ("丙", 2017): 60.0},
        "gdp": {("甲", 2016): 100.0, ("甲", 2017): 120.0, ("乙", 2017): 50.0},
        "population": {("甲", 2015): 4.0, ("乙", 2017): 5.0, ("丙", 2017): 6.0},
    }
)


def values(text, rows=ROWS, **others):
    found = derived(rows, {"made": text, **others}).query("indicator == 'made'")
    return {(row.city, row.year): row.value for row in found.itertuples()}


def test_a_ratio_is_missing_where_a_part_is():
    assert values("100 * loans / gdp") == {("甲", 2016): 20, ("甲", 2017): 25, ("乙", 2017): 20}


def test_growth_is_over_the_years_before():
    assert values("100 * (gdp / before(gdp) - 1)") == pytest.approx({("甲", 2017): 20})
    assert values("gdp - before(gdp, 1)") == {("甲", 2017): 20}
    assert values("before(population, 2)") == {("甲", 2017): 4, ("乙", 2019): 5, ("丙", 2019): 6}


def test_a_share_is_of_the_units_of_the_same_year():
    assert values("100 * loans / total(loans)") == pytest.approx(
        {("甲", 2016): 100, ("甲", 2017): 30, ("乙", 2017): 10, ("丙", 2017): 60}
    )


def test_the_latest_value_stands_until_there_is_another():
    assert values("loans / latest(population)") == pytest.approx(
        {("甲", 2016): 5, ("甲", 2017): 7.5, ("乙", 2017): 2, ("丙", 2017): 10}
    )


def test_a_balance_of_opinions_counts_the_better_less_the_worse():
    # OECD/JRC (2008), Handbook, table 3: 100/N · (those who say better − those who say worse)
    rows = long({"up": {("甲", 2017): 50.0}, "same": {("甲", 2017): 30.0}, "down": {("甲", 2017): 20.0}})
    assert values("100 * (up - down) / (up + same + down)", rows) == {("甲", 2017): 30}


def test_the_own_name_is_the_raw_value_and_another_is_what_it_comes_out_as():
    rows = derived(ROWS, {"loans": "loans / gdp", "made": "10 * loans"})
    found = rows.set_index(["indicator", "city", "year"])["value"]
    assert found["made", "甲", 2017] == 10 * found["loans", "甲", 2017] == 2.5


def test_labels_and_sources_of_the_parts_are_kept():
    found = derived(ROWS, {"made": "loans / gdp"})
    assert set(found["evidence"]) == {"derived"}
    assert set(found["source_id"]) == {"source_loans+source_gdp"}
    for label in ("user", "synthetic"):
        rows = pd.concat([ROWS, long({"other": {("甲", 2017): 1.0}}, label)])
        assert derived(rows, {"made": "loans + other"})["evidence"].tolist() == [label]


RANGED = long({"a": {("甲", 1): (1, 2, 3), ("乙", 1): (4, 4, 4)}, "b": {("甲", 1): (2, 4, 5), ("乙", 1): (1, 2, 4)}})


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a + b", 3, 8),
        ("a - b", -4, 1),
        ("a * b", 2, 15),
        ("a / b", 0.2, 1.5),
        # a on both sides: with interval arithmetic 1/8 to 1, which it never reaches
        ("a / (a + b)", 1 / 6, 3 / 5),
        # the others of 甲 are 乙, which are exactly 4
        ("a / total(a)", 1 / 5, 3 / 7),
    ],
)
def test_ranges_are_the_least_and_the_greatest_value(text, low, high):
    row = derived(RANGED, {"made": text}).set_index("city").loc["甲"]
    assert (row["low"], row["high"]) == pytest.approx((low, high))


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_no_value_within_the_ranges_leads_outside_the_range(places):
    text = "(3 * a - b) / (a + 2 * b)"
    row = derived(RANGED, {"made": text}).set_index("city").loc["甲"]
    a, b = 1 + 2 * places[0], 2 + 3 * places[1]
    assert row["low"] - 1e-12 <= (3 * a - b) / (a + 2 * b) <= row["high"] + 1e-12


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ("loans / gdpp", "gdpp", "did you mean gdp"),
        ("loans / (gdp - 120)", "gdp - 120", r"is 0 for 甲, 2017"),
        ("loans /", "the end", "a number"),
        ("loans > 3", "loans > 3", "before"),
        ("sum(formula.loans)", "sum(formula.loans)", "total"),
        ("before(loans, 0)", "before(loans, 0)", "whole years from 1"),
        ("before(loans + gdp)", "before(loans + gdp)", "name one column"),
        ("'a'", "'a'", "numbers"),
        ("12", "12", "names a column"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_part(text, part, message):
    with pytest.raises(FormulaError, match=message) as error:
        derived(ROWS, {"made": text})
    assert error.value.part == part


def test_formulas_in_a_circle_are_refused():
    with pytest.raises(FormulaError, match="break the circle"):
        derived(ROWS, {"x": "y + loans", "y": "2 * x"})


def test_values_that_a_formula_does_not_use_are_refused():
    with pytest.raises(FormulaError, match="since it has some"):
        derived(ROWS, {"loans": "2 * gdp"})


@pytest.mark.parametrize(("text", "message"), [("a * a", "stands once"), ("a / (b - 3)", "does not reach 0")])
def test_ranges_that_are_not_found_at_the_ends_are_refused(text, message):
    with pytest.raises(FormulaError, match=message):
        derived(RANGED, {"made": text})


def test_without_formulas_nothing_is_made():
    assert derived(ROWS, {}).empty
    assert derived(ROWS.iloc[:0], {"made": "loans"}, ["loans"]).empty


def test_flights_per_head_are_those_that_coinr_prints():
    """COINr's vignette "Denomination" (Becker et al. 2022): flights over population, times 1000, of six countries.

    Flights and results as printed there; population of 2019 as the World Bank gave it in 2020 (SP.POP.TOTL).
    """
    flights = {"AUT": 29.01725, "BEL": 31.88546, "BGR": 9.23588, "HRV": 9.24529, "CYP": 8.75467, "CZE": 15.30953}
    people = {"AUT": 8877067, "BEL": 11484055, "BGR": 6975761, "HRV": 4067500, "CYP": 1198575, "CZE": 10669709}
    printed = [0.003268788, 0.002776498, 0.001323996, 0.002272966, 0.007304232, 0.001434859]
    tree = pd.DataFrame({"code": ["index", "flights"], "level": [0, 1], "parent": [None, "index"]})
    tree = tree.assign(direction=1, weight=1.0, unit="", name_zh="", name_en="")
    formulas = Framework.from_table(tree.assign(denominator=[None, "population / 1000"], formula=None)).formulas
    columns = {"flights": flights, "population": people}
    rows = long({name: {(city, 2019): value for city, value in part.items()} for name, part in columns.items()})
    found = derived(rows, formulas).set_index("city")["value"]
    assert [float(f"{found[city]:.7g}") for city in flights] == printed
