"""From an edited workbook to a scenario: changed weights and directions, points of experts, and raw values.

A raw value that was changed comes back as a file of the staff's own, ``data/user/<name>/yearbooks.csv``. Every other
change is refused, so that none is lost in silence."""

import re
import tempfile
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from fhi import editions, paths
from fhi.editions import SCHEMAS, alternatives, units_of
from fhi.engine import index
from fhi.engine.cells import Table
from fhi.engine.errors import DataError, MethodError, Problem, misnamed, reject
from fhi.engine.framework import FORMULAS, Framework
from fhi.engine.parameters import Method
from fhi.engine.weighting import experts
from fhi.files import replace_file
from fhi.paths import BASELINE
from fhi.reading.microdata import collect
from fhi.reading.schemas import table_from_cells
from fhi.reading.spreadsheets import Book
from fhi.running.workbook.edits import Value, edits, values
from fhi.running.workbook.sheets import EXPERTS, EXPORTED, NODE_COLUMNS, VALUES
from fhi.scenarios import Scenario, layers_of, load_scenario, merged, own_settings, scenario_names, validated
from fhi.store import to_csv

#: the file of the raw values that were changed, as one of the staff's own, and its columns
FILE = "yearbooks.csv"
COLUMNS = ["city", "year", "measure", "value"]
MARK = "# Written by python -m fhi import; importing again under this name replaces it."
NAME = re.compile(r"[^\W_][\w-]*")


def import_workbook(path: Path, name: str | None = None) -> list[str]:
    """Write what a workbook changes as a scenario file; return what changed, nothing if nothing did.

    Parameters
    ----------
    path : Path
        A workbook of `workbook.sheets`, or one with a sheet ``framework`` or ``experts`` of the same columns. Raw
        values are read from the first alone, since it holds what they were.
    name : str, optional
        The scenario to write, ``notebooks/scenarios/<name>.yml`` (default: the name of the file).

    Returns
    -------
    list of str
        One line a change.

    Raises
    ------
    DataError
        With every bad cell, and every changed one that is not read back: sheet, row, column, value, remedy. Nothing is
        written.
    MethodError
        If the name cannot be that of a new scenario, or the method so changed is refused. Nothing is written.
    """
    name = path.stem if name is None else name
    target = _target_file(name)
    book = Book(path)
    base = _base_scenario(book)
    method = load_scenario(base)
    cities, tree = units_of(method.edition)
    framework = Framework.from_table(tree)
    settings = own_settings(base) if base != BASELINE else {}
    changes: list[str] = []
    if "framework" in book:
        changes += _take_framework(book, framework, method, settings)
    if EXPERTS in book:
        changes += _take_points(book, framework, method, settings)
    found = _dated(values(edits(book), book, framework), method, book)
    if found:
        own = _value_rows(found, method, base, name, _imported(base))
        settings["user_data"] = {"folder": name, "replaces": "cell"}
        changes += [f"{v.indicator} of {v.city}, {v.year}: {v.old or 'missing'} → {v.value:g}" for v in found]
    if not any(sheet in book for sheet in ("framework", EXPERTS, EXPORTED)):
        expected = f"a sheet framework or {EXPERTS}"
        raise DataError([Problem(book.name, None, None, None, expected, "start from a workbook of make export")])
    if changes:
        settings["description"] = {"zh": f"由工作簿导入，基于方案{base}", "en": f"From a workbook, based on {base}"}
        file = f"scenarios/{name}.yml"
        layers = layers_of(base) | {name: settings}
        index.check(validated(merged(layers, name, file), file), framework, cities.index, file, units=cities)
        if found:
            _write_values(own, name, method)
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        replace_file(target, f"{MARK}\n\n{text}".encode())
    return changes


def _target_file(name: str) -> Path:
    """Return the file of a scenario that may be written by that name.

    Raises
    ------
    MethodError
        If the name is not of letters, digits, ``-`` and ``_`` alone, or belongs to a scenario that was not imported.
    """
    if not NAME.fullmatch(name):
        message = f"{name!r} cannot name a scenario; use letters, digits, - and _."
        raise MethodError(message, key="name", value=name)
    target = paths.SCENARIOS / f"{name}.yml"
    if target.exists() and not _imported(name):
        message = f"there is a scenario {name!r} that was not imported; give another name."
        raise MethodError(message, key="name", value=name)
    return target


def _imported(name: str) -> bool:
    return (paths.SCENARIOS / f"{name}.yml").read_text(encoding="utf-8", errors="replace").startswith(MARK)


def _base_scenario(book: Book) -> str:
    """Return the scenario that a workbook was exported from, as its sheet ``about`` says; without one the baseline."""
    if "about" not in book:
        return BASELINE
    rows = book.read("about", lambda header, rows: rows)
    named = ((number, "".join(cells[1:2])) for number, cells in rows if cells[:1] == ["scenario"])
    row, base = next(named, (1, BASELINE))
    if base not in scenario_names(paths.SCENARIOS):
        valid, remedy = scenario_names(paths.SCENARIOS), "write the name of a file in notebooks/scenarios/"
        raise DataError([misnamed(book.shown("about"), row, "value", base, valid, "the name of a scenario", remedy)])
    return base


def _take_framework(book: Book, framework: Framework, method: Scenario, settings: dict[str, Any]) -> list[str]:
    """Put the weights and directions of the sheet into the settings; return the changes."""
    file = book.shown("framework")
    before = framework.with_weights(dict(method.weights)).with_directions(dict(method.directions))

    def parse(header, rows):
        # an older workbook has no columns for these
        lacking = [name for name in FORMULAS if name not in header]
        rows = [(row, [*cells, *[""] * (len(header) + len(lacking) - len(cells))]) for row, cells in rows]
        table = table_from_cells([*header, *lacking], rows, SCHEMAS["framework"], file=file)
        Framework.from_table(table, file)
        _refuse_other_changes(table, before, file)
        return table

    table = book.read("framework", parse)
    sheet, changes = table.set_index("code"), []
    for column, nodes in (("weight", framework.nodes), ("direction", framework.indicators)):
        own, present = sheet[column], getattr(before, f"{column}s")
        changes += [
            f"{column} of {node}: {present[node]:g} → {own[node]:g}" for node in nodes if own[node] != present[node]
        ]
        printed = getattr(framework, f"{column}s")
        differ = {node: own[node].item() for node in nodes if own[node] != printed[node]}
        settings.pop(f"{column}s", None)
        if differ or getattr(method, f"{column}s"):
            # an empty one as well, in place of those of the base
            settings[f"{column}s"] = differ
    return changes


def _refuse_other_changes(table: pd.DataFrame, before: Framework, file: str) -> None:
    """Raise `DataError` for every cell that differs and cannot be read back."""
    problems, columns = [], list(SCHEMAS["framework"].columns)
    codes, tree = list(before.table.index), before.table.reindex(columns=columns)
    for row, code in zip(table["row"], table["code"], strict=True):
        if code not in codes:
            remedy = "remove the row; nodes are added in the raw framework.csv"
            problems.append(misnamed(file, row, "code", code, codes, "a node of framework.csv", remedy))
    for code in codes:
        if code not in set(table["code"]):
            problems.append(Problem(file, None, "code", None, f"a row of the node {code}", "put the row back"))
    editable = {"weight": before.nodes, "direction": before.indicators}
    for _, item in table.iterrows():
        for column in columns:
            if item["code"] not in codes or item["code"] in editable.get(column, ()):
                continue
            found, wanted = item[column], tree.at[item["code"], column]
            if found != wanted and not (pd.isna(found) and pd.isna(wanted)):
                shown = None if pd.isna(found) else found
                remedy = "put it back; other changes of the tree are made in the raw framework.csv"
                problems.append(Problem(file, item["row"], column, shown, _expected(wanted), remedy))
    reject(problems)


def _expected(value: object) -> str:
    if pd.isna(value):
        return "an empty cell"
    return f"{value:g} as exported" if isinstance(value, Real) else f"{value!r} as exported"


def _take_points(book: Book, framework: Framework, method: Scenario, settings: dict[str, Any]) -> list[str]:
    """Put the points of experts into the settings, if there are any; return the changes."""
    points = book.read(EXPERTS, lambda header, rows: _points(header, rows, framework, book.shown(EXPERTS)))
    if points.empty:
        return []
    points = points.dropna(axis=1, how="all").dropna(axis=0, how="all")
    step = method.weighting
    given = step.params.get(EXPERTS) if step.method == "budget-allocation" else None
    if given is not None and _same(points, experts.points(given, framework.nodes)):
        return []
    table = {expert: {node: _plain(value) for node, value in points[expert].dropna().items()} for expert in points}
    others = {key: value for key, value in step.params.items() if step.method == "budget-allocation"}
    settings["weighting"] = {"method": "budget-allocation", **others, EXPERTS: table}
    return [f"points of {len(table)} expert{'s' if len(table) > 1 else ''}: {', '.join(table)}"]


def _points(header: list[str], rows: list[tuple[int, list[str]]], framework: Framework, file: str) -> pd.DataFrame:
    """Return nodes × experts, the columns left out that only name the nodes; empty if there are no points."""
    keep = [place for place, name in enumerate(header) if name == "node" or name not in NODE_COLUMNS]
    cells = [(number, [line[place] for place in keep]) for number, line in rows]
    if not any(any(line[1:]) for _, line in cells):
        return pd.DataFrame()
    return experts.points(Table(file, [header[place] for place in keep], cells), framework.nodes)


def _same(points: pd.DataFrame, other: pd.DataFrame) -> bool:
    other = other.dropna(axis=1, how="all").dropna(axis=0, how="all")
    return set(other) == set(points) and other.reindex(index=points.index, columns=points.columns).equals(points)


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def _dated(found: list[Value], method: Method, book: Book) -> list[Value]:
    """Return the values with the year that each is of, each cell of the panel once.

    Raises
    ------
    DataError
        If one cell has two values, or is of a later year than the scenario.
    """
    years = [int(row[2]) for row in book.cells(VALUES)[1:] if row[2].isdigit()] if VALUES in book else []
    edition = method.year or max(years, default=None)
    kept, problems = {}, []
    for value in found:
        value = value._replace(year=edition if value.year is None else value.year)
        place, cell = value[:3], f"{value.indicator} of {value.city}, {value.year}"
        if kept.setdefault(place, value).value != value.value:
            remedy = "write it in one of the sheets raw and provenance, and put the other back"
            problems.append(Problem(book.name, None, cell, value.value, f"one value ({kept[place].value:g})", remedy))
        if method.year and value.year > method.year:
            expected = f"a year up to {method.year}, that of the scenario"
            problems.append(Problem(book.shown(VALUES), None, cell, value.value, expected, "put it back"))
    reject(problems)
    return list(kept.values())


def _value_rows(found: list[Value], method: Method, base: str, name: str, imported: bool) -> pd.DataFrame:
    """Return the rows of the file `FILE`, with those that the scenario `base` was imported with before.

    Raises
    ------
    MethodError
        If that scenario has files of its own beside which these cannot stand, or the folder is in use.
    """
    before, given = pd.DataFrame(columns=COLUMNS), method.user_data
    if given is not None:
        if not (imported and given.folder == base and _is_own(paths.USER / base)):
            what = f"data/user/{given.folder}" if given.folder else "made up by seed"
            message = f"its indicators come from files ({what}); change the value there, not in the workbook."
            raise MethodError(message, file=f"scenarios/{base}.yml", key="user_data", value=given.folder)
        before = pd.read_csv(paths.USER / base / FILE)
    if (paths.USER / name).exists() and not _is_own(paths.USER / name):
        message = f"the folder data/user/{name} holds files that were not imported; give another name."
        raise MethodError(message, key="name", value=name)
    new = pd.DataFrame([(v.city, v.year, v.indicator, v.value) for v in found], columns=COLUMNS)
    table = pd.concat([frame for frame in (before, new) if len(frame)], ignore_index=True)
    return table.drop_duplicates(COLUMNS[:3], keep="last").sort_values(["measure", "city", "year"], ignore_index=True)


def _is_own(folder: Path) -> bool:
    return [path.name for path in folder.glob("*")] == [FILE] and list(pd.read_csv(folder / FILE, nrows=0)) == COLUMNS


def _write_values(table: pd.DataFrame, name: str, method: Method) -> None:
    """Write the file `FILE`, once it is sure that it is read back as it stands.

    Raises
    ------
    DataError
        With the cells that would not be; nothing is written.
    """
    tables = alternatives.described(editions.load(method.edition), method)
    content, shown = to_csv(table).encode("utf-8"), f"data/user/{name}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(content)
        found = collect(Path(folder), tables, Framework.from_table(tables["framework"]), shown=shown, year=method.year)
    if len(found.panel) != len(table):
        raise DataError(Problem(*case) for case in found.refused.itertuples(index=False, name=None))
    replace_file(paths.USER / name / FILE, content)
