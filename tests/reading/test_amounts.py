"""Amounts as firms disclose them: exact, bounded, vague, in several currencies."""

import math

import pytest

from fhi.reading.amounts import has_unit, parse_amount, parse_amount_in, parse_currency, times
from fhi.reading.parsing import is_missing, parse_date

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


def test_what_is_not_disclosed_has_no_value():
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
