"""The first screen: the headline, the ranking of every unit with its uncertainty, and the map beside it."""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.editions.findings import COLUMNS
from fhi.editions.published import published, published_units
from fhi.showing.figures.basemap import LAND, WHOLE, albers, outlines
from fhi.showing.figures.registry import LANGUAGES, Tables, Texts
from fhi.showing.figures.texts import capital
from fhi.showing.figures.wording import named
from fhi.showing.report.tables import city_names, has, node_names, shown_units, upper_nodes
from fhi.showing.report.texts import anchor, said, unit_words

#: kilometres that one unit of the small map stands for, and the detail that its borders lose
KILOMETRES, TOLERANCE = 5, 14
#: the window of the map, in degrees: places beyond it have no map
WINDOW = {"lon": (73, 136), "lat": (3, 54)}
#: so many of the first units are named on the map, where there is room; the width of a letter there
NAMED, LETTER = 10, 15
#: where a label may stand: aside of and below its disc, and which end of it is there; and so many times as far
SIDES = ((22, 10, "start"), (-22, 10, "end"), (0, -20, "middle"), (0, 42, "middle"))
SIDES += ((14, 34, "start"), (-14, 34, "end"), (14, -16, "start"), (-14, -16, "end"))
REACHES = (1, 1.7, 2.5, 3.5, 5, 7)


def headline(tables: Tables, ranking: Mapping) -> Texts:
    """Return the sentence that opens the page: who is first, and how many published ranks the intervals do not hold.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    ranking : mapping
        Of `ranking`.
    """
    rows, unit = ranking["rows"], unit_words(tables)["many"]
    if not rows:
        return dict.fromkeys(LANGUAGES, "")
    if not ranking["published"]:
        return said("headline.plain", first=rows[0]["name"], count=len(rows), unit=unit, units=unit)
    known = [row for row in rows if row["low"] is not None]
    outside = sum(not row["low"] <= row["rank"] <= row["high"] for row in known)
    return said("headline.published", first=rows[0]["name"], count=len(known), outside=outside, unit=unit)


def findings(tables: Tables, kind: str | None = None) -> dict[str, dict[str, str]]:
    """Return the findings of an edition by id: their text by language, with ``page``, ``verdict`` and ``source``.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    kind : str, optional
        Of findings (default: all).
    """
    if not has(tables, "findings"):
        return {}
    rows, found = tables["findings"].reindex(columns=COLUMNS), {}
    rows = rows if kind is None else rows[rows["kind"] == kind]
    pages = rows["page"].map("{:.0f}".format, na_action="ignore")
    rows = rows.assign(page=pages).astype(object)
    for row in rows.where(rows.notna(), "").to_dict("records"):
        entry = found.setdefault(row["id"], {name: row[name] for name in ("page", "verdict", "source", "kind")})
        entry[row["language"]] = row["text"]
    return {id: entry for id, entry in found.items() if set(LANGUAGES) <= set(entry)}


def by_unit(told: Mapping[str, Mapping]) -> dict[str, list[Mapping]]:
    """Return the findings of a kind ``unit`` by their unit, which their ids begin with."""
    found: dict[str, list[Mapping]] = {}
    for id, text in told.items():
        if text["kind"] == "unit":
            found.setdefault(id.rsplit("-", 1)[0], []).append(text)
    return found


def ranking(tables: Tables) -> dict:
    """Return the rows of the ranking, best first, and which of its columns an edition has.

    A row is a unit with a published rank; in an edition that publishes none, one with a reconstructed rank.
    """
    root, *pillars = upper_nodes(tables)
    places = tables["tables/cities"].set_index("name_zh").to_dict("index")
    names, tiers, moved = city_names(tables), named(tables, "tier"), moves(tables, root)
    intervals = tables["rank_intervals"].set_index("city").to_dict("index") if has(tables, "rank_intervals") else {}
    stated = published(tables).set_index(["city", "node"])["rank"].to_dict()
    # where the publication ranks in no pillar, the reconstructed ranks stand there
    with_pillars = any(node in pillars for _, node in stated)
    printed = stated if with_pillars else tables["ranks"].set_index("city")[pillars].stack().to_dict()
    rows = []
    for city, rank, tier in shown_units(tables)[["city", "rank", "tier"]].itertuples(index=False):
        place, interval = places[city], intervals.get(city, {})
        row = {"id": anchor(place), "city": city, "name": names[city], "rank": int(rank), "tier": tiers.get(tier)}
        row |= {"order": list(tiers).index(tier) if tier in tiers else 0, "move": moved.get(city)}
        row["pillars"] = [_whole(printed.get((city, node))) for node in pillars]
        row |= {name: _whole(interval.get(name)) for name in ("reference", "low", "high")}
        rows.append(row | {"lon": place.get("lon"), "lat": place.get("lat")})
    return {
        "rows": rows,
        "published": len(published_units(tables, root)) > 0,
        "pillars_published": with_pillars,
        "tiers": list(tiers.values()) if any(row["tier"] for row in rows) else [],
        "pillars": brief([node_names(tables)[node] for node in pillars]),
        "moves": any(row["move"] is not None for row in rows),
        "intervals": bool(intervals),
        "last": max([row["high"] or 0 for row in rows] + [row["rank"] for row in rows], default=1),
    }


def brief(names: list[Texts]) -> list[dict]:
    """Return names for narrow columns, without what all begin with (金融科技产业, 金融科技体验: 产业, 体验)."""
    cut = {}
    for language in LANGUAGES:
        whole = [name[language] for name in names]
        alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*whole, strict=False))
        shared = "".join(letters[0] for letters in alike) if len(whole) > 1 else ""
        if language == "en":
            shared = shared[: shared.rfind(" ") + 1]
        short = [capital(name[len(shared) :]) for name in whole]
        cut[language] = short if all(len(name) > 1 for name in short) else whole
    return [dict(zip(LANGUAGES, pair, strict=True)) for pair in zip(*cut.values(), strict=True)]


def moves(tables: Tables, root: str) -> dict[str, int | str]:
    """Return by unit the places that its published rank gained (positive) or lost since the year before, or ``new``.

    Parameters
    ----------
    tables : mapping
        The built tables of a scenario, by name.
    root : str
        Code of the index.
    """
    if not has(tables, "movement"):
        return {}
    rows = tables["movement"].query("node == @root and evidence == 'published'")
    rows = rows[rows["to"] == rows["to"].max()].dropna(subset=["rank_to"])
    gained = rows.set_index("city")["rank_from"] - rows.set_index("city")["rank_to"]
    return {city: "new" if pd.isna(places) else int(places) for city, places in gained.items()}


def _whole(value: float | None) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def small_map(rows: list[dict]) -> dict | None:
    """Return the outlines, as one path, and where each unit stands; None unless all stand in the window of the map."""
    places = pd.DataFrame(rows, columns=["lon", "lat"], dtype=float)
    if not rows or not all(places[axis].between(*ends).all() for axis, ends in WINDOW.items()):
        return None

    def placed(points: np.ndarray) -> np.ndarray:
        return np.round((points - (WHOLE.west, WHOLE.north)) / (KILOMETRES, -KILOMETRES)).astype(int)

    lines = outlines(TOLERANCE)
    land = "".join(_path(placed(ring)) + "z" for rings in lines.rings.values() for ring in rings)
    points = placed(np.column_stack(albers(places["lon"], places["lat"])))
    discs = [{"x": int(x), "y": int(y), "row": row, "label": None} for (x, y), row in zip(points, rows, strict=True)]
    _label(discs)
    return {
        "width": round((WHOLE.east - WHOLE.west) / KILOMETRES),
        "height": round((WHOLE.north - WHOLE.south) / KILOMETRES),
        "land": land,
        "dashes": "".join(_path(placed(dash)) for dash in lines.dashes),
        "fill": LAND,
        "discs": discs,
    }


def _label(discs: list[dict]) -> None:
    """Set the label of the first units, on the first side where it meets no other label and no disc.

    Where no side beside the disc is free, it stands further off and a line ties it to its disc.
    """
    taken = [(disc["x"] - 12, disc["y"] - 12, disc["x"] + 12, disc["y"] + 12) for disc in discs]
    for disc in discs[:NAMED]:
        width = LETTER * (len(disc["row"]["name"]["en"]) + 2)
        x, y = disc["x"], disc["y"]
        for reach, (aside, below, end) in itertools.product(REACHES, SIDES):
            # the middle of a line of letters is 10 above its base
            at, base = x + reach * aside, y + reach * (below - 10) + 10
            left = at - {"start": 0, "middle": width / 2, "end": width}[end]
            box = (left, base - 26, left + width, base + 4)
            if not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                taken.append(box)
                disc["label"] = {"x": round(at), "y": round(base), "end": end, "tied": reach > 1}
                break


def _path(points: np.ndarray) -> str:
    """Return a line through whole points, each as a step from the one before; steps of nothing left out."""
    steps = np.diff(points, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps)
