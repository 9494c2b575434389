"""What the alternative constructions of a scenario do to the agreement with the published ranks."""

from __future__ import annotations

import pandas as pd

from fhi.engine.agreement import compare_ranks, kendall_tau_b, tau_difference
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.engine.parameters import Method

#: all alternative constructions together
ALL = "all"
#: of the bootstrap; not the scenario's, which bears on stage 04 alone
SEED = 2018
COLUMNS = ["added", "node", "cities", "tau_baseline", "tau", "difference", "low", "high"]


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
        return pd.DataFrame(columns=COLUMNS)

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
    return pd.DataFrame(rows, columns=COLUMNS)
