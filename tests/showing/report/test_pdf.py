"""The print: contents, bookmarks, embedded fonts, no date, the same bytes twice, and text that is never markup."""

import re
import shutil
import subprocess

import pytest

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.report import pdf

TOOLS = ("pdftotext", "pdffonts", "pdfinfo")
poppler = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason="no pdftotext on this machine (Debian, Ubuntu: apt install poppler-utils)"
)


def tool(name: str, path, *arguments: str) -> str:
    done = subprocess.run(
        [name, *arguments[:-1], str(path), *arguments[-1:]], capture_output=True, text=True, check=True
    )
    return done.stdout


def plain(text: str) -> str:
    """Return a text without blanks, the way words may be broken over lines."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(folder, request):
    return request.param, folder / f"report.{request.param}.pdf"


@pytest.fixture(scope="module")
def data(built):
    return {language: pdf.document(built.store(), language) for language in LANGUAGES}


def test_it_stays_within_its_size(printed):
    assert printed[1].stat().st_size < 10e6


def test_it_holds_no_date_and_no_raster(printed):
    content = printed[1].read_bytes()
    for mark in (b"/CreationDate", b"/ModDate", b"xmp:CreateDate", b"/DCTDecode"):
        assert mark not in content


def test_it_is_tagged_has_bookmarks_and_its_language(printed):
    language, path = printed
    content = path.read_bytes()
    assert b"/Outlines" in content and b"/MarkInfo" in content
    assert re.search(rb"/Lang ?\(" + language.encode(), content)
    assert content.count(b"/Title") > len(entries())


@poppler
def test_every_figure_caption_and_table_is_printed(printed, data):
    language, path = printed
    text = plain(tool("pdftotext", path, "-"))
    for part in data[language]["parts"]:
        assert plain(part["title"]) in text
        for item in part["figures"]:
            assert plain(item["title"]) in text
            assert plain(item["caption"])[:40] in text
            assert plain(item["trace"])[:20] in text
    for chapter in data[language]["chapters"]:
        for table in chapter["tables"]:
            assert plain(table["title"]) in text
            assert len(table["rows"]) > 0


@poppler
def test_every_claim_of_the_ledger_is_printed(printed, built):
    text = plain(tool("pdftotext", printed[1], "-"))
    for id in built.store()["claims"]["id"]:
        assert id in text


@poppler
def test_only_the_fonts_of_the_project_are_used_and_they_are_inside(printed):
    lines = tool("pdffonts", printed[1]).splitlines()[2:]
    assert len(lines) == 2
    for line in lines:
        assert "FHISansSC" in line
        assert re.search(r"Identity-H\s+yes\s+yes\s+yes", line)


@poppler
def test_pages_are_numbered(printed):
    pages = int(re.search(r"Pages:\s+(\d+)", tool("pdfinfo", printed[1]))[1])
    text = tool("pdftotext", printed[1], "-")
    assert f"{pages} / {pages}" in text and f"2 / {pages}" in text


@poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_printed_as_text(hostile, language, tmp_path):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(pdf.build_pdf(hostile.store, language))
    text = plain(tool("pdftotext", path, "-raw", "-"))
    name = {"zh": hostile.zh, "en": hostile.en}[language]
    assert text.count(plain(name)[:60]) >= 4


@poppler
def test_a_long_name_stays_on_the_page(hostile, tmp_path):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(pdf.build_pdf(hostile.store, "en"))
    boxes = re.findall(
        r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>(W+)<', tool("pdftotext", path, "-bbox", "-")
    )
    assert boxes
    assert all(0 <= float(left) < float(right) <= 595.3 for left, right, _ in boxes)


def test_over_long_words_may_be_broken_and_others_stay():
    assert pdf.breakable("城市 Hangzhou fhi.showing.figures") == "城市 Hangzhou fhi.showing.figures"
    broken = pdf.breakable("W" * 30)
    assert broken.replace("\u200b", "") == "W" * 30
    assert max(map(len, broken.split("\u200b"))) <= 8
