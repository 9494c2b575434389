"""Pictures on the page: safe addresses, packed and unpacked the same, without the head that stands as text."""

import base64
import io
import re
import zlib
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fhi.showing.figures import LANGUAGES, entries, rendering, style
from fhi.showing.report import pictures


def test_a_picture_address_cannot_leave_its_attribute():
    address = pictures.svg_uri("<svg a=\"b'c\">\n<x y='1'/>&amp;#%</svg>")
    assert not set(address) & set('"&\n#')
    assert unquote(address).startswith("data:image/svg+xml,<svg a='b&apos;c'>")


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_nothing_but_title_and_labels_stands_in_the_head(entry, language, built):
    drawn = rendering.images(entry, entry.data(built.store()), language, ["png"])["png"]
    image = np.asarray(Image.open(io.BytesIO(drawn)).convert("L"))
    line = round(style.HEAD * rendering.DPI)
    assert (image[line - 2 : line + 2] > 250).all(), f"{entry.id}.{language}: something crosses the cut"


def test_the_context_of_a_figure_says_what_is_missing(built):
    entry = next(entry for entry in entries() if entry.id == "p13-banks")
    context = pictures.figure_context(entry, built.store())
    data = pd.read_csv(io.BytesIO((built.folder / f"reports/baseline/{context['data']}").read_bytes()))
    assert context["rows"] == len(data) == len(context["cells"])
    missing = [row[list(data.columns).index("share")] for row in context["cells"]].count("—")
    assert missing == data["share"].isna().sum() > 0
    assert "杭州" in context["text"] and "Hangzhou" in context["text"]
    assert re.fullmatch(r"\w+\.py", context["module"])
