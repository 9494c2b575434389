"""Pictures in fewer characters: the same shapes, nothing of the text as comments, the same bytes each time."""

import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import rc_context
from matplotlib.figure import Figure

from fhi.figures import style
from fhi.figures.compaction import compact, relative_path

number = st.floats(-900, 900).map(lambda value: round(value, 6))
point = st.tuples(number, number)
segment = st.one_of(
    st.tuples(st.just("L"), st.lists(point, min_size=1, max_size=1)),
    st.tuples(st.just("Q"), st.lists(point, min_size=2, max_size=2)),
    st.tuples(st.just("C"), st.lists(point, min_size=3, max_size=3)),
    st.tuples(st.just("z"), st.just([])),
)
shape = st.tuples(st.tuples(st.just("M"), st.lists(point, min_size=1, max_size=1)), st.lists(segment, max_size=8))


def written(shapes):
    """Return a path as matplotlib writes it, and its points."""
    commands = [command for first, rest in shapes for command in (first, *rest)]
    text = " \n".join(" ".join([letter, *(f"{v:.6f}" for pair in points for v in pair)]) for letter, points in commands)
    return text, [pair for _, points in commands for pair in points]


def read(path):
    """Return the points of a path of M, l, h, v, q, c, z by walking along it."""
    points, here, start, letter = [], np.zeros(2), np.zeros(2), ""
    tokens = re.findall(r"[Mlhvqcz]|-?(?:\d+\.?\d*|\.\d+)", path)
    while tokens:
        if tokens[0].isalpha():
            letter = tokens.pop(0)
        if letter == "z":
            here = start
            continue
        size = {"M": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6}[letter]
        values = [float(tokens.pop(0)) for _ in range(size)]
        if letter in "hv":
            values = [values[0], 0.0] if letter == "h" else [0.0, values[0]]
        new = np.array(values).reshape(-1, 2) + (0 if letter == "M" else here)
        points.extend(new)
        here = new[-1]
        start = here if letter == "M" else start
    return np.array(points)


@given(st.lists(shape, min_size=1, max_size=4))
def test_no_point_of_a_path_moves_by_more_than_half_a_step(shapes):
    path, points = written(shapes)
    np.testing.assert_allclose(read(relative_path(path, 1, 100)), points, atol=0.0051)


def test_a_path_worked_by_hand():
    path = "M 97.2 65.988177 \nL 634.122 65.988177 \nL 634.122 77.692611 \nL 97.2 77.692611 \nz\n"
    assert relative_path(path, 1, 100) == "M97.2 65.99h536.92v11.7h-536.92z"


def test_a_glyph_comes_back_to_the_units_of_the_font():
    # 6400 units an em as matplotlib writes them, 1000 as the font is drawn: 320 = 50 · 6.4
    assert relative_path("M 320 640 L 960 640 L 960 -64 z", 1 / 6.4, 1) == "M50 100h100v-110z"


@pytest.fixture(scope="module")
def picture():
    style.load_fonts()
    with rc_context(style.RC):
        figure = Figure(figsize=(4, 3))
        axes = figure.add_subplot()
        axes.plot([0, 1, 2], [0.1, 0.004, 3], marker="o", linestyle="--")
        axes.set_title("北京 & <script>alert(1)</script> --> 12%")
        axes.text(0.2, 0.7, "rotated", rotation=45)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def test_a_picture_is_about_half_as_long_and_well_formed(picture):
    import xml.etree.ElementTree as tree

    short = compact(picture)
    assert len(short) < 0.65 * len(picture)
    before, after = (list(tree.fromstring(text).iter()) for text in (picture, short))
    for tag in ("path", "use", "clipPath"):
        counts = [len([e for e in items if e.tag.endswith(f"}}{tag}")]) for items in (before, after)]
        assert counts[0] == counts[1] > 0
    assert compact(picture) == short


def test_text_does_not_stay_in_the_picture_as_a_comment(picture):
    assert "script" in picture
    assert "script" not in compact(picture)
    assert "<!--" not in compact(picture)


def test_what_is_referred_to_is_there(picture):
    short = compact(picture)
    referred = set(re.findall(r'(?:href="#|url\(#)([^)"]+)', short))
    assert referred
    assert referred == set(re.findall(r' id="([^"]+)"', short))


def test_the_pixels_are_those_of_the_long_picture(picture, tmp_path):
    import typst
    from PIL import Image

    drawn = []
    for svg in (picture, compact(picture)):
        (tmp_path / "x.svg").write_text(svg, encoding="utf-8")
        source = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("x.svg")'
        png = typst.compile(source, root=str(tmp_path), format="png", ppi=144)
        drawn.append(np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float))
    assert drawn[0].shape == drawn[1].shape
    assert drawn[0].min() < 50
    # edges may fall a hundredth of a point elsewhere: a shade of grey on a few pixels, no more
    difference = np.abs(drawn[0] - drawn[1])
    assert difference.max() < 64
    assert (difference > 16).mean() < 0.005
