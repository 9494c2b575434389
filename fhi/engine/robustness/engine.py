"""Scores of many draws at once.

Draws that share an aggregation, a matrix and a pattern of missing cells are computed together. Levels that are added
up (in logarithms or reciprocals for geometric and harmonic means) collapse into one matrix product; above them, a
method that looks at one unit at a time is called once a parent, with a row for each unit and draw. Whatever else
there is goes draw by draw through the ordinary steps, and so does every draw that cannot be computed, for its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fhi.engine.errors import FhiError
from fhi.engine.parameters import steps_by_level
from fhi.engine.robustness.draws import Sample
from fhi.engine.robustness.family import POSITIVE, ROWWISE, Family, Unusual
from fhi.engine.robustness.plan import Plan
from fhi.engine.robustness.tree import ByLevel, columns_of, noisy, rescaled


def evaluate(plan: Plan, sample: Sample) -> np.ndarray:
    """Return the scores of the ranked units in each draw.

    Parameters
    ----------
    plan : Plan
        Holds every combination of the sample.
    sample : Sample

    Returns
    -------
    numpy.ndarray
        Draws × units; NaN for a unit that has no score in a draw.

    Raises
    ------
    RobustnessError
        If a draw cannot be computed.
    """
    places = plan.find(sample)
    order = np.lexsort((plan.vector[places], plan.matrix[places], plan.aggregation[places]))
    sample, places = sample.take(order), places[order]
    scores = np.empty((len(sample), len(plan.ranked)))
    columns = MovedColumns(plan, sample, places)
    for part in _runs(plan.aggregation[places]):
        _Aggregation(plan, sample.take(part), places[part], columns).write(scores[part])
    result = np.empty_like(scores)
    result[order] = scores
    return result


def _runs(values: np.ndarray) -> Iterator[slice]:
    """Yield the stretches of equal values."""
    ends = np.flatnonzero(np.diff(values)) + 1
    for start, stop in zip([0, *ends], [*ends, len(values)], strict=True):
        yield slice(int(start), int(stop))


class MovedColumns:
    """The normalised indicators whose values differ between draws, by data noise or within an interval.

    Each set of noise and each point is made once for each matrix that draws have it with. Parameters as for `evaluate`;
    `places` are the combinations of the draws.
    """

    def __init__(self, plan: Plan, sample: Sample, places: np.ndarray):
        self.plan, self.sample = plan, sample
        self._keys = sample.keys(plan.model.space)
        self._matrices = plan.matrix[places]
        self._made: dict[int, dict[str, tuple[np.ndarray, np.ndarray]]] = {}

    def of(self, number: int, keys: Mapping[str, np.ndarray]) -> dict[int, np.ndarray]:
        """Return, by position of the leaf, all units × draws of these keys (see `Sample.keys`) in one matrix."""
        if number not in self._made:
            self._made[number] = self._make(number)
        leaves = self.plan.model.inputs.tree.leaves
        return {
            leaves.index(code): column[:, np.searchsorted(known, keys[code])]
            for code, (known, column) in self._made[number].items()
        }

    def _make(self, number: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        matrix, inputs, found = self.plan.matrices[number], self.plan.model.inputs, {}
        for code, keys in self._keys.items():
            if not np.isnan(matrix.values[:, inputs.tree.leaves.index(code)]).all():
                known = np.unique(keys[self._matrices == number])
                values = matrix.moved(self.plan.model.space, self.sample, code, known)
                found[code] = known, matrix.column(inputs, code, values)
        return found


class _Aggregation:
    """Draws of one aggregation, sorted by matrix."""

    def __init__(self, plan: Plan, sample: Sample, places: np.ndarray, columns: MovedColumns):
        self.plan, self.sample, self.places, self.columns = plan, sample, places, columns
        self.method = plan.methods[plan.aggregation[places[0]]]
        self.steps = [*steps_by_level(self.method.aggregation, range(plan.model.inputs.tree.depth)).values()]
        self.rowwise = all(step.method in ROWWISE for step in self.steps)
        vectors = plan.vector[places]
        vectors = vectors[:1] if (vectors == vectors[0]).all() else vectors
        nominal = {level: weights[:, vectors] for level, weights in plan.vectors.items()}
        self.weights = noisy(plan.model.inputs.tree, nominal, plan.model.space.weight_noise, sample.weights)
        self.shares: dict[bytes, tuple[ByLevel, np.ndarray]] = {}

    def write(self, scores: np.ndarray) -> None:
        """Write the scores, draws × ranked units."""
        for part in _runs(self.plan.matrix[self.places]):
            try:
                self._together(part, scores[part])
            except (Unusual, FhiError):
                self._one_by_one(part, scores[part])

    def _one_by_one(self, part: slice, scores: np.ndarray) -> None:
        for row, draw in enumerate(range(part.start, part.stop)):
            scores[row] = self.plan.plain(self.sample, draw).iloc[self.plan.ranked]

    def _together(self, part: slice, scores: np.ndarray) -> None:
        """Compute draws that share a matrix, pattern by pattern of missing cells."""
        plan, number = self.plan, self.plan.matrix[self.places[part.start]]
        if not self.rowwise or not plan.together[self.places[part]].all():
            raise Unusual
        matrix = plan.matrices[number]
        noise = self.columns.of(number, self.sample.take(part).keys(plan.model.space))
        if self.steps[-1].method in POSITIVE:
            self._refuse(matrix.values, noise)
        without = 0
        for mask, units in plan.patterns[number]:
            shares, scored = self._shares(mask, part)
            values = np.where(mask & plan.needed, matrix.values[plan.ranked[units]], np.nan)
            columns = {leaf: column[plan.ranked[units]] for leaf, column in noise.items() if mask[leaf]}
            if scored.all():
                family = Family(plan.model.inputs.tree, self.steps, shares, values, columns)
                scores[:, units] = family.scores(len(scores))
                continue
            # units without a score in some draws, which are left out of these
            scores[:, units], draws = np.nan, np.flatnonzero(np.broadcast_to(scored, len(scores)))
            without += len(values) * (len(scores) - len(draws))
            if len(draws):
                columns = {leaf: column[:, draws] for leaf, column in columns.items()}
                family = Family(plan.model.inputs.tree, self.steps, columns_of(shares, draws), values, columns)
                scores[draws[:, None], np.arange(scores.shape[1])[units]] = family.scores(len(draws))
        if np.count_nonzero(np.isfinite(scores)) + without != scores.size:
            raise Unusual

    def _refuse(self, values: np.ndarray, columns: Mapping[int, np.ndarray]) -> None:
        """Leave to the ordinary steps what a logarithm or reciprocal may not take."""
        fixed = [leaf for leaf in np.flatnonzero(self.plan.needed) if leaf not in columns]
        if (values[:, fixed] <= 0).any() or any((column <= 0).any() for column in columns.values()):
            raise Unusual

    def _shares(self, mask: np.ndarray, part: slice) -> tuple[ByLevel, np.ndarray]:
        """Return the weights of units with a pattern of leaves, for some of the draws, and in which they have a score.

        The latter is one value if it is the same for all draws.
        """
        key = mask.tobytes()
        if key not in self.shares:
            self.shares[key] = self.weights, np.ones(1, dtype=bool)
            if not mask.all():
                shares, scored = rescaled(self.plan.model.inputs.tree, self.weights, mask, self.method.availability)
                self.shares[key] = shares, scored[0][0]
        shares, scored = self.shares[key]
        return columns_of(shares, part), scored if len(scored) == 1 else scored[part]
