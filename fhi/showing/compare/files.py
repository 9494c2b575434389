"""What a comparison writes: its tables, pictures and page, in files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from fhi.editions.outputs import RECONSTRUCTED
from fhi.editions.published import published
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.methods import traits
from fhi.files import Files
from fhi.showing.compare import Comparison, Data, Result, across, read_data, read_result
from fhi.showing.compare.page import across_page, comparison_page
from fhi.showing.compare.plain_text import across_text, comparison_text
from fhi.showing.figures import EVIDENCE, LANGUAGES, FigureEntry, moves, rendering
from fhi.showing.report.texts import unit_words
from fhi.store import Store, in_order, to_csv

SUMMARY, PAGE = "summary.txt", "index.html"


def evidence(results: Iterable[Result]) -> tuple[str, ...]:
    """Return the labels of reconstructed indices, of those from given or made up files, and from judgements."""
    found = {RECONSTRUCTED}
    for method in (result.method for result in results):
        if method.user_data:
            found.add("synthetic" if method.user_data.synthetic else "user")
        if traits("weighting", method.weighting.method).judgements:
            found.add("user")
    return tuple(label for label in EVIDENCE if label in found)


def write_comparison(found: Comparison, files: Files) -> Path:
    """Write a comparison into ``reports/<scenario>/compare/<base>/``; return the file of its text.

    ``moves.csv``, ``contributions.csv``, ``assumptions.csv`` and ``significance.csv`` are the tables; ``ranks`` and
    ``through`` the pictures; ``index.html`` shows all of it, and links the two reports.

    Parameters
    ----------
    found : Comparison
    files : Files
        Of the scenario that is compared.
    """
    folder = f"{files.reports}/compare/{found.base.name}"
    for name in ("moves", "contributions", "assumptions", "significance"):
        table = in_order(f"compare/{name}", getattr(found, name))
        files.write_bytes(f"{folder}/{name}.csv", to_csv(table).encode("utf-8"))
    drawn = {entry.id: _write_pictures(entry, data, files, folder) for entry, data in pictures(found)}
    store = Store(found.other.name, files.root)
    words = unit_words(store) if "tables/edition" in store else None
    page = comparison_page(found, evidence((found.base, found.other)), drawn, words)
    files.write_bytes(f"{folder}/{PAGE}", page.encode("utf-8"))
    return files.write_bytes(f"{folder}/{SUMMARY}", comparison_text(found).encode("utf-8"))


def write_all(scenarios: Sequence[str], faults: Mapping[str, str] = {}, root: Path | None = None) -> Path:
    """Write the rank tables over all scenarios into ``reports/compare-all/``; return the file of their text.

    Those of the edition of the first stand in the folder itself, those of another edition with two or more scenarios in
    a folder of its name. What is not compared is named, with the reason.

    Parameters
    ----------
    scenarios : sequence of str
        Built scenarios; within an edition the first is what the others are compared with.
    faults : mapping
        What kept a scenario from being built, by its name; empty if nothing did.
    root : Path, optional
        See `fhi.files.Files`.

    Raises
    ------
    MethodError
        If no scenario is built.
    """
    editions: dict[str | None, list[Result]] = {}
    told = {name: text.strip() for name, text in faults.items() if text.strip()}
    for name in scenarios:
        if name not in told:
            try:
                result = read_result(Store(name, root))
            except (FhiError, OSError) as error:
                told[name] = str(error)
            else:
                editions.setdefault(result.method.edition, []).append(result)
    if not editions:
        raise MethodError("no scenario could be built:\n" + "\n".join(f"{name}: {told[name]}" for name in told))
    texts = []
    for number, (edition, results) in enumerate(editions.items()):
        if number and len(results) < 2:
            texts.append(f"not compared, the only one of edition {edition}: {results[0].name}\n")
            continue
        folder = f"reports/compare-all/{edition}" if number else "reports/compare-all"
        texts.append((f"edition {edition}\n\n" if number else "") + _write_across(results, folder, root))
    texts += [f"not compared, it could not be built: {name}: {text}\n" for name, text in told.items()]
    return Files(root=root).write_bytes(f"reports/compare-all/{SUMMARY}", "\n".join(texts).encode("utf-8"))


def _write_across(results: list[Result], folder: str, root: Path | None) -> str:
    """Write the rank table over scenarios of one edition and its picture; return the text."""
    store = Store(results[0].name, root)
    data = read_data(store)
    printed = published(store)
    printed = printed[printed["node"] == data.framework.root].set_index("city")["rank"]
    ranks, agreement = across(results, data.framework, printed)
    names = data.units["name_en"]
    wide = ranks.pivot(index="city", columns="scenario", values="rank")[agreement["scenario"].tolist()]
    store.write_bytes(f"{folder}/ranks.csv", to_csv(wide.astype("Int64").reset_index()).encode("utf-8"))
    store.write_bytes(f"{folder}/agreement.csv", to_csv(agreement).encode("utf-8"))
    order = {scenario: place for place, scenario in enumerate(agreement["scenario"])}
    drawn = ranks.assign(place=ranks["scenario"].map(order)).sort_values(["place", "rank", "city"], kind="stable")
    drawn = drawn.drop(columns="place").assign(city_en=drawn["city"].map(names))
    labels = evidence(results)
    pictures = {"ranks": _write_pictures(moves.entry("all-scenarios", labels), drawn, store, folder)}
    up = "../" * (folder.count("/"))
    words = unit_words(store) if "tables/edition" in store else None
    page = across_page((ranks, agreement), names, labels, pictures, words, up)
    store.write_bytes(f"{folder}/{PAGE}", page.encode("utf-8"))
    return across_text(ranks, agreement, names)


def pictures(found: Comparison) -> list[tuple[FigureEntry, pd.DataFrame]]:
    """Return the figures of a comparison with their data: both orders, and what moved the ranks if anything did."""
    names, labels = {"base": found.base.name, "other": found.other.name}, evidence((found.base, found.other))
    slopes, through = slope_rows(found.moves, found.data), through_data(found)
    drawn = {"ranks": slopes} | ({"through": through} if len(through) else {})
    return [(moves.entry(id, labels, **names), data) for id, data in drawn.items()]


def slope_rows(table: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return the places in both results, from `fhi.showing.compare.moves.moves`.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `fhi.showing.compare.moves.moves`.
    data : Data
        For the names of the units.
    """
    rows = table[(table["node"] == data.framework.root) & table["shift"].notna()]
    places = rows[["base_score", "score"]].rank(ascending=False, method="min").astype(int)
    frame = pd.DataFrame({"city": rows["city"], "city_en": rows["city"].map(data.units["name_en"])})
    frame = frame.assign(base_place=places["base_score"], place=places["score"], shift=rows["shift"].astype(int))
    return frame.sort_values(["base_place", "city"], ignore_index=True)


def through_data(found: Comparison) -> pd.DataFrame:
    """Return what moved each city: indicators if the scores are sums, else the assumptions that differ."""
    cities = slope_rows(found.moves, found.data)
    if found.scale:
        columns = [leaf for leaf in found.data.framework.leaves if leaf in set(found.contributions["node"])]
        names = {language: found.data.framework.names(language) for language in LANGUAGES}
        values = found.contributions.pivot(index="city", columns="node", values="relative")
    else:
        rows = found.assumptions.dropna(subset=["city"])
        columns = list(dict.fromkeys(rows["assumption"]))
        names = {language: pd.Series(columns, index=columns, dtype=object) for language in LANGUAGES}
        values = rows.assign(value=rows["alone"].fillna(rows["last"]).astype(float)).pivot(
            index="city", columns="assumption", values="value"
        )
    frames = [
        cities[["city", "city_en", "shift"]].assign(
            kind="indicator" if found.scale else "assumption",
            column=column,
            value=cities["city"].map(values[column]),
            **{f"column_{language}": names[language][column] for language in LANGUAGES},
        )
        for column in columns
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _write_pictures(entry: FigureEntry, data: pd.DataFrame, files: Files, folder: str) -> dict[str, bytes]:
    """Write the data and the pictures of a comparison; return its SVGs by language."""
    files.write_bytes(f"{folder}/{entry.id}.csv", to_csv(data).encode("utf-8"))
    drawn = {}
    for language in LANGUAGES:
        for kind, content in rendering.images(entry, data, language).items():
            files.write_bytes(f"{folder}/{entry.id}.{language}.{kind}", content)
            drawn |= {language: content} if kind == "svg" else {}
    return drawn
