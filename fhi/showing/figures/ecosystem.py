"""Part four, the ecosystem: pillar ranking (p28) and search attention (p36)."""

from __future__ import annotations

import matplotlib
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import draw_ladder, ladder_caption, pillar_ladder, with_names
from fhi.showing.figures.registry import Tables, figure

COLUMNS = 5


@figure(
    "p28-ecosystem",
    page=28,
    evidence="published",
    title={"zh": "金融科技生态排名", "en": "Ranking by fintech ecosystem"},
    data=lambda tables: pillar_ladder(tables, "ecosystem"),
    caption=lambda data: ladder_caption(data, "ecosystem"),
)
def ranking(data: pd.DataFrame, language: str):
    """Ecosystem ranks beside overall ranks, movers marked (p28)."""
    return draw_ladder(data, language, "ecosystem")


def attention_data(tables: Tables) -> pd.DataFrame:
    """The 20 cities in order of search attention."""
    return with_names(tables["tables/attention"].sort_values("rank")[["rank", "city", "page"]], tables)


def attention_caption(data: pd.DataFrame) -> dict[str, str]:
    first = data.head(4)
    return {
        "zh": f"前四位：{'、'.join(first['city'])}。报告只给出次序（按方块排列读出），未公布搜索量，故方块等大、以深浅示名次。",
        "en": f"The first four: {', '.join(first['city_en'])}. The report gives the order (read off its tiles) and no volumes, so the tiles are of "
        "one size and shaded by rank.",
    }


@figure(
    "p36-attention",
    page=36,
    evidence="published",
    title={"zh": "社会关注：搜索热度排名", "en": "Public attention: rank by search interest"},
    data=attention_data,
    caption=attention_caption,
)
def attention(data: pd.DataFrame, language: str):
    """Tiles in reading order, shaded by rank (p36)."""
    figure = style.canvas(4.9)
    axes = style.bare(style.area(figure))
    shades = matplotlib.colors.LinearSegmentedColormap.from_list("attention", [style.PILLARS["ecosystem"], "#e5f3ee"])
    for position, (name, rank) in enumerate(zip(style.city_names(data, language), data["rank"], strict=True)):
        column, row = position % COLUMNS, position // COLUMNS
        shade = shades((rank - 1) / (len(data) - 1))
        ink = style.PAPER if rank <= len(data) / 2.5 else style.INK
        axes.add_patch(matplotlib.patches.Rectangle((column + 0.03, row + 0.04), 0.94, 0.92, color=shade))
        axes.text(column + 0.1, row + 0.5, str(rank), size=20, weight="bold", va="center", color=ink)
        axes.text(column + 0.9, row + 0.5, style.fit(name, 70, 12), size=12, va="center", ha="right", color=ink)
    axes.set(xlim=(0, COLUMNS), ylim=(len(data) / COLUMNS, 0))
    return figure
