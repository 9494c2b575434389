"""What the index rests on: its weight by evidence, and the agreement of parts of the evidence and of constructions."""

from collections.abc import Iterator
from contextlib import suppress

import pandas as pd

from fhi.editions.outputs import RECONSTRUCTED
from fhi.engine.agreement import agreement, compare_ranks, kendall_tau_b, tau_difference
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method
from fhi.engine.screening import observe

SHARES = ["node", "evidence", "share"]
#: the subset of agreement.csv that is the whole index
WHOLE = "all"
#: those of parts of the evidence alone, with its labels
ALONE = {"public": ("public",), "report": ("published", "derived")}
#: what begins the name of the subset without the pillars whose inputs are published themselves
WITHOUT = "without-"


def weight_by_evidence(
    weights: pd.DataFrame, coverage: pd.DataFrame, filled: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """Return the share of each label in the weight of the index and of its pillars.

    The effective weight of an indicator is split among the labels of its cells, each cell counting alike:
    ``share(e) = Σᵢ wᵢ·nᵢ(e)/nᵢ / Σᵢ wᵢ`` over the indicators i below the node, n being numbers of cells.

    Parameters
    ----------
    weights : pandas.DataFrame
        By node: ``effective``, the share in the index.
    coverage : pandas.DataFrame
        ``city, indicator, evidence, used``.
    filled : pandas.DataFrame
        ``city, indicator`` of the cells that were imputed; those without a value of their own count as reconstructed.

    Returns
    -------
    pandas.DataFrame
        ``node, evidence, share``; the shares of a node sum to 1. A node without weight has no row.
    """
    used = coverage.loc[coverage["used"], ["city", "indicator", "evidence"]]
    cells = pd.concat([used, filled[["city", "indicator"]].assign(evidence=RECONSTRUCTED)])
    cells = cells.drop_duplicates(["city", "indicator"])
    counts = cells.groupby(["indicator", "evidence"]).size().unstack(fill_value=0)
    split = counts.div(counts.sum(axis=1), axis=0)
    frames = [pd.DataFrame(columns=SHARES)]
    for node in (framework.root, *framework.children(framework.root)):
        own = weights["effective"].reindex(framework.leaves_below(node)).fillna(0.0)
        own = own[own > 0]
        own = own.groupby([framework.same.get(leaf, leaf) for leaf in own.index]).sum()
        shares = split.reindex(own.index).mul(own / own.sum(), axis=0).sum()
        shares = shares[shares > 0].rename_axis("evidence").rename("share").reset_index()
        frames.append(shares.assign(node=node)[SHARES])
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def agreement_by_subset(
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    published: pd.DataFrame,
    coverage: pd.DataFrame,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the agreement of the index with the published ranks, as it is and built from parts of its evidence.

    Each part is built by the same method from the values of these labels alone; what is left without data passes its
    weight on, a pillar to the other pillars.

    Parameters
    ----------
    panel, framework, method, units
        As for `fhi.engine.index.build`, the panel with ``evidence``.
    published : pandas.DataFrame
        ``node, city, rank``.
    coverage : pandas.DataFrame
        ``city, indicator, evidence, used`` of the whole index.

    Returns
    -------
    pandas.DataFrame
        ``subset`` and the columns of `agreement.agreement`. ``all`` is the whole index; ``public`` and ``report``
        (published and derived) are these labels alone; ``without-<pillars>`` leaves out the pillars all of whose inputs
        are published: their agreement compares the input with itself. A part that is empty, or the whole, has no row.
    """
    parts = {WHOLE: (panel, method), **dict(_parts(panel, framework, method, coverage))}
    found = []
    for name, (rows, chosen) in parts.items():
        with suppress(MethodError):  # too few values for an index
            scores = build(rows, framework, chosen, units=units).scores
            measures = agreement(compare_ranks(scores, published, method.ranking.decimals))
            measures.insert(0, "subset", name)
            found.append(measures)
    return pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)


def _parts(
    panel: pd.DataFrame, framework: Framework, method: Method, coverage: pd.DataFrame
) -> Iterator[tuple[str, tuple[pd.DataFrame, Method]]]:
    """Yield the name, the panel and the method of each part."""
    used = coverage[coverage["used"]]
    for name, labels in ALONE.items():
        kept = used["evidence"].isin(labels)
        if kept.any() and not kept.all():
            # a city without such a value stays among the cities
            rows = panel.assign(value=panel["value"].where(panel["evidence"].isin(labels)))
            # indicators of the whole index alone, and of these none that is left with one value for all cities
            told = observe(rows, framework, method.year, method.panel)[0].nunique() > 1
            own = {leaf for leaf in used["indicator"].unique() if told[leaf]}
            yield name, (rows, _without(method, set(framework.indicators) - own))
    labels = used.groupby("indicator")["evidence"].unique().map(set)
    pillars = {node: framework.leaves_below(node) for node in framework.children(framework.root)}
    below = {node: [leaf for leaf in leaves if leaf in labels.index] for node, leaves in pillars.items()}
    own = [node for node, leaves in below.items() if leaves and all(labels[leaf] == {"published"} for leaf in leaves)]
    if own and len(own) < sum(map(bool, below.values())):
        left_out = {leaf for node in own for leaf in pillars[node]}
        yield WITHOUT + "+".join(own), (panel, _without(method, left_out))


def _without(method: Method, indicators: set[str]) -> Method:
    left_out = dict.fromkeys([*method.exclude_indicators, *sorted(indicators)])
    return method.model_copy(update={"exclude_indicators": tuple(left_out)})


def of_whole(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement of the whole index by node, from the table with its parts."""
    return measures[measures["subset"] == WHOLE].set_index("node")


def of_parts(measures: pd.DataFrame, node: str) -> pd.DataFrame:
    """Return the agreement of a node built from parts of the evidence, by subset.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``subset, node`` and measures of agreement, as `agreement_by_subset` returns them.
    node : str
        Code of the node.

    Returns
    -------
    pandas.DataFrame
        The columns of `measures` but ``subset``, which is the index.
    """
    return measures[(measures["node"] == node) & (measures["subset"] != WHOLE)].set_index("subset")


#: all alternative constructions together
ALL = "all"
#: of the bootstrap; not the scenario's, which bears on stage 04 alone
SEED = 2018
ADDED = ["added", "node", "cities", "tau_baseline", "tau", "difference", "low", "high"]


def added_indicators(
    panel: pd.DataFrame,
    replaced: pd.DataFrame,
    framework: Framework,
    method: Method,
    published: pd.DataFrame,
    units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return Kendall's tau-b with the published ranks without and with each construction, alone and all together.

    Parameters
    ----------
    panel, replaced : pandas.DataFrame
        The panel of the scenario, and the rows of the default constructions in their place (`user_data.replaced`).
    framework, method, units
        As for `fhi.engine.index.build`.
    published : pandas.DataFrame
        ``node, city, rank``.

    Returns
    -------
    pandas.DataFrame
        ``added`` (the indicator, or ``all``), ``node``, ``cities`` (published, with a score both times),
        ``tau_baseline`` (the scenario with default constructions), ``tau``, ``difference`` and its bootstrap interval
        ``low, high`` (`fhi.engine.agreement.tau_difference`, seed `SEED`). Empty without such constructions.

    Raises
    ------
    MethodError
        See `fhi.engine.index.build`.
    """
    names = list(method.constructions)
    if not names:
        return pd.DataFrame(columns=ADDED)

    def ranks(taken: list[str]) -> pd.DataFrame:
        default = set(names) - set(taken)
        rows = [panel[~panel["indicator"].isin(default)], replaced[replaced["indicator"].isin(default)]]
        scores = build(pd.concat(rows, ignore_index=True), framework, method, units=units).scores
        return compare_ranks(scores, published, method.ranking.decimals).set_index(["node", "city"])

    base = ranks([])
    trials = {name: [name] for name in names} | ({ALL: names} if len(names) > 1 else {})
    rows = []
    for added, taken in trials.items():
        pairs = base.join(ranks(taken)["rank"].rename("after"), how="inner")
        for node, pair in pairs.groupby(level="node", sort=False):
            before, after, printed = (pair[column].astype(float) for column in ("rank", "after", "published"))
            found = tau_difference(before, after, printed, SEED)
            taus = kendall_tau_b(before, printed), kendall_tau_b(after, printed)
            rows.append((added, node, len(pair), *taus, *found))
    return pd.DataFrame(rows, columns=ADDED)
