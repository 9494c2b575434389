"""Part two, the industry: the leading cities of its four classes (p11), and the institutions whose heads are quoted (p16)."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.showing.figures import style
from fhi.showing.figures.charts import with_names
from fhi.showing.figures.documents import Block, table
from fhi.showing.figures.registry import Tables, figure
from fhi.showing.figures.texts import wrapped
from fhi.showing.figures.wording import both, said

PAGE = 11
CLASSES = ("internet_finance", "new_finance", "infrastructure", "traditional_finance")
#: inches: from panel to panel, a tile's width and height, from tile to tile
PITCH, WIDE, TALL, STEP = 2.36, 2.2, 0.36, 0.44
COLOUR = style.PILLARS["industry"]


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
    values = {"least": sizes.min(), "most": sizes.max(), "classes": len(sizes)}
    for name, rows in (("everywhere", all_four), ("once", once)):
        values |= {f"{name}_zh": "、".join(rows["city"]), f"{name}_en": ", ".join(rows["city_en"])}
    noted_in = {"node_zh": "、".join(noted["name_zh"].unique()), "node_en": ", ".join(noted["name_en"].unique())}
    return both("p11-leaders.caption", **values, **noted_in)


@figure(
    "p11-leaders",
    page=PAGE,
    evidence=("published", "derived"),
    data=leaders_data,
    caption=leaders_caption,
)
def leaders(data: pd.DataFrame, language: str):
    """Four panels of tiles in the published order; those of cities that lead in every class are filled (p11)."""
    figure = style.canvas(5.6)
    axes = style.bare(style.area(figure, top=0.75, bottom=0.45))
    nodes = list(dict.fromkeys(data["node"]))
    for column, node in enumerate(nodes):
        group, left = data[data["node"] == node], column * PITCH
        _heading(axes, left, group.iloc[0], language)
        for name, item in zip(style.city_names(group, language), group.itertuples(), strict=True):
            middle = 1.4 + (item.position - 1) * STEP
            _tile(axes, left, middle, item.position, name, item.classes == len(nodes))
    axes.add_patch(Rectangle((0, 4.2), 0.22, 0.16, color=COLOUR))
    note = said("p11-leaders.everywhere", language, count=len(nodes))
    axes.text(0.32, 4.28, note, size=style.SMALL, color=style.MUTED, va="center")
    axes.set(xlim=(0, 9.3), ylim=(4.4, 0))
    return figure


def _heading(axes, left: float, item, language: str) -> None:
    name, definition = item[f"name_{language}"], item[f"definition_{language}"]
    y = 0.1
    for text in wrapped(name, WIDE, style.BODY, "bold", lines=2).split("\n"):
        axes.text(left, y, text, weight="bold", va="center")
        y += 0.19
    for text in wrapped(definition, WIDE, style.SMALL, lines=4).split("\n"):
        axes.text(left, y + 0.02, text, size=style.SMALL, color=style.MUTED, va="center")
        y += 0.15


def _tile(axes, left: float, middle: float, position: int, name: str, everywhere: bool) -> None:
    """One city: filled if it leads in all classes."""
    face, ink = (COLOUR, style.PAPER) if everywhere else (style.PALE["industry"], style.INK)
    axes.add_patch(Rectangle((left, middle - TALL / 2), WIDE, TALL, facecolor=face, edgecolor="none"))
    look = {"color": ink, "va": "center_baseline"}
    axes.text(left + 0.2, middle, str(position), weight="bold", ha="center", **look)
    axes.text(left + 0.42, middle, style.fit(name, 100, style.BODY), **look)


def quoted_data(tables: Tables) -> pd.DataFrame:
    """The institutions whose heads the page quotes: kind, seat, the speaker's office, and the seat's place in the class."""
    frame = with_names(tables["tables/quoted_institutions"].drop(columns=["row", "note"]), tables)
    listed = tables["tables/leaders"].query("list == 'traditional_finance' and page == @PAGE").set_index("city")
    frame["position"] = frame["city"].map(listed["position"]).astype("Int64")
    frame["listed"] = len(listed)
    return frame


def quoted_caption(data: pd.DataFrame) -> dict[str, str]:
    seats = data.drop_duplicates("city").sort_values("position")
    names = {"seats": "、".join(seats["city"]), "seats_en": ", ".join(seats["city_en"])}
    return both("p16-institutions.caption", count=len(data), listed=data["listed"].iloc[0], **names)


@figure(
    "p16-institutions",
    page=16,
    evidence=("published", "derived", "public"),
    data=quoted_data,
    caption=quoted_caption,
    source=both("p16-institutions.source"),
    document=True,
)
def quoted(data: pd.DataFrame, language: str) -> list[Block]:
    """Table of the institutions: who speaks, what is said of it where it is transcribed, the seat and its place (p16)."""
    names = ["institution", "kind", "office", "seat", "place"]
    said_of = f"statement_{language}"
    rows = []
    for city, item in zip(style.city_names(data, language), data.to_dict("records"), strict=True):
        place = "—" if pd.isna(item["position"]) else f"{item['position']}"
        row = [
            item[f"name_{language}"],
            said(f"p16-institutions.{item['kind']}", language),
            item[f"office_{language}"],
            city,
            place,
        ]
        rows.append([*row, item[said_of]] if said_of in item else row)
    widths = [2.4, 1.5, 1.5, 1.2, 1.6]
    if said_of in data:
        names, widths = [*names, "statement"], [*widths, 4.5]
    return [table([said(f"p16-institutions.{name}", language) for name in names], rows, widths, colour=COLOUR)]
