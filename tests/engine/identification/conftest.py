"""Small trees, facts written in one line each, and the published facts."""

from __future__ import annotations

import pandas as pd
import pytest
from report_tables import load

from fhi.engine.framework import Framework
from fhi.engine.identification import IdentifiedSet
from fhi.paths import RAW

COLUMNS = ["level", "code", "parent", "direction", "weight", "unit", "name_zh", "name_en"]


def make_tree(*pillars, **parents) -> Framework:
    """Return a tree: ``make_tree("p", "q")`` has indicators p and q, ``make_tree(P=["a", "b"])`` a pillar above two."""
    rows = [(0, "FHI", None, 1, 1.0, None, "FHI", "FHI")]
    rows += [(1, code, "FHI", 1, 1.0, None, code, code) for code in (*pillars, *parents)]
    rows += [(2, code, parent, 1, 1.0, None, code, code) for parent, children in parents.items() for code in children]
    return Framework.from_table(pd.DataFrame(rows, columns=COLUMNS))


def make_facts(*facts) -> pd.DataFrame:
    """Return facts from (kind, subjects, node, value, tolerance, other columns as a dict), the last three optional."""
    records = []
    for place, (kind, subjects, node, *rest) in enumerate(facts):
        others = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        value, tolerance = (*rest, None, 0.0)[:2] if len(rest) != 1 else (rest[0], 0.0)
        number = float("nan") if value is None else float(value)
        record = {"row": place + 2, "page": place + 101, "id": f"fact-{place + 1}", "group": "ranks", "kind": kind}
        record |= {"subjects": subjects, "node": node, "value": None if value is None else str(value), "basis": "text"}
        records.append(record | {"value_value": number, "tolerance": float(tolerance)} | others)
    return pd.DataFrame(records)


@pytest.fixture(scope="session")
def tree():
    return make_tree


@pytest.fixture(scope="session")
def facts_of():
    return make_facts


def raw_table(name: str) -> pd.DataFrame:
    return load()[name]


@pytest.fixture(scope="session")
def top20() -> pd.DataFrame:
    return raw_table("top20").sort_values("rank", ignore_index=True)


@pytest.fixture(scope="session")
def tiers() -> pd.DataFrame:
    return raw_table("tiers")


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    return raw_table("facts")


@pytest.fixture(scope="session")
def framework() -> Framework:
    return Framework.from_csv(RAW / "report2018" / "framework.csv")


@pytest.fixture(scope="session")
def identified(published, framework) -> IdentifiedSet:
    return IdentifiedSet(published, framework)
