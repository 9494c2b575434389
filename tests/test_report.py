"""The page: every figure in both languages, self-contained, and text from data never becomes markup."""

import base64
import html
import html.parser
import io
import re
import shutil

import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from fhi import report
from fhi.figures import LANGUAGES, entries
from fhi.store import Store


class Page(html.parser.HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(built):
    return (built.folder / "reports/baseline/report.html").read_text(encoding="utf-8")


def test_the_figures_stand_in_the_order_of_the_report(text):
    assert [figure["id"] for figure in Page(text).named("figure")] == [entry.id for entry in entries()]


def test_every_figure_has_a_picture_and_an_alternative_text_in_each_language(text):
    images = Page(text).named("img")
    assert [image["class"] for image in images] == list(LANGUAGES) * len(entries())
    for image in images:
        assert image["src"].startswith("data:image/svg+xml,")
        assert len(image["alt"]) > 20


def test_the_page_refers_to_nothing_outside_its_folder(text, built):
    page = Page(text)
    folder = built.folder / "reports/baseline"
    for link in [a["href"] for a in page.named("a") if not a["href"].startswith("#")]:
        assert (folder / link).is_file(), link
    loaded = [a.get("src", a.get("href", "")) for tag, a in page.tags if tag in ("img", "script", "link", "iframe")]
    assert all(address.startswith("data:") for address in loaded if address)
    outside_pictures = re.sub(r'src="data:[^"]*"', "", text)
    assert not re.search(r"url\((?!data:)", outside_pictures)


def test_every_inner_link_has_a_target(text):
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.named("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids


def test_the_table_shows_the_ranks_of_ranks_csv(text, built):
    ranks = built.store()["ranks"].set_index("city")["FHI"]
    published = built.store()["tables/top20"]["city"]
    among = ranks[published].rank(method="min").astype(int)
    rows = re.findall(
        r'lang="zh">([^<]+)</span><span class="en" lang="en">[^<]+</span></td><td>[\d.]+</td><td>(\d+)</td>', text
    )
    assert {city: int(rank) for city, rank in rows} == among.to_dict()


def test_a_hostile_city_name_is_shown_as_text(built, tmp_path):
    name = "<script>alert(1)</script>\"'&"
    for folder in ("data/processed", "reports"):
        shutil.copytree(built.folder / folder, tmp_path / folder)
    for path in (tmp_path / "data/processed/baseline").rglob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for old in ("贵阳", "Guiyang"):
            frame = frame.apply(lambda column, old=old: column.str.replace(old, name, regex=False))
        frame.to_csv(path, index=False)
    page = report.build_page(Store("baseline", root=tmp_path))
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert len(Page(page).named("script")) == 1


def test_a_picture_address_cannot_leave_its_attribute():
    address = report.svg_uri("<svg a=\"b\">\n<x y='1'/>&amp;#%</svg>")
    assert not set(address) & set("\"'<>&\n")


def test_the_fonts_of_the_page_hold_every_character_it_shows(text):
    assert text.count("@font-face") == 2
    shown = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", text, flags=re.DOTALL)
    for data in re.findall(r"base64,([A-Za-z0-9+/=]+)\)", text):
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            assert {c for c in html.unescape(shown) if c > " "} <= {chr(code) for code in font.getBestCmap()}


def test_the_summary_names_the_page_the_figures_and_the_agreement(built):
    text = report.summary(built.store())
    assert "report.html" in text
    assert f"{len(entries())} in zh and en" in text
    assert "experience 0.97" in text
