"""The profile of a unit: one data structure for page and print, plain values in one language.

A profile is made of built tables alone, for any unit of any edition; what an edition does not have is None or empty.
The templates only set it: ``profile.typ`` in print, ``profile.html.j2`` on the page.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from fhi.editions.published import published
from fhi.engine.framework import Framework
from fhi.showing.figures.charts import pillars
from fhi.showing.figures.registry import Tables
from fhi.showing.figures.style import PILLARS, TIERS
from fhi.showing.report.measures import measured, measured_span
from fhi.showing.report.opening import by_unit, findings
from fhi.showing.report.pictures import locator
from fhi.showing.report.tables import has, latest, profiled, shown_units, upper_nodes
from fhi.showing.report.texts import NOTHING, anchor, decimal, digits, names, span, unit_words, whole

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "report"
#: a strength or weakness: so far from the overall place, as a share of the units compared
APART = 0.2
NEAREST = 3
#: pillars of an edition that names no colours of its own
HUES = tuple(PILLARS[name] for name in ("industry", "experience", "ecosystem"))


@cache
def sayings(language: str) -> dict[str, str]:
    """Return the words of a profile in a language, by name."""
    texts = yaml.safe_load((ASSETS / "profile.yml").read_text(encoding="utf-8"))
    return {name: text[language] for name, text in texts.items()}


def profiles(tables: Tables, language: str, year: int | None, units: Sequence[str] | None = None) -> list[dict]:
    """Return the profiles of units, by default of those on the page (`profiled`), in order of rank.

    Parameters
    ----------
    tables : mapping
        The built tables; ``findings``, ``rank_intervals``, ``bounds`` and ``next_above`` if there are any.
    language : str
    year : int or None
        The edition's year: of each indicator the latest value not later than it.
    units : sequence of str, optional
        Names of units, keys of cities.csv.

    Returns
    -------
    list of dict
        ``id, name, about, tier, rank, reconstructed, of, move, map, pillars, indicators, marks, missing, uncertainty,
        bullets, peers, ahead, said``: texts, and numbers where a template draws (shares of an axis, 0 to 100);
        ``said`` holds the heads of the parts.

    Raises
    ------
    KeyError
        If a unit is not in cities.csv.
    """
    field = Field(tables, language, year)
    return [field.profile(unit) for unit in (profiled(tables) if units is None else units)]


class Field:
    """The units compared and the built tables by unit: many profiles search each table once."""

    def __init__(self, tables: Tables, language: str, year: int | None):
        self.tables, self.language, self.year = tables, language, year
        nodes, cities, units = tables["tables/framework"], tables["tables/cities"], unit_words(tables)
        self.framework = Framework.from_table(nodes)
        self.uppers = upper_nodes(tables)
        self.nodes = {code: text[language] for code, text in names(nodes, "code").items()}
        self.names = {unit: text[language] for unit, text in names(cities, "name_zh").items()}
        self.places = cities.set_index("name_zh").to_dict("index")
        self.listed = shown_units(tables).set_index("city")
        self.units = list(self.listed.index)
        self.published = published(tables).pivot(index="city", columns="node", values="rank")
        self.scores = tables["scores"].set_index("city")
        # reconstructed ranks of the units compared, among themselves; 1 is best, ties share the lower number
        self.ranks = self.scores.reindex(self.units).rank(ascending=False, method="min")
        self.decimals = digits(self.scores[self.uppers])
        # the weight of each node inside its parent
        self.local = tables["weights"].set_index("node")["weight"].to_dict()
        many = units["one" if language == "zh" else "many"][language]
        filled = (("{many}", many), ("{of}", str(len(self.units))))
        self.said = {}
        for name, text in sayings(language).items():
            for slot, value in filled:
                text = text.replace(slot, value)
            self.said[name] = text

    # --- what is looked up ---------------------------------------------------------------------------------

    @cached_property
    def hues(self) -> dict[str, str]:
        """The colour of each node: that of its pillar."""
        owners = pillars(self.tables["tables/framework"])
        own = {code: PILLARS.get(code, HUES[place % len(HUES)]) for place, code in enumerate(self.uppers[1:])}
        return {code: own.get(owner, PILLARS["FHI"]) for code, owner in owners.items()}

    @cached_property
    def values(self) -> dict[tuple[str, str], Mapping]:
        return latest(self.tables["panel"], self.year).to_dict("index")

    @cached_property
    def used(self) -> dict[tuple[str, str], float]:
        """The value of each cell of the index: where values were interpolated or filled in, not that of the panel."""
        return self.tables["indicators"].set_index("city").stack().dropna().to_dict()

    @cached_property
    def covered(self) -> dict[tuple[str, str], Mapping]:
        return self.tables["coverage"].set_index(["city", "indicator"]).to_dict("index")

    # --- the parts of a profile ----------------------------------------------------------------------------

    def profile(self, unit: str) -> dict:
        """Return the profile of one unit."""
        place = self.places[unit]
        row = self.listed.loc[unit] if unit in self.listed.index else pd.Series({"rank": np.nan, "tier": None})
        cells = [self._indicator(unit, code) for code in self.framework.leaves]
        missing = sum(cell["value"] == self.said["missing"] for cell in cells)
        return {
            "id": anchor(place),
            "unit": unit,
            "name": self.names[unit],
            "about": self.about(place),
            "tier": self.tier(row["tier"]),
            **self._both(unit),
            "of": len(self.units),
            "rank_key": self.said["rank_key" if len(self.published) else "rank_key_own"],
            "move": self.move(unit),
            "map": locator(place, unit),
            "map_text": self.said["map"].format(unit=self.names[unit]),
            "pillars": [self.pillar(unit, code) for code in self.uppers],
            "indicators": cells,
            "marks": self.said["marks"],
            "missing": self.said["missing_count"].format(total=len(cells), count=missing) if missing else "",
            "uncertainty": self.uncertainty(unit),
            "bullets": self.bullets(unit),
            "peers": self.peers(unit),
            "ahead": self.ahead(unit),
            "said": self.said,
        }

    def about(self, place: Mapping) -> str:
        """Return what a unit belongs to: its province, or the group that an edition gives it."""
        text = place.get(f"province_{self.language}") or place.get("group")
        return text if isinstance(text, str) and text != place.get("name_en") else ""

    def tier(self, tier: object) -> dict | None:
        if not isinstance(tier, str) or "tables/tiers" not in self.tables:
            return {"name": tier, "colour": TIERS["national"]} if isinstance(tier, str) else None
        found = names(self.tables["tables/tiers"], "tier")
        return {"name": found[tier][self.language], "colour": TIERS.get(tier, TIERS["national"])}

    def _both(self, unit: str) -> dict[str, str | None]:
        """Return the published and the reconstructed rank in the index."""
        root = self.framework.root
        return {"rank": self._rank(unit, root), "reconstructed": self._reconstructed(unit, root)}

    def _rank(self, unit: str, node: str) -> str | None:
        """Return the published rank in a node; None where none is published."""
        if unit not in self.published.index or node not in self.published:
            return None
        rank = self.published.at[unit, node]
        return None if pd.isna(rank) else whole(rank)

    def _reconstructed(self, unit: str, node: str) -> str:
        return whole(self.ranks.at[unit, node]) if unit in self.ranks.index else NOTHING

    def move(self, unit: str) -> dict | None:
        """Return how the published rank moved since the year before: direction, places and words."""
        if not has(self.tables, "movement"):
            return None
        rows = self.tables["movement"]
        rows = rows[(rows["city"] == unit) & (rows["node"] == self.framework.root) & rows["rank_to"].notna()]
        if rows.empty:
            return None
        row = rows.sort_values("to").iloc[-1]
        kind, arrow, places = "new", "", None
        if pd.notna(row["rank_from"]):
            kind, arrow = {1: ("up", "▲"), -1: ("down", "▼"), 0: ("as_before", "")}[int(np.sign(row["change"]))]
            places = abs(int(row["change"]))
        return {"kind": kind, "arrow": arrow, "text": self.said[kind].format(year=row["from"], places=places)}

    def pillar(self, unit: str, node: str) -> dict:
        """Return the ranks and the score of a unit in the index or a pillar, and the bounds of that score.

        Parameters
        ----------
        unit, node : str
            Key of the unit, code of the node.
        """
        score = self.scores.at[unit, node] if unit in self.scores.index else np.nan
        low, high = self.bounds.get((unit, node), (np.nan, np.nan))
        return {
            "code": node,
            "name": self.nodes[node],
            "colour": self.hues[node],
            "published": self._rank(unit, node),
            "reconstructed": self._reconstructed(unit, node),
            "score": decimal(score, self.decimals),
            "share": self.share(score),
            "bounds": span(low, high),
            "low": self.share(low),
            "high": self.share(high),
        }

    @cached_property
    def bounds(self) -> dict[tuple[str, str], tuple[float, float]]:
        if not has(self.tables, "bounds"):
            return {}
        return {(row.city, row.node): (row.low, row.high) for row in self.tables["bounds"].itertuples()}

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The ends of the axis of scores: 0 to 100, or what another normalisation gives."""
        points = self.scores[self.uppers]
        if points.min().min() >= 0 and points.max().max() <= 100 and points.max().max() > 1:
            return 0.0, 100.0
        return min(0.0, float(points.min().min())), float(points.max().max())

    def share(self, score: float) -> float | None:
        """Return where a score stands on its axis, 0 to 100; None if there is none."""
        low, high = self.scale
        return None if pd.isna(score) else round(float(np.clip((score - low) / (high - low), 0, 1)) * 100, 2)

    @cached_property
    def standings(self) -> dict[tuple[str, str], tuple[int, int, int, int]]:
        """Of every known cell the best and worst place among the units compared, the last that shares it, how many."""
        rows = pd.DataFrame(
            self.values.values(), index=pd.MultiIndex.from_tuples(self.values, names=["city", "indicator"])
        )
        rows = rows[rows.index.get_level_values("city").isin(self.units)].reset_index()
        signs = self.framework.directions.reindex(rows["indicator"]).to_numpy()
        known = [self.used.get(key) for key in zip(rows["city"], rows["indicator"], strict=True)]
        value = rows["value"].where([cell is None for cell in known], pd.Series(known, rows.index, dtype=float))
        bounded = rows["low"] < rows["high"]
        low, high = rows["low"].where(bounded, value) * signs, rows["high"].where(bounded, value) * signs
        rows["least"], rows["most"] = np.minimum(low, high), np.maximum(low, high)
        parts = []
        for _, group in rows.groupby("indicator"):
            least, most = group["least"].to_numpy(), group["most"].to_numpy()
            # how many lie above: all but those that sorting puts before it; a cell is not above itself
            best = 1 + len(group) - np.searchsorted(np.sort(least), most, side="right")
            over = len(group) - np.searchsorted(np.sort(most), least, side="right") - (most > least)
            last = len(group) - np.searchsorted(np.sort(most), least, side="left")
            parts.append(group.assign(best=best, worst=np.maximum(best, 1 + over), last=last, of=len(group)))
        found = pd.concat(parts)[["city", "indicator", "best", "worst", "last", "of"]]
        return {(city, code): tuple(places) for city, code, *places in found.itertuples(index=False)}

    def _indicator(self, unit: str, code: str) -> dict:
        """Return one row of the table of indicators."""
        row = {"code": code, "name": self.nodes[code], "colour": self.hues[code], "value": self.said["missing"]}
        row |= {"year": "", "evidence": "", "used": False, "bounds": "", "place": NOTHING, "mark": "", "share": None}
        value = self.values.get((unit, code))
        if value is None:
            return row
        shown = self.used.get((unit, code), float(value["value"]))
        printed = value["evidence"] == "published"
        row["value"] = measured(shown, value["unit"], printed=printed)[self.language]
        if value["low"] < value["high"]:
            row["bounds"] = measured_span(value["low"], value["high"], value["unit"], self.language)
        row["year"] = str(int(value["year"]))
        row["evidence"] = value["evidence"]
        row["used"] = bool(self.covered.get((unit, code), {}).get("used", False))
        if (unit, code) in self.standings:
            best, worst, last, of = self.standings[unit, code]
            row["place"] = f"{best}–{worst}" if worst > best else f"{best}"
            row["place"] += "" if of == len(self.units) else f" / {of}"
            row["mark"] = self._mark(unit, best, last, of)
            row["share"] = round(100 * (of - (best + worst) / 2) / max(of - 1, 1), 1)
        return row

    def _mark(self, unit: str, best: int, last: int, of: int) -> str:
        """Return ``strength`` or ``weakness`` of a place beside the overall one, or nothing.

        Places are shares of the units compared, 1 the first and 0 the last; a place known up to an interval, or
        shared with others, counts by its end that says less: a 0 that half of the units share is no strength.
        """
        rank = self.listed["rank"].get(unit, np.nan)
        # the second of three leaders is no weakness: at least half of the units must have the value
        if of < max(3, len(self.units) / 2) or pd.isna(rank):
            return ""
        overall = (len(self.units) - rank) / max(len(self.units) - 1, 1)
        least, most = (of - last) / (of - 1), (of - best) / (of - 1)
        if last == 1 or least - overall >= APART:
            return "strength"
        return "weakness" if best == of or overall - most >= APART else ""

    def uncertainty(self, unit: str) -> dict:
        """Return the interval of ranks and the bounds of the score, with where they stand on their axes."""
        root, found = self.framework.root, {"ranks": None, "scores": None}
        if has(self.tables, "rank_intervals"):
            rows = self.intervals
            if unit in rows.index and pd.notna(rows.at[unit, "low"]):
                found["ranks"] = self._ranks(unit, rows.loc[unit], int(rows["high"].max()))
        if (unit, root) in self.bounds:
            low, high = self.bounds[unit, root]
            found["scores"] = self.pillar(unit, root) | {"text": span(low, high), "head": self.said["score_bounds"]}
            found["scores"]["ticks"] = [f"{end:g}" for end in self.scale]
        return found

    def _ranks(self, unit: str, row: pd.Series, last: int) -> dict:
        last = max(last, len(self.units))

        def at(rank: object) -> float | None:
            return None if pd.isna(rank) else round(100 * (float(rank) - 0.5) / last, 2)

        head = self.said["interval"].format(level=f"{row['level'] * 100:g}%", draws=f"{row['draws']:,.0f}")
        low, high = int(row["low"]), int(row["high"])
        own = self._rank(unit, self.framework.root)
        return {
            "text": f"{low}–{high}" if high > low else f"{low}",
            "head": head,
            "low": round(100 * (low - 1) / last, 2),
            "high": round(100 * high / last, 2),
            "published": None if own is None else at(float(own)),
            "reconstructed": at(row["reference"]),
            "ticks": ["1", str(last)],
        }

    def bullets(self, unit: str) -> list[dict]:
        """Return the sentences about a unit (``findings.csv``, kind ``unit``), each with its page and verdict."""
        found = []
        for told in self.told.get(unit, []):
            page = told["page"] and self.said["page"].format(page=told["page"])
            found.append({"text": told[self.language], "page": page, "verdict": told["verdict"]})
        return found

    @cached_property
    def told(self) -> dict[str, list[dict[str, str]]]:
        return by_unit(findings(self.tables, "unit"))

    @cached_property
    def points(self) -> pd.DataFrame:
        """Normalised indicators that have data, of the units compared."""
        return self.tables["normalised"].set_index("city").reindex(self.units).dropna(axis="columns", how="all")

    @cached_property
    def intervals(self) -> pd.DataFrame:
        return self.tables["rank_intervals"].set_index("city")

    def peers(self, unit: str) -> list[dict]:
        """Return the units with the nearest scores: root mean square difference over the indicators that both have.

        A unit that shares less than half of the indicators of this one is none.
        """
        points = self.points
        if unit not in points.index or not (own := points.loc[unit].notna()).any():
            return []
        apart = points.sub(points.loc[unit]).loc[:, own]
        shared = apart.notna().sum(axis=1)
        distance = np.sqrt((apart**2).mean(axis=1)).where(shared * 2 >= own.sum()).drop(unit)
        nearest, found = distance.dropna().sort_values(kind="stable").head(NEAREST), []
        for other, value in nearest.items():
            about = {"id": anchor(self.places[other]), "name": self.names[other]}
            found.append(about | self._both(other) | {"distance": decimal(value, self.decimals)})
        return found

    def ahead(self, unit: str) -> dict:
        """Say what would lift a unit past the one ranked just above: the rise that each indicator alone would need."""
        points = self.scores[self.framework.root].dropna()
        if unit not in points.index:
            return {"note": self.said["ahead_none"], "items": []}
        better = points[points > points[unit]]
        if better.empty:
            return {"note": self.said["ahead_first"], "items": []}
        gap = float(better.min() - points[unit])
        filled = {"above": self.names[better.idxmin()], "unit": self.names[unit]}
        filled["gap"] = decimal(gap, self.decimals + 1)
        needs = self._needs(unit, gap)
        if needs is None:
            return {"note": self.said["ahead_unsplit"].format(**filled), "items": []}
        items = []
        for code, *points in needs[:NEAREST]:
            score, need = (decimal(value, self.decimals) for value in points)
            items.append(self.said["ahead_item"].format(name=self.nodes[code], score=score, need=need))
        return {"note": self.said["ahead_note"].format(**filled), "items": items or [self.said["ahead_unreachable"]]}

    def _needs(self, unit: str, gap: float) -> list[tuple[str, float, float]] | None:
        """Return indicators with their score and the rise that closes a gap alone, the least first.

        In a weighted mean a rise d of a leaf lifts the root by d times its weight there, what is missing for the unit
        left out; a rise beyond the top of the scale is none. None where the root is no such mean of the leaves.
        """
        weights = self.weights(unit)
        scores = self.scores.loc[unit, list(weights)].to_dict()
        mean = sum(weights[code] * scores[code] for code in weights)
        if abs(mean - self.scores.at[unit, self.framework.root]) > 1e-6:
            return None
        found = [(code, scores[code], gap / share) for code, share in weights.items() if share > 0]
        top = self.scale[1]
        return sorted((item for item in found if item[1] + item[2] <= top + 1e-9), key=lambda item: item[2])

    def weights(self, unit: str) -> dict[str, float]:
        """Return the weight in the root of each leaf that a unit has, that of a missing sibling given to the others."""
        local, own = self.local, self.scores.loc[unit].dropna().to_dict()

        def below(node: str, share: float) -> dict[str, float]:
            children = [code for code in self.framework.children(node) if code in own and code in local]
            if not children:
                return {node: share}
            whole = np.sum([local[code] for code in children])
            return {leaf: part for code in children for leaf, part in below(code, share * local[code] / whole).items()}

        return below(self.framework.root, 1.0)
