"""Beyond the report: every printed order and first place against the built values, as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import sheet
from fhi.showing.figures.charts import english, in_order, with_node_names
from fhi.showing.figures.registry import Tables, Texts, figure
from fhi.showing.figures.texts import wrapped
from fhi.showing.figures.wording import both, said

#: how far a printed order holds, with the mark drawn for it: shapes, so that no colour is needed
HOLDS: dict[str, Texts] = {name: both(f"holds.{name}") for name in ("yes", "no", "partly", "unknown")}
MARKS = {
    "yes": {"marker": "o", "fillstyle": "full"},
    "no": {"marker": "X", "fillstyle": "full"},
    "partly": {"marker": "o", "fillstyle": "left"},
    "unknown": {"marker": "o", "fillstyle": "none"},
}
REASONS = ("proxy", "unprinted share", "coverage", "definition", "tie")
WHY: dict[str, Texts] = {name: both(f"why.{name}") for name in REASONS}
#: places of an order that are written out, and the signs between them
SHOWN = 5
SIGNS = {"|": " > ", "=": " = ", "~": " ~ "}
LINE, TOP = 0.2, 1.0
#: left edges of the columns: indicator, page, published, built, mark, reason; and the right edge
COLUMNS = (0.35, 2.05, 2.5, 5.4, 8.35, 8.55, 9.75)


def written(order: object, names: pd.Series) -> str:
    """Return an order of cities in words, the first `SHOWN` of them; — where no value is known."""
    if pd.isna(order) or order == "":
        return "—"
    parts = re.split(r"([|=~])", str(order))
    shown = [SIGNS.get(part) or names.get(part, part) for part in parts[: 2 * SHOWN - 1]]
    return "".join(shown) + (" …" if len(parts) > 2 * SHOWN else "")


def orders_data(tables: Tables) -> pd.DataFrame:
    """Every printed order with the built one, how far it holds and why not; orders in words in both languages."""
    frame = tables["printed_orders"]
    frame = frame.assign(place=in_order(tables, frame["node"])).sort_values(["place", "page", "fact"])
    english_names = english(tables)
    for column in ("printed", "built"):
        frame[f"{column}_zh"] = [written(order, pd.Series(dtype=str)) for order in frame[column]]
        frame[f"{column}_en"] = [written(order, english_names) for order in frame[column]]
    return with_node_names(frame.drop(columns="place").reset_index(drop=True), tables, "node")


def orders_caption(data: pd.DataFrame) -> dict[str, str]:
    counts = data["holds"].value_counts().reindex(list(HOLDS), fill_value=0)
    reasons = data.loc[data["holds"] == "no", "why"].value_counts()
    why = {
        language: joint.join(f"{WHY[name][language]} {count}" for name, count in reasons.items())
        for language, joint in (("zh", "、"), ("en", ", "))
    }
    counts = counts.to_dict()
    said_why = {language: both("printed-orders.reasons", zh=why["zh"], en=why["en"])[language] for language in why}
    reasons = said_why if counts["no"] else {"zh": "", "en": ""}
    return both("printed-orders.caption", all=len(data), shown=SHOWN, reasons=reasons, **counts)


@figure(
    "printed-orders",
    page=None,
    evidence=("reconstructed", "published"),
    data=orders_data,
    caption=orders_caption,
    needs=("printed_orders",),
)
def orders(data: pd.DataFrame, language: str):
    """Table: one row a printed order; full dot: it holds, cross: it does not, half: as far as known, ring: not told."""
    rows = [[*_cells(item, language)] for item in data.itertuples()]
    heights = [LINE * max(cell.count("\n") + 1 for cell in cells) + 0.09 for cells in rows]
    figure = style.canvas(TOP + 0.4 + sum(heights) + 0.85)
    axes = sheet(figure)
    for x, name in zip(COLUMNS, ("node", "page", "printed", "built", None, "reason"), strict=False):
        if name:
            axes.text(x, TOP, said(f"printed-orders.{name}", language), weight="bold", size=style.SMALL, va="center")
    axes.plot([COLUMNS[0], COLUMNS[-1]], [TOP + 0.17] * 2, color=style.MUTED, linewidth=0.8)
    y = TOP + 0.28
    for cells, tall, holds in zip(rows, heights, data["holds"], strict=True):
        for x, text in zip((*COLUMNS[:4], COLUMNS[5]), cells, strict=True):
            axes.text(x, y, text, size=style.SMALL, va="top", linespacing=1.25)
        _mark(axes, COLUMNS[4], y + 0.08, holds)
        y += tall
    x, y = COLUMNS[0] + 0.08, y + 0.12
    for holds, text in HOLDS.items():
        _mark(axes, x, y, holds)
        axes.text(x + 0.15, y, text[language], size=style.SMALL, color=style.MUTED, va="center")
        x += 0.5 + style.extent(text[language], style.SMALL) / 72
    return figure


def _cells(item, language: str) -> Iterator[str]:
    """Yield the texts of a row, each broken to the width of its column."""
    reason = "" if pd.isna(item.why) or item.why == "" else WHY[item.why][language]
    orders = (getattr(item, f"printed_{language}"), getattr(item, f"built_{language}"))
    texts = (getattr(item, f"node_{language}"), str(item.page), *orders, reason)
    ends = (*COLUMNS[1:5], COLUMNS[6])
    for start, end, text in zip((*COLUMNS[:4], COLUMNS[5]), ends, texts, strict=True):
        yield wrapped(text, end - start - 0.1, style.SMALL, lines=2) if text else ""


def _mark(axes, x: float, y: float, holds: str) -> None:
    """Draw the mark of how far an order holds."""
    look = {"color": style.INK, "markersize": 7, "markerfacecoloralt": style.PAPER, "markeredgewidth": 0.9}
    axes.plot([x], [y], linestyle="none", **look, **MARKS[holds])
