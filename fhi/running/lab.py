"""What the lab notebook calls: try a change of the method in memory, say and draw what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from fhi.engine import index
from fhi.engine.errors import MethodError
from fhi.engine.parameters import Method
from fhi.paths import REPORT
from fhi.scenarios import load_scenario, validated
from fhi.showing.compare import Comparison, Data, Result, build_result
from fhi.showing.compare.files import evidence, slope_data, through_data
from fhi.showing.compare.text import comparison_text
from fhi.showing.figures import moves, rendering

#: what the changed scenario is called
NAME = "lab"


def start(scenario: str, data: Data) -> Result:
    """Return the index of a scenario, built in memory; errors as of `change`."""
    return _build(scenario, load_scenario(scenario), data)


def change(base: Result, changes: Mapping[str, Any], data: Data) -> Result:
    """Return the index with some keys changed, checked as those of a scenario file are.

    Raises
    ------
    MethodError
        If a key, a name or a value does not exist, with the nearest that do; the index cannot be built so; or the
        method asks for other data than the raw files of the report.
    """
    for key in changes:
        if key not in Method.model_fields:
            raise MethodError(f"there is no key {key!r}.", file=NAME, key=key, value=key, valid=Method.model_fields)
    method = validated(base.method.model_dump() | dict(changes), NAME)
    index.check(method, data.framework, data.units.index, NAME, units=data.units)
    return _build(NAME, method, data)


def _build(name: str, method: Method, data: Data) -> Result:
    for key, own in (("edition", method.edition != REPORT), ("user_data", None), ("constructions", None)):
        if getattr(method, key) if own is None else own:
            message = "the lab computes from the raw files of the report alone; make compare takes such a scenario."
            raise MethodError(message, file=name, key=key)
    return build_result(name, method, data)


def say(comparison: Comparison) -> None:
    """Print what moved, by how much and through what."""
    print(comparison_text(comparison))


def draw(comparison: Comparison, language: str = "en") -> None:
    """Show how the ranks moved, and what moved them."""
    from IPython.display import Image, display

    names = (comparison.base.name, comparison.other.name)
    labels = evidence((comparison.base, comparison.other))
    pictures = [(moves.slope_entry(*names, labels), slope_data(comparison))]
    through = through_data(comparison)
    if len(through):
        pictures.append((moves.through_entry(*names, labels), through))
    for entry, frame in pictures:
        display(Image(rendering.images(entry, frame, language)["png"], width=720))


def as_yaml(changes: Mapping[str, Any]) -> None:
    """Print changes as a scenario file holds them."""
    print(yaml.safe_dump(dict(changes), allow_unicode=True, sort_keys=False), end="")
