"""Reading judgements: every bad cell of a file told with its place, reverses filled, and mappings checked alike."""

import pickle

import pytest
import yaml

from fhi import paths
from fhi.engine.errors import DataError, MethodError
from fhi.engine.weighting import experts
from fhi.scenarios import resolved_yaml, validated

CHILDREN = ["a", "b", "c"]


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SCENARIOS", tmp_path)
    (tmp_path / "ahp").mkdir()

    def write_file(content, name="ahp/p.csv"):
        (tmp_path / name).write_text(content, encoding="utf-8")

    return write_file


def problems(function):
    with pytest.raises(DataError) as caught:
        function()
    return [(p.row, p.column, p.value) for p in caught.value.problems]


def given(method, **files):
    """Return the tables that a scenario names, as the step gets them."""
    params = validated({"weighting": {"method": method, **files}}, "scenarios/mine.yml").weighting.params
    return next(iter(params.values()))


def matrix():
    return experts.matrix(given("ahp", matrices="ahp"), "p", CHILDREN)


def points():
    return experts.points(given("budget-allocation", experts="panel.csv"), CHILDREN)


def test_a_matrix_is_read_in_the_order_of_the_children(write):
    write("node,c,b,a\nb,2,1,1/3\na,6,3,1\nc,1,1/2,1/6\n")
    assert matrix().to_numpy().tolist() == [[1, 3, 6], [1 / 3, 1, 2], [1 / 6, 1 / 2, 1]]
    assert matrix().index.tolist() == matrix().columns.tolist() == CHILDREN


def test_one_side_of_the_diagonal_is_enough(write):
    write("node,a,b,c\na,,3,\nb,,,2\nc,1/6,,\n")
    assert matrix().to_numpy().tolist() == [[1, 3, 6], [1 / 3, 1, 2], [1 / 6, 1 / 2, 1]]


def test_a_rounded_reverse_is_taken_for_what_it_means(write):
    write("node,a,b,c\na,1,3,7\nb,0.33,1,9\nc,0.14,0.11,1\n")
    assert matrix().loc["b", "a"] == 1 / 3
    assert matrix().loc["c"].to_list() == [1 / 7, 1 / 9, 1]


def test_a_parent_without_a_file_has_no_matrix(write):
    write("node,a\na,1\n", "ahp/other.csv")
    assert matrix() is None


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("node,a,b,c\na,1,3,ten\nb,,1,2\nc,,,1\n", [(2, "c", "ten")]),
        ("node,a,b,c\na,1,30,2\nb,,1,0\nc,,,1\n", [(2, "b", "30"), (3, "c", "0")]),
        ("node,a,b,c\na,1,1/0,2\nb,,1,-2\nc,,,1\n", [(2, "b", "1/0"), (3, "c", "-2")]),
        ("node,a,b,c\na,1,2,2\nb,,1,2\nd,,,1\n", [(4, "node", "d")]),
        ("node,a,b,c\na,1,2,2\na,,1,2\n", [(2, "node", "a"), (3, "node", "a")]),
        ("node,a,b\na,1,2\nb,,1\n", [(1, None, "node,a,b")]),
        ("node,a,b,c,c\na,1,2,2,2\n", [(1, None, "node,a,b,c,c")]),
        ("child,a,b,c\na,1,2,2\n", [(1, None, "child,a,b,c")]),
    ],
)  # fmt: skip
def test_every_bad_cell_of_a_matrix_is_told(write, content, found):
    write(content)
    assert problems(matrix) == found
    with pytest.raises(DataError, match=r"scenarios/ahp/p\.csv: row"):
        matrix()


def test_a_pair_that_is_not_compared_is_refused(write):
    write("node,a,b,c\na,1,3,2\nb,,1,\nc,,,1\n")
    with pytest.raises(MethodError, match=r"matrices\.p: b is not compared with c; give one of the two"):
        matrix()


def test_a_child_without_a_row_is_one_that_is_not_compared_unless_its_column_is_full(write):
    write("node,a,b,c\na,1,3,2\nb,,1,4\n")
    assert matrix().loc["c"].to_list() == [1 / 2, 1 / 4, 1]


def test_comparisons_at_odds_with_their_reverse_are_refused(write):
    write("node,a,b,c\na,1,3,2\nb,1/2,1,2\nc,1/2,1/2,1\n")
    with pytest.raises(MethodError, match=r"a against b is 3 but the reverse is 0\.5"):
        matrix()


def test_a_child_against_itself_is_one(write):
    write("node,a,b,c\na,2,3,2\nb,,1,2\nc,,,1\n")
    with pytest.raises(MethodError, match="a against a is 2"):
        matrix()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"p": {"a": {"b": 2, "c": 3}, "x": {"c": 2}}}, "there is no 'x'"),
        ({"p": {"a": {"b": 20, "c": 3}, "b": {"c": 2}}}, "must lie from 1/9 to 9"),
        ({"p": {"a": {"b": "much", "c": 3}, "b": {"c": 2}}}, "give a table, or numbers as child"),
        ({"p": 3}, "give a table, or numbers as child"),
        ({"p": {"a": {"b": -2, "c": 3}, "b": {"c": 2}}}, "must lie from 1/9 to 9"),
        ({"p": {"a": {"b": 0, "c": 3}, "b": {"c": 2}}}, "must lie from 1/9 to 9"),
        ({"p": {"a": {"b": "1/0", "c": 3}, "b": {"c": 2}}}, "give a table, or numbers as child"),
    ],
)
def test_comparisons_written_in_the_scenario_are_checked_alike(given, message):
    with pytest.raises(MethodError, match=message) as caught:
        experts.matrix(given, "p", CHILDREN)
    assert caught.value.key == "weighting.matrices.p"


@pytest.mark.parametrize("given", [3, ["ahp"]])
def test_comparisons_that_are_no_mapping_are_refused(given):
    with pytest.raises(MethodError, match="give a table, or numbers as parent → child → child → ratio") as caught:
        experts.matrix(given, "p", CHILDREN)
    assert caught.value.key == "weighting.matrices"


def test_points_are_read_by_node_and_expert(write):
    write("node,王,李\na,60,\nc,40,12.5\n", "panel.csv")
    table = points()
    assert table["王"].to_dict() == {"a": 60, "c": 40}
    assert table["李"].isna().to_dict() == {"a": True, "c": False}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("node,王\na,much\nb,-5\n", [(2, "王", "much"), (3, "王", "-5")]),
        ("node,王\na,1\nx,5\na,2\n", [(2, "node", "a"), (3, "node", "x"), (4, "node", "a")]),
        ("node\na\n", [(1, None, "node")]),
        ("node,王,王\na,1,2\n", [(1, None, "node,王,王")]),
        ("node,王,\na,1,2\n", [(1, None, "node,王,")]),
        ("node,王\na,1,2\n", [(2, None, "3 cells")]),
    ],
)  # fmt: skip
def test_every_bad_cell_of_a_table_of_points_is_told(write, content, found):
    write(content, "panel.csv")
    assert problems(points) == found


def test_fractions_can_be_written_in_the_scenario():
    table = experts.matrix({"p": {"b": {"a": "1/3", "c": 2}, "c": {"a": "1/6"}}}, "p", CHILDREN)
    assert table.to_numpy().tolist() == [[1, 3, 6], [1 / 3, 1, 2], [1 / 6, 1 / 2, 1]]


@pytest.mark.parametrize("given", [3, ["panel.csv"], {"王": 5}, {"王": {"a": "much"}}])
def test_points_that_are_no_table_are_refused(given):
    with pytest.raises(MethodError) as caught:
        experts.points(given, CHILDREN)
    assert caught.value.key == "weighting.experts"


def test_a_file_is_read_wherever_a_scenario_names_it_and_stays_its_name(write):
    write("node,王\na,60\n", "panel.csv")
    step = {"method": "budget-allocation", "experts": "panel.csv"}
    settings = {
        "weighting": step,
        "robustness": {"space": {"weighting": ["equal", step]}, "grid": {"weighting": [step]}},
    }
    method = pickle.loads(pickle.dumps(validated(settings, "scenarios/mine.yml")))
    robust = method.robustness
    for given in (step["experts"] for step in (robust.space["weighting"][1], robust.grid["weighting"][0])):
        assert experts.points(given, CHILDREN)["王"].to_dict() == {"a": 60}
    written = yaml.safe_load(resolved_yaml(method))
    assert written["weighting"] == written["robustness"]["grid"]["weighting"][0] == step
    assert method.model_dump(mode="json")["weighting"] == step


def test_a_file_that_is_not_there_is_refused_with_the_scenario(write):
    with pytest.raises(MethodError, match=r"scenarios/mine\.yml: weighting\.experts: there is no 'panel\.csv'"):
        points()
