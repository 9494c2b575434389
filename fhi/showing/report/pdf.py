"""The print: one PDF a language, set by Typst with the project's font and no other."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typst

from fhi.scenarios import load_scenario
from fhi.showing.figures import LANGUAGES, FigureEntry
from fhi.showing.figures.evidence import drawable, seen
from fhi.showing.figures.style import FONT, FONTS
from fhi.showing.report import ledger
from fhi.showing.report.contents import LABELS, altered_notice, chapters, front, parts_of
from fhi.showing.report.pictures import picture, svg_size
from fhi.showing.report.tables import Cell, Table
from fhi.showing.report.texts import in_both
from fhi.store import Store

TEMPLATE = Path(__file__).resolve().parents[1] / "assets" / "report" / "document.typ"
#: width of the text on the page, in millimetres
WIDTH = 176
#: a word longer than this may be broken anywhere
LONGEST_WORD = 28
CONTENTS = {"zh": "目录", "en": "Contents"}
COUNTS = ({"zh": "图", "en": "figures"}, {"zh": "列入核对的数字", "en": "printed numbers in the ledger"})


def build_pdf(store: Store, language: str) -> bytes:
    """Return the PDF of a scenario in a language; the same tables and pictures give the same bytes.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    return compile_document(document(store, language))


def compile_document(data: dict) -> bytes:
    """Set a document (see `document`): tagged for screen readers, without a date, fonts inside."""
    return typst.compile(
        TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards="ua-1",
    )


def document(store: Store, language: str) -> dict:
    """Return everything that the print says, in one language, as plain strings."""
    method = load_scenario(store.scenario)
    words = front(store, method)
    figures = [figure(entry, store, language) for entry in drawable(store)]
    counts = [(COUNTS[0], len(figures))]
    if verdicts := ledger.verdict_counts(store):
        counts += [(COUNTS[1], len(store["claims"]))]
        counts += [(row["label"], row["count"]) for row in verdicts if row["count"]]
    data = {
        "language": language,
        "font": FONT,
        "title": words["title"][language],
        "scenario": store.scenario,
        "altered": altered_notice(store)[language],
        "description": in_both(method.description).get(language, ""),
        "words": {
            "subtitle": words["subtitle"][language],
            "lead": words["lead"][language],
            "notice": words["notice"][language],
            "contents": CONTENTS[language],
            "rights": words["rights"][language],
        },
        "labels": {
            name: {"name": label["name"][language], "meaning": label["meaning"][language], "colour": label["colour"]}
            for name, label in LABELS.items()
        },
        "counts": [{"label": label[language], "count": str(count)} for label, count in counts],
        "parts": [part | {"title": part["title"][language]} for part in parts_of(figures, store)],
        "chapters": [
            {"title": chapter["title"][language], "tables": [plain(table, language) for table in chapter["tables"]]}
            for chapter in chapters(store, method)
        ],
    }
    return data


def figure(entry: FigureEntry, store: Store, language: str) -> dict:
    """Return one figure: its picture, its height in millimetres at the full width, and what stands around it."""
    entry, data = seen(entry, store)
    caption = entry.caption(data)[language]
    svg = picture(entry, store, language)
    width, height = svg_size(svg)
    place = {"zh": f"报告第{entry.page}页 · ", "en": f"report p. {entry.page} · "}[language] if entry.page else ""
    return {
        "part": entry.part,
        "title": entry.title[language],
        "caption": breakable(caption),
        "alt": f"{entry.title[language]}: {caption}",
        "evidence": list(entry.evidence),
        "trace": breakable(f"{place}figures/{entry.id}.csv · {entry.function}"),
        "svg": svg,
        "height": WIDTH * height / width,
    }


def plain(table: Table, language: str) -> dict:
    """Return a table in one language: cells are strings, texts with a mark, or lists of labels of evidence."""
    return {
        "title": table.title[language],
        "note": table.note.get(language, ""),
        "heads": [head[language] for head in table.heads],
        "rows": [[_cell(cell, language) for cell in row] for row in table.rows],
        "evidence": list(table.evidence),
        "texts": [0, *table.texts],
        "widths": list(table.widths),
    }


def _cell(cell: Cell, language: str) -> str | list[str] | dict[str, str]:
    if isinstance(cell, str):
        return breakable(cell)
    if isinstance(cell, list):
        return [part["badge"] for part in cell]
    if "mark" in cell:
        return {"text": breakable(cell[language]), "mark": cell["mark"]}
    return breakable(cell[language])


def breakable(text: str) -> str:
    """Return a text whose over-long words may be broken: a name without a blank cannot leave its column."""
    return re.sub(
        rf"[!-~]{{{LONGEST_WORD},}}", lambda match: re.sub(r"(.{8})(?=.)", "\\1\u200b", match[0], flags=re.DOTALL), text
    )


def write_pdfs(store: Store) -> list[Path]:
    """Write ``reports/<scenario>/report.<language>.pdf``, the languages side by side."""
    documents = [document(store, language) for language in LANGUAGES]
    with ThreadPoolExecutor(len(documents)) as pool:
        pdfs = list(pool.map(compile_document, documents))
    return [
        store.write_bytes(f"{store.reports}/report.{language}.pdf", pdf)
        for language, pdf in zip(LANGUAGES, pdfs, strict=True)
    ]
