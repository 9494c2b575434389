"""Figures of comparisons: whatever moves, drawn in both languages with every text in its place."""

import matplotlib
import pandas as pd
import pytest

from fhi.showing.figures import charts, moves, rendering, style

ODD = {
    "zh": '<script>alert("甲")</script>$x_1$名称很长很长的城市',
    "en": '<b>&</b> $x_1$ \\frac "a city of a very long name',
}
CITIES = [
    ("北京", "Beijing"),
    ("上海", "Shanghai"),
    (ODD["zh"], ODD["en"]),
    ("石家庄", "Shijiazhuang"),
    ("西安", "Xi'an"),
]


def places(shifts):
    rows = [
        (zh, en, place, place + shift, shift)
        for place, ((zh, en), shift) in enumerate(zip(CITIES, shifts, strict=True), 1)
    ]
    return pd.DataFrame(rows, columns=["city", "city_en", "base_place", "place", "shift"])


def parts(kind, columns, values):
    names = pd.DataFrame(CITIES, columns=["city", "city_en"]).assign(shift=[1, -1, 0, 12, -12], kind=kind)
    frames = [
        names.assign(column=column, column_zh=f"指标{column}", column_en=f"Indicator {column}", value=value)
        for column, value in zip(columns, values, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


NAMES = {"base": "baseline", "other": "a-scenario-of-a-very-long-name-that-does-not-fit-beside-another-one-in-a-title"}
FIGURES = {
    "slope": (moves.entry("ranks", ("public",), **NAMES), places([2, -1, 0, 0, -1])),
    "no move": (moves.entry("ranks", ("public", "user"), **NAMES), places([0, 0, 0, 0, 0])),
    "ties": (moves.entry("ranks", ("public",), base="a", other="b"), places([0, -1, -2, 0, 0])),
    "indicators": (
        moves.entry("through", ("public",), **NAMES),
        parts("indicator", "abcdefgh", [0.5, -1.2, 0, 2, 3, 0, 0, -0.001]),
    ),
    "many": (
        moves.entry("through", ("public",), base="a", other="b"),
        parts("indicator", [f"of a long name {n}" for n in range(16)], range(16)),
    ),
    "assumption": (
        moves.entry("through", ("public",), base="a", other="b"),
        parts("assumption", ["weights.experience"], [-12]),
    ),
    "nothing": (moves.entry("through", ("public",), base="a", other="b"), parts("indicator", "ab", [0, 0])),
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_a_comparison_has_every_text_in_its_place(framed, misplaced, name, language):
    entry, data = FIGURES[name]
    assert misplaced(framed(entry, data, language)) == []
    assert b"<script" not in rendering.images(entry, data, language)["svg"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_city_without_a_rank_leaves_its_cell_empty(framed, misplaced, language):
    rows = [
        ("baseline", *CITIES[0], 1, 0),
        ("baseline", *CITIES[1], 2, 0),
        ("other", *CITIES[1], 1, -1),
        ("other", *CITIES[2], 2, None),
    ]
    data = pd.DataFrame(rows, columns=["scenario", "city", "city_en", "rank", "shift"]).astype({"shift": "Int64"})
    figure = framed(moves.entry("all-scenarios", ("public",)), data, language)
    assert misplaced(figure) == []
    texts = [text.get_text() for text in figure.findobj(matplotlib.text.Text)]
    assert texts.count("1") == 2 and texts.count("2") == 2


def test_signs_and_arrows():
    assert [moves.arrow(shift) for shift in (3, -2, 0)] == ["↓3", "↑2", "–"]
    assert [moves.signed(value) for value in (0.5, -0.25)] == ["+0.50", "−0.25"]


def test_a_table_keeps_the_order_in_which_rows_and_columns_come():
    data = pd.DataFrame(
        [("b", "y", 1), ("b", "x", 2), ("a", "y", 3), ("a", "z", 4)], columns=["row", "column", "value"]
    )
    wide = charts.heat_grid(data, "row", "column", "value")
    assert (wide.index.tolist(), wide.columns.tolist()) == (["b", "a"], ["y", "x", "z"])
    assert wide.at["b", "x"] == 2 and pd.isna(wide.at["a", "x"])


def test_a_cell_is_written_in_the_ink_that_can_be_read_on_it():
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        values = pd.DataFrame([[-1.0, 0.0, float("nan")]]).to_numpy()
        axes = charts.heat_table(0.3, ["a", "b", "c"], ["d"], values, [["x", "y", ""]], ("", ""))
    inks = {text.get_text(): text.get_color() for text in axes.texts if text.get_text() in ("x", "y")}
    assert inks == {"x": style.ink_on(charts.SHADES(0.0)), "y": style.INK}
