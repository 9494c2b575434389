"""Part four, the ecosystem: pillar ranking (p28) and search attention (p36)."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import draw_ladder, ladder_caption, pillar_ladder, with_names
from fhi.showing.figures.documents import Block, block
from fhi.showing.figures.registry import Tables, figure


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
        "zh": f"搜索热点前四位为{'、'.join(first['city'])}。名次按报告方块图的排列读出，报告未公布搜索量。",
        "en": f"{', '.join(first['city_en'])} lead by search interest. Ranks are read off the order of the report's tiles; "
        "it publishes no search volumes.",
    }


@figure(
    "p36-attention",
    page=36,
    evidence="published",
    title={"zh": "社会关注：搜索热点排名", "en": "Public attention: rank by search interest"},
    data=attention_data,
    caption=attention_caption,
    document=True,
)
def attention(data: pd.DataFrame, language: str) -> list[Block]:
    """The cities in the order of search interest (p36)."""
    items = [
        {"rank": f"{rank}", "name": name}
        for rank, name in zip(data["rank"], style.city_names(data, language), strict=True)
    ]
    return [block("ranks", colour=style.PILLARS["ecosystem"], items=items, across=5)]
