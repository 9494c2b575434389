"""What the tests of page and print share: a parser, a run with a hostile city name, and a real browser."""

from __future__ import annotations

import html.parser
import json
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from fhi.showing.report.page import write_report
from fhi.store import Store

#: a name that is markup, script, template, formula and code at once (without the signs that facts.csv is written in)
HOSTILE_ZH = '</td><script>document.body.remove()</script>\'"&{{7*7}}${7*7}$#eval("1+1")*_`@a</script>'
#: and one that no column is wide enough for
HOSTILE_EN = "W" * 240

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


class Page(html.parser.HTMLParser):
    """Collects the tags of a page with their attributes, in order."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def named(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="session")
def parsed():
    """Return the parser of pages."""
    return Page


@pytest.fixture(scope="session")
def folder(built):
    """The folder of the built page."""
    return built.folder / "reports/baseline"


@pytest.fixture(scope="session")
def text(folder) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile(built, tmp_path_factory) -> SimpleNamespace:
    """A built run in which one city has a hostile name in every table, and another an endless one."""
    root = tmp_path_factory.mktemp("hostile")
    for folder in ("data/processed", "reports"):
        shutil.copytree(built.folder / folder, root / folder)
    for path in (root / "data/processed/baseline").rglob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for old, new in (("贵阳", HOSTILE_ZH), ("Guiyang", HOSTILE_EN)):
            frame = frame.apply(lambda column, old=old, new=new: column.str.replace(old, new, regex=False))
        frame.to_csv(path, index=False)
    store = Store("baseline", root=root)
    return SimpleNamespace(store=store, page=write_report(store)[0], zh=HOSTILE_ZH, en=HOSTILE_EN)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium with its console and its network written down; skipped where there is none."""
    paths = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(paths):
        pytest.skip(
            "no chromium with chromedriver on this machine (Debian, Ubuntu: apt install chromium chromium-driver)"
        )
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = paths[0]
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=ChromeService(paths[1]))
    driver.set_script_timeout(600)
    yield Browser(driver)
    driver.quit()


class Browser:
    """One page in the browser, as a reader meets it."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, path, query="", width=1280, height=900) -> Browser:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get("about:blank")
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.get(f"{path.as_uri()}{query}")
        if self.run("return !!document.getElementById('explorer-state')"):
            self.wait("document.querySelector('#explorer-chart svg') && document.querySelector('output').textContent")
            self.wait("document.getElementById('explorer-status').textContent")
        return self

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition: str) -> None:
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.driver, 120, poll_frequency=0.05).until(lambda _: self.run(f"return !!({condition})"))

    def settle(self) -> None:
        """Wait until what was set in motion has been drawn."""
        self.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 60))")

    def find(self, selector: str):
        return self.driver.find_element("css selector", selector)

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for, itself left out."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return [
            url for url in asked if not url.startswith(("data:", self.driver.current_url.split("#")[0].split("?")[0]))
        ]
