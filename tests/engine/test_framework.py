"""The indicator tree: what is not a tree is refused by row and column, weights multiply down to the leaves."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.engine.errors import DataError, MethodError
from fhi.engine.framework import Framework
from fhi.paths import RAW

HEADER = "level,code,parent,direction,weight,unit,name_zh,name_en"
#: a root, two pillars, three indicators
TREE = {
    2: "0,root,,1,1,,根,Root",
    3: "1,a,root,1,1,,甲,A",
    4: "1,b,root,1,3,,乙,B",
    5: "2,a1,a,1,2,firms,甲一,A one",
    6: "2,a2,a,-1,3,%,甲二,A two",
    7: "2,b1,b,1,5,,乙一,B one",
}


def text(**changes):
    """Return the tree as CSV, some lines (``line5=...``) replaced; None leaves a line out."""
    rows = TREE | {int(key.removeprefix("line")): row for key, row in changes.items()}
    return "\n".join([HEADER, *(row for _, row in sorted(rows.items()) if row is not None)]) + "\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        path = tmp_path / "framework.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return Framework.from_csv(path)

    return write_and_read


@pytest.fixture
def problems(read):
    def write_and_fail(content):
        with pytest.raises(DataError) as caught:
            read(content)
        assert all(problem.file.endswith("framework.csv") for problem in caught.value.problems)
        return [(problem.row, problem.column) for problem in caught.value.problems]

    return write_and_fail


def test_the_tree_of_the_report_has_three_pillars_eleven_sub_pillars_and_sixteen_indicators():
    framework = Framework.from_csv(RAW / "report2018" / "framework.csv")
    assert framework.root == "FHI"
    assert framework.children("FHI") == ["industry", "experience", "ecosystem"]
    assert framework.levels.value_counts().to_dict() == {0: 1, 1: 3, 2: 11, 3: 16}
    assert len(framework.leaves) == 16
    assert "adoption" in framework.leaves
    assert framework.parents["adoption"] == "application"
    assert set(framework.directions) == {1}


def test_a_tree_knows_its_parts(read):
    framework = read(text())
    assert framework.root == "root"
    assert framework.nodes == ["a", "b", "a1", "a2", "b1"]
    assert framework.leaves == ["a1", "a2", "b1"]
    assert framework.levels.to_dict() == {"root": 0, "a": 1, "b": 1, "a1": 2, "a2": 2, "b1": 2}
    assert framework.directions.to_dict() == {"root": 1, "a": 1, "b": 1, "a1": 1, "a2": -1, "b1": 1}
    assert framework.weights.to_dict() == {"root": 1, "a": 1, "b": 3, "a1": 2, "a2": 3, "b1": 5}
    assert framework.parents.drop("root").to_dict() == {"a": "root", "b": "root", "a1": "a", "a2": "a", "b1": "b"}
    assert (framework.children("a"), framework.children("a1")) == (["a1", "a2"], [])
    assert (list(framework.families), list(framework.upwards)) == (["root", "a", "b"], ["a", "b", "root"])
    assert framework.names("zh")["a2"] == "甲二"
    assert framework.names("en")["a2"] == "A two"


def test_a_tree_knows_what_stands_below_a_node_wherever_it_stands_in_the_file(read):
    upward = read("\n".join([HEADER, *reversed(TREE.values())]) + "\n")
    assert upward.leaves_below("root") == upward.leaves == ["b1", "a2", "a1"]
    assert upward.leaves_below("a") == ["a2", "a1"]
    assert upward.leaves_below("b1") == ["b1"]
    assert upward.subtree("root") == ["root", "b", "b1", "a", "a2", "a1"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_the_encoding_of_the_file_does_not_matter(tmp_path, encoding):
    content = (RAW / "report2018" / "framework.csv").read_text(encoding="utf-8")
    (tmp_path / "framework.csv").write_text(content, encoding=encoding)
    framework = Framework.from_csv(tmp_path / "framework.csv")
    pd.testing.assert_frame_equal(framework.table, Framework.from_csv(RAW / "report2018" / "framework.csv").table)


def test_an_unknown_parent_is_refused(problems):
    # b1 lost its parent, so b has no child
    assert sorted(problems(text(line7="2,b1,c,1,5,,乙一,B one"))) == [(4, "code"), (7, "parent")]


def test_a_node_without_a_parent_below_the_root_is_refused(problems):
    assert (7, "parent") in problems(text(line7="2,b1,,1,5,,乙一,B one"))


def test_a_parent_of_the_wrong_level_is_refused(problems):
    assert problems(text(line6="2,a2,root,1,3,%,甲二,A two")) == [(6, "parent")]


def test_a_node_is_not_its_own_parent(problems):
    assert (7, "parent") in problems(text(line7="2,b1,b1,1,5,,乙一,B one"))


def test_a_second_root_is_refused(problems):
    assert (None, "level") in problems(text(line8="0,other,,1,1,,另,Other"))


def test_a_tree_without_a_root_is_refused(problems):
    found = problems(text(line2=None))
    assert (None, "level") in found
    assert (2, "parent") in found


def test_a_root_with_a_parent_is_refused(problems):
    assert (2, "parent") in problems(text(line2="0,root,b1,1,1,,根,Root"))


def test_an_inner_node_without_children_is_refused(problems):
    assert problems(text(line7=None)) == [(4, "code")]


def test_a_family_of_zero_weights_is_refused(problems):
    changes = {"line5": "2,a1,a,1,0,firms,甲一,A one", "line6": "2,a2,a,-1,0,%,甲二,A two"}
    assert problems(text(**changes)) == [(5, "weight")]


def test_a_negative_direction_above_the_indicators_is_refused(problems):
    assert problems(text(line3="1,a,root,-1,1,,甲,A")) == [(3, "direction")]


def test_a_negative_weight_another_direction_and_a_repeated_code_are_refused(problems):
    assert problems(text(line6="2,a2,a,1,-3,%,甲二,A two")) == [(6, "weight")]
    assert problems(text(line6="2,a2,a,2,3,%,甲二,A two")) == [(6, "direction")]
    assert problems(text(line6="2,a1,a,1,3,%,甲二,A two")) == [(5, "code"), (6, "code")]


def test_a_repeated_code_of_a_table_is_refused_too(read):
    table = read(text()).table
    with pytest.raises(DataError, match=r"row 7, column code: found 'b1'"):
        Framework.from_table(pd.concat([table, table.tail(1)]))


def test_all_faults_of_a_tree_are_reported_together(problems):
    found = problems(text(line3="1,a,root,-1,1,,甲,A", line7="2,b1,c,1,5,,乙一,B one"))
    assert sorted(found) == [(3, "direction"), (4, "code"), (7, "parent")]


def test_the_row_of_a_fault_is_the_line_of_the_file_though_an_empty_line_stands_before_it(problems):
    content = text(line6="2,a2,root,1,3,%,甲二,A two").replace("\n1,a,", "\n\n1,a,")
    assert problems(content) == [(7, "parent")]


def test_a_missing_column_is_named(problems):
    assert problems(text().replace("weight", "weigth"))[0] == (1, "weight")


def test_a_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"absent\.csv"):
        Framework.from_csv(tmp_path / "absent.csv")


def test_the_effective_share_is_the_product_of_the_weights_down_to_the_node(read):
    shares = pd.Series({"a": 0.25, "b": 0.75, "a1": 0.4, "a2": 0.6, "b1": 1.0})
    effective = read(text()).effective(shares)
    assert effective.to_dict() == pytest.approx({"a": 0.25, "b": 0.75, "a1": 0.1, "a2": 0.15, "b1": 0.75})


@pytest.mark.slow
@settings(max_examples=examples(20), deadline=None)
@given(st.data())
def test_the_effective_shares_of_the_leaves_sum_to_one(data):
    framework = Framework.from_csv(RAW / "report2018" / "framework.csv")
    raw = pd.Series({code: data.draw(st.floats(0.1, 10)) for code in framework.nodes})
    families = raw.groupby(framework.parents[framework.nodes])
    effective = framework.effective(raw / families.transform("sum"))
    assert effective[framework.leaves].sum() == pytest.approx(1)
    assert effective[framework.children("FHI")].sum() == pytest.approx(1)


def test_the_order_of_the_rows_does_not_matter_to_the_effective_shares(read):
    shares = pd.Series({"a": 0.25, "b": 0.75, "a1": 0.4, "a2": 0.6, "b1": 1.0})
    lines = text().splitlines()
    effective = read("\n".join([lines[0], *reversed(lines[1:])])).effective(shares)
    assert effective.to_dict() == pytest.approx({"a": 0.25, "b": 0.75, "a1": 0.1, "a2": 0.15, "b1": 0.75})


def test_other_weights_replace_those_named_and_leave_the_tree_as_it_was(read):
    framework = read(text())
    changed = framework.with_weights({"a": 7, "b1": 0.5})
    assert changed.weights.to_dict() == {"root": 1, "a": 7, "b": 3, "a1": 2, "a2": 3, "b1": 0.5}
    assert framework.weights.to_dict() == {"root": 1, "a": 1, "b": 3, "a1": 2, "a2": 3, "b1": 5}


def test_a_weight_for_an_unknown_node_names_the_nearest():
    framework = Framework.from_csv(RAW / "report2018" / "framework.csv")
    with pytest.raises(MethodError, match=r"there is no node 'adoptoin'\. Did you mean adoption") as caught:
        framework.with_weights({"adoptoin": 2})
    assert (caught.value.key, caught.value.value) == ("weights.adoptoin", "adoptoin")


def test_the_root_has_no_weight_to_replace(read):
    with pytest.raises(MethodError, match="there is no node 'root'"):
        read(text()).with_weights({"root": 2})


def test_other_directions_replace_those_named_and_leave_the_tree_as_it_was(read):
    framework = read(text())
    changed = framework.with_directions({"a1": -1, "a2": 1})
    assert changed.directions.to_dict() == {"root": 1, "a": 1, "b": 1, "a1": -1, "a2": 1, "b1": 1}
    assert framework.directions.to_dict() == {"root": 1, "a": 1, "b": 1, "a1": 1, "a2": -1, "b1": 1}


@pytest.mark.parametrize("code", ["root", "a", "nothing"])
def test_only_indicators_have_a_direction_to_replace(read, code):
    with pytest.raises(MethodError, match=f"no indicator '{code}'"):
        read(text()).with_directions({code: -1})
