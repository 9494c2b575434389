"""Outlines: thinning keeps to its tolerance, neighbours keep one border, nothing of the nation is lost."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.showing.figures import basemap as outlines
from fhi.showing.figures.basemap import area, thin

TOLERANCE = 6.5
numbers = st.floats(-100, 100)
polylines = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=30).map(
    lambda points: np.array(points, dtype=float)
)


def distance(point, start, end):
    """Distance of a point from the segment between two others."""
    along = end - start
    length = along @ along
    place = min(max((point - start) @ along / length, 0), 1) if length else 0
    return np.hypot(*(point - start - place * along))


def test_thinning_keeps_the_corner_and_drops_the_point_on_the_way():
    line = np.array([(0, 0), (1, 0.4), (2, 0), (2, 2)], dtype=float)
    assert thin(line, 0.5).tolist() == [[0, 0], [2, 0], [2, 2]]
    assert thin(line, 0.3).tolist() == line.tolist()


@given(polylines, st.floats(0.1, 50))
def test_no_dropped_point_lies_further_from_the_line_than_the_tolerance(line, tolerance):
    kept = thin(line, tolerance)
    assert (kept[0] == line[0]).all() and (kept[-1] == line[-1]).all()
    segments = list(pairwise(kept))
    for point in line:
        assert min(distance(point, *segment) for segment in segments) <= tolerance * (1 + 1e-9)


def test_thinning_by_nought_keeps_every_bend():
    line = np.array([(0, 0), (1, 1), (2, 0), (3, 1)], dtype=float)
    assert (thin(line, 0) == line).all()


def test_the_area_of_a_triangle_and_its_sign():
    triangle = np.array([(0, 0), (4, 0), (0, 3)], dtype=float)
    assert area(triangle) == 6 and area(triangle[::-1]) == -6


def test_every_division_is_there_and_the_nation_keeps_its_area():
    full, _ = outlines._projected()
    coarse = outlines.outlines(TOLERANCE)
    assert len(full) == 34 and set(coarse.rings) == set(full)
    sizes = [sum(abs(area(ring)) for rings in lines.values() for ring in rings) for lines in (full, coarse.rings)]
    # the plane of the projection keeps areas: 9.5 million km² of land in these outlines
    assert sizes[0] == pytest.approx(9.5e6, rel=0.01)
    assert sizes[1] == pytest.approx(sizes[0], rel=0.005)
    assert len(coarse.dashes) == 9


def test_neighbours_keep_one_common_border():
    coarse = outlines.outlines(TOLERANCE).rings
    points = {name: {tuple(point) for ring in rings for point in ring} for name, rings in coarse.items()}
    for first, second in (("北京市", "河北省"), ("江苏省", "安徽省"), ("四川省", "重庆市")):
        shared = points[first] & points[second]
        assert len(shared) > 10
        # what is shared of the full outline and kept by one is kept by the other
        full, _ = outlines._projected()
        border = set.intersection(*({tuple(p) for ring in full[name] for p in ring} for name in (first, second)))
        assert points[first] & border == points[second] & border


def test_small_islands_become_islets_and_none_lie_on_one_another():
    coarse = outlines.outlines(TOLERANCE)
    # the islands of the South China Sea lie south of Hainan
    assert (coarse.islets[:, 1] < 1800).sum() > 50
    cells = np.round(coarse.islets / (2 * TOLERANCE))
    assert len(np.unique(cells, axis=0)) == len(cells)


@pytest.mark.parametrize("name", ["台湾省", "海南省", "香港特别行政区"])
def test_islands_are_drawn_at_the_scale_of_the_national_map(name):
    assert outlines.outlines(TOLERANCE).rings[name]
