"""The schema of scenarios: shipped ones pass, a wrong name or parameter does not, and every method is in it."""

import jsonschema
import pytest
import yaml
from shipped import SCENARIO_NAMES

from fhi.engine.methods import OF_SPACE, TABLES
from fhi.paths import SCENARIOS
from fhi.running import documentation as schema

SCHEMA = schema.scenario_schema()


def errors(settings):
    # through JSON keys are texts, as editors see them
    text = {
        key: {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for key, value in settings.items()
    }
    return [*jsonschema.Draft7Validator(SCHEMA).iter_errors(text)]


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_shipped_scenarios_name_the_schema_and_pass_it(name):
    text = (SCENARIOS / f"{name}.yml").read_text(encoding="utf-8")
    assert text.startswith(schema.MARK)
    assert not errors(yaml.safe_load(text))
    assert (SCENARIOS / schema.MARK.partition("=")[2]).resolve() == schema.FILE


def test_every_method_is_offered_by_name_with_words_in_both_languages():
    for step, table in TABLES.items():
        space = SCHEMA["$defs"]["Robustness"]["properties"]["space"]
        place = space if step in OF_SPACE else SCHEMA
        offered = place["properties"][step]["anyOf"][0]["anyOf"]
        assert [entry["const"] for entry in offered] == [*table]
        assert all(any(ord(letter) > 0x2E80 for letter in entry["description"]) for entry in offered)


@pytest.mark.parametrize(
    ("settings", "good"),
    [
        ({"normalisation": {"method": "min-max", "scale": [1, 100]}}, True),
        ({"normalisation": {"method": "min-max", "scales": [1, 100]}}, False),
        ({"normalisation": {"method": "z-score", "sd": 0}}, False),
        ({"imputation": "mena"}, False),
        ({"aggregation": {0: "geometric", 1: {"method": "owa", "exponent": 2}}}, True),
        ({"aggregation": {0: "geometrical"}}, False),
        ({"imputation": {"method": "group-mean"}}, False),
        ({"weights": {"adoption": -1}}, False),
        ({"robustness": {"space": {"imputed": {"method": "normal", "draws": 20}, "shares": "interval"}}}, True),
        ({"robustness": {"space": {"imputed": {"method": "normal", "drwas": 20}}}}, False),
        ({"nothing": 1}, False),
    ],
)
def test_what_the_engine_takes_or_refuses_the_schema_does_too(settings, good):
    assert (not errors(settings)) == good
