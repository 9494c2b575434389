"""What page and print have in common: their titles, the labels of evidence, the parts and the chapters."""

from collections.abc import Mapping, Sequence

from fhi.files import Files
from fhi.records import altered
from fhi.scenarios import Scenario
from fhi.showing.figures import EVIDENCE, PARTS
from fhi.showing.figures.evidence import cited, of_index, weight_words
from fhi.showing.figures.registry import Tables, Texts
from fhi.showing.figures.style import EVIDENCE_COLOURS, EVIDENCE_NAMES
from fhi.showing.figures.wording import NOTHING, joined, named
from fhi.showing.report import ledger, method, tables
from fhi.showing.report.tables import has, upper_nodes
from fhi.showing.report.texts import edition_words, said, same
from fhi.store import Store

LABELS = {
    name: {"name": EVIDENCE_NAMES[name], "colour": EVIDENCE_COLOURS[name], "meaning": said(f"meaning.{name}")}
    for name in EVIDENCE
}
#: the labels of an index that must be said of it in words
NOTICES = ("synthetic", "user")


def altered_notice(files: Files) -> Texts:
    """Return what must be said of a report made from altered files (see `fhi.records.altered`); empty if it is not."""
    names = altered(files)
    return said("altered", names=joined(map(same, names))) if names else NOTHING


def front(tables: Tables, chosen: Scenario) -> Mapping[str, Texts]:
    """Return title, subtitle, lead, notice and rights of an edition, from what it says of itself.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    chosen : Scenario
        The scenario, as it was resolved.
    """
    behind = of_index(("reconstructed",), tables)
    notice = next((said(f"notice.{label}") for label in NOTICES if label in behind), NOTHING)
    return {
        "title": edition_words(tables, "title"),
        "subtitle": said("subtitle" if has(tables, "bounds") and has(tables, "claims") else "subtitle.plain"),
        "lead": knowledge(tables),
        "rights": said("rights"),
        "notice": notice,
    }


def knowledge(tables: Tables) -> Texts:
    """Say in one sentence what kind of knowledge the ranks are."""
    weight = weight_words(tables, upper_nodes(tables)[0])
    kind = "published" if has(tables, "tables/published_ranks") else "plain"
    return said(f"knowledge.{kind}", citation=cited(tables), weight=weight)


def parts_of(figures: Sequence[dict], tables: Tables) -> list[dict]:
    """Return the parts that have figures, in order, each with its figures; named as the edition names its own.

    Parameters
    ----------
    figures : sequence of dict
        Each with its ``part``.
    tables : mapping
        The built tables of a scenario, by name.
    """
    titles, parts = named(tables, "part"), []
    for _, name in PARTS:
        inside = [item for item in figures if item["part"] == name]
        if inside:
            parts.append({"name": name, "title": titles.get(name) or said(f"section.{name}"), "figures": inside})
    return parts


def chapters(store: Store, chosen: Scenario) -> list[dict]:
    """Return the chapters of tables: the results, the method, the ledger; each table labelled as its numbers are.

    Parameters
    ----------
    store : Store
        Of the scenario.
    chosen : Scenario
        The scenario, as it was resolved.
    """
    results = [*tables.all_tables(store), *tables.all_agreements(store)]
    if has(store, "bound_assumptions"):
        results.append(method.assumptions(store))
    methods = [method.choices(chosen), method.tree(store, chosen), method.constructions(store)]
    if has(store, method.UNDERSTOOD):
        methods.append(method.own_files(store))
    found = [("tables", results), ("method", methods)]
    if "claims" in store:
        found.append(("ledger", [ledger.contradictions(store), ledger.ledger(store)]))
    return [{"id": name, "title": said(f"chapter.{name}"), "tables": parts} for name, parts in found]
