"""The page: one self-contained HTML file in the order of the report, from the registry and the built figures."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from urllib.parse import quote

import jinja2
from fontTools import subset

from fhi.agreement import PUBLISHED
from fhi.figures import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries
from fhi.figures.audit import VERDICTS
from fhi.figures.style import EVIDENCE_COLOURS, EVIDENCE_NAMES, FONT, FONTS
from fhi.parameters import load_scenario
from fhi.store import Store

ASSETS = Path(__file__).resolve().parent / "assets"
FONT_MARK = "/* fonts */"


def build_page(store: Store) -> str:
    """Return the HTML page of a scenario whose stages have been built.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    figures = [figure_context(entry, store) for entry in entries()]
    parts = [
        {"name": name, "title": title, "figures": [item for item in figures if item["part"] == name]}
        for _, name, title in PARTS
    ]
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            parts=[part for part in parts if part["figures"]],
            scenario=store.scenario,
            description=in_both(load_scenario(store.scenario).description),
            languages=LANGUAGES,
            evidence=[
                {"name": name, "colour": EVIDENCE_COLOURS[name], "label": EVIDENCE_NAMES[name]} for name in EVIDENCE
            ],
            agreement=agreement_context(store),
            results=results_context(store),
            contradictions=contradictions_context(store),
            verdicts=VERDICTS,
            style=(ASSETS / "report.css").read_text(encoding="utf-8"),
        )
    )
    return page.replace(FONT_MARK, font_css(html.unescape(page)))


def in_both(texts: dict[str, str]) -> dict[str, str]:
    """Return a text in every language, one that is missing in place of the other."""
    return {language: texts.get(language) or next(iter(texts.values())) for language in LANGUAGES} if texts else {}


def environment() -> jinja2.Environment:
    """Return the template environment: text from data is escaped, a missing name is an error."""
    loader = jinja2.FileSystemLoader(ASSETS)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)


def font_css(text: str) -> str:
    """Return ``@font-face`` rules with the project's font cut down to the characters of `text`.

    So the page shows every character on a machine without a Chinese font.
    """
    options = subset.Options(flavor="woff", layout_features=["kern"], recalc_timestamp=False, hinting=False)
    rules = []
    for weight, style in ((400, "Regular"), (700, "Bold")):
        cutter = subset.Subsetter(options)
        cutter.populate(text=text)
        buffer = io.BytesIO()
        with subset.load_font(FONTS / f"FHISansSC-{style}.otf", options) as font:
            cutter.subset(font)
            subset.save_font(font, buffer, options)
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        source = f"url(data:font/woff;base64,{data})"
        rules.append(f'@font-face {{ font-family: "{FONT}"; font-weight: {weight}; src: {source}; }}')
    return "\n".join(rules)


def figure_context(entry: FigureEntry, store: Store) -> dict:
    """Return what the template shows of one figure."""
    data = entry.data(store)
    caption = entry.caption(data)
    pictures = {}
    for language in LANGUAGES:
        path = store.find(f"{store.reports}/figures/{entry.id}.{language}.svg")
        pictures[language] = svg_uri(path.read_text(encoding="utf-8"))
    return {
        "id": entry.id,
        "page": entry.page,
        "part": entry.part,
        "evidence": entry.evidence,
        "title": entry.title,
        "caption": caption,
        "pictures": pictures,
        "function": entry.function,
        "data": f"figures/{entry.id}.csv",
    }


def svg_uri(svg: str) -> str:
    """Return a picture as a data address that stands safely inside a quoted attribute."""
    return "data:image/svg+xml," + quote(" ".join(svg.split()), safe=" !$()*+,-./:;=?@[]^_`{|}~")


def agreement_context(store: Store) -> list[dict]:
    """Return the agreement with the published ranks by node, with the node's names."""
    names = store["tables/framework"].set_index("code")
    measures = store["agreement"].set_index("node").loc[list(PUBLISHED)]
    return [
        {"zh": names.at[node, "name_zh"], "en": names.at[node, "name_en"], **row}
        for node, row in measures.to_dict("index").items()
    ]


def results_context(store: Store) -> list[dict]:
    """Return score and rank of the published cities beside their published rank, in published order."""
    names = store["tables/cities"].set_index("name_zh")["name_en"]
    rows = store["comparison"].query("node == 'FHI'").sort_values("published")
    scores = store["scores"].set_index("city")["FHI"]
    return [row | {"city_en": names[row["city"]], "score": scores[row["city"]]} for row in rows.to_dict("records")]


def contradictions_context(store: Store) -> list[dict]:
    """Return the claims that the printed inputs contradict, and those that differ within rounding."""
    listed = store["claims"].query("verdict in ('contradicted', 'reproduced-within-rounding')").fillna("")
    return [
        row
        | {
            "subjects": {"zh": row["subject"], "en": row["subject_en"]},
            "notes": {"zh": row["note"], "en": row["note_en"]},
        }
        for row in listed.to_dict("records")
    ]


def write_report(store: Store) -> Path:
    """Write ``reports/<scenario>/report.html``."""
    return store.write_bytes(f"{store.reports}/report.html", build_page(store).encode("utf-8"))


def summary(store: Store) -> str:
    """Return the closing summary: where the page is, figures, agreement, seconds by stage."""
    measures = store["agreement"].set_index("node")
    taus = ", ".join(f"{node} {measures.at[node, 'kendall_tau_b']:.2f}" for node in PUBLISHED)
    timings = store.root / ".timings" / store.scenario
    seconds = {path.name: path.read_text().strip() for path in sorted(timings.glob("*"))}
    lines = [
        f"page       {store.root / store.reports / 'report.html'}",
        f"figures    {len(store['figures'])} in {' and '.join(LANGUAGES)}",
        f"agreement  Kendall's tau-b with the published ranks: {taus}",
        f"seconds    {', '.join(f'{name} {value}' for name, value in seconds.items())}",
    ]
    return "\n".join(lines)
