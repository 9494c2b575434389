"""The table of the staff's own files: what came from which, and how it was read."""

from __future__ import annotations

from fhi.editions.outputs import GIVEN
from fhi.showing.figures.registry import Tables
from fhi.showing.report.tables import Cell, Table, node_names
from fhi.showing.report.texts import NOTHING, decimal, said, same

UNDERSTOOD = "microdata/understood"
HEADS = ("file", "range", "measure", "unit", "years", "cities", "values", "citation")


def own_files(tables: Tables) -> Table:
    """Return one row an indicator of a table, and one a list with the columns that were taken from it."""
    found, names = tables[UNDERSTOOD], node_names(tables)
    lists = found["layout"] == "list"
    rows: list[list[Cell]] = []
    for row in found[~lists].to_dict("records"):
        where = " ".join(text for text in (_said(row["sheet"]), row["range"]) if text)
        counts = [decimal(row["cities"], 0), decimal(row["values"], 0)]
        measure = names.get(row["measure"], same(row["measure"]))
        rows.append(_row(row, where, measure, [_text(row["unit"]), _text(row["years"]), *counts]))
    for (_, sheet), columns in found[lists].groupby(["file", "sheet"], sort=False, dropna=False):
        row = columns.iloc[0].to_dict()
        pairs = zip(columns["heading"], columns["measure"], strict=True)
        read = ", ".join(f"{heading} → {name}" for heading, name in pairs)
        rows.append(_row(row, sheet, same(read), [NOTHING, NOTHING, NOTHING, decimal(row["values"], 0)]))
    labels = tuple(sorted({*tables["panel"]["evidence"]} & set(GIVEN))) or ("user",)
    heads = [said(f"files.{name}") for name in HEADS]
    options = {"texts": (1, 2, 3, 4, 7), "file": UNDERSTOOD, "widths": (1.4, 1.1, 2.2, 0.8, 0.9, 0.5, 0.6, 1.2)}
    return Table("table-files", said("files.title"), heads, rows, said("files.note"), labels, **options)


def _row(row: dict, where: str, measure: Cell, rest: list[Cell]) -> list[Cell]:
    return [same(row["file"]), _text(where), measure, *rest, _text(row["citation"])]


def _text(value: object) -> Cell:
    return same(_said(value)) if _said(value) else NOTHING


def _said(value: object) -> str:
    """Return a cell as a text: nothing for a missing one, a year without decimals."""
    if value is None or value != value:
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value)
