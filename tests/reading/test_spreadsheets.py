"""One reader of workbooks for the staff's files and for what comes back edited, with one rule for each kind of cell."""

import datetime
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from fhi.engine.errors import DataError
from fhi.reading import spreadsheets
from fhi.reading.spreadsheets import Book, sheets, show


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves rows as a workbook, merged areas and number formats as given."""

    def save(rows, merged=(), formats=None):
        book = openpyxl.Workbook()
        book.active.title = "table"
        for row in rows:
            book.active.append(row)
        for area in merged:
            book.active.merge_cells(area)
        for cell, style in (formats or {}).items():
            book.active[cell].number_format = style
        book.save(tmp_path / "x.xlsx")
        return tmp_path / "x.xlsx"

    return save


def both(path):
    """Return the cells below the header as both ways of reading give them, which must agree."""
    (sheet,) = sheets(path, "x.xlsx")
    strict = Book(path).read("table", lambda header, rows: rows)
    assert sheet.rows[1:] == strict
    return [cells for _, cells in strict]


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "TRUE"), (False, "FALSE"), (datetime.date(2017, 5, 1), "2017-05-01"), (3.0, "3"), (0.1, "0.1")]
    + [(datetime.datetime(2017, 5, 1, 9, 30), "2017-05-01"), (" 北京 ", "北京"), (1e16, "1e+16"), (330100, "330100")],
)
def test_a_cell_is_the_same_text_for_both(saved, value, text):
    assert both(saved([["a", "b"], ["x", value]])) == [["x", text]]


def test_merged_cells_are_filled_for_both(saved):
    assert both(saved([["a", "b"], ["x", 2], ["y", None]], merged=["B2:B3"])) == [["x", "2"], ["y", "2"]]


def test_a_share_keeps_its_sign_but_where_numbers_have_no_unit(saved):
    path = saved([["a", "b"], ["x", 0.25]], formats={"B2": "0%"})
    (sheet,) = sheets(path, "x.xlsx")
    assert sheet.rows[1] == (2, ["x", "25%"])
    assert Book(path).read("table", lambda header, rows: rows) == [(2, ["x", "0.25"])]


def test_all_cells_of_a_sheet_stand_in_their_rows(saved):
    path = saved([["a", "b"], [], ["x", 1]])
    assert Book(path).cells("table") == [["a", "b"], ["", ""], ["x", "1"]]


def test_the_limit_of_both_is_one(saved, monkeypatch):
    path = saved([["a"], ["x"]])
    monkeypatch.setattr(spreadsheets, "UNPACKED", 1000)
    found = []
    for read in (lambda: list(sheets(path, "x.xlsx")), lambda: Book(path)):
        with pytest.raises(DataError, match="of at most 1,000 bytes") as caught:
            read()
        found.append(caught.value.problems)
    assert found[0] == found[1]


def test_a_formula_and_an_error_are_named_and_their_text_stands_in_the_rows(saved):
    path = saved([["a", "b", None], ["x", "=1/4", "=A2"], ["y", "#DIV/0!", None]])
    (sheet,) = sheets(path, "x.xlsx")
    assert sheet.unread == {(2, 2): "f", (2, 3): "f", (3, 2): "e"}
    assert [cells for _, cells in sheet.rows[1:]] == [["x", "=1/4", "=A2"], ["y", "#DIV/0!", ""]]
    with pytest.raises(DataError) as caught:
        Book(path).read("table", lambda header, rows: rows)
    places = [(problem.row, problem.column, problem.value) for problem in caught.value.problems]
    assert places == [(2, "b", "=1/4"), (2, "C", "=A2"), (3, "b", "#DIV/0!")]


def test_a_text_that_looks_like_a_formula_is_a_text(saved):
    path = saved([["a", "b"], ["x", "y"]])
    book = openpyxl.load_workbook(path)
    book.active["B2"].value, book.active["B2"].data_type = "=1+1", "s"
    book.save(path)
    assert both(path) == [["x", "=1+1"]]


def test_the_value_that_was_stored_counts_for_a_formula(saved):
    path, content = saved([["a", "b"], ["x", "=1/4"]]), io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(content, "w") as after:
        for name in before.namelist():
            part = before.read(name).replace(b"<v></v>", b"<v>0.25</v>").replace(b"<v />", b"<v>0.25</v>")
            after.writestr(name, part)
    path.write_bytes(content.getvalue())
    assert both(path) == [["x", "0.25"]]


def test_a_stray_cell_far_away_does_not_make_a_sheet_endless(saved):
    path = saved([["a", "b"], ["x", 1]])
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"].value = 1
    book.save(path)
    with pytest.raises(DataError, match=r"sheet table: .*1048576 rows, 16384 columns.*empty the rest"):
        list(sheets(path, "x.xlsx"))


OLD = Path(__file__).parents[1] / "data" / "old_workbooks"


def test_an_old_workbook_is_read_but_not_where_its_formats_hide_a_unit():
    (sheet,) = sheets(OLD / "plain.xls", "x.xls")
    assert sheet.rows[1] == (2, ["杭州", "0.915"])
    for name in ("per_cent.xls", "per_cent_built_in.xls"):
        with pytest.raises(DataError, match=r"0.*%.*save it as .xlsx"):
            list(sheets(OLD / name, "x.xls"))


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1800.5", '0.00"亿元"', "1800.5亿元"),
        ("3000000000", '"$"#,##0', "$3000000000"),
        ("5", "[$€-2] #,##0.00", "€5"),
        ("30000000", "0!.0,", "3000"),
        ("12345", '0!.0000"万元"', "1.2345万元"),
        ("1800500", '#,##0,"千元"', "1800.5千元"),
        ("0.915", "0.0%", "91.5%"),
        ("12", '0"次/月"', "12"),
        ("-3", "#,##0_);[Red](#,##0)", "-3"),
    ],
)
def test_a_number_is_written_as_its_format_shows_it(value, code, text):
    assert show(Decimal(value), code) == text
