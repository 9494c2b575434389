"""A comparison as a page: who moved, through what, how the methods differ, in words."""

from collections.abc import Mapping

import pandas as pd

from fhi.engine.words import key_name
from fhi.showing.compare import Comparison
from fhi.showing.compare.plain_text import arrow, through
from fhi.showing.figures.registry import LANGUAGES, Texts
from fhi.showing.figures.wording import joined
from fhi.showing.report.contents import LABELS
from fhi.showing.report.method import value_words
from fhi.showing.report.page import light_page
from fhi.showing.report.tables import Table, stated
from fhi.showing.report.texts import NOTHING, decimal, said, same, whole

#: where an edition says nothing of its units
PLAIN = {"one": {"zh": "评价对象", "en": "Unit"}, "many": {"zh": "评价对象", "en": "units"}}
#: between a key and the node that it is of
DOT = {"zh": " · ", "en": " · "}
Pictures = Mapping[str, Mapping[str, bytes]]


def comparison_page(
    found: Comparison, labels: tuple[str, ...], pictures: Pictures, words: Mapping[str, Texts] | None = None
) -> str:
    """Return the page of two scenarios.

    Parameters
    ----------
    found : Comparison
    labels : tuple of str
        Evidence behind both.
    pictures : mapping
        The SVGs by name (``ranks``, ``through``) and language.
    words : mapping, optional
        What the edition calls its units (`fhi.showing.report.texts.unit_words`).
    """
    words = words or PLAIN
    count = {"unit": words["one"], "units": words["many"]}
    rows = found.moves[found.moves["node"] == found.data.framework.root].dropna(subset=["shift"])
    moved = rows["shift"].abs()
    title = said("compare.title", other=found.other.name, base=found.base.name)
    numbers = {"moved": int((moved > 0).sum()), "mean": f"{moved.mean():.1f}", "most": int(moved.max())}
    headline = said("compare.headline", count=len(rows), tau=f"{found.tau_b:.2f}", **numbers, **count)
    parts = [
        _part("method", said("compare.method"), method_table(found), note=_method_note(found, count)),
        _part(
            "ranks",
            said("compare.ranks"),
            _moves_table(found, rows, words),
            note=_beyond(found, count),
            evidence=labels,
        ),
        _part("slope", said("compare.slope"), pictures=pictures.get("ranks"), evidence=labels),
    ]
    if "through" in pictures:
        note = said("compare.through-note", **count)
        parts.append(_part("through", said("compare.through"), pictures=pictures["through"], note=note))
    links = [(found.other.name, "../../report.html"), (found.base.name, f"../../../{found.base.name}/report.html")]
    return _rendered(title, headline, parts, links)


def across_page(
    tables: tuple[pd.DataFrame, pd.DataFrame],
    cities: pd.Series,
    labels: tuple[str, ...],
    pictures: Pictures,
    words: Mapping[str, Texts] | None = None,
    up: str = "../",
) -> str:
    """Return the page of all scenarios of an edition side by side.

    Parameters
    ----------
    tables : pair of pandas.DataFrame
        Ranks and agreement (`fhi.showing.compare.moves.across`).
    cities : pandas.Series
        English name by city.
    labels, pictures, words
        See `comparison_page`.
    up : str
        What leads from the page to the folder of the reports.
    """
    (ranks, agreement), words = tables, words or PLAIN
    scenarios = agreement["scenario"].tolist()
    wide = ranks.pivot(index="city", columns="scenario", values="rank")[scenarios]
    wide = wide.sort_values([scenarios[0]], na_position="last", kind="stable")
    wide = wide.astype(float)
    lines = [[{"zh": city, "en": cities.get(city, city)}, *map(whole, row)] for city, row in wide.iterrows()]
    table = Table("", said("compare.all-title"), [words["one"], *map(same, scenarios)], lines)
    others = agreement["tau_b"].iloc[1:].dropna()
    ends = {"low": decimal(others.min(), 2), "high": decimal(others.max(), 2)}
    headline = said("compare.all-headline", count=len(scenarios), base=scenarios[0], **ends)
    parts = [
        _part("ranks", said("compare.all-title"), table, pictures=pictures.get("ranks"), evidence=labels),
        _part("agreement", said("compare.agreement"), _agreement_table(agreement, words)),
    ]
    return _rendered(
        said("compare.all-title"), headline, parts, [(name, f"{up}{name}/report.html") for name in scenarios]
    )


def _rendered(title: Texts, headline: Texts, parts: list[dict], links: list[tuple[str, str]]) -> str:
    """Return the page of these parts, with links to the reports that it compares."""
    shown = [same(name) | {"href": href} for name, href in links]
    return light_page("compare.html.j2", title=title, headline=headline, parts=parts, links=shown, labels=LABELS)


def _part(id: str, title: Texts, table: Table | None = None, **more: object) -> dict:
    """Return one part of the page: a title, a note, pictures by language, a table."""
    pictures = {name: svg.decode("utf-8") for name, svg in (more.pop("pictures", None) or {}).items()}
    shown = {name: svg[svg.index("<svg") :] for name, svg in pictures.items()}
    return {"id": id, "title": title, "table": table, "note": None, "evidence": ()} | more | {"pictures": shown}


def node_names(found: Comparison) -> dict[str, Texts]:
    """Return the names of the nodes by their code."""
    by_language = {language: found.data.framework.names(language) for language in LANGUAGES}
    return {code: {name: texts[code] for name, texts in by_language.items()} for code in by_language["en"].index}


def _method_note(found: Comparison, count: dict) -> Texts:
    """Say how to read the table of assumptions, or that there is none."""
    return said("compare.same") if found.assumptions.empty else said("compare.method-note", **count)


def _beyond(found: Comparison, count: dict) -> Texts | None:
    """Say how many units moved by more than the uncertainty of both, or why that cannot be told."""
    if found.unsure:
        return said("compare.unsure", why=found.unsure)
    if found.significance.empty:
        return None
    changed, draws = int(found.significance["significant"].sum()), int(found.significance["draws"].max())
    return said("compare.beyond", changed=changed, draws=draws, **count)


def _intervals(found: Comparison) -> dict[str, Texts]:
    """Return by unit the interval of its change of rank, marked where it leaves out 0."""
    shown = {}
    for item in found.significance.dropna(subset=["low"]).itertuples():
        low, high = (f"{places:+.0f}".replace("-", "−") if places else "0" for places in (item.low, item.high))
        mark = " *" if item.significant else ""
        shown[item.city] = {"zh": f"{low}至{high}{mark}", "en": f"{low} to {high}{mark}"}
    return shown


def method_table(found: Comparison) -> Table | None:
    """Return the assumptions that differ, each before and after, and how many units it moves by itself."""
    if found.assumptions.empty:
        return None
    nodes, rows = node_names(found), []
    for name, group in found.assumptions.groupby("assumption", sort=False):
        key, _, node = name.partition(".")
        label = {language: key_name(key, language) for language in LANGUAGES}
        if node:
            label = joined([label, nodes.get(node, same(node))], DOT)
        first, sides = group.iloc[0], ((found.base, "before"), (found.other, "after"))
        choice = [same(first[kind]) if node else value_words(getattr(item.method, key), key) for item, kind in sides]
        moved = [group[kind] for kind in ("alone", "last")]
        counts = [NOTHING if part.isna().all() else str(int((part.abs() > 0).sum())) for part in moved]
        rows.append([label, *choice, *counts])
    return stated("compare-method", rows, base=found.base.name, other=found.other.name)


def _moves_table(found: Comparison, rows: pd.DataFrame, words: Mapping[str, Texts]) -> Table:
    """Return the ranks and scores in both, how far each unit moved, through what, and how far draws have it move."""
    nodes, lines, intervals = node_names(found), [], _intervals(found)
    cities = {city: {"zh": city, "en": name} for city, name in found.data.units["name_en"].items()}
    for item in rows.sort_values(["base_rank", "rank", "city"]).itertuples():
        parts = [(nodes.get(name, same(name)), same(f" {text}")) for name, text in through(found, item)]
        why = joined([joined(part, same("")) for part in parts], {"zh": "，", "en": ", "})
        ranks = [whole(item.base_rank), whole(item.rank), arrow(item.shift)]
        lines.append([cities.get(item.city, same(item.city)), *ranks, f"{item.base_score:.1f} → {item.score:.1f}", why])
        if intervals:
            lines[-1].append(intervals.get(item.city, NOTHING))
    drawn = [said("compare.interval")] if intervals else []
    values = {"base": found.base.name, "other": found.other.name, "unit": words["one"], "drawn": drawn}
    return stated("compare-ranks", lines, **values)


def _agreement_table(agreement: pd.DataFrame, words: Mapping[str, Texts]) -> Table:
    """Return how far each scenario agrees with the first and with the published ranks."""
    rows = [
        [same(row.scenario), str(row.cities), decimal(row.tau_b, 2), str(row.moved), decimal(row.mean_shift, 1)]
        + [decimal(row.published_tau_b, 2)]
        for row in agreement.itertuples()
    ]
    return stated("compare-agreement", rows, units=words["many"])
