"""Raw data in: parse a cell, read a table strictly, load the whole catalogue."""

from fhi.sources.catalogue import load, tidy, update_checksums, verify
from fhi.sources.editions import tables_of, units_of
from fhi.sources.reading import read_table
from fhi.sources.schemas import SCHEMAS

__all__ = ["SCHEMAS", "load", "read_table", "tables_of", "tidy", "units_of", "update_checksums", "verify"]
