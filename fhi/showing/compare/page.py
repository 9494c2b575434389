"""A comparison as a page and as text for the terminal: who moved, through what, how the methods differ, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pandas as pd

from fhi.engine.words import key_name
from fhi.showing.compare import Comparison
from fhi.showing.figures.registry import LANGUAGES, Texts
from fhi.showing.report.contents import LABELS
from fhi.showing.report.method import value_words
from fhi.showing.report.page import light_page
from fhi.showing.report.tables import Table, stated
from fhi.showing.report.texts import NOTHING, decimal, said, same, whole
from fhi.showing.terminal import table

#: where an edition says nothing of its units
PLAIN = {"one": {"zh": "评价对象", "en": "Unit"}, "many": {"zh": "评价对象", "en": "units"}}
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
        _part("ranks", said("compare.ranks"), _moves_table(found, rows, words), evidence=labels),
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


def method_table(found: Comparison) -> Table | None:
    """Return the assumptions that differ, each before and after, and how many units it moves by itself."""
    if found.assumptions.empty:
        return None
    nodes, rows = node_names(found), []
    for name, group in found.assumptions.groupby("assumption", sort=False):
        key, _, node = name.partition(".")
        label = {language: key_name(key, language) for language in LANGUAGES}
        if node:
            label = {language: f"{label[language]} · {nodes.get(node, same(node))[language]}" for language in LANGUAGES}
        first, sides = group.iloc[0], ((found.base, "before"), (found.other, "after"))
        choice = [same(first[kind]) if node else value_words(getattr(item.method, key), key) for item, kind in sides]
        moved = [group[kind] for kind in ("alone", "last")]
        counts = [NOTHING if part.isna().all() else str(int((part.abs() > 0).sum())) for part in moved]
        rows.append([label, *choice, *counts])
    return stated("compare-method", rows, base=found.base.name, other=found.other.name)


def _moves_table(found: Comparison, rows: pd.DataFrame, words: Mapping[str, Texts]) -> Table:
    """Return the ranks and scores in both, how far each unit moved, and through what."""
    nodes, lines = node_names(found), []
    cities = {city: {"zh": city, "en": name} for city, name in found.data.units["name_en"].items()}
    for item in rows.sort_values(["base_rank", "rank", "city"]).itertuples():
        parts = [(nodes.get(name, same(name)), text) for name, text in through(found, item)]
        joints = {"zh": "，", "en": ", "}
        why = {
            language: joints[language].join(f"{name[language]} {text}" for name, text in parts)
            for language in LANGUAGES
        }
        ranks = [whole(item.base_rank), whole(item.rank), arrow(item.shift)]
        lines.append([cities.get(item.city, same(item.city)), *ranks, f"{item.base_score:.1f} → {item.score:.1f}", why])
    return stated("compare-ranks", lines, base=found.base.name, other=found.other.name, unit=words["one"])


def _agreement_table(agreement: pd.DataFrame, words: Mapping[str, Texts]) -> Table:
    """Return how far each scenario agrees with the first and with the published ranks."""
    rows = [
        [same(row.scenario), str(row.cities), decimal(row.tau_b, 2), str(row.moved), decimal(row.mean_shift, 1)]
        + [decimal(row.published_tau_b, 2)]
        for row in agreement.itertuples()
    ]
    return stated("compare-agreement", rows, units=words["many"])


#: so many indicators (or assumptions) are named beside a city
NAMED = 3
#: characters that a choice of method may take
CHOICE = 50


def arrow(shift: object) -> str:
    """Return a shift as an arrow with the places gained or lost, – for none, nothing if it is missing."""
    if pd.isna(shift):
        return ""
    return f"{'↓' if shift > 0 else '↑'}{abs(int(shift))}" if shift else "–"


def comparison_text(found: Comparison) -> str:
    """Return a comparison of two scenarios: what differs between them, what moved, and through what."""
    root = found.data.framework.root
    names = found.data.units["name_en"]
    table_of = found.moves[found.moves["node"] == root].sort_values(["base_rank", "rank", "city"])
    common = table_of.dropna(subset=["shift"])
    moved = common["shift"].abs()
    lines = [
        f"{found.other.name} against {found.base.name}: {int((moved > 0).sum())} of {len(common)} cities moved, by "
        f"{moved.mean():.1f} places on average, {int(moved.max())} at most; Kendall's tau-b {found.tau_b:.2f}",
        "",
        *_changed(found),
        "",
    ]
    heads = ["city", "", found.base.name, found.other.name, "moved", "score", "", "", "through"]
    rows = [heads]
    for item in common.itertuples():
        scores = [f"{item.base_score:.1f}", "→", f"{item.score:.1f}"]
        ranks = [str(item.base_rank), str(item.rank)]
        rows.append(
            [
                item.city,
                names.get(item.city, ""),
                *ranks,
                arrow(item.shift),
                *scores,
                ", ".join(map(" ".join, through(found, item))),
            ]
        )
    lines += table(rows, "llrrrrlrl")
    lines += _one_sided(found, table_of)
    lines += _beyond(found)
    return "\n".join([*lines, "", *_reading(found)]) + "\n"


def _changed(found: Comparison) -> list[str]:
    if found.assumptions.empty:
        return ["No assumption differs."]
    rows = []
    for name, group in found.assumptions.groupby("assumption", sort=False):
        first = group.iloc[0]
        effect = "alone moves {} cities, taken back alone {}".format(
            *("–" if group[kind].isna().all() else int((group[kind].abs() > 0).sum()) for kind in ("alone", "last"))
        )
        before, after = (textwrap.shorten(first[kind], CHOICE, placeholder="…") for kind in ("before", "after"))
        rows.append([name, f"{before} → {after}", effect])
    return table(rows, "lll")


def through(found: Comparison, item) -> list[tuple[str, str]]:
    """Return the indicators (or assumptions) that moved a city most, each with how far.

    Parameters
    ----------
    found : Comparison
    item : row
        A row of its moves.
    """
    if found.scale:
        parts = found.contributions[found.contributions["city"] == item.city].set_index("node")["relative"]
        parts = parts[parts.abs() >= 0.005]
        order = parts.abs().sort_values(ascending=False, kind="stable").index[:NAMED]
        return [(node, f"{parts[node]:+.2f}") for node in order]
    parts = found.assumptions[found.assumptions["city"] == item.city].set_index("assumption")
    shift = parts["alone"].fillna(parts["last"])
    shift = shift[shift.fillna(0) != 0]
    order = shift.abs().sort_values(ascending=False, kind="stable").index[:NAMED]
    return [(name, arrow(shift[name])) for name in order]


def _beyond(found: Comparison) -> list[str]:
    """Return who moved by more than the uncertainty of both, if that was asked for."""
    if found.unsure:
        return ["", f"  whether moves exceed the uncertainty cannot be told: {found.unsure}"]
    if found.significance.empty:
        return []
    table = found.significance[found.significance["significant"]]
    rows = [[row.city, f"{row.low:+.0f} to {row.high:+.0f}"] for row in table.itertuples()]
    head = (
        f"  beyond the uncertainty (places in 90 % of {found.significance['draws'].max()} draws, negative for a rise): "
    )
    return ["", head + (", ".join(f"{city} ({places})" for city, places in rows) or "none")]


def _one_sided(found: Comparison, rows: pd.DataFrame) -> list[str]:
    """Return who has a score in one of the two alone."""
    lines = []
    for kept, gone in ((found.base, "score"), (found.other, "base_score")):
        cities = rows.loc[rows[gone].isna(), "city"]
        if len(cities):
            lines.append(f"  only in {kept.name}: {', '.join(cities)}")
    return ["", *lines] if lines else []


def _reading(found: Comparison) -> list[str]:
    moved = "moved: places up or down among the cities that have a score in both"
    if found.scale is None:
        what = "through: the assumptions that differ, each changed alone (where that cannot be built, taken back alone)"
        why = "a split by indicator is exact only between means of one kind: arithmetic, or geometric, at every level"
        notes = dict.fromkeys(found.assumptions["note"][found.assumptions["note"] != ""])
        return [moved, what, why, *notes]
    scores = "scores" if found.scale == "arithmetic" else "logarithms of the scores"
    return [
        moved,
        "through: the indicators that lift or lower the city most against the others, in standard deviations of the",
        f"{scores} (what all cities gain alike, or in proportion, moves no rank)",
    ]


def across_text(ranks: pd.DataFrame, agreement: pd.DataFrame, names: pd.Series) -> str:
    """Return the rank table over all scenarios, and how far each agrees with the first and the published ranks.

    Parameters
    ----------
    ranks : pandas.DataFrame
        Ranks by scenario and unit (`fhi.showing.compare.moves.across`).
    agreement : pandas.DataFrame
        One row a scenario, of the same function.
    names : pandas.Series
        Names shown, by unit.
    """
    wide = ranks.pivot(index="city", columns="scenario", values="rank")[agreement["scenario"].tolist()]
    wide = wide.loc[wide.assign(best=wide.median(axis=1)).sort_values([*wide.columns[:1], "best"]).index]
    rows = [["city", "", *wide.columns]]
    for city, row in wide.iterrows():
        rows.append([city, names.get(city, ""), *("" if pd.isna(rank) else str(int(rank)) for rank in row)])
    lines = table(rows, "ll" + "r" * wide.shape[1])
    first = agreement["scenario"].iloc[0]
    rows = [["scenario", "cities", f"tau-b with {first}", "moved", "places on average", "tau-b with published"]]
    for item in agreement.itertuples():
        # nothing moved, and nothing stayed, where no city is in both
        alone = pd.isna(item.mean_shift)
        shift = ["–"] * 3 if alone else [f"{item.tau_b:.2f}", str(item.moved), f"{item.mean_shift:.1f}"]
        printed = "–" if pd.isna(item.published_tau_b) else f"{item.published_tau_b:.2f}"
        rows.append([item.scenario, str(item.cities), *shift, printed])
    return "\n".join([*lines, "", *table(rows, "lrrrrr")]) + "\n"
