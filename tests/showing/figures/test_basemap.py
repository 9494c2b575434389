"""The map: places where they belong, the inset off Taiwan and 厦门, all of the South China Sea in it."""

import numpy as np
import pytest

from fhi.showing.figures import basemap, style
from fhi.showing.figures.basemap import albers, outlines
from fhi.showing.figures.texts import overlap


@pytest.fixture
def axes():
    return basemap.china(style.canvas(7), 0.15, 0.5, 7.2)


def test_the_plane_is_drawn_to_one_scale_in_both_directions(axes):
    width, height = axes.get_position().size * axes.figure.get_size_inches() * 72
    west, east, south, north = *axes.get_xlim(), *axes.get_ylim()
    assert (east - west) / width == pytest.approx((north - south) / height)
    assert basemap.kilometres(axes) == pytest.approx((east - west) / width)


def test_a_place_stands_where_its_coordinates_say(axes):
    (corner, east), scale = basemap.place(axes, [105, 106], [35, 35]), basemap.kilometres(axes)
    x, y = albers([105, 106], [35, 35])
    assert (east - corner) * scale == pytest.approx(np.array([x[1] - x[0], y[1] - y[0]]))
    assert corner * scale + (axes.get_xlim()[0], axes.get_ylim()[0]) == pytest.approx(np.array([x[0], y[0]]))


def test_the_inset_covers_no_part_of_taiwan_and_not_xiamen():
    frame = (basemap.FRAME.west, basemap.FRAME.south, basemap.FRAME.east, basemap.FRAME.north)
    for ring in outlines(6.5).rings[basemap.ISLAND]:
        assert not overlap(frame, (*ring.min(axis=0), *ring.max(axis=0)))
    x, y = albers(118.088, 24.457)
    assert not (frame[0] < x < frame[2] and frame[1] < y < frame[3])


def test_the_inset_covers_no_land_at_all():
    frame = (basemap.FRAME.west, basemap.FRAME.south, basemap.FRAME.east, basemap.FRAME.north)
    for rings in outlines(6.5).rings.values():
        for ring in rings:
            x, y = ring.T
            assert not ((frame[0] < x) & (x < frame[2]) & (frame[1] < y) & (y < frame[3])).any()


def test_the_inset_holds_the_whole_dashed_line_and_keeps_its_shape():
    for dash in outlines(6.5).dashes:
        assert (dash >= (basemap.SEA.west, basemap.SEA.south)).all()
        assert (dash <= (basemap.SEA.east, basemap.SEA.north)).all()
    sides = [(view.east - view.west) / (view.north - view.south) for view in (basemap.SEA, basemap.FRAME)]
    assert sides[0] == pytest.approx(sides[1], rel=0.01)


def test_the_view_of_the_nation_holds_every_division_and_the_whole_view_every_island():
    lines = outlines(6.5)
    largest = np.vstack([max(rings, key=len) for rings in lines.rings.values() if rings])
    everything = np.vstack([ring for rings in lines.rings.values() for ring in rings] + [lines.islets, *lines.dashes])
    for view, points in ((basemap.NATION, largest), (basemap.WHOLE, everything)):
        assert points[:, 0].min() > view.west and points[:, 0].max() < view.east
        assert points[:, 1].min() > view.south and points[:, 1].max() < view.north


def test_labels_keep_off_the_inset_and_the_island(axes):
    boxes = basemap.occupied(axes)
    scale, corner = basemap.kilometres(axes), np.array([axes.get_xlim()[0], axes.get_ylim()[0]])
    frame = (np.array([basemap.FRAME.west, basemap.FRAME.south]) - corner) / scale
    assert boxes[0][:2] == pytest.approx(tuple(frame))
    (taipei,) = basemap.place(axes, [121.565], [25.033])
    assert boxes[1][0] < taipei[0] < boxes[1][2] and boxes[1][1] < taipei[1] < boxes[1][3]


def test_the_middle_of_a_province_lies_in_it(axes):
    (zhengzhou,) = basemap.place(axes, [113.65], [34.757])
    assert basemap.middle(axes, ["河南省"]) == pytest.approx(zhengzhou, abs=20)
