"""The weight explorer in a real browser: it opens as the run ranks and follows the sliders as the index would."""

import itertools

import numpy as np
import pandas as pd
import pytest
import yaml
from sampled import FUZZ

from fhi.engine import index
from fhi.engine.framework import Framework
from fhi.scenarios import load_scenario, own_settings, validated


@pytest.fixture
def opened(browser, folder):
    return browser.open(folder / "report.html")


def shown(browser) -> list[tuple[int, str]]:
    """Return rank and city of every row of the table, in order."""
    script = """return [...document.querySelectorAll('#explorer-table tbody tr')].map(
        (row) => [Number(row.cells[0].textContent), row.cells[1].textContent])"""
    return [tuple(row) for row in browser.run(script)]


def drawn(browser) -> list[str]:
    """Return the names of cities beside the bars, from top to bottom."""
    return browser.run("return [...document.querySelectorAll('#explorer-chart text.name')].map((t) => t.textContent)")


def move(browser, code: str, value: float) -> None:
    """Move a slider as a hand does: the element changes and says so."""
    script = """const slider = document.getElementById('slider-' + arguments[0]);
        slider.value = arguments[1]; slider.dispatchEvent(new Event('input', { bubbles: true }))"""
    browser.run(script, code, value)


def expected(store, weights: dict[str, float]) -> pd.Series:
    """Return the ranks of the index under other weights, from the library."""
    method = load_scenario("baseline")
    framework = Framework.from_table(store["tables/framework"])
    points = 100 * store["weights"].set_index("node")["weight"]
    changed = method.model_copy(update={"weights": points.to_dict() | weights})
    return index.combine(store["normalised"].set_index("city"), framework, changed).ranks["FHI"].dropna()


def check(browser, ranks: pd.Series) -> None:
    rows = shown(browser)
    assert {city: rank for rank, city in rows} == ranks.to_dict()
    assert [rank for rank, _ in rows] == sorted(ranks)
    assert drawn(browser) == [city for _, city in rows]


def test_it_opens_in_the_order_of_ranks_csv(opened, built):
    check(opened, built.store()["ranks"].set_index("city")["FHI"].dropna())


@pytest.mark.fuzz
def test_random_sets_of_weights_rank_as_the_engine_does(opened, built):
    store, random = built.store(), np.random.default_rng(2018)
    codes = opened.run("return [...document.querySelectorAll('[data-code]:not(:disabled)')].map((s) => s.dataset.code)")
    for _ in range(20 if FUZZ else 5):
        weights = {code: int(random.integers(1, 101)) for code in codes}
        for code, value in weights.items():
            move(opened, code, value)
        check(opened, expected(store, weights))


def test_keys_move_a_slider(opened, built):
    from selenium.webdriver.common.keys import Keys

    opened.find("#slider-experience").send_keys(Keys.END)
    check(opened, expected(built.store(), {"experience": 100}))
    opened.find("#slider-economy").send_keys(Keys.HOME)
    check(opened, expected(built.store(), {"experience": 100, "economy": 0}))


def test_without_the_pillar_that_few_cities_have_more_cities_are_ranked(opened, built):
    before = len(shown(opened))
    move(opened, "experience", 0)
    assert len(shown(opened)) > before
    check(opened, expected(built.store(), {"experience": 0}))


def test_weights_that_sum_to_zero_rank_nobody_and_name_the_group(opened):
    for code in ("industry", "experience", "ecosystem"):
        move(opened, code, 0)
    assert shown(opened) == []
    opened.wait("document.getElementById('explorer-status').textContent.startsWith('各维度的权重全为零')")
    opened.find("#explorer-reset").click()
    move(opened, "internet_finance", 0)
    move(opened, "infrastructure", 0)
    opened.wait("document.getElementById('explorer-status').textContent.startsWith('“金融科技产业”之下的权重全为零')")


def test_a_mean_that_cannot_be_computed_says_why_and_what_to_do(opened):
    choose = """const box = document.getElementById(arguments[0]);
        box.value = arguments[1]; box.dispatchEvent(new Event('change'))"""
    opened.run(choose, "explorer-mean", "geometric")
    opened.wait("document.getElementById('explorer-status').textContent.includes('极差1–100')")
    assert shown(opened) == []
    opened.run(choose, "explorer-scale", "min-max-1")
    assert len(shown(opened)) == 20


@pytest.mark.parametrize("name", ["equal", "ahp", "centre", "fitted", "own"])
def test_a_preset_sets_its_weights_and_says_the_agreement(opened, name):
    opened.find(f"[data-preset={name}]").click()
    assert opened.find(f"[data-preset={name}]").get_attribute("aria-pressed") == "true"
    opened.wait("/τ-b：-?0\\.\\d\\d/.test(document.getElementById('explorer-status').textContent)")
    assert len(shown(opened)) >= 20


def test_lines_run_from_published_to_new_ranks_and_what_leaves_its_band_is_explained(opened):
    assert opened.run("return document.querySelectorAll('#explorer-chart .line').length") == 20
    out = opened.run("return document.querySelectorAll('#explorer-chart .bar-mark.out').length")
    told = opened.find("#explorer-outside").get_attribute("textContent")
    assert out > 5 and f"等{out}个" in told and "两者的数据不同" in told


def test_reset_restores_the_weights_of_the_run(opened, built):
    move(opened, "ecosystem", 100)
    opened.find("#explorer-reset").click()
    check(opened, built.store()["ranks"].set_index("city")["FHI"].dropna())


def test_a_link_restores_a_state(opened, built, folder):
    move(opened, "research", 100)
    move(opened, "industry", 7)
    after = shown(opened)
    link = opened.find("#explorer-link").get_attribute("href")
    assert link.endswith("#explorer/industry=7&research=100")
    opened.open(folder / "report.html", link[link.index("#") :])
    assert shown(opened) == after
    check(opened, expected(built.store(), {"research": 100, "industry": 7}))
    assert opened.run("return document.getElementById('slider-industry').value") == "7"


@pytest.mark.parametrize(
    "state", ["industry=x", "industry=-5&nothing=3", "industry=1e9", "%zz", "application=0", "aggregation=owa"]
)
def test_a_link_that_makes_no_sense_changes_nothing(browser, folder, built, state):
    browser.open(folder / "report.html", f"#explorer/{state}")
    check(browser, built.store()["ranks"].set_index("city")["FHI"].dropna())
    assert browser.console() == []


def test_the_scenario_to_save_gives_the_ranks_on_the_screen(opened, built):
    move(opened, "industry", 90)
    choose = """const box = document.getElementById(arguments[0]);
        box.value = arguments[1]; box.dispatchEvent(new Event('change'))"""
    opened.run(choose, "explorer-scale", "z-score")
    opened.find("#explorer-scenario").click()
    own = yaml.safe_load(opened.find("#explorer-yaml").get_attribute("textContent"))
    assert own.pop("base") == "baseline"
    method = validated(own_settings("baseline") | {"edition": "report2018"} | own, "mine.yml", {})
    store = built.store()
    found = index.build(store["panel"], Framework.from_table(store["tables/framework"]), method)
    check(opened, found.ranks["FHI"].dropna())


def test_shares_stand_beside_the_sliders_and_are_spoken(opened):
    move(opened, "industry", 0)
    assert opened.find("#share-experience").text == "50.0%"
    assert opened.find("#slider-experience").get_attribute("aria-valuetext") == "50.0%"


def test_the_language_reaches_chart_and_table(opened):
    opened.find("[data-language=en]").click()
    assert shown(opened)[0][1] == "Beijing" and drawn(opened)[0] == "Beijing"


def test_the_ranking_stays_in_sight_on_a_phone(browser, folder):
    browser.open(folder / "report.html", "#explorer", width=390, height=844)
    browser.run("document.getElementById('slider-ecosystem').scrollIntoView({ block: 'center' })")
    browser.settle()
    box = browser.run("return document.getElementById('explorer-status').getBoundingClientRect().toJSON()")
    assert 0 <= box["top"] < 400
    assert browser.run("return document.querySelector('#explorer-chart text.name').getBoundingClientRect().top") < 500


def test_nothing_is_asked_for_and_nothing_goes_wrong(opened):
    move(opened, "industry", 100)
    opened.find("[data-language=en]").click()
    opened.settle()
    assert opened.requests() == []
    assert opened.console() == []
    assert opened.run("return performance.getEntriesByType('resource').map((e) => e.name)") == []


def test_every_control_has_a_name_and_shows_its_focus(opened):
    from selenium.webdriver.common.keys import Keys

    body = opened.find("body")
    seen = []
    for _ in itertools.repeat(None, 40):
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
