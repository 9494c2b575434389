"""Scenarios as files: read, validated before anything runs, and resolved once.

A scenario is ``notebooks/scenarios/<name>.yml``. It holds only what differs from the scenario that it names as its
``base``, which may have a base itself; without one that is ``baseline.yml``. An unknown key, a wrong type or an unknown
name is refused with the nearest valid ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from fhi import paths
from fhi.editions.defaults import of_edition, with_errors
from fhi.editions.edition import Strict, read_settings
from fhi.engine import weighting
from fhi.engine.cells import Folder, Table, read_cells
from fhi.engine.errors import MethodError
from fhi.engine.methods import register_file, traits
from fhi.engine.parameters import COMBINING, Method
from fhi.paths import BASELINE, SCENARIOS, beside_scenarios, edition_names
from fhi.store import Store


class Synthetic(Strict):
    """Sample micro-data to be made up (`fhi.editions.synthetic`): the seed, and the years of its issues."""

    seed: Annotated[int, Field(strict=True, ge=0)] = 2018
    years: Annotated[tuple[Annotated[int, Field(strict=True)], ...], Field(min_length=1)] = (2018,)


class UserData(Strict):
    """Files of the staff's own, from a folder or made up; see ``baseline.yml``."""

    folder: str | None = None
    synthetic: Synthetic | None = None
    replaces: Literal["indicator", "cell"] = "indicator"
    least_financing: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5e7
    rate_gap: Annotated[int, Field(ge=0, strict=True)] = 0

    @model_validator(mode="after")
    def _one_source(self) -> UserData:
        if (self.folder is None) == (self.synthetic is None):
            raise ValueError("give exactly one of folder and synthetic")
        return self


def _short(key: str) -> BeforeValidator:
    """Return a validator that takes a text for the value of a key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


class MethodsFile(Strict):
    """A file beside the scenarios with methods of the staff's own, and the checksum of what it held."""

    file: str
    sha256: str | None = None

    @model_validator(mode="after")
    def _registered(self) -> MethodsFile:
        path = beside_scenarios(self.file, "methods")
        if not path.is_file():
            raise MethodError(f"there is no file {self.file!r} beside the scenarios.", key="methods", value=self.file)
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if self.sha256 not in (None, found):
            message = f"{self.file} was changed after this was built; build the scenario anew."
            raise MethodError(message, key="methods", value=self.file)
        register_file(content.decode("utf-8"), self.file, found)
        return self if self.sha256 else MethodsFile(file=self.file, sha256=found)


class Scenario(Method):
    """The method of a scenario with what it is made of; see ``baseline.yml`` for what each key means."""

    description: dict[Literal["zh", "en"], str] = Field(default_factory=dict)
    edition: str = ""
    user_data: Annotated[UserData | None, _short("folder")] = None
    constructions: dict[str, str] = Field(default_factory=dict)
    methods: Annotated[MethodsFile | None, _short("file")] = None


#: the keys of a scenario, in the order in which they are shown
KEYS = tuple(
    dict.fromkeys(["description", "edition", "year", "user_data", "constructions", "methods", *Method.model_fields])
)
#: the keys that do not bear on the index itself
ASIDE = frozenset({"description", "robustness", "groups"})
#: the keys of a scenario that a stage reads; a stage that is not named here may read them all
READS: dict[str, frozenset[str]] = {
    "01_ingestion": frozenset({"edition", "year", "user_data", "constructions"}),
    "02_indicators": frozenset(KEYS) - COMBINING - ASIDE,
    "03_weighting": (frozenset(KEYS) - ASIDE) | {"groups"},
    "05_identification": frozenset({"edition"}),
    "06_audit": frozenset({"edition"}),
    "07_charting": frozenset({"edition"}),
}

#: the key that names the scenario from which another differs; it is of the file, not of the method
BASE = "base"
#: describes one scenario, and is not passed on
DESCRIPTION = "description"


def scenario_names(folder: Path = SCENARIOS) -> list[str]:
    """Return the names of the scenarios that have a file."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_scenario(name: str, folder: Path = SCENARIOS) -> Scenario:
    """Return the method of a scenario: its base with the scenario's own keys in place of the same keys there.

    A key of the scenario replaces the whole value of that key. A file that names another edition than the one it rests
    on is of that edition's year, and its space of robustness is fitted to its tree (`fhi.editions.defaults`), unless it
    says otherwise.

    Parameters
    ----------
    name : str
        The file without its ending.
    folder : pathlib.Path, optional
        Where scenarios lie.

    Returns
    -------
    Scenario

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

    Parameters
    ----------
    name : str
        Of the scenario.
    folder : pathlib.Path, optional
        Where scenarios lie.

    Returns
    -------
    dict of str to dict
        By scenario: its own settings.

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
        message = "the baseline has no base: every scenario is based on it; remove the key."
        raise MethodError(message, file=f"{folder.name}/{BASELINE}.yml", key=BASE, value=found[BASELINE][BASE])
    return dict(reversed(found.items()))


def merged(layers: dict[str, dict[str, Any]], name: str, file: str) -> dict[str, Any]:
    """Return the settings of layers as if they were written out in one file, the later over the earlier.

    Parameters
    ----------
    layers : dict of str to dict
        As of `layers_of`.
    name : str
        The scenario whose description counts.
    file : str
        Its file, for messages.

    Returns
    -------
    dict
        By key, not yet checked.
    """
    settings: dict[str, Any] = {}
    for layer, own in layers.items():
        edition = own.get("edition")
        if edition is not None and settings.get("edition", edition) != edition:
            settings |= of_edition(edition, settings, file)
        settings |= {key: value for key, value in own.items() if key != BASE and (key != DESCRIPTION or layer == name)}
    return with_errors(settings)


def own_settings(name: str, folder: Path = SCENARIOS) -> dict[str, Any]:
    """Return the keys that the file of a scenario itself holds, their values not yet checked.

    Parameters
    ----------
    name : str
        Of the scenario.
    folder : pathlib.Path, optional
        Where scenarios lie.

    Returns
    -------
    dict
        By key.

    Raises
    ------
    MethodError
        If the file is not readable, or holds a key that does not exist.
    """
    path = folder / f"{name}.yml"
    file = f"{folder.name}/{path.name}"
    settings = read_settings(path, file)
    valid = (BASE, *KEYS)
    unknown = [key for key in settings if key not in valid]
    if unknown:
        message = f"there is no key {unknown[0]!r}."
        raise MethodError(message, file=file, key=str(unknown[0]), value=unknown[0], valid=valid)
    if not isinstance(settings.get(BASE, BASELINE), str):
        message = "give the name of one scenario."
        raise MethodError(message, file=file, key=BASE, value=settings[BASE], valid=scenario_names(folder))
    if settings.get("edition", BASELINE) is None:
        message = "edition is null; remove the key to use that of the base, or name a folder of data/raw/."
        raise MethodError(message, file=file, key="edition", valid=edition_names())
    return settings


def validated(settings: dict[str, Any], file: str, holders: Mapping[str, str] = {}) -> Scenario:
    """Return settings as a method.

    Parameters
    ----------
    settings : dict
        By key.
    file : str
        The scenario file, for messages.
    holders : mapping, optional
        By key the file that it stands in, where that is another one.

    Returns
    -------
    Scenario

    Raises
    ------
    MethodError
        If they are not one: with file, key and value.
    """
    try:
        return Scenario(**_with_tables(settings))
    except MethodError as error:
        raise MethodError(str(error), file=file) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        message = f"{first['msg'].removeprefix('Value error, ')}; found {first['input']!r}."
        file = holders.get(str(first["loc"][0]), file) if first["loc"] else file
        raise MethodError(message, file=file, key=key, value=first["input"]) from None


def read_method(store: Store) -> Scenario:
    """Return the method of a built scenario, as it was resolved for it."""
    path = store.find(f"{store.processed}/scenario.yml")
    return validated(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)


def _with_tables(value: Any) -> Any:
    """Return settings with the files read that weightings name (their trait `judgements`), wherever in the settings."""
    if isinstance(value, list | tuple):
        return [_with_tables(item) for item in value]
    if not isinstance(value, dict):
        return value
    function = weighting.METHODS.get(str(value.get("method")))
    kinds = traits("weighting", str(value["method"])).judgements if function else {}
    return {
        name: _beside(item, kinds[name], name) if name in kinds and isinstance(item, str) else _with_tables(item)
        for name, item in value.items()
    }


def _beside(name: str, kind: type, key: str) -> Table | Folder:
    """Return the table or the folder of tables of a name beside the scenarios."""
    path = beside_scenarios(name, f"weighting.{key}")
    if kind is Table:
        return _read(name, path)
    return Folder(name, {file.stem: _read(name, file) for file in sorted(path.glob("*.csv"))})


def _read(name: str, path: Path) -> Table:
    file = f"scenarios/{path.relative_to(paths.SCENARIOS.resolve()).as_posix()}"
    return Table(name, *read_cells(path, file), file)


def resolved_yaml(method: Scenario) -> str:
    """Return the whole method as YAML, every key written out in its order, to stand beside the results."""
    value = method.model_dump()
    return yaml.safe_dump({key: plain(value[key]) for key in KEYS}, allow_unicode=True, sort_keys=False)


def plain(value: Any) -> Any:
    """Return a value with lists for tuples, which YAML has no safe form for; the numbers that are keys stay so."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
