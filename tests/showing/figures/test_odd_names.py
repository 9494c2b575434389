"""Odd city names: markup, mathematics and very long names are drawn as text, cut where they do not fit."""

from xml.etree import ElementTree

import pytest
from sampled import sampled

from fhi.showing.figures import entries, rendering

NAMES = ["<script>alert(1)</script>\"'&", "$x^2$ \\frac_{a}", "名" * 60, "A very long name of a city " * 4]
IDS = ["p04-map", "p11-leaders", "p15-financing", "p17-infrastructure", "p18-contributions"]


def renamed(tables, old, old_en, name):
    """Return the tables with a city renamed in both languages."""
    new = {old: name, old_en: name}
    return {
        key: frame.apply(lambda c: c.replace(new) if c.dtype == object or c.dtype == "str" else c)
        for key, frame in tables.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("id, name", sampled(IDS, NAMES))
def test_a_figure_draws_an_odd_name_as_text_in_its_place(tables, framed, misplaced, id, name):
    odd = renamed(tables, "深圳", "Shenzhen", name)
    entry = next(entry for entry in entries() if entry.id == id)
    data = entry.data(odd)
    for language in ("zh", "en"):
        assert misplaced(framed(entry, data, language)) == []
        svg = rendering.images(entry, data, language, ["svg"])["svg"]
        assert ElementTree.fromstring(svg).tag.endswith("svg") and b"<script" not in svg


@pytest.mark.parametrize("name", NAMES[1:3])
def test_a_card_of_a_city_with_an_odd_name(tables, name):
    odd = renamed(tables, "北京", "Beijing", name)
    entry = next(entry for entry in entries() if entry.id == "p36-attention")
    data = entry.data(odd)
    for language in ("zh", "en"):
        svg = rendering.images(entry, data, language, ["svg"])["svg"]
        assert ElementTree.fromstring(svg).tag.endswith("svg") and b"<script" not in svg
