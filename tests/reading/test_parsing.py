"""Printed cells: numerals, quantities, dates and vague amounts give the value meant, or are refused."""

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.reading.parsing import (
    has_unit,
    is_missing,
    parse_amount,
    parse_amount_in,
    parse_change,
    parse_currency,
    parse_date,
    parse_integer,
    parse_number,
    parse_numeral,
    parse_quantity,
    times,
)

QUICK = settings(max_examples=examples(100), deadline=None)
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
    "text", ["2017年2月30日", "2015.2.29", "2014.13", "0000", "14.12", "201412", "2014.1.2.3", "今年", ""]
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


@pytest.mark.slow
@settings(max_examples=examples(150), deadline=None)
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8,700亿", 870_000_000_000),
        ("18.59万", 185_900),
        ("5千万", 50_000_000),
        ("3百", 300),
        ("三千五百", 3500),
        ("一千零五", 1005),
        ("一百十五", 115),
        ("十五", 15),
        ("二十", 20),
        ("两千", 2000),
        ("百", 100),
        ("千亿", 100_000_000_000),
        ("亿", 100_000_000),
        ("1亿5000万", 150_000_000),
        ("一亿两千万", 120_000_000),
        ("1万2345", 12_345),
        ("一万零五百", 10_500),
        ("一百零五万", 1_050_000),
        ("1万亿5000亿", 1_500_000_000_000),
        ("2.5万亿", 2_500_000_000_000),
        ("零", 0),
    ],
)
def test_a_numeral_is_read(text, value):
    assert parse_numeral(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    # 一千五 and 1万2 are read as 1500 and 12000, or as 1005 and 10002
    [
        "一千五",
        "1万2",
        "5千3",
        "5亿亿",
        "万万",
        "1亿2亿",
        "两三千",
        "二三",
        "千百",
        "十十",
        "1.5亿2000万",
        "1,23",
        "1.2.3",
        "",
        ".",
    ],
)
def test_what_is_no_one_numeral_is_refused(text):
    with pytest.raises(ValueError, match=r"^a |^one "):
        parse_numeral(text)


INF = math.inf


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "qualifier", "unit"),
    [
        ("1.2亿元", 1.2e8, 1.2e8, 1.2e8, "exact", "CNY"),
        ("3000万美元", 3e7, 3e7, 3e7, "exact", "USD"),
        ("USD 30 million", 3e7, 3e7, 3e7, "exact", "USD"),
        ("$1.5bn", 1.5e9, 1.5e9, 1.5e9, "exact", "USD"),
        ("HK$200万", 2e6, 2e6, 2e6, "exact", "HKD"),
        ("人民币5000万元", 5e7, 5e7, 5e7, "exact", "CNY"),
        ("￥1,234.5", 1234.5, 1234.5, 1234.5, "exact", "CNY"),
        ("1.2E+08", 1.2e8, 1.2e8, 1.2e8, "exact", ""),
        ("超100亿", 1e10, 1e10, INF, "above", ""),
        ("上亿元", 1e8, 1e8, INF, "above", "CNY"),
        ("10余万元", 1e5, 1e5, INF, "above", "CNY"),
        ("近5000万元", 5e7, 0, 5e7, "below", "CNY"),
        ("不足1亿", 1e8, 0, 1e8, "below", ""),
        ("约1亿", 1e8, 1e8, 1e8, "about", ""),
        ("亿元级", 1e8, 1e8, 1e8, "about", "CNY"),
        ("数千万", 2e7, 2e7, 9e7, "interval", ""),
        ("数亿美元", 2e8, 2e8, 9e8, "interval", "USD"),
        ("几百万", 2e6, 2e6, 9e6, "interval", ""),
        ("1-2亿元", 1e8, 1e8, 2e8, "interval", "CNY"),
        ("5000万至1亿元", 5e7, 5e7, 1e8, "interval", "CNY"),
        ("３０００～５０００万美元", 3e7, 3e7, 5e7, "interval", "USD"),
        # the unit at the end is that of both, whatever stands about the low one
        ("约1.2-1.5亿元", 1.2e8, 1.2e8, 1.5e8, "interval", "CNY"),
        ("三到五亿", 3e8, 3e8, 5e8, "interval", ""),
        ("3千-5千万", 3e7, 3e7, 5e7, "interval", ""),
        ("1-2百万元", 1e6, 1e6, 2e6, "interval", "CNY"),
        ("1-2 million USD", 1e6, 1e6, 2e6, "interval", "USD"),
        ("5000元-1万元", 5000, 5000, 10000, "interval", "CNY"),
        ("3000萬", 3e7, 3e7, 3e7, "exact", ""),
        ("1億圓", 1e8, 1e8, 1e8, "exact", "CNY"),
    ],
)
def test_an_amount_is_read_with_what_it_leaves_open(text, value, low, high, qualifier, unit):
    assert parse_amount(text) == (value, low, high, qualifier, unit)


def test_an_amount_that_is_not_disclosed_has_no_value():
    found = parse_amount("未披露")
    assert found.qualifier == "undisclosed" and math.isnan(found.value)


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "若干",
        "数",
        "数万-数十万",
        "2亿-1亿",
        "1亿-1亿",
        "5-12",
        "三至五",
        # a dollar or a million
        "$1-2m",
        "¥1-2亿",
        "5000-1万元",
        "1万-2美元-3",
        "1亿元-2亿美元",
        "USD5元",
        "$€5",
        "30%元",
        "",
    ],
)
def test_what_says_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"amount|currency"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "own"),
    [("3亿", True), ("5000元", True), ("$5m", True), ("30%", True), ("1.2E+04", False), ("约1,200", False)]
    + [("三千", False), ("1200家", False), ("３億", True), ("12k", True)],
)
def test_a_text_has_a_unit_of_its_own_or_takes_its_columns(text, own):
    assert has_unit(text) is own
    if "%" not in text:
        scaled = parse_amount_in(text, "万港元").value / parse_amount(text).value
        assert scaled == (1 if own else 10_000)


def test_an_amount_in_a_column_of_shares_or_beyond_all_numbers_is_refused():
    with pytest.raises(ValueError, match="not a share"):
        parse_amount_in("5", "%")
    with pytest.raises(ValueError, match="finite"):
        parse_amount_in("1e308", "亿元")


def test_a_product_is_exact_in_decimals():
    assert times(18.59, 1e4) == 185900
    assert times(INF, 1e4) == INF and math.isnan(times(math.nan, 1e4))


@pytest.mark.parametrize(
    ("text", "code"), [("人民币", "CNY"), (" usd ", "USD"), ("港币", "HKD"), ("€", "EUR"), ("RMB", "CNY")]
)
def test_a_currency_is_found_by_its_names(text, code):
    assert parse_currency(text) == code


def test_an_unknown_currency_is_refused():
    with pytest.raises(ValueError, match="a currency such as"):
        parse_currency("两")


@pytest.mark.parametrize(
    "text", ["", " ", "NaN", "nan", "N/A", "NULL", "None", "-", "—", "--", "未披露", "不详", "Ｎ／Ａ"]
)
def test_spellings_of_nothing(text):
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "无锡", "不", "none of them", "－5"])
def test_what_is_something(text):
    assert not is_missing(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2017-09-29 00:00:00", "2017-09-29"),
        ("2017-09-29T10:30:00Z", "2017-09-29"),
        ("2017年9月29日 10:30", "2017-09-29"),
        ("20170929", "2017-09-29"),
        ("29/9/2017", "2017-09-29"),
        ("9/29/2017", "2017-09-29"),
        ("5.5.2017", "2017-05-05"),
        ("Sep 2017", "2017-09"),
        ("29 Sept. 2017", "2017-09-29"),
        ("September 29, 2017", "2017-09-29"),
        ("29-Sep-2017", "2017-09-29"),
    ],
)
def test_dates_of_files_are_read(text, iso):
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    "text", ["43007", "17/9/29", "2017-9-110:30", "Sepp 2017", "31 Feb 2017", "20171301", "2017Q3"]
)
def test_what_is_no_one_day_is_refused(text):
    with pytest.raises(ValueError, match="a date such as"):
        parse_date(text)


def test_a_day_that_can_be_another_is_refused():
    with pytest.raises(ValueError, match="in one way only"):
        parse_date("5/6/2017")
