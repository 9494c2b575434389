"""The methods of every step: registered with their traits, called by name with checked parameters.

To add a method, write one function and put the decorator `method` on it; nothing else names it. A function handed to a
step's table as it is (``TABLES["treatment"]["own"] = function``) is a method without traits, called the slow way.
"""

import inspect
import math
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from types import MappingProxyType
from typing import Annotated, Any, get_type_hints

import numpy as np
import pandas as pd
from pydantic import (
    AfterValidator,
    ConfigDict,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.errors import PydanticInvalidForJsonSchema

from fhi.engine.errors import MethodError, choose, refuse

#: steps that are no key of a method but assumptions of the space of robustness
OF_SPACE = ("imputed",)
STEPS = ("panel", "imputation", "treatment", "normalisation", "over_years", "weighting", "aggregation", *OF_SPACE)
#: every step of the method of an index, in their order: its methods by name
TABLES: Mapping[str, dict[str, Callable]] = {step: {} for step in STEPS}


@dataclass(frozen=True)
class Traits:
    """What the engine and its readers must know of a method beside what it computes.

    Attributes
    ----------
    zh, en : str
        Its names on pages.
    columnwise : bool
        Imputation, treatment, normalisation: every column comes out the same whatever stands beside it, so that draws
        may leave a column out, or put it in many times over.
    reflected : bool
        Normalisation: needs positive values, so that a column of direction −1 reaches it as max + min − x, not as −x.
    in_units : tuple of str
        Normalisation: its parameters that are in the indicators' own units, which a transformation would change.
    own_year : bool
        Normalisation over years: looks at no other year.
    raw_weights : bool
        Weighting: takes account of the raw weights of the framework.
    from_data : bool
        Weighting: looks at the values, and not only at which indicators have data.
    judgements : mapping
        Weighting: its parameters that may be the name of a file (`Table`) or folder (`Folder`) beside the scenario.
    rowwise : bool
        Aggregation: looks at one unit at a time, so that draws may be stacked.
    sums : pair of callable, optional
        Aggregation: what scores are added up in by their weights, and the way back: logarithm and exponential for a
        geometric mean. Levels of such a method collapse into one matrix product.
    complete : bool
        Aggregation: a unit needs every child for a score; weights play no part.
    positive : bool
        Aggregation: needs positive scores.
    split : str
        Aggregation with `sums`: the unit in which a gap of scores is split between indicators; empty if it is not.
    unit_weights : callable, optional
        Aggregation: the function that returns with the scores the weights that each unit has of its own.
    """

    zh: str = ""
    en: str = ""
    columnwise: bool = False
    reflected: bool = False
    in_units: tuple[str, ...] = ()
    own_year: bool = False
    raw_weights: bool = False
    from_data: bool = True
    judgements: Mapping[str, type] = field(default_factory=dict)
    rowwise: bool = False
    sums: tuple[Callable, Callable] | None = None
    complete: bool = False
    positive: bool = False
    split: str = ""
    unit_weights: Callable | None = None


def method(step: str, name: str, **given: Any) -> Callable[[Callable], Callable]:
    """Register a function as the method `name` of a step, with its `Traits`.

    Parameters
    ----------
    step : str
        One of the keys of `TABLES`.
    name : str
        Lower-case, with hyphens.
    **given
        The traits by name.

    Returns
    -------
    callable
        The decorator, which returns the function as it is.

    Raises
    ------
    MethodError
        If there is no such step, or it has a method of that name.
    """
    table = choose(TABLES, step, "step")

    def register(function: Callable) -> Callable:
        if name in table:
            raise MethodError(f"there is a method {name!r} already; choose another name.", key=step, value=name)
        function.traits = Traits(**given)
        table[name] = function
        return function

    return register


#: by name of a file of own methods: the checksum of what was registered from it, and the (step, name) of each method
_FILES: dict[str, tuple[str, list[tuple[str, str]]]] = {}


def register_file(text: str, file: str, digest: str) -> None:
    """Run a file of own methods, whose decorators register them; what it registered before in another form goes.

    Parameters
    ----------
    text : str
        The code of the file.
    file : str
        Its name, in messages too.
    digest : str
        Its checksum: a file of the same checksum is not run again.

    Raises
    ------
    MethodError
        If it cannot be run: with the line and what Python says; nothing of it is registered then.
    """
    known, before = _FILES.pop(file, ("", []))
    if known == digest:
        _FILES[file] = known, before
        return
    for step, name in before:
        TABLES[step].pop(name, None)
    old = {step: dict(table) for step, table in TABLES.items()}
    try:
        exec(compile(text, file, "exec"), {"__name__": file.removesuffix(".py")})
    except Exception as error:
        for step, table in TABLES.items():
            table.clear()
            table.update(old[step])
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        where = f"line {lines[-1]}: " if lines else ""
        message = f"{file} cannot be run: {where}{type(error).__name__}: {error}."
        raise MethodError(message, key="methods", value=file) from None
    _FILES[file] = digest, [(step, name) for step, table in TABLES.items() for name in table if name not in old[step]]


def traits(step: str, name: str) -> Traits:
    """Return the traits of a method; those of a function that was registered without are the defaults.

    Parameters
    ----------
    step, name : str
        A key of `TABLES`, and a name in its table.

    Returns
    -------
    Traits

    Raises
    ------
    MethodError
        If there is no such method.
    """
    return getattr(choose(TABLES[step], name, step), "traits", Traits())


#: what a step hands to a method that names it among its keywords; a scenario cannot set it
CONTEXT = ("framework", "units", "directions")


def _kind(expected: str, accept: Callable[[Any], bool]) -> PlainValidator:
    """Return the check of a kind of value, for the annotation of a parameter."""

    def check(value: Any) -> Any:
        if not accept(value):
            raise ValueError(f"must be {expected}")
        return value

    return PlainValidator(check)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _is_ascending(value: Any) -> bool:
    pair = isinstance(value, Sequence | np.ndarray) and not isinstance(value, str) and len(value) == 2
    return pair and all(map(_is_number, value)) and value[0] < value[1]


def _named(kind: str) -> AfterValidator:
    """Return the check that a name is one of those that the caller knows, if it knows any."""

    def check(value: Any, info: ValidationInfo) -> Any:
        known = tuple(info.context.get(kind, ()))
        if known and value not in known:
            raise MethodError(f"there is no {value!r}.", **info.context["where"], value=value, valid=known)
        return value

    return AfterValidator(check)


def _annotated(base: Any, check: Any, **schema: Any) -> Any:
    """Return a kind of value: its type, its check, and what an editor of scenarios is told of it."""
    return Annotated[base, check, WithJsonSchema(schema)]


def _number(expected: str, accept: Callable[[Any], bool], *, whole: bool = False, **schema: Any) -> Any:
    """Return a kind of number that passes a further test; `schema` says the same to an editor."""
    base, is_one, kind = (int, _is_whole, "integer") if whole else (float, _is_number, "number")
    return _annotated(base, _kind(expected, lambda value: is_one(value) and accept(value)), type=kind, **schema)


# the kinds of value that a method's keywords may be annotated with, besides plain types
Number = _annotated(float, _kind("a number", _is_number), type="number")
Positive = _number("a positive number", lambda value: value > 0, exclusiveMinimum=0)
NotNegative = _number("a number, 0 or more", lambda value: value >= 0, minimum=0)
Percentile = _number("a number from 0 to 100", lambda value: 0 <= value <= 100, minimum=0, maximum=100)
Count = _number("a whole number, 1 or more", lambda value: value >= 1, whole=True, minimum=1)
Whole = _number("a whole number, 0 or more", lambda value: value >= 0, whole=True, minimum=0)
Flag = _annotated(bool, _kind("true or false", lambda value: isinstance(value, bool)), type="boolean")
Ascending = _annotated(
    tuple[float, float],
    _kind("two ascending numbers", _is_ascending),
    type="array",
    items={"type": "number"},
    minItems=2,
    maxItems=2,
)
Indicator = _annotated(str, _named("indicators"), type="string")
Unit = _annotated(Any, _named("cities"), type="string")
Attribute = _annotated(str, _named("attributes"), type="string")


@lru_cache(maxsize=256)
def keywords(function: Callable) -> Mapping[str, inspect.Parameter]:
    """Return the keyword-only parameters of a method: its own, and the context it asks for."""
    named = inspect.signature(function).parameters.values()
    return MappingProxyType({item.name: item for item in named if item.kind is item.KEYWORD_ONLY})


def check_params(
    function: Callable,
    params: Mapping[str, Any],
    *,
    step: str,
    name: str,
    file: str | None = None,
    **names: Collection[str],
) -> None:
    """Refuse parameters that a method does not take, lacks, or whose values are not of the annotated kind.

    Parameters
    ----------
    function : callable
        The method; its keyword-only parameters but `CONTEXT` are what may be given.
    params : mapping
        As written in the scenario.
    step, name : str
        The step and the name of the method in its table, for the message.
    file : str, optional
        The scenario file.
    **names
        ``indicators, cities, attributes``: the names that there are, for parameters of the kinds `Indicator`, `Unit`
        and `Attribute`; none: unchecked.

    Raises
    ------
    MethodError
        With the key and the value.
    """
    wanted = {key: parameter for key, parameter in keywords(function).items() if key not in CONTEXT}
    for key, value in params.items():
        where = {"file": file, "key": f"{step}.{key}"}
        if key not in wanted:
            raise MethodError(f"{name!r} takes no {key!r}.", **where, value=key, valid=wanted)
        try:
            _adapter(function, key).validate_python(value, context={**names, "where": where})
        except ValidationError as error:
            first = error.errors()[0]
            where["key"] = ".".join([where["key"], *(str(part) for part in first["loc"] if part != "[key]")])
            message = f"{first['msg'].removeprefix('Value error, ')}; found {first['input']!r}."
            raise MethodError(message, **where, value=first["input"]) from None
    for key, parameter in wanted.items():
        if parameter.default is parameter.empty and key not in params:
            message = f"{name!r} needs {key!r}; give it beside the name: {{method: {name}, {key}: …}}."
            raise MethodError(message, file=file, key=f"{step}.{key}")


def parameter_schema(function: Callable, key: str) -> dict[str, Any]:
    """Return the JSON Schema of a parameter of a method; what has none in JSON may be anything.

    Parameters
    ----------
    function : callable
        A method.
    key : str
        The name of a parameter.

    Returns
    -------
    dict
        Empty where anything is allowed.
    """
    try:
        return _adapter(function, key).json_schema()
    except PydanticInvalidForJsonSchema:
        return {}


@lru_cache(maxsize=256)
def _adapter(function: Callable, key: str) -> TypeAdapter:
    annotation = get_type_hints(function, include_extras=True).get(key, Any)
    return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))


def call(table: Mapping[str, Callable], name: str, data: Any, *rest: Any, step: str, params: dict, **context: Any):
    """Return what a method makes of `data`, its parameters checked, the context it asks for handed over.

    Parameters
    ----------
    table : mapping
        The methods of the step by name.
    name : str
    data : object
        The first argument of the method.
    *rest : object
        Further positional arguments.
    step : str
        The key, for messages.
    params : dict
        As written in the scenario.
    **context
        What the caller has of `CONTEXT`; a method is given what it names.

    Returns
    -------
    object
        As the method returns it.

    Raises
    ------
    MethodError
        As `check_params`; if there is no such method; if it asks for context that the caller has not given.
    """
    function = choose(table, name, step)
    check_params(function, params, step=step, name=name)
    wanted = keywords(function)
    handed = {key: value for key, value in context.items() if key in wanted}
    for key, value in handed.items():
        if value is None and wanted[key].default is inspect.Parameter.empty:
            raise MethodError(f"{name!r} needs {key!r}; pass it to the step or to build().", key=step, value=name)
    return function(data, *rest, **params, **handed)


def check_frame(result: Any, data: pd.DataFrame, *, step: str, name: str) -> pd.DataFrame:
    """Return what a method made of `data` as floats, or refuse what is not units × indicators, or is infinite.

    Parameters
    ----------
    result : object
        What the method returned.
    data : pandas.DataFrame
        Units × indicators that it was given.
    step, name : str
        The step and the method, for the message.

    Returns
    -------
    pandas.DataFrame
        Of the shape of `data`.

    Raises
    ------
    MethodError
        If it is not of that shape, or holds what is no number or infinite.
    """
    alike = isinstance(result, pd.DataFrame) and (result.index is data.index or result.index.equals(data.index))
    if not alike or (result.columns is not data.columns and [*result] != [*data]):
        message = f"{name!r} must return a frame with the same units and indicators in the same order."
        raise MethodError(message, key=step, value=name)
    try:
        result = result if result.to_numpy().dtype == np.float64 else result.astype(float)
    except (TypeError, ValueError) as error:
        raise MethodError(f"{name!r} must return numbers: {error}.", key=step, value=name) from None
    infinite = result.columns[np.isinf(result.to_numpy()).any(axis=0)]
    refuse(infinite, f"{name!r} gives infinite values in {{}}.", key=step, value=name)
    return result


def floats(data: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of the data as floats, which is made when a method writes into it."""
    return data.copy(deep=False) if data.to_numpy().dtype == np.float64 else data.astype(float)


#: a column whose range is below this share of its size is constant but for rounding
ROUNDING = 1e-12


def same(low: Any, high: Any) -> Any:
    """Whether a least and a greatest value are the same but for rounding; numbers, arrays or series of them.

    ``high − low ≤ 10⁻¹²·max(|low|, |high|)``: the one rule by which a column is constant, or a spread is none.

    Parameters
    ----------
    low, high : float, numpy.ndarray or pandas.Series
        In one unit, ``low ≤ high``.

    Returns
    -------
    bool, numpy.ndarray or pandas.Series
        Of the form of the two; False where one is missing.
    """
    return high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))


def constant(data: pd.DataFrame) -> list:
    """Return the columns in which all values are the `same`; a column without values is none of them."""
    alike = same(*ends(data.to_numpy(dtype=float)))
    return data.columns[alike].tolist() if alike.any() else []


def ends(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the greatest value of each column; NaN for one without values."""
    return np.fmin.reduce(values, axis=0, initial=np.nan), np.fmax.reduce(values, axis=0, initial=np.nan)


def refuse_empty(data: pd.DataFrame, step: str) -> None:
    """Raise `MethodError` with the columns that have no data at all.

    Parameters
    ----------
    data : pandas.DataFrame
        Units × indicators.
    step : str
        The step that refuses, for the message.

    Raises
    ------
    MethodError
        With all columns without data.
    """
    empty = np.isnan(data.to_numpy(dtype=float)).all(axis=0)
    refuse(data.columns[empty], "no data in {}; leave the column out.", key=step)


def listed(names: Iterable[object]) -> str:
    """Return names as a list to read."""
    return ", ".join(map(str, names))
