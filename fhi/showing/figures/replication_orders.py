"""Beyond the report: every printed order and first place against the built values, as a table."""

from __future__ import annotations

import re

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.cards import sheet
from fhi.showing.figures.charts import english, in_order, with_node_names
from fhi.showing.figures.registry import Tables, Texts, figure

#: how far a printed order holds, with the mark drawn for it: shapes, so that no colour is needed
HOLDS: dict[str, Texts] = {
    "yes": {"zh": "成立", "en": "holds"},
    "no": {"zh": "不成立", "en": "does not hold"},
    "partly": {"zh": "已知部分成立", "en": "holds as far as known"},
    "unknown": {"zh": "无法判断", "en": "cannot be told"},
}
MARKS = {
    "yes": {"marker": "o", "fillstyle": "full"},
    "no": {"marker": "X", "fillstyle": "full"},
    "partly": {"marker": "o", "fillstyle": "left"},
    "unknown": {"marker": "o", "fillstyle": "none"},
}
WHY: dict[str, Texts] = {
    "proxy": {"zh": "代理指标", "en": "proxy"},
    "unprinted share": {"zh": "份额未公布", "en": "unprinted share"},
    "coverage": {"zh": "数据缺失", "en": "missing data"},
    "definition": {"zh": "口径不同", "en": "definition"},
    "tie": {"zh": "并列", "en": "tie"},
}
#: places of an order that are written out, and the signs between them
SHOWN = 5
SIGNS = {"|": " > ", "=": " = ", "~": " ~ "}
PITCH, TOP, SIZE = 0.27, 1.0, 8.0
WIDTH = 11.0
#: left edges of the columns: indicator, page, printed, built, mark, reason
COLUMNS = (0.35, 2.55, 3.05, 6.35, 9.75, 9.95)


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
    return {
        "zh": f"报告给出的{len(data)}项次序与第一位（包括指数、维度与指标）：{counts['yes']}项成立，{counts['no']}项不成立"
        + (f"（原因：{why['zh']}）" if counts["no"] else "")
        + f"，{counts['partly']}项在有数值的城市间成立，{counts['unknown']}项无法判断。只写前{SHOWN}城，“=”为数值相同，“~”为区间重叠；"
        "构建方法未参照公布名次调整。",
        "en": f"Of {len(data)} orders and first places that the report gives, for the index, pillars and indicators, {counts['yes']} "
        f"hold, {counts['no']} do not"
        + (f" (reasons: {why['en']})" if counts["no"] else "")
        + f", {counts['partly']} hold among the cities with values, and {counts['unknown']} cannot be told. Only the first {SHOWN} "
        "cities are written; = is an equal value, ~ an overlap of intervals. Nothing was tuned towards the published ranks.",
    }


@figure(
    "printed-orders",
    page=None,
    evidence=("reconstructed", "published"),
    title={"zh": "报告给出的次序与重建结果", "en": "The orders that the report gives, against the reconstruction"},
    data=orders_data,
    caption=orders_caption,
    needs=("printed_orders",),
)
def orders(data: pd.DataFrame, language: str):
    """Table: one row a printed order; full dot: it holds, cross: it does not, half: as far as known, ring: not told."""
    figure = style.canvas(TOP + 0.4 + PITCH * len(data) + 0.95, WIDTH)
    axes = sheet(figure)
    heads = style.pick(
        language,
        ("指标", "页", "报告次序", "重建次序", "", "原因"),
        ("Indicator", "Page", "Order in the report", "Order as built", "", "Reason"),
    )
    ends = [*COLUMNS[1:], WIDTH - 0.2]
    for x, head in zip(COLUMNS, heads, strict=True):
        axes.text(x, TOP, head, weight="bold", size=style.SMALL, va="center")
    axes.plot([COLUMNS[0], WIDTH - 0.25], [TOP + 0.17] * 2, color=style.LINE, linewidth=1.2)
    for row, item in enumerate(data.itertuples()):
        y = TOP + 0.37 + PITCH * row
        reason = "" if pd.isna(item.why) or item.why == "" else WHY[item.why][language]
        cells = (getattr(item, f"node_{language}"), str(item.page), getattr(item, f"printed_{language}"))
        for column, text in enumerate((*cells, getattr(item, f"built_{language}"), None, reason)):
            if text:
                room = (ends[column] - COLUMNS[column] - 0.1) * 72
                axes.text(COLUMNS[column], y, style.fit(text, room, SIZE), size=SIZE, va="center")
        _mark(axes, COLUMNS[4], y, item.holds)
    foot, x = TOP + 0.37 + PITCH * len(data) + 0.15, COLUMNS[0] + 0.08
    for holds, text in HOLDS.items():
        _mark(axes, x, foot, holds)
        axes.text(x + 0.15, foot, text[language], size=style.SMALL, color=style.MUTED, va="center")
        x += 0.5 + style.extent(text[language], style.SMALL) / 72
    return figure


def _mark(axes, x: float, y: float, holds: str) -> None:
    """Draw the mark of how far an order holds."""
    look = {"color": style.INK, "markersize": 7, "markerfacecoloralt": style.PAPER, "markeredgewidth": 0.9}
    axes.plot([x], [y], linestyle="none", **look, **MARKS[holds])
