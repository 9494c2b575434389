"""Files as staff have them, in the forms of public exports: each gives the right value, or a refusal that names it."""

import csv
from itertools import groupby
from pathlib import Path

import pytest

from fhi.engine.errors import DataError
from fhi.reading.microdata.cell_readers import CURRENCY
from fhi.reading.microdata.conversion import Rates

INPUTS = Path(__file__).parents[2] / "data" / "inputs"
with (INPUTS / "expected.csv").open(encoding="utf-8-sig", newline="") as table:
    EXPECTED = {name: list(rows) for name, rows in groupby(csv.DictReader(table), key=lambda row: row["file"])}


@pytest.fixture
def wanted(tables):
    """Return a function that makes a number of what the table of expected values says."""
    rates = Rates(tables["public/exchange_rates"])

    def number(text):
        currency, _, amount = text.rpartition(":")
        rate = rates.find(CURRENCY.index("USD"), int(currency[3:])) if currency else 1
        return float(amount) * rate

    return number


@pytest.mark.parametrize("name", EXPECTED)
def test_an_input_is_right_or_refused(collect, values, wanted, name):
    rows = EXPECTED[name]
    verdict, year = rows[0]["verdict"], int(rows[0]["year"])
    try:
        found = collect({rows[0]["as"]: (INPUTS / name).read_bytes()}, year=year)
    except DataError as error:
        # what is to be read is read, and a refusal says what to do
        assert verdict in ("refuse", "refuse-format"), error
        assert all(rows[0]["as"] in problem.file and problem.remedy for problem in error.problems)
        return
    assert verdict != "refuse", found.panel
    for row in rows:
        got = values(found, row["indicator"], int(row["value_year"])).get(row["city"])
        assert got == pytest.approx(wanted(row["value"]), rel=1e-9), row
