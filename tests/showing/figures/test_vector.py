"""Small SVG: points stay where they were, to a hundredth of a point; texts stay texts; the rest is left alone."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.showing.figures import style
from fhi.showing.figures.rendering import compact

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


def test_a_text_stays_text_and_loses_what_is_usual():
    svg = (
        "<text style=\"font-size: 10px; font-family: 'FHI Sans SC', 'DejaVu Sans'; text-anchor: start; fill: #1c2733\" "
        'x="572.2" y="88.260004" transform="rotate(-0 572.2 88.26)">79.7</text>'
    )
    assert compact(svg) == '<text style="font-size:10px;fill:#1c2733" x="572.2" y="88.26">79.7</text>'
    assert compact(svg.replace("rotate(-0", "rotate(-45")).count('transform="rotate(-45 572.2 88.26)"') == 1


def test_groups_are_dropped_but_those_of_units_and_of_looks():
    svg = (
        '<g id="axes_1"><g id="unit:北京|第1名"><path/></g><g id="unit:上海"><g id="patch_2"><path/></g></g>'
        '<g id="line2d_1" clip-path="url(#pa)"><use/></g><g id="line2d_2"/></g>'
    )
    assert compact(svg) == (
        '<g class="unit" data-unit="北京" data-tip="第1名"><path/></g><g class="unit" data-unit="上海"><path/></g>'
        '<g clip-path="url(#pa)"><use/></g>'
    )


def test_names_are_made_those_of_the_picture_and_references_follow():
    svg = (
        '<defs><clipPath id="p0123456789"/><path id="C0_0_ab"/></defs>'
        '<use xlink:href="#C0_0_ab" clip-path="url(#p0123456789)"/>'
    )
    assert compact(svg, "x-zh") == (
        '<defs><clipPath id="x-zh-0"/><path id="x-zh-1"/></defs><use href="#x-zh-1" clip-path="url(#x-zh-0)"/>'
    )


def test_a_picture_is_printed_at_the_width_of_the_page_and_keeps_every_word():
    import matplotlib

    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        figure = style.canvas(2)
        style.of_unit(figure.text(0.1, 0.5, "北京  1 Ö Ł", weight="bold"), "北京")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg")
    svg = compact(buffer.getvalue().decode(), family=", ".join(style.FAMILY))
    assert svg.startswith("<svg ") and 'width="498.90pt" height="99.78pt" viewBox="0 0 720 144"' in svg
    assert '<g class="unit" data-unit="北京"><text' in svg and ">北京  1 Ö Ł</text>" in svg
    assert 'font-family="FHI Sans SC, DejaVu Sans"' in svg and svg.count("font-family") == 1
