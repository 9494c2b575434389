"""The data packages: valid for an independent reader, which finds what is planted."""

import json
import shutil

import frictionless
import pandas as pd
import pytest

from fhi.editions import SCHEMAS, schemas_of
from fhi.editions.catalogue import editions, raw_files
from fhi.paths import RAW
from fhi.running import datapackage
from fhi.store import Store

REPORT = schemas_of(RAW / "report2018")


def errors(path):
    report = frictionless.validate(str(path))
    return [(task.place, error.type) for task in report.tasks for error in task.errors] + [
        ("", error.type) for error in report.errors
    ]


@pytest.fixture
def raw(tmp_path):
    """A copy of the raw data that a test may spoil."""
    return shutil.copytree(RAW, tmp_path / "raw")


@pytest.mark.slow
def test_the_package_of_the_raw_data_is_valid(raw):
    assert errors(raw / datapackage.NAME) == []


def test_the_package_of_the_raw_data_describes_every_file_and_column():
    described = {resource["path"]: resource for resource in datapackage.raw_package()["resources"]}
    own = {f"{folder.name}/{file}" for folder in editions() for file in (*raw_files(folder), "sources.csv")}
    own = {name for name in own if not name.startswith("template/")}
    assert set(described) == {*raw_files(), "sources.csv", *own}
    tables = {name: schema for name, schema in SCHEMAS.items() if name.startswith("public/")}
    tables |= {f"report2018/{name}": schema for name, schema in REPORT.items()}
    for name, schema in tables.items():
        fields = described[f"{name}.csv"]["schema"]["fields"]
        assert [field["name"] for field in fields] == list(schema.columns)
        assert all(field["description"] for field in fields)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file, old, new, found",
    [
        ("report2018/top20.csv", "national,北京,1,", "national,北京,1st,", "type-error"),
        ("report2018/adoption.csv", "杭州", "北京", "primary-key"),
        ("report2018/cities.csv", "北京,Beijing", "北京,", "constraint-error"),
        ("public/regions.csv", "region,", "regoin,", "incorrect-label"),
    ],
)
def test_what_is_wrong_with_a_raw_file_is_found(raw, file, old, new, found):
    text = (raw / file).read_text(encoding="utf-8")
    assert old in text
    (raw / file).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    assert {(file, "hash-count"), (file, found)} <= set(errors(raw / datapackage.NAME))


def test_the_package_of_a_build_is_valid_and_describes_every_table(built):
    store = built.store()
    path = store.root / store.processed / datapackage.NAME
    assert errors(path) == []
    package = json.loads(path.read_text(encoding="utf-8"))
    assert [resource["path"] for resource in package["resources"]] == [f"{name}.csv" for name in store]
    assert {source["title"].split(",")[0] for source in package["sources"]} >= {
        "2018中国金融科技中心城市报告 (2018 China Fintech Hub Index report)"
    }


def test_a_table_of_a_build_has_a_title_and_a_key_and_every_column_a_meaning(built):
    package = datapackage.built_package(built.store())
    for resource in package["resources"]:
        schema, name = resource["schema"], resource["name"]
        assert resource["title"] and resource["title_zh"], name
        assert set(schema["primaryKey"]) <= {field["name"] for field in schema["fields"]}, name
        assert all(field["description"] for field in schema["fields"]), name
    scores = next(resource for resource in package["resources"] if resource["name"] == "scores")
    field = next(field for field in scores["schema"]["fields"] if field["name"] == "industry")
    assert field["unit"] == "points" and field["description_zh"].endswith("：得分")


def test_columns_are_typed_by_what_stands_in_them(tmp_path):
    frame = pd.DataFrame({"city": ["甲"], "rank": [1], "score": [0.5], "used": [True], "empty": [None]})
    store = Store("other", root=tmp_path)
    store.write("scores", frame)
    fields = datapackage.built_fields("scores", store["scores"], {"node": {}})
    assert [field["type"] for field in fields] == ["string", "integer", "number", "boolean", "number"]
    # the codebook knows the key alone
    assert [field["name"] for field in fields if "description" in field] == ["city"]


@pytest.mark.parametrize("schemas, raw", [(REPORT, "adoption"), (REPORT, "cities"), (SCHEMAS, "cities")])
def test_a_raw_table_that_was_ingested_keeps_what_its_columns_mean(schemas, raw):
    columns = schemas[raw].columns
    table = pd.DataFrame(columns=["row", *columns])
    fields = datapackage.built_fields(f"tables/{raw.split('/')[-1]}", table, {})
    assert [field["description"] for field in fields[1:]] == [column.description for column in columns.values()]


def test_a_changed_table_of_a_build_is_found(built, tmp_path):
    folder = shutil.copytree(built.folder / "data/processed/baseline", tmp_path / "baseline")
    ranks = folder / "ranks.csv"
    ranks.write_bytes(ranks.read_bytes().replace(b",1,", b",2,", 1))
    assert errors(folder / datapackage.NAME) == [("ranks.csv", "hash-count")]
