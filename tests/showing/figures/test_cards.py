"""Forms of infographics: a share fills what it should, a place is the one filled, texts stand level."""

import matplotlib
import pytest
from matplotlib.patches import FancyBboxPatch, Wedge

from fhi.showing.figures import cards, style


@pytest.fixture
def axes():
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        yield cards.sheet(style.canvas(4))


def test_a_sheet_is_measured_in_inches_from_the_upper_left(axes):
    corner = axes.transData.transform((0, 0)) / axes.figure.dpi
    assert corner == pytest.approx((0, 4))
    assert axes.transData.transform((10, 4)) / axes.figure.dpi == pytest.approx((10, 0))


@pytest.mark.parametrize("share", [0, 8.2, 50, 100])
def test_a_ring_is_filled_to_its_share_of_a_turn(axes, share):
    cards.ring(axes, 1, 1, 0.4, share, "red")
    track, filled = [patch for patch in axes.patches if isinstance(patch, Wedge)]
    assert track.theta2 - track.theta1 == 360
    assert filled.theta2 - filled.theta1 == pytest.approx(3.6 * share)


def test_a_ladder_fills_the_rung_of_the_place(axes):
    cards.ladder(axes, 0, 0, 2, 3, 5, "red")
    rungs = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    red = matplotlib.colors.to_rgba("red")
    assert [patch.get_facecolor() == red for patch in rungs] == [False, False, True, False, False]


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_a_bar_ends_at_its_share_of_the_room(axes, share):
    cards.bar(axes, 1, 1, 4, share, "red")
    track, filled = axes.patches
    assert track.get_xy()[:, 0].max() == 5
    assert filled.get_xy()[:, 0].max() == pytest.approx(1 + 4 * share)


def test_texts_with_and_without_descenders_stand_on_one_line(axes):
    cards.line(axes, 1, 2, "axe")
    cards.line(axes, 3, 2, "gypsy")
    assert len({text.get_position()[1] for text in axes.texts}) == 1
    assert {text.get_va() for text in axes.texts} == {"baseline"}


def test_a_block_tells_where_it_ends(axes):
    below = cards.block(axes, 1, 1, "one two three four", 0.5, size=10)
    rows = len(axes.texts)
    assert rows > 1
    assert below == pytest.approx(1 + rows * 10 * cards.LEADING / 72)
