"""Every figure, by part of the report; importing this package registers them all."""

from fhi.figures import (
    audit,
    ecosystem,
    experience,
    financing,
    identified,
    identified_weights,
    industry,
    infrastructure,
    landscape,
    leaders,
    maps,
    method,
    profiles,
    replication,
)
from fhi.figures.registry import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries

__all__ = ["EVIDENCE", "LANGUAGES", "PARTS", "FigureEntry", "entries"]
__all__ += [
    "audit",
    "ecosystem",
    "experience",
    "financing",
    "identified",
    "identified_weights",
    "industry",
    "infrastructure",
    "landscape",
    "leaders",
    "maps",
    "method",
    "profiles",
    "replication",
]
