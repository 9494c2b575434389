"""The staff's own files: firms, questionnaires, service lists, listed companies and yearbooks, dirty as they come."""

from fhi.reading.microdata.collect import Microdata, collect
from fhi.reading.microdata.file_types import KINDS

__all__ = ["KINDS", "Microdata", "collect"]
