"""Two scenarios, or all of them: which ranks moved, by how much, through which indicators and assumptions."""

from dataclasses import dataclass

import pandas as pd

from fhi.engine.errors import MethodError
from fhi.engine.explain import common_mean
from fhi.showing.compare import assumptions as _assumptions
from fhi.showing.compare import moves as _moves
from fhi.showing.compare.moves import Data, Result, across, build_result, read_data, read_result, rebuild_result

__all__ = ["Comparison", "Data", "Result", "across", "build_result", "compare", "read_data", "read_result"]
__all__ += ["rebuild_result"]


@dataclass(frozen=True)
class Comparison:
    """What became of the ranks of one result in another.

    Attributes
    ----------
    base, other : Result
    data : Data
    moves, contributions, assumptions : pandas.DataFrame
        See the functions of these names in `fhi.showing.compare.moves` and `fhi.showing.compare.assumptions`.
    scale : str or None
        The aggregation by which the contributions add up; None if there are no contributions.
    tau_b : float
        Kendall's tau-b of the two orders.
    significance : pandas.DataFrame
        See the function of this name in `fhi.showing.compare.assumptions`; empty if it was not asked for.
    unsure : str
        Why it cannot be told; empty if it can.
    """

    base: Result
    other: Result
    data: Data
    moves: pd.DataFrame
    contributions: pd.DataFrame
    assumptions: pd.DataFrame
    scale: str | None
    tau_b: float
    significance: pd.DataFrame
    unsure: str


def compare(base: Result, other: Result, data: Data, base_data: Data | None = None, draws: int = 0) -> Comparison:
    """Set a result beside another.

    Parameters
    ----------
    base, other : Result
    data, base_data : Data
        What `other` and what `base` is built from (default: the same).
    draws : int
        How many tell whether a rank differs beyond the uncertainty of both (default: that is not told).

    Raises
    ------
    MethodError
        If they are of two editions, or no city has a score in both.
    """
    if base.method.edition != other.method.edition:
        message = f"{base.name!r} and {other.name!r} are of two editions; name a scenario of the same with BASE=."
        raise MethodError(message, key="BASE", value=base.name)
    framework = data.framework
    found = _moves.moves(base, other, framework)
    if found.loc[found["node"] == framework.root, "shift"].isna().all():
        message = f"no city has a score in both {base.name!r} and {other.name!r}; there is nothing to compare."
        raise MethodError(message, key="SCENARIO", value=other.name)
    return Comparison(
        base,
        other,
        data,
        found,
        _moves.contributions(base, other, framework),
        _assumptions.assumptions(base, other, data, base_data or data),
        common_mean(framework, base.method, other.method),
        _moves.agreement(base, other, framework),
        *_assumptions.significance(base, other, data, base_data or data, draws),
    )
