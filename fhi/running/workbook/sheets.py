"""The index as a workbook: one sheet a stage, from the built tables of a scenario; nothing in it runs.

The same content gives the same bytes."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from fhi.codebook import columns as codebook
from fhi.codebook import tables
from fhi.codebook.columns import Column
from fhi.editions import SCHEMAS
from fhi.engine.framework import Framework
from fhi.engine.weighting import experts
from fhi.engine.words import label
from fhi.reading.schemas import PANEL
from fhi.running.phrases import TEXTS
from fhi.scenarios import ASIDE, KEYS, Scenario, read_method
from fhi.showing.figures.registry import Texts
from fhi.showing.terminal import width
from fhi.store import Store

#: what the sheets without a table of the codebook hold
ABOUT = TEXTS["sheet"]
EXPERTS = "experts"
#: columns of the sheet of experts that name a node; every other column is an expert
NODE_COLUMNS = ("node", "parent", "name_zh", "name_en")
#: sheets of one row a cell -> the built table that they show, and columns that they have from another table
TABLES = {"weights": "weights", "comparison": "comparison", "provenance": "panel"}
ELSEWHERE = {("weights", "importance"): ("importance", "share")}
#: the sheets of raw values: by unit in the edition's year, and every value of the panel
RAW, VALUES = "raw", "provenance"
#: the hidden sheet with what the others held when they were written
EXPORTED = "exported"
#: the columns that tell the rows of a sheet apart; of others it is the first
ROW_KEYS = {"comparison": ("node", "city"), VALUES: ("city", "year", "indicator"), "sources": ("source_id",)}
SCORE, SHARE, WHOLE, PLAIN = "0.0", "0.0000", "0", "General"


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    name : str
    about : mapping
        What it holds, by language.
    head : list of list
        Header rows; the first holds the names that the columns have in the files.
    rows : list of list
    number : str
        Number format of the numbers; `formats` has those of single columns.
    frozen : int
        Columns that stay in sight.
    editable : mapping
        By column, the rows (counted from 0) that `python -m fhi import` reads back.
    marks : mapping
        ``(row, column)`` -> ``filled`` or ``treated``, counted from 0.
    hidden : bool
        Not shown in a spreadsheet program.
    """

    name: str
    about: Texts
    head: list[list]
    rows: list[list]
    number: str = PLAIN
    formats: Mapping[str, str] = field(default_factory=dict)
    frozen: int = 0
    editable: Mapping[str, list[int]] = field(default_factory=dict)
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False


def sheets(store: Store) -> list[Sheet]:
    """Return the sheets of a built scenario, the one that explains the others first."""
    method = read_method(store)
    tree = Framework.from_table(store["tables/framework"]).with_weights(dict(method.weights))
    tree = tree.with_directions(dict(method.directions))
    found = [
        framework_sheet(tree),
        _experts_sheet(tree, method),
        *_stage_sheets(store, tree),
        _weights_sheet(store, tree),
        *_score_sheets(store, tree),
        _comparison_sheet(store, tree),
        _provenance_sheet(store, tree),
        _sources_sheet(store),
    ]
    found = [_about_sheet(store.scenario, method, found), *found]
    return [*found, _exported_sheet(found)]


def _exported_sheet(others: list[Sheet]) -> Sheet:
    """Return the hidden sheet that repeats the others, so that what is changed in them can be told."""
    rows = [[sheet.name, *cells] for sheet in others for cells in [*sheet.head, *sheet.rows]]
    width = max(map(len, rows))
    head = ["sheet", *range(1, width)]
    return Sheet(
        EXPORTED, ABOUT[EXPORTED], [head], [[*cells, *[None] * (width - len(cells))] for cells in rows], hidden=True
    )


def title(table: str) -> Texts:
    """Return what a built table is, by language."""
    return tables.table(table).title


def _about_sheet(scenario: str, method: Scenario, others: list[Sheet]) -> Sheet:
    """Return the sheet that says what the others are, what the method is, and how to bring changes back."""
    rows = [["scenario", scenario, "", ""]]
    rows += [[f"description_{language}", text, "", ""] for language, text in method.description.items()]
    rows += [["", "", "", ""]]
    for sheet in others:
        rows.append([sheet.name, "", sheet.about["zh"], sheet.about["en"]])
        found = ((head, described(sheet.name, head)) for head in sheet.head[0])
        rows += [[sheet.name, head, column.zh, column.en] for head, column in found if column]
    rows += [["", "", "", ""]]
    rows += [
        [key, label(value), "", ""] for key, value in ((key, getattr(method, key)) for key in KEYS if key not in ASIDE)
    ]
    how = ABOUT["import"]
    rows += [["", "", "", ""], ["import", "", how["zh"], how["en"]]]
    return Sheet("about", ABOUT["about"], [["item", "value", "说明", "about"]], rows, frozen=1)


def described(sheet: str, head: str) -> Column | None:
    """Return what a column of a sheet with one row a cell means, by the codebook; None if it says nothing of it.

    Parameters
    ----------
    sheet, head : str
        The name of the sheet, and the head of the column.

    Returns
    -------
    Column or None
    """
    table, name = ELSEWHERE.get((sheet, head), (TABLES.get(sheet), head))
    return codebook.column(table, name, {}) if table else None


def framework_sheet(tree: Framework) -> Sheet:
    """Return the indicator tree with the columns of framework.csv, weights and directions as the scenario has them."""
    columns = list(SCHEMAS["framework"].columns)
    # a tree without formulas and denominators has no columns for them
    table = tree.table.reindex(columns=columns)
    inner = table.index != tree.root
    return Sheet(
        "framework",
        ABOUT["framework"],
        [columns],
        table.to_numpy(dtype=object).tolist(),
        frozen=2,
        editable={
            "weight": [row for row, below in enumerate(inner) if below],
            "direction": [row for row, code in enumerate(table.index) if code in tree.indicators],
        },
    )


def _experts_sheet(tree: Framework, method: Scenario) -> Sheet:
    """Return the points that experts gave; without any, room for three experts."""
    given = method.weighting.params.get(EXPERTS) if method.weighting.method == "budget-allocation" else None
    points = experts.points(given, tree.nodes) if given is not None else pd.DataFrame()
    names = list(points) or [f"expert {number}" for number in (1, 2, 3)]
    points = points.reindex(index=tree.nodes, columns=names)
    names_of = [tree.parents, tree.names("zh"), tree.names("en")]
    rows = [[node, *(column[node] for column in names_of), *points.loc[node]] for node in tree.nodes]
    editable = {name: list(range(len(rows))) for name in names}
    return Sheet(EXPERTS, ABOUT[EXPERTS], [[*NODE_COLUMNS, *names]], rows, frozen=1, editable=editable)


def _by_city(store: Store, table: pd.DataFrame, columns: list[str]) -> list[list]:
    names = store["tables/cities"].set_index("name_zh")["name_en"]
    values = table.set_index("city").reindex(columns=columns)
    return [[city, names.get(city), *row] for city, row in zip(values.index, values.to_numpy().tolist(), strict=True)]


def _heads(tree: Framework, columns: list[str], *extra: str) -> list[list]:
    """Return header rows over columns of nodes: code, names, and further columns of the framework."""
    rows = [["city", "city_en", *columns], ["城市", "city", *tree.names("zh")[columns]]]
    rows.append(["", "", *tree.names("en")[columns]])
    return rows + [[name, "", *tree.table.loc[columns, name]] for name in extra]


def _stage_sheets(store: Store, tree: Framework) -> list[Sheet]:
    """Return the indicators raw, treated and normalised, filled and treated cells marked."""
    found = []
    for name, table in (("raw", "indicators"), ("treated", "treated"), ("normalised", "normalised")):
        columns = [leaf for leaf in tree.leaves if leaf in store[table]]
        rows = _by_city(store, store[table], columns)
        number = SCORE if name == "normalised" else "#,##0.00"
        marks = _marks(store, rows, columns) if name == "treated" else {}
        head = _heads(tree, columns, "unit", "direction")
        editable = dict.fromkeys(columns, range(len(rows))) if name == RAW else {}
        sheet = Sheet(name, ABOUT[name], head, rows, number=number, frozen=2, marks=marks, editable=editable)
        found.append(sheet)
    return found


def _marks(store: Store, rows: list[list], columns: list[str]) -> dict[tuple[int, int], str]:
    place = {row[0]: number for number, row in enumerate(rows)}
    marks = {}
    for kind, table in (("filled", "imputation"), ("treated", "treatment")):
        for city, indicator in zip(store[table]["city"], store[table]["indicator"], strict=True):
            marks[place[city], 2 + columns.index(indicator)] = kind
    return marks


def _weights_sheet(store: Store, tree: Framework) -> Sheet:
    """Return the weights, inside the parent and in the index, and what each node does to its parent's score."""
    weights = store["weights"].set_index("node")
    importance = store["importance"].set_index("node")["share"]
    rows = [
        [node, tree.parents[node], tree.names("zh")[node], tree.names("en")[node], tree.weights[node]]
        + [*weights.loc[node, ["weight", "effective"]], importance.get(node)]
        for node in tree.nodes
    ]
    head = ["node", "parent", "name_zh", "name_en", "raw", "weight", "effective", "importance"]
    return Sheet("weights", title("weights"), [head], rows, number=SHARE, formats={"raw": PLAIN}, frozen=1)


def _score_sheets(store: Store, tree: Framework) -> list[Sheet]:
    """Return scores and ranks of all nodes, the index first."""
    columns = [tree.root, *tree.nodes]
    head = _heads(tree, columns)
    number = {"scores": SCORE, "ranks": WHOLE}
    return [
        Sheet(name, title(name), head, _by_city(store, store[name], columns), number[name], frozen=2)
        for name in ("scores", "ranks")
    ]


def _comparison_sheet(store: Store, tree: Framework) -> Sheet:
    """Return computed and published ranks side by side."""
    head = ["node", "node_zh", "city", "city_en", "rank", "published", "difference"]
    rows = _rows(_named(store["comparison"], store, tree), head)
    return Sheet("comparison", title("comparison"), [head], rows, number=WHOLE, formats={"difference": "+0;-0;0"})


def _provenance_sheet(store: Store, tree: Framework) -> Sheet:
    """Return the panel: every value with its source and evidence label."""
    citations, panel = store["tables/sources"].set_index("source_id")["citation"], store["panel"]
    cited = panel["source_id"].map(lambda ids: "; ".join(str(citations.get(part, part)) for part in ids.split("+")))
    head = ["city", "city_en", "year", "indicator", "indicator_zh", *PANEL[3:7], "evidence", "source_id", "citation"]
    formats = {"year": WHOLE, **dict.fromkeys(("value", "low", "high"), "#,##0.00")}
    rows = _rows(_named(panel, store, tree).assign(citation=cited), head)
    return Sheet("provenance", title("panel"), [head], rows, formats=formats, frozen=1)


def _named(table: pd.DataFrame, store: Store, tree: Framework) -> pd.DataFrame:
    """Return a table with the names of its units (``city_en``) and nodes (``node_zh``, ``indicator_zh``)."""
    nodes = {f"{column}_zh": table[column].map(tree.names("zh")) for column in {"node", "indicator"} & set(table)}
    return table.assign(city_en=table["city"].map(store["tables/cities"].set_index("name_zh")["name_en"]), **nodes)


def _rows(table: pd.DataFrame, columns: list[str]) -> list[list]:
    return table[columns].to_numpy(dtype=object).tolist()


def _sources_sheet(store: Store) -> Sheet:
    """Return the catalogue of the raw files."""
    table = store["tables/sources"].drop(columns="row")
    return Sheet("sources", ABOUT["sources"], [list(table)], _rows(table, list(table)), frozen=1)


#: a text that begins so would be taken for a formula when it is edited or exported again
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: what XML cannot hold, written as Excel writes it
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
#: no clock: the same workbook at any time
STAMP = datetime.datetime(2018, 11, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
WIDEST, NARROWEST = 60, 6

HEAD_FILL = PatternFill("solid", fgColor="0B3C6F")
LABEL_FILL = PatternFill("solid", fgColor="E8EDF2")
EDIT_FILL = PatternFill("solid", fgColor="FFF4CC")
MARKS = {"filled": PatternFill("solid", fgColor="D6E6F5"), "treated": PatternFill("solid", fgColor="F9DEC6")}


def write_workbook(store: Store) -> Path:
    """Write ``reports/<scenario>/fhi-<scenario>.xlsx``."""
    return store.write_bytes(f"{store.reports}/fhi-{store.scenario}.xlsx", workbook_bytes(sheets(store)))


def workbook_bytes(content: Iterable[Sheet]) -> bytes:
    """Return a workbook of some sheets."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "Fintech Hub Index"
    book.properties.created = book.properties.modified = STAMP
    for sheet in content:
        _fill(book.create_sheet(sheet.name), sheet)
        if sheet.hidden:
            book[sheet.name].sheet_state = "hidden"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return _undated(buffer)


def _undated(buffer: io.BytesIO) -> bytes:
    """Return an archive with its entries as they are but for their dates."""
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as before, zipfile.ZipFile(result, "w") as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            after.writestr(entry, before.read(name))
    return result.getvalue()


def _fill(worksheet: Worksheet, sheet: Sheet) -> None:
    columns = sheet.head[0]
    for number, cells in enumerate(sheet.head, start=1):
        for place, value in enumerate(cells, start=1):
            cell = put(worksheet.cell(number, place), value)
            cell.font = Font(bold=True, color="FFFFFF" if number == 1 else "1C2733")
            cell.fill = HEAD_FILL if number == 1 else LABEL_FILL
            cell.alignment = Alignment(vertical="center")
    first = len(sheet.head) + 1
    for number, cells in enumerate(sheet.rows):
        for place, value in enumerate(cells):
            cell = put(worksheet.cell(first + number, place + 1), value)
            if cell.data_type == "n" and cell.value is not None:
                cell.number_format = sheet.formats.get(columns[place], sheet.number)
            if (number, place) in sheet.marks:
                cell.fill = MARKS[sheet.marks[number, place]]
            elif number in sheet.editable.get(columns[place], ()):
                cell.fill = EDIT_FILL
    worksheet.freeze_panes = worksheet.cell(first, sheet.frozen + 1)
    if len(sheet.head) == 1 and sheet.rows:
        worksheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(sheet.rows) + 1}"
    for place in range(len(columns)):
        texts = [row[place] for row in [*sheet.head, *sheet.rows]]
        widest = max(width(_shown(value)) for value in texts)
        worksheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, max(NARROWEST, widest + 2))
    _restrict(worksheet, sheet, first)


def _restrict(worksheet: Worksheet, sheet: Sheet, first: int) -> None:
    """Let a spreadsheet program refuse a direction other than 1 and -1, and a weight or points below 0."""
    for name, rows in sheet.editable.items() if sheet.name != RAW else ():
        if name == "direction":
            rule = DataValidation(type="list", formula1='"1,-1"', showErrorMessage=True)
        else:
            rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", showErrorMessage=True)
        letter = get_column_letter(sheet.head[0].index(name) + 1)
        for row in rows:
            rule.add(f"{letter}{first + row}")
        worksheet.add_data_validation(rule)


def put(cell: Cell, value: object) -> Cell:
    """Put a value into a cell: a number as a number, a text always as text, what is missing not at all.

    Parameters
    ----------
    cell : openpyxl.cell.Cell
        An empty cell.
    value : object
        A number, a text or a truth, of Python or NumPy.

    Returns
    -------
    openpyxl.cell.Cell
        `cell`.
    """
    if pd.isna(value):
        return cell
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        value = str(value).upper()
    if isinstance(value, int | float):
        cell.value = value
        if float(f"{value:.16g}") != value:
            # openpyxl writes sixteen digits, and some numbers need one more to read back exactly
            cell._value = repr(value)
        return cell
    text = CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_" if match[0] not in "\t\n" else match[0], str(value))
    cell.value = text
    # whatever it looks like, it is no formula and no error value
    cell.data_type = "s"
    if text.startswith(FORMULA) or str(value).startswith(FORMULA):
        cell.quotePrefix = True
        cell.number_format = "@"
    return cell


def _shown(value: object) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
