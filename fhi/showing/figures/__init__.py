"""Every figure, by part of the report; importing this package registers them all."""

from fhi.showing.figures import (
    audit,
    city_pages,
    diagnostics,
    economy,
    ecosystem,
    experience,
    identified,
    industry,
    infrastructure,
    landscape,
    method,
    pillars,
    replication,
    research,
    robustness,
    sensitivity,
    slopes,
)
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries

__all__ = ["EVIDENCE", "LANGUAGES", "PARTS", "FigureEntry", "entries"]
__all__ += [
    "audit",
    "city_pages",
    "diagnostics",
    "economy",
    "ecosystem",
    "experience",
    "identified",
    "industry",
    "infrastructure",
    "landscape",
    "method",
    "pillars",
    "replication",
    "research",
    "robustness",
    "sensitivity",
    "slopes",
]
