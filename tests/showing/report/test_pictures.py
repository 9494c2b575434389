"""Pictures on the page: safe addresses, packed and unpacked the same, without the head that stands as text."""

import base64
import io
import json
import re
import zlib
from dataclasses import replace

import matplotlib
import pandas as pd
import pytest

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.figures.evidence import seen
from fhi.showing.report import pictures
from fhi.showing.report.contents import LABELS
from fhi.showing.report.page import value_names
from fhi.showing.report.tables import city_names, node_names
from fhi.store import to_csv


def test_a_packed_picture_comes_back():
    svg = "<svg>北京</svg>"
    assert zlib.decompress(base64.b64decode(pictures.packed(svg))).decode("utf-8") == svg


def test_the_head_is_taken_off_and_nothing_else():
    svg = '<?xml version="1.0"?><svg width="720pt" height="475.2pt" viewBox="0 0 720 475.2" version="1.1"><g/></svg>'
    cut = pictures.beheaded(svg, 37.44)
    assert cut == svg.replace(
        'height="475.2pt" viewBox="0 0 720 475.2"', 'height="437.76pt" viewBox="0 37.44 720 437.76"'
    )
    assert pictures.svg_size(cut) == (720, 438)
    assert pictures.svg_size(pictures.beheaded(svg, 37.44, 24.48)) == (720, 413)


def test_what_stands_in_head_or_foot_is_not_left_behind_unseen():
    text = '<text style="fill:#000" x="25" y="{}">{}</text>'
    texts = [text.format(30.2, "title"), text.format(100, "kept"), text.format(390, "source")]
    svg = f'<svg width="720pt" height="400pt" viewBox="0 0 720 400">{"".join(texts)}</svg>'
    cut = pictures.beheaded(svg, 37.44, 24.48)
    assert "kept" in cut and "title" not in cut and "source" not in cut


def test_a_picture_holds_no_text_of_the_data_as_a_comment(built):
    entry = entries()[0]
    svg = pictures.picture(entry, built.store(), "zh")
    assert svg.startswith("<svg ") and "<!--" not in svg


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_every_reference_of_a_picture_on_the_page_has_its_target(built, entry):
    svg = pictures.picture(entry, built.store(), "zh")
    assert "xlink" not in svg and '<g id="' not in svg
    named = re.findall(r' id="([^"]+)"', svg)
    assert len(named) == len(set(named))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)) <= {(id, "") for id in named} | {
        ("", id) for id in named
    }


def unpacked(text: str) -> str:
    return zlib.decompress(base64.b64decode(text)).decode("utf-8")


def test_a_figure_carries_its_picture_in_both_languages_and_its_data(built):
    entry = next(entry for entry in entries() if entry.id == "p21-adoption")
    found = pictures.read_drawn(entry, built.store())
    headline = {"zh": "题", "en": "Headline"}
    context = pictures.figure_context(found, built.store(), {"p21-adoption": headline})
    drawn = (built.folder / "reports/baseline/figures/p21-adoption.csv").read_text(encoding="utf-8")
    assert unpacked(context["csv"]) == drawn
    assert context["shape"] == pd.read_csv(io.StringIO(drawn)).shape
    for language in LANGUAGES:
        assert unpacked(context["packed"][language]) == pictures.picture(entry, built.store(), language)
    assert context["headline"] == headline and context["title"] == entry.title
    assert "杭州" in context["text"] and "Hangzhou" in context["text"]
    assert pictures.figure_context(found, built.store(), {})["headline"] == entry.title


def test_page_and_print_read_what_was_written_with_a_figure(built):
    store = built.store()
    for found in pictures.drawn(store):
        entry, data = seen(next(entry for entry in entries() if entry.id == found.entry.id), store)
        assert replace(found.entry, title=dict(entry.title), cited=dict(entry.cited)) == replace(
            entry, title=dict(entry.title), cited=dict(entry.cited)
        )
        assert found.caption == entry.caption(data) and found.data == to_csv(data)
        if entry.document:
            assert found.blocks == json.loads(json.dumps({name: entry.draw(data, name) for name in LANGUAGES}))


def test_of_a_headline_on_two_lines_no_letter_is_left_below_the_cut():
    from fhi.showing.figures import rendering, style

    entry = replace(next(iter(entries())), headline=dict.fromkeys(LANGUAGES, "Gypsy quays jump " * 9))
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        svg = rendering._vector(style.frame(style.canvas(4.0), entry, "en"), "x").decode("utf-8")
    assert svg.count("quays") >= 2
    cut = pictures.beheaded(svg, style.HEAD * pictures.POINTS_PER_INCH, style.FOOT * pictures.POINTS_PER_INCH)
    assert "quays" not in cut


def test_what_the_data_of_figures_hold_as_codes_has_a_name(folder, built):
    """Readers of the tables below the pictures see words of their language: units, indicators, labels, kinds."""
    store = built.store()
    known = {*value_names(), *node_names(store), *city_names(store), *LABELS}
    hidden = {"note", "fact", "facts", "id", "source", "printed", "province", "cities"}
    for path in (folder / "figures").glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in frame.columns.difference([*hidden]):
            if column.endswith(("_zh", "_en")) or f"{column}_zh" in frame or frame[column].nunique() < 2:
                continue
            parts = {part for cell in frame[column] for part in re.split(r"[|+]", cell)}
            codes = {part for part in parts if re.search("[a-z\u4e00-\u9fff]", part)} - known
            assert not {code for code in codes if not re.fullmatch(r"-?[\d.]+e-\d+", code)}, (path.stem, column)
