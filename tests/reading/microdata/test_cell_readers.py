"""Cells of each sort: what is read, and what was expected of the others."""

import numpy as np
import pytest

from fhi.reading.microdata.cell_readers import CURRENCY, READERS, CellReader, NameReader
from fhi.reading.microdata.file_types import KINDS, Field
from fhi.reading.microdata.text_blocks import Column


@pytest.fixture
def read(context):
    """Return a function that reads texts as a sort of cell: arrays by part, and what was expected of the bad ones."""

    def of(reader, texts, unit="", **options):
        bounds = {name: options.pop(name) for name in ("low", "high", "filled") if name in options}
        return CellReader(Field("x", reader, **bounds), context, unit, **options)(Column.of(texts))

    return of


def test_every_column_of_a_kind_of_file_has_a_reader(context):
    for kind in KINDS.values():
        for field in kind.by_name.values():
            name, _, words = field.reader.partition(":")
            assert name in {*READERS, "name", "text"}, (kind.name, field.name)
            assert not words or context.vocabulary.codes(words), (kind.name, field.name)
            assert field.required or not field.filled, "a value that must be there needs its column"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("34", 34, 34), ("25-34", 25, 34), ("25~34岁", 25, 34), ("65+", 65, 120), ("60岁以上", 60, 120), ("34.0", 34, 34)]
    + [("２５－３４", 25, 34), ("0", 0, 0)],
)
def test_ages_and_bands_of_ages(read, text, low, high):
    found, bad = read("age", [text])
    assert (found["x"][0], found["x_high"][0], bad) == (low, high, {})


@pytest.mark.parametrize("text", ["34-25", "130", "三十", "-5", "25-", "1990年", "25.5"])
def test_what_is_no_age_is_refused(read, text):
    found, bad = read("age", [text])
    assert found["x"][0] == -1 and len(bad) == 1


@pytest.mark.parametrize(
    ("reader", "text", "unit", "value"),
    [("number", "81.2", "万人", 812_000), ("number", "81.2万", "", 812_000), ("number", "81.2万人", "人", 812_000)]
    + [("number", "91.5%", "%", 91.5), ("number", "1,234.5", "", 1234.5), ("number", "18.59", "万", 185_900)]
    + [("amount", "5000", "万元", 5e7), ("amount", "5亿", "万元", 5e8), ("year", "2017年", "", 2017)]
    + [("date", "2017年5月", "", 20170500), ("date", "2017-05-31", "", 20170531), ("date", "2017", "", 20170000)]
    + [("flag", "是", "", 1), ("flag", "no", "", 0), ("currency", "港币", "", CURRENCY.index("HKD"))],
)
def test_a_cell_is_read_in_its_unit(read, reader, text, unit, value):
    found, bad = read(reader, [text], unit)
    assert (found["x"][0], bad) == (value, {})


@pytest.mark.parametrize(
    ("reader", "text"),
    [("number", "约5"), ("number", "5元"), ("number", "-1"), ("number", "1e400"), ("amount", "5%"), ("year", "2019")]
    + [
        ("year", "17"),
        ("date", "2019-01-01"),
        ("flag", "或许"),
        ("currency", "两"),
        ("city", "杭洲"),
        ("number", "=A1"),
    ]
    + [("amount", "#REF!")],
)
def test_a_cell_that_is_not_understood_is_missing_and_told(read, reader, text):
    found, bad = read(reader, [text, ""], low=0, high=1e9)
    (expected,) = bad
    assert expected and bad[expected].tolist() == [0]
    np.testing.assert_equal(found["x"][0], found["x"][1])


def test_a_cell_without_a_value_is_bad_only_where_one_is_needed(read):
    assert read("number", ["", "NaN", "未披露"])[1] == {}
    _, bad = read("number", ["", "5", "未披露"], filled=True)
    assert bad["a value"].tolist() == [0, 2]


def test_each_bad_cell_is_found_at_its_place_among_equal_ones(read):
    found, bad = read("number", ["1", "x", "2", "x", "y"])
    assert {expected: places.tolist() for expected, places in bad.items()} == {"a number such as 1234.5": [1, 3, 4]}
    assert found["x"][[0, 2]].tolist() == [1, 2]


def test_a_comma_between_semicolons_is_refused(read):
    _, bad = read("amount", ["1,5亿", "1.5亿"], refuse_commas=True)
    assert [places.tolist() for places in bad.values()] == [[0]]


def test_names_are_the_same_but_for_blanks_and_width(context):
    found, bad = NameReader(Field("x", "name", filled=True), context)(
        Column.of(["ＡＢ 公司", "AB公司", "AC公司", "", "=B1"])
    )
    numbers = found["x"]
    assert numbers[0] == numbers[1] != numbers[2]
    assert sorted(place for places in bad.values() for place in places) == [3, 4]


@pytest.mark.parametrize("word", ["", "N/A", "n/a", "NaN", "NULL", "None", "Unknown", "未披露"])
def test_a_word_for_nothing_is_no_name(context, word):
    _, bad = NameReader(Field("x", "name", filled=True), context)(Column.of(["甲", word]))
    assert {expected: places.tolist() for expected, places in bad.items()} == {"a value": [1]}
