"""The registry of figures: what each shows, where the report prints it, how far its numbers can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from fhi.editions.edition import edition
from fhi.editions.outputs import EVIDENCE
from fhi.paths import REPORT as REPORT_EDITION
from fhi.showing.figures.wording import LANGUAGES, Tables, Texts, Words
from fhi.showing.figures.wording import title as worded

#: the edition whose pages the figures with a page regenerate
PRINTED = edition(REPORT_EDITION)
#: first page of each part of the report, with the part's name; figures without a page come last
PARTS: tuple[tuple[int, str, Texts], ...] = (
    *((part.page, part.id, {"zh": part.zh, "en": part.en}) for part in PRINTED.parts),
    (100, "beyond", {"zh": "报告之外：复现", "en": "Beyond the report: replication"}),
    (101, "diagnostics", {"zh": "报告之外：方法室", "en": "Beyond the report: the method room"}),
    (102, "robustness", {"zh": "报告之外：名次是否稳健", "en": "Beyond the report: how robust the ranks are"}),
    (103, "identified", {"zh": "报告之外：识别区间", "en": "Beyond the report: what the numbers pin down"}),
    (104, "audit", {"zh": "报告之外：数字核对", "en": "Beyond the report: printed numbers checked"}),
)
#: what the source line of a figure names
REPORT: Texts = {"zh": PRINTED.citation.zh, "en": PRINTED.citation.en}
#: sections of the figures without a page, and where they stand
BEYOND = {name: first for first, name, _ in PARTS if first >= 100}


@dataclass(frozen=True)
class FigureEntry:
    """One registered figure.

    Attributes
    ----------
    id : str
        Stable name, with the page in front where there is one (``p21-adoption``); the stem of its files.
    page : int or None
        Page of the report that it regenerates; None for figures beyond the report.
    evidence : tuple of str
        Labels of the numbers it draws, of `EVIDENCE`.
    title : mapping
        Title by language.
    data : callable
        From the scenario's tables to the one frame that is drawn, and saved as the figure's CSV.
    caption : callable
        From that frame to the caption by language.
    source : mapping or None
        What the source line names beside the report, by language: the public source of what the report does not print.
    section : str
        For figures beyond the report: the part they belong to.
    beside : int or None
        For a figure beyond the report that stands beside a page of it: that page; then it draws no number of the report.
    cited : mapping
        The publication that the source line names: the report, or that of another edition.
    needs : tuple of str
        Tables without which it has nothing to show, in an edition where they are empty.
    read : tuple of str
        The tables that its data were made from, once it has been drawn for a scenario.
    headline : mapping or None
        The sentence that says what it shows, in an edition whose findings have one (kind ``headline``).
    document : bool
        True for a card without a data axis, set as a document in place of being drawn.
    draw : callable
        From that frame and a language to a matplotlib Figure, or to the blocks of a document
        (`fhi.showing.figures.documents`); it sees nothing else and touches no file.
    """

    id: str
    page: int | None
    evidence: tuple[str, ...]
    title: Texts
    data: Callable[[Tables], pd.DataFrame]
    caption: Callable[[pd.DataFrame], Texts]
    draw: Callable
    section: str = "beyond"
    source: Texts | None = None
    beside: int | None = None
    cited: Texts = field(default_factory=lambda: REPORT)
    needs: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    document: bool = False
    headline: Texts | None = None

    @property
    def place(self) -> int:
        """Where it stands: its page or the one that it stands beside, or after the last page by its section."""
        return self.page or self.beside or BEYOND[self.section]

    @property
    def part(self) -> str:
        return [name for first, name, _ in PARTS if self.place >= first][-1]

    @property
    def function(self) -> str:
        return f"{self.draw.__module__}.{self.draw.__name__}"


_ENTRIES: dict[str, FigureEntry] = {}


def figure(
    id: str,
    *,
    page: int | None,
    evidence: str | tuple[str, ...],
    title: Texts | None = None,
    data,
    caption,
    section: str = "beyond",
    source: Texts | None = None,
    beside: int | None = None,
    needs: tuple[str, ...] = (),
    document: bool = False,
):
    """Register the decorated function ``(data, language) -> Figure``, or ``-> blocks`` of a document, under an id.

    Its title is that of wording.csv (slot ``title``), where none is given.

    Raises
    ------
    ValueError
        If the id is taken or malformed, a label or section is unknown, or a language is missing.
    """
    labels = (evidence,) if isinstance(evidence, str) else tuple(evidence)
    if id in _ENTRIES:
        raise ValueError(f"two figures of the id {id!r}")
    if page is not None and not id.startswith(f"p{page:02d}-"):
        raise ValueError(f"the id {id!r} must begin with p{page:02d}-")
    if not labels or set(labels) - set(EVIDENCE):
        raise ValueError(f"{id}: evidence must be among {', '.join(EVIDENCE)}")
    if section not in BEYOND:
        raise ValueError(f"{id}: section must be among {', '.join(BEYOND)}")
    title = title or worded(id, Words()) or {}
    if set(title) != set(LANGUAGES):
        raise ValueError(f"{id}: a title in each of {', '.join(LANGUAGES)}")
    if beside and (page is not None or source is None):
        raise ValueError(f"{id}: what stands beside a page has a source of its own and no page")
    if source is not None and set(source) != set(LANGUAGES):
        raise ValueError(f"{id}: a source in each of {', '.join(LANGUAGES)}")

    def register(draw):
        more = {"needs": needs, "document": document}
        _ENTRIES[id] = FigureEntry(id, page, labels, title, data, caption, draw, section, source, beside, **more)
        return draw

    return register


def entries() -> list[FigureEntry]:
    """Return all registered figures in the order of the report; on one page, in the order of the module."""
    return sorted(_ENTRIES.values(), key=lambda entry: (entry.place, entry.page is None))
