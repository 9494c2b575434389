"""The site: a folder that any web server can serve, with a page an edition, one a unit, the figures and an index."""

import io
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from fhi.engine.errors import MethodError
from fhi.files import Files
from fhi.scenarios import load_scenario, scenario_names
from fhi.showing.figures import LANGUAGES, style
from fhi.showing.figures.registry import Texts
from fhi.showing.report import cities, opening
from fhi.showing.report.contents import LABELS, front
from fhi.showing.report.page import FONT_MARK, environment, font_file, unfonted
from fhi.showing.report.texts import in_both, said
from fhi.store import Store

FOLDER, IMAGE = "site", "social.png"
#: inches and dots an inch of the image that a link to the site shows: 1200 × 630 pixels
SIZE, DPI = (12.0, 6.3), 100
WEIGHTS = {"Regular": 400, "Bold": 700}


def write_site(address: str = "", root: Path | None = None) -> list[Path]:
    """Write the site of all built reports into ``site/``; return its files.

    Parameters
    ----------
    address : str
        Where it will stand (``https://…/``); the map of the site and the addresses of its images need it.
    root : Path, optional
        See `fhi.files.Files`.

    Raises
    ------
    MethodError
        If no report is built, or the address is none.
    """
    if address and not address.startswith(("https://", "http://")):
        message = "an address begins with https://; give where the site will stand, or leave it out."
        raise MethodError(message, key="ADDRESS", value=address)
    address = f"{address.rstrip('/')}/" if address else ""
    files, editions, written = Files(root=root), [], {}
    for name in scenario_names():
        store = Store(name, root)
        if (store.root / store.reports / "report.html").is_file():
            editions.append(_edition_files(store, address, written))
    if not editions:
        raise MethodError("no report is built; run make report first.", key="SCENARIO", value="")
    title, headline = said("site.title"), said("site.headline")
    image = f"{address}{editions[0]['name']}/{IMAGE}"
    shown = {"title": title, "headline": headline, "address": address, "image": image}
    written["index.html"] = unfonted("site.html.j2", editions=editions, **shown).encode("utf-8")
    with_fonts(written, files.root)
    if address:
        written["sitemap.xml"] = _sitemap(address, written)
        written["robots.txt"] = f"Sitemap: {address}sitemap.xml\n".encode()
    return [files.write_bytes(f"{FOLDER}/{name}", content) for name, content in sorted(written.items())]


def _edition_files(store: Store, address: str, written: dict[str, bytes]) -> dict:
    """Add the files of one edition to those to be written; return what the index says of it."""
    name, chosen = store.scenario, load_scenario(store.scenario)
    ranking = opening.ranking(store)
    title, headline = front(store, chosen)["title"], opening.headline(store, ranking)
    image = f"{address}{name}/{IMAGE}"
    about = {"title": title, "headline": headline, "image": image, "address": address and f"{address}{name}/"}
    social = environment().get_template("social.html.j2").render(**about)
    page = (store.root / store.reports / "report.html").read_text(encoding="utf-8")
    written[f"{name}/index.html"] = page.replace('<link rel="icon"', f'{social}<link rel="icon"', 1).encode("utf-8")
    written[f"{name}/{IMAGE}"] = social_image(title, headline)
    for path in sorted((store.root / store.reports / "figures").iterdir()):
        if path.suffix in (".svg", ".csv"):
            written[f"{name}/figures/{path.name}"] = path.read_bytes()
    for key, text in _unit_pages(store, about, address and f"{address}{name}/"):
        written[f"{name}/{key}.html"] = text.encode("utf-8")
    description = in_both(chosen.description)
    return {"name": name, "title": title, "headline": headline, "description": description, "units": ranking["rows"]}


def _unit_pages(store: Store, about: Mapping, address: str) -> Iterator[tuple[str, str]]:
    """Yield key and page of every unit that has a profile."""
    told = opening.findings(store)
    links = [said("site.back") | {"href": "index.html"}, said("site.all") | {"href": "../index.html"}]
    for city in cities.sections(store, load_scenario(store.scenario).year, told):
        key, profile = city["id"].removeprefix("city-"), city["profile"]
        kind = "site.unit" if profile["zh"]["rank"] else "site.unit-own"
        names = {language: profile[language]["name"] for language in LANGUAGES}
        headline = said(kind, name=names, rank=profile["zh"]["rank"] or profile["zh"]["reconstructed"])
        shown = {"title": about["title"], "headline": headline, "image": about["image"], "city": city, "labels": LABELS}
        shown |= {"address": address and f"{address}{key}.html", "links": links, "unit_href": _href}
        yield key, unfonted("unit_page.html.j2", **shown)


def _href(id: str) -> str:
    return f"{id.removeprefix('city-')}.html"


def with_fonts(written: dict[str, bytes], root: Path) -> None:
    """Add the fonts, cut down to what the pages say, and let every page that has a mark for them name them.

    Parameters
    ----------
    written : dict
        The content of the files by name; changed.
    root : pathlib.Path
        The folder of the outputs, where the store is.
    """
    pages = {name: content.decode("utf-8") for name, content in written.items() if name.endswith(".html")}
    pages = {name: text for name, text in pages.items() if FONT_MARK in text}
    letters = "".join(sorted(set().union(*pages.values())))
    for weight in WEIGHTS:
        written[f"fonts/{weight}.woff"] = font_file(weight, letters, root)
    for name, text in pages.items():
        up = "../" * name.count("/")
        rules = [
            f'@font-face {{ font-family: "{style.FONT}"; font-weight: {number}; src: url({up}fonts/{weight}.woff); }}'
            for weight, number in WEIGHTS.items()
        ]
        written[name] = text.replace(FONT_MARK, "\n".join(rules), 1).encode("utf-8")


def _sitemap(address: str, written: Mapping[str, bytes]) -> bytes:
    """Return the map of the site (sitemaps.org, version 0.9): its pages in order."""
    pages = "".join(
        f"<url><loc>{escape(address + name)}</loc></url>\n" for name in sorted(written) if name.endswith(".html")
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{pages}</urlset>\n".encode()


def social_image(title: Texts, headline: Texts) -> bytes:
    """Return the image that stands for an edition where it is linked: title and headline in both languages, as PNG.

    Parameters
    ----------
    title, headline : str
        What stands on it.
    """
    import matplotlib
    from matplotlib.figure import Figure

    style.load_fonts()
    with matplotlib.rc_context(style.RC):
        figure = Figure(figsize=SIZE, dpi=DPI, facecolor=style.TIERS["national"])
        rows = [(0.86, title["zh"], 22, 40), (0.70, headline["zh"], 34, 24)]
        rows += [(0.36, title["en"], 18, 70), (0.25, headline["en"], 24, 58)]
        for y, text, size, width in rows:
            shown = "\n".join(textwrap.wrap(text, width))
            figure.text(0.06, y, shown, size=size, color=style.PAPER, va="top", linespacing=1.3)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, facecolor=figure.get_facecolor(), metadata={"Software": None})
    return buffer.getvalue()
