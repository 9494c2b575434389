"""Part one, the landscape: the map of the three regions (p4), the TOP20 table and the tiers (p5), six cities (p6-8)."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from fhi.showing.figures import basemap, style
from fhi.showing.figures.charts import margin, printed, with_names, with_node_names
from fhi.showing.figures.documents import Block, block, table
from fhi.showing.figures.industry import PAGE as LEADERS_PAGE
from fhi.showing.figures.registry import Tables, figure, id_of, of_form
from fhi.showing.figures.texts import capital, place_labels, quantity_text, ranked, wrapped
from fhi.showing.figures.wording import both, each, heads, listed, said

PILLARS = ("industry", "experience", "ecosystem")
RANKED = ("FHI", *PILLARS)
RANKS = ["rank", *(f"{pillar}_rank" for pillar in PILLARS)]


def top20_data(tables: Tables) -> pd.DataFrame:
    """The TOP20 table as printed, with the tier names."""
    frame = tables["tables/top20"].merge(_tiers(tables), on="tier")
    columns = ["rank", "city", "tier", "tier_zh", "tier_en", "change", "change_value", *RANKS[1:], "page"]
    return with_names(frame.sort_values("rank")[columns], tables)


def _tiers(tables: Tables) -> pd.DataFrame:
    """Return the tiers with their names, ``tier, tier_zh, tier_en``."""
    tiers = tables["tables/tiers"].rename(columns={"name_zh": "tier_zh", "name_en": "tier_en"})
    return tiers[["tier", "tier_zh", "tier_en"]]


def top20_caption(data: pd.DataFrame) -> dict[str, str]:
    up, down = data.loc[data["change_value"].idxmax()], data.loc[data["change_value"].idxmin()]
    fell = listed(data[data["change_value"] == down["change_value"]])
    return both("p05-top20.caption", up=up, fell=fell, down=-down["change_value"])


@figure("p05-top20", top20_data, top20_caption)
def top20(data: pd.DataFrame, language: str):
    """Table of overall rank, change and pillar ranks, cells shaded by rank (p5)."""
    figure = style.canvas(8.0)
    axes = style.bare(style.area(figure, top=0.65, bottom=0.45))
    x = [1.75, 3.5, 4.75, 6.05, 7.3, 8.55]
    for place, name in zip(x, ("city", "rank", "change", *PILLARS), strict=True):
        look = {"ha": "left" if place == x[0] else "center", "color": style.MUTED, "size": style.SMALL}
        axes.text(place, -1, said(f"p05-top20.{name}", language), va="center", **look)
    names = style.city_names(data, language)
    for row, (name, item) in enumerate(zip(names, data.itertuples(), strict=True)):
        axes.text(x[0], row, name, va="center")
        change = item.change_value
        text = (
            said("p05-top20.new", language) if pd.isna(change) else f"{style.ARROWS[np.sign(change)]} {abs(change):.0f}"
        )
        colour = style.INK if pd.isna(change) else style.direction(change)
        axes.text(x[2], row, text if change else "—", color=colour, ha="center", va="center")
        for place, column, pillar in zip([x[1], *x[3:]], RANKS, RANKED, strict=True):
            rank = getattr(item, column)
            shade = _shade(pillar, (rank - 1) / max(len(data) - 1, 1))
            axes.add_patch(Rectangle((place - 0.52, row - 0.42), 1.04, 0.84, color=shade))
            axes.text(place, row, str(rank), ha="center", va="center", weight="bold", color=style.ink_on(shade))
    for tier, group in data.groupby("tier", sort=False):
        top, bottom = group.index[0] - 0.45, group.index[-1] + 0.45
        axes.add_patch(Rectangle((0, top), 0.09, bottom - top, color=style.TIERS[tier]))
        label = wrapped(group[f"tier_{language}"].iloc[0], 1.4, style.SMALL)
        style.note(axes, 0.2, group.index[0] - 0.3, label, va="top")
        if top > 0:
            axes.axhline(top - 0.05, color=style.LINE, linewidth=1)
    axes.set(xlim=(0, 9.3), ylim=(len(data) - 0.5, -1.5))
    return figure


def _shade(pillar: str, share: float) -> str:
    """Return the shade of a rank: the hue of its pillar for the first, its pale ground for the last."""
    dark, pale = np.array(to_rgb(style.PILLARS[pillar])), np.array(to_rgb(style.PALE[pillar]))
    return to_hex(dark + (pale - dark) * share**0.6)


def tiers_data(tables: Tables) -> pd.DataFrame:
    """Printed mean score of each tier, with its cities in order of rank."""
    cities = with_names(tables["tables/top20"].sort_values("rank"), tables).groupby("tier", sort=False)
    named = cities.agg(count=("city", "size"), cities=("city", "|".join), cities_en=("city_en", "|".join))
    frame = named.reset_index().merge(tables["tables/tiers"], on="tier")
    columns = ["tier", "name_zh", "name_en", "mean_value", "count", "cities", "cities_en", "page"]
    return frame[columns].rename(columns={"mean_value": "mean"})


def tiers_caption(data: pd.DataFrame) -> dict[str, str]:
    first, second, third = data["mean"]
    mean = (data["mean"] * data["count"]).sum() / data["count"].sum()
    return both("p05-tiers.caption", one=first - second, two=second - third, mean=mean)


@figure("p05-tiers", tiers_data, tiers_caption)
def tiers(data: pd.DataFrame, language: str):
    """Bars of the three printed tier means, the tier's cities below each (p5)."""
    figure = style.canvas(4.0)
    names = [f"{name} ({count})" for name, count in zip(data[f"name_{language}"], data["count"], strict=True)]
    axes = style.quiet(style.area(figure, left=margin(names, 0.15), right=0.35, top=0.75, bottom=0.9))
    rows = range(len(data))
    axes.barh(rows, data["mean"], height=0.42, color=[style.TIERS[tier] for tier in data["tier"]])
    for row, item in zip(rows, data.itertuples(), strict=True):
        axes.text(item.mean + 0.8, row, f"{item.mean:g}", va="center", weight="bold")
        cities = (item.cities if language == "zh" else item.cities_en).split("|")
        joined = {"zh": "、", "en": ", "}[language].join(cities)
        # on paper, so that no grid line runs through the names
        ground = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6}
        style.note(axes, 0.3, row + 0.37, joined, bbox=ground)
    axes.set_yticks(rows, names)
    axes.set(xlim=(0, 100), ylim=(len(data) - 0.4, -0.35))
    axes.set_xlabel(said("p05-tiers.axis", language), size=style.SMALL)
    return figure


REGION = {"whole": "#aab6c1", "part": "#cfd7de", "ink": style.INK}
DISC = 15.0  # diameter of a disc with a rank, points
WIDTH = 6.7  # of the map, inches


def landscape_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities with rank, tier and place (series ``city``), and the provinces of the three regions (``region``)."""
    places = tables["tables/cities"].rename(columns={"name_zh": "city", "province_zh": "province"})
    regions = tables["tables/regions"].rename(columns={"name_zh": "region_zh", "name_en": "region_en"})
    regions = regions[["region", "region_zh", "region_en", "province", "extent"]]
    cities = tables["tables/top20"][["city", "rank", "tier", "page"]].merge(_tiers(tables))
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
    listed_regions = each(regions.assign(count=counts), "p04-map.region")
    return both("p04-map.caption", inside=inside.sum(), listed=listed_regions, leading=leading)


@figure("p04-map", landscape_data, landscape_caption)
def landscape(data: pd.DataFrame, language: str):
    """Map of the regions with the ranked cities, and the list of the 20 beside it (p4)."""
    figure = style.canvas(6.75)
    cities, regions = (data[data["series"] == name].reset_index(drop=True) for name in ("city", "region"))
    fills = {province: REGION[extent] for province, extent in zip(regions["province"], regions["extent"], strict=True)}
    axes = basemap.china(figure, 0.15, 0.5, WIDTH, fills)
    above = basemap.in_points(axes)
    points = basemap.place(axes, cities["lon"], cities["lat"])
    taken = basemap.occupied(axes)
    taken += _label_cities(above, points, taken, cities)
    taken += [(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    middles = [basemap.middle(axes, group["province"]) for _, group in regions.groupby("region", sort=False)]
    _label_regions(above, np.array(middles), taken, regions, language)
    _region_key(above, language)
    _city_list(style.bare(style.area(figure, left=6.95, top=0.72, bottom=0.45)), cities, language)
    return figure


def _label_cities(axes, points: np.ndarray, taken: list, cities: pd.DataFrame) -> list:
    """Dots where the cities are, beside each a disc with the rank, tied by a line; return the boxes of the discs.

    The list beside the map names them: names on the map would push one another far from their dots.
    """
    sizes = np.full((len(cities), 2), DISC)
    corners = place_labels(points, sizes, taken, np.array([axes.get_xlim(), axes.get_ylim()]))
    for point, corner, size in zip(points, corners, sizes, strict=True):
        end = np.clip(point, corner - 1, corner + size + 1)
        axes.plot(*zip(point, end, strict=True), color=style.MUTED, linewidth=0.6, zorder=2)
    colours = [style.TIERS[tier] for tier in cities["tier"]]
    axes.scatter(*points.T, s=16, color=colours, edgecolor=style.PAPER, linewidth=0.6, zorder=3)
    _discs(axes, corners + DISC / 2, cities)
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
    for y, extent, slot in ((34, "whole", "province-wholly-in"), (18, "part", "province-with-some")):
        axes.scatter(20, y, marker="s", s=80, color=REGION[extent], edgecolor=style.MIDDLE, linewidth=0.6)
        style.note(axes, 30, y, said(f"p04-map.{slot}", language))


def _city_list(axes, cities: pd.DataFrame, language: str) -> None:
    """The 20 in order of rank under the names of their tiers, with the region of those that lie in one."""
    width, height = axes.get_position().size * axes.figure.get_size_inches() * 72
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


#: the page of each of the six cities
PAGES = of_form("city")


def page_data(tables: Tables, city: str, page: int) -> pd.DataFrame:
    """Return all that a card says, one row a number; column ``series`` tells its parts apart.

    ``rank``: overall and pillar ranks of the city, with the change from 2017 where it is printed; ``fact``: what its page
    prints beyond that, and its place in the lists of leaders (p11); ``firm``: the firms that the page names.
    """
    parts = [_ranks(tables, city), _facts(tables, city, page), _firms(tables, city, page)]
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return with_names(frame.assign(evidence="published"), tables).astype({"page": "Int64"})


def _ranks(tables: Tables, city: str) -> pd.DataFrame:
    ranks = tables["tables/top20"].set_index("city").loc[city]
    movers = tables["tables/movers"].query("city == @city").set_index("pillar")["change"]
    frame = pd.DataFrame({"indicator": list(RANKED), "unit": "rank", "page": ranks["page"]})
    frame["value"] = [ranks["rank"], *(ranks[f"{pillar}_rank"] for pillar in PILLARS)]
    frame["change"] = [ranks["change_value"], *(movers.get(pillar) for pillar in PILLARS)]
    return _named(frame, tables).assign(series="rank", city=city)


def _facts(tables: Tables, city: str, page: int) -> pd.DataFrame:
    renamed = {"measure_zh": "name_zh", "measure_en": "name_en", "node": "indicator"}
    frame = printed(tables["tables/city_profiles"]).query("city == @city and page == @page").rename(columns=renamed)
    # the ranks of the table stand above
    frame = frame[~(frame["indicator"].isin(RANKED) & (frame["unit"] == "rank"))]
    lists = tables["tables/leaders"]
    lists = lists[(lists["city"] == city) & (lists["page"] == LEADERS_PAGE)]
    leading = lists.rename(columns={"node": "indicator", "position": "value"})[["city", "indicator", "value", "page"]]
    leading = _named(leading.assign(unit="rank", qualifier="exact"), tables)
    columns = ["city", "indicator", "name_zh", "name_en", "value", "printed", "qualifier", "unit", "page"]
    frame = pd.concat([frame, leading])[columns].drop_duplicates(["name_zh", "printed"])
    return frame.sort_values("page", kind="stable").assign(series="fact")


def _firms(tables: Tables, city: str, page: int) -> pd.DataFrame:
    rows = tables["tables/named_firms"].query("city == @city and page == @page and basis == 'printed'")
    rows = rows.rename(columns={"node": "indicator"}).drop_duplicates("name_zh")
    return rows[["city", "indicator", "name_zh", "name_en", "page"]].assign(series="firm")


def _named(frame: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    named = with_node_names(frame, tables, "indicator")
    return named.rename(columns={"indicator_zh": "name_zh", "indicator_en": "name_en"})


def page_caption(data: pd.DataFrame) -> dict[str, str]:
    ranks = data[data["series"] == "rank"].set_index("indicator")
    places = {code: ranked(ranks.at[code, "value"]) for code in RANKED}
    facts = int((data["series"] == "fact").sum())
    numbers = both(f"city-page.{'number' if facts == 1 else 'numbers'}")
    return both("city-page.caption", city=listed(ranks.head(1)), facts=facts, numbers=numbers, **places)


def card(data: pd.DataFrame, language: str) -> list[Block]:
    """The ranks of a city, the other numbers that its page gives, and the firms it names (p6-8)."""
    ranks, facts, firms = (data[data["series"] == part] for part in ("rank", "fact", "firm"))
    name = f"name_{language}"
    items = [
        {"value": f"{item.value:.0f}", "label": getattr(item, name) + _change_words(item, language)}
        for item in ranks.itertuples()
    ]
    rows = []
    for item in facts.itertuples():
        value = quantity_text(item.value, item.qualifier, item.unit, item.printed, language)
        rows.append([capital(getattr(item, name)), value, said("city-page.page", language, page=item.page)])
    blocks = [block("facts", items=items), table(heads("city-page", language), rows, (3.2, 1.4, 0.95), across=2)]
    if len(firms):
        blocks.append(block("text", text=said("city-page.firms", language, names=listed(firms, "name"))))
    return blocks


def _change_words(item, language: str) -> str:
    if pd.isna(item.change):
        return said("city-page.new", language) if item.indicator == "FHI" else ""
    arrow = f"{style.ARROWS[np.sign(item.change)]}{abs(item.change):.0f}"
    return said(f"city-page.{'change' if item.change else 'same'}", language, arrow=arrow)


for _city, _page in PAGES.items():
    figure(id_of("city", _city), partial(page_data, city=_city, page=_page), page_caption)(card)
