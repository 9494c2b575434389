"""Beyond the report: its ranks against those of 2017, and against the data there are."""

from __future__ import annotations

import pandas as pd

from fhi.showing.figures import style
from fhi.showing.figures.charts import chosen, height, name_rows, with_names
from fhi.showing.figures.evidence import kinds
from fhi.showing.figures.registry import EVIDENCE, Tables, figure


def slope_data(tables: Tables) -> pd.DataFrame:
    """Overall rank of 2018 as printed and of 2017 as it follows from the printed change; a new city has none.

    The ranks of 2017 that no city has (``city`` empty) are those of cities that left the twenty.
    """
    frame = tables["tables/top20"].sort_values("rank")[["city", "tier", "rank", "change", "change_value", "page"]]
    frame = frame.rename(columns={"rank": "rank_2018"})
    frame["rank_2017"] = (frame["rank_2018"] + frame["change_value"]).astype("Int64")
    left = sorted(set(range(1, len(frame) + 1)) - set(frame["rank_2017"].dropna()))
    frame = pd.concat([with_names(frame, tables), pd.DataFrame({"rank_2017": pd.array(left, dtype="Int64")})])
    frame["evidence_2017"] = frame["change_value"].notna().map({True: "derived", False: None})
    return frame.astype({"rank_2018": "Int64"}).reset_index(drop=True)


def slope_caption(data: pd.DataFrame) -> dict[str, str]:
    known = data.dropna(subset=["change_value"])
    up, down, same = (
        (known["change_value"] > 0).sum(),
        (known["change_value"] < 0).sum(),
        (known["change_value"] == 0).sum(),
    )
    new = data[data["rank_2017"].isna()]
    left = data[data["city"].isna()]["rank_2017"]
    return {
        "zh": f"2017年名次由印出的变动推算：{up}城上升，{down}城下降，{same}城不变；{'、'.join(new['city'])}为新增（2018年起纳入港澳台）。"
        f"2017年第{'、'.join(map(str, left))}名没有对应城市：该城退出前20，名称未公布。",
        "en": f"Ranks of 2017 follow from the printed changes: {up} cities rose, {down} fell, {same} kept their place; "
        f"{', '.join(new['city_en'])} is new (the edition added the regions beyond the mainland). Rank {', '.join(map(str, left))} of "
        "2017 belongs to no city of the list: its holder left the twenty and is not named.",
    }


@figure(
    "slope-2017-2018",
    page=None,
    evidence=("published", "derived"),
    title={"zh": "总排名：2017年与2018年", "en": "Overall rank, 2017 and 2018"},
    data=slope_data,
    caption=slope_caption,
)
def slope(data: pd.DataFrame, language: str):
    """Lines from the rank of 2017 to that of 2018; the new city and the place of the one that left are marked."""
    figure = style.canvas(8.1)
    axes = style.bare(style.area(figure, left=2.2, right=2.6, top=1.05, bottom=0.6))
    known = data.dropna(subset=["change_value"])
    for name, item in zip(style.city_names(known, language), known.itertuples(), strict=True):
        colour = style.direction(item.change_value)
        heavy = 2.4 if abs(item.change_value) >= 4 else 1.3
        ends = [item.rank_2017, item.rank_2018]
        axes.plot([0, 1], ends, color=colour, linewidth=heavy, solid_capstyle="round", zorder=2)
        axes.scatter([0, 1], ends, s=34, color=colour, zorder=3)
        _end(axes, -0.03, item.rank_2017, f"{name}  {item.rank_2017}", "right")
        change = f"{item.change_value:+.0f}" if item.change_value else "–"
        _end(axes, 1.03, item.rank_2018, f"{item.rank_2018}  {name}", "left")
        axes.text(1.42, item.rank_2018, change, ha="right", va="center", color=colour, size=style.SMALL, weight="bold")
    new, left = data[data["rank_2017"].isna()], data[data["city"].isna()]
    for name, rank in zip(style.city_names(new, language), new["rank_2018"], strict=True):
        axes.scatter([1], [rank], s=60, color=style.PURPLE, zorder=3)
        _end(axes, 1.03, rank, f"{rank}  {name}", "left")
        axes.text(
            1.42,
            rank,
            style.pick(language, "新增", "new"),
            ha="right",
            va="center",
            color=style.PURPLE,
            size=style.SMALL,
            weight="bold",
        )
    for rank in left["rank_2017"]:
        axes.scatter([0], [rank], s=46, facecolor=style.PAPER, edgecolor=style.MUTED, linestyle=(0, (2, 1.5)), zorder=3)
        unknown = style.pick(language, f"退出的城市，未公布  {rank}", f"left, not named  {rank}")
        _end(axes, -0.03, rank, unknown, "right", style.MUTED)
    for x, year in ((0, "2017"), (1, "2018")):
        axes.text(x, -0.35, year, ha="center", va="center", weight="bold", size=12)
    axes.set(xlim=(-0.02, 1.02), ylim=(data["rank_2017"].max() + 0.6, 0.2))
    return figure


def _end(axes, x: float, y: float, text: str, side: str, colour: str = style.INK) -> None:
    axes.text(x, y, text, ha=side, va="center", color=colour)


def evidence_data(tables: Tables) -> pd.DataFrame:
    """Number of the 16 indicators with data by kind of evidence, and how many of them the index uses, by rank."""
    ranks = tables["tables/top20"][["city", "rank", "tier"]]
    cells = tables["coverage"]
    total = cells["indicator"].nunique()
    labels = list(kinds(cells["evidence"]))
    counts = cells.groupby(["city", "evidence"]).size().unstack().reindex(columns=labels).fillna(0).astype(int)
    frame = ranks.merge(counts, left_on="city", right_index=True).sort_values("rank")
    old = cells[cells["old"]].groupby(["city", "evidence"]).size().unstack()
    frame = frame.assign(**{f"old_{label}": frame["city"].map(old[label]) if label in old else 0 for label in labels})
    frame = frame.fillna({f"old_{label}": 0 for label in labels})
    used = cells[cells["used"] & cells["evidence"].notna()].groupby("city").size()
    frame["used"] = frame["city"].map(used).fillna(0).astype(int)
    frame["known"] = frame[labels].sum(axis=1)
    frame["indicators"] = total
    return with_names(frame, tables)


def evidence_caption(data: pd.DataFrame) -> dict[str, str]:
    # Spearman's rho is the correlation of the ranks; ties share their mean rank
    rho = data["rank"].rank().corr(data["known"].rank())
    most, least = data.loc[data["known"].idxmax()], data.loc[data["known"].idxmin()]
    common = data["known"].mode().iloc[0]
    total, cities = data["indicators"].iloc[0], (data["known"] == common).sum()
    # where files give the data, it is not the report that prints more of leaders
    printed = "published" in data
    old = int(data.filter(like="old_").to_numpy().sum())
    return {
        "zh": f"{total}项指标中，{most['city']}有{most['known']}项数据，最多；{least['city']}{least['known']}项，最少；{cities}城各{common}项。"
        f"与公布名次的Spearman ρ为{rho:.2f}（负值：名次越好，数据越多）{'：多出的是报告只为领先城市印出的数值' if printed else ''}。"
        + (f"斜线为过旧的数值，共{old}个。" if old else ""),
        "en": f"Of {total} indicators {most['city_en']} has data for {most['known']}, the most, {least['city_en']} for "
        f"{least['known']}, the fewest; {cities} cities have {common} each. Spearman's rho with the published rank is {rho:.2f} "
        "(negative: the better the rank, the more data)"
        f"{': what some have beyond the others is printed for leaders only' if printed else ''}."
        + (f" Hatched: old values, {old} in all." if old else ""),
    }


@figure(
    "rank-coverage",
    page=None,
    evidence=("published", "derived", "public"),
    title={"zh": "名次与证据覆盖", "en": "Published rank and evidence coverage"},
    data=evidence_data,
    caption=evidence_caption,
)
def evidence(data: pd.DataFrame, language: str):
    """Stacked bars by rank: indicators with data by kind of evidence; a mark where the index stops using them."""
    shown = chosen(data["city"])
    data, rows = shown.of(data), list(shown.place.values())
    figure = style.canvas(height(7.4, shown.count))
    axes = style.quiet(style.area(figure, left=1.75, right=0.9, top=1.15, bottom=0.95), grid="x")
    total = data["indicators"].iloc[0]
    none, mark = style.pick(language, "缺失", "missing"), style.pick(language, "进入指数的项数", "used by the index")
    axes.barh(rows, [total] * len(data), height=0.62, color=style.REST, label=none)
    start = pd.Series(0, index=data.index)
    labels = [label for label in EVIDENCE if label in data]
    for label in labels:
        name = style.EVIDENCE_NAMES[label][language]
        axes.barh(rows, data[label], left=start, height=0.62, color=style.EVIDENCE_COLOURS[label], label=name)
        start = start + data[label]
        if data[f"old_{label}"].any():
            axes.barh(rows, data[f"old_{label}"], left=start - data[f"old_{label}"], height=0.62, **style.OLD)
    axes.scatter(
        data["used"],
        rows,
        marker="|",
        s=210,
        color=style.ORANGE,
        linewidth=2.4,
        zorder=3,
        label=mark,
    )
    for row, known in zip(rows, data["known"], strict=True):
        axes.text(total + 0.25, row, f"{known}/{total}", va="center", size=style.SMALL)
    name_rows(axes, data, language, "rank", shown)
    axes.set(xlim=(0, total), ylim=(shown.count - 0.4, -0.6), xticks=range(0, total + 1, 4))
    axes.set_xlabel(
        style.pick(language, "指标数；城市后为公布的总排名", "indicators; published rank beside the city"),
        size=style.SMALL,
    )
    _key(axes, [*(style.EVIDENCE_NAMES[label][language] for label in labels), none, mark])
    return figure


def _key(axes, order: list[str]) -> None:
    """Draw the key above the axes, its entries in this order."""
    handles, names = axes.get_legend_handles_labels()
    handles = dict(zip(names, handles, strict=True))
    place = {"loc": "lower left", "bbox_to_anchor": (-0.01, 1), "ncols": len(order), "frameon": False}
    spacing = {"fontsize": style.SMALL, "handlelength": 1.1, "columnspacing": 1.4}
    axes.legend([handles[name] for name in order], order, **place, **spacing)
