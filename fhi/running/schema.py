"""The JSON Schema of a scenario: what editors complete and check while its file is written."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from fhi.engine.methods import CONTEXT, OF_SPACE, TABLES, keywords, parameter_schema, traits
from fhi.engine.parameters import OwnSteps
from fhi.engine.words import words
from fhi.paths import ROOT
from fhi.scenarios import BASE, Scenario

FILE = ROOT / "docs" / "scenario.schema.json"
#: the first line of a scenario, by which an editor finds the schema
MARK = "# yaml-language-server: $schema=../../docs/scenario.schema.json"


#: what stands beside the parameters of a method of multiple imputation
DRAWN = {"draws": {"type": "integer", "minimum": 2}, "seed": {"type": "integer", "minimum": 0}}


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario: the typed model, with the methods of each step and their parameters."""
    schema = Scenario.model_json_schema()
    properties = {BASE: {"type": "string"}, **schema["properties"]}
    for step in TABLES:
        if step != "aggregation" and step not in OF_SPACE:
            properties[step] = _step(step)
    single = _step("aggregation")["anyOf"]
    levels = {"type": "object", "additionalProperties": {"anyOf": single}}
    properties["aggregation"] = {"anyOf": [*single, levels]}
    own = {key: _step(key) for key in OwnSteps.model_fields}
    properties["by_indicator"]["additionalProperties"] = {
        "type": "object",
        "properties": own,
        "additionalProperties": False,
    }
    space = schema["$defs"]["Robustness"]["properties"]["space"]
    space["properties"] = {step: _step(step, DRAWN) for step in OF_SPACE}
    properties["user_data"]["anyOf"].insert(0, {"type": "string"})
    known = words("key")
    for name, content in properties.items():
        content |= {"title": f"{known[name].en} {known[name].zh}"}
        content |= {"description": f"{known[name].meaning_en}. {known[name].meaning_zh}。"}
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Scenario 方案"}
    return head | schema | {"title": head["title"], "properties": properties}


def encoded() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _step(step: str, more: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return the schema of a step: a name, or a name with its parameters, and what else may stand beside them."""
    table = TABLES[step]
    names = [{"const": name, "description": _said(step, name, function)} for name, function in table.items()]
    return {"anyOf": [{"anyOf": names}, *(_with_parameters(step, name, table[name], more) for name in table)]}


def _said(step: str, name: str, function: Callable) -> str:
    known = traits(step, name)
    return f"{known.en} {known.zh}: {inspect.getdoc(function).splitlines()[0]}"


def _with_parameters(step: str, name: str, function: Callable, more: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: parameter for key, parameter in keywords(function).items() if key not in CONTEXT}
    properties: dict[str, Any] = {"method": {"const": name, "description": _said(step, name, function)}, **more}
    for key, parameter in own.items():
        properties[key] = parameter_schema(function, key)
        if parameter.default is not parameter.empty and isinstance(parameter.default, str | int | float):
            properties[key] = properties[key] | {"default": parameter.default}
        if key in traits(step, name).judgements:
            properties[key] = {"type": ["string", "object"]}
    required = ["method", *(key for key, parameter in own.items() if parameter.default is parameter.empty)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
