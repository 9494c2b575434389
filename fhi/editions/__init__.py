"""Raw data in: parse a cell, read a table strictly, load the whole catalogue."""

from fhi.editions.catalogue import load, tidy, update_checksums, verify
from fhi.editions.folders import tables_of, units_of
from fhi.editions.schemas import SCHEMAS
from fhi.reading.csv_tables import read_table

__all__ = ["SCHEMAS", "load", "read_table", "tables_of", "tidy", "units_of", "update_checksums", "verify"]
