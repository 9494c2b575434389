"""What the documentation says of the dependencies is what the lock has, and every package says what it is for."""

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from fhi.paths import ROOT
from fhi.running import dependencies


def test_a_lock_is_read_with_what_needs_each_package():
    first = ["a-b==1.2 ; x\\", "    --hash=sha256:0", "    # via c"]
    text = "\n".join([*first, "c==3 \\", "    --hash=sha256:1", "    # via", "    #   fhi (x)", "    #   a-b"])
    assert dependencies.locked(text) == {"a-b": ("1.2", ["c"]), "c": ("3", ["fhi", "a-b"])}


def test_every_package_of_the_lock_was_measured():
    table = dependencies.packages()
    assert dict(zip(table["name"], table["version"], strict=True)) == {
        name: version for name, (version, _) in dependencies.locked().items()
    }, "run make audit"
    assert (table[["released", "newest", "newest_released", "licence", "megabytes"]] != "").all(axis=None)
    assert table["released"].str.fullmatch(r"20\d\d-\d\d-\d\d").all()
    assert (table["newest_released"] >= table["released"])[table["newest"] == table["version"]].all()


def test_the_packages_that_are_named_say_what_they_are_for():
    table = dependencies.packages().set_index("name")
    first, second = dependencies.direct()
    assert not [name for name in first + second if not all(table.loc[name, ["for_en", "for_zh"]])]
    # the others are needed by something
    assert all(needed for _, needed in dependencies.locked().values())


def test_licences_are_those_that_the_installed_packages_state():
    for name, stated in dependencies.packages().set_index("name")["licence"].items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        assert dependencies.licence(found) == stated, f"{name}: run make audit"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_every_package_and_system_once(language):
    rows = re.findall(r"^\| ([\w.-]+) \|", dependencies.package_list(language), re.MULTILINE)
    assert sorted(set(rows) - {"package", "软件包"}) == sorted(dependencies.locked())
    assert dependencies.system_list(language).count("\n") == 1 + len(dependencies.PLATFORMS)


def test_the_versions_of_python_are_those_that_are_promised_and_tested():
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    assert tuple(re.findall(r'"(3\.\d+)"', text)) == dependencies.PYTHONS
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert tuple(re.findall(r"Python :: (3\.\d+)", project)) == dependencies.PYTHONS
    assert set(dependencies.systems()["state"]) <= {"run", "part", "resolved"}, (
        "a system on which the lock cannot be installed"
    )
