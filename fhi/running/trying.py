"""Try changes of a built scenario in memory, from its stored tables: ``python -m fhi try experience=2``."""

import re
from collections.abc import Iterable
from typing import Any

import yaml

from fhi import paths, records
from fhi.engine import index
from fhi.engine.errors import MethodError
from fhi.engine.framework import Framework
from fhi.files import replace_file
from fhi.records import AlteredError
from fhi.running import reuse
from fhi.scenarios import BASE, KEYS, READS, Scenario, load_scenario, plain, validated
from fhi.showing.compare import Comparison, Data, Result, compare, read_data, read_result, rebuild_result
from fhi.store import Store

#: keys of a scenario whose value goes node by node; the first is meant where a node alone is named
BY_NODE = ("weights", "directions")
SHOWN = "CHANGE"


class StaleError(AlteredError):
    """Stored tables are not those that the scenario, the code and the data would give now."""


def stored(scenario: str) -> tuple[Result, Data]:
    """Return the stored index of a scenario and what it was built from.

    Raises
    ------
    AlteredError
        If a table was altered; `StaleError` if there are none, or what they rest on has changed.
    """
    store = Store(scenario)
    built = set(records.all_records(store))
    if set(records.RANKS) - built:
        raise StaleError(f"no ranks of {scenario} are stored; build them: make ranks SCENARIO={scenario}")
    records.require(store, records.RANKS)
    if found := reuse.out_of_date(store, records.RANKS):
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        names = ", ".join(found[:3])
        raise StaleError(
            f"the stored tables of {scenario} are older than {names}{more}; build them: make ranks SCENARIO={scenario}"
        )
    return read_result(store), read_data(store)


def changed_settings(method: Scenario, changes: Iterable[str], framework: Framework) -> dict[str, Any]:
    """Return the keys of a scenario that changes written ``key=value`` give, each with its whole value.

    Parameters
    ----------
    method : Scenario
        What is changed.
    changes : iterable of str
        ``<key>=<value>``, the value as in YAML; ``<key>.<part>=<value>`` for a part of a key; ``<node>=<number>`` for
        the weight of a node.
    framework : Framework

    Returns
    -------
    dict
        By key.

    Raises
    ------
    MethodError
        If a change is not written so, or there is no such key or node, with the nearest names.
    """
    settings = method.model_dump()
    found: dict[str, Any] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        parts = name.strip().split(".")
        if not equals or not all(parts):
            raise MethodError(f"write a change as experience=2 or normalisation=rank; found {change!r}.", key=SHOWN)
        if parts[0] not in KEYS and len(parts) == 1 and parts[0] in framework.nodes:
            parts = [BY_NODE[0], parts[0]]
        if parts[0] not in KEYS:
            valid = [*KEYS, *framework.nodes]
            message = f"there is neither a key nor a node {parts[0]!r}."
            raise MethodError(message, key=SHOWN, value=parts[0], valid=valid)
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise MethodError(f"{text!r} is not a valid YAML value.", key=parts[0], value=text) from None
        if len(parts) > 1:
            value = _with_part(found.get(parts[0], settings[parts[0]]), parts[1:], value)
        found[parts[0]] = value
    return found


def _with_part(whole: Any, parts: list[str], value: Any) -> Any:
    """Return a mapping with the value at a path of keys; a value that is no mapping is a step's method."""
    if not isinstance(whole, dict):
        whole = {} if whole is None else {"method": whole}
    key = int(parts[0]) if re.fullmatch(r"\d+", parts[0]) else parts[0]
    inner = value if len(parts) == 1 else _with_part(whole.get(key), parts[1:], value)
    return {**whole, key: inner}


def attempt(scenario: str, changes: Iterable[str], draws: int = 0) -> tuple[Comparison, dict[str, Any]]:
    """Return what changes do to the stored index of a scenario, and the keys so changed.

    Parameters
    ----------
    scenario : str
        A scenario that is built.
    changes : iterable of str
        As for `changed_settings`.
    draws : int
        As for `fhi.showing.compare.compare`.

    Returns
    -------
    comparison : Comparison
    settings : dict

    Raises
    ------
    MethodError
        If a change is not one, or needs data that are not stored; errors of `stored`.
    """
    changes = [*changes]
    base, data = stored(scenario)
    settings = changed_settings(base.method, changes, data.framework)
    method = validated(base.method.model_dump() | settings, SHOWN)
    for key in READS["01_ingestion"] - (frozenset() if base.method.user_data else {"year"}):
        if getattr(method, key) != getattr(base.method, key):
            message = f"{key} changes the data, and their stored tables hold none of it; write a scenario and build it."
            raise MethodError(message, key=SHOWN, value=key)
    index.check(method, data.framework, data.units.index, SHOWN, units=data.units)
    name = " ".join(changes)
    return compare(base, rebuild_result(name, method, data, base), data, draws=draws), settings


def save(name: str, scenario: str, settings: dict[str, Any]) -> str:
    """Write changed keys as the scenario of a name that rests on another; return the path of its file.

    Parameters
    ----------
    name : str
        Of the new scenario.
    scenario : str
        The one that it rests on.
    settings : dict
        By key, as of `changed_settings`.

    Returns
    -------
    str
        From the folder of the project.

    Raises
    ------
    MethodError
        If there is such a scenario, or the name cannot be one.
    """
    path = paths.SCENARIOS / f"{name}.yml"
    if not re.fullmatch(r"[\w.-]+", name) or name.startswith((".", "-")):
        raise MethodError(f"{name!r} cannot name a scenario; use letters, digits, -, _ and .", key="--save", value=name)
    if path.exists():
        raise MethodError(f"notebooks/scenarios/{path.name} is there already; choose another name.", key="--save")
    content = ({} if scenario == paths.BASELINE else {BASE: scenario}) | settings
    replace_file(path, yaml.safe_dump(plain(content), allow_unicode=True, sort_keys=False).encode("utf-8"))
    try:
        load_scenario(name, paths.SCENARIOS)
    except BaseException:
        path.unlink()
        raise
    return f"notebooks/scenarios/{path.name}"
