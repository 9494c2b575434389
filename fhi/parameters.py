"""Where things stand, and the method of a scenario: typed, validated before anything runs, resolved once.

A scenario is ``notebooks/scenarios/<name>.yml``. It holds only what differs from ``baseline.yml``; an
unknown key, a wrong type or an unknown name is refused with the nearest valid ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from fhi.errors import MethodError

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
SCENARIOS = NOTEBOOKS / "scenarios"
#: where the staff put files of their own; nothing in it is under version control
USER = ROOT / "data" / "user"
BASELINE = "baseline"


def output_root() -> Path:
    """Return the folder that ``data/processed`` and ``reports`` are built in: ``$FHI_OUT`` or the checkout."""
    return Path(os.environ.get("FHI_OUT") or ROOT).resolve()


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


def _as_aggregation(value: Any) -> Any:
    """Return one name or step for all levels, or a mapping of levels to such."""
    if isinstance(value, Mapping) and value and "method" not in value:
        bad = [level for level in value if not str(level).isdigit()]
        if bad:
            raise ValueError(f"a level is a number, 0 for the root; found {bad[0]!r}")
        return {level: _as_named(step) for level, step in value.items()}
    return _as_named(value)


NamedStep = Annotated[Step, BeforeValidator(_as_step)]
#: one method for all levels, or one for each level computed; parameters beside the name
Aggregation = Annotated[str | Step | dict[int, str | Step], BeforeValidator(_as_aggregation)]
Share = Annotated[float, Field(ge=0, le=1)]


class Synthetic(BaseModel):
    """Sample micro-data to be made up (`fhi.synthetic`): the seed, and the years of its issues."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: Annotated[int, Field(strict=True, ge=0)] = 2018
    years: Annotated[tuple[Annotated[int, Field(strict=True)], ...], Field(min_length=1)] = (2018,)


class UserData(BaseModel):
    """Files of the staff's own, from a folder or made up; see ``baseline.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: str | None = None
    synthetic: Synthetic | None = None
    replaces: Literal["indicator", "cell"] = "indicator"
    least_financing: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5e7
    rate_gap: Annotated[int, Field(ge=0, strict=True)] = 0

    @model_validator(mode="after")
    def _one_source(self) -> UserData:
        if (self.folder is None) == (self.synthetic is None):
            raise ValueError("give either a folder or synthetic, not both and not neither")
        return self


def _as_user_data(value: Any) -> Any:
    return {"folder": value} if isinstance(value, str) else value


class Effort(BaseModel):
    """How many draws an analysis of robustness makes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    draws: Annotated[int, Field(ge=1, strict=True)] = 10_000
    sobol: Annotated[int, Field(ge=2, strict=True)] = 4096


class Robustness(Effort):
    """What is uncertain in a method, and how it is explored; `fhi.robustness.space` reads the space and the grid."""

    seed: Annotated[int, Field(ge=0, strict=True)] = 0
    one_by_one: Effort = Effort(draws=200, sobol=16)
    space: dict[str, Any] = {}
    grid: dict[str, list[Any]] = {}


class Method(BaseModel):
    """Every choice that makes an index out of the panel; see ``baseline.yml`` for what each key means.

    Frozen and typed: a key that does not exist, or a value of the wrong type, raises when it is built.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    description: dict[Literal["zh", "en"], str] = {}
    edition: str | None = None
    year: Annotated[int, Field(strict=True)] | None = None
    user_data: Annotated[UserData | None, BeforeValidator(_as_user_data)] = None
    exclude_cities: tuple[str, ...] = ()
    exclude_indicators: tuple[str, ...] = ()
    directions: dict[str, Literal[1, -1]] = {}
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    least_coverage: Share = 0.0
    panel: NamedStep = Step(method="last-observed")
    imputation: NamedStep = Step(method="none")
    treatment: NamedStep = Step(method="none")
    normalisation: NamedStep = Step(method="min-max")
    over_years: NamedStep = Step(method="by-year")
    weighting: NamedStep = Step(method="original")
    aggregation: Aggregation = "arithmetic"
    availability: dict[int, Share] = {0: 1.0}
    robustness: Robustness = Robustness()


#: the keys that do not bear on the index itself
ASIDE = frozenset({"description", "robustness"})
#: the keys that bear on weights and aggregation alone
COMBINING = frozenset({"weights", "weighting", "aggregation", "availability"})
#: the keys of a scenario that a stage reads; a stage that is not named here may read them all
READS: dict[str, frozenset[str]] = {
    "01_ingestion": frozenset({"edition", "year", "user_data"}),
    "02_indicators": frozenset(Method.model_fields) - COMBINING - ASIDE,
    "03_weighting": frozenset(Method.model_fields) - ASIDE,
    "05_identification": frozenset({"edition"}),
    "06_audit": frozenset({"edition"}),
    "07_charting": frozenset({"edition"}),
}


def steps_by_level(aggregation: Any, levels: Iterable[int]) -> dict[int, Step]:
    """Return the aggregation of each level as a step.

    Parameters
    ----------
    aggregation : str, Step or mapping
        As the key ``aggregation`` of a scenario: one for all levels, or one a level.
    levels : iterable of int
        The levels that are computed.

    Raises
    ------
    MethodError
        If it cannot be read, or a level has none.
    """
    levels = list(levels)
    try:
        read = TypeAdapter(Aggregation).validate_python(aggregation)
    except ValidationError as error:
        raise MethodError(f"{error.errors()[0]['msg']}.", key="aggregation", value=aggregation) from None
    by_level = read if isinstance(read, dict) else dict.fromkeys(levels, read)
    for level in levels:
        if level not in by_level:
            raise MethodError(f"no method for level {level}.", key="aggregation", value=by_level)
    return {level: Step.model_validate(_as_step(by_level[level])) for level in levels}


def beside_scenarios(name: object, key: str) -> Path:
    """Return the file or folder that a scenario names, looked up under ``notebooks/scenarios/`` and nowhere else.

    Raises
    ------
    MethodError
        If it lies outside that folder, or is not there.
    """
    folder = SCENARIOS.resolve()
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix != ".yml")
    place = _inside(folder, "notebooks/scenarios/", name, key, there)
    if place == folder:
        message = f"give a path inside notebooks/scenarios/, written from there; found {name!r}."
        raise MethodError(message, key=key, value=name)
    return place


def user_folder(name: str) -> Path:
    """Return the folder of the staff's files that a scenario names, inside ``data/user/``; ``.`` is that itself.

    Raises
    ------
    MethodError
        If it lies outside that folder, or is not there.
    """
    folder = USER.resolve()
    if " " in name:
        raise MethodError(f"give a name without blanks; found {name!r}.", key="user_data.folder", value=name)
    there = [".", *(path.name for path in folder.glob("*") if path.is_dir())]
    return _inside(folder, "data/user/", name, "user_data.folder", there)


def edition_folder(name: str | None) -> Path:
    """Return the folder of an edition below ``data/raw/``; None is the report's edition, ``data/raw/`` itself.

    Raises
    ------
    MethodError
        If there is none of this name.
    """
    if name is None:
        return RAW
    there = sorted(path.parent.name for path in RAW.glob("*/sources.csv"))
    if name not in there:
        message = f"there is no edition {name!r} (an edition is a folder data/raw/<name>/ with its sources.csv)."
        raise MethodError(message, key="edition", value=name, valid=there)
    return RAW / name


def _inside(folder: Path, shown: str, name: object, key: str, there: Iterable[str]) -> Path:
    """Return a path that stays inside a folder and is there."""
    place = (folder / name).resolve() if isinstance(name, str) else folder.parent
    if not place.is_relative_to(folder):
        message = f"give a path inside {shown}, written from there; found {name!r}."
        raise MethodError(message, key=key, value=name)
    if not place.exists():
        raise MethodError(f"there is no {name!r} in {shown}.", key=key, value=name, valid=sorted(there))
    return place


class OnceLoader(yaml.SafeLoader):
    """The safe loader of YAML, for which a key that stands twice is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice[0]!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def scenario_names(folder: Path = SCENARIOS) -> list[str]:
    """Return the names of the scenarios that have a file."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_scenario(name: str, folder: Path = SCENARIOS) -> Method:
    """Return the method of a scenario: the baseline with the scenario's own keys in place of its.

    A key of the scenario replaces the baseline's whole value of that key.

    Raises
    ------
    MethodError
        Naming the file, the key, the value and the nearest valid names.
    """
    valid = scenario_names(folder)
    if name not in valid:
        message = f"there is no scenario {name!r} (a scenario is a file {folder.name}/<name>.yml)."
        raise MethodError(message, file=f"SCENARIO={name}", value=name, valid=valid)
    settings: dict[str, Any] = {}
    for layer in dict.fromkeys((BASELINE, name)):
        settings.pop("description", None)  # it describes one scenario and is not passed on
        settings |= own_settings(layer, folder)
    return validated(settings, f"{folder.name}/{name}.yml")


def own_settings(name: str, folder: Path = SCENARIOS) -> dict[str, Any]:
    """Return the keys that the file of a scenario itself holds, their values not yet checked.

    Raises
    ------
    MethodError
        If the file is not readable, or holds a key that does not exist.
    """
    path = folder / f"{name}.yml"
    file = f"{folder.name}/{path.name}"
    try:
        settings = yaml.load(path.read_text(encoding="utf-8"), Loader=OnceLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MethodError(f"not readable as YAML in UTF-8: {error}", file=file) from None
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise MethodError("a scenario is a list of 'key: value' lines.", file=file, value=settings)
    unknown = [key for key in settings if key not in Method.model_fields]
    if unknown:
        message = f"there is no key {unknown[0]!r}."
        raise MethodError(message, file=file, key=str(unknown[0]), value=unknown[0], valid=Method.model_fields)
    return settings


def validated(settings: dict[str, Any], file: str) -> Method:
    """Return settings as a method; raises `MethodError`, naming file, key and value, if they are not one."""
    try:
        return Method(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{first['msg']}; found {first['input']!r}."
        raise MethodError(message, file=file, key=key, value=first["input"]) from None


def resolved_yaml(method: Method) -> str:
    """Return the whole method as YAML, every key written out in its order, to stand beside the results."""
    return yaml.safe_dump(_plain(method.model_dump()), allow_unicode=True, sort_keys=False)


def _plain(value: Any) -> Any:
    """Return a value with lists for tuples, which YAML has no safe form for; the numbers that are keys stay so."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
