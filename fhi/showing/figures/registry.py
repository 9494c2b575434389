"""The registry of figures: what each shows, where the report prints it, how far its numbers can be trusted."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from fhi.editions.edition import edition
from fhi.editions.outputs import EVIDENCE
from fhi.paths import REPORT as REPORT_EDITION
from fhi.showing.figures.wording import LANGUAGES, Tables, Texts, Words, worded

FILE = Path(__file__).with_suffix(".csv")
#: forms of figures, and whether they are documents: the pages of six cities, the services of four, the pillars' ranks
FORMS = {"drawn": False, "ladder": False, "document": True, "city": True, "services": True}
COLUMNS = ("page", "beside", "section", "evidence", "needs", "form", "subject", "half")

#: the edition whose pages the figures with a page regenerate
PRINTED = edition(REPORT_EDITION)
#: first page and name of each part of the report; figures without a page come last
PARTS: tuple[tuple[int, str], ...] = (
    *((part.page, part.id) for part in PRINTED.parts),
    *enumerate(("beyond", "diagnostics", "robustness", "identified", "audit"), start=100),
)
#: what the source line of a figure names
REPORT: Texts = {"zh": PRINTED.citation.zh, "en": PRINTED.citation.en}
#: sections of the figures without a page, and where they stand
BEYOND = {name: first for first, name in PARTS if first >= 100}


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
    half : bool
        True for a card that print sets in half the width; of a drawing its width tells.
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
    half: bool = False
    headline: Texts | None = None

    @property
    def place(self) -> int:
        """Where it stands: its page or the one that it stands beside, or after the last page by its section."""
        return self.page or self.beside or BEYOND[self.section]

    @property
    def part(self) -> str:
        return [name for first, name in PARTS if self.place >= first][-1]

    @property
    def function(self) -> str:
        draw = getattr(self.draw, "func", self.draw)
        return f"{draw.__module__}.{draw.__name__}"


_ENTRIES: dict[str, FigureEntry] = {}


@cache
def listed() -> dict[str, dict[str, str]]:
    """Return the rows of ``registry.csv`` by id, in the order of the report.

    A row states the page, or the page that the figure stands ``beside``, or the section; the labels of evidence; the
    tables that it ``needs``; its form, one of `FORMS`; the city or pillar that it is of (``subject``); and of a card
    whether print sets it in ``half`` the width.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def of_form(form: str) -> dict[str, int]:
    """Return the page of each figure of a form, by its subject."""
    return {row["subject"]: int(row["page"]) for row in listed().values() if row["form"] == form}


def id_of(form: str, subject: str) -> str:
    """Return the id of the figure of a form that is of a subject.

    Parameters
    ----------
    form : str
        One of `FORMS`.
    subject : str
        City or pillar.
    """
    return next(id for id, row in listed().items() if (row["form"], row["subject"]) == (form, subject))


def figure(id: str, data: Callable | None, caption: Callable | None, **stated: str):
    """Register the decorated function ``(data, language) -> Figure``, or ``-> blocks`` of a document, under an id.

    Title and source are those of wording.csv (slots ``title`` and ``source``).

    Parameters
    ----------
    id : str
        Of the figure.
    data : callable
        From the scenario's tables to the frame that is drawn.
    caption : callable
        From that frame to the caption by language.
    **stated : str
        What ``registry.csv`` states, for a figure that stands in no list or differs from it.

    Raises
    ------
    ValueError
        If the id is taken or malformed, a label or section is unknown, or a language is missing.
    """
    row = dict.fromkeys(COLUMNS, "") | listed().get(id, {}) | stated
    labels, page, beside = tuple(row["evidence"].split()), int(row["page"] or 0), int(row["beside"] or 0)
    title, source = (row.get(name) or worded(f"{id}.{name}", unit=Words()) for name in ("title", "source"))
    section = row["section"] or next(iter(BEYOND))
    wrong = {
        f"two figures of the id {id!r}": id in _ENTRIES,
        f"the id {id!r} must begin with p{page:02d}-": page and not id.startswith(f"p{page:02d}-"),
        f"{id}: evidence must be among {', '.join(EVIDENCE)}": not labels or set(labels) - set(EVIDENCE),
        f"{id}: section must be among {', '.join(BEYOND)}": section not in BEYOND,
        f"{id}: a title in each of {', '.join(LANGUAGES)}": set(title or {}) != set(LANGUAGES),
        f"{id}: what stands beside a page has a source of its own and no page": beside and (page or not source),
        f"{id}: a source in each of {', '.join(LANGUAGES)}": source and set(source) != set(LANGUAGES),
    }
    for message, found in wrong.items():
        if found:
            raise ValueError(message)
    about = {"section": section, "source": source, "beside": beside or None, "needs": tuple(row["needs"].split())}
    about["half"] = bool(row["half"])

    def register(draw):
        document = FORMS.get(row["form"], False)
        _ENTRIES[id] = FigureEntry(id, page or None, labels, title, data, caption, draw, document=document, **about)
        return draw

    return register


def entries() -> list[FigureEntry]:
    """Return all registered figures in the order of the report; on one page, in the order of ``registry.csv``."""
    order = {id: place for place, id in enumerate(listed())}
    return sorted(_ENTRIES.values(), key=lambda entry: (entry.place, entry.page is None, order[entry.id]))
