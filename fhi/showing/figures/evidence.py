"""What must be said of the numbers of a figure: their labels of evidence, what carries a weight, whom the report puts first.

What a figure draws of raw tables it states at registration, since only it knows whether it computes; a test compares
that with every value drawn. What it draws of built tables the codebook tells (`fhi.editions.outputs`), and the values themselves.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from fhi.editions.outputs import EVIDENCE, RECONSTRUCTED, VALUES, behind, named, ordered, results, stated
from fhi.editions.printed_orders import places
from fhi.editions.printed_orders import stated as stated_orders
from fhi.editions.provenance import ALONE, WHOLE, WITHOUT
from fhi.engine.framework import Framework
from fhi.showing.figures.charts import english
from fhi.showing.figures.registry import LANGUAGES, REPORT, FigureEntry, Tables, Texts, entries
from fhi.showing.figures.style import EVIDENCE_NAMES
from fhi.showing.figures.wording import NOTHING, both, citation, joined, of_edition, worded
from fhi.store import MissingTable

PRINTED, PUBLIC = ("published", "derived"), "public"


class Reading(ChainMap):
    """The tables of a scenario, with a note of which were asked for (``names``)."""

    def __init__(self, tables: Tables):
        super().__init__(tables)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.names.add(name)
        return self.maps[0][name]


def kinds(column: pd.Series) -> tuple[str, ...]:
    """Return the labels to draw for a column of them: those that stand there."""
    return ordered(named(column))


def seen(entry: FigureEntry, tables: Tables) -> tuple[FigureEntry, pd.DataFrame]:
    """Return a figure with the labels that it carries in a scenario and the tables that were read, and its data.

    Parameters
    ----------
    entry : FigureEntry
    tables : mapping
        The built tables of a scenario, by name.
    """
    reading = Reading(tables)
    data = entry.data(reading)
    about = {"read": tuple(sorted(reading.names)), "cited": cited(tables)}
    return replace(titled(entry, tables), evidence=_labels(entry, data, reading), **about), data


def titled(entry: FigureEntry, tables: Tables) -> FigureEntry:
    """Return a figure with the title that it has in an edition, and the sentence of its findings that is told over it.

    Parameters
    ----------
    entry : FigureEntry
    tables : mapping
        The built tables of a scenario, by name.
    """
    told = tables.get("findings", pd.DataFrame(columns=["kind", "id", "language", "text"]))
    told = told[(told["kind"] == "headline") & (told["id"] == entry.id)].set_index("language")["text"].to_dict()
    title = worded(f"{entry.id}.title", unit=of_edition(tables)) or entry.title
    return replace(entry, title=title, headline=told if set(told) == set(LANGUAGES) else None)


def of_index(labels: tuple[str, ...], tables: Tables) -> tuple[str, ...]:
    """Return the labels of a table of results: for ``reconstructed``, those of what the index rests on (see `results`).

    Parameters
    ----------
    labels : tuple of str
        Of a table of results.
    tables : mapping
        The built tables of a scenario, by name.
    """
    if RECONSTRUCTED not in labels:
        return labels
    found = results(behind(tables))
    return labels if found == {RECONSTRUCTED} else ordered(found | set(labels) - {RECONSTRUCTED})


def cited(tables: Tables) -> Texts:
    """Return what the source lines of an edition name: the source of its own table of values, else its publication."""
    sources = tables.get("tables/sources")
    own = [] if sources is None else sources.loc[sources["file"].str.fullmatch("(.*/)?indicators.csv"), "citation"]
    if not len(own):
        return citation(tables) or REPORT
    parts = own.iloc[0].split("|")
    return {"zh": parts[0].strip(), "en": parts[-1].strip()}


def drawable(tables: Tables, among: Iterable[FigureEntry] | None = None) -> list[FigureEntry]:
    """Return the figures of an edition: those whose tables it has with rows, and beyond pages with data to draw.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    among : iterable of FigureEntry, optional
        The figures to choose from; default: all.

    Returns
    -------
    list of FigureEntry
        With the titles that they have in the edition.
    """
    chosen = entries() if among is None else among
    return [titled(entry, tables) for entry in chosen if _has_data(entry, tables)]


def _has_data(entry: FigureEntry, tables: Tables) -> bool:
    try:
        if any(tables[name].empty for name in entry.needs):
            return False
        return bool(entry.page or entry.beside) or not entry.data(tables).empty
    except MissingTable:
        return False


def _labels(entry: FigureEntry, data: pd.DataFrame, reading: Reading) -> tuple[str, ...]:
    """Return the labels of a figure, those registered with it first.

    Of each table that was read, the labels that the codebook states: of results those of `fhi.editions.outputs.results`, of values
    all of the panel's cells. Where the drawn data name the label of each value in a column ``evidence``, these stand for
    the values and what is drawn beside them. Of printed and public numbers only the registered labels count: a figure may
    compute from them, or take their order alone.
    """
    drawn = named(data["evidence"]) if "evidence" in data else set()
    found, texts = drawn & set(entry.evidence), {stated(name) for name in reading.names}
    if any(RECONSTRUCTED in text for text in texts):
        found |= results(behind(reading.maps[0]))
    if VALUES in texts:
        found |= drawn or _of_cells(reading.maps[0])
    if not (VALUES in texts and drawn):
        found |= set().union(*map(_stands_for, texts)) & set(entry.evidence)
    return tuple(label for label in dict.fromkeys([*entry.evidence, *EVIDENCE]) if label in found)


def _stands_for(text: str) -> set[str]:
    """Return the registered labels that a table may be drawn as: what is computed of printed numbers is derived."""
    found = set(text.split()) & {*PRINTED, PUBLIC, "identified"}
    return found | ({"derived"} if "published" in found else set())


def _of_cells(tables: Tables) -> set[str]:
    """Return the labels of all cells of an edition, used or not."""
    return named(tables["coverage" if "coverage" in tables else "panel"]["evidence"])


#: kinds of evidence as they are named beside an agreement, in this order, with their labels
SOURCES: Mapping[str, tuple[str, ...]] = {
    "report": ALONE["report"],
    "public": ALONE["public"],
    **{label: (label,) for label in ("reconstructed", "user", "synthetic")},
}
PARTS = {WHOLE: "part-whole", "public": "part-public", "report": "part-report"}


def weight_words(tables: Tables, node: str) -> dict[str, str]:
    """Return the shares of the evidence in the weight of a node, by language: ``public data 67%``; empty without weight.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    node : str
        Code of a node.
    """
    shares = _shares(tables, node)
    # only a report whose numbers are transcribed has numbers of its own
    names = {} if "tables/headlines" in tables else {"report": "published"}
    found = {name: shares[shares.index.isin(labels)].sum() for name, labels in SOURCES.items()}
    return _joined([(both(f"weight.{names.get(name, name)}"), share) for name, share in found.items() if share > 0])


def label_words(tables: Tables, node: str) -> dict[str, str]:
    """Return the same share by share of each label: ``published 33%, derived 44%, public 22%``.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    node : str
        Code of a node.
    """
    shares = _shares(tables, node)
    parts = [(EVIDENCE_NAMES[label], shares[label]) for label in EVIDENCE if label in shares.index]
    return _joined(parts)


def _shares(tables: Tables, node: str) -> pd.Series:
    """Return the shares of the labels in the weight of a node."""
    rows = tables["weight_by_evidence"]
    return rows[rows["node"] == node].set_index("evidence")["share"]


def part_words(subset: str, names: dict[str, Texts]) -> dict[str, str]:
    """Return the name of a part of the evidence (see `fhi.editions.provenance.agreement_by_subset`), from the names of nodes.

    Parameters
    ----------
    subset : str
        Name of the part in the table of agreement.
    names : mapping
        Names of nodes by code and language.
    """
    if subset in PARTS:
        return both(f"weight.{PARTS[subset]}")
    pillars = subset.removeprefix(WITHOUT).split("+")
    return both("weight.without", left=joined(names[node] for node in pillars))


def _joined(parts: list[tuple[Texts, float]]) -> dict[str, str]:
    """Return named shares in a row, by language."""
    return joined(both("weight.share", name=name, share=share) for name, share in parts)


def _alike(framework: Framework, node: str) -> list[str]:
    """Return a node, and those above and below it that stand on the same one indicator.

    A node with one child orders the units as the child does: what is printed of one speaks of the other.
    """
    leaves = framework.leaves_below(node)
    same = [code for code in framework.nodes if code != node and framework.leaves_below(code) == leaves]
    return [node, *(same if len(leaves) == 1 else [])]


def with_firsts(frame: pd.DataFrame, tables: Tables, node: str = "node") -> pd.DataFrame:
    """Return a frame of nodes and cities with who is printed first in the node, as far as it concerns the city.

    A printed order speaks of a city that it names; one of leaders speaks of all. Of several the one that puts another
    city first, then that of the node itself, then one that names the city, then the first page.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``city`` and a column of nodes.
    tables : mapping
        With ``tables/framework``, ``tables/cities`` and what `fhi.editions.printed_orders.stated` reads.
    node : str
        Name of the column of nodes.

    Returns
    -------
    pandas.DataFrame
        `frame` with ``printed_first, printed_first_en`` (empty if no order speaks of the city), ``printed_page``, and
        ``printed_node_zh, printed_node_en``, the node that the order names, empty if it is the row's own.
    """
    framework, orders = Framework.from_table(tables["tables/framework"]), stated_orders(tables)
    orders = [(order, places(order.subjects)) for order in orders[orders["kind"] != "tie"].itertuples()]
    kin = {code: _alike(framework, code) for code in frame[node].unique()}
    found = []
    for code, city in zip(frame[node], frame["city"], strict=True):
        speaking = []
        for place, (order, groups) in enumerate(orders):
            named, own = any(city in group for group in groups), order.node == code
            if order.node in kin[code] and (named or order.kind == "leaders"):
                first = city if city in groups[0] else groups[0][0]
                worth = city in groups[0], not own, not named, order.page, place
                speaking.append((*worth, first, order.page, None if own else order.node))
        found.append(min(speaking)[5:] if speaking else (None, None, None))
    said = pd.DataFrame(found, columns=["printed_first", "printed_page", "node"], index=frame.index).astype(object)
    names = {f"printed_node_{language}": said["node"].map(framework.names(language)) for language in LANGUAGES}
    first = said["printed_first"]
    columns = {"printed_first": first, "printed_first_en": first.map(english(tables)), **names}
    return frame.assign(**columns, printed_page=said["printed_page"].astype("Int64"))


def denied(frame: pd.DataFrame) -> pd.Series:
    """Return where a printed order puts another city first (of a frame from `with_firsts`)."""
    return frame["printed_first"].notna() & (frame["printed_first"] != frame["city"])


def remark(item: pd.Series) -> dict[str, str]:
    """Return what a claim of a first place must add in brackets: whom the report lists first; nothing if it agrees."""
    if pd.isna(item["printed_first"]) or item["printed_first"] == item["city"]:
        return NOTHING
    zh, en = item["printed_node_zh"], item["printed_node_en"]
    within = NOTHING if pd.isna(zh) else both("first.in-node", zh=zh, en=en)
    return both("first.remark", item=item, within=within)
