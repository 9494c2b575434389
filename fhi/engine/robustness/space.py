"""The space of assumptions: what may be chosen differently, read from a scenario and checked before anything runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from fhi.engine import index
from fhi.engine.errors import MethodError, choose, need, refuse, told
from fhi.engine.framework import Framework
from fhi.engine.imputation import models
from fhi.engine.parameters import Method, Step
from fhi.engine.robustness.distributions import Error, number, only_kind, read
from fhi.engine.words import NOTHING, label

#: the assumption that values have errors
DATA_NOISE = "data_noise"


#: the keys of a method that say which matrix of normalised indicators it makes, with whose weights, aggregated how
MATRIX = (
    *("year", "panel", "exclude_cities", "exclude_indicators", "least_coverage", "unit_screening"),
    *("imputation", "treatment", "normalisation"),
)
WEIGHTS = ("weights", "weighting")
AGGREGATION = ("aggregation", "availability")
LEFT_OUT, WEIGHT_NOISE, SHARES, IMPUTED = "left_out", "weight_noise", "shares", models.STEP
#: alternatives that are values of the data, and no choice of method
OF_DATA = (SHARES, IMPUTED)
#: every assumption, in the order in which they are reported
ASSUMPTIONS = (*MATRIX, LEFT_OUT, *WEIGHTS, WEIGHT_NOISE, *AGGREGATION, SHARES, IMPUTED, DATA_NOISE)

#: what `left_out` may hold besides codes of nodes, and `NOTHING`: each used node of a kind in its turn
EACH = ("pillars", "indicators")

#: what stands beside an alternative that is checked by itself; all pairs are checked by `fhi.engine.robustness.model`
ALONE = {"treatment": {"normalisation": "min-max"}, "normalisation": {"treatment": "none"}}
#: what `shares` may be: the value of the panel, or points of the joint set of all shares
VALUE, INTERVAL = "value", "interval"

#: completed tables, unless a scenario says otherwise
DRAWN = 20

#: the least and the greatest size of weight noise; smaller Dirichlet parameters would underflow
SIZES = {"uniform": (0.0, 1.0), "dirichlet": (0.05, np.inf)}


@dataclass(frozen=True)
class Choice:
    """The alternatives of one assumption.

    Attributes
    ----------
    name : str
        Of `ASSUMPTIONS`.
    values, labels : tuple
        The alternatives and their names to read; an analysis of one assumption at a time starts from the first.
    probabilities : tuple of float
        They sum to 1.
    """

    name: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]

    def pick(self, numbers: np.ndarray) -> np.ndarray:
        """Return the positions of the alternatives that numbers from [0, 1) stand for."""
        ends = np.cumsum(self.probabilities)[:-1]
        return np.searchsorted(ends, numbers, side="right").astype(np.int16)


@dataclass(frozen=True)
class WeightNoise:
    """Noise on the weights of the nodes of some levels, the weights then rescaled inside each parent.

    ``uniform``: w·(1 + size·U(−1, 1)). ``dirichlet``: the weights of a family are Dirichlet with mean w; of m children
    the parameters are ``size·m·w``, so that size 1 and equal weights give every vector of weights the same chance.
    """

    kind: str
    size: float
    levels: tuple[int, ...]

    @property
    def label(self) -> str:
        return f"{self.kind} {self.size:g} at levels {', '.join(map(str, self.levels))}"


@dataclass(frozen=True)
class Imputer:
    """Multiple imputation: the method of the step ``imputed``, how many completed tables it draws, from which seed."""

    step: Step
    draws: int
    seed: int | None

    @property
    def label(self) -> str:
        return f"{self.draws} tables completed by {label(self.step)}"


@dataclass(frozen=True)
class Space:
    """Every uncertain assumption; see `parse`.

    `points` are what ``shares: interval`` draws from: indicator × (unit × point), see `with_points`; `fillings` what
    ``imputed`` draws from, in the same form, see `with_fillings`.
    """

    choices: tuple[Choice, ...] = ()
    weight_noise: tuple[WeightNoise, ...] = ()
    data_noise: Mapping[str, Error] | None = None
    interval: bool = False
    points: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    imputer: Imputer | None = None
    fillings: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def alternatives(self) -> tuple[Choice, ...]:
        """The choices of method: all but those `OF_DATA`."""
        return tuple(choice for choice in self.choices if choice.name not in OF_DATA)

    @property
    def moved(self) -> set[str]:
        """The indicators whose values differ between draws."""
        return set(self.data_noise or ()) | set(self.points) | set(self.fillings)

    @property
    def assumptions(self) -> list[str]:
        """The names of the uncertain assumptions, in the order of `ASSUMPTIONS`."""
        names = {choice.name for choice in self.choices}
        names |= {WEIGHT_NOISE} if self.weight_noise else set()
        names |= {DATA_NOISE} if self.data_noise else set()
        names |= {SHARES} if self.points else set()
        names |= {IMPUTED} if self.fillings or self.imputer else set()
        return [name for name in ASSUMPTIONS if name in names]

    @property
    def words(self) -> dict[str, str]:
        """What each assumption is varied between, in words."""
        words = {choice.name: "; ".join(choice.labels) for choice in self.alternatives}
        joint = max((points.shape[1] for points in self.points.values()), default=1) - 1
        words[SHARES] = f"{', '.join(self.points)}: {joint} points of the joint interval"
        words[IMPUTED] = "" if self.imputer is None else self.imputer.label
        words[WEIGHT_NOISE] = "; ".join(noise.label for noise in self.weight_noise)
        words[DATA_NOISE] = "; ".join(f"{code}: {error.label}" for code, error in (self.data_noise or {}).items())
        return {name: words[name] for name in self.assumptions}


def parse(
    space: Mapping[str, Any],
    method: Method,
    framework: Framework,
    cities: Iterable[str] = (),
    *,
    file: str | None = None,
    attributes: pd.DataFrame | None = None,
) -> Space:
    """Return a space of assumptions, every name and number in it checked.

    Parameters
    ----------
    space : mapping
        By assumption. A key of `fhi.engine.parameters.Method` holds a list of alternatives, or ``{alternatives: […],
        probabilities: […]}``. ``left_out``: a list of nodes to do without, one at a time; ``none`` leaves out nothing,
        ``pillars`` and ``indicators`` stand for each that is used. ``weight_noise``: ``{uniform: size, levels: […]}``
        or ``{dirichlet: size, levels: […]}``, or a list of such; see `WeightNoise`. ``data_noise``: by indicator
        ``{sd: …}``, ``{relative: …}`` or ``{answers: …}``, or ``{triangular: interval}``, ``{uniform: interval}``,
        ``{normal: interval}``, with ``reach`` where values are printed as bounds; see
        `fhi.engine.robustness.distributions.Error`. ``shares``: ``interval`` draws values known up to an interval from
        their joint set, see `with_points`; ``value`` keeps that of the panel. ``imputed``:
        ``{method: normal, draws: 20}``, ``regression`` or ``hot-deck``, fills the missing cells of each draw from one
        of so many completed tables, see `with_fillings`.
    method : Method
        What the space does not name.
    framework : Framework
    cities : iterable of str
        For alternatives that name cities.
    file : str, optional
        The scenario file, for messages.
    attributes : pandas.DataFrame, optional
        For alternatives that name attributes of cities.

    Returns
    -------
    Space

    Raises
    ------
    MethodError
        With the key and the nearest valid names.
    """
    cities = list(cities)
    readers = {LEFT_OUT: _read_left_out, WEIGHT_NOISE: _read_weight_noise, DATA_NOISE: _read_data_noise}
    readers |= {SHARES: _read_shares, IMPUTED: _read_imputed}
    found: dict[str, Any] = {}
    for name, content in space.items():
        key = f"robustness.{name}"
        if name not in ASSUMPTIONS:
            raise MethodError(f"there is no assumption {name!r}.", file=file, key=key, value=name, valid=ASSUMPTIONS)
        with told(file=file, key=key, value=content):
            if name in readers:
                found[name] = readers[name](content, framework, cities)
            else:
                found[name] = _read_choice(name, content, method, framework, cities, attributes)
    if IMPUTED in found:
        imputer: Imputer = found[IMPUTED]
        if "imputation" in found:
            message = "imputed fills every missing cell, so that imputation makes no difference; leave one of them out."
            raise MethodError(message, file=file, key="robustness.imputation", value=space["imputation"])
        with told(file=file):
            models.check(imputer.step, attributes)
    choices = tuple(found[name] for name in ASSUMPTIONS if isinstance(found.get(name), Choice))
    noise = found.get(WEIGHT_NOISE, ()), found.get(DATA_NOISE), found.get(SHARES, False)
    return Space(choices, *noise, imputer=found.get(IMPUTED))


def _alternatives(content: Any) -> tuple[list, tuple[float, ...]]:
    """Return the listed alternatives and their probabilities, equal by default."""
    weighted = isinstance(content, Mapping)
    keys = {"alternatives", "probabilities"}
    need(not weighted or set(content) == keys, "give a list, or {alternatives: […], probabilities: […]}", content)
    listed = content["alternatives"] if weighted else content
    need(isinstance(listed, list | tuple) and listed, "give a list of alternatives, as [none, median]", content)
    shares = content["probabilities"] if weighted else [1 / len(listed)] * len(listed)
    good = isinstance(shares, list | tuple) and len(shares) == len(listed)
    good = good and all(number(share, 0) and share > 0 for share in shares) and abs(sum(shares) - 1) <= 1e-9
    need(good, f"give each of the {len(listed)} alternatives a positive probability, of sum 1", shares)
    return list(listed), tuple(float(share) for share in shares)


def _choice(name: str, values: list, probabilities: tuple[float, ...]) -> Choice:
    labels = ["latest" if value is None else label(value) for value in values]
    twice = [text for text in labels if labels.count(text) > 1]
    refuse(twice[:1], "'{}' stands twice; give probabilities instead.")
    return Choice(name, tuple(values), tuple(labels), probabilities)


def _read_choice(
    name: str, content: Any, method: Method, framework: Framework, cities: list[str], attributes: pd.DataFrame | None
) -> Choice:
    listed, probabilities = _alternatives(content)
    values = []
    for alternative in listed:
        try:
            candidate = with_values(method, {name: alternative})
            alone = with_values(candidate, ALONE[name]) if name in ALONE else candidate
        except ValidationError as error:
            first = error.errors()[0]
            raise MethodError(f"{first['msg']}; found {alternative!r}.", value=alternative) from None
        index.check(alone, framework, cities, units=attributes)
        values.append(getattr(candidate, name))
    return _choice(name, values, probabilities)


def check_pairs(space: Space, method: Method, file: str | None = None) -> None:
    """Raise `MethodError` for a treatment and a normalisation of the space that do not go together.

    Parameters
    ----------
    space : Space
    method : Method
        What the space does not name.
    file : str, optional
        The scenario file, for messages.

    Raises
    ------
    MethodError
        With the first such pair.
    """
    listed = {choice.name: choice.values for choice in space.choices}
    treatments, normalisations = (listed.get(name, (getattr(method, name),)) for name in ("treatment", "normalisation"))
    for treat, norm in product(treatments, normalisations):
        try:
            index.check_units(method.model_copy(update={"treatment": treat, "normalisation": norm}))
        except MethodError as error:
            message = f"{label(treat)} with {norm.method}: {error}"
            raise MethodError(message, file=file, key="robustness.space", value=label(norm)) from None


def with_values(method: Method, values: Mapping[str, Any]) -> Method:
    """Return the method with other values for some keys, checked as a scenario's are.

    Parameters
    ----------
    method : Method
    values : mapping
        By key of the method.

    Returns
    -------
    Method

    Raises
    ------
    pydantic.ValidationError
        If a value is not of the kind of its key.
    """
    return type(method)(**(method.model_dump() | dict(values)))


def _read_left_out(content: Any, framework: Framework, cities: list[str]) -> Choice:
    listed, probabilities = _alternatives(content)
    valid = [NOTHING, *EACH, *framework.nodes]
    for node in listed:
        if node not in valid:
            raise MethodError(f"there is no node {node!r}.", value=node, valid=valid)
    return _choice(LEFT_OUT, listed, probabilities)


def _read_weight_noise(content: Any, framework: Framework, cities: list[str]) -> tuple[WeightNoise, ...]:
    levels, noises = [*range(1, framework.depth + 1)], []
    shape = "give {uniform: size, levels: […]} or {dirichlet: size, levels: […]}"
    for entry in content if isinstance(content, list | tuple) else [content]:
        kind = only_kind(entry, SIZES, "levels", shape)
        size, chosen, (least, most) = entry[kind], entry.get("levels", levels), SIZES[kind]
        ends = f"above 0 and at most {most:g}" if least == 0 else f"at least {least:g}"
        need(number(size, least) and 0 < size <= most, f"the size of {kind} noise must be {ends}", size)
        good = isinstance(chosen, list | tuple) and chosen and all(level in levels for level in chosen)
        need(good, f"levels must be among {levels}", chosen)
        noises.append(WeightNoise(kind, float(size), tuple(sorted(chosen))))
    every = [level for noise in noises for level in noise.levels]
    if len(set(every)) < len(every) or not noises:
        raise MethodError("name each level once.", value=content)
    return tuple(noises)


def _read_data_noise(content: Any, framework: Framework, cities: list[str]) -> dict[str, Error]:
    need(isinstance(content, Mapping) and content, "give the error by indicator, as {adoption: {sd: 2}}", content)
    for indicator in content:
        choose(dict.fromkeys(framework.indicators), indicator, "")
    return {indicator: read(entry, indicator, cities) for indicator, entry in content.items()}


def _read_shares(content: Any, framework: Framework, cities: list[str]) -> bool:
    """Return whether values are drawn within their intervals."""
    return choose({VALUE: False, INTERVAL: True}, content, "")


def _read_imputed(content: Any, framework: Framework, cities: list[str]) -> Imputer:
    """Return how missing cells are drawn."""
    content = {"method": content} if isinstance(content, str) else content
    good = isinstance(content, Mapping) and isinstance(content.get("method"), str)
    need(good, "give {method: normal, draws: 20}", content)
    rest = dict(content)
    draws, seed = rest.pop("draws", DRAWN), rest.pop("seed", None)
    for key, value, least in (("draws", draws, 2), ("seed", 0 if seed is None else seed, 0)):
        good = number(value, least) and value == int(value)
        need(good, f"{key} must be a whole number of at least {least}", value)
    return Imputer(Step(**rest), int(draws), None if seed is None else int(seed))


def with_points(space: Space, joint: pd.DataFrame) -> Space:
    """Return a space with the points that ``shares: interval`` draws from; without it, or points, the space as it is.

    The points are a table of bounded size, made once: a draw is the number of a point, one number from [0, 1), so that
    the assumption is one input of a Sobol' design and each point is normalised once.

    Parameters
    ----------
    space : Space
    joint : pandas.DataFrame
        ``indicator, city, point, value``: point 0 is the value of the panel and is never drawn, each of the others has
        the same chance. A point moves only a unit that has the value of point 0.

    Returns
    -------
    Space

    Raises
    ------
    MethodError
        If an indicator has noise of its own in `data_noise`.
    """
    if not space.interval or joint.empty:
        return space
    wide = {"index": "city", "columns": "point", "values": "value"}
    points = {code: rows.pivot(**wide) for code, rows in joint.groupby("indicator")}
    twice = sorted(set(points) & set(space.data_noise or ()))
    message = "{} is drawn within its interval (shares: interval); give it no data_noise."
    refuse(twice, message, key=f"robustness.{DATA_NOISE}")
    count = joint["point"].nunique() - 1
    labels = (VALUE, *(f"point {number}" for number in range(1, count + 1)))
    choice = Choice(SHARES, tuple(range(count + 1)), labels, (0.0, *[1 / count] * count))
    return replace(space, choices=(*space.choices, choice), points=points)


def with_fillings(
    space: Space,
    panel: pd.DataFrame,
    framework: Framework,
    method: Method,
    units: pd.DataFrame | None = None,
) -> Space:
    """Return a space with the tables that ``imputed`` draws from; without it the space as it is.

    The tables complete the indicators that the method uses, as observed, by `fhi.engine.imputation.models.completed`.
    A draw is the number of a table: one input of a Sobol' design. Table 0 is their mean, and never drawn.

    Parameters
    ----------
    space : Space
    panel, framework, method, units
        As for `fhi.engine.index.build`; the seed is that of the space, else of the method's robustness.

    Returns
    -------
    Space
        With the tables as a choice of equal chances, and `fillings` by indicator, units × tables.

    Raises
    ------
    MethodError
        If the tables cannot be drawn.
    """
    imputer = space.imputer
    if imputer is None or space.fillings:
        return space
    plain = method.model_copy(update={"imputation": Step(method="none"), "by_indicator": _filled_plainly(method)})
    observed = index.fill(panel, framework, plain, units=units)["imputed"]
    seed = method.robustness.seed if imputer.seed is None else imputer.seed
    tables = models.completed(observed, imputer.step, imputer.draws, seed, units)
    tables = np.concatenate([tables.mean(axis=0, keepdims=True), tables])
    gaps = {code: column for column, code in enumerate(observed) if observed[code].isna().any()}
    fillings = {code: pd.DataFrame(tables[:, :, column].T, index=observed.index) for code, column in gaps.items()}
    if not fillings:
        return replace(space, imputer=None)
    labels = ("mean", *(f"table {number}" for number in range(1, imputer.draws + 1)))
    shares = (0.0, *[1 / imputer.draws] * imputer.draws)
    choice = Choice(IMPUTED, tuple(range(imputer.draws + 1)), labels, shares)
    return replace(space, choices=(*space.choices, choice), fillings=fillings)


def _filled_plainly(method: Method) -> dict:
    return {code: steps.model_copy(update={"imputation": None}) for code, steps in method.by_indicator.items()}
