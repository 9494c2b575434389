"""The page: every figure in both languages, self-contained, sound for keyboard and ear, and no text becomes markup."""

import base64
import html
import io
import itertools
import re

import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.report import page
from fhi.showing.report.contents import LABELS
from fhi.showing.report.pictures import LONGEST


def test_the_figures_stand_in_the_order_of_the_report(text, parsed):
    assert [figure["id"] for figure in parsed(text).named("figure")] == [entry.id for entry in entries()]


def test_every_figure_has_a_picture_and_an_alternative_text_from_its_data_in_each_language(text, parsed, built):
    images = parsed(text).named("img")
    assert [image["class"] for image in images] == list(LANGUAGES) * len(entries())
    captions = [entry.caption(entry.data(built.store())) for entry in entries() for _ in LANGUAGES]
    for image, caption in zip(images, captions, strict=True):
        assert image["alt"].endswith(caption[image["class"]])
        assert image["src" if image["class"] == "zh" else "data-packed"]
        assert int(image["width"]) > 0 and int(image["height"]) > 0


def test_the_page_refers_to_nothing_outside_what_was_built(text, folder, parsed):
    tags = parsed(text).tags
    links = {a["href"] for tag, a in tags if tag == "a"}
    for link in sorted(links):
        if not link.startswith("#"):
            assert (folder / link).is_file(), link
    loaded = [a.get("src", a.get("href", "")) for tag, a in tags if tag in ("img", "script", "link", "iframe")]
    assert all(address.startswith("data:") for address in loaded if address)
    outside_pictures = re.sub(r'src="data:[^"]*"|<script>.*?</script>', "", text, flags=re.DOTALL)
    assert not re.search(r"url\((?!data:)", outside_pictures)


def test_every_figure_links_to_its_data_its_notebook_and_its_function(text, folder):
    for entry in entries():
        block = text.split(f'<figure id="{entry.id}">')[1].split("</figure>")[0]
        for link in (f"figures/{entry.id}.csv", "notebooks/07_charting.ipynb"):
            assert f'href="{link}"' in block
        module = re.search(r'href="(functions/\w+\.py)"', block)[1]
        assert f"def {entry.draw.__name__}(" in (folder / module).read_text(encoding="utf-8")


def test_every_inner_link_has_a_target(text, parsed):
    tags = parsed(text)
    ids = [attributes["id"] for _, attributes in tags.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for link in tags.named("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids


def test_headings_descend_by_one_and_what_describes_or_labels_is_there(text, parsed):
    tags = parsed(text).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = {attributes.get("id") for _, attributes in tags}
    for _, attributes in tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert attributes.get(name) in {None, *ids}
    assert [tag for tag, _ in tags if tag in ("header", "main", "nav", "footer")] == ["header", "main", "nav", "footer"]
    labelled = {a["for"] for tag, a in tags if tag == "label"}
    assert {a["id"] for tag, a in tags if tag == "input"} == labelled


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_text_stands_out_from_its_ground():
    style = (page.ASSETS / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style.replace("#fff;", "#ffffff;")))
    for name in ("ink", "muted", "accent"):
        assert contrast(colours[name], colours["paper"]) >= 4.5
    assert contrast(colours["focus"], colours["paper"]) >= 3
    for label in LABELS.values():
        assert contrast(label["colour"], "#ffffff") >= 4.5


def test_labels_of_evidence_differ_in_colour():
    assert len({label["colour"] for label in LABELS.values()}) == len(LABELS)


def test_the_plotted_data_stand_in_a_table_that_unfolds(text, folder):
    for entry in entries():
        block = text.split(f'<figure id="{entry.id}">')[1].split("</figure>")[0]
        table = block.split('<details class="data">')[1]
        drawn = pd.read_csv(folder / f"figures/{entry.id}.csv")
        assert table.count("<tr><td>") == min(len(drawn), LONGEST)
        assert table.count('<th scope="col">') == len(drawn.columns)


def test_the_table_shows_the_ranks_of_ranks_csv(text, built):
    ranks = built.store()["ranks"].set_index("city")["FHI"]
    published = built.store()["tables/top20"].set_index("city")["rank"]
    among = ranks[published.index].rank(method="min").astype(int)
    block = text.split('<h3 id="table-comparison">')[1].split("</table>")[0]
    rows = re.findall(r'lang="zh">([^<]+)</span>.*?<td>[\d.]+</td><td>(\d+) / (\d+)</td>', block)
    assert {city: (int(rank), int(printed)) for city, rank, printed in rows} == {
        city: (among[city], published[city]) for city in published.index
    }


def test_only_scripts_of_the_page_may_run(text, parsed):
    policy = next(meta["content"] for meta in parsed(text).named("meta") if meta.get("http-equiv"))
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert len(scripts) == 3
    assert re.findall(r"'(sha256-[^']+)'", policy) == [page.script_hash(script) for script in scripts]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert not [attributes for _, attributes in parsed(text).tags if any(name.startswith("on") for name in attributes)]


def test_a_figure_names_the_tables_it_was_made_from_and_what_it_links_is_there(text, folder):
    traces = {}
    for entry in entries():
        block = text.split(f'<figure id="{entry.id}">')[1].split("</figure>")[0]
        traces[entry.id] = re.search('<p class="trace">.*?</p>', block)[0]
        links = re.findall('href="([^"]+)"', traces[entry.id])
        assert any(link.startswith("../../data/processed/baseline/") for link in links), entry.id
        assert all((folder / link).is_file() for link in links), entry.id
    assert "tables/banks.csv" in traces["p13-banks"] and "tables/adoption.csv" not in traces["p13-banks"]


def test_a_hostile_city_name_is_shown_as_text(hostile, parsed):
    built = hostile.page.read_text(encoding="utf-8")
    tags = parsed(built)
    assert built.count(html.escape(hostile.zh).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")) >= 5
    assert len(tags.named("script")) == 5


def test_a_run_that_the_page_cannot_repeat_is_shown_as_a_table(built, parsed, monkeypatch):
    reason = {"zh": "不能重算", "en": "cannot be repeated"}
    monkeypatch.setattr(page.explorer, "obstacle", lambda *arguments: reason)
    text = page.build_page(built.store())
    section = text.split('<section id="explorer"')[1].split("</section>")[0]
    assert reason["en"] in section and "<details open>" in section
    ranks = built.store()["ranks"].set_index("city")["FHI"].dropna().sort_values()
    shown = re.findall(r'<td>(\d+)</td><th scope="row"><span class="zh" lang="zh">([^<]+)', section)
    assert {city: int(rank) for rank, city in shown} == ranks.to_dict()
    assert [int(rank) for rank, _ in shown] == sorted(ranks)
    assert "vegaEmbed" not in text and not parsed(section).named("input")


def test_the_fonts_of_the_page_hold_every_character_it_shows(text):
    assert text.count("@font-face") == 2
    shown = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", text, flags=re.DOTALL)
    for data in re.findall(r"font/woff;base64,([A-Za-z0-9+/=]+)\)", text):
        with TTFont(io.BytesIO(base64.b64decode(data))) as font:
            assert {c for c in html.unescape(shown) if c > " "} <= {chr(code) for code in font.getBestCmap()}


def test_the_page_stays_within_its_size(text):
    """Eight megabytes for fifty figures: what all figures share, and 60 kB for each in both languages."""
    assert len(text.encode("utf-8")) < 2e6 + 120e3 * len(entries())


def test_embedded_json_cannot_end_its_element():
    assert page.embedded({"a": "</script><!--&"}) == '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026"}'
