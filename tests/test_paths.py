"""Where things stand: what a scenario names lies inside the folders of the project and nowhere else."""

import pytest

from fhi import paths
from fhi.engine.errors import MethodError
from fhi.paths import RAW, ROOT, beside_scenarios, edition_folder, output_root, user_folder


@pytest.fixture
def scenarios(tmp_path, monkeypatch):
    folder = tmp_path / "scenarios"
    (folder / "ahp").mkdir(parents=True)
    (folder / "experts.csv").write_text("node,one\n", encoding="utf-8")
    (tmp_path / "secret.csv").write_text("", encoding="utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    monkeypatch.setattr(paths, "SCENARIOS", folder)
    return folder


def test_a_file_named_in_a_scenario_stands_beside_it(scenarios):
    assert beside_scenarios("experts.csv", "key") == scenarios / "experts.csv"
    assert beside_scenarios("ahp/../experts.csv", "key") == scenarios / "experts.csv"
    assert beside_scenarios("ahp", "key") == scenarios / "ahp"


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "link.csv", "", ".", "ahp/..", None, 3, ["experts.csv"]]
)
def test_a_file_elsewhere_is_refused(scenarios, name):
    with pytest.raises(MethodError, match="key: give a path inside notebooks/scenarios/") as caught:
        beside_scenarios(name, "key")
    assert caught.value.value == name


def test_a_file_that_is_not_there_is_refused_with_the_nearest(scenarios):
    with pytest.raises(MethodError, match=r"there is no 'expert\.csv' .* Did you mean experts\.csv"):
        beside_scenarios("expert.csv", "key")


@pytest.fixture
def user(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "USER", tmp_path / "user")
    (tmp_path / "user" / "mine").mkdir(parents=True)


@pytest.mark.parametrize("name", ["..", "../raw", "/etc", "mine/../..", "no-such", "two words"])
def test_a_folder_elsewhere_is_refused(user, name):
    with pytest.raises(MethodError, match=r"data/user|without blanks"):
        user_folder(name)


def test_the_folder_itself_can_be_named(user):
    assert user_folder(".").name == "user"


def test_an_edition_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(MethodError, match="Did you mean template"):
        edition_folder("templates")
    # not a folder elsewhere, nor one that is no edition
    for name in ("../user", "public", ".", "", None):
        with pytest.raises(MethodError, match="data/raw"):
            edition_folder(name)
    assert edition_folder("report2018") == RAW / "report2018"


def test_outputs_go_to_the_folder_of_the_environment_else_to_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setenv("FHI_OUT", str(tmp_path / "out"))
    assert output_root() == (tmp_path / "out").resolve()
    monkeypatch.setenv("FHI_OUT", "")
    assert output_root() == ROOT
    monkeypatch.delenv("FHI_OUT")
    assert output_root() == ROOT
