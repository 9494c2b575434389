"""Editions: what each says of itself, and its raw tables, verified and validated."""

from fhi.editions.catalogue import tidy
from fhi.editions.edition import Edition, edition
from fhi.editions.folders import load, schemas_of, units_of
from fhi.reading.schemas import SCHEMAS, read_table

__all__ = ["SCHEMAS", "Edition", "edition", "load", "read_table", "schemas_of", "tidy", "units_of"]
