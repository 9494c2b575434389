"""Describe the tables as Data Packages (frictionless): ``data/raw`` by its schemas, a build by its files."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from fhi.codebook import columns, tables
from fhi.codebook.columns import Names
from fhi.editions import SCHEMAS, folders
from fhi.editions.catalogue import CATALOGUE, editions, listing
from fhi.editions.outputs import of_table
from fhi.engine.robustness.space import ASSUMPTIONS
from fhi.files import Kept, digest, replace_file, resting_on
from fhi.imports import closure, with_packages
from fhi.paths import RAW
from fhi.reading.schemas import FORM, Schema
from fhi.store import Store

NAME, TEMPLATE = "datapackage.json", "template"
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 (the compilation; each file has its own rights)",
}
#: types of the raw columns by the kind of their cells; what is kept as printed is text
TYPES = {"integer": "integer", "number": "number"}
MEDIA = {"csv": "text/csv", "geojson": "application/geo+json"}


def raw_package() -> dict:
    """Return the package of the raw files: each with its source, rights and checksum, each table with its schema."""
    resources = []
    for folder in (RAW, *(folder for folder in editions() if folder.name != TEMPLATE)):
        inside = "" if folder == RAW else f"{folder.name}/"
        known = {**SCHEMAS, **({} if folder == RAW else folders.schemas_of(folder)), "schemas": FORM}
        for row in listing(folder).itertuples():
            about = _table(folder, row.file, known)
            resources.append(_file(inside + row.file, digest=row.sha256) | about)
            resources[-1] |= {"sources": [_source(row)], "rights": row.licence}
        resources.append(_file(inside + CATALOGUE) | _table(folder, CATALOGUE, known))
    return _package("fhi-raw", "The Fintech Hub Index: raw data", resources) | {"licenses": [LICENCE]}


def _table(folder: Path, file: str, known: Mapping[str, Schema]) -> dict:
    """Return title and schema of a raw table, as far as its file has the columns; nothing for any other file."""
    schema = known.get(file.removesuffix(".csv"))
    if schema is None:
        return {}
    header = pd.read_csv(folder / file, nrows=0).columns
    columns = {name: schema.columns[name] for name in header}
    about = {"profile": "tabular-data-resource", "title": schema.description}
    return about | {"schema": raw_schema(replace(schema, columns=columns))}


def raw_schema(schema: Schema) -> dict:
    """Return a schema of the raw data as a Table Schema: names, types, meanings, what may be empty, the key."""
    fields = []
    for name, column in schema.columns.items():
        constraints = {"required": not column.nullable} | ({"unique": True} if column.unique else {})
        kind = TYPES.get(column.kind, "string")
        fields.append({"name": name, "type": kind, "description": column.description, "constraints": constraints})
    return {"fields": fields, "primaryKey": schema.key}


def built_package(store: Store) -> dict:
    """Return the package of the built tables of a scenario, with their labels and the sources that they go back to."""
    resources, names = [], placeholders(store["tables/framework"])
    for name in store:
        content = store.find(f"{store.processed}/{name}.csv").read_bytes()
        resource = _file(f"{name}.csv", digest=digest(content)) | {"profile": "tabular-data-resource"}
        about, raw = tables.table(name), _raw_schema(name, store[name])
        resource["title"], resource["title_zh"] = raw.description if raw else about.title["en"], about.title["zh"]
        resource["schema"] = {"fields": built_fields(name, store[name], names)}
        if about.key:
            resource["schema"]["primaryKey"] = list(about.key)
        resource["evidence"] = list(of_table(name, store))
        resources.append(resource)
    title = f"The Fintech Hub Index: built tables of the scenario {store.scenario}"
    cited = store["tables/sources"].drop_duplicates("citation")
    return _package("fhi-built", title, resources) | {"sources": [_source(row) for row in cited.itertuples()]}


def placeholders(tree: pd.DataFrame) -> Names:
    """Return what may stand for a word in braces in the codebook, from the table of a tree."""
    nodes = tree.set_index("code")[["name_zh", "name_en", "unit"]].fillna("").to_dict("index")
    return {"node": nodes, "setting": {name: {} for name in ASSUMPTIONS}}


def built_fields(name: str, table: pd.DataFrame, names: Names) -> list[dict]:
    """Return the columns of a built table: type by what stands in them, meaning and unit by the codebook.

    Of a raw table as ingested, the columns of its file keep the meaning of their schema.

    Parameters
    ----------
    name : str
        Of the table, as the codebook has it.
    table : pandas.DataFrame
    names : Names
        The names of nodes, for columns that are called after them.

    Returns
    -------
    list of dict
        Fields of a Table Schema, in the order of the columns.

    References
    ----------
    Frictionless Data, Table Schema (https://specs.frictionlessdata.io/table-schema/).
    """
    raw, fields = _raw_schema(name, table), []
    for heading, dtype in table.dtypes.items():
        field = {"name": heading, "type": "string"}
        if pd.api.types.is_bool_dtype(dtype):
            field |= {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]}
        elif pd.api.types.is_numeric_dtype(dtype):
            field["type"] = "integer" if pd.api.types.is_integer_dtype(dtype) else "number"
        if raw and heading in raw.columns:
            field["description"] = raw.columns[heading].description
        elif about := columns.column(name, heading, names):
            field |= {"description": about.en, "description_zh": about.zh}
            field |= {"unit": about.unit} if about.unit else {}
        fields.append(field)
    return fields


def _raw_schema(name: str, table: pd.DataFrame) -> Schema | None:
    """Return the schema of a raw table as ingested, that of its edition if it has one; None for any other table."""
    folder, _, raw = name.rpartition("/")
    if folder != "tables":
        return None
    own = [folders.schemas_of(edition) for edition in editions()]
    for known in (*own, SCHEMAS):
        for path, schema in known.items():
            needed, columns = {key for key, about in schema.columns.items() if not about.nullable}, set(schema.columns)
            # a column that may be empty may be left out; ingestion adds the row
            if path.rpartition("/")[2] == raw and (columns <= set(table) or needed <= set(table) - {"row"} <= columns):
                return schema
    return None


def _source(row) -> dict:
    return {"title": f"{row.citation}, {row.publisher}, {row.date}"}


def _file(path: str, digest: str = "") -> dict:
    stem, kind = path.rsplit(".", 1)
    found = {"name": stem.replace("/", ".").lower(), "path": path, "format": kind, "mediatype": MEDIA[kind]}
    return found | {"encoding": "utf-8"} | ({"hash": f"sha256:{digest}"} if digest else {})


def _package(name: str, title: str, resources: list[dict]) -> dict:
    return {"name": name, "title": title, "profile": "data-package", "resources": resources}


def encode(package: dict) -> str:
    """Return a package as the text of its file."""
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def write_raw() -> Path:
    """Write ``datapackage.json`` beside the raw files."""
    return replace_file(RAW / NAME, encode(raw_package()).encode("utf-8"))


def write_built(store: Store) -> Path:
    """Write ``data/processed/<scenario>/datapackage.json``; of the same tables it is kept."""
    files = with_packages(closure(Path(__file__))).union(RAW.glob("*/schemas.csv"))
    cause = resting_on(files) | {"scenario": store.scenario, "tables": store.checksums()}
    content = Kept(store.root, "packages").made(cause, lambda: encode(built_package(store)).encode("utf-8"))
    return store.write_bytes(f"{store.processed}/{NAME}", content)
