"""The two errors: what a user reads, and the names proposed."""

import pytest

from fhi.engine.errors import (
    DataError,
    FhiError,
    MethodError,
    Problem,
    choose,
    collected,
    misnamed,
    nearest_names,
    reject,
)


def test_a_problem_names_file_row_column_value_expectation_and_remedy():
    problem = Problem("a.csv", 3, "rank", "one", "a whole number", "correct the cell")
    expected = "a.csv: row 3, column rank: found 'one'; expected a whole number; remedy: correct the cell"
    assert str(problem) == expected


def test_a_problem_of_a_whole_file_says_so():
    text = str(Problem("a.csv", None, None, None, "a file", "restore it"))
    assert text == "a.csv: whole file: found nothing; expected a file; remedy: restore it"


def test_an_empty_cell_is_shown_as_an_empty_text():
    assert "found ''" in str(Problem("a.csv", 3, "rank", "", "a value", "fill it in"))


def test_a_data_error_lists_every_problem_in_order():
    first = Problem("b.csv", 9, "x", 1, "e", "r")
    second = Problem("a.csv", 2, "y", 2, "e", "r")
    error = DataError(problem for problem in (first, second))
    assert error.problems == [first, second]
    assert str(error).splitlines() == [
        "2 problems in the data; nothing was written",
        "  b.csv: row 9, column x: found 1; expected e; remedy: r",
        "  a.csv: row 2, column y: found 2; expected e; remedy: r",
    ]


def test_one_problem_is_counted_in_the_singular():
    error = DataError([Problem("a.csv", None, None, None, "e", "r")])
    assert str(error).startswith("1 problem in the data;")


def test_a_method_error_names_file_key_and_the_nearest_names():
    valid = ["arithmetic", "geometric"]
    error = MethodError("there is no 'geomtric'.", file="x.yml", key="aggregation", value="geomtric", valid=valid)
    expected = "there is no 'geomtric'. Did you mean geometric? Valid: arithmetic, geometric."
    assert str(error) == f"x.yml: aggregation: {expected}"
    assert (error.file, error.key, error.value, error.valid) == ("x.yml", "aggregation", "geomtric", valid)


def test_a_method_error_without_near_names_proposes_none():
    error = MethodError("there is no 'zzz'.", value="zzz", valid=["arithmetic"])
    assert str(error) == "there is no 'zzz'. Valid: arithmetic."


def test_both_errors_are_reported_without_a_traceback():
    assert issubclass(DataError, FhiError)
    assert issubclass(MethodError, FhiError)


def test_the_likest_name_comes_first_and_at_most_two_come():
    assert nearest_names("adoptoin", ["adaption", "adoption", "adopting", "gdp"]) == ["adoption", "adopting"]
    assert nearest_names("adoptoin", ["adaption", "adoption"], count=1) == ["adoption"]
    assert nearest_names("adoption", ["gdp", "capital"]) == []


def test_a_name_of_the_table_is_chosen():
    assert choose({"a": 1, "b": 2}, "b", "key") == 2


@pytest.mark.parametrize("name", ["min_max", None, 3, ["min-max"]])
def test_a_name_that_is_not_in_the_table_is_refused(name):
    with pytest.raises(MethodError) as caught:
        choose({"min-max": 1, "rank": 2}, name, "normalisation", "x.yml")
    assert caught.value.valid == ["min-max", "rank"]
    assert str(caught.value).startswith(f"x.yml: normalisation: there is no {name!r}.")


def test_many_problems_of_a_kind_are_one_line_with_their_number_and_the_first():
    empty = [Problem("a.csv", row, "value", "", "a value", "leave the row out") for row in range(2, 30)]
    unknown = [Problem("a.csv", row, "city", f"x{row}", "a city", f"write {row}") for row in range(2, 6)]
    lines = str(DataError([*empty, *unknown, Problem("b.csv", 3, "unit", "t", "kg", "convert")])).splitlines()
    assert lines[0] == "33 problems in the data; nothing was written"
    assert [line.strip() for line in lines[1:]] == [
        "a.csv: column value, 28 times: expected a value; remedy: leave the row out; row 2 found '', row 3 found '', "
        "row 4 found '', …",
        "a.csv: column city, 4 times: expected a city; row 2 found 'x2' (write 2), row 3 found 'x3' (write 3), "
        "row 4 found 'x4' (write 4), …",
        "b.csv: row 3, column unit: found 't'; expected kg; remedy: convert",
    ]


def test_problems_are_gathered_and_rejected_together():
    first, second = (Problem("a.csv", row, "city", "x", "a city", "correct it") for row in (2, 3))
    found = []
    with collected(found):
        raise DataError([first])
    with collected(found):
        found.append(second)
    assert found == [first, second]
    reject([])
    with pytest.raises(DataError) as caught:
        reject(problem for problem in found)
    assert caught.value.problems == found


def test_a_name_that_is_not_known_has_the_nearest_as_remedy():
    where = "a.csv", 2, "city"
    near = misnamed(*where, "Bejing", ["Beijing", "Shanghai"], "a city", "correct the name")
    assert near == Problem(*where, "Bejing", "a city", "write 'Beijing'")
    assert misnamed(*where, "Qq", ["Beijing"], "a city", "correct the name").remedy == "correct the name"
