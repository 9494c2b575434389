"""Where things stand, and the method of a scenario: typed, validated before anything runs, resolved once.

A scenario is ``notebooks/scenarios/<name>.yml``. It holds only what differs from ``baseline.yml``; an
unknown key, a wrong type or an unknown name is refused with the nearest valid ones.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fhi.errors import MethodError

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
SCENARIOS = NOTEBOOKS / "scenarios"
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


NamedStep = Annotated[Step, BeforeValidator(_as_step)]
Share = Annotated[float, Field(ge=0, le=1)]


class Method(BaseModel):
    """Every choice that makes an index out of the panel; see ``baseline.yml`` for what each key means.

    Frozen and typed: a key that does not exist, or a value of the wrong type, raises when it is built.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    description: dict[Literal["zh", "en"], str] = {}
    year: Annotated[int, Field(strict=True)] | None = None
    exclude_cities: tuple[str, ...] = ()
    exclude_indicators: tuple[str, ...] = ()
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    least_coverage: Share = 0.0
    panel: NamedStep = Step(method="last-observed")
    imputation: NamedStep = Step(method="none")
    treatment: NamedStep = Step(method="none")
    normalisation: NamedStep = Step(method="min-max")
    weighting: NamedStep = Step(method="original")
    aggregation: str | dict[int, str] = "arithmetic"
    availability: dict[int, Share] = {0: 1.0}


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
        settings |= _read_yaml(folder / f"{layer}.yml")
    return _validated(settings, f"{folder.name}/{name}.yml")


def _read_yaml(path: Path) -> dict[str, Any]:
    file = f"{path.parent.name}/{path.name}"
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


def _validated(settings: dict[str, Any], file: str) -> Method:
    try:
        return Method(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{first['msg']}; found {first['input']!r}."
        raise MethodError(message, file=file, key=key, value=first["input"]) from None


def resolved_yaml(method: Method) -> str:
    """Return the whole method as YAML, every key written out, to stand beside the results."""
    return yaml.safe_dump(method.model_dump(mode="json"), allow_unicode=True, sort_keys=True)
