"""One system of signs: hues are those of pillars, marks stand out from paper, also in grey and to the colour-blind."""

import colorsys
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from fhi.showing.figures import entries, style

#: Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113: full deficiency, on linear RGB
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
SIGHTS = {name: np.array(matrix) for name, matrix in BLIND.items()}
SIGHTS |= {"usual": np.eye(3), "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1))}
DRAWN = [entry for entry in entries() if not entry.document]
HUES = [colorsys.rgb_to_hsv(*to_rgb(colour))[0] for name, colour in style.PILLARS.items() if name != "FHI"]
#: points that the smallest letter may have in print, at 176 mm
LEAST = 7.0


def linear(colour):
    parts = np.array(to_rgb(colour))
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other, sight="usual"):
    """Return the contrast of two colours (WCAG 2.1) as somebody sees them."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    light = sorted(float(weights @ np.clip(SIGHTS[sight] @ linear(colour), 0, 1)) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.fixture(scope="module")
def figures(store):
    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        return {entry.id: entry.draw(entry.data(store), "en") for entry in DRAWN}


def colours(figure):
    """Yield each mark's kind and colours: fills and edges of patches and collections, lines, texts."""
    for artist in figure.findobj(lambda artist: isinstance(artist, (Patch, Collection, Line2D, Text))):
        if not artist.get_visible():
            continue
        if isinstance(artist, Text):
            if artist.get_text().strip():
                yield "text", [artist.get_color()]
        elif isinstance(artist, Line2D):
            yield "line", [artist.get_color()]
        elif isinstance(artist, Patch):
            edge = artist.get_edgecolor() if artist.get_linewidth() else (0, 0, 0, 0)
            yield "patch", [artist.get_facecolor(), edge]
        else:
            yield "collection", [*artist.get_facecolor(), *artist.get_edgecolor()]


@pytest.mark.parametrize("entry", DRAWN, ids=lambda entry: entry.id)
def test_a_colour_with_a_hue_has_that_of_a_pillar(figures, entry):
    for kind, found in colours(figures[entry.id]):
        for colour in found:
            hue, saturation, _ = colorsys.rgb_to_hsv(*to_rgb(colour))
            # greys of the palette lean to blue a little
            if to_rgba(colour)[3] == 0 or saturation < 0.33 or np.ptp(to_rgb(colour)) < 0.12:
                continue
            near = min(min(abs(hue - own), 1 - abs(hue - own)) for own in HUES)
            assert near < 0.04, (kind, colour)


@pytest.mark.parametrize("sight", SIGHTS)
def test_pillars_and_greys_stand_out_from_paper_to_every_eye(sight):
    for colour in [*style.PILLARS.values(), *style.TIERS.values(), style.UP, style.DOWN, style.MUTED]:
        assert contrast(colour, style.PAPER, sight) >= 3, colour


@pytest.mark.parametrize("sight", SIGHTS)
def test_pillars_differ_from_one_another_to_every_eye(sight):
    hues = [colour for name, colour in style.PILLARS.items() if name != "FHI"]
    if sight == "grey":
        lights = sorted(contrast(colour, style.PAPER, sight) for colour in hues)
        assert all(high / low >= 1.3 for low, high in pairwise(lights))
        return
    seen = [np.clip(SIGHTS[sight] @ linear(colour), 0, 1) for colour in hues]
    for place, one in enumerate(seen):
        for other in seen[place + 1 :]:
            assert np.abs(one - other).sum() > 0.1


@pytest.mark.parametrize("entry", DRAWN, ids=lambda entry: entry.id)
def test_every_dot_and_line_stands_out_and_every_word_can_be_read(figures, entry):
    grounds = {to_rgba(colour)[:3] for colour in (style.LINE, style.REST, style.PAPER)}
    for kind, found in colours(figures[entry.id]):
        solid = [to_rgba(colour) for colour in found if to_rgba(colour)[3] > 0]
        if kind == "text" and solid:
            # white on a fill is chosen by its own contrast (style.ink_on)
            assert solid[0][:3] == to_rgb(style.PAPER) or contrast(solid[0][:3], style.PAPER) >= 3, solid
        elif kind in ("line", "collection") and solid:
            best = max(contrast(colour[:3], style.PAPER) for colour in solid)
            assert best >= 2.99 or {colour[:3] for colour in solid} <= grounds, (kind, solid)


@pytest.mark.parametrize("entry", DRAWN, ids=lambda entry: entry.id)
def test_no_letter_is_smaller_than_seven_points_in_print(figures, entry):
    figure = figures[entry.id]
    # 176 mm for 10 inches of drawing, whatever its own width
    scale = 176 / 25.4 / style.FULL
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    assert min(sizes) * scale >= LEAST
    assert figure.get_size_inches()[0] in (style.FULL, style.HALF)


def test_evidence_has_a_sign_and_a_texture_each_and_no_hue():
    assert len(set(style.EVIDENCE_SIGNS.values())) == len(style.EVIDENCE_SIGNS) == len(style.EVIDENCE_FILLS)
    looks = {(look["facecolor"], look.get("hatch", "")) for look in style.EVIDENCE_FILLS.values()}
    assert len(looks) == len(style.EVIDENCE_FILLS)
