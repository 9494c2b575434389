"""Scores of many draws at once.

Draws that share an aggregation, a matrix and a pattern of missing cells are computed together. Levels that are added
up (in logarithms or reciprocals for geometric and harmonic means) collapse into one matrix product; above them, a
method that looks at one unit at a time is called once a parent, with a row for each unit and draw. Whatever else
there is goes draw by draw through the ordinary steps, and so does every draw that cannot be computed, for its error.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from fhi.engine.errors import FhiError
from fhi.engine.index import repeatable, separable
from fhi.engine.methods import TABLES, traits
from fhi.engine.parameters import Method, Step, level_alone, steps_by_level
from fhi.engine.robustness.draws import SHARED, ByLevel, Rescaled, Sample, Tree, columns_of, effective, noisy
from fhi.engine.robustness.model import Matrix, Model
from fhi.engine.robustness.parallel import RobustnessError
from fhi.engine.robustness.space import AGGREGATION, LEFT_OUT, MATRIX, NOTHING, WEIGHTS

#: cells of units × draws × children that are handled at a time
CELLS = 2**21


def sums(step: Step) -> tuple[Callable, Callable] | None:
    """Return what the scores of an aggregation are added up in, and the way back; None if they are not."""
    return traits("aggregation", step.method).sums


def rowwise(method: Method, depth: int) -> bool:
    """Whether the scores of many draws may be stacked; a node with a rule of its own goes the ordinary way.

    Parameters
    ----------
    method : Method
    depth : int
        Levels that are computed.

    Returns
    -------
    bool
    """
    return level_alone(method) and all(
        traits("aggregation", step.method).rowwise for step in steps_by_level(method.aggregation, range(depth)).values()
    )


class Unusual(Exception):
    """Draws that cannot be computed together."""


class Family:
    """Units that lack the same cells.

    Parameters
    ----------
    tree : Tree
    steps : list of Step
        The aggregation of each level computed, the root first; each with the trait `rowwise`.
    shares : dict
        By level, nodes × draws: weights that sum to 1 over what the units have.
    values : numpy.ndarray
        Units × leaves, NaN for what they lack or nobody needs.
    noise : dict
        By position of a leaf, units × draws that stand in its place.
    """

    def __init__(
        self, tree: Tree, steps: list[Step], shares: ByLevel, values: np.ndarray, noise: Mapping[int, np.ndarray]
    ):
        self.tree, self.steps, self.shares, self.values, self.noise = tree, steps, shares, values, noise
        # the levels below `top` are added up in one go
        self.top = tree.depth
        while self.top and sums(steps[-1]) and steps[self.top - 1] == steps[-1]:
            self.top -= 1

    def scores(self, draws: int) -> np.ndarray:
        """Return draws × units (or one row for all).

        Raises
        ------
        Unusual
            If a method refuses the scores.
        """
        if self.top == 0:
            return self._collapsed(slice(None))[0]
        width = max(1, CELLS // (len(self.values) * max(map(len, self.tree.nodes))))
        parts = [slice(start, min(start + width, draws)) for start in range(0, draws, width)]
        try:
            rows = [np.broadcast_to(self._stacked(part), (part.stop - part.start, len(self.values))) for part in parts]
        except ValueError as error:
            raise Unusual(*error.args) from None
        return np.concatenate(rows)

    def _collapsed(self, part: slice) -> list[np.ndarray]:
        """Return, by node of the level `top`, draws × units (or one row for all)."""
        tree, top, bottom = self.tree, self.top, self.tree.depth
        shares = columns_of(self.shares, part)
        forward, backward = sums(self.steps[-1])
        # what is missing or replaced by noise adds nothing
        blank = np.isnan(self.values)
        blank[:, list(self.noise)] = True
        terms = np.where(blank, 0.0, forward(np.where(blank, 1.0, self.values))).T
        # below the deepest level whose weights differ between draws, the sums are the same for all of them
        cut = max((level for level in range(top + 1, bottom + 1) if shares[level].shape[1] > 1), default=top)
        if cut < bottom:
            inner = self._branches(effective(tree, shares, cut, bottom), cut, bottom)
            terms = np.concatenate([share.T @ terms[span] for span, share in inner])
        totals = [share.T @ terms[span] for span, share in self._branches(effective(tree, shares, top, cut), top, cut)]
        above = tree.ancestors(bottom, top)
        for leaf, column in self.noise.items():
            added = self._share(shares, leaf)[:, None] * forward(column[:, part].T)
            totals[above[leaf]] = totals[above[leaf]] + added
        with np.errstate(divide="ignore"):  # a node without weight has no score, which nobody asks for
            return [backward(total) for total in totals]

    def _branches(self, shares: np.ndarray, top: int, bottom: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield of each node of the level `top` where its descendants stand in the level `bottom`, and their shares."""
        above = self.tree.ancestors(bottom, top)
        for start, stop in pairwise(np.searchsorted(above, np.arange(len(self.tree.nodes[top]) + 1))):
            yield slice(start, stop), shares[start:stop]

    def _share(self, shares: ByLevel, leaf: int) -> np.ndarray:
        """Return the share of one leaf in its ancestor of the level `top`, by draw."""
        share, place = np.ones(1), leaf
        for level in range(self.tree.depth, self.top, -1):
            share, place = share * shares[level][place], self.tree.parents[level][place]
        return share

    def _stacked(self, part: slice) -> np.ndarray:
        """Return draws × units (or one row for all): level by level above `top`, a row for each draw and unit."""
        tree, shares = self.tree, columns_of(self.shares, part)
        if self.top < tree.depth:
            scores = self._collapsed(part)
        else:
            scores = [column[None, :] for column in self.values.T]
            for leaf, column in self.noise.items():
                scores[leaf] = column[:, part].T
        for level in range(self.top - 1, -1, -1):
            # what has no weight in the whole need not have a score
            alive = effective(tree, shares, 0, level) > 0
            scores = [
                scores[span.start]
                if tree.repeated[level + 1][span.start]
                else self._parent(self.steps[level], scores[span], shares[level + 1][span], alive[node])
                for node, span in enumerate(tree.spans[level])
            ]
        return scores[0]

    def _parent(self, step: Step, children: list[np.ndarray], weights: np.ndarray, alive: np.ndarray) -> np.ndarray:
        """Return draws × units: the scores of a node, NaN in draws in which it has no weight."""
        draws = max(alive.size, weights.shape[1], *(len(child) for child in children))
        shape = draws, len(self.values)
        result = np.full(shape, np.nan)
        chosen = np.flatnonzero(np.broadcast_to(alive, draws))
        if len(chosen):
            block = np.stack([np.broadcast_to(child, shape)[chosen] for child in children], axis=-1)
            given = np.broadcast_to(weights, (len(children), draws)).T[chosen]
            given = np.broadcast_to(given[:, None, :], block.shape)
            rows = np.where(given > 0, block, np.nan).reshape(-1, len(children))
            found = TABLES["aggregation"][step.method](rows, given.reshape(rows.shape), **step.params)
            result[chosen] = found.reshape(-1, shape[1])
        return result


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
        # the place of each combination among those sorted by what their draws share
        order = np.lexsort((self.vector, self.matrix, self.aggregation))
        self._along = np.argsort(order).astype(np.min_scalar_type(len(order)))
        self.vectors = model.inputs.tree.by_level(pd.concat(self._vectors, axis=1))
        self.needed = (effective(model.inputs.tree, self.vectors, 0, model.inputs.tree.depth) > 0).any(axis=1)
        self.patterns = [self._patterns(self._with_fillings(matrix)) for matrix in self.matrices]

    def _with_fillings(self, matrix: Matrix) -> np.ndarray:
        """Return the values of a matrix, those of cells that draws fill as any number."""
        values, inputs = matrix.values, self.model.inputs
        for code, tables in self.model.space.fillings.items():
            places = [inputs.tree.leaves.index(leaf) for leaf in inputs.framework.places(code)]
            if not np.isnan(values[:, places[0]]).all():
                covered = tables.notna().all(axis=1).reindex(inputs.units, fill_value=False)
                filled = np.isnan(values[:, places[0]]) & covered & inputs.units.isin(matrix.units)
                values = values.copy()
                values[np.ix_(filled.to_numpy(), places)] = 0.0
        return values

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

    def sorted(self, places: np.ndarray) -> np.ndarray:
        """Return the order of draws by aggregation, matrix and weights, from the positions of their combinations."""
        return np.argsort(self._along[places], kind="stable")

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
            driven = traits("weighting", method.weighting.method).from_data
            basis = (matrix, *left_out) if driven else self._with_data(matrix, left_out)
            key = ("weights", part[WEIGHTS], basis)
            vector = self._once(key, self._vectors, lambda: model.weigh(self._without(matrix, left_out), method))
        except FhiError as error:
            raise RobustnessError(str(error), "of this kind", model.words(picks)) from None
        place = self._known.setdefault(("aggregation", part[AGGREGATION]), len(self.methods) - 1)
        moved = model.space.moved
        together = not moved or (repeatable(method, moved) and not driven)
        return matrix, vector, place, together

    def _without(self, matrix: int, left_out: list[str]) -> pd.DataFrame:
        """Return the normalised indicators of a matrix without some of them."""
        normalised = self.matrices[matrix].normalised(self.model.inputs)
        normalised[left_out] = np.nan
        return normalised

    def _with_data(self, matrix: int, left_out: list[str]) -> bytes:
        """Return which leaves have data in a matrix, some being left out, as a mark to compare."""
        present = ~np.isnan(self.matrices[matrix].values).all(axis=0)
        present[[self.model.inputs.tree.leaves.index(leaf) for leaf in left_out]] = False
        return present.tobytes()

    def _once(self, key: tuple, made: list, make) -> int:
        if key not in self._known:
            made.append(make())
            self._known[key] = len(made) - 1
        return self._known[key]

    def plain(self, sample: Sample, draw: int) -> pd.Series:
        """Return the scores of all units in one draw, computed by the ordinary steps one after the other.

        Parameters
        ----------
        sample : Sample
        draw : int
            The position of the draw in it.

        Returns
        -------
        pandas.Series
            By unit; NaN for a unit without a score.

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
        """Return the error of a draw, with its assumptions in words.

        Parameters
        ----------
        why : str
            What is wrong and what to do.
        sample : Sample
        draw : int
            The position of the draw in it.

        Returns
        -------
        RobustnessError
        """
        picks: Mapping[str, int] = {name: int(positions[draw]) for name, positions in sample.picks.items()}
        return RobustnessError(why, sample.numbers[draw], self.model.words(picks))


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
    order = plan.sorted(places)
    sample, places = sample.take(order), places[order]
    scores = np.empty((len(sample), len(plan.ranked)))
    columns = _MovedColumns(plan, sample, places)
    for part in _runs(plan.aggregation[places]):
        draws = _Aggregation(plan, sample.take(part), places[part], columns)
        for shared in _runs(draws.matrices):
            scores[order[part][shared]] = draws.scores(shared)
    return scores


def _runs(values: np.ndarray) -> Iterator[slice]:
    """Yield the stretches of equal values."""
    ends = np.flatnonzero(np.diff(values)) + 1
    for start, stop in zip([0, *ends], [*ends, len(values)], strict=True):
        yield slice(int(start), int(stop))


class _MovedColumns:
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
        inputs = self.plan.model.inputs
        return {
            inputs.tree.leaves.index(place): column[:, np.searchsorted(known, keys[code])]
            for code, (known, column) in self._made[number].items()
            for place in inputs.framework.places(code)
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

    def __init__(self, plan: Plan, sample: Sample, places: np.ndarray, columns: _MovedColumns):
        self.plan, self.sample, self.places, self.columns = plan, sample, places, columns
        self.method = plan.methods[plan.aggregation[places[0]]]
        self.steps = [*steps_by_level(self.method.aggregation, range(plan.model.inputs.tree.depth)).values()]
        self.rowwise = rowwise(self.method, plan.model.inputs.tree.depth)
        vectors = plan.vector[places]
        vectors = vectors[:1] if (vectors == vectors[0]).all() else vectors
        nominal = {level: weights[:, vectors] for level, weights in plan.vectors.items()}
        self.weights = noisy(plan.model.inputs.tree, nominal, plan.model.space.weight_noise, sample.weights)
        self.rescaled = Rescaled(plan.model.inputs.tree, self.weights, self.method.availability)
        self.shares: dict[bytes, tuple[ByLevel, np.ndarray]] = {}

    @property
    def matrices(self) -> np.ndarray:
        """By draw, which matrix."""
        return self.plan.matrix[self.places]

    def scores(self, part: slice) -> np.ndarray:
        """Return the scores of draws that share a matrix, draws × ranked units."""
        try:
            return self._together(part)
        except (Unusual, FhiError):
            draws = range(part.start, part.stop)
            return np.stack([self.plan.plain(self.sample, draw).iloc[self.plan.ranked] for draw in draws])

    def _together(self, part: slice) -> np.ndarray:
        """Compute draws that share a matrix, pattern by pattern of missing cells."""
        scores = np.empty((part.stop - part.start, len(self.plan.ranked)))
        plan, number = self.plan, self.plan.matrix[self.places[part.start]]
        if not self.rowwise or not plan.together[self.places[part]].all():
            raise Unusual
        matrix = plan.matrices[number]
        noise = self.columns.of(number, self.sample.take(part).keys(plan.model.space))
        if traits("aggregation", self.steps[-1].method).positive:
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
        # a sum is faster than a test of every cell
        if not np.isfinite(scores.sum()) and np.count_nonzero(np.isfinite(scores)) + without != scores.size:
            raise Unusual
        return scores

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
        if key in self.shares:
            shares, scored = self.shares[key]
        elif mask.all():
            shares, scored = self.weights, np.ones(1, dtype=bool)
        else:
            shares, whole = self.rescaled.shares(mask)
            scored = whole[0][0]
            # of many patterns, those that come later are found again for the next matrix
            if len(self.shares) * sum(values.size for values in shares.values()) < SHARED:
                self.shares[key] = shares, scored
        return columns_of(shares, part), scored if len(scored) == 1 else scored[part]
