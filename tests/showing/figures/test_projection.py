"""Albers' projection: the printed example of Snyder's manual, areas kept, lengths true on the standard parallels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.showing.figures.basemap import RADIUS, albers

lons, lats = st.floats(73, 136), st.floats(3, 54)


def test_the_numerical_example_of_snyder():
    # USGS Professional Paper 1395, p. 291: sphere of radius 1, parallels 29.5 and 45.5, origin 23 N, 96 W
    x, y = albers(-75, 35, lat_1=29.5, lat_2=45.5, lat_0=23, lon_0=-96, radius=1)
    assert (round(float(x), 7), round(float(y), 7)) == (0.2952720, 0.2416774)


def test_the_origin_lies_at_nought_and_the_meridian_of_the_origin_is_straight():
    x, y = albers([105, 105, 105], [0, 20, 50])
    assert x == pytest.approx([0, 0, 0], abs=1e-9)
    assert y[0] == pytest.approx(0, abs=1e-9) and (np.diff(y) > 0).all()


@given(lons, lats)
def test_east_and_west_of_the_origin_mirror_each_other(lon, lat):
    x, y = albers([lon, 210 - lon], [lat, lat])
    assert x[0] == pytest.approx(-x[1], abs=1e-6) and y[0] == pytest.approx(y[1], abs=1e-6)


@given(lons, lats)
def test_a_small_cell_keeps_its_area(lon, lat):
    step = 0.01
    x, y = albers([lon, lon + step, lon + step, lon], [lat, lat, lat + step, lat + step])
    # the diagonals span the area of a quadrangle
    area = abs((x[2] - x[0]) * (y[3] - y[1]) - (x[3] - x[1]) * (y[2] - y[0])) / 2
    band = np.sin(np.radians(lat + step)) - np.sin(np.radians(lat))
    assert area == pytest.approx(RADIUS**2 * np.radians(step) * band, rel=1e-6)


@pytest.mark.parametrize("parallel", [25, 47])
def test_lengths_are_true_on_the_standard_parallels(parallel):
    x, y = albers([105, 105.01], [parallel, parallel])
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(RADIUS * np.radians(0.01) * np.cos(np.radians(parallel)))
