"""Scenarios: a baseline and what differs from it, typed, with every unknown key or name refused with the nearest."""

import shutil

import pytest
import yaml

from fhi.engine.errors import MethodError
from fhi.engine.parameters import Step, steps_by_level
from fhi.paths import SCENARIOS
from fhi.scenarios import Scenario, load_scenario, resolved_yaml, scenario_names


@pytest.fixture
def scenario(tmp_path):
    """Return a function that writes a scenario beside a copy of the baseline and loads it."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    shutil.copy(SCENARIOS / "baseline.yml", folder)

    def write_and_load(content, name="other"):
        path = folder / "other.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return load_scenario(name, folder)

    return write_and_load


@pytest.fixture
def refused(scenario):
    def write_and_fail(content, name="other"):
        with pytest.raises(MethodError) as caught:
            scenario(content, name)
        return caught.value

    return write_and_fail


def test_the_baseline_says_every_choice():
    baseline = load_scenario("baseline")
    assert baseline.year == 2018
    assert (baseline.normalisation.method, baseline.normalisation.params) == ("min-max", {"scale": [0, 100]})
    assert (baseline.panel.method, baseline.panel.params) == ("last-observed", {})
    assert (baseline.imputation.method, baseline.treatment.method) == ("none", "none")
    assert (baseline.weighting.method, baseline.aggregation) == ("original", "arithmetic")
    assert (baseline.least_coverage, baseline.availability) == (0.5, {0: 1.0})
    assert baseline.max_age == 2
    assert (baseline.exclude_cities, baseline.exclude_indicators, baseline.weights) == ((), (), {})
    written = yaml.safe_load((SCENARIOS / "baseline.yml").read_text(encoding="utf-8"))
    assert set(written) == set(Scenario.model_fields)


def test_a_scenario_replaces_its_own_keys_and_keeps_the_others(scenario):
    method = scenario("year: 2017\nexclude_cities: [香港, 澳门]\nweights: {adoption: 2}\n")
    assert (method.year, method.exclude_cities, method.weights) == (2017, ("香港", "澳门"), {"adoption": 2})
    baseline = load_scenario("baseline").model_dump()
    changed = {key for key, value in method.model_dump().items() if value != baseline[key]}
    assert changed == {"description", "year", "exclude_cities", "weights"}


def test_a_value_of_a_scenario_replaces_the_whole_value(scenario):
    method = scenario("normalisation: z-score\navailability: {1: 0.5}\n")
    # the scale of the baseline's min-max and the availability of its root are gone
    assert (method.normalisation.method, method.normalisation.params) == ("z-score", {})
    assert method.availability == {1: 0.5}


def test_a_step_is_a_name_or_a_name_with_parameters(scenario):
    method = scenario(
        "normalisation: {method: z-score, mean: 50, sd: 10}\naggregation: {0: geometric, 1: arithmetic}\n"
    )
    assert (method.normalisation.method, method.normalisation.params) == ("z-score", {"mean": 50, "sd": 10})
    assert method.aggregation == {0: "geometric", 1: "arithmetic"}


def test_an_aggregation_with_parameters_is_a_step_for_all_levels_or_for_one(scenario):
    method = scenario("aggregation: {method: owa, exponent: 2}\n")
    assert method.aggregation == Step(method="owa", exponent=2)
    method = scenario("aggregation: {0: {method: owa, order: [1, 2]}, 1: geometric, 2: arithmetic}\n")
    assert method.aggregation == {0: Step(method="owa", order=[1, 2]), 1: "geometric", 2: "arithmetic"}
    assert steps_by_level(method.aggregation, [0, 2]) == {
        0: Step(method="owa", order=[1, 2]),
        2: Step(method="arithmetic"),
    }


@pytest.mark.parametrize("content", ["", "# nothing differs\n"])
def test_an_empty_scenario_computes_what_the_baseline_does(scenario, content):
    baseline = load_scenario("baseline").model_dump(exclude={"description"})
    assert scenario(content).model_dump(exclude={"description"}) == baseline


def test_an_unknown_key_names_the_file_and_the_nearest_key(refused):
    error = refused("normalization: rank\n")
    assert str(error).startswith("scenarios/other.yml: normalization: there is no key 'normalization'.")
    assert "Did you mean normalisation" in str(error)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("year: soon", "year"),
        ("year: 2017.5", "year"),
        ("year: yes", "year"),
        ("exclude_cities: 香港", "exclude_cities"),
        ("exclude_indicators: {adoption: 1}", "exclude_indicators"),
        ("weights: [1, 2]", "weights"),
        ("weights: {adoption: much}", "weights.adoption"),
        ("weights: {adoption: -1}", "weights.adoption"),
        ("weights: {adoption: .inf}", "weights.adoption"),
        ("weights: {adoption: .nan}", "weights.adoption"),
        ("directions: {adoption: 0}", "directions.adoption"),
        ("directions: {adoption: down}", "directions.adoption"),
        ("least_coverage: 1.5", "least_coverage"),
        ("least_coverage: -0.1", "least_coverage"),
        ("max_age: -1", "max_age"),
        ("max_age: 1.5", "max_age"),
        ("max_age: yes", "max_age"),
        ("max_age: old", "max_age"),
        ("availability: {0: 2}", "availability.0"),
        ("normalisation: [min-max]", "normalisation"),
        ("normalisation: {scale: [0, 1]}", "normalisation.method"),
        ("normalisation: {method: 3}", "normalisation.method"),
        ("aggregation: 3", "aggregation"),
        ("aggregation: null", "aggregation"),
        ("aggregation: {}", "aggregation"),
        ("aggregation: [arithmetic]", "aggregation"),
        ("aggregation: {0: 3}", "aggregation"),
        ("aggregation: {0: {exponent: 2}}", "aggregation"),
        ("aggregation: {method: 3}", "aggregation"),
        ("description: {zh: [1]}", "description.zh"),
        ("description: {fr: Autre}", "description.fr"),
    ],
)
def test_a_value_of_the_wrong_type_or_size_names_file_and_key(refused, content, key):
    error = refused(content)
    assert error.file == "scenarios/other.yml"
    assert error.key.startswith(key)
    assert str(error).startswith(f"scenarios/other.yml: {key}")
    assert "; found " in str(error) and "Value error" not in str(error)


@pytest.mark.parametrize("name", ["othr", "Other", "other.yml", "../scenarios/other", ""])
def test_a_missing_scenario_is_refused(refused, name):
    error = refused("year: 2017", name)
    assert f"there is no scenario {name!r}" in str(error)
    assert error.valid == ["baseline", "other"]


def test_a_missing_scenario_names_the_nearest(refused):
    assert "Did you mean baseline" in str(refused("", "base-line"))


@pytest.mark.parametrize("content", ["- year: 2017\n", "just a sentence\n", "2017\n"])
def test_a_scenario_that_is_no_list_of_keys_is_refused(refused, content):
    error = refused(content)
    assert "the file must be a list of 'key: value' lines" in str(error)
    assert error.file == "scenarios/other.yml"


@pytest.mark.parametrize(
    "content",
    [
        "year: [2017\n",
        "year: 2017\n  least_coverage: 1\n",
        "year: 'twenty\n",
        "? [a, b]\n: {c: d\n",
        "year: 2017\n---\nyear: 2018\n",
        b"description: \xff\xfe\n",
        b"year: 2017\x00\n",
    ],
)
def test_broken_yaml_is_refused_naming_the_file(refused, content):
    error = refused(content)
    assert "not readable as YAML in UTF-8" in str(error)
    assert error.file == "scenarios/other.yml"


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.mkdir [{path}]",
        "!!python/object:fhi.engine.parameters.Scenario {{}}",
        "!!python/name:os.sep",
    ],
)
def test_tags_that_would_run_python_are_refused_and_run_nothing(refused, tmp_path, tag):
    made = tmp_path / "made"
    error = refused("description: " + tag.format(path=made) + "\n")
    assert "python/" in str(error)
    assert not made.exists()


def test_the_resolved_method_reads_back_as_the_same_method(scenario):
    method = scenario(
        "description: {zh: 几何平均, en: Geometric mean}\n"
        "normalisation: {method: min-max, scale: [1, 100]}\n"
        "aggregation: {0: geometric, 1: {method: owa, order: [1, 2]}, 2: arithmetic}\n"
        "availability: {0: 0.5, 1: 0.25}\nweights: {adoption: 0.1}\nexclude_cities: [香港]\nyear: null\n"
    )
    written = resolved_yaml(method)
    assert Scenario(**yaml.safe_load(written)) == method
    assert set(yaml.safe_load(written)) == set(Scenario.model_fields)
    assert "几何平均" in written


def test_scenarios_are_listed_by_name(tmp_path):
    for name in ("b.yml", "a.yml", "notes.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert scenario_names(tmp_path) == ["a", "b"]
    assert "baseline" in scenario_names()


def test_the_description_of_the_baseline_is_not_passed_on(tmp_path):
    (tmp_path / "baseline.yml").write_text("description: {zh: 基准, en: the baseline}\nyear: 2018", encoding="utf-8")
    (tmp_path / "mine.yml").write_text("least_coverage: 0.25", encoding="utf-8")
    assert load_scenario("baseline", tmp_path).description == {"zh": "基准", "en": "the baseline"}
    assert load_scenario("mine", tmp_path).description == {}


def test_a_key_that_stands_twice_is_refused(refused):
    error = refused("year: 2017\nyear: 2018\n")
    assert "scenarios/other.yml" in str(error) and "'year' stands twice" in str(error)


# --- inheritance ------------------------------------------------------------------------------------------
@pytest.fixture
def chain(tmp_path):
    """Return a function that writes scenarios beside a baseline and loads one of them."""

    def write_and_load(name, **contents):
        folder = tmp_path / "scenarios"
        folder.mkdir(exist_ok=True)
        shutil.copy(SCENARIOS / "baseline.yml", folder)
        for stem, content in contents.items():
            (folder / f"{stem}.yml").write_text(content, encoding="utf-8")
        return load_scenario(name, folder)

    return write_and_load


def test_a_scenario_inherits_all_but_the_description_from_its_base_and_that_from_its_own(chain):
    method = chain(
        "c",
        a="description: {en: A}\nyear: 2017\nweights: {adoption: 2}\nnormalisation: rank\n",
        b="base: a\nweights: {gdp: 3}\nleast_coverage: 0.25\n",
        c="base: b\nleast_coverage: 0.75\n",
    )
    assert (method.year, method.weights, method.least_coverage) == (2017, {"gdp": 3}, 0.75)
    assert method.normalisation.method == "rank" and method.description == {}
    # as if it were written out
    own = "year: 2017\nweights: {gdp: 3}\nnormalisation: rank\nleast_coverage: 0.75\n"
    assert resolved_yaml(method) == resolved_yaml(chain("d", d=own))


@pytest.mark.parametrize(
    "contents, said",
    [
        ({"a": "base: b\n", "b": "base: c\n", "c": "base: a\n"}, "scenarios/c.yml: base: .*a → b → c → a"),
        ({"a": "base: b\n", "b": "base: c\n", "c": "base: b\n"}, "scenarios/c.yml: base: .*b → c → b"),
        ({"a": "base: a\n"}, "scenarios/a.yml: base: .*a → a"),
        ({"a": "base: baselin\n"}, "scenarios/a.yml: base: there is no scenario 'baselin'.*Did you mean baseline"),
        ({"a": "base: b\n", "b": "base: [a]\n"}, "scenarios/b.yml: base: give the name of one scenario"),
        # a fault stands where its key does
        ({"a": "base: b\n", "b": "year: soon\n"}, "scenarios/b.yml: year: "),
        ({"a": "base: b\n", "b": "yaer: 2018\n"}, "scenarios/b.yml: yaer: there is no key"),
    ],
)
def test_a_bad_base_is_refused_by_name(chain, contents, said):
    with pytest.raises(MethodError, match=f"^{said}"):
        chain("a", **contents)


def test_the_baseline_has_no_base(tmp_path):
    (tmp_path / "baseline.yml").write_text("base: other\n", encoding="utf-8")
    (tmp_path / "other.yml").write_text("year: 2017\n", encoding="utf-8")
    with pytest.raises(MethodError, match=r"baseline.yml: base: the baseline has no base"):
        load_scenario("other", tmp_path)
