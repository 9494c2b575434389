"""The page in a real browser: search, sections, phone, print, and a hostile name that neither breaks nor executes."""

import pytest


@pytest.fixture
def opened(browser, folder):
    return browser.open(folder / "report.html")


def test_the_search_leads_to_the_section_and_the_figures_of_a_city(opened):
    opened.find("#find").send_keys("hangz")
    hits = opened.run(
        "return [...document.querySelectorAll('#found a')].map((a) => [a.getAttribute('href'), a.textContent])"
    )
    targets = [target for target, _ in hits]
    assert targets[0] == "#city-330100"
    assert {"#p05-top20", "#p21-adoption", "#table-top20"} <= set(targets)
    assert all(text for _, text in hits)
    opened.find("#found button").click()
    visible = opened.run(
        "return [...document.querySelectorAll('figure')].filter((f) => !f.hidden).map((f) => '#' + f.id)"
    )
    assert visible == [target for target in targets if target in visible]
    assert 0 < len(visible) < len(opened.run("return [...document.querySelectorAll('figure')]"))
    opened.find("#found a").click()
    opened.wait("document.getElementById('city-330100').open")
    # what was found no longer covers the section; the field shows it again
    bar, section = "document.querySelector('.bar')", "document.getElementById('city-330100')"
    opened.wait(f"{section}.getBoundingClientRect().top >= {bar}.getBoundingClientRect().bottom - 1")
    assert opened.run("return document.getElementById('found').hidden")
    opened.find("#find").click()
    opened.wait("!document.getElementById('found').hidden")
    opened.run(
        "document.getElementById('find').value = ''; document.getElementById('find').dispatchEvent(new Event('input'))"
    )
    assert opened.run("return [...document.querySelectorAll('figure')].every((figure) => !figure.hidden)")


def test_an_unknown_city_is_said(opened):
    opened.find("#find").send_keys("atlantis")
    assert opened.run("return document.getElementById('found').textContent") == "没有这个城市"


def test_the_page_fits_a_phone(browser, folder):
    for language in ("zh", "en"):
        browser.open(folder / "report.html", f"?lang={language}", width=390, height=844)
        browser.run("document.querySelectorAll('details.city').forEach((box) => { box.open = true; })")
        browser.settle()
        assert browser.run("return document.documentElement.scrollWidth") <= 390
        assert browser.run("return document.querySelector('#explorer-chart svg').getBoundingClientRect().width") <= 390


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
    assert (
        browser.run("return [...document.querySelectorAll('#explorer-table th')].map((c) => c.textContent)").count(
            hostile.en
        )
        == 1
    )
    browser.find("[data-language=zh]").click()
    browser.settle()
    names = browser.run("return [...document.querySelectorAll('#explorer-table th')].map((cell) => cell.textContent)")
    assert hostile.zh in names
    assert browser.run(
        "return [...document.querySelectorAll('#explorer-chart text')].some((t) => t.textContent.startsWith('</td>'))"
    )
    browser.find("#find").send_keys("</td>")
    assert browser.run("return document.querySelector('#found b').textContent") == hostile.zh
    assert browser.run("return document.scripts.length") == 5
    assert browser.console() == []
