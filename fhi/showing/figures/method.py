"""Part five, about the index: the indicator tree (p38), the method as a flow with what is not disclosed of it (p39)."""

import pandas as pd
from matplotlib.patches import Rectangle

from fhi.engine.framework import Framework, leaves_of
from fhi.showing.figures import style
from fhi.showing.figures.charts import pillars, printed
from fhi.showing.figures.documents import Block, block, step
from fhi.showing.figures.evidence import kinds
from fhi.showing.figures.registry import EVIDENCE, Tables, figure
from fhi.showing.figures.texts import number, wrapped
from fhi.showing.figures.wording import both, said, together

LABELS = ("published", "derived", "public")


def framework_data(tables: Tables) -> pd.DataFrame:
    """The nodes of the tree, with the share of cities that have data for each indicator, that of old ones, and its evidence."""
    nodes = tables["tables/framework"][["level", "code", "parent", "name_zh", "name_en"]].copy()
    cells = tables["coverage"].dropna(subset=["evidence"])
    units = tables["coverage"]["city"].nunique()
    own = nodes["code"].replace(dict(Framework.from_table(tables["tables/framework"]).same))
    of = cells.groupby("indicator")
    nodes["coverage"], nodes["old"] = own.map(of.size() / units), own.map(of["old"].sum() / units)
    nodes["evidence"] = own.map(of["evidence"].agg(lambda labels: "+".join(sorted(set(labels)))))
    nodes.loc[nodes["code"].isin(leaves_of(nodes)), "coverage"] = nodes["coverage"].fillna(0.0)
    return nodes


def framework_caption(data: pd.DataFrame) -> dict[str, str]:
    sizes, old = data.groupby("level").size(), int((data["old"] > 0).sum())
    values = {f"level_{level}": sizes.get(level, 0) for level in (1, 2, 3)} | {"empty": (data["coverage"] == 0).sum()}
    return together(both("p38-framework.caption", **values), *([both("p38-framework.old", old=old)] if old else []))


def _heights(data: pd.DataFrame) -> dict[str, float]:
    """Return the height of each node: leaves one apart, a parent in the middle of its children."""
    leaves = leaves_of(data)
    heights = {code: float(row) for row, code in enumerate(leaves)}
    for level in range(data["level"].max() - 1, -1, -1):
        for code in data.loc[(data["level"] == level) & ~data["code"].isin(leaves), "code"]:
            below = [heights[child] for child in data.loc[data["parent"] == code, "code"]]
            heights[code] = (min(below) + max(below)) / 2
    return heights


@figure("p38-framework", framework_data, framework_caption)
def framework(data: pd.DataFrame, language: str):
    """Tree from the root to the 16 indicators, with the coverage of each (p38)."""
    figure = style.canvas(8.3)
    axes = style.bare(style.area(figure, bottom=0.75))
    left, width = [0.0, 1.75, 3.65, 6.15], [1.5, 1.65, 2.25, 2.4]
    heights, owners = _heights(data), pillars(data)
    for item in data.itertuples():
        colour, height = style.PILLARS[owners[item.code]], heights[item.code]
        if isinstance(item.parent, str):
            start, end = left[item.level - 1] + width[item.level - 1], left[item.level]
            middle, above = (start + end) / 2, heights[item.parent]
            corners = [start, middle, middle, end], [above, above, height, height]
            axes.plot(*corners, color=style.FAINT, linewidth=1.0, zorder=0)
        fill = colour if item.level < 2 else style.PAPER
        box = (left[item.level], height - 0.4), width[item.level], 0.8
        axes.add_patch(Rectangle(*box, facecolor=fill, edgecolor=colour))
        name = wrapped(getattr(item, f"name_{language}"), width[item.level] - 0.12, style.SMALL, lines=2)
        ink = style.PAPER if item.level < 2 else style.INK
        look = {"ha": "center", "va": "center", "color": ink, "size": style.SMALL, "linespacing": 1.0}
        axes.text(left[item.level] + width[item.level] / 2, height, name, **look)
        if item.level == 3:
            _coverage_bar(axes, height, item)
    x, shown = 0.0, kinds(data["evidence"])
    style.note(axes, 8.7, -0.85, said("p38-framework.coverage", language), ha="left")
    for label in shown:
        text = style.EVIDENCE_NAMES[label][language]
        axes.add_patch(Rectangle((x, 16.2), 0.25, 0.4, **style.EVIDENCE_FILLS[label]))
        style.note(axes, x + 0.33, 16.4, text)
        x += 0.65 + style.extent(text, style.SMALL) / 72
    axes.set(xlim=(0, 9.95), ylim=(16.7, -1.0))
    return figure


def _coverage_bar(axes, height: float, item) -> None:
    start, full = 8.7, 0.7
    axes.barh(height, full, left=start, height=0.34, color=style.REST)
    if item.coverage > 0:
        label = next(name for name in EVIDENCE if name in item.evidence)
        axes.barh(height, full * item.coverage, left=start, height=0.34, **style.EVIDENCE_FILLS[label])
    old = item.old if item.old > 0 else 0.0
    if old:
        axes.barh(height, full * old, left=start + full * (item.coverage - old), height=0.34, **style.OLD)
    share = item.coverage - old
    style.note(axes, start + full + 0.06, height, f"{share:.0%}")


#: unit of a printed number -> the step it belongs to
STEPS = {"cities": 1, "regions": 1, "observations": 3, "firms": 3, "questionnaires": 3, "nodes": 4}
INK = style.TIERS["national"]


def flow_data(tables: Tables) -> pd.DataFrame:
    """The four steps (``kind`` step) and the printed numbers of each (``kind`` number), with their pages.

    ``counted`` is the number of cities of the classes named on the page, from cities.csv.
    """
    steps = tables["tables/procedures"].query("procedure == 'index'").sort_values("step").assign(kind="step")
    numbers = printed(pd.concat([tables["tables/coverage"], tables["tables/headlines"].query("unit == 'nodes'")]))
    numbers = numbers.rename(columns={"measure_zh": "title_zh", "measure_en": "title_en"})
    numbers = numbers.assign(kind="number", step=numbers["unit"].map(STEPS).astype("Int64"))
    mainland = (~tables["tables/cities"]["admin_class"].str.contains("特别行政区|台湾")).sum()
    numbers["counted"] = numbers["title_en"].map({"mainland cities": float(mainland)})
    # the classes of the cities are those of GB/T 2260
    numbers["evidence"] = numbers["counted"].notna().map({True: "published+public", False: "published"})
    # the cities shown are those left at the end of the first step
    numbers = numbers.assign(last=numbers["title_en"].str.startswith("cities shown")).sort_values(["step", "last"])
    texts = [f"{name}_{language}" for name in ("title", "detail", "undisclosed") for language in ("zh", "en")]
    columns = ["kind", "step", *texts, "printed", "value", "qualifier", "unit", "counted", "page", "evidence"]
    return pd.concat([steps, numbers], ignore_index=True)[columns]


def flow_caption(data: pd.DataFrame) -> dict[str, str]:
    steps = data[data["kind"] == "step"]
    item = data.dropna(subset=["counted"]).iloc[0]
    value, counted = int(item["value"]), int(item["counted"])
    hidden = sum(len(_parts(text)) for text in steps["undisclosed_zh"].dropna())
    return both("p39-method.caption", steps=len(steps), item=item, value=value, counted=counted, hidden=hidden)


@figure("p39-method", flow_data, flow_caption)
def flow(data: pd.DataFrame, language: str) -> list[Block]:
    """The four steps with the printed numbers of each and what is undisclosed (p39)."""
    items = []
    for item in data[data["kind"] == "step"].itertuples():
        own = data[(data["kind"] == "number") & (data["step"] == item.step)]
        facts = [_fact(row, language) for row in own.itertuples()]
        title, text = getattr(item, f"title_{language}"), getattr(item, f"detail_{language}")
        open_parts = _parts(getattr(item, f"undisclosed_{language}"))
        items.append(step(title, text, facts=facts, open=open_parts, head=said("p39-method.undisclosed", language)))
    return [block("steps", colour=INK, items=items, across=len(items))]


def _fact(item, language: str) -> dict[str, str]:
    label = getattr(item, f"title_{language}")
    if pd.notna(item.counted) and item.counted != item.value:
        label += said("p39-method.counted", language, counted=item.counted)
    text = item.printed if language == "zh" else number(item.value, language, item.qualifier)
    return {"value": text, "label": label}


def _parts(text: str) -> list[str]:
    """Return the parts of a list that semicolons separate."""
    return [part.strip() for part in text.replace("；", ";").split(";")]
