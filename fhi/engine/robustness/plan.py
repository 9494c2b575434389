"""What the draws share: each distinct matrix, vector of weights and aggregation, made once by the ordinary steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from fhi.engine.errors import FhiError
from fhi.engine.parameters import Method
from fhi.engine.robustness.draws import Sample
from fhi.engine.robustness.failures import RobustnessError
from fhi.engine.robustness.matrix import Matrix, repeatable, separable
from fhi.engine.robustness.measurement_error import NOTHING
from fhi.engine.robustness.model import Model
from fhi.engine.robustness.space import AGGREGATION, LEFT_OUT, MATRIX, WEIGHTS
from fhi.engine.robustness.tree import effective, noisy

#: weightings that look at which indicators have data, and not at the data
WITHOUT_DATA = frozenset({"original", "equal", "budget-allocation", "ahp"})


class Plan:
    """The matrices, weights and aggregations of some combinations of alternatives.

    Parameters
    ----------
    model : Model
    codes : numpy.ndarray
        The combinations, see `Model.codes`; repeated ones are prepared once.
    ranked : numpy.ndarray of int
        The positions of the units whose scores are asked for.

    Attributes
    ----------
    methods : list of Method
        By combination.
    matrices : list of Matrix
    vectors : dict
        By level, nodes × vectors of weights.
    matrix, vector, aggregation : numpy.ndarray
        By combination: which matrix, which vector, which aggregation (a combination that stands for it).
    together : numpy.ndarray of bool
        By combination: whether its draws may be computed together, noise and all.
    needed : numpy.ndarray of bool
        By leaf: whether it has weight in any combination.
    patterns : list
        By matrix: which of the needed leaves ranked units have, and the places among the ranked of those units.

    Raises
    ------
    RobustnessError
        If a combination cannot be built.
    """

    def __init__(self, model: Model, codes: np.ndarray, ranked: np.ndarray):
        self.model, self.ranked = model, ranked
        self.codes = np.unique(codes)
        self.methods: list[Method] = []
        self.matrices: list[Matrix] = []
        self._vectors: list[pd.Series] = []
        self._known: dict[tuple, int] = {}
        found = np.array([self._prepare(code) for code in self.codes])
        self.matrix, self.vector, self.aggregation = found[:, :3].T
        self.together = found[:, 3].astype(bool)
        self.vectors = model.inputs.tree.by_level(pd.concat(self._vectors, axis=1))
        self.needed = (effective(model.inputs.tree, self.vectors, 0, model.inputs.tree.depth) > 0).any(axis=1)
        self.patterns = [self._patterns(matrix.values) for matrix in self.matrices]

    def _patterns(self, values: np.ndarray) -> list[tuple[np.ndarray, np.ndarray | slice]]:
        present = ~np.isnan(values[self.ranked]) | ~self.needed
        if present.all():
            return [(present[0] if len(present) else self.needed, slice(None))]
        groups: dict[bytes, list[int]] = {}
        for unit, mask in enumerate(present):
            groups.setdefault(mask.tobytes(), []).append(unit)
        return [(present[units[0]], np.array(units)) for units in groups.values()]

    def find(self, sample: Sample) -> np.ndarray:
        """Return the position of each draw's combination."""
        return np.searchsorted(self.codes, self.model.codes(sample))

    def _prepare(self, code: int) -> tuple[int, int, int, bool]:
        """Make what a combination needs and is new; return where its parts stand."""
        model, picks = self.model, self.model.decoded(code)
        values = model.values(picks)
        left_out = model.inputs.leaves_below(values.pop(LEFT_OUT, NOTHING))
        method = model.method.model_copy(update=values)
        without = method.model_copy(update={"exclude_indicators": (*method.exclude_indicators, *left_out)})
        self.methods.append(without)
        alone = separable(method)
        part = {keys: tuple(picks.get(key) for key in keys) for keys in (MATRIX, WEIGHTS, AGGREGATION)}
        try:
            key = ("matrix", part[MATRIX], () if alone else tuple(left_out))
            matrix = self._once(key, self.matrices, lambda: model.workshop.matrix(method if alone else without))
            normalised = self.matrices[matrix].normalised(model.inputs)
            normalised[left_out] = np.nan
            driven = method.weighting.method not in WITHOUT_DATA
            basis = (matrix, *left_out) if driven else tuple(normalised.notna().any())
            key = ("weights", part[WEIGHTS], basis)
            vector = self._once(key, self._vectors, lambda: model.weigh(normalised, method))
        except FhiError as error:
            raise RobustnessError(str(error), "of this kind", model.words(picks)) from None
        place = self._known.setdefault(("aggregation", part[AGGREGATION]), len(self.methods) - 1)
        moved = model.space.moved
        together = not moved or (repeatable(method, moved) and not driven)
        return matrix, vector, place, together

    def _once(self, key: tuple, made: list, make) -> int:
        if key not in self._known:
            made.append(make())
            self._known[key] = len(made) - 1
        return self._known[key]

    def plain(self, sample: Sample, draw: int) -> pd.Series:
        """Return the scores of all units in one draw, computed by the ordinary steps one after the other.

        Raises
        ------
        RobustnessError
            With the assumptions of the draw.
        """
        model, one = self.model, sample.take(slice(draw, draw + 1))
        place = self.find(one)[0]
        method, matrix = self.methods[place], self.matrices[self.matrix[place]]
        try:
            if keys := one.keys(model.space):
                values = {code: matrix.moved(model.space, one, code, key)[:, 0] for code, key in keys.items()}
                normalised = matrix.with_values(model.inputs, method, values)
                weights = model.inputs.tree.by_level(model.weigh(normalised, method).to_frame())
            else:
                normalised = matrix.normalised(model.inputs)
                normalised[list(method.exclude_indicators)] = np.nan
                weights = {level: values[:, [self.vector[place]]] for level, values in self.vectors.items()}
            weights = noisy(model.inputs.tree, weights, model.space.weight_noise, one.weights)
            return model.scores(normalised, model.inputs.tree.to_series(weights), method)
        except FhiError as error:
            raise self.failure(str(error), sample, draw) from None

    def failure(self, why: str, sample: Sample, draw: int) -> RobustnessError:
        """Return the error of a draw, with its assumptions in words."""
        picks: Mapping[str, int] = {name: int(positions[draw]) for name, positions in sample.picks.items()}
        return RobustnessError(why, sample.numbers[draw], self.model.words(picks))
