"""The weight explorer in a real browser: it opens as the run ranks and follows the sliders as the index would."""

import itertools

import pandas as pd
import pytest

from fhi.engine import index
from fhi.engine.framework import Framework
from fhi.scenarios import load_scenario


@pytest.fixture
def opened(browser, folder):
    return browser.open(folder / "report.html")


def shown(browser) -> list[tuple[int, str]]:
    """Return rank and city of every row of the table, in order."""
    browser.settle()
    script = """return [...document.querySelectorAll('#explorer-table tbody tr')].map(
        (row) => [Number(row.cells[0].textContent), row.cells[1].textContent])"""
    return [tuple(row) for row in browser.run(script)]


def drawn(browser) -> list[str]:
    """Return the texts of the chart that are names of cities, from top to bottom."""
    script = """return [...document.querySelectorAll('#explorer-chart text')].map(
        (text) => [text.getBoundingClientRect().y, text.textContent]).sort((a, b) => a[0] - b[0])"""
    cities = {city for _, city in shown(browser)}
    return [text for _, text in browser.run(script) if text in cities]


def move(browser, code: str, keys: str) -> None:
    """Move a slider by keys, as someone without a mouse does."""
    browser.find(f"#{slider(browser, code)}").send_keys(keys)
    browser.settle()


def slider(browser, code: str) -> str:
    script = """const { families } = JSON.parse(document.getElementById('explorer-state').textContent);
        return 'slider-' + families.flat().find((node) => node.code === arguments[0]).signal"""
    return browser.run(script, code)


def expected(store, weights: dict[str, float]) -> pd.Series:
    """Return the ranks of the index under other weights, from the library."""
    method = load_scenario("baseline")
    framework = Framework.from_table(store["tables/framework"])
    points = 100 * store["weights"].set_index("node")["weight"]
    raw = {node: float(points[node]) for node in framework.nodes if framework.levels[node] <= 2 and points[node] > 0}
    changed = method.model_copy(update={"weights": raw | weights})
    return index.combine(store["normalised"].set_index("city"), framework, changed).ranks["FHI"].dropna()


def check(browser, ranks: pd.Series) -> None:
    rows = shown(browser)
    assert {city: rank for rank, city in rows} == ranks.to_dict()
    assert [rank for rank, _ in rows] == sorted(ranks)
    assert drawn(browser) == [city for _, city in rows]


def test_it_opens_in_the_order_of_ranks_csv(opened, built):
    check(opened, built.store()["ranks"].set_index("city")["FHI"].dropna())


def test_a_moved_slider_ranks_as_the_index_does_with_that_weight(opened, built):
    from selenium.webdriver.common.keys import Keys

    store = built.store()
    before = shown(opened)
    move(opened, "experience", Keys.END)
    assert shown(opened) != before
    check(opened, expected(store, {"experience": 100}))
    move(opened, "economy", Keys.HOME)
    move(opened, "infrastructure", Keys.ARROW_RIGHT * 3)
    check(opened, expected(store, {"experience": 100, "economy": 0, "infrastructure": 53}))


def test_without_the_pillar_that_few_cities_have_more_cities_are_ranked(opened, built):
    from selenium.webdriver.common.keys import Keys

    before = len(shown(opened))
    move(opened, "experience", Keys.HOME)
    assert len(shown(opened)) > before
    check(opened, expected(built.store(), {"experience": 0}))


def test_weights_that_sum_to_zero_rank_nobody_and_say_so(opened):
    from selenium.webdriver.common.keys import Keys

    for code in ("industry", "experience", "ecosystem"):
        move(opened, code, Keys.HOME)
    assert shown(opened) == []
    opened.wait("document.getElementById('explorer-status').textContent.includes('大于零')")


def test_reset_restores_the_weights_of_the_run(opened, built):
    from selenium.webdriver.common.keys import Keys

    move(opened, "ecosystem", Keys.END)
    opened.find("#explorer-reset").click()
    check(opened, built.store()["ranks"].set_index("city")["FHI"].dropna())


def test_a_link_restores_a_state(opened, built, folder):
    from selenium.webdriver.common.keys import Keys

    move(opened, "research", Keys.END)
    move(opened, "industry", Keys.HOME + Keys.ARROW_RIGHT * 7)
    after = shown(opened)
    link = opened.find("#explorer-link").get_attribute("href")
    assert link.endswith("#explorer/industry=7&research=100")
    opened.open(folder / "report.html", link[link.index("#") :])
    assert shown(opened) == after
    check(opened, expected(built.store(), {"research": 100, "industry": 7}))
    assert opened.run("return document.getElementById(arguments[0]).value", slider(opened, "industry")) == "7"


@pytest.mark.parametrize("state", ["industry=x", "industry=-5&nothing=3", "industry=1e9", "%zz", "application=0"])
def test_a_link_that_makes_no_sense_changes_nothing(browser, folder, built, state):
    browser.open(folder / "report.html", f"#explorer/{state}")
    check(browser, built.store()["ranks"].set_index("city")["FHI"].dropna())
    assert browser.console() == []


def test_shares_stand_beside_the_sliders_and_are_spoken(opened):
    from selenium.webdriver.common.keys import Keys

    move(opened, "industry", Keys.END)
    name = slider(opened, "industry")
    share = f"{100 * 100 / (100 + 200 / 3):.1f}%"
    assert opened.run("return document.getElementById(arguments[0]).getAttribute('aria-valuetext')", name) == share
    assert opened.run("return document.querySelector(`output[for=${arguments[0]}]`).textContent", name) == share
    status = opened.run("return document.getElementById('explorer-status').textContent")
    opened.wait(f"document.getElementById('explorer-status').textContent !== {status!r}")


def test_the_language_changes_names_labels_and_pictures(opened, built):
    names = built.store()["tables/cities"].set_index("name_zh")["name_en"]
    chinese = shown(opened)
    opened.find("[data-language=en]").click()
    assert [city for _, city in shown(opened)] == [names[city] for _, city in chinese]
    assert drawn(opened) == [names[city] for _, city in chinese]
    label = opened.find(f"label[for={slider(opened, 'industry')}]")
    assert label.text == "Fintech industry"
    opened.wait("[...document.images].filter((i) => i.className === 'en').every((i) => i.src && !i.dataset.packed)")
    opened.run("document.querySelector('figure').scrollIntoView()")
    opened.wait(
        "document.querySelector('figure img.en').complete && document.querySelector('figure img.en').naturalWidth"
    )
    opened.find("[data-language=zh]").click()
    assert shown(opened) == chinese


def test_the_page_asks_for_nothing_and_reports_no_error(opened):
    from selenium.webdriver.common.keys import Keys

    move(opened, "industry", Keys.END)
    opened.find("[data-language=en]").click()
    opened.settle()
    assert opened.requests() == []
    assert opened.console() == []
    assert opened.run("return performance.getEntriesByType('resource').map((e) => e.name)") == []


def test_every_control_has_a_name_and_shows_its_focus(opened):
    from selenium.webdriver.common.keys import Keys

    body = opened.find("body")
    seen = []
    for _ in itertools.repeat(None, 12):
        body.send_keys(Keys.TAB)
        seen.append(
            opened.run("""const e = document.activeElement;
                const name = e.ariaLabel || e.labels?.[0]?.textContent || e.textContent;
                return [e.tagName, name.trim(), getComputedStyle(e).outlineStyle]""")
        )
        body = opened.run("return document.activeElement")
    assert all(name for _, name, _ in seen)
    assert all(outline == "solid" for _, _, outline in seen), seen
    assert {tag for tag, _, _ in seen} >= {"A", "INPUT", "BUTTON"}
