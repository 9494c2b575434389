"""The page: one self-contained HTML file that loads nothing and links to nothing outside; and the pages beside it."""

import base64
import csv
import hashlib
import io
import json
from pathlib import Path

import jinja2

from fhi.codebook.columns import meanings
from fhi.editions.published import published
from fhi.files import Kept, resting_on
from fhi.imports import closure, with_packages
from fhi.paths import output_root
from fhi.processes import pool
from fhi.scenarios import Scenario, load_scenario, scenario_names
from fhi.showing.figures import LANGUAGES
from fhi.showing.figures.evidence import of_index
from fhi.showing.figures.style import FONT, FONTS
from fhi.showing.figures.wording import first_pages
from fhi.showing.report import cities, explorer, ledger, opening
from fhi.showing.report.contents import LABELS, altered_notice, chapters, front, parts_of
from fhi.showing.report.pictures import drawn, figure_context
from fhi.showing.report.tables import city_names, has, node_names, profiled
from fhi.showing.report.texts import anchor, decimal, edition_words, in_both, said, unit_head, unit_words, whole
from fhi.store import Store

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "report"
FONT_MARK = "/* fonts */"
STYLES = ("page.css", "cards.css")
SCRIPTS = ("page.js", "explorer.js", "figures.js")
#: below a pillar, more sub-pillars than this stay folded in the explorer
MANY = 8


def build_page(store: Store) -> str:
    """Return the HTML page of a scenario whose stages have been built.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    context, letters = page_context(store)
    page = render(context, store.root)
    return page.replace(FONT_MARK, _font_css("".join(sorted(set(page + letters))), store.root), 1)


def page_context(store: Store) -> tuple[dict, str]:
    """Return all that the templates show, and the letters of the packed pictures."""
    chosen = load_scenario(store.scenario)
    told = opening.findings(store)
    headlines = {id: text for id, text in told.items() if text["kind"] == "headline"}
    figures = [figure_context(found, store, headlines) for found in drawn(store)]
    parts = [part | _chapter_words(part["name"], told, first_pages(store)) for part in parts_of(figures, store)]
    book, words, ranking = chapters(store, chosen), unit_words(store), opening.ranking(store)
    heads = {language: word[:1].upper() + word[1:] for language, word in words["many"].items()}
    context = {
        **front(store, chosen),
        "headline": opening.headline(store, ranking),
        "ranking": ranking,
        "map": opening.small_map(ranking["rows"]),
        "explorer": explorer_context(store, chosen),
        **{name: in_order(opening.findings(store, kind)) for name, kind in KINDS.items()},
        "parts": parts,
        "figure_count": len(figures),
        "altered": altered_notice(store),
        "scenario": store.scenario,
        "description": in_both(chosen.description),
        "cite": citation(store),
        "languages": LANGUAGES,
        "labels": LABELS,
        "verdicts": ledger.verdict_counts(store),
        "cities": cities.sections(store, chosen.year, told),
        "unprofiled": cities.unprofiled(store),
        "unit_href": "#{}".format,
        "chapters": book,
        "units": words | {"head": unit_head(store)["en"], "title": unit_head(store), "title_many": heads["en"]},
    }
    context["outline"] = _outline(context, heads)
    context["state"] = embedded(page_state(store, figures))
    return context, "".join(item.pop("letters") for item in figures)


#: parts of the summary by the kind of finding that they hold
GROUPS = ("report", "open", "pinned", "unknown")
KINDS = {"summary": "summary", "foreword": "foreword", "reading": "how-to-read"}


def in_order(told: dict) -> list[dict]:
    """Return sentences in the order of their groups: what the report says first, what is not known last."""
    groups = {id: next((place for place, group in enumerate(GROUPS) if f"-{group}-" in id), 0) for id in told}
    return [told[id] for id in sorted(told, key=groups.get)]


def _chapter_words(name: str, told: dict, pages: list[tuple[int, str]]) -> dict:
    """Return the opening paragraph of a part, its findings, and what is left of the headlines of its pages."""
    claimed = [text for text in told.values() if text["kind"] == "report-headline" and text["page"]]
    return {
        "opening": [text for id, text in told.items() if id == f"{name}-opening"],
        "findings": [text for id, text in told.items() if text["kind"] == "finding" and id.rsplit("-", 1)[0] == name],
        "also": [text for id, text in told.items() if text["kind"] == "also" and id.split("-")[0] == name],
        "claimed": [
            text | {"verdict": said(f"verdict.{text['verdict']}") if text["verdict"] else None}
            for text in claimed
            if [part for first, part in pages if int(text["page"]) >= first][-1:] == [name]
        ],
    }


def citation(store: Store) -> dict[str, str]:
    """Return how the page wants to be cited: publication or edition, its publisher if it has one, and its year."""
    rows = store["tables/edition"].set_index("key")
    parts = [edition_words(store, key) for key in ("title", "publisher", "year") if key in rows.index]
    return {language: ", ".join(part[language] for part in parts) + "." for language in LANGUAGES}


def _outline(context: dict, heads: dict[str, str]) -> list[dict]:
    """Return id and title of every chapter, for the bar."""
    rows = [(name, said(f"outline.{name}")) for name in ("ranking", "explorer")]
    if any(context[name] for name in KINDS):
        rows.append(("summary", said("outline.summary")))
    rows += [(f"part-{part['name']}", part["title"]) for part in context["parts"]]
    rows += [("units", heads)] if context["cities"] else []
    rows += [(chapter["id"], chapter["title"]) for chapter in context["chapters"]]
    return [{"id": id, "title": title} for id, title in [*rows, ("annex", said("outline.annex"))]]


def page_state(store: Store, figures: list[dict]) -> dict:
    """Return what the scripts know: the units with their names, the figures that each is in, and names of columns.

    Parameters
    ----------
    store : Store
        Of the scenario.
    figures : list of dict
        Of `fhi.showing.report.pictures.figure_context`.
    """
    places = store["tables/cities"].to_dict("records")
    shown = set(profiled(store))
    near = cities.mentions_of(store["tables/cities"], {item["id"]: item["told"] for item in figures})
    named = cities.mentions_of(store["tables/cities"], {item["id"]: item["text"] for item in figures})
    keys = {row["name_zh"]: anchor(row).removeprefix("city-") for row in places}
    inside = {item["id"]: [keys[city] for city in keys if item["id"] in named[city]] for item in figures}
    used = {column for item in figures for column in item["columns"]}
    units = [
        {"zh": row["name_zh"], "en": row["name_en"], "key": keys[row["name_zh"]], "section": row["name_zh"] in shown}
        for row in places
    ]
    drawn_in = []
    for id, there in inside.items():
        about = [key for city, key in keys.items() if id in near[city]]
        drawn_in.append({"id": id, "units": "*" if len(there) == len(keys) else there, "near": about})
    return {
        "units": units,
        "figures": drawn_in,
        "columns": column_names(used),
        "words": value_names()
        | node_names(store)
        | city_names(store)
        | {k: label["name"] for k, label in LABELS.items()},
    }


def column_names(used: set[str]) -> dict[str, dict[str, str]]:
    """Return the names of the columns of the figures' data: as the codebook has them, else those of ``columns.csv``."""
    bare = {column.removesuffix("_zh").removesuffix("_en") for column in used} | used
    found = _named("columns.csv")
    found |= {name: {"zh": row.zh, "en": row.en} for name, row in meanings().items()}
    return {name: text for name, text in found.items() if name in bare}


def value_names() -> dict[str, dict[str, str]]:
    """Return the names of codes in the figures' data, by the value, or by ``column.value`` where it differs."""
    return _named("values.csv")


def _named(file: str) -> dict[str, dict[str, str]]:
    with (ASSETS / file).open(encoding="utf-8", newline="") as rows:
        return {row["name"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(rows)}


def render(context: dict, root: Path) -> str:
    """Return the page with its style and scripts inside, and a mark where the fonts go.

    Parameters
    ----------
    context : dict
        What the templates show.
    root : pathlib.Path
        The folder of the outputs, where the store is.

    Returns
    -------
    str
    """
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS]
    hashes = [script_hash(script) for script in scripts]
    shown = context | {"style": page_style(), "scripts": scripts, "hashes": hashes}
    return environment(root).get_template("page.html.j2").render(**shown)


def page_style() -> str:
    """Return the style of all pages, with a mark where the fonts go."""
    colours = "\n".join(f".badge.{name} {{ background: {label['colour']}; }}" for name, label in LABELS.items())
    return "".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES) + colours


class _Compiled(jinja2.BytecodeCache):
    """The compiled templates in the store; Jinja compares each with the text of its template."""

    def __init__(self, root: Path):
        self.kept, self.cause = Kept(root, "templates"), resting_on([])

    def load_bytecode(self, bucket) -> None:
        content = self.kept.get(self.kept.key(self.cause | {"template": bucket.key}))
        if content is not None:
            bucket.load_bytecode(io.BytesIO(content))

    def dump_bytecode(self, bucket) -> None:
        self.kept.put(self.kept.key(self.cause | {"template": bucket.key}), bucket.bytecode_to_string())


def environment(root: Path | None = None) -> jinja2.Environment:
    """Return the template environment: text from data is escaped, a missing name is an error.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder of the outputs, where the store is (default: that of the project).

    Returns
    -------
    jinja2.Environment
    """
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_Compiled(root or output_root()),
    )


def explorer_context(store: Store, chosen: Scenario) -> dict:
    """Return what the page shows of the explorer, live or, where the run cannot be repeated, as a table.

    Parameters
    ----------
    store : Store
        Of the scenario.
    chosen : Scenario
        The scenario, as it was resolved.
    """
    state = _explorer_state(store, chosen)
    scores = store["scores"].set_index("city")[state["root"]]
    shown = sorted((row for row in state["units"] if "opening" in row), key=lambda row: row["opening"])
    there = {"published": not published(store).empty, "reconstructed": True, "identified": has(store, "bounds")}
    nan = float("nan")
    sliders = explorer.sliders(store, state)
    return state | {
        "evidence": of_index(tuple(label for label, found in there.items() if found), store),
        "sliders": sliders,
        "deep": sum(len(node["children"]) for node in sliders) > MANY,
        "switchable": state["treated"] is not None,
        "rows": [
            row
            | {"rank": whole(row["opening"]), "score": decimal(scores[row["zh"]], state["places"])}
            | {"published": whole(row.get("published", nan))}
            for row in shown
        ],
        "state": embedded(state),
    }


def _explorer_state(store: Store, chosen: Scenario) -> dict:
    """Return what the explorer reads (`explorer.state`); of the same tables and methods it is kept."""
    methods = [chosen, *(load_scenario(name) for name in scenario_names() if name == explorer.EXAMPLE)]
    cause = resting_on(with_packages(closure(Path(explorer.__file__)))) | {
        "scenario": store.scenario,
        "methods": [method.model_dump(mode="json") for method in methods],
        "tables": store.checksums(),
    }
    kept = Kept(store.root, "explorers")
    return json.loads(kept.made(cause, lambda: json.dumps(explorer.state(store, chosen, store.scenario)).encode()))


def embedded(value: object) -> str:
    """Return a value as JSON that stands safely inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def script_hash(script: str) -> str:
    """Return what the page's policy calls a script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _font_css(text: str, root: Path) -> str:
    """Return ``@font-face`` rules with the project's font cut down to the characters of `text`.

    So the page shows every character on a machine without a Chinese font.
    """
    with pool(1) as process:
        bold = process.submit(font_file, "Bold", text, root)
        files = {400: font_file("Regular", text, root), 700: bold.result()}
    return "\n".join(_font_rule(weight, file) for weight, file in files.items())


def _font_rule(weight: int, file: bytes) -> str:
    """Return the rule of one weight."""
    data = base64.b64encode(file).decode("ascii")
    return f'@font-face {{ font-family: "{FONT}"; font-weight: {weight}; src: url(data:font/woff;base64,{data}); }}'


def font_file(style: str, text: str, root: Path) -> bytes:
    """Return a font of the project, as WOFF, cut down to the characters of `text`; one that was cut before is kept.

    Parameters
    ----------
    style : str
        ``Regular`` or ``Bold``.
    text : str
        The characters that it keeps.
    root : pathlib.Path
        The folder of the outputs, where the store is.

    Returns
    -------
    bytes
    """
    font = FONTS / f"FHISansSC-{style}.otf"
    return Kept(root, "fonts").made(resting_on([font, Path(__file__)]) | {"letters": text}, lambda: _cut(font, text))


def _cut(font: Path, text: str) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=["kern"], recalc_timestamp=False, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    buffer = io.BytesIO()
    with subset.load_font(font, options) as opened:
        cutter.subset(opened)
        subset.save_font(opened, buffer, options)
    return buffer.getvalue()


def write_report(store: Store) -> list[Path]:
    """Write ``reports/<scenario>/report.html``; return what was written."""
    return [store.write_bytes(f"{store.reports}/report.html", build_page(store).encode("utf-8"))]


def light_page(template: str, **context: object) -> str:
    """Return a page of a template that extends ``light.html.j2``, with style, script and fonts inside."""
    page = unfonted(template, **context)
    return page.replace(FONT_MARK, _font_css("".join(sorted(set(page))), output_root()), 1)


def unfonted(template: str, **context: object) -> str:
    """Return such a page with a mark where the fonts go."""
    script = (ASSETS / "light.js").read_text(encoding="utf-8")
    shown = {"lead": None, "rights": said("rights"), "links": []} | context
    shown |= {"style": page_style(), "script": script, "hash": script_hash(script)}
    return environment().get_template(template).render(**shown)
