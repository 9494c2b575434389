"""Scenarios as files: read, validated before anything runs, and resolved once.

A scenario is ``notebooks/scenarios/<name>.yml``. It holds only what differs from ``baseline.yml``; an
unknown key, a wrong type or an unknown name is refused with the nearest valid ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from fhi.editions.defaults import of_edition, with_errors
from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method
from fhi.paths import BASELINE, SCENARIOS, edition_names
from fhi.reading.settings import read_settings


def scenario_names(folder: Path = SCENARIOS) -> list[str]:
    """Return the names of the scenarios that have a file."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_scenario(name: str, folder: Path = SCENARIOS) -> Method:
    """Return the method of a scenario: the baseline with the scenario's own keys in place of its.

    A key of the scenario replaces the baseline's whole value of that key. A file that names another edition than the
    one it rests on is of that edition's year, and its space of robustness is fitted to its tree
    (`fhi.editions.defaults`), unless it says otherwise.

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
    file = f"{folder.name}/{name}.yml"
    for layer in dict.fromkeys((BASELINE, name)):
        settings.pop("description", None)  # it describes one scenario and is not passed on
        own = own_settings(layer, folder)
        edition = own.get("edition")
        if edition is not None and settings.get("edition", edition) != edition:
            settings |= of_edition(edition, settings, file)
        settings |= own
    return validated(with_errors(settings), file)


def own_settings(name: str, folder: Path = SCENARIOS) -> dict[str, Any]:
    """Return the keys that the file of a scenario itself holds, their values not yet checked.

    Raises
    ------
    MethodError
        If the file is not readable, or holds a key that does not exist.
    """
    path = folder / f"{name}.yml"
    file = f"{folder.name}/{path.name}"
    settings = read_settings(path, file)
    unknown = [key for key in settings if key not in Method.model_fields]
    if unknown:
        message = f"there is no key {unknown[0]!r}."
        raise MethodError(message, file=file, key=str(unknown[0]), value=unknown[0], valid=Method.model_fields)
    if settings.get("edition", BASELINE) is None:
        message = "null names no edition; leave the key out for that of the baseline, or name a folder of data/raw/."
        raise MethodError(message, file=file, key="edition", valid=edition_names())
    return settings


def validated(settings: dict[str, Any], file: str) -> Method:
    """Return settings as a method; raises `MethodError`, naming file, key and value, if they are not one."""
    try:
        return Method(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{first['msg'].removeprefix('Value error, ')}; found {first['input']!r}."
        raise MethodError(message, file=file, key=key, value=first["input"]) from None


def resolved_yaml(method: Method) -> str:
    """Return the whole method as YAML, every key written out in its order, to stand beside the results."""
    return yaml.safe_dump(_plain(method.model_dump()), allow_unicode=True, sort_keys=False)


def _plain(value: Any) -> Any:
    """Return a value with lists for tuples, which YAML has no safe form for; the numbers that are keys stay so."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
