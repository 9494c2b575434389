"""Text of data: as wide as it is drawn, wrapped and cut to its room, numbers as they are spoken."""

import math

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fhi.showing.figures import style
from fhi.showing.figures.texts import number, ordinal, quantity_text, width, wrapped

WORDS = st.text(alphabet="abc 城市金融，。（）《》P2$<&-", min_size=1, max_size=60)


@pytest.mark.parametrize(
    "text, size, weight", [("Hangzhou 杭州", 10, "normal"), ("No. 12", 21, "bold"), ("$x$", 9, "normal")]
)
def test_a_text_is_as_wide_as_it_is_drawn(text, size, weight):
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        figure = Figure((10, 2), dpi=720)
        drawn = figure.text(0, 0, text, size=size, weight=weight)
        extent = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / 720
    assert width(text, size, weight) == pytest.approx(extent, abs=0.03)


@given(WORDS, st.floats(0.4, 3))
def test_a_wrapped_text_keeps_to_its_room_and_loses_nothing(text, room):
    rows = wrapped(text, room, 9, lines=99).split("\n")
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(width(row, 9) <= room for row in rows)


@given(WORDS, st.floats(0.4, 3))
def test_a_text_of_few_lines_ends_with_a_mark_where_it_was_cut(text, room):
    short = wrapped(text, room, 9, lines=2)
    assert short.count("\n") < 2
    whole = wrapped(text, room, 9, lines=99)
    assert short == whole if whole.count("\n") < 2 else short.endswith("…")


def test_chinese_breaks_before_no_closing_mark_and_english_at_blanks():
    assert wrapped("政务、医疗、交通", width("政务、", 9) + 0.01, 9).split("\n") == ["政务、", "医疗、", "交通"]
    assert wrapped("invention patents per 10 000 people", width("patents per 10", 9), 9).split("\n") == [
        "invention",
        "patents per",
        "10 000 people",
    ]


def test_the_lines_of_a_text_are_even():
    text = "占全国高新技术企业比重"
    room = width(text[:-1], 9)
    assert [len(row) for row in wrapped(text, room, 9).split("\n")] == [6, 5]


def test_a_word_wider_than_the_room_is_broken():
    rows = wrapped("supercalifragilistic", 0.5, 9).split("\n")
    assert len(rows) > 1 and all(width(row, 9) <= 0.5 for row in rows)


@pytest.mark.parametrize(
    "value, qualifier, zh, en",
    [
        (165, "exact", "165", "165"),
        (11230, "exact", "11,230", "11,230"),
        (169000, "above", "超16.9万", "over 169,000"),
        (2.1e6, "above", "超210万", "over 2.1 million"),
        (9e6, "below", "近900万", "nearly 9 million"),
        (1e6, "about", "约100万", "about 1 million"),
        (8.7e11, "exact", "8,700亿", "870 billion"),
        (94.5, "exact", "94.5", "94.5"),
    ],
)
def test_a_number_is_spoken_in_each_language(value, qualifier, zh, en):
    assert number(value, "zh", qualifier) == zh
    assert number(value, "en", qualifier) == en


@pytest.mark.parametrize(
    "value, qualifier, unit, printed, zh, en",
    [
        (100, "below", "firms", "近100家", "近100家", "nearly 100"),
        (4e10, "above", "CNY", "超400亿元", "超400亿元", "over CNY 40 bn"),
        (5e7, "exact", "CNY", "5000万元", "5000万元", "CNY 50 m"),
        (63.86, "exact", "%", "63.86%", "63.86%", "63.86%"),
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
