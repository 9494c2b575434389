"""Values with their units: each language counts in its own way, one thing is in the singular."""

import pytest

from fhi.showing.report.measures import measured, measured_span, unit_name


@pytest.mark.parametrize(
    "value, unit, zh, en",
    [
        (23042.1, "100 million CNY", "23,042亿元", "CNY 2,304.2 billion"),
        (400, "100 million CNY", "400亿元", "CNY 40 billion"),
        (3, "亿元", "3亿元", "CNY 0.3 billion"),
        (2.5, "万元", "2.5万元", "CNY 25 thousand"),
        (3.2, "million USD", "320万美元", "USD 3.2 million"),
        (1234.6, "万人", "1,235万人", "12,350 thousand people"),
        (12345, "件", "12,345件", "12,345"),
        (1, "points", "1分", "1 point"),
        (20, "points", "20分", "20 points"),
        (1, "universities", "1所", "1 university"),
        (0, "universities", "0所", "0 universities"),
        (1, "tonnes of waste per day", "1 tonnes of waste per day", "1 tonnes of waste per day"),
        (1, "deaths per 1,000 live births", "1 deaths per 1,000 live births", "1 death per 1,000 live births"),
        (82.678, "years", "82.68年", "82.68 years"),
        (55782, "2017 PPP$", "55,782（2017 PPP$）", "55,782 (2017 PPP$)"),
        (83.5, "%", "83.5%", "83.5%"),
        (-0.5, "%", "−0.5%", "−0.5%"),
        (1.62105579, float("nan"), "1.621", "1.621"),
        (0.2446704057, "%", "0.24%", "0.24%"),
        (0.0012345, "%", "0.0012%", "0.0012%"),
        (27.349999999999998, "%", "27.35%", "27.35%"),
        (21.40204, "%", "21.4%", "21.4%"),
        (3.4567, "firms", "3.5家", "3.5 firms"),
        (2514.6, "firms", "2,515家", "2,515 firms"),
        (65.378, "100 million CNY", "65.38亿元", "CNY 6.538 billion"),
        (15438.7761, "100 million CNY", "15,439亿元", "CNY 1,543.9 billion"),
        (1824.190915, "2017 PPP$", "1,824（2017 PPP$）", "1,824 (2017 PPP$)"),
        (-123456.7, "", "−123,457", "−123,457"),
        (0, "%", "0%", "0%"),
    ],
)
def test_a_value_is_said_with_its_unit_as_each_language_counts(value, unit, zh, en):
    assert measured(value, unit) == {"zh": zh, "en": en}


@pytest.mark.parametrize(
    "value, unit, en",
    [(63.859, "%", "63.859%"), (104.75, "points", "104.75 points"), (3907.04, "", "3,907.04"), (1 / 3, "", "0.3333")],
)
def test_what_the_publication_prints_keeps_its_digits(value, unit, en):
    """Nothing printed has more than six digits: a third was computed."""
    said = measured(value, unit, printed=True)["en"]
    assert said == en


def test_bounds_are_in_the_number_of_their_value_and_rounded_outward():
    assert measured_span(12267.74, 12320.25, "100 million CNY", "zh") == "12,267–12,321"
    assert measured_span(12267.74, 12320.25, "100 million CNY", "en") == "1,226.7–1,232.1"
    assert measured_span(0.30001, 82, "%", "en") == "0.3–82"
    assert measured_span(0.0123, 0.0211, "%", "en") == "0.012–0.022"


def test_the_head_of_a_column_names_a_unit_without_a_number():
    assert [unit_name(unit, "en") for unit in ("100 million CNY", "firms", "%", "件", "")] == [
        "CNY billion",
        "firms",
        "%",
        "",
        "",
    ]
