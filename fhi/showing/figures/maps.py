"""Part one, the landscape: the map of the three regions with the twenty cities (p4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fhi.showing.figures import basemap, style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.labels import place_labels
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.wording import both, said

REGION = {"whole": "#aab6c1", "part": "#cfd7de", "ink": style.INK}
DISC = 15.0  # diameter of a disc with a rank, points
WIDTH = 6.7  # of the map, inches


def landscape_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities with rank, tier and place (series ``city``), and the provinces of the three regions (``region``)."""
    tiers = tables["tables/tiers"].rename(columns={"name_zh": "tier_zh", "name_en": "tier_en"})
    places = tables["tables/cities"].rename(columns={"name_zh": "city", "province_zh": "province"})
    regions = tables["tables/regions"].rename(columns={"name_zh": "region_zh", "name_en": "region_en"})
    regions = regions[["region", "region_zh", "region_en", "province", "extent"]]
    cities = tables["tables/top20"][["city", "rank", "tier", "page"]].merge(tiers[["tier", "tier_zh", "tier_en"]])
    cities = cities.merge(places[["city", "province", "lon", "lat"]]).merge(regions, how="left")
    cities = with_names(cities.sort_values("rank"), tables)
    page = tables["tables/headlines"].query("measure_en == 'world-class regions'")["page"].iloc[0]
    rows = [cities.assign(series="city"), regions.assign(series="region", page=page)]
    frame = pd.concat(rows, ignore_index=True).astype({"rank": "Int64"})
    return frame[["series", *frame.columns.drop("series")]]


def landscape_caption(data: pd.DataFrame) -> dict[str, str]:
    cities = data[data["series"] == "city"].sort_values("rank")
    inside = cities["region"].notna()
    leading = int(inside.cumprod().sum())
    regions = data[data["series"] == "region"].drop_duplicates("region")
    counts = regions["region"].map(cities["region"].value_counts()).fillna(0).astype(int)
    listed = {
        language: [f"{name} {count}" for name, count in zip(regions[f"region_{language}"], counts, strict=True)]
        for language in ("zh", "en")
    }
    return both(
        "p04-map.caption",
        inside=inside.sum(),
        listed_zh="、".join(listed["zh"]),
        leading=leading,
        listed_en=", ".join(listed["en"]),
    )


@figure(
    "p04-map",
    page=4,
    evidence=("published", "public"),
    data=landscape_data,
    caption=landscape_caption,
    source=both("p04-map.source"),
)
def landscape(data: pd.DataFrame, language: str):
    """Map of the regions with the ranked cities, and the list of the 20 beside it (p4)."""
    figure = style.canvas(6.75)
    cities, regions = (data[data["series"] == name].reset_index(drop=True) for name in ("city", "region"))
    fills = {province: REGION[extent] for province, extent in zip(regions["province"], regions["extent"], strict=True)}
    axes = basemap.china(figure, 0.15, 0.5, WIDTH, fills)
    above = basemap.in_points(axes)
    points = basemap.place(axes, cities["lon"], cities["lat"])
    taken = basemap.occupied(axes)
    taken += _label_cities(above, points, taken, cities, language)
    taken += [(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    middles = [basemap.middle(axes, group["province"]) for _, group in regions.groupby("region", sort=False)]
    _label_regions(above, np.array(middles), taken, regions, language)
    _region_key(above, language)
    _city_list(style.bare(style.area(figure, left=6.95, top=0.72, bottom=0.45)), cities, language)
    return figure


def _label_cities(axes, points: np.ndarray, taken: list, cities: pd.DataFrame, language: str) -> list:
    """Dots where the cities are, beside each a disc with the rank and the name, tied by a line; return the labels' boxes."""
    names = [style.fit(name, 90, style.SMALL) for name in style.city_names(cities, language)]
    sizes = np.array([(DISC + 2 + style.extent(name, style.SMALL), DISC) for name in names])
    corners = place_labels(points, sizes, taken, np.array([axes.get_xlim(), axes.get_ylim()]))
    for point, corner, size in zip(points, corners, sizes, strict=True):
        end = np.clip(point, corner - 1, corner + size + 1)
        axes.plot(*zip(point, end, strict=True), color=style.MUTED, linewidth=0.6, zorder=2)
    colours = [style.TIERS[tier] for tier in cities["tier"]]
    axes.scatter(*points.T, s=16, color=colours, edgecolor=style.PAPER, linewidth=0.6, zorder=3)
    _discs(axes, corners + DISC / 2, cities)
    for corner, name in zip(corners, names, strict=True):
        axes.text(corner[0] + DISC + 2, corner[1] + DISC / 2, name, va="center", size=style.SMALL)
    return [(*corner, *(corner + size)) for corner, size in zip(corners, sizes, strict=True)]


def _label_regions(axes, middles: np.ndarray, taken: list, regions: pd.DataFrame, language: str) -> None:
    names = regions.drop_duplicates("region")[f"region_{language}"]
    sizes = np.array([(style.extent(name, style.SMALL, "bold"), 10) for name in names])
    corners = place_labels(middles, sizes, taken, np.array([axes.get_xlim(), axes.get_ylim()]), tied=False)
    for (x, y), name in zip(corners, names, strict=True):
        axes.text(x, y + 5, name, size=style.SMALL, weight="bold", color=REGION["ink"], va="center")


def _discs(axes, centres: np.ndarray, cities: pd.DataFrame) -> None:
    colours = [style.TIERS[tier] for tier in cities["tier"]]
    axes.scatter(*centres.T, s=DISC**2, color=colours, zorder=3)
    for centre, colour, rank in zip(centres, colours, cities["rank"], strict=True):
        look = {"ha": "center", "va": "center_baseline", "size": style.SMALL, "weight": "bold", "zorder": 4}
        axes.text(*centre, str(rank), color=style.ink_on(colour), **look)


def _region_key(axes, language: str) -> None:
    """What the shades mean, in the empty corner south of Tibet."""
    texts = {
        "whole": said("p04-map.province-wholly-in", language),
        "part": said("p04-map.province-with-some", language),
    }
    for row, (extent, text) in enumerate(texts.items()):
        axes.scatter(20, 34 - 16 * row, marker="s", s=80, color=REGION[extent], edgecolor=style.MIDDLE, linewidth=0.6)
        axes.text(30, 34 - 16 * row, text, size=style.SMALL, color=style.MUTED, va="center")


def _city_list(axes, cities: pd.DataFrame, language: str) -> None:
    """The 20 in order of rank under the names of their tiers, with the region of those that lie in one."""
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    width = axes.get_position().width * axes.figure.get_size_inches()[0] * 72
    step = height / (len(cities) + cities["tier"].nunique() + 0.8)
    place, centres = height - step * 0.4, []
    for tier, group in cities.groupby("tier", sort=False):
        place -= 0.4 * step * bool(centres)
        axes.text(0, place, group[f"tier_{language}"].iloc[0], size=style.SMALL, weight="bold", va="center")
        axes.plot([0, width], [place - step / 2] * 2, color=style.TIERS[tier], linewidth=1.2)
        for item in group.itertuples():
            place -= step
            centres.append((DISC / 2 + 1, place))
            region = getattr(item, f"region_{language}")
            if isinstance(region, str):
                axes.text(width, place, region, size=style.SMALL, color=REGION["ink"], va="center", ha="right")
        place -= step
    _discs(axes, np.array(centres), cities)
    for centre, name in zip(centres, style.city_names(cities, language), strict=True):
        axes.text(DISC + 6, centre[1], style.fit(name, 70, style.SMALL), size=style.SMALL, va="center")
    axes.set(xlim=(0, width), ylim=(0, height))
