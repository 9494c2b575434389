"""Figures that draw one row a unit stay readable with many units: 31 in full, 195 cut to the first and the last."""

import string

import matplotlib
import numpy as np
import pandas as pd
import pytest
from sampled import sampled

from fhi.showing.figures import entries
from fhi.showing.figures.charts import chosen, height, rank_ticks
from fhi.showing.figures.ranks import PILLARS
from fhi.showing.figures.registry import LANGUAGES

ENTRIES = {entry.id: entry for entry in entries()}
SIZES = (2, 20, 31, 40, 41, 195)


def names(count):
    """Names of a unit's usual lengths: the longest do not fit their labels."""
    words = ["Eastern Land", "United Isles of the Far North", "Low", "Mid Republic (Federated States of)"]
    return [f"{string.ascii_uppercase[n % 26]}{n} {words[n % 4]}" for n in range(count)]


def frame(count, **columns):
    units = names(count)
    return pd.DataFrame({"city": units, "city_en": units, **columns})


def spread(count, seed):
    return np.random.default_rng(seed).permutation(count) + 1


def coverage(count):
    cells = []
    for code, name in {"a": "an indicator", "b": "another of a longer name", "c": "a third", "d": "a fourth"}.items():
        table = frame(count, indicator=code, indicator_zh="指标", indicator_en=name, value_year=2020, age=0, old=False)
        table = table.assign(evidence="public", low=1.0, high=1.0, used=True)
        table.loc[count - 1 :, "evidence"] = None
        cells.append(table)
    return pd.concat(cells, ignore_index=True)


def replication(count):
    tables = []
    for node in ("one", "two", "three"):
        table = frame(
            count, node=node, node_zh="维度", node_en=f"pillar {node}", weight_zh="公开100%", weight_en="public 100%"
        )
        ranks = {"rank": spread(count, len(node)), "published": range(1, count + 1)}
        tables.append(table.assign(kendall_tau_b=0.5, spearman_rho=0.6, indicators=4, **ranks))
    data = pd.concat(tables, ignore_index=True)
    return data.assign(difference=data["rank"] - data["published"])


def standings(count):
    tables = []
    for code in "abcd":
        table = frame(count, node=code, node_zh="指标", node_en=f"indicator {code}", overall=range(1, count + 1))
        rank = spread(count, ord(code))
        tables.append(table.assign(rank=rank, standing=1 - (rank - 1) / max(count - 1, 1)))
    return pd.concat(tables, ignore_index=True)


def years(count):
    tables = [frame(count, year=year, rank=spread(count, year)) for year in range(2015, 2022)]
    data = pd.concat(tables, ignore_index=True).sort_values(["year", "rank"], ignore_index=True)
    # one came, one left
    data = data[~((data["city"] == data["city"].iloc[-1]) & (data["year"] < 2018))]
    return data.assign(node="n", node_zh="指数", node_en="Index")


def effects(count):
    # most stay, a few move far
    shifts = [*range(-3, 4), -count // 2, count // 2]
    rows = [(node, shift, max(1, count // 4) if abs(shift) < 2 else 1) for node in "abc" for shift in shifts]
    data = pd.DataFrame(rows, columns=["node", "shift", "moved"]).assign(node_zh="指标", node_en="an indicator")
    own = names(count)[-1]
    data = data.assign(pillar=data["node"] == "a", mean_absolute_shift=1.5, largest_shift=count // 2)
    return data.assign(city=own, city_en=own)


def intervals(count):
    rank = np.arange(1, count + 1)
    table = frame(count, tier="regional", published=rank, reference=spread(count, 1), median=rank)
    low, high = np.maximum(rank - 3, 1), np.minimum(rank + 20, count)
    return table.assign(low=low, high=high, unranked=0, level=0.9, draws=1000)


def probabilities(count):
    table = frame(count, published=range(1, count + 1))
    near = [table.assign(rank=(table["published"] + by).clip(upper=count), probability=0.3) for by in (0, 1, 2)]
    data = pd.concat(near).drop_duplicates(["city", "rank"]).sort_values(["published", "rank"], ignore_index=True)
    return data.assign(unranked=0, draws=1000)


def pairs(count):
    units, rng = names(count), np.random.default_rng(1)
    rows = [(units[i], units[i], i + 1, units[j], units[j], j + 1) for i in range(count) for j in range(i + 1, count)]
    data = pd.DataFrame(rows, columns=["city", "city_en", "published", "other", "other_en", "other_published"])
    return data.assign(probability=rng.random(len(data)))


def adoption(count):
    rank = np.arange(1, count + 1)
    low, high = np.maximum(rank - 2, 1), np.minimum(rank + 2, count)
    table = frame(count, rank=rank, low=low, high=high, low_all=low, high_all=high)
    return table.assign(estimate=90 - 0.3 * rank, assumed_answers=200, level=0.95)


def bounds(count):
    high = np.linspace(95, 20, count)
    return frame(count, tier="regional", rank=range(1, count + 1), low=high - 10, high=high, score=high - 5)


def heat(count):
    ranks = {f"{pillar}_rank": spread(count, place) for place, pillar in enumerate(PILLARS)}
    table = frame(count, rank=range(1, count + 1), **ranks)
    for pillar in PILLARS:
        table[f"gap_{pillar}"] = table["rank"] - table[f"{pillar}_rank"]
    own = table[list(ranks)]
    return table.assign(spread=own.max(axis=1) - own.min(axis=1))


DATA = {
    "pillar-heat": heat,
    "coverage": coverage,
    "replication": replication,
    "diagnostic-standings": standings,
    "diagnostic-effects": effects,
    "years": years,
    "robust-intervals": intervals,
    "robust-ranks": probabilities,
    "robust-pairs": pairs,
    "robust-adoption": adoption,
    "identified-scores": bounds,
}
#: figures of other things than a row a unit
OTHER = {"diagnostic-effects"}


@pytest.mark.slow
@pytest.mark.parametrize("id, language, count", sampled([*DATA], LANGUAGES, [31, 195]))
def test_a_figure_of_many_units_has_no_texts_on_one_another_and_fits_a_page(id, language, count, framed, misplaced):
    data = DATA[id](count)
    figure = framed(ENTRIES[id], data, language)
    assert misplaced(figure) == []
    assert figure.get_size_inches()[1] <= 14
    # a tick has its label twice, of which one is shown
    texts = {text.get_text() for text in figure.findobj(matplotlib.text.Text)}
    said = [text for text in texts if "另有" in text or text.startswith("… ")]
    assert len(said) == (count == 195 and id not in OTHER), id


@pytest.mark.parametrize("count", [31, 195])
def test_no_circle_of_the_effects_lies_beyond_the_axes(framed, count):
    figure = framed(ENTRIES["diagnostic-effects"], effects(count), "en")
    axes = figure.axes[0]
    circles = axes.collections[0]
    radii = np.sqrt(circles.get_sizes()) / 2 * figure.dpi / 72
    x = axes.transData.transform(circles.get_offsets())[:, 0]
    box = axes.get_window_extent()
    assert (x - radii >= box.x0 - 1).all() and (x + radii <= box.x1 + 1).all()
    assert circles.get_sizes().max() <= 20 * 16


# --- the rule ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", SIZES)
def test_every_unit_is_drawn_once_or_counted(count):
    units = names(count)
    shown = chosen([*units, *units])
    drawn = sorted(shown.place, key=shown.place.get)
    assert len(drawn) + shown.left == count and shown.count == min(count, 40)
    if count <= 40:
        assert drawn == units and not shown.left and shown.more("en") == ""
    else:
        assert drawn == [*units[:29], *units[-10:]]
        assert sorted([*shown.place.values(), shown.gap]) == list(range(40)) and shown.gap == 29
        assert str(count - 39) in shown.more("zh") and str(count - 39) in shown.more("en")


def test_without_last_units_the_first_alone_are_drawn():
    shown = chosen(names(195), most=32, last=0)
    assert list(shown.place) == names(195)[:31] and shown.left == 164 and shown.gap == 31


def test_heights_and_ticks_are_those_of_the_report_up_to_twenty():
    assert height(7.4, 20) == height(7.4, 5) == 7.4 and height(7.4, 40) == pytest.approx(12.4)
    assert rank_ticks(20) == [1, 5, 10, 15, 20] and rank_ticks(195) == [1, 20, 40, 60, 80, 100, 120, 140, 160, 180]
    assert all(len(rank_ticks(last)) <= 10 for last in range(2, 2000))


def many_indicators(id, count):
    """Return the data of a figure of so many indicators, in families of five, and twelve units."""
    codes = [f"x{place}" for place in range(count)]
    if id == "diagnostic-weights":
        data = pd.DataFrame({"node": codes, "parent": [f"s{place // 5}" for place in range(count)]})
        data = data.assign(weight=0.2, share=np.linspace(0.01, 0.4, count), correlation=0.5)
        named = {f"{name}_{language}": data[name] for name in ("node", "parent") for language in LANGUAGES}
        return data.assign(**named)
    if id == "diagnostic-correlations":
        pairs = [(one, other) for place, one in enumerate(codes) for other in codes[place + 1 :]]
        data = pd.DataFrame(pairs, columns=["first", "second"]).assign(kind="pair", value=0.5, within=True)
        data = data.assign(flag="", collinear=0.92, first_pillar="p", second_pillar="p")
        return data.assign(
            **{f"{name}_{language}": data[name] for name in ("first", "second") for language in LANGUAGES}
        )
    if id == "diagnostic-effects":
        data = pd.concat([effects(12)[lambda f: f["node"] == "b"].assign(node=code) for code in codes])
        return data.assign(node_zh="指标", node_en="an indicator " + data["node"]).reset_index(drop=True)
    one, column = (coverage(12), "indicator") if id == "coverage" else (standings(12), "node")
    one = one[one[column] == "a"]
    named = {code: {column: code, f"{column}_zh": code, f"{column}_en": code} for code in codes}
    return pd.concat([one.assign(**names) for names in named.values()], ignore_index=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "id", ["coverage", "diagnostic-standings", "diagnostic-effects", "diagnostic-weights", "diagnostic-correlations"]
)
def test_a_figure_of_many_indicators_fits_a_page_and_says_what_it_leaves_out(id, framed, misplaced):
    figure = framed(ENTRIES[id], many_indicators(id, 160), "en")
    assert figure.get_size_inches()[1] <= 15 and misplaced(figure) == []
    texts = [text.get_text() for text in figure.findobj(matplotlib.text.Text)]
    assert any("of 160 indicators are drawn" in text for text in texts)
    few = framed(ENTRIES[id], many_indicators(id, 15), "en")
    assert not any("indicators are drawn" in text.get_text() for text in few.findobj(matplotlib.text.Text))
