"""Beyond the report: the published ranks read across the three pillars."""

from __future__ import annotations

from functools import partial

import matplotlib
import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import SHADES, chosen, height, key, margin, name_rows, rank_ticks, row_names, with_names
from fhi.showing.figures.registry import Tables, figure, id_of, of_form
from fhi.showing.figures.texts import capital
from fhi.showing.figures.wording import both, said

PILLARS = {"industry": ("产业", "Industry"), "experience": ("体验", "Experience"), "ecosystem": ("生态", "Ecosystem")}


def pillars_data(tables: Tables) -> pd.DataFrame:
    """Overall and pillar ranks of the 20 cities; ``gap_*`` is overall less pillar rank, above 0 where the pillar leads."""
    frame = tables["tables/top20"].sort_values("rank")[
        ["city", "tier", "rank", *[f"{p}_rank" for p in PILLARS], "page"]
    ]
    for pillar in PILLARS:
        frame[f"gap_{pillar}"] = frame["rank"] - frame[f"{pillar}_rank"]
    ranks = frame[[f"{pillar}_rank" for pillar in PILLARS]]
    frame["spread"] = ranks.max(axis=1) - ranks.min(axis=1)
    return with_names(frame, tables)


def heat_caption(data: pd.DataFrame) -> dict[str, str]:
    uneven, even = data.loc[data["spread"].idxmax()], data[data["spread"] == data["spread"].min()]
    gaps = data[[f"gap_{pillar}" for pillar in PILLARS]].abs().mean().rename(lambda name: name.removeprefix("gap_"))
    far = gaps.idxmax()
    names = {"even": "、".join(even["city"]), "even_en": ", ".join(even["city_en"]), "least": even["spread"].iloc[0]}
    return both(
        "pillar-heat.caption",
        uneven=uneven,
        far={name: capital(text) for name, text in both(f"pillar.{far}").items()},
        gap=gaps[far],
        **names,
    )


@figure("pillar-heat", pillars_data, heat_caption)
def heat(data: pd.DataFrame, language: str):
    """Table of overall and pillar ranks, pillar cells coloured by the gap to the overall rank; the spread as bars."""
    shown = chosen(data["city"])
    figure = style.canvas(height(7.9, shown.count))
    axes = style.bare(style.area(figure, left=1.55, bottom=0.95, top=0.8))
    widest = int(data[[f"gap_{pillar}" for pillar in PILLARS]].abs().max().max())
    norm = matplotlib.colors.Normalize(-widest, widest)
    place_long = min(0.088, 1.75 / max(int(data["spread"].max()), 1))
    x = {pillar: 1.95 + 1.5 * place for place, pillar in enumerate(PILLARS)}
    heads = {"rank": (0.5, ("总排名", "Overall")), "spread": (6.2, ("三维相差（位）", "Pillars apart (places)"))}
    heads |= {pillar: (x[pillar], PILLARS[pillar]) for pillar in PILLARS}
    for name, (place, pair) in heads.items():
        side = "left" if name == "spread" else "center"
        colour = style.PILLARS.get(name, style.INK)
        axes.text(place, -1, style.pick(language, *pair), ha=side, va="center", weight="bold", color=colour)
    data = shown.of(data)
    rows, names = list(shown.place.values()), style.city_names(data, language)
    axes.text(-0.15, shown.gap, shown.more(language), ha="right", va="center")
    for row, name, item in zip(rows, names, data.itertuples(), strict=True):
        axes.text(-0.15, row, name, ha="right", va="center")
        axes.text(0.5, row, f"{item.rank}", ha="center", va="center", weight="bold")
        for pillar, place in x.items():
            gap = getattr(item, f"gap_{pillar}")
            colour = matplotlib.colors.to_hex(SHADES(norm(gap)))
            axes.fill(*_cell(place, row, 0.71, 0.44), color=colour, linewidth=0)
            ink = style.ink_on(colour)
            axes.text(place, row, f"{getattr(item, f'{pillar}_rank')}", ha="center", va="center", color=ink)
        axes.text(6.2 + item.spread * place_long + 0.1, row, f"{item.spread}", va="center", size=style.SMALL)
    axes.barh(rows, data["spread"] * place_long, left=6.2, height=0.5, color=style.MUTED)
    _scale(axes, widest, shown.count + 0.35, language)
    axes.set(xlim=(0, 8.1), ylim=(shown.count - 0.4, -1.6))
    return figure


def _cell(x: float, y: float, across: float, along: float) -> tuple[list[float], list[float]]:
    return [x - across, x + across, x + across, x - across], [y - along, y - along, y + along, y + along]


def _scale(axes, widest: int, y: float, language: str) -> None:
    """Draw the scale of colours below the table."""
    steps = 9
    for step in range(steps):
        x = 2.6 + step * 0.42
        axes.fill(*_cell(x, y, 0.21, 0.16), color=SHADES(step / (steps - 1)), linewidth=0, clip_on=False)
    for x, text, side in (
        (2.3, said("pillar-heat.places-behind", language, widest=widest), "right"),
        (2.6 + (steps - 1) * 0.42 + 0.3, said("pillar-heat.ahead", language, widest=widest), "left"),
    ):
        axes.text(x, y, text, ha=side, va="center", size=style.SMALL, color=style.MUTED)


def ladder_data(tables: Tables, pillar: str) -> pd.DataFrame:
    """Return a pillar's ranks beside the overall ranks, with the printed movers (places gained since 2017)."""
    ranks = tables["tables/top20"].rename(columns={f"{pillar}_rank": "pillar_rank", "rank": "overall_rank"})
    movers = tables["tables/movers"].query("pillar == @pillar").set_index("city")["change"]
    frame = ranks[["city", "tier", "pillar_rank", "overall_rank", "page"]].copy()
    frame["gained"] = frame["city"].map(movers).astype("Int64")
    return with_names(frame.sort_values(["pillar_rank", "overall_rank"]), tables)


def draw_ladder(data: pd.DataFrame, language: str, pillar: str):
    """Draw one row a unit: its pillar rank as a full dot, its overall rank as a ring, places gained with an arrow."""
    figure, names = style.canvas(7.3), row_names(data, language)
    axes = style.quiet(style.area(figure, left=margin(names), right=1.3, top=1.15, bottom=0.95), grid="x")
    rows, last = range(len(data)), int(data[["pillar_rank", "overall_rank"]].max().max())
    dot, ring = style.PUBLISHED | {"facecolor": style.PILLARS[pillar], "s": 80}, style.RING | {"marker": "o"}
    axes.hlines(rows, data["pillar_rank"], data["overall_rank"], color=style.MUTED, linewidth=1.0, zorder=1)
    axes.scatter(data["overall_rank"], rows, zorder=2, **ring)
    axes.scatter(data["pillar_rank"], rows, zorder=3, **dot)
    look = {"transform": axes.get_yaxis_transform(), "va": "center", "size": style.SMALL}
    axes.text(1.02, -1, said("ladder.gained", language), color=style.MUTED, **look)
    for row, item in zip(rows, data.itertuples(), strict=True):
        if not pd.isna(item.gained):
            axes.text(1.02, row, f"↑ {int(item.gained)}", weight="bold", **look)
    name_rows(axes, data, language, "pillar_rank")
    axes.set(ylim=(len(data) - 0.4, -0.6), xlim=(0.2, last + 0.8), xticks=rank_ticks(last))
    axes.set_xlabel(said("ladder.axis", language), size=style.SMALL)
    key(axes, [(dot, said("ladder.pillar", language)), (ring, said("ladder.overall", language))])
    return figure


def ladder_caption(data: pd.DataFrame, pillar: str) -> dict[str, str]:
    """Return a caption that names the first three units and those that the publication says rose."""
    movers = data.dropna(subset=["gained"]).sort_values("gained", ascending=False)
    gains = [f"{item.city}（{item.gained}位）" for item in movers.itertuples()]
    gains_en = [f"{item.city_en} (by {item.gained})" for item in movers.itertuples()]
    first = {"zh": "、".join(data["city"].head(3)), "en": ", ".join(data["city_en"].head(3))}
    return both(
        "ladder.caption", **first, gains="、".join(gains), gains_en=", ".join(gains_en), pillar=both(f"pillar.{pillar}")
    )


for _pillar in of_form("ladder"):
    _about = {"pillar": _pillar}
    figure(id_of("ladder", _pillar), partial(ladder_data, **_about), partial(ladder_caption, **_about))(
        partial(draw_ladder, **_about)
    )
