"""Folders of staff files, written for a test, and read."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from report_tables import load

from fhi.engine.errors import DataError
from fhi.engine.framework import Framework
from fhi.paths import RAW
from fhi.reading import microdata
from fhi.reading.microdata.cell_readers import Context
from fhi.reading.microdata.names import CityNames, Vocabulary

NAMES = ("cities", "vocabulary", "public/exchange_rates")


@pytest.fixture(scope="session")
def tables():
    whole = load()
    return {name: whole[name] for name in NAMES}


@pytest.fixture(scope="session")
def framework():
    return Framework.from_csv(RAW / "report2018" / "framework.csv")


@pytest.fixture(scope="session")
def context(tables):
    vocabulary = Vocabulary(tables["vocabulary"])
    return Context(CityNames(tables["cities"], vocabulary), vocabulary, 2018)


def workbook(rows, merged=(), title="Sheet", formats=None, more=None):
    """Return a function that writes rows into a sheet of a workbook."""

    def save(path):
        book = openpyxl.Workbook()
        for name, content in {title: rows, **(more or {})}.items():
            sheet = book.active if name == title else book.create_sheet()
            sheet.title = name
            for row in content:
                sheet.append(row)
            for area in merged if name == title else ():
                sheet.merge_cells(area)
            for cell, style in (formats or {}).items() if name == title else ():
                sheet[cell].number_format = style
        book.save(path)

    return save


@pytest.fixture(scope="session")
def sheet():
    return workbook


@pytest.fixture
def folder(tmp_path):
    """Return a function that fills a folder with files: text (UTF-8), bytes, or what saves a workbook."""

    def fill(files):
        place = tmp_path / "user"
        place.mkdir(exist_ok=True)
        for name, content in files.items():
            if callable(content):
                content(place / name)
            else:
                (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return fill


@pytest.fixture
def collect(folder, tables, framework):
    """Return a function that reads the files given and returns what they give."""

    def read(files, year=2018, tree=framework, **options):
        return microdata.collect(folder(files), tables, tree, year=year, **options)

    return read


@pytest.fixture
def problems(collect):
    """Return a function that reads files which cannot be read, and returns what the one error says of them."""

    def fail(files, **options):
        with pytest.raises(DataError) as caught:
            collect(files, **options)
        found = caught.value.problems
        assert all(problem.file.startswith("data/user") and problem.expected and problem.remedy for problem in found)
        return found

    return fail


def by_city(found, indicator, year=2018, column="value"):
    """Return one indicator of a year by city."""
    frame = found.panel if column == "value" else found.intervals
    rows = frame[(frame["indicator"] == indicator) & (frame["year"] == year)]
    assert rows["city"].is_unique
    return rows.set_index("city")[column].to_dict()


@pytest.fixture(scope="session")
def values():
    return by_city


def counts(found, what, **where):
    """Return the rows that the quality report counts under a word."""
    report = found.quality[found.quality["what"] == what]
    for column, value in where.items():
        report = report[report[column] == value]
    return int(pd.to_numeric(report["rows"]).sum())


@pytest.fixture(scope="session")
def counted():
    return counts
