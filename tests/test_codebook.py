"""The codebook describes what is written, all of it and nothing else, and Make builds what it lists."""

import re
from collections import Counter

import pandas as pd
import pytest
from shipped import STAGES

from fhi.codebook import columns as described
from fhi.codebook import tables as codebook
from fhi.editions import outputs
from fhi.engine.errors import DataError
from fhi.imports import outputs as listed_for_make
from fhi.paths import ROOT
from fhi.reading.microdata import Microdata
from fhi.running.datapackage import placeholders
from fhi.showing.compare import assumptions, moves

TABLES = codebook.tables()
TREE = pd.DataFrame({"code": ["gdp"], "name_zh": ["经济规模"], "name_en": ["GDP"], "unit": ["CNY"]})
#: conditions that no edition has of itself: Make does not list these tables
ASKED = {"microdata", "sweep", "compare"}


def test_every_row_of_a_table_says_everything():
    rows = codebook.read(codebook.FILE)
    assert [name for name, count in Counter(row["name"] for row in rows).items() if count > 1] == []
    for row in TABLES.values():
        assert row.stage in (*STAGES, "sweep", "compare"), row.name
        assert set(row.evidence.split()) <= {*outputs.EVIDENCE, outputs.VALUES, outputs.RAW}, row.name
        assert row.title["zh"] and row.title["en"], row.name
        assert set(row.key) <= {column.name for column in described.columns(row.name)}, row.name


def test_make_knows_every_condition():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^HAS := .*$", makefile, re.MULTILINE)
    assert {row.when for row in TABLES.values()} <= {"always", *re.findall(r"\w+", line), *ASKED}


def test_every_column_is_described_in_both_languages_once():
    rows = codebook.read(described.FILE)
    shared = {row["column"] for row in rows if row["table"] == described.EVERYWHERE}
    assert list(dict.fromkeys(row["table"] for row in rows)) == [described.EVERYWHERE, *TABLES]
    assert [cell for cell, count in Counter((row["table"], row["column"]) for row in rows).items() if count > 1] == []
    for name in TABLES:
        assert [column.name for column in described.columns(name) if not (column.zh and column.en)] == [], name
    taken = {row["column"] for row in rows if row["table"] != described.EVERYWHERE and not row["zh"]}
    assert taken == shared, "a meaning for all tables that none takes, or none for those that take one"


def test_a_table_without_a_row_is_refused_with_the_place_to_add_it():
    with pytest.raises(DataError, match=r"fhi/codebook/tables\.csv.*'new'.*columns\.csv"):
        codebook.table("new")
    assert codebook.table("tables/new").name == "tables/{table}"


def test_a_column_of_a_node_has_the_names_and_the_unit_of_the_node():
    names = placeholders(TREE)
    assert described.column("indicators", "gdp", names) == ("gdp", "CNY", "经济规模：原值", "GDP, as observed")
    assert described.column("indicators", "gpd", names) is None
    # a node may be called as a column of another table is
    assert described.column("next_above", "contribution", names).en.startswith("term of the gap")
    assert described.column("tables/top20", "change_value", names).en == "parsed value of change"


def headings(table: pd.DataFrame, names) -> list[str]:
    """Return the columns of a table, those of nodes as the codebook writes them."""
    return list(dict.fromkeys("{node}" if name in names["node"] else name for name in table))


def test_what_a_build_writes_is_what_the_codebook_describes(built):
    store = built.store()
    names = placeholders(store["tables/framework"])
    own = [name for name in store if "/" not in name]
    assert set(own) == {row.name for row in TABLES.values() if row.when not in ASKED and "/" not in row.name}
    assert sorted(own) == sorted(name for listed in listed_for_make().values() for name in listed)
    for name in own:
        columns, wide = [column.name for column in described.columns(name)], headings(store[name], names)
        assert columns == (wide if "{node}" in columns else list(store[name])), name
        assert not store[name].duplicated(list(TABLES[name].key)).any(), name


def test_what_is_written_on_demand_is_what_the_codebook_describes():
    given, scenario = Microdata.empty(), {"scenario": {"baseline": {}}}
    written = {f"microdata/{name}": getattr(given, name) for name in ("quality", "refused", "intervals", "services")}
    written |= {"compare/contributions": moves.CONTRIBUTIONS, "compare/assumptions": assumptions.ASSUMPTIONS}
    for name, table in written.items():
        assert [column.name for column in described.columns(name)] == list(table), name
    assert described.column("sweep", "normalisation", placeholders(TREE)).en == "alternative of normalisation"
    assert described.column("sweep", "normalization", placeholders(TREE)) is None
    assert described.column("compare-all/ranks", "baseline", scenario).en == "rank in the scenario baseline"
