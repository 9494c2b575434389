"""The page: one self-contained HTML file in the order of the report, from the registry and the built tables."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jinja2
from fontTools import subset

from fhi.processes import pool
from fhi.scenarios import Scenario, load_scenario
from fhi.showing.figures import LANGUAGES, entries
from fhi.showing.figures.evidence import drawable, is_own, of_index
from fhi.showing.figures.style import FONT, FONTS
from fhi.showing.report import cities, explorer, ledger, profiles
from fhi.showing.report.contents import LABELS, altered_notice, chapters, front, parts_of
from fhi.showing.report.pictures import figure_context
from fhi.showing.report.tables import words
from fhi.showing.report.texts import built, decimal, digits, in_both, span, unit_head, unit_words, whole
from fhi.store import Store

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "report"
FONT_MARK = "/* fonts */"


def build_page(store: Store) -> str:
    """Return the HTML page of a scenario whose stages have been built.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    chosen = load_scenario(store.scenario)
    # a second process draws up the explorer and cuts one of the fonts meanwhile
    with pool(1) as process:
        lab = explorer_context(store, chosen, process)
        figures = [figure_context(entry, store) for entry in drawable(store)]
        book = chapters(store, chosen)
        mentions = cities.mentions_of(store["tables/cities"], texts_of(figures, book))
        context = {
            **front(store, chosen),
            "parts": parts_of(figures, store),
            "figure_count": len(figures),
            "titles": {item["id"]: item["title"] for item in [*figures, *tables_of(book)]},
            "scenario": store.scenario,
            "description": in_both(chosen.description),
            "languages": LANGUAGES,
            "labels": LABELS,
            "verdicts": ledger.verdict_counts(store),
            "cities": cities.sections(store, store.scenario, chosen.year, mentions),
            "places": places_context(store, mentions),
            "chapters": book,
            "units": unit_words(store),
            "hidden_weights": not is_own(store),
            "built": built(store.scenario),
            "altered": altered_notice(store),
        }
        page = render(context, lab)
        return page.replace(FONT_MARK, font_css("".join(sorted(set(page))), process), 1)


def render(context: dict, lab: dict | None) -> str:
    """Return the page with its style and scripts inside, and a mark where the fonts go."""
    scripts = [(ASSETS / "page.js").read_text(encoding="utf-8")]
    if lab and lab["obstacle"] is None:
        runtime, spec = lab["drawing"].result()
        scripts += [runtime, (ASSETS / "explorer.js").read_text(encoding="utf-8")]
        lab["state"] = embedded({"spec": spec} | {name: lab[name] for name in ("families", "columns", "places")})
    colours = "\n".join(f".badge.{name} {{ background: {label['colour']}; }}" for name, label in LABELS.items())
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            **context,
            explorer=lab,
            style=(ASSETS / "page.css").read_text(encoding="utf-8") + colours,
            scripts=scripts,
            hashes=[script_hash(script) for script in scripts],
            state=embedded({"places": context["places"]}),
        )
    )


def environment() -> jinja2.Environment:
    """Return the template environment: text from data is escaped, a missing name is an error."""
    loader = jinja2.FileSystemLoader(ASSETS)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def tables_of(book: list[dict]) -> list[dict]:
    """Return id and title of every table of the chapters."""
    return [{"id": table.id, "title": table.title} for chapter in book for table in chapter["tables"]]


def texts_of(figures: list[dict], book: list[dict]) -> dict[str, str]:
    """Return by id all that a figure or a table says."""
    tables = [table for chapter in book for table in chapter["tables"]]
    return {item["id"]: item["text"] for item in figures} | {table.id: words(table) for table in tables}


def places_context(store: Store, mentions: dict[str, list[str]]) -> list[dict]:
    """Return what the search knows of each city: its names, its section, and what names it."""
    ranked = set(profiles.shown_units(store)["city"])
    return [
        {
            "zh": row["name_zh"],
            "en": row["name_en"],
            "section": profiles.anchor(row) if row["name_zh"] in ranked else None,
            "mentions": mentions[row["name_zh"]],
        }
        for row in store["tables/cities"].to_dict("records")
    ]


def explorer_context(store: Store, chosen: Scenario, process: ProcessPoolExecutor) -> dict:
    """Return what the page shows of the explorer, live or, where the run cannot be repeated, as a table."""
    run = explorer.read_run(store, chosen)
    rows = explorer.rows_of(store, run)
    scores = store["scores"].set_index("city")[explorer.root_of(store)]
    shown = [row for row in rows if row["opening"] is not None]
    columns, hundred, places = explorer.columns_of(shown), explorer.on_hundred(chosen), digits(scores)
    evidence = [label for label, there in labels_of(columns).items() if there]
    context = {
        "obstacle": explorer.obstacle(store, run, rows),
        "evidence": of_index(tuple(evidence), store),
        "bands": hundred and columns["bounds"],
        "columns": columns,
        "places": places,
        "tall": len(shown) if len(shown) > explorer.TALL else 0,
        "aggregation": explorer.unusual(run),
        "sliders": explorer.sliders(store, run),
        "families": explorer.families_state(run),
        "heads": explorer.heads(store, columns),
        "rows": [
            row
            | {"score": decimal(scores[row["zh"]], places), "bounds": span(row["low"], row["high"])}
            | {"published": whole(row["published"])}
            for row in shown
        ],
    }
    if context["obstacle"] is None:
        look = {"hundred": hundred, "bands": context["bands"], "published": columns["published"], "places": places}
        context["drawing"] = process.submit(_drawing, run, rows, look | {"unit": unit_head(store)})
    return context


def labels_of(columns: Mapping[str, bool]) -> dict[str, bool]:
    """Return by label of evidence whether the explorer shows such numbers."""
    return {"published": columns["published"], "reconstructed": True, "identified": columns["bounds"]}


def _drawing(run: explorer.Run, rows: list[dict], look: dict) -> tuple[str, dict]:
    # imported in the process that draws it up: Altair is slow to import
    from fhi.showing.report import explorer_chart

    return explorer_chart.drawing(run, rows, explorer_chart.Look(**look))


def embedded(value: object) -> str:
    """Return a value as JSON that stands safely inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def script_hash(script: str) -> str:
    """Return what the page's policy calls a script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def font_css(text: str, process: ProcessPoolExecutor) -> str:
    """Return ``@font-face`` rules with the project's font cut down to the characters of `text`.

    So the page shows every character on a machine without a Chinese font.
    """
    bold = process.submit(font_rule, "Bold", 700, text)
    return "\n".join([font_rule("Regular", 400, text), bold.result()])


def font_rule(style: str, weight: int, text: str) -> str:
    """Return the rule of one weight."""
    options = subset.Options(flavor="woff", layout_features=["kern"], recalc_timestamp=False, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    buffer = io.BytesIO()
    with subset.load_font(FONTS / f"FHISansSC-{style}.otf", options) as font:
        cutter.subset(font)
        subset.save_font(font, buffer, options)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'@font-face {{ font-family: "{FONT}"; font-weight: {weight}; src: url(data:font/woff;base64,{data}); }}'


def write_report(store: Store) -> list[Path]:
    """Write ``reports/<scenario>/report.html``, and beside it the modules that its figures link to; return them all."""
    written = []
    for module in sorted({entry.draw.__module__ for entry in entries()}):
        name = f"{module.rsplit('.', 1)[-1]}.py"
        source = Path(__file__).resolve().parents[1] / "figures" / name
        written.append(store.write_bytes(f"{store.reports}/functions/{name}", source.read_bytes()))
    return [*written, store.write_bytes(f"{store.reports}/report.html", build_page(store).encode("utf-8"))]
