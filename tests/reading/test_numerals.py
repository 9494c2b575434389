"""Numerals: digits, Chinese characters and units, alone and together; what people read differently is refused."""

from decimal import Decimal

import pytest

from fhi.reading.numerals import parse_numeral


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
