"""Every figure, by part of the report; importing this package registers them all."""

from fhi.showing.figures import (
    audit,
    diagnostics,
    economy,
    ecosystem,
    experience,
    identified,
    industry,
    infrastructure,
    landscape,
    method,
    ranks,
    replication,
    robustness,
    sensitivity,
)
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries

__all__ = ["EVIDENCE", "LANGUAGES", "PARTS", "FigureEntry", "entries"]
__all__ += [
    "audit",
    "diagnostics",
    "economy",
    "ecosystem",
    "experience",
    "identified",
    "industry",
    "infrastructure",
    "landscape",
    "method",
    "ranks",
    "replication",
    "robustness",
    "sensitivity",
]
