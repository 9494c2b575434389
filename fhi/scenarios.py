"""Scenarios as files: read, validated before anything runs, and resolved once.

A scenario is ``notebooks/scenarios/<name>.yml``. It holds only what differs from the scenario that it names as its
``base``, which may have a base itself; without one that is ``baseline.yml``. An unknown key, a wrong type or an unknown
name is refused with the nearest valid ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from fhi.editions.defaults import of_edition, with_errors
from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method
from fhi.paths import BASELINE, SCENARIOS, edition_names
from fhi.reading.settings import read_settings

#: the key that names the scenario from which another differs; it is of the file, not of the method
BASE = "base"
#: describes one scenario, and is not passed on
DESCRIPTION = "description"


def scenario_names(folder: Path = SCENARIOS) -> list[str]:
    """Return the names of the scenarios that have a file."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_scenario(name: str, folder: Path = SCENARIOS) -> Method:
    """Return the method of a scenario: its base with the scenario's own keys in place of the same keys there.

    A key of the scenario replaces the whole value of that key. A file that names another edition than the one it rests
    on is of that edition's year, and its space of robustness is fitted to its tree (`fhi.editions.defaults`), unless it
    says otherwise.

    Raises
    ------
    MethodError
        Naming the file that holds the key, the key, the value and the nearest valid names.
    """
    layers = layers_of(name, folder)
    file = f"{folder.name}/{name}.yml"
    holders = {key: f"{folder.name}/{layer}.yml" for layer, own in layers.items() for key in own}
    return validated(merged(layers, name, file), file, holders)


def layers_of(name: str, folder: Path = SCENARIOS) -> dict[str, dict[str, Any]]:
    """Return the settings that a scenario is made of by the scenario that holds them, the baseline first, its own last.

    Raises
    ------
    MethodError
        If a scenario of the chain has no file or is its own base; errors as of `own_settings`.
    """
    valid = scenario_names(folder)
    if name not in valid:
        message = f"there is no scenario {name!r} (a scenario is a file {folder.name}/<name>.yml)."
        raise MethodError(message, file=f"SCENARIO={name}", value=name, valid=valid)
    found = {name: own_settings(name, folder)}
    while name != BASELINE:
        file, base = f"{folder.name}/{name}.yml", found[name].get(BASE, BASELINE)
        if base not in valid:
            message = f"there is no scenario {base!r} (a scenario is a file {folder.name}/<name>.yml)."
            raise MethodError(message, file=file, key=BASE, value=base, valid=valid)
        if base in found:
            circle = " → ".join([*list(found)[list(found).index(base) :], base])
            message = f"a scenario cannot be its own base: {circle}; name another in one of these files."
            raise MethodError(message, file=file, key=BASE, value=base)
        name = base
        found[name] = own_settings(name, folder)
    if BASE in found[BASELINE]:
        message = "every scenario rests on the baseline, and it on no other; remove the key."
        raise MethodError(message, file=f"{folder.name}/{BASELINE}.yml", key=BASE, value=found[BASELINE][BASE])
    return dict(reversed(found.items()))


def merged(layers: dict[str, dict[str, Any]], name: str, file: str) -> dict[str, Any]:
    """Return the settings of layers as if they were written out in one file, the later over the earlier."""
    settings: dict[str, Any] = {}
    for layer, own in layers.items():
        edition = own.get("edition")
        if edition is not None and settings.get("edition", edition) != edition:
            settings |= of_edition(edition, settings, file)
        settings |= {key: value for key, value in own.items() if key != BASE and (key != DESCRIPTION or layer == name)}
    return with_errors(settings)


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
    valid = (BASE, *Method.model_fields)
    unknown = [key for key in settings if key not in valid]
    if unknown:
        message = f"there is no key {unknown[0]!r}."
        raise MethodError(message, file=file, key=str(unknown[0]), value=unknown[0], valid=valid)
    if not isinstance(settings.get(BASE, BASELINE), str):
        message = "give the name of one scenario."
        raise MethodError(message, file=file, key=BASE, value=settings[BASE], valid=scenario_names(folder))
    if settings.get("edition", BASELINE) is None:
        message = "null names no edition; leave the key out for that of the base, or name a folder of data/raw/."
        raise MethodError(message, file=file, key="edition", valid=edition_names())
    return settings


def validated(settings: dict[str, Any], file: str, holders: Mapping[str, str] = {}) -> Method:
    """Return settings as a method; raises `MethodError`, naming file, key and value, if they are not one.

    `holders` names by key the file that it stands in, where that is another one.
    """
    try:
        return Method(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{first['msg'].removeprefix('Value error, ')}; found {first['input']!r}."
        file = holders.get(str(first["loc"][0]), file) if first["loc"] else file
        raise MethodError(message, file=file, key=key, value=first["input"]) from None


def resolved_yaml(method: Method) -> str:
    """Return the whole method as YAML, every key written out in its order, to stand beside the results."""
    return yaml.safe_dump(_plain(method.model_dump()), allow_unicode=True, sort_keys=False)


def _plain(value: Any) -> Any:
    """Return a value with lists for tuples, which YAML has no safe form for; the numbers that are keys stay so."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
