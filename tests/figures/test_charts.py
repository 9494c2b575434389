"""Words for printed quantities: in Chinese as printed, in English by value, qualifier and unit."""

import math

import pytest

from fhi.figures.charts import ordinal, quantity_text


@pytest.mark.parametrize(
    "value, qualifier, unit, printed, zh, en",
    [
        (100, "below", "firms", "近100家", "近100家", "nearly 100"),
        (4e10, "above", "CNY", "超400亿元", "超400亿元", "over CNY 40 bn"),
        (5e7, "exact", "CNY", "5000万元", "5000万元", "CNY 50 m"),
        (63.86, "exact", "%", "63.86%", "63.86%", "63.86 %"),
        (185900, "exact", "patents", "18.59万件", "18.59万件", "185,900"),
        (2, "exact", "rank", "2", "第2位", "2nd"),
        (math.nan, "undisclosed", "CNY", "未披露", "未披露", "not disclosed"),
    ],
)
def test_a_printed_quantity_in_both_languages(value, qualifier, unit, printed, zh, en):
    assert quantity_text(value, qualifier, unit, printed, "zh") == zh
    assert quantity_text(value, qualifier, unit, printed, "en") == en


@pytest.mark.parametrize(
    "number, text",
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st")],
)
def test_ordinals(number, text):
    assert ordinal(number) == text
