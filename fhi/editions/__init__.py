"""Editions: what each says of itself, and its raw tables, verified and validated."""

from fhi.editions.catalogue import tidy, update_checksums, verify
from fhi.editions.edition import Edition, edition
from fhi.editions.folders import load, units_of
from fhi.editions.schemas import SCHEMAS
from fhi.reading.csv_tables import read_table

__all__ = ["SCHEMAS", "Edition", "edition", "load", "read_table", "tidy", "units_of", "update_checksums", "verify"]
