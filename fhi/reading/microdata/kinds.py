"""The kinds of files that staff have, and what stands in their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A column of a kind of file.

    Attributes
    ----------
    name : str
        Code of the column; the headings that mean it stand in vocabulary.csv.
    reader : str
        How a cell is read: a name of `microdata.cells.READERS`, with a list of the vocabulary after a colon.
    required : bool
        A file without the column is refused.
    filled : bool
        A row without a value in it is refused.
    low, high : float
        Bounds of a number.
    """

    name: str
    reader: str
    required: bool = False
    filled: bool = False
    low: float = float("-inf")
    high: float = float("inf")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its columns, and whether columns that begin with a word are read alike (`uses`)."""

    name: str
    fields: tuple[Field, ...]
    uses: bool = False

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


def _kind(name: str, *fields: Field, uses: bool = False) -> Kind:
    # in every kind: the issue a row belongs to, and whether its data are made up
    common = (Field("year", "year"), Field("evidence", "choice:evidence"))
    own = {field.name for field in fields}
    return Kind(name, (*fields, *(field for field in common if field.name not in own)), uses)


def key(name: str, reader: str, **bounds: float) -> Field:
    return Field(name, reader, required=True, filled=True, **bounds)


CITY = key("city", "city")
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "firms",
            key("name", "name"),
            CITY,
            key("class", "choice:class"),
            Field("financing", "amount", required=True),
            Field("currency", "currency"),
            Field("round", "word"),
            Field("date", "date"),
            Field("founded", "date"),
            Field("scale", "amount"),
        ),
        _kind(
            "questionnaires",
            key("id", "name"),
            CITY,
            Field("age", "age"),
            Field("sex", "choice:sex"),
            Field("weight", "number", low=0, high=1e9),
            uses=True,
        ),
        _kind(
            "services",
            CITY,
            key("platform", "label"),
            key("category", "label"),
            key("service", "name"),
            Field("special", "flag"),
        ),
        _kind(
            "companies",
            key("code", "name"),
            CITY,
            key("sector", "choice:sector"),
            key("market_value", "amount"),
            Field("currency", "currency"),
            Field("date", "date"),
            Field("technology_spending", "amount"),
            Field("revenue", "amount"),
        ),
        _kind(
            "population",
            CITY,
            Field("age", "age"),
            Field("sex", "choice:sex"),
            key("people", "number", low=0, high=1e10),
        ),
        _kind("yearbooks", CITY, key("measure", "text"), key("value", "text"), Field("unit", "text")),
        _kind(
            "rates",
            key("currency", "currency"),
            key("year", "year"),
            key("cny_per_unit", "number", low=1e-6, high=1e6),
        ),
    )
}
