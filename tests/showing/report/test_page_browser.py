"""The page in a real browser: sorting, search, a reader's own city, downloads, phone, keyboard, access, print."""

import io
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from sampled import sampled

#: seconds after which what is waited for does not come
HANGS = 120
AXE = Path(__file__).parent / "axe" / "axe.min.js"


@pytest.fixture
def opened(browser, folder):
    return browser.open(folder / "report.html")


def column(browser, place: int) -> list[str]:
    script = (
        "return [...document.querySelectorAll('#ranking-table tbody tr')].map((r) => r.cells[arguments[0]].innerText)"
    )
    return browser.run(script, place)


def test_the_first_screen_holds_headline_ranking_and_map(opened):
    for selector in (".headline", "#ranking-table tbody tr", ".map circle"):
        box = opened.run("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)
        assert 0 <= box["top"] < 900 and box["width"] > 0, selector
    assert opened.run("return document.querySelectorAll('.map circle').length") == 20


def test_the_ranking_sorts_by_any_column_and_back(opened):
    cities = column(opened, 1)
    heads = opened.driver.find_elements("css selector", "#ranking-table .sort")
    heads[6].click()
    ecosystem = [int(text) for text in column(opened, 6)]
    assert ecosystem == sorted(ecosystem) and column(opened, 1) != cities
    heads[6].click()
    assert [int(text) for text in column(opened, 6)] == sorted(ecosystem, reverse=True)
    sorted_by = "return document.querySelectorAll('#ranking-table th')[6].getAttribute('aria-sort')"
    assert opened.run(sorted_by) == "descending"
    heads[0].click()
    assert column(opened, 1) == cities


def test_the_search_gives_the_section_first_and_then_figures_by_closeness(opened):
    opened.find("#find").send_keys("hangz")
    hits = opened.run("return [...document.querySelectorAll('#found a')].map((a) => a.getAttribute('href'))")
    assert hits[0] == "#city-330100" and 2 <= len(hits) <= 8
    assert {"#p07-hangzhou", "#p24-hangzhou"} & set(hits[1:4])
    opened.find("#found a").click()
    opened.wait("document.getElementById('city-330100').open")
    bar, section = "document.querySelector('.bar')", "document.getElementById('city-330100')"
    opened.wait(f"{section}.getBoundingClientRect().top >= {bar}.getBoundingClientRect().bottom - 1")
    assert opened.run("return document.getElementById('found').hidden")
    opened.find("#find").click()
    opened.wait("!document.getElementById('found').hidden")


def test_what_is_not_found_is_said(opened):
    opened.find("#find").send_keys("atlantis")
    assert "atlantis" in opened.run("return document.getElementById('found').textContent")


def test_the_language_stands_in_the_address_and_is_kept(opened):
    opened.find("[data-language=en]").click()
    assert "lang=en" in opened.driver.current_url
    opened.driver.refresh()
    opened.wait("document.documentElement.lang === 'en'")
    assert opened.find("[data-language=en]").get_attribute("aria-pressed") == "true"


def test_ones_own_city_is_marked_in_tables_and_figures_and_kept_in_the_link(opened, folder):
    opened.open(folder / "report.html", "#city-330100")
    opened.wait("document.getElementById('city-330100').open")
    opened.find("[data-mine='330100']").click()
    assert "unit=330100" in opened.driver.current_url
    opened.open(folder / "report.html", "?unit=330100#p21-adoption")
    opened.wait("document.querySelector('#p21-adoption .picture [data-unit=\"杭州\"]')")
    colour = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert opened.run(colour, "tr.unit-330100 td") != opened.run(colour, "tr.unit-110000 td")
    marked = """return getComputedStyle(document.querySelector(
        `#p21-adoption .picture .unit-${arguments[0]} text`)).fill"""
    assert opened.run(marked, "330100") != opened.run(marked, "110000")
    assert opened.find("#mine").text.startswith("★ 杭州")


def test_units_are_compared_side_by_side_and_the_link_keeps_them(opened, folder, built):
    opened.open(folder / "report.html", "#compare/310000,330100")
    rows = opened.run("""return [...document.querySelectorAll('#compare table tr')].map(
        (row) => [...row.cells].map((cell) => cell.textContent))""")
    assert rows[0][1:] == ["上海", "杭州"] and rows[1][1:] == ["2", "3"]
    scores = built.store()["scores"].set_index("city")["FHI"]
    assert [cell.split(" ")[0] for cell in rows[2][1:]] == [f"{scores[city]:.1f}" for city in ("上海", "杭州")]


def test_pictures_have_real_text_that_can_be_found(opened, folder):
    opened.open(folder / "report.html", "#p21-adoption")
    opened.wait("document.querySelector('#p21-adoption .picture svg text')")
    texts = opened.run("return document.querySelector('#p21-adoption .picture').innerText")
    assert "杭州" in texts or "杭州" in opened.run(
        "return document.querySelector('#p21-adoption .picture').textContent"
    )
    ids = opened.run("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_everything_is_saved_from_the_single_file_in_another_folder(browser, folder, tmp_path):
    moved, target = tmp_path / "mailed" / "report.html", tmp_path / "saved"
    moved.parent.mkdir()
    target.mkdir()
    shutil.copy(folder / "report.html", moved)
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(target)})
    browser.open(moved, "#p21-adoption")
    browser.wait("document.querySelector('#p21-adoption .picture svg text')")
    for kind in ("csv", "svg", "png"):
        browser.run("document.querySelector(`#p21-adoption [data-save=${arguments[0]}]`).click()", kind)
    browser.run("document.querySelector('[data-table=ranking-table]').click()")
    names = {"p21-adoption.csv", "p21-adoption.zh.svg", "p21-adoption.zh.png", "ranking-table.zh.csv"}
    end = time.monotonic() + HANGS
    while time.monotonic() < end and {path.name for path in target.iterdir()} != names:
        time.sleep(0.1)
    assert {path.name for path in target.iterdir()} == names
    assert (target / "p21-adoption.csv").read_bytes() == (folder / "figures/p21-adoption.csv").read_bytes()
    svg = (target / "p21-adoption.zh.svg").read_text(encoding="utf-8")
    assert "@font-face" in svg and "杭州" in svg
    from PIL import Image

    with Image.open(io.BytesIO((target / "p21-adoption.zh.png").read_bytes())) as image:
        assert image.width > 1000 and len(image.convert("RGB").getcolors(1 << 24)) > 20
    table = pd.read_csv(target / "ranking-table.zh.csv")
    assert len(table) == 20 and table.iloc[0, 1] == "北京"
    assert browser.requests() == [] and browser.console() == []


def test_the_keyboard_alone_reaches_search_chapters_and_explorer(opened):
    from selenium.webdriver.common.keys import Keys

    opened.find("body").send_keys("/")
    assert opened.run("return document.activeElement.id") == "find"
    opened.find("#find").send_keys("上海" + Keys.ENTER)
    opened.wait("document.getElementById('city-310000').open")
    opened.find("body").send_keys("t")
    opened.wait("scrollY === 0")
    opened.run("document.activeElement.blur()")
    opened.find("body").send_keys("n")
    opened.settle()
    opened.wait("document.querySelector('.chapters [aria-current]').hash === '#explorer'")


@pytest.mark.parametrize("language, width", sampled(["en", "zh"], [390, 768, 1024, 1440]))
def test_the_page_fits_its_window(browser, folder, language, width):
    browser.open(folder / "report.html", f"?lang={language}", width=width, height=844)
    browser.run("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    browser.settle()
    assert browser.run("return document.documentElement.scrollWidth") <= width
    chart = "return document.querySelector('#explorer-chart svg').getBoundingClientRect().width"
    assert browser.run(chart) <= width


@pytest.mark.parametrize("language, theme", sampled(["zh", "en"], ["light", "dark"]))
def test_no_rule_of_access_is_seriously_broken(browser, folder, language, theme):
    browser.open(folder / "report.html", f"?lang={language}&theme={theme}#p21-adoption")
    browser.run("document.getElementById('city-330100').open = true")
    # the rules look at where things stand: what is out of sight is laid out too
    browser.run(
        "for (const part of document.querySelectorAll('main > section')) part.style.contentVisibility = 'visible'"
    )
    browser.settle()
    browser.run(AXE.read_text(encoding="utf-8"))
    found = browser.driver.execute_async_script("""const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then((r) => done(r.violations.map((v) =>
            [v.impact, v.id, v.nodes.length, v.nodes.slice(0, 2).map((n) => [n.html.slice(0, 99), n.failureSummary])]
        )))""")
    assert [row for row in found if row[0] in ("serious", "critical")] == []


def test_print_unfolds_the_cities_and_hides_the_controls(opened):
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        opened.run("dispatchEvent(new Event('beforeprint'))")
        assert opened.run("return [...document.querySelectorAll('details.city')].every((box) => box.open)")
        assert opened.run("return getComputedStyle(document.querySelector('.bar')).display") == "none"
        assert opened.run("return getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    finally:
        opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("width", [1280, 390])
def test_a_hostile_name_neither_executes_nor_breaks_the_page(browser, hostile, width):
    browser.open(hostile.page, "?lang=en", width=width)
    browser.run("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    browser.settle()
    assert browser.run("return document.documentElement.scrollWidth") <= width
    cells = "return [...document.querySelectorAll('#explorer-table th')].map((cell) => cell.textContent)"
    assert browser.run(cells).count(hostile.en) == 1
    browser.find("[data-language=zh]").click()
    browser.settle()
    assert hostile.zh in browser.run(cells)
    assert browser.run(
        "return [...document.querySelectorAll('#explorer-chart text')].some((t) => t.textContent.startsWith('</td>'))"
    )
    browser.find("#find").send_keys("</td>")
    assert browser.run("return document.querySelector('#found a').textContent") == hostile.zh
    assert browser.run("return document.scripts.length") == 5
    assert browser.console() == []


def test_it_paints_fast(browser, folder):
    """Half a second on an idle machine; one under load may take many times that, the number of elements tells more."""
    browser.open(folder / "report.html")
    paint = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
    assert browser.run(paint) < 20_000
    assert browser.run("return document.getElementsByTagName('*').length") < 30000
