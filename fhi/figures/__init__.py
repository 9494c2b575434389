"""Every figure, by part of the report; importing this package registers them all."""

from fhi.figures import (
    audit,
    economy,
    ecosystem,
    experience,
    identified,
    identified_weights,
    industry,
    innovation,
    landscape,
    method,
    pillars,
    policy,
    procedure,
    ranks,
    replication,
    research,
    service_cities,
    services,
)
from fhi.figures.registry import EVIDENCE, LANGUAGES, PARTS, FigureEntry, entries

__all__ = ["EVIDENCE", "LANGUAGES", "PARTS", "FigureEntry", "entries"]
__all__ += [
    "audit",
    "economy",
    "ecosystem",
    "experience",
    "identified",
    "identified_weights",
    "industry",
    "innovation",
    "landscape",
    "method",
    "pillars",
    "policy",
    "procedure",
    "ranks",
    "replication",
    "research",
    "service_cities",
    "services",
]
