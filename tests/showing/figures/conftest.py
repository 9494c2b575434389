"""The tables that figures of the report draw from, ingested in memory, and a look at the texts of a picture."""

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from report_tables import load

from fhi import editions
from fhi.editions import a_share, construction
from fhi.engine.framework import Framework
from fhi.paths import RAW
from fhi.showing.figures import style


@pytest.fixture(scope="session")
def tables():
    loaded = load()
    panel = construction.panel(loaded, Framework.from_csv(RAW / "report2018" / "framework.csv"))
    shares = {"a_share_totals": a_share.totals(loaded), "a_share_uncertain": a_share.uncertain(loaded)}
    shares |= {"national_shares": construction.national_shares(loaded)}
    return editions.tidy(loaded) | {"panel": panel} | shares


@pytest.fixture(scope="session")
def store(built):
    return built.store()


@pytest.fixture(scope="session")
def misplaced():
    """A function from a figure to the texts that leave it (with the side) and the pairs of texts that overlap."""
    return misplaced_texts


def misplaced_texts(figure, canvas=None) -> list[tuple[str, str]]:
    if canvas is None:
        figure.set_dpi(72)
        canvas = FigureCanvasAgg(figure)
        # everything takes its place; no pixel is needed
        figure.draw_without_rendering()
    # else it was drawn on that canvas
    renderer = canvas.get_renderer()
    texts = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip() and t.get_visible()]
    boxes = [(t.get_text(), t.get_window_extent(renderer), t.get_rotation()) for t in texts]
    width, height = figure.get_size_inches() * 72
    wrong = [(text, "sideways") for text, box, _ in boxes if box.x0 < -0.5 or box.x1 > width + 0.5]
    wrong += [(text, "upwards or downwards") for text, box, _ in boxes if box.y0 < -0.5 or box.y1 > height + 0.5]
    # the boxes of slanted texts overlap although the texts do not
    level = [(text, box.shrunk(0.94, 0.7)) for text, box, rotation in boxes if rotation % 90 == 0]
    return wrong + [(a, b) for i, (a, x) in enumerate(level) for b, y in level[i + 1 :] if x.overlaps(y)]


@pytest.fixture(scope="session")
def framed():
    """A function from entry, data and language to the figure with its frame."""

    def draw(entry, data, language):
        style.load_fonts()
        with matplotlib.rc_context(style.RC):
            return style.frame(entry.draw(data, language), entry, language)

    return draw
