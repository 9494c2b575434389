"""What a scenario gives beside the raw data: files of the staff's own, or files made up in their place."""

import datetime
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from fhi.editions import alternatives, construction, folders, synthetic
from fhi.engine.errors import DataError, Problem, nearest_names
from fhi.engine.framework import Framework
from fhi.paths import RAW, user_folder
from fhi.reading.microdata import Microdata, collect, file_types
from fhi.reading.schemas import SCHEMAS, read_table
from fhi.scenarios import Scenario
from fhi.store import Store

#: folder of the tables, below the scenario's own
FOLDER = "microdata"


def read(method: Scenario, tables: Mapping[str, pd.DataFrame], framework: Framework, store: Store) -> Microdata:
    """Return what the files of a scenario give; without any, nothing.

    Files that are made up are written into the store first, under ``microdata/``, and read as any others.

    Parameters
    ----------
    method : Scenario
    tables : mapping of str to pandas.DataFrame
        The raw tables of the edition.
    framework : Framework
    store : Store
        Of the scenario.

    Returns
    -------
    Microdata

    Raises
    ------
    DataError
        See `fhi.reading.microdata.collect`.
    """
    given = method.user_data
    if given is None:
        return Microdata.empty()
    options = {"year": method.year, "least_financing": given.least_financing, "rate_gap": given.rate_gap}
    if given.synthetic is None:
        shown = f"data/user/{given.folder}".removesuffix("/.")
        return collect(user_folder(given.folder), tables, framework, shown=shown, **options)
    made = synthetic.files(tables, framework, given.synthetic.years, given.synthetic.seed)
    paths = [store.write_bytes(f"{store.processed}/{FOLDER}/files/{name}", content) for name, content in made.items()]
    folder = paths[0].parent
    for left in {*folder.glob("*.csv")} - {*paths}:
        # an issue that was made up before and is not meant now
        left.unlink()
    return collect(folder, tables, framework, shown="synthetic", **options)


def panel(method: Scenario, tables: Mapping[str, pd.DataFrame], framework: Framework, given: Microdata) -> pd.DataFrame:
    """Return the panel of a scenario: what is constructed from the raw tables, and what its files give in its place.

    Parameters
    ----------
    method : Scenario
    tables : mapping of str to pandas.DataFrame
        The raw tables of the edition.
    framework : Framework
    given : Microdata
        As of `read`.

    Returns
    -------
    pandas.DataFrame
        Long: ``city, year, indicator, value, low, high, unit, source_id, evidence``.
    """
    replaces = method.user_data.replaces if method.user_data else "indicator"
    return construction.panel(tables, framework, given.panel, replaces, alternatives.chosen(method))


def replaced(method: Scenario, tables: Mapping[str, pd.DataFrame], given: Microdata) -> pd.DataFrame:
    """Return the rows of the panel by default that the constructions of a scenario replace; none without any.

    Parameters
    ----------
    method : Scenario
    tables : mapping of str to pandas.DataFrame
        The raw tables, with the default texts of the framework.
    given : Microdata
        As of `read`.

    Returns
    -------
    pandas.DataFrame
        With the columns of `panel`.
    """
    default = method.model_copy(update={"constructions": {}})
    rows = panel(default, tables, Framework.from_table(tables["framework"]), given)
    return rows[rows["indicator"].isin(method.constructions)]


def write(store: Store, given: Microdata) -> None:
    """Write the tables that tell what was read, refused and left open; none where there are no files.

    Parameters
    ----------
    store : Store
        Of the scenario.
    given : Microdata
        As of `read`.
    """
    if given.quality.empty:
        return
    for name in ("quality", "refused", "understood", "intervals", "services"):
        store.write(f"{FOLDER}/{name}", getattr(given, name))


# --- one file, read without writing anything ---------------------------------------------------------------
def dry_run(path: Path, edition: str, year: int | None) -> str:
    """Return what would be understood, used, left outside and refused of one file, and how to resolve the rest.

    The words beside it (vocabulary.csv) count; nothing is written.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    edition : str
        Whose cities, indicators and units count.
    year : int or None
        Of the values (default: the latest year in the name of the file).

    Returns
    -------
    str
        Several lines.

    Raises
    ------
    DataError
        If nothing of the file can be used; its message ends with the lines that may help.
    """
    if not path.is_file():
        raise DataError([Problem(str(path), None, None, None, "a file", "check the path")])
    cities, tree = folders.units_of(edition)
    tables = {"cities": cities.reset_index()}
    for name in ("vocabulary", folders.RATES):
        tables[name] = read_table(RAW / f"{name}.csv", SCHEMAS[name], file=f"data/raw/{name}.csv")
    framework = Framework.from_table(tree)
    with tempfile.TemporaryDirectory(prefix="fhi-read-") as folder:
        for source in (path, path.with_name("vocabulary.csv")):
            if source.is_file():
                shutil.copy(source, Path(folder) / source.name.replace(" ", "-"))
        try:
            given = collect(Path(folder), tables, framework, shown="read", year=year or _latest_year(path.name))
        except DataError as error:
            cells = [(problem.column, str(problem.value or "")) for problem in error.problems]
            lines = _suggestions(cells, tables, framework)[:10]
            more = [Problem("vocabulary.csv", None, None, None, "a line such as", line) for line in lines]
            raise DataError([*error.problems, *more]) from None
    refused = list(zip(given.refused["column"], given.refused["value"].astype(str), strict=True))
    seen = given.quality[given.quality["what"].isin(["measure not read"])]["column"]
    parts = [
        ("understood", given.understood.drop(columns=["file", "kind", "citation"])),
        ("used", given.panel[["city", "year", "indicator", "value", "unit"]]),
        ("counted", given.quality[["what", "column", "rows", "detail"]]),
        ("refused", given.refused[["row", "column", "value", "expected"]]),
    ]
    text = [
        f"{title} ({len(frame)})\n{frame.head(SHOWN).to_string(index=False)}" for title, frame in parts if len(frame)
    ]
    lines = _suggestions([*refused, *(("measure", name) for name in seen)], tables, framework)
    if lines:
        text.append(
            "lines that would resolve the rest (vocabulary.csv beside the file: list,code,written)\n" + "\n".join(lines)
        )
    return "\n\n".join(text)


#: rows shown of each part of a dry run, and lists of the vocabulary by the column that a word stands in
SHOWN, LISTS = 40, {"city": "city", "class": "class", "sector": "sector", "sex": "sex", "measure": "measure"}


def _latest_year(name: str) -> int:
    """Return the year in the name of a file, or the present one: what a scenario without a year would take."""
    found = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", name)
    return int(found[0]) if found else datetime.date.today().year


def _suggestions(cells: Iterable[tuple[str | None, str]], tables: Mapping, framework: Framework) -> list[str]:
    """Return the lines of a vocabulary.csv, and of the column aliases, that would make refused words known."""
    vocabulary = file_types.words(tables["vocabulary"], framework)
    names = tables["cities"]["name_zh"].tolist()
    found = []
    for column, value in dict.fromkeys(cells):
        word = value.strip()
        if column not in LISTS or not word or len(word) > 40:
            continue
        if column == "city":
            near = (nearest_names(word, names, 1) or ["<name_zh>"])[0]
            found.append(f"city,{near},{word}   (or aliases of cities.csv; outside the list: place,elsewhere,{word})")
            continue
        near, codes = vocabulary.nearest(LISTS[column], word), ", ".join(vocabulary.codes(LISTS[column])[:6])
        code = vocabulary.find(LISTS[column], near[0]) if near else f"<one of {codes}>"
        note = "   (or aliases of framework.csv)" if column == "measure" else ""
        found.append(f"{LISTS[column]},{code},{word}{note}")
    return found[:SHOWN]
