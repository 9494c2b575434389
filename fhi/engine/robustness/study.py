"""A model with its reference and the units to rank, and how its draws are divided into tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fhi.engine.errors import MethodError, choose
from fhi.engine.framework import Framework
from fhi.engine.parameters import Method
from fhi.engine.robustness import draws
from fhi.engine.robustness.draws import BLOCK
from fhi.engine.robustness.model import Model
from fhi.engine.robustness.space import Space
from fhi.engine.robustness.summary import Target, rank

#: cells of units × draws in one task
CELLS = 2**20


@dataclass(frozen=True)
class Study:
    """What several analyses of one model share.

    Attributes
    ----------
    model : Model
    nominal : pandas.Series
        The score of each unit by the method as it is, the reference.
    ranked : numpy.ndarray
        The positions of the units that are ranked.
    """

    model: Model
    nominal: pd.Series
    ranked: np.ndarray

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        framework: Framework,
        space: Mapping[str, Any] | Space,
        method: Method | None = None,
        among: Iterable[str] | None = None,
        units: pd.DataFrame | None = None,
    ) -> Study:
        """Check everything and build the index as it is.

        Parameters
        ----------
        data, framework, space, method, among, units
            As for `fhi.engine.robustness.uncertainty`.

        Returns
        -------
        Study

        Raises
        ------
        MethodError
            If an argument is bad, a unit of `among` has no index, or fewer than two units are to be ranked.
        """
        model = Model(data, framework, space, method, units)
        nominal = model.nominal()
        names = [*nominal.dropna().index] if among is None else [*dict.fromkeys(among)]
        known = dict.fromkeys(model.inputs.units)
        for name in names:
            choose(known, name, "among")
            if np.isnan(nominal[name]):
                message = f"{name} has no index and cannot be ranked; leave it out."
                raise MethodError(message, key="among", value=name)
        if len(names) < 2:
            raise MethodError("a ranking needs at least two units.", key="among", value=names)
        return cls(model, nominal, model.inputs.units.get_indexer(names))

    @property
    def names(self) -> list[str]:
        """The units that are ranked."""
        return self.model.inputs.units[self.ranked].tolist()

    @property
    def reference(self) -> np.ndarray:
        """The ranks by the method as it is."""
        return rank(self.nominal.to_numpy()[None, self.ranked])[0].astype(int)

    def tasks(self, n: int) -> list[tuple[int, int]]:
        """Divide draws into tasks: the number of the first and how many. They depend on nothing but the numbers."""
        size = BLOCK * max(1, min(8, CELLS // (BLOCK * len(self.ranked))))
        return [(first, min(size, n - first)) for first in range(0, n, size)]

    def codes(self, n: int, seed: int) -> np.ndarray:
        """Return every combination of alternatives that is drawn.

        Parameters
        ----------
        n, seed : int
            Of the draws.

        Returns
        -------
        numpy.ndarray of int
            Each once, see `Model.codes`.
        """
        model, found = self.model, np.zeros(0, dtype=np.int64)
        for first, count in self.tasks(n):
            picks = draws.picks(model.space, seed, first, count)
            found = np.union1d(found, model.codes(picks))
        return found

    def target(self, published: pd.Series | None = None, tiers: pd.Series | None = None) -> Target:
        """Return what the ranks are compared with.

        Parameters
        ----------
        published, tiers : pandas.Series, optional
            Ranks and tiers by unit.

        Returns
        -------
        Target

        Raises
        ------
        MethodError
            If a ranked unit is absent from them, or tiers do not follow each other in the published order.
        """
        if published is None:
            if tiers is not None:
                raise MethodError("tiers divide a published order; give published as well.", key="tiers")
            return Target(self.reference, np.zeros(0, dtype=int))
        for name, series in {"published": published, "tiers": tiers}.items():
            absent = [] if series is None else [unit for unit in self.names if unit not in series.index]
            if absent:
                raise MethodError(f"{name} lacks {', '.join(absent)}, which is ranked.", key=name, value=absent[0])
        order = np.argsort(published[self.names].to_numpy(), kind="stable")
        # a unit that is published and not ranked leaves no gap
        places = published[self.names].rank(method="min").to_numpy(dtype=int)[order]
        if tiers is None:
            return Target(self.reference, order, (), places)
        along = tiers[self.names].to_numpy()[order]
        starts = [0, *(np.flatnonzero(along[1:] != along[:-1]) + 1), len(along)]
        if len(starts) - 1 != len(set(along)):
            raise MethodError("the tiers must follow each other in the published order.", key="tiers")
        return Target(self.reference, order, tuple(int(size) for size in np.diff(starts)), places)
