"""Printed cells: Chinese numerals, units and qualifiers, dates of any precision; nothing is guessed."""

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhi.reading.parsing import parse_change, parse_date, parse_integer, parse_number, parse_quantity

QUICK = settings(max_examples=100, deadline=None)
#: exact decimals as a report prints them, and the characters of which its cells are made
PRINTED = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
CELLS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,+-%eE 　０９，．－亿万千百十成超近余多约级以上下元年月日家个—<≤", max_size=10),
)


@pytest.mark.parametrize(
    ("text", "value", "qualifier", "unit"),
    [
        ("8700亿", 8700 * 10**8, "exact", ""),
        ("18.59万", 185_900, "exact", ""),
        ("17.41亿", 1_741_000_000, "exact", ""),
        ("2.5万亿元", 2.5e12, "exact", "CNY"),
        ("46.1亿人民币", 4_610_000_000, "exact", "CNY"),
        ("34亿美元", 3.4e9, "exact", "USD"),
        ("６．５万", 65_000, "exact", ""),
        ("１，２３４", 1234, "exact", ""),
        ("8,700 亿", 8700 * 10**8, "exact", ""),
        ("37个", 37, "exact", ""),
        ("56", 56, "exact", ""),
        ("-5", -5, "exact", ""),
        ("83.5%", 83.5, "exact", "%"),
        ("８３．５％", 83.5, "exact", "%"),
        ("三成", 30, "exact", "%"),
        ("6.5成", 65, "exact", "%"),
        ("十万", 100_000, "exact", ""),
        ("超100亿", 10**10, "above", ""),
        ("超60%", 60, "above", "%"),
        ("超过两成", 20, "above", "%"),
        ("逾3", 3, "above", ""),
        ("多于3", 3, "above", ""),
        (">3", 3, "above", ""),
        ("≥3", 3, "above", ""),
        ("80余", 80, "above", ""),
        ("百余家", 100, "above", ""),
        ("50多", 50, "above", ""),
        ("4000多家", 4000, "above", ""),
        ("5%以上", 5, "above", "%"),
        ("近500", 500, "below", ""),
        ("近三成", 30, "below", "%"),
        ("不足5", 5, "below", ""),
        ("<5", 5, "below", ""),
        ("≤5", 5, "below", ""),
        ("50以下", 50, "below", ""),
        ("约3万", 30_000, "about", ""),
        ("100左右", 100, "about", ""),
        ("百万级", 1_000_000, "about", ""),
        # a bound from above and one from below together leave only the order of magnitude
        ("近4000多家", 4000, "about", ""),
    ],
)
def test_a_printed_quantity_has_its_plain_value_its_qualifier_and_its_unit(text, value, qualifier, unit):
    assert parse_quantity(text) == (value, qualifier, unit)


@pytest.mark.parametrize("text", ["未披露", "未公布", "—", "n/a"])
def test_what_is_not_disclosed_has_no_value(text):
    value, qualifier, unit = parse_quantity(text)
    assert math.isnan(value)
    assert (qualifier, unit) == ("undisclosed", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "多",
        "个",
        "%",
        "成",
        "许多",
        "1 2",
        "1,23",
        "1.2.3",
        "超",
        "5亿亿",
        "5万million",
        "3万k",
        "5个%",
        "约定",
        "1e5",
        "inf",
        "nan",
    ],
)
def test_a_text_that_is_not_wholly_a_quantity_is_refused(text):
    with pytest.raises(ValueError, match="a quantity such as"):
        parse_quantity(text)


def test_a_quantity_too_large_for_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        parse_quantity("9" * 400)


def test_the_digits_of_a_quantity_are_all_kept():
    assert parse_quantity("0.12345678").value == 0.12345678
    assert parse_quantity("0.0000004%").value == 0.0000004


@pytest.mark.parametrize(
    ("text", "value"),
    [("1234.5", 1234.5), (" 3 ", 3), ("1,234.5", 1234.5), ("１２．５", 12.5), ("−3", -3), ("+4", 4), ("2e3", 2000)],
)
def test_a_number_is_read(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "1 2", "1_000", "nan", "inf", "1e400", "1,23", ".5", "5.", "0x10", "三", "5%"])
def test_what_is_not_one_finite_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        parse_number(text)


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("12.0", 12), ("－7", -7), ("1,000", 1000)])
def test_a_whole_number_is_read(text, value):
    found = parse_integer(text)
    assert found == value
    assert isinstance(found, int)


@pytest.mark.parametrize("text", ["1.5", "", "一", "1 2", "1e400"])
def test_what_is_not_a_whole_number_is_refused(text):
    with pytest.raises(ValueError, match="a whole number"):
        parse_integer(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2014.12", "2014-12"),
        ("2015.6", "2015-06"),
        ("2017年9月29日", "2017-09-29"),
        ("2015年4月", "2015-04"),
        ("2012", "2012"),
        ("2012年", "2012"),
        ("2016/2/29", "2016-02-29"),
        ("2018-11-05", "2018-11-05"),
        ("２０１４．１２", "2014-12"),
    ],
)
def test_a_date_keeps_its_printed_precision(text, iso):
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    "text", ["2017年2月30日", "2015.2.29", "2014.13", "2014.0", "0000", "14.12", "201412", "2014.1.2.3", "今年", ""]
)
def test_a_day_or_month_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="a date such as"):
        parse_date(text)


def test_a_date_in_other_digits_is_refused_or_written_in_plain_ones():
    try:
        iso = parse_date("٢٠١٢.٣")
    except ValueError:
        return
    assert iso == "2012-03"


@pytest.mark.parametrize(("text", "value"), [("+3", 3), ("-5", -5), ("－5", -5), ("−2", -2), ("—", 0), ("–", 0)])
def test_a_change_of_rank_is_read(text, value):
    assert parse_change(text) == (value, "exact", "")


def test_a_city_new_to_the_ranking_has_no_change():
    value, qualifier, _ = parse_change("新增")
    assert math.isnan(value)
    assert qualifier == "undisclosed"


@pytest.mark.parametrize("text", ["up", "1.5", "", "+", "未披露"])
def test_what_is_not_a_change_is_refused(text):
    with pytest.raises(ValueError, match="a change such as"):
        parse_change(text)


def full_width(text):
    return "".join(chr(ord(mark) + 0xFEE0) if mark in "0123456789.,+-%" else mark for mark in text)


@QUICK
@given(PRINTED, st.booleans(), st.booleans())
def test_a_formatted_number_reads_back(number, separators, wide):
    text = f"{number:,}" if separators else str(number)
    assert parse_number(full_width(text) if wide else text) == float(number)


@QUICK
@given(PRINTED, st.sampled_from([("", 0), ("万", 4), ("百万", 6), ("亿", 8)]), st.sampled_from("超近约"))
def test_a_formatted_quantity_reads_back_in_the_plain_unit(number, unit, mark):
    name, power = unit
    # decimal arithmetic says what the value is; binary products such as 17.41 * 1e8 would not be exact
    exact = float(number * Decimal(10) ** power)
    qualifier = {"超": "above", "近": "below", "约": "about"}[mark]
    assert parse_quantity(f"{number}{name}") == (exact, "exact", "")
    assert parse_quantity(f"{mark}{number:,}{name}元") == (exact, qualifier, "CNY")


@QUICK
@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_a_formatted_date_reads_back(day):
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day.isoformat()
    assert parse_date(f"{day.year}.{day.month}") == day.isoformat()[:7]


@settings(max_examples=150, deadline=None)
@given(CELLS)
@pytest.mark.parametrize("parse", [parse_number, parse_integer, parse_quantity, parse_date, parse_change])
def test_any_text_parses_or_raises_value_error(parse, text):
    try:
        found = parse(text)
    except ValueError as error:
        assert str(error).startswith("a ")  # says what was expected
        return
    if parse is parse_date:
        assert datetime.date.fromisoformat((found + "-01-01")[:10])
    elif parse in (parse_quantity, parse_change):
        assert math.isfinite(found.value) != (found.qualifier == "undisclosed")
    else:
        assert math.isfinite(found)
