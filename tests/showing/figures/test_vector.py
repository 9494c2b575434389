"""Small SVG: points stay where they were, to a hundredth of a point; what is not understood is left alone."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.showing.figures import style
from fhi.showing.figures.vector import compact

numbers = st.integers(-(10**8), 10**8).map(lambda n: n / 10**5)
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8)


def absolute(path):
    """Return the end points of a path in relative commands."""
    x = y = 0.0
    start, ends = (0.0, 0.0), []
    for letter, text in re.findall(r"([a-z])([^a-z]*)", path):
        steps = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)]
        size = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6, "z": 0}[letter]
        if letter == "z":
            (x, y) = start
            ends.append((x, y))
        while steps:
            part, steps = steps[:size], steps[size:]
            x += part[-2] if size > 1 else part[0] if letter == "h" else 0
            y += part[-1] if size > 1 else part[0] if letter == "v" else 0
            ends.append((x, y))
            start = (x, y) if letter == "m" else start
    return ends


def path_of(svg):
    return re.search(r' d="([^"]*)"', svg)[1]


@given(pairs)
def test_the_points_of_a_line_stay_where_they_were(points):
    first, *rest = [f"{x:.6f} {y:.6f} " for x, y in points]
    written = f"M {first}\n" + "".join(f"L {pair}\n" for pair in rest) + "z\n"
    found = absolute(path_of(compact(f'<path d="{written}"/>')))
    for (x, y), (left, top) in zip([*points, points[0]], found, strict=True):
        assert (left, top) == (pytest.approx(x, abs=0.00501), pytest.approx(y, abs=0.00501))


def test_a_path_by_hand():
    written = "M 10 20 \nL 10.5 20 \nL 10.5 18 \nL 12 17.25 \nL 13 18.25 \nC 13 18 14 19 15 18.25 \nz\n"
    assert path_of(compact(f'<path d="{written}"/>')) == "m10 20h.5v-2l1.5-.75 1 1c0-.25 1 .75 2 0z"


def test_a_second_part_of_a_path_begins_with_its_own_letter():
    assert path_of(compact('<path d="M 0 0 \nL 1 1 \nM 5 5 \nL 6 6 \n"/>')) == "m0 0l1 1m4 4l1 1"


def test_other_commands_are_left_alone():
    arc = '<path d="M 0 0 A 5 5 0 0 1 10 10"/>'
    assert compact(arc) == arc


def test_glyphs_get_short_names_a_coarser_grid_and_the_scale_of_their_line():
    svg = (
        '<g transform="translate(9 8) scale(0.08 -0.08)">'
        '<path id="FHISansSC-Regular-6d2" d="M 262 826 \nL 416 352 \n" transform="scale(0.015625)"/>'
        '<use xlink:href="#FHISansSC-Regular-6d2" transform="translate(100.0049 0)"/></g>'
    )
    # 262/16 and 826/16; a quarter of 0.08; four times 100
    assert compact(svg) == (
        '<g transform="translate(9 8) scale(0.02 -0.02)">'
        '<path id="R6d2" d="m16 52l10-30"/><use xlink:href="#R6d2" x="400"/></g>'
    )


def test_a_scale_that_is_not_of_text_is_left_alone():
    svg = '<g transform="matrix(1 0 0 -1 0 9) scale(0.5)"/>'
    assert compact(svg) == svg


def test_a_blank_has_a_short_name_too():
    blank = '<path id="FHISansSC-Bold-1" transform="scale(0.015625)"/>'
    assert compact(blank) == '<path id="B1"/>'


def test_text_in_a_comment_and_an_attribute_is_not_touched():
    svg = '<!-- M 1 2 --><g id="M 1.23456 2">\n  <g/></g>'
    assert compact(svg) == '<!-- M 1 2 --><g id="M 1.23456 2"><g/></g>'


def test_a_picture_becomes_smaller_and_every_reference_keeps_its_target():
    import matplotlib

    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        figure = style.canvas(2)
        figure.text(0.1, 0.5, "中国金融科技 Fintech 2018", weight="bold")
        figure.text(0.1, 0.2, "中国 Fintech")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg")
    before = buffer.getvalue().decode()
    after = compact(before)
    assert len(after) < 0.75 * len(before)
    assert set(re.findall(r'xlink:href="#([^"]+)"', after)) <= set(re.findall(r'id="([^"]+)"', after))
    assert after.count("<use") == before.count("<use")
