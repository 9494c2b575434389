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
        (texts.signed(-2), "−2"),
        (texts.signed(0), "0"),
        (texts.signed(NAN), "—"),
        (texts.span(1.25, 99.95), "1.2–100.0"),
        (texts.span(NAN, 3.0), "—"),
    ],
)
def test_a_number_is_shown_as(shown, expected):
    assert shown == expected


def test_a_missing_language_is_filled_from_the_other():
    assert texts.in_both({"en": "only"}) == {"zh": "only", "en": "only"}
    assert texts.in_both({}) == {}
