"""The frame's words: measured, cut and broken so that they fit; the source line names what the report did not print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.showing.figures import style
from fhi.showing.figures.registry import FigureEntry

TITLE = {"zh": "题", "en": "t"}
texts = st.text(st.sampled_from("北京上海，、 abcXYZ/019$<>&\"'"), max_size=40)


def entry(page, evidence, source=None):
    return FigureEntry("x", page, evidence, TITLE, None, None, None, source=source)


def test_a_chinese_character_is_as_wide_as_the_type_size():
    assert style.extent("北京", 10) == pytest.approx(20)
    assert style.extent("", 10) == 0
    assert style.extent("北京", 20) == pytest.approx(2 * style.extent("北京", 10))


@given(texts, st.floats(20, 200))
def test_a_fitted_text_fits_and_is_the_beginning_of_the_text(text, width):
    fitted = style.fit(text, width, 9)
    assert style.extent(fitted, 9) <= width
    assert fitted == text or (fitted.endswith("…") and text.startswith(fitted[:-1]))


@pytest.mark.parametrize("colour, ink", [("#0072b2", style.PAPER), ("#e69f00", style.INK), ("#8fc1e3", style.INK)])
def test_text_on_a_colour_has_the_greater_contrast(colour, ink):
    assert style.ink_on(colour) == ink


@pytest.mark.parametrize(
    "item, line",
    [
        (entry(21, ("published",)), "Source: 2018 China Fintech Hub Index report, p. 21"),
        (entry(None, ("public",)), "Source: 2018 China Fintech Hub Index report; public statistics"),
        (entry(38, ("published", "public")), "Source: 2018 China Fintech Hub Index report, p. 38; public statistics"),
        (entry(None, ("identified",)), "Source: computed from the 2018 China Fintech Hub Index report"),
        (
            entry(4, ("published", "public"), {"zh": "图", "en": "outlines: Tianditu"}),
            "Source: 2018 China Fintech Hub Index report, p. 4; outlines: Tianditu",
        ),
        (
            entry(None, ("published", "public"), {"zh": "部", "en": "NBS"}),
            "Source: 2018 China Fintech Hub Index report; NBS",
        ),
    ],
)
def test_the_source_line_names_report_page_and_public_source(item, line):
    assert style.source_line(item, "en") == line


def test_a_dollar_sign_is_drawn_as_one():
    import matplotlib

    with matplotlib.rc_context(style.RC):
        figure = style.canvas(1)
        text = figure.text(0, 0, "$x$")
        assert not text.get_parse_math()
