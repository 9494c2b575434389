"""Every figure, by part of the report; importing this package registers them all."""

from fhi.figures import ecosystem, experience, industry, landscape, method, replication
from fhi.figures.registry import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries

__all__ = ["EVIDENCE", "LANGUAGES", "PARTS", "FigureEntry", "entries"]
__all__ += ["ecosystem", "experience", "industry", "landscape", "method", "replication"]
