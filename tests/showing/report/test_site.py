"""The site: every page linked, nothing outside it, fonts and images beside it, a map with absolute addresses."""

import re
import xml.etree.ElementTree as ET

import pytest

from fhi.engine.errors import MethodError
from fhi.showing.report.site import social_image, write_site


@pytest.fixture(scope="module")
def site(built, tmp_path_factory):
    """The site of the built report, in a folder of its own."""
    root = tmp_path_factory.mktemp("site")
    for name in ("data", "reports"):
        (root / name).symlink_to(built.folder / name)
    write_site("https://example.org/fhi/", root)
    return root / "site"


def test_there_is_a_page_an_edition_one_a_unit_and_figures_as_files(site, built):
    cities = built.store()["tables/cities"].set_index("name_zh")["code_gbt2260"].astype(str)
    for city in built.store()["tables/top20"]["city"]:
        assert (site / f"baseline/{cities[city]}.html").is_file()
    drawn = {
        path.name for path in (built.folder / "reports/baseline/figures").iterdir() if path.suffix in (".svg", ".csv")
    }
    assert drawn == {path.name for path in (site / "baseline/figures").iterdir()}


def test_every_link_and_font_has_its_file(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if page.name == "index.html" and page.parent != site:
            continue  # the report itself links nothing
        style = [address for address in re.findall(r"url\(([^)]+)\)", text) if not address.startswith("data:")]
        for link in [*re.findall(r'<a [^>]*href="([^"#]+)"', text), *style]:
            assert (page.parent / link).resolve().is_file(), f"{page.name}: {link}"


def test_the_map_names_every_page_and_pages_say_where_they_stand(site):
    places = {node.text for node in ET.parse(site / "sitemap.xml").getroot().iter() if node.tag.endswith("loc")}
    pages = {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    assert places == {f"https://example.org/fhi/{page}" for page in pages}
    text = (site / "baseline/330100.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/fhi/baseline/330100.html">' in text
    assert '<meta property="og:image" content="https://example.org/fhi/baseline/social.png">' in text
    assert (site / "baseline/social.png").read_bytes().startswith(b"\x89PNG")


def test_the_image_is_1200_by_630():
    image = social_image({"zh": "指数", "en": "Index"}, {"zh": "北京居首", "en": "Beijing first"})
    assert (int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")) == (1200, 630)


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(MethodError, match="no report is built"):
        write_site(root=tmp_path)
    with pytest.raises(MethodError, match="begins with https"):
        write_site("example.org", tmp_path)
