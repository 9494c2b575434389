"""What figures call the units of an edition: the report's cities, or what another edition says it compares."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from fhi.showing.figures.evidence import is_own
from fhi.showing.figures.registry import Tables, Texts

COLUMNS = ("unit_zh", "unit_en", "units_en")
#: where an edition says nothing of its units
PLAIN = ("单位", "unit", "units")


@dataclass(frozen=True)
class Words:
    """The words for the units of an edition.

    Attributes
    ----------
    zh, one, many : str
        What is compared, in Chinese, and in English in singular and plural.
    own : bool
        True for another edition than the report's.
    """

    zh: str = "城市"
    one: str = "city"
    many: str = "cities"
    own: bool = False

    def count(self, number: object) -> str:
        """Return so many units in Chinese: 20城, or 20个国家."""
        return f"{number}个{self.zh}" if self.own else f"{number}城"

    def several(self, number: int) -> str:
        """Return so many units in English: 1 city, 20 cities."""
        return f"{number} {self.one if number == 1 else self.many}"


def with_words(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return the data of a figure; in another edition than the report's with its words for a unit (see `COLUMNS`)."""
    if not is_own(tables):
        return frame
    found = _said(tables)
    one, many = found.get("unit", PLAIN[:2]), found.get("units", (PLAIN[0], PLAIN[2]))
    return frame.assign(**dict(zip(COLUMNS, (*one, many[1]), strict=True)))


def words(data: pd.DataFrame) -> Words:
    """Return the words that a figure's data carry, else the report's."""
    if not set(COLUMNS) <= set(data) or data.empty:
        return Words()
    return Words(*data.iloc[0][list(COLUMNS)], own=True)


def named(tables: Tables, kind: str) -> dict[str, Texts]:
    """Return the names of an edition's parts or tiers (`kind` ``part`` or ``tier``) by id, in its order."""
    found = {key.split(".", 1)[1]: text for key, text in _said(tables).items() if key.startswith(f"{kind}.")}
    return {id: {"zh": zh, "en": en} for id, (zh, en) in found.items() if not id.endswith(".page")}


def first_pages(tables: Tables) -> list[tuple[int, str]]:
    """Return the first page and the id of each part of an edition, in its order."""
    found = _said(tables)
    return [(int(found[f"part.{id}.page"][0]), id) for id in named(tables, "part")]


def _said(tables: Tables) -> dict[str, tuple[str, str]]:
    if "tables/edition" not in tables:
        return {}
    rows = tables["tables/edition"]
    return dict(zip(rows["key"], zip(rows["zh"], rows["en"], strict=True), strict=True))
