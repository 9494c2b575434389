"""Part two, the industry: the leading cities of its four classes (p11), and the traditional institutions quoted (p16)."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import wrapped

PAGE = 11
CLASSES = ("internet_finance", "new_finance", "infrastructure", "traditional_finance")
KINDS = {
    "bank": {"zh": "银行", "en": "bank"},
    "securities": {"zh": "证券公司", "en": "securities firm"},
    "group": {"zh": "综合金融集团", "en": "financial group"},
}
#: inches: from panel to panel, a tile's width and height, from tile to tile
PITCH, WIDE, TALL, STEP = 2.5, 1.8, 0.4, 0.52


def leaders_data(tables: Tables) -> pd.DataFrame:
    """The leading cities of the four classes in the printed order, with the number of classes that each city leads in."""
    listed = tables["tables/leaders"]
    listed = listed[(listed["list"] == listed["node"]) & (listed["page"] == PAGE)]
    names = tables["tables/framework"].set_index("code")
    frame = with_names(listed[["node", "position", "city", "page", "note"]], tables)
    for language in ("zh", "en"):
        for kind in ("name", "definition"):
            frame[f"{kind}_{language}"] = frame["node"].map(names[f"{kind}_{language}"])
    frame["classes"] = frame["city"].map(frame["city"].value_counts())
    order = frame["node"].map({node: place for place, node in enumerate(CLASSES)})
    return frame.assign(order=order).sort_values(["order", "position"], ignore_index=True).drop(columns="order")


def leaders_caption(data: pd.DataFrame) -> dict[str, str]:
    # all orders are read off the graphic; some places are settled by what another page says
    sizes, noted = data.groupby("node").size(), data[data["note"].str.contains("p15", regex=False, na=False)]
    all_four, once = (data[data["classes"] == count].drop_duplicates("city") for count in (len(sizes), 1))
    read = [f"{position}" for position in noted["position"]]
    together = {column: all_four[column].tolist() for column in ("city", "city_en")}
    return {
        "zh": f"报告给出各类前{sizes.min()}至{sizes.max()}名的次序，没有数值。{len(sizes)}类都领先的是{'、'.join(together['city'])}，只在一类领先的是"
        f"{'、'.join(once['city'])}。连线为相邻两类中的同一城市；各类次序按版面位置读出，"
        f"{'、'.join(noted['name_zh'].unique())}的第{'、'.join(read)}名依第15页。",
        "en": f"The report gives the order of the first {sizes.min()} or {sizes.max()} of each class and no values. "
        f"{' and '.join(together['city_en'])} lead in all {len(sizes)}, {', '.join(once['city_en'])} in one only. Lines join the "
        "same city in neighbouring panels. The orders are read off the layout of the page, places "
        f"{' and '.join(read)} of {', '.join(noted['name_en'].unique())} with the help of p. 15.",
    }


@figure(
    "p11-leaders",
    page=PAGE,
    evidence=("published", "derived"),
    title={"zh": "金融科技四类业态的领先城市", "en": "Leading cities in the four classes of fintech"},
    data=leaders_data,
    caption=leaders_caption,
)
def leaders(data: pd.DataFrame, language: str):
    """Four panels of tiles in the printed order; a line where a city leads in two neighbouring panels (p11)."""
    figure = style.canvas(5.35)
    axes = style.bare(style.area(figure, top=0.8, bottom=0.5))
    nodes = list(dict.fromkeys(data["node"]))
    places = {}
    for column, node in enumerate(nodes):
        group, left = data[data["node"] == node], column * PITCH
        _heading(axes, left, group.iloc[0], language)
        for name, item in zip(style.city_names(group, language), group.itertuples(), strict=True):
            middle = 1.12 + (item.position - 1) * STEP
            places[node, item.city] = left, middle
            _tile(axes, left, middle, item.position, name, item.classes == len(nodes))
    for (first, second), city in ((pair, city) for pair in pairwise(nodes) for city in data["city"].unique()):
        if (first, city) in places and (second, city) in places:
            everywhere = (data["city"] == city).sum() == len(nodes)
            _tie(axes, places[first, city], places[second, city], style.BLUE if everywhere else "#b9c2cb")
    note = style.pick(language, f"{len(nodes)}类业态都在列的城市", f"among the leaders of all {len(nodes)} classes")
    axes.scatter([0.08], [3.95], marker="s", s=70, color=style.BLUE, clip_on=False)
    axes.text(0.25, 3.95, note, size=style.SMALL, color=style.MUTED, va="center")
    axes.set(xlim=(0, 9.3), ylim=(4.05, 0))
    return figure


def _heading(axes, left: float, item, language: str) -> None:
    name, definition = item[f"name_{language}"], item[f"definition_{language}"]
    y = 0.1
    for text in wrapped(name, WIDE, style.BODY, "bold", lines=2).split("\n"):
        axes.text(left, y, text, weight="bold", va="center")
        y += 0.19
    for text in wrapped(definition, WIDE, 7, lines=3).split("\n"):
        axes.text(left, y + 0.02, text, size=7, color=style.MUTED, va="center")
        y += 0.15


def _tile(axes, left: float, middle: float, position: int, name: str, everywhere: bool) -> None:
    """One city: blue if it leads in all classes."""
    face, edge = (style.BLUE, style.BLUE) if everywhere else ("#eef1f4", "#d5dbe1")
    ink = style.PAPER if everywhere else style.INK
    shape = "round,pad=0,rounding_size=0.06"
    box = FancyBboxPatch((left, middle - TALL / 2), WIDE, TALL, boxstyle=shape, facecolor=face, edgecolor=edge)
    axes.add_artist(box)
    axes.text(left + 0.2, middle, str(position), size=13, weight="bold", color=ink, ha="center", va="center_baseline")
    axes.text(left + 0.42, middle, style.fit(name, 92, 11), size=11, color=ink, va="center_baseline")


def _tie(axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    left, right = start[0] + WIDE, end[0]
    middle = (left + right) / 2
    points = [(left, start[1]), (middle, start[1]), (middle, end[1]), (right, end[1])]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_artist(PathPatch(path, fill=False, edgecolor=colour, linewidth=1.8, zorder=0))


def quoted_data(tables: Tables) -> pd.DataFrame:
    """The institutions whose heads the page quotes: kind, seat, the speaker's office, and the seat's place in the class."""
    frame = with_names(tables["tables/quoted_institutions"].drop(columns=["row", "note"]), tables)
    listed = tables["tables/leaders"].query("list == 'traditional_finance' and page == @PAGE").set_index("city")
    frame["position"] = frame["city"].map(listed["position"]).astype("Int64")
    frame["listed"] = len(listed)
    return frame


def quoted_caption(data: pd.DataFrame) -> dict[str, str]:
    seats = data.drop_duplicates("city").sort_values("position")
    places = {
        column: [f"{city} {place}" for city, place in zip(seats[column], seats["position"], strict=True)]
        for column in ("city", "city_en")
    }
    return {
        "zh": f"报告引用{len(data)}家机构负责人的话说明传统金融重视科技，此处只列机构、总部与职务，不转载引文。总部城市在传统金融科技化"
        f"前{data['listed'].iloc[0]}名中的位次：{'、'.join(places['city'])}。报告没有公布科技度的数值。",
        "en": f"The report quotes the heads of {len(data)} institutions on the weight of technology; here are institution, seat and "
        f"office, without the quotations. Places of the seats among the first {data['listed'].iloc[0]} in technology in traditional "
        f"finance: {', '.join(places['city_en'])}. No value of the technology level is published.",
    }


@figure(
    "p16-institutions",
    page=16,
    evidence=("published", "derived", "public"),
    title={
        "zh": "传统金融科技化：被引用的四家机构",
        "en": "Technology in traditional finance: the four institutions quoted",
    },
    data=quoted_data,
    caption=quoted_caption,
    source={"zh": "名次：第11页；总部：公开资料", "en": "places: p. 11; seats: public knowledge"},
)
def quoted(data: pd.DataFrame, language: str):
    """One card an institution: kind, speaker's office, seat, and the place of the seat in the class (p16)."""
    figure = style.canvas(3.1)
    axes = style.bare(style.area(figure, top=0.75, bottom=0.5))
    heads = style.pick(language, ["发言人职务", "总部"], ["Speaker", "Seat"])
    for column, (city, item) in enumerate(zip(style.city_names(data, language), data.itertuples(), strict=True)):
        left, width = column * 2.36, 2.2
        shape = "round,pad=0,rounding_size=0.06"
        axes.add_artist(
            FancyBboxPatch((left, 0.02), width, 1.78, boxstyle=shape, facecolor="#f5f7f9", edgecolor="none")
        )
        axes.plot([left + 0.02, left + width - 0.02], [0.02, 0.02], color=style.PILLARS["industry"], linewidth=2.5)
        name = getattr(item, f"name_{language}")
        axes.text(left + 0.14, 0.32, style.fit(name, 140, 11, "bold"), size=11, weight="bold")
        axes.text(left + 0.14, 0.5, KINDS[item.kind][language], size=style.SMALL, color=style.MUTED, va="center")
        for row, (head, text) in enumerate(zip(heads, (getattr(item, f"office_{language}"), city), strict=True)):
            y = 0.88 + 0.27 * row
            axes.text(left + 0.14, y, head, size=style.SMALL, color=style.MUTED, va="center")
            axes.text(left + width - 0.14, y, style.fit(text, 92, style.BODY), ha="right", va="center")
        _steps(axes, left + 0.14, width - 0.28, item, language)
    axes.set(xlim=(0, 9.3), ylim=(1.85, 0))
    return figure


def _steps(axes, left: float, width: float, item, language: str) -> None:
    """The places of the class as a row of boxes, that of the seat filled and numbered."""
    label = style.pick(language, f"该城名次（第{PAGE}页）", f"Its place (p. {PAGE})")
    axes.text(left, 1.53, label, size=style.SMALL, color=style.MUTED, va="center")
    step, start = 0.17, left + width - 0.17 * item.listed
    for place in range(1, item.listed + 1):
        here, x = not pd.isna(item.position) and place == item.position, start + (place - 1) * step
        colour = style.BLUE if here else "#d9e0e6"
        axes.add_artist(Rectangle((x + 0.02, 1.45), 0.15, 0.16, facecolor=colour, linewidth=0))
        if here:
            look = {"size": 7.5, "weight": "bold", "color": style.PAPER, "ha": "center", "va": "center_baseline"}
            axes.text(x + 0.095, 1.53, str(place), **look)
