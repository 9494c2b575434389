"""Forms of infographics: a share fills what it should, a place is the one filled, texts stand level."""

import matplotlib
import pytest

from fhi.showing.figures import style, texts


@pytest.fixture
def axes():
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        yield texts.sheet(style.canvas(4))


def test_a_sheet_is_measured_in_inches_from_the_upper_left(axes):
    corner = axes.transData.transform((0, 0)) / axes.figure.dpi
    assert corner == pytest.approx((0, 4))
    assert axes.transData.transform((10, 4)) / axes.figure.dpi == pytest.approx((10, 0))


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_a_bar_ends_at_its_share_of_the_room(axes, share):
    texts.bar(axes, 1, 1, 4, share, "red")
    track, filled = axes.patches
    assert track.get_xy()[:, 0].max() == 5
    assert filled.get_xy()[:, 0].max() == pytest.approx(1 + 4 * share)


def test_texts_with_and_without_descenders_stand_on_one_line(axes):
    texts.line(axes, 1, 2, "axe")
    texts.line(axes, 3, 2, "gypsy")
    assert len({text.get_position()[1] for text in axes.texts}) == 1
    assert {text.get_va() for text in axes.texts} == {"baseline"}
