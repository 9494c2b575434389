"""Numbers as they are shown: missing ones as a dash, signs, units in both languages."""

import pytest

from fhi.showing.report import texts

NAN = float("nan")


@pytest.mark.parametrize(
    "shown, expected",
    [
        (texts.decimal(2.345, 2), "2.35"),
        (texts.decimal(NAN, 2), "—"),
        (texts.whole(3.0), "3"),
        (texts.whole(NAN), "—"),
        (texts.signed(2), "+2"),
        (texts.signed(-2), "-2"),
        (texts.signed(0), "0"),
        (texts.signed(NAN), "—"),
        (texts.span(1.25, 99.95), "1.2–100.0"),
        (texts.span(NAN, 3.0), "—"),
        (texts.significant(1 / 3), "0.333333"),
        (texts.significant(None), "—"),
        (texts.significant(NAN), "—"),
        (texts.significant("北京"), "北京"),
        (texts.significant(12), "12"),
    ],
)
def test_a_number_is_shown_as(shown, expected):
    assert shown == expected


def test_units_stand_in_both_languages():
    assert texts.measured(28014.94, "100 million CNY") == {"zh": "28,015亿元", "en": "28,015 × 100 million CNY"}
    assert texts.measured(83.5, "%") == {"zh": "83.5%", "en": "83.5%"}
    assert texts.measured(82.678, "years") == {"zh": "82.678 years", "en": "82.678 years"}
    assert texts.measured(55782, "2017 PPP$") == {"zh": "55,782（2017 PPP$）", "en": "55,782 (2017 PPP$)"}
    assert texts.measured(3, "亿元") == {"zh": "3亿元", "en": "3 亿元"}
    assert texts.measured(1.62105579, float("nan")) == {"zh": "1.6211", "en": "1.6211"}


def test_a_missing_language_is_filled_from_the_other():
    assert texts.in_both({"en": "only"}) == {"zh": "only", "en": "only"}
    assert texts.in_both({}) == {}
