"""What the print says, in one language, as plain values: cover, front matter, chapters, profiles, annex, colophon."""

import re
from collections.abc import Container, Mapping, Sequence
from functools import cache
from itertools import pairwise

import pandas as pd
import yaml

from fhi.codebook.glossary import terms
from fhi.editions.edition import Edition
from fhi.files import digest
from fhi.paths import ROOT
from fhi.scenarios import Scenario, load_scenario
from fhi.showing.figures.audit import VERDICTS
from fhi.showing.figures.documents import ASSETS
from fhi.showing.figures.evidence import cited
from fhi.showing.figures.registry import BEYOND
from fhi.showing.figures.style import EVIDENCE_SIGNS, FAMILY, PILLARS, source_line
from fhi.showing.report.contents import LABELS, altered_notice, chapters, front, parts_of
from fhi.showing.report.opening import findings
from fhi.showing.report.pictures import Drawn, drawn, map_svg, picture, svg_size
from fhi.showing.report.profiles import Field
from fhi.showing.report.tables import Cell, Table, has, profiled, shown_units
from fhi.showing.report.texts import in_both, unit_head, unit_words
from fhi.store import Store

#: the width in points of a drawing that fills the width of the text
DRAWN = 720
#: a figure no wider than this share of the text is one of a pair
HALF = 0.5
#: the colour of what belongs to no pillar
COVER = "#0b3c6f"
#: a word longer than this may be broken anywhere
LONGEST_WORD = 28
#: units whose lines stand out on the cover
BRIGHT = 3
#: tables that stand in a chapter, by its part, where they are short enough to fill a page that a figure leaves
PLACED = {
    "table-agreement": "beyond",
    "table-comparison": "beyond",
    "table-external": "robustness",
    "table-bounds": "identified",
    "table-contradictions": "audit",
    "table-choices": "robustness",
    "table-tree": "method",
    "table-assumptions": "identified",
}
SHORT = 30
#: tables whose columns need the page on its side
LANDSCAPE = {"ledger"}


@cache
def _words() -> dict[str, dict[str, str]]:
    return yaml.safe_load((ASSETS / "print.yml").read_text(encoding="utf-8"))


def words(language: str) -> dict[str, str]:
    """Return the words of the print in a language, by name."""
    return {name: text[language] for name, text in _words().items()}


def _words_for(store: Store, language: str) -> dict[str, str]:
    """Return the words of the print: those for data where no published ranks are rebuilt, none of absent bounds."""
    said = words(language)
    if not has(store, "tables/published_ranks"):
        said |= {name: said[f"{name}-data"] for name in ("independent", "original", "reproduces")}
    if not has(store, "bounds"):
        said["profiles-opening"] = said["profiles-opening-plain"]
    return said


def document(store: Store, language: str) -> dict:
    """Return everything that the print says, in one language, as plain values.

    Parameters
    ----------
    store : Store
        Of the scenario.
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    DataError
        If a table is missing; `FileNotFoundError` if a picture is.
    """
    chosen = load_scenario(store.scenario)
    said, told = _words_for(store, language), Told(store, language)
    opening = {name: text[language] for name, text in front(store, chosen).items()}
    figures = [figure(found, store, told) for found in drawn(store)]
    book, placed = _placed(chapters(store, chosen), {part["name"] for part in parts_of(figures, store)})
    parts = [
        _part(part, place, language, told, placed.get(part["name"], []))
        for place, part in enumerate(parts_of(figures, store), start=1)
    ]
    return {
        "language": language,
        "fonts": FAMILY,
        "title": opening["title"],
        "altered": altered_notice(store)[language],
        "words": said,
        # beside a finding, what the audit says of the report's number; the annex has our judgement of the headlines
        "verdicts": {name: look[language] for name, look in VERDICTS.items()},
        "cover": _cover(store, chosen, language, opening, said),
        "foreword": told.texts("foreword"),
        "reading": told.texts("how-to-read"),
        "labels": _labels(language),
        "summary": told.summary(said),
        "ranking": _ranking(store, chosen, language, said),
        "parts": parts,
        "profiles": _profiles(store, chosen, language, said, len(parts) + 1),
        "annex": _annex(store, book, language, parts, told),
        "back": _back(store, chosen, language, opening, said),
    }


class Told:
    """The findings of an edition in a language, by kind (`fhi.editions.findings`); none where it has none."""

    def __init__(self, store: Store, language: str):
        self.store, self.language, self.words = store, language, words(language)
        self.headlines = findings(store, "headline")

    def texts(self, kind: str, of: str = "") -> list[dict[str, str]]:
        """Return the sentences of a kind in order, those whose id begins with `of` and a number.

        Parameters
        ----------
        kind : str
            Of findings.
        of : str
            What their ids begin with.
        """
        parts = [(*id.rsplit("-", 1), id, row) for id, row in findings(self.store, kind).items()]
        parts.sort(key=lambda part: int(part[-3]) if part[-3].isdigit() else 0)
        return [self._told(id, row) for first, *_, id, row in parts if not of or first == of]

    def headline(self, id: str) -> str:
        """Return the sentence over a figure; empty if it has none or it does not hold."""
        return self.headlines.get(id, {}).get(self.language, "")

    def summary(self, said: Mapping[str, str]) -> list[dict]:
        """Return the four answers of the summary that have sentences."""
        names = [name for name in said if name.startswith("summary-")]
        found = [{"title": said[name], "items": self.texts("summary", name)} for name in names]
        return [answer for answer in found if answer["items"]]

    def _told(self, id: str, row: Mapping) -> dict[str, str]:
        page = row["page"] and self.words["of-page"].format(page=row["page"])
        return {"id": id, "text": breakable(row[self.language]), "page": page, "verdict": row["verdict"]}


def figure(given: Drawn, store: Store, told: Told) -> dict:
    """Return one figure: its picture or blocks, its width as a share of the page, and what stands around it.

    Parameters
    ----------
    given : object
        The figure with what was drawn of it.
    store : Store
        Of the scenario.
    told : Told
        The findings.
    """
    language, entry = told.language, given.entry
    title, caption = entry.title[language], given.caption[language]
    found = {
        "id": entry.id,
        "part": entry.part,
        "headline": told.headline(entry.id),
        "title": title,
        "caption": breakable(caption),
        "evidence": list(entry.evidence),
        "source": source_line(entry, language),
        "tables": sorted({name.rsplit("/", 1)[-1] for name in entry.read}),
        "blocks": None,
        "svg": None,
        "share": 1.0,
    }
    if given.blocks:
        return found | {"blocks": given.blocks[language], "share": HALF if entry.half else 1.0}
    svg = picture(entry, store, language)
    return found | {"svg": svg, "share": min(svg_size(svg)[0] / DRAWN, 1.0), "alt": f"{title}: {caption}"}


def _placed(book: Sequence[Mapping], parts: Container[str]) -> tuple[list[dict], dict[str, list[Table]]]:
    """Return the chapters of tables without those that stand among the figures of a part, and these by part."""
    placed: dict[str, list[Table]] = {}
    left = []
    for chapter in book:
        kept = []
        for table in chapter["tables"]:
            part = PLACED.get(table.id)
            if part in parts and len(table.rows) <= SHORT:
                placed.setdefault(part, []).append(table)
            else:
                kept.append(table)
        left.append({**chapter, "tables": kept})
    return left, placed


def _part(part: Mapping, number: int, language: str, told: Told, tables: Sequence[Table]) -> dict:
    """Return a chapter of figures with its opening paragraph and findings, and the tables that stand in it."""
    opening = [row["text"] for row in told.texts("chapter", part["name"])]
    colour = PILLARS.get(part["name"], COVER)
    return {
        "name": part["name"],
        "number": str(number),
        "begins": number == 1 or part["name"] not in BEYOND or part["name"] == next(iter(BEYOND)),
        "title": part["title"][language],
        "colour": colour,
        "opening": opening,
        "findings": told.texts("finding", part["name"]),
        "rows": [[item | {"colour": colour} for item in row] for row in paired(part["figures"])]
        + [[{"table": plain(table, language)}] for table in tables]
        + [[{"also": also}] for also in [told.texts("also", f"{part['name']}-also")] if also],
    }


def paired(figures: Sequence[dict]) -> list[list[dict]]:
    """Return figures in rows: two of half the width that stand next to one another share a row."""
    rows: list[list[dict]] = []
    for item in figures:
        last = rows[-1] if rows else []
        if item["share"] <= HALF and len(last) == 1 and last[0]["share"] <= HALF:
            last.append(item)
        else:
            rows.append([item])
    return rows


def _cover(store: Store, chosen: Scenario, language: str, opening: Mapping[str, str], said: Mapping[str, str]) -> dict:
    """Return what stands on the cover: title, edition, publication, version, and its picture."""
    edition = store["tables/edition"].set_index("key")
    year = chosen.year or int(store["year_scores"]["year"].max())
    return {
        "subtitle": opening["subtitle"],
        "lead": opening["lead"],
        "edition": said["edition"].format(year=year),
        "reproduces": said["reproduces"].format(citation=cited(store)[language]),
        "publisher": said["original"].format(publisher=edition.at["publisher", language])
        if "publisher" in edition.index
        else "",
        "version": said["version"].format(version=project()["version"]),
        "notice": opening["notice"],
        "svg": cover_svg(store),
    }


def cover_svg(store: Store) -> str:
    """Return the picture of the cover: a line for each unit through its ranks in the index and the pillars."""
    ranks = store["ranks"].set_index("city")
    nodes = store["tables/framework"]
    shown = [code for code in nodes.loc[nodes["level"] <= 1, "code"] if ranks[code].notna().sum() > 1]
    units = shown_units(store)["city"]
    ranks = ranks.loc[[unit for unit in units if unit in ranks.index], shown].rank(method="first")
    last, step = max(len(ranks), 2), 1000 / max(len(shown) - 1, 1)
    hues = ["#ffffff", *(PILLARS[name] for name in ("industry", "experience", "ecosystem"))]
    lines, dots = [], []
    for place, (_, row) in enumerate(ranks.iterrows()):
        points = [(at * step, 40 + (rank - 1) / (last - 1) * 620) for at, rank in enumerate(row) if pd.notna(rank)]
        first = place < BRIGHT
        look = f'stroke-width="{5 if first else 2.4}" stroke-opacity="{0.95 if first else 0.4}"'
        path = "".join(
            f"M{x:.0f} {y:.1f}C{(x + to) / 2:.0f} {y:.1f} {(x + to) / 2:.0f} {end:.1f} {to:.0f} {end:.1f}"
            for (x, y), (to, end) in pairwise(points)
        )
        lines.append(f'<path d="{path}" fill="none" stroke="#ffffff" {look}/>')
        dots += [
            f'<circle cx="{x:.0f}" cy="{y:.1f}" r="{11 if first else 7}" fill="{hues[at % len(hues)]}" stroke="#fff"/>'
            for at, (x, y) in enumerate(points)
        ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 0 1040 700">{"".join(lines + dots)}</svg>'


def _ranking(store: Store, chosen: Scenario, language: str, said: Mapping[str, str]) -> dict:
    """Return the table of the summary: ranks of the first units, published and reconstructed, with their interval."""
    field = Field(store, language, chosen.year)
    rows = []
    for unit in field.units[: printed_profiles(store)]:
        sure = field.uncertainty(unit)
        parts = [field.pillar(unit, code) for code in field.uppers]
        ranks = [(part["published"], part["reconstructed"]) for part in parts]
        interval, scores = (sure[name]["text"] if sure[name] else "" for name in ("ranks", "scores"))
        rows.append({"name": field.names[unit], "ranks": ranks, "interval": interval, "scores": scores})
    heads = [unit_head(store)[language], *(field.nodes[code] for code in field.uppers)]
    key = field.said["rank_key" if len(field.published) else "rank_key_own"]
    ends = [said["interval"] if any(row["interval"] for row in rows) else ""]
    ends += [said["scores"] if any(row["scores"] for row in rows) else ""]
    return {"heads": [*heads, *ends], "rows": rows, "key": key}


def _profiles(store: Store, chosen: Scenario, language: str, said: Mapping[str, str], number: int) -> dict:
    """Return the chapter of profiles: those that the edition prints, best first."""
    field, units = Field(store, language, chosen.year), unit_words(store)
    printed = field.units[: printed_profiles(store)]
    named = {"unit": units["one"][language], "units": units["many"][language]}
    opening = said["profiles-opening"].format(**named)
    if len(printed) < len(field.units):
        shown = len(profiled(store))
        key = "profiles-chosen" if shown == len(field.units) else "profiles-chosen-many"
        opening += " " * (language == "en") + said[key].format(count=len(printed), shown=shown)
    items = [field.profile(unit) for unit in printed]
    for item in items:
        item["svg"] = map_svg(item["map"]) if item["map"] else None
        item["said"] = {name: text for name, text in item["said"].items() if "{" not in text}
    return {"title": said["profiles"].format(**named), "number": str(number), "opening": opening, "items": items}


def printed_profiles(store: Store) -> int:
    """Return how many profiles the edition prints."""
    return int(store["tables/edition"].set_index("key")["en"].get("profiles", Edition.model_fields["profiles"].default))


def profile_sheets(store: Store, language: str) -> dict:
    """Return the profiles that are printed, to be set alone: with the labels, and what stands at their foot.

    Parameters
    ----------
    store : Store
        Of the scenario.
    language : str
        ``zh`` or ``en``.
    """
    chosen, said = load_scenario(store.scenario), words(language)
    title = front(store, chosen)["title"][language]
    items = _profiles(store, chosen, language, said, 1)["items"]
    about = {"language": language, "fonts": FAMILY, "labels": _labels(language)}
    return about | {"items": items, "foot": f"{title} · {said['independent']}"}


def _labels(language: str) -> dict[str, dict[str, str]]:
    return {
        name: {"name": label["name"][language], "meaning": label["meaning"][language], "sign": EVIDENCE_SIGNS[name]}
        for name, label in LABELS.items()
    }


def _annex(store: Store, book: Sequence[Mapping], language: str, parts: list[dict], told: Told) -> list[dict]:
    """Return the tables of the annex by section: results, method, ledger, the figures' data, sources."""
    said = told.words
    sections = [
        {
            "title": chapter["title"][language],
            "landscape": chapter["id"] in LANDSCAPE,
            "tables": [plain(table, language) for table in chapter["tables"]],
        }
        for chapter in book
        if chapter["tables"]
    ]
    if judged := told.texts("report-headline"):
        rows = [[row["page"].strip(), row["text"], said.get(row["verdict"], "")] for row in judged]
        heads = [said["page"], said["headline"], said["verdict"]]
        table = _table(said["headlines"], heads, rows, (0.9, 6.4, 0.9), said["headlines-note"])
        sections.insert(0, {"title": said["headlines"], "landscape": False, "tables": [table]})
    rows = [
        [item["id"], item["title"], breakable(f"{item['id']}.csv"), breakable(said["list"].join(item["tables"]))]
        for part in parts
        for row in part["rows"]
        for item in row
        if "id" in item
    ]
    heads = [said[name] for name in ("note-figure", "note-title", "note-file", "note-tables")]
    notes = _table(said["notes"], heads, rows, (0.45, 3.2, 1.7, 4.6), said["notes-note"]) | {"of_figures": True}
    sections.append({"title": said["notes"], "landscape": False, "tables": [notes, _sources(store, said)]})
    for letter, section in zip("ABCDEFGHIJ", sections, strict=False):
        section["letter"] = letter
        for place, table in enumerate(section["tables"], start=1):
            table["number"] = f"{letter}.{place}"
    return sections


def _sources(store: Store, said: Mapping[str, str]) -> dict:
    rows = store["tables/sources"].fillna("").astype(str)
    name = "source_id" if "source_id" in rows else "file"
    cells = [
        [breakable(row[name]), breakable(row.get("date", "")), row.get("sha256", "")[:12]]
        for row in rows.to_dict("records")
    ]
    heads = [said[name] for name in ("source-id", "source-date", "source-sum")]
    return _table(said["sources"], heads, cells, (3.0, 1.3, 1.4), said["sources-note"]) | {"across": 2}


def _table(title: str, heads: list[str], rows: list[list], widths: tuple[float, ...], note: str = "") -> dict:
    texts = list(range(len(heads)))
    found = {"title": title, "note": note, "heads": heads, "rows": rows, "evidence": [], "texts": texts}
    return found | {"widths": list(widths)}


def _back(store: Store, chosen: Scenario, language: str, opening: Mapping[str, str], said: Mapping[str, str]) -> dict:
    """Return glossary, acknowledgements, how to cite, colophon."""
    edition, about = store["tables/edition"].set_index("key"), project()
    publisher = str(edition.at["publisher", language]) if "publisher" in edition.index else ""
    citation = cited(store)[language]
    filled = {"citation": citation, "publisher": publisher, "title": opening["title"], "scenario": store.scenario}
    filled |= {"version": about["version"], "authors": about["authors"][0]["name"]}
    filled |= {"description": in_both(chosen.description).get(language, "")}
    sums = sorted(store["tables/sources"].get("sha256", pd.Series(dtype=str)).dropna())
    filled |= {"count": len(sums), "digest": digest("\n".join(sums).encode())}
    lines = ["independent", "colophon-scenario", "colophon-sum", "colophon-font"]
    lines += ["colophon-map"] if has(store, "tables/top20") else []
    other = {"zh": "en", "en": "zh"}[language]
    known = sorted(terms(), key=lambda term: term.en.lower()) if language == "en" else terms()
    return {
        "glossary": [[getattr(term, name) for name in (language, other, f"meaning_{language}")] for term in known],
        "acknowledgements": [said["acknowledgements-text"].format(**filled), *_credits(store, language, said)],
        "cite": said["cite-text"].format(**filled),
        "colophon": [breakable(said[name].format(**filled)) for name in lines],
        "rights": opening["rights"],
    }


def _credits(store: Store, language: str, said: Mapping[str, str]) -> list[str]:
    """Return the people and organisations that the publication names, with their parts in it."""
    lines = []
    if has(store, "tables/people"):
        names = store["tables/people"].sort_values("position")[f"name_{language}"]
        lines.append(said["people"].format(names=said["list"].join(names)))
    if has(store, "tables/organisations"):
        rows = store["tables/organisations"]
        named = [
            said["with-part"].format(name=name, part=about)
            for name, about in zip(rows[f"name_{language}"], rows[f"about_{language}"], strict=True)
        ]
        lines.append(said["organisations"].format(names=said["break"].join(named)))
    return lines


@cache
def project() -> dict:
    """Return what the project says of itself for those who cite it."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def plain(table: Table, language: str) -> dict:
    """Return a table in one language: cells are strings, texts with a mark, or lists of labels of evidence.

    Parameters
    ----------
    table : Table
    language : str
        ``zh`` or ``en``.
    """
    return {
        "title": table.title[language],
        "note": table.note.get(language, ""),
        "heads": [head[language] for head in table.heads],
        "rows": [[_cell(cell, language) for cell in row] for row in table.rows],
        "evidence": list(table.evidence),
        "texts": [0, *table.texts],
        "widths": list(table.widths),
        "across": table.across,
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
