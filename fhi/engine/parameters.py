"""The method of an index: every choice with its type."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from fhi.engine.errors import MethodError


class Step(BaseModel):
    """One step of the method: the name of a method and its own parameters beside it."""

    model_config = ConfigDict(frozen=True, extra="allow")
    method: str

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


def _as_step(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


def _as_named(value: Any) -> Any:
    """Return a name as it is, and a mapping with a key ``method`` as a step."""
    if isinstance(value, Mapping) and "method" in value:
        return Step(**value)
    if isinstance(value, str | Step):
        return value
    raise ValueError(f"give a name, or a name with its parameters ({{method: …, …}}), not {value!r}")


def _as_place(value: Any) -> int | str:
    """Return the number of a level, or the code of a node."""
    return int(value) if str(value).isdigit() else str(value)


def _as_aggregation(value: Any) -> Any:
    """Return one name or step for all levels, or a mapping of levels, and nodes of their own rule, to such."""
    if isinstance(value, Mapping) and value and "method" not in value:
        return {_as_place(place): _as_named(step) for place, step in value.items()}
    return _as_named(value)


NamedStep = Annotated[Step, BeforeValidator(_as_step)]
#: one method for all levels, or one for each level computed and for nodes of their own rule; parameters beside the name
Aggregation = Annotated[str | Step | dict[int | str, str | Step], BeforeValidator(_as_aggregation)]
Share = Annotated[float, Field(ge=0, le=1)]


class OwnSteps(BaseModel):
    """Steps of one indicator in place of those of all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    imputation: NamedStep | None = None
    treatment: NamedStep | None = None
    normalisation: NamedStep | None = None


class UnitScreen(BaseModel):
    """What a unit needs below a node: see `engine.screening.screen_units`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    least_data: Share = 0.0
    most_zeros: Share = 1.0


class Ranking(BaseModel):
    """How ranks come from scores: from how many decimals of them (None: all); see `engine.ranking`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    decimals: Annotated[int, Field(strict=True, ge=0, le=12)] | None = None


class Effort(BaseModel):
    """How many draws an analysis of robustness makes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    draws: Annotated[int, Field(ge=1, strict=True)] = 10_000
    sobol: Annotated[int, Field(ge=2, strict=True)] = 4096


class Robustness(Effort):
    """What is uncertain in a method, and how it is explored; `robustness.space` reads the space and the grid."""

    seed: Annotated[int, Field(ge=0, strict=True)] = 0
    one_by_one: Effort = Effort(draws=200, sobol=16)
    space: dict[str, Any] = {}
    grid: dict[str, list[Any]] = {}


class Method(BaseModel):
    """Every choice that makes an index out of a panel.

    Frozen and typed: a key that does not exist, or a value of the wrong type, raises when it is built.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    year: Annotated[int, Field(strict=True)] | None = None
    exclude_cities: tuple[str, ...] = ()
    exclude_indicators: tuple[str, ...] = ()
    directions: dict[str, Literal[1, -1]] = {}
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    least_coverage: Share = 0.0
    unit_screening: dict[str, UnitScreen] = {}
    panel: NamedStep = Step(method="last-observed")
    max_age: Annotated[int, Field(strict=True, ge=0)] | None = 2
    imputation: NamedStep = Step(method="none")
    treatment: NamedStep = Step(method="none")
    normalisation: NamedStep = Step(method="min-max")
    by_indicator: dict[str, OwnSteps] = {}
    over_years: NamedStep = Step(method="by-year")
    weighting: NamedStep = Step(method="original")
    aggregation: Aggregation = "arithmetic"
    availability: dict[Annotated[int | str, BeforeValidator(_as_place)], Share] = {0: 1.0}
    ranking: Ranking = Ranking()
    groups: tuple[str, ...] = ()
    robustness: Robustness = Robustness()

    def step_of(self, key: str, indicator: str | None = None) -> Step:
        """Return the step ``imputation``, ``treatment`` or ``normalisation`` of an indicator; of those without one.

        Parameters
        ----------
        key : str
            ``imputation``, ``treatment`` or ``normalisation``.
        indicator : str, optional
            Its code.

        Returns
        -------
        Step
        """
        own = getattr(self.by_indicator[indicator], key) if indicator in self.by_indicator else None
        return own or getattr(self, key)


#: the keys that bear on weights, aggregation and ranks alone
COMBINING = frozenset({"weights", "weighting", "aggregation", "availability", "ranking"})


def steps_by_level(aggregation: Any, levels: Iterable[int]) -> dict[int, Step]:
    """Return the aggregation of each level as a step.

    Parameters
    ----------
    aggregation : str, Step or mapping
        As the key ``aggregation`` of a scenario: one for all levels, or one a level.
    levels : iterable of int
        The levels that are computed.

    Returns
    -------
    dict of int to Step
        In the order of `levels`.

    Raises
    ------
    MethodError
        If it cannot be read, or a level has none.
    """
    levels, read = list(levels), _read(aggregation)
    by_level = read if isinstance(read, dict) else dict.fromkeys(levels, read)
    for level in levels:
        if level not in by_level:
            raise MethodError(f"no method for level {level}.", key="aggregation", value=by_level)
    return {level: Step.model_validate(_as_step(by_level[level])) for level in levels}


def steps_by_node(aggregation: Any) -> dict[str, Step]:
    """Return the aggregation of each node that has its own, whatever its level; see `steps_by_level`."""
    read = _read(aggregation)
    own = {node: step for node, step in read.items() if isinstance(node, str)} if isinstance(read, dict) else {}
    return {node: Step.model_validate(_as_step(step)) for node, step in own.items()}


def level_alone(method: Method) -> bool:
    """Whether no node has an aggregation or an availability of its own."""
    return not steps_by_node(method.aggregation) and not any(isinstance(place, str) for place in method.availability)


_AGGREGATION = TypeAdapter(Aggregation)


def _read(aggregation: Any) -> Any:
    try:
        return _AGGREGATION.validate_python(aggregation)
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise MethodError(f"{message}.", key="aggregation", value=aggregation) from None
