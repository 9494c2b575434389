"""Beyond the report: the weights that the published numbers allow, node by node and on the map of pillars."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd

from fhi.engine.ranking import outward
from fhi.showing.figures import style
from fhi.showing.figures.charts import in_order, pillars
from fhi.showing.figures.edition_words import with_words, words
from fhi.showing.figures.evidence import is_own
from fhi.showing.figures.identified import SECTION, run_name
from fhi.showing.figures.registry import LANGUAGES, Tables, figure

PILLARS = ["industry", "experience", "ecosystem"]
SHADES = ("#dcc3d3", "#b676a0", style.PURPLE)
RESTRICTED = dict(zip(("all", "all, equal inside parents", "all, indicators within 1/48-1/4"), SHADES, strict=True))
FREE = {"zh": "权重自由", "en": "weights free"}


def weights_data(tables: Tables) -> pd.DataFrame:
    """Bounds of the weight of every node: free, equal inside parents, every indicator within 1/48 and 1/4."""
    by_facts = tables["weight_bounds_by_facts"]
    runs = _variants(tables) if is_own(tables) else RESTRICTED
    frame = pd.concat([tables["weight_bounds"].assign(facts="all"), by_facts[by_facts["facts"].isin(runs)]])
    nodes = tables["tables/framework"].set_index("code")
    for column in ("level", "name_zh", "name_en"):
        frame[column] = frame["node"].map(nodes[column])
    frame["pillar"] = frame["node"].map(pillars(tables["tables/framework"]))
    frame = frame.assign(place=in_order(tables, frame["node"])).sort_values(["place", "facts"])
    return with_words(frame[["facts", "node", "pillar", "level", "name_zh", "name_en", "low", "high"]], tables)


def _variants(tables: Tables) -> list[str]:
    """Return the first two variants of an edition: the runs that are no sum of groups of facts."""
    groups, runs = set(tables["tables/facts"]["group"]), tables["weight_bounds_by_facts"]["facts"].unique()
    return [run for run in runs if run != "index" and not set(run.split("+")) <= groups][:2]


def _shades(data: pd.DataFrame) -> dict[str, str]:
    """Return the runs that are drawn, free weights first, with their shades."""
    if not words(data).own:
        return RESTRICTED
    return dict(zip(["all", *(run for run in data["facts"].unique() if run != "all")], SHADES, strict=False))


def weights_caption(data: pd.DataFrame) -> dict[str, str]:
    most = _most(data[data["facts"] == "all"].set_index("node")["high"])
    if words(data).own:
        return _own_caption(data, most)
    return {
        "zh": f"权重不加限制时，公布的事实把体验的权重限制在至多{most['experience']:.1f}%，产业与生态几乎不受限制。"
        "两条内侧横条事先限制了权重：其变窄出自这一限制，而非报告。",
        "en": f"With unrestricted weights the published facts keep the weight of experience to at most {most['experience']:.1f}% "
        "and hardly bound industry and ecosystem. The two inner bars restrict the weights beforehand: what is narrower in them "
        "comes from that restriction, not from the report.",
    }


def _own_caption(data: pd.DataFrame, most: pd.Series) -> dict[str, str]:
    pillars = data[(data["facts"] == "all") & (data["level"] == 1)].set_index("node")
    zh = "、".join(f"{name}至多{most[node]:.1f}%" for node, name in pillars["name_zh"].items())
    en = ", ".join(f"{name} at most {most[node]:.1f}%" for node, name in pillars["name_en"].items())
    zh, en = f"权重不加限制时，公布的事实允许：{zh}。", f"With unrestricted weights the published facts allow: {en}."
    if data["facts"].nunique() > 1:
        zh += "内侧横条为另有限制的情形：其变窄出自该限制，而非公布的事实。"
        en += " The inner bars are restricted beforehand: what is narrower in them comes from that restriction, not from the facts."
    return {"zh": zh, "en": en}


def _most(highs: pd.Series) -> pd.Series:
    """Return upper bounds of weights in per cent, rounded up to one decimal."""
    return pd.Series(outward(0.0, 100 * highs, 1)[1], highs.index)


@figure(
    "identified-weights",
    page=None,
    section=SECTION,
    evidence="identified",
    title={"zh": "公布的数字允许的权重", "en": "Weights that the published numbers allow"},
    data=weights_data,
    caption=weights_caption,
    needs=("weight_bounds",),
)
def weights(data: pd.DataFrame, language: str):
    """Three nested bars a node: free weights, equal inside parents, indicators within 1/48 and 1/4."""
    nodes, own = data.drop_duplicates("node").reset_index(drop=True), words(data).own
    # inches for so many nodes, as the report's 31
    figure = style.canvas(max(3.0, 2.1 + 0.25 * len(nodes)) if own else 9.6)
    axes = style.quiet(style.area(figure, left=3.3, right=0.6, top=1.15, bottom=0.7))
    place = {
        node: row + 0.6 * (level - 1)
        for row, (node, level) in enumerate(zip(nodes["node"], nodes["level"], strict=True))
    }
    labels = {
        "all": FREE,
        "all, equal inside parents": {"zh": "父节点内等权", "en": "equal inside parents"},
        "all, indicators within 1/48-1/4": {"zh": "每个指标在1/48–1/4", "en": "each indicator within 1/48–1/4"},
    }
    for (facts, colour), height in zip(_shades(data).items(), (0.74, 0.46, 0.2), strict=False):
        rows = data[data["facts"] == facts]
        widths = (rows["high"] - rows["low"]).clip(lower=0.003)
        axes.barh(
            rows["node"].map(place),
            widths,
            left=rows["low"],
            height=height,
            color=colour,
            label=labels[facts][language] if facts in labels else facts,
        )
    names = [style.fit(name, 3.0 * 72, style.SMALL) for name in nodes[f"name_{language}"]]
    axes.set_yticks([place[node] for node in nodes["node"]], names, size=style.SMALL)
    for label, level, pillar in zip(axes.get_yticklabels(), nodes["level"], nodes["pillar"], strict=True):
        label.set_weight("bold" if level == 1 else "normal")
        label.set_color(style.PILLARS.get(pillar, style.INK) if level == 1 else style.INK)
    axes.set(xlim=(0, 1.02), xticks=[0, 0.2, 0.4, 0.6, 0.8, 1], ylim=(max(place.values()) + 0.6, -0.7))
    axes.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, frameon=False, fontsize=style.SMALL)
    return figure


def map_data(tables: Tables) -> pd.DataFrame:
    """Corners of the area of possible pillar weights, by restriction; in another edition with the names of its pillars."""
    frame = tables["weight_map"]
    if not is_own(tables):
        return frame
    nodes = tables["tables/framework"].set_index("code").loc[_pillars(frame)]
    names = {f"pillars_{language}": "|".join(nodes[f"name_{language}"]) for language in LANGUAGES}
    return with_words(frame.assign(**names), tables)


def _pillars(data: pd.DataFrame) -> list[str]:
    """Return the three pillars of a map: its columns after ``facts, corner``."""
    return list(data.columns[2:5])


def map_caption(data: pd.DataFrame) -> dict[str, str]:
    most = _most(data.loc[data["facts"] == "all", _pillars(data)].max())
    if words(data).own:
        said = {language: data[f"pillars_{language}"].iloc[0].split("|") for language in LANGUAGES}
        zh = "，".join(f"{name}至多{share:.1f}%" for name, share in zip(said["zh"], most, strict=True))
        en = ", ".join(f"{name} {share:.1f}%" for name, share in zip(said["en"], most, strict=True))
        return {
            "zh": f"三角形中每一点是一组三个维度的权重，着色区域内的都与公布的事实相容。权重不加限制时，{zh}。",
            "en": "Each point of the triangle is a set of three pillar weights; those in the coloured area agree with every "
            f"published fact. With unrestricted weights they reach at most: {en}.",
        }
    return {
        "zh": f"三角形中每一点是一组三个维度的权重，着色区域内的都与公布的事实相容。权重不加限制时，体验至多{most['experience']:.1f}%，"
        f"产业至多{most['industry']:.1f}%，生态至多{most['ecosystem']:.1f}%。",
        "en": "Each point of the triangle is a set of three pillar weights; those in the coloured area agree with every published "
        f"fact. With unrestricted weights, experience reaches {most['experience']:.1f}% at most, industry "
        f"{most['industry']:.1f}% and ecosystem {most['ecosystem']:.1f}%.",
    }


@figure(
    "identified-map",
    page=None,
    section=SECTION,
    evidence="identified",
    title={"zh": "可能的维度权重", "en": "The pillar weights that are possible"},
    data=map_data,
    caption=map_caption,
    needs=("weight_map",),
)
def weight_map(data: pd.DataFrame, language: str):
    """Ternary plot: the area of possible pillar weights, free and restricted."""
    figure = style.canvas(6.6, width=8.4)
    axes = style.bare(style.area(figure, left=0.7, right=0.7, top=0.8, bottom=0.55))
    corners = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2], [1.0, 0.0]])
    for share in (0.25, 0.5, 0.75):
        for one in range(3):
            ends = np.full((2, 3), 0.0)
            ends[:, one], ends[0, one - 1], ends[1, one - 2] = share, 1 - share, 1 - share
            axes.plot(*(ends @ corners).T, color=style.LINE, linewidth=0.8, zorder=0)
    axes.add_patch(matplotlib.patches.Polygon(corners, fill=False, edgecolor=style.INK, linewidth=1.2))
    pillars, own = _pillars(data), words(data).own
    for facts, colour in _shades(data).items():
        points = data.loc[data["facts"] == facts, pillars].to_numpy() @ corners
        label = FREE[language] if facts == "all" else run_name(facts, language, own)
        axes.add_patch(
            matplotlib.patches.Polygon(points, facecolor=colour, edgecolor=style.PAPER, alpha=0.85, label=label)
        )
    names = style.pick(
        language, ["产业 100%", "体验 100%", "生态 100%"], ["Industry 100%", "Experience 100%", "Ecosystem 100%"]
    )
    if own:
        names = [f"{style.brief(name)} 100%" for name in data[f"pillars_{language}"].iloc[0].split("|")]
    for place, name, pillar, shift in zip(corners, names, pillars, (-0.045, 0.03, -0.045), strict=True):
        axes.text(
            place[0],
            place[1] + shift,
            name,
            ha="center",
            va="center",
            weight="bold",
            color=style.PILLARS.get(pillar, style.INK),
        )
    axes.legend(loc="upper left", frameon=False, fontsize=style.SMALL)
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.08, 0.93), aspect="equal")
    return figure
