"""Start the next edition: a folder with what the last one hands on, to be filled in with what is new."""

from pathlib import Path

import pandas as pd
import yaml

from fhi.editions import construction
from fhi.editions.catalogue import CATALOGUE
from fhi.editions.edition import Edition, edition
from fhi.editions.folders import VALUES, load, update
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.files import replace_file
from fhi.paths import EDITION_FILE, RAW
from fhi.reading.schemas import EXAMPLE, SCHEMAS
from fhi.store import to_csv

#: columns of cities.csv by another name in an edition with a table of its own
RENAMED = {"code_gbt2260": "code", "admin_class": "group"}
HEAD = """# Made from the edition {base}. Texts that begin with EXAMPLE are to be replaced; every key is explained in
# data/raw/template/edition.yml.
"""


def start(name: str, base: str) -> list[Path]:
    """Write the folder of a new edition from an earlier one, for the year after it, and return its files.

    Handed on are the tree, the units, the values of all years with their sources, the printed ranks (as
    ``earlier_ranks.csv``), tiers and assumed errors. What the new publication prints is left out; texts that must
    change begin with ``EXAMPLE``, and ingestion stops until they are replaced.

    Parameters
    ----------
    name, base : str
        Names of folders below data/raw: that of the new edition, and that of the earlier one.

    Returns
    -------
    list of Path

    Raises
    ------
    MethodError
        If there is a folder of this name, or no earlier edition of the other, or that one states no year.
    DataError
        If the raw tables of the earlier edition have faults.
    """
    found, folder = edition(base), RAW / name
    if folder.exists() or not name.replace("-", "").replace("_", "").isalnum():
        message = (
            f"give the name of a folder that is not yet in data/raw/, of letters, digits, - and _; found {name!r}."
        )
        raise MethodError(message, key="edition", value=name)
    if found.year is None:
        raise MethodError("the edition has no year; add the key year.", file=base, key="year")
    tables = load(base)
    rows, values = _ranks(tables, found.year), _values(tables)
    made = {"framework": tables["framework"], "cities": _cities(tables["cities"]), VALUES: values}
    made |= {"earlier_ranks": rows} if len(rows) else {}
    texts = {
        file: to_csv(table.reindex(columns=[*SCHEMAS[file].columns]).dropna(axis=1, how="all"))
        for file, table in made.items()
    }
    listed = pd.DataFrame(_listed(tables["sources"], found, file) for file in made)[[*SCHEMAS["sources"].columns]]
    files = {EDITION_FILE: HEAD.format(base=base) + _words(found), CATALOGUE: to_csv(listed)}
    files |= {f"{file}.csv": text for file, text in texts.items()}
    written = [replace_file(folder / file, text.encode("utf-8")) for file, text in files.items()]
    update(folder)
    return written


def _cities(cities: pd.DataFrame) -> pd.DataFrame:
    own = {old: new for old, new in RENAMED.items() if old in cities and new not in cities}
    return cities.rename(columns=own)


def _values(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the values of the panel as rows of indicators.csv, each with what to cite."""
    panel = construction.panel(tables, Framework.from_table(tables["framework"]))
    if VALUES in tables:
        return tables[VALUES]
    cited = tables["sources"].set_index("source_id")["citation"]
    source = panel["source_id"].map(lambda ids: "; ".join(dict.fromkeys(cited[id] for id in ids.split("+"))))
    return panel.assign(source=source)


def _ranks(tables: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    names = ("earlier_ranks", "published_ranks")
    frames = [tables[name].assign(year=tables[name].get("year", year)) for name in names if name in tables]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["node"])


def _listed(sources: pd.DataFrame, found: Edition, name: str) -> dict[str, str]:
    """Return the row of a file in sources.csv: that of the earlier edition, or one that asks for the new source."""
    rows = sources[sources["file"].str.endswith(f"/{name}.csv")]
    if name not in (VALUES, "earlier_ranks") and len(rows):
        return {**rows.iloc[0], "file": f"{name}.csv", "source_id": name}
    mark, year = ("", found.year) if name == "earlier_ranks" else (f"{EXAMPLE} ", found.year + 1)
    zh, en = (text.replace(str(found.year), str(year)) for text in (found.citation.zh, found.citation.en))
    publisher = found.publisher.zh if found.publisher else f"{EXAMPLE} publisher"
    known = {"source_id": name, "file": f"{name}.csv", "publisher": publisher, "sha256": "0" * 64}
    licence = "numbers of the publication" if name == "earlier_ranks" else f"{mark}terms of use"
    return known | {"citation": f"{mark}{zh} | {mark}{en}", "date": f"{mark}{year}", "licence": licence}


def _words(found: Edition) -> str:
    """Return edition.yml: the texts with the year after in place of the year, marked as to be replaced."""
    kept = found.model_dump(mode="json", include={"title", "citation", "publisher", "unit", "tiers"}, exclude_none=True)
    for key in ("title", "citation"):
        texts = {language: text.replace(str(found.year), str(found.year + 1)) for language, text in kept[key].items()}
        kept[key] = {language: f"{EXAMPLE} {text}" for language, text in texts.items()}
    errors = {code: error.entry for code, error in found.standard_errors.items()}
    kept |= {"year": found.year + 1} | ({"standard_errors": errors} if errors else {})
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=120)
