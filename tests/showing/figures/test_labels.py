"""Labels: none on another, none on a point or a taken box, the same in every run, and always some place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.showing.figures.texts import crosses, meet, nearest, overlap, place_labels

LIMITS = np.array([(0.0, 300.0), (0.0, 200.0)])
points = st.lists(st.tuples(st.floats(20, 280), st.floats(20, 180)), min_size=1, max_size=12, unique=True)


def boxes(corners, sizes):
    return [(*corner, *(corner + size)) for corner, size in zip(corners, sizes, strict=True)]


def test_a_lone_label_stands_to_the_right_of_its_point_at_its_height():
    ((left, bottom),) = place_labels(np.array([(100.0, 100.0)]), np.array([(30.0, 10.0)]), [], LIMITS)
    assert (left, bottom) == (105, 95)


def test_at_the_right_edge_it_stands_to_the_left():
    ((left, bottom),) = place_labels(np.array([(290.0, 100.0)]), np.array([(30.0, 10.0)]), [], LIMITS)
    assert (left, bottom) == (255, 95)


def test_a_taken_box_is_left_alone():
    wall = (103.0, 0.0, 300.0, 200.0)
    ((left, bottom),) = place_labels(np.array([(100.0, 100.0)]), np.array([(30.0, 10.0)]), [wall], LIMITS)
    assert not overlap((left, bottom, left + 30, bottom + 10), wall)


@settings(deadline=None, max_examples=examples(30))
@given(points, st.floats(10, 60))
def test_no_label_lies_on_another_or_on_a_point(anchors, width):
    anchors = np.array(anchors)
    sizes = np.full((len(anchors), 2), (width, 12.0))
    corners = place_labels(anchors, sizes, [], LIMITS)
    placed = boxes(corners, sizes)
    assert not any(overlap(a, b) for i, a in enumerate(placed) for b in placed[i + 1 :])
    for index, box in enumerate(placed):
        inside = [(box[0] < x < box[2]) and (box[1] < y < box[3]) for x, y in np.delete(anchors, index, axis=0)]
        assert not any(inside)
    assert (corners == place_labels(anchors, sizes, [], LIMITS)).all()


def test_where_there_is_no_room_a_label_leaves_the_limits_rather_than_lie_on_another():
    anchors, sizes = np.array([(150.0, 100.0), (152.0, 100.0)]), np.array([(290.0, 190.0)] * 2)
    placed = boxes(place_labels(anchors, sizes, [], LIMITS), sizes)
    assert not overlap(*placed)


def test_a_label_without_a_tie_may_stand_across_another():
    anchors = np.array([(150.0, 100.0)])
    taken = [(140.0, 90.0, 160.0, 110.0)]
    ((left, bottom),) = place_labels(anchors, np.array([(20.0, 8.0)]), taken, LIMITS, tied=False)
    assert not overlap((left, bottom, left + 20, bottom + 8), taken[0])


@pytest.mark.parametrize(
    "line, box, expected",
    [
        ((0, 0, 10, 10), (4, 4, 6, 6), True),
        ((0, 0, 3, 3), (4, 4, 6, 6), False),
        ((0, 5, 10, 5), (4, 4, 6, 6), True),
        ((0, 7, 10, 7), (4, 4, 6, 6), False),
        ((5, 0, 5, 10), (4, 4, 6, 6), True),
    ],
)
def test_lines_through_boxes(line, box, expected):
    assert crosses(line, box) is expected


def test_lines_that_cross_and_lines_that_only_touch():
    assert meet((0, 0, 2, 2), (0, 2, 2, 0))
    assert not meet((0, 0, 2, 2), (2, 2, 4, 0))
    assert not meet((0, 0, 1, 0), (0, 1, 1, 1))


def test_the_nearest_point_of_a_box():
    assert nearest((0, 0, 2, 1), (5, 0.5)) == (2, 0.5)
    assert nearest((0, 0, 2, 1), (1, 3)) == (1, 1)
