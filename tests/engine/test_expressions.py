"""The language of expressions: results worked by hand, random ones against pandas, and what it refuses."""

import contextlib
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhi.engine.expressions import SIGNATURES, evaluate, evaluate_rows
from fhi.engine.grammar import ExpressionError

NONE = float("nan")
TABLES = {
    "banks": pd.DataFrame(
        {
            "city": ["a", "b", "a", "c", "d"],
            "kind": ["x", "x", "y", None, "y"],
            "loans": [60.0, 30.0, 10.0, NONE, 20.0],
            "founded": ["2014-12", "2015-06", "2017-06", "2017-06", "2016-01"],
            "count": [1, 2, 3, 4, 5],
        },
        index=[10, 11, 12, 13, 14],
    ),
    "insurers": pd.DataFrame({"city": ["a", "e"], "premiums": [1.0, 3.0]}),
    "regions": pd.DataFrame({"city": ["a", "b", "c", "d"], "region": ["北", "北", "南", "南"]}),
}


def value(text, **functions):
    return evaluate(text, TABLES, functions).value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 3 - 2", 3),
        ("8 / 4 / 2", 1),
        ("-2 * -3", 6),
        ("2 - -1", 3),
        ("1 < 2 and not 2 < 1 or 1 = 2", True),
        ("1 = 1 or 1 = 1 and 1 = 2", True),
        ("not 1 = 2 and 1 = 2", False),
        ("'ab' contains 'b'", True),
        ("2 in (1, 2)", True),
        ("'a' not in ('b', 'c')", True),
        ("1 + 1 <= 2", True),
        ("sum(banks.loans)", 120),
        ("sum(banks.loans where city = 'a') / sum(banks.loans)", 70 / 120),
        ("mean(banks.loans)", 30),
        ("min(banks.loans) + max(banks.loans)", 70),
        ("min(100, 7, 8)", 7),
        ("max(banks.founded)", "2017-06"),
        ("count(banks)", 5),
        ("count(banks.loans)", 4),
        ("count(banks where city = 'a')", 2),
        ("count(banks where city = 'nowhere')", 0),
        ("count(banks where city = 'a' or loans > 15 and kind = 'y')", 3),
        ("count(banks where (city = 'a' or loans > 15) and kind = 'y')", 2),
        ("count(banks where count >= 2 and count != 4)", 3),
        ("sum(banks.count)", 15),
        ("value(banks.loans where city = 'b')", 30),
        ("share(banks.loans, city = 'a')", 100 * 70 / 120),
        ("share(banks.loans where city in ('a', 'b'), kind = 'y')", 10),
        ("rank(banks.loans, city = 'b')", 2),
        ("rank_lowest(banks.founded, city = 'd')", 3),
        ("distinct(banks.city)", ["a", "b", "c", "d"]),
        ("count(distinct(banks.city, insurers.city))", 5),
        ("distinct(banks.city where city in (insurers.city))", ["a"]),
        ("banks.city by loans desc", ["a", "b", "d", "a"]),
        ("banks.city where loans < 50 by loans", ["a", "d", "b"]),
        ("banks.city by -count", ["d", "c", "a", "b", "a"]),
        ("first(2, banks.city by founded)", ["a", "b"]),
        ("top(banks.city by founded desc)", ["a", "c"]),
        ("mode(banks.city)", ["a"]),
        ("banks.city where count + loans > 60", ["a"]),
        ("banks.city where loans = max(banks.loans)", ["a"]),
        ("lookup(by_mean(banks.city, banks.loans), regions.city, regions.region)", ["南", "北", "北"]),
        ("if(count(banks) > 4, 'many', 'few')", "many"),
        ("if(1 = 2, 1 / 0, 3)", 3),
        ("banks.`city` where `count` = 1", ["a"]),
        ("sum（banks.loans where city ＝ “a”） × 2", 140),
    ],
)
def test_worked_by_hand(text, expected):
    assert value(text) == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_ties_share_the_better_place_and_the_rivals_are_counted():
    tables = {"t": pd.DataFrame({"u": list("abcd"), "x": [3.0, 5.0, 3.0, 1.0]})}
    found = [evaluate(f"rank(t.x, u = '{unit}')", tables) for unit in "bacd"]
    assert [one.value for one in found] == [1, 2, 2, 4]
    assert {one.rivals for one in found} == {3}
    assert evaluate("count(t)", tables).rivals is None
    assert evaluate("top(t.u by x desc) ", tables).rivals == 3
    assert evaluate("mode(t.x)", tables).rivals == 2


def test_a_cell_without_a_value_neither_meets_a_condition_nor_its_opposite():
    assert value("banks.city where kind = 'x'") == ["a", "b"]
    assert value("banks.city where kind != 'x'") == ["a", "d"]
    assert value("banks.city where not kind = 'x'") == ["a", "d"]
    assert value("banks.city where kind not in ('x')") == ["a", "d"]
    assert value("banks.city where kind = 'x' or loans > 0") == ["a", "b", "a", "d"]
    assert value("count(banks where loans > 0 and city = 'c')") == 0
    assert value("count(banks where loans > 0 or city = 'c')") == 5


def test_every_cell_that_is_read_is_recorded():
    cells = evaluate("value(banks.loans where city = 'b' and kind = 'x')", TABLES).cells
    asked = {("banks", "city", row) for row in TABLES["banks"].index}
    assert cells == asked | {("banks", "kind", 11), ("banks", "loans", 11)}
    assert evaluate("count(banks where city = 'b' or count = 3)", TABLES).cells == asked | {
        ("banks", "count", row) for row in (10, 12, 13, 14)
    } | {("banks", None, 11), ("banks", None, 12)}
    # the branch that is not taken is not read
    assert not {"insurers"} & {table for table, *_ in evaluate("if(1 < 2, 1, count(insurers))", TABLES).cells}


def test_an_expression_for_every_row():
    ratio = evaluate_rows("100 * loans / count", "banks", TABLES)
    assert ratio.tolist()[:3] == [6000, 1500, pytest.approx(1000 / 3)] and ratio.isna().tolist()[3]
    assert evaluate_rows("loans / sum(banks.loans)", "banks", TABLES)[11] == 0.25
    assert evaluate_rows("2", "insurers", TABLES).tolist() == [2, 2]
    with pytest.raises(ExpressionError, match="'premiums - 1'; expected a number other than 0"):
        evaluate_rows("1 / (premiums - 1)", "insurers", TABLES)


@pytest.mark.parametrize(
    "text, part, words",
    [
        ("sum(bank.loans)", "bank.loans", "there is no 'bank'.*did you mean banks"),
        ("sum(banks.loan)", "banks.loan", "a column of banks.*did you mean loans"),
        ("sun(banks.loans)", "sun(banks.loans)", "a function.*did you mean sum"),
        ("count(banks where town = 'a')", "town", "a column of banks"),
        ("count(banks where city = a)", "a", "a text stands in quotes"),
        ("loans", "loans", "name the table of the column: table.loans"),
        ("1 / 0", "0", "other than 0"),
        ("1 / (sum(insurers.premiums) - 4)", "sum(insurers.premiums) - 4", "other than 0"),
        ("sum(banks.city)", "banks.city", "a list of numbers"),
        ("sum(banks.loans where city = 'c')", "banks.loans where city = 'c'", "at least one value"),
        ("mean(banks.loans where city = 'z')", "banks.loans where city = 'z'", "at least one value"),
        ("value(banks.loans where city = 'a')", "banks.loans where city = 'a'", "one cell .2 were found"),
        ("rank(banks.loans, city = 'a')", "city = 'a'", "one row .2 were found"),
        ("rank(banks.loans, city = 'c')", "city = 'c'", "a row with a value"),
        ("share(banks.loans, 3)", "3", "a condition"),
        ("count(banks where city)", "city", "a condition"),
        ("count(banks where loans = 'a')", "loans = 'a'", "two numbers or two texts"),
        ("banks.loans + 1", "banks.loans", "one number or text"),
        ("count(banks where loans = banks.loans)", "banks.loans", "one number or text"),
        ("count(banks where count = (1, 2, 3, 4, 5))", "(1, 2, 3, 4, 5)", "one number or text"),
        ("sum()", "sum()", "sum.table.column"),
        ("sum(banks.loans, 2)", "sum(banks.loans, 2)", "as many as it takes"),
        ("sum(banks.loans", "the end", "expected '\\)'"),
        ("sum(banks.loans))", ")", "the end"),
        ("1 +", "the end", "a number"),
        ("1 < 2 < 3", "< 3", "the end"),
        ("3 apples", "apples", "the end"),
        ("1.2.3", "1.2.3", "a number, a 'text'"),
        ("where", "where", "a number"),
        ("", "the end", "a number"),
        ("banks", "banks", "count the rows"),
        ("top(banks.city)", "banks.city", "a list in an order"),
        ("first(0, banks.city)", "0", "a whole number"),
        ("banks.city where city in insurers.city by city", "insurers.city by city", "brackets after in"),
        ("lookup(banks.city, insurers.city, insurers.premiums)", None, "a row with 'b'"),
        ("(" * 31 + "1" + ")" * 31, None, "at most 30 brackets"),
        ("+".join(["1"] * 200), None, "at most 100 parts"),
    ],
)
def test_a_fault_is_named_with_the_part_that_is_wrong(text, part, words):
    with pytest.raises(ExpressionError, match=words) as caught:
        value(text)
    assert part is None or caught.value.part == part


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "banks.__class__",
        "banks.city.values",
        "sum(banks.loans).__class__",
        "sum.__globals__",
        "'a'.upper()",
        "eval('1')",
        "getattr(banks, 'city')",
        "banks['city']",
        "[1, 2]",
        "{1: 2}",
        "lambda: 1",
        "sum(x for x in banks.loans)",
        "value(banks.loans where city = 'b') if 1 else 2",
        "2 ** 9",
        "x := 1",
        "banks.to_csv('x')",
        "banks.city where city.str",
        "_Run",
        "call_sum(banks.loans)",
        "fail()",
        "@banks",
        "1; 2",
        "f'{banks}'",
        "\\x41",
        "#",
    ],
)
def test_nothing_of_python_can_be_reached(text):
    with pytest.raises(ExpressionError):
        value(text)


@given(st.text(alphabet="ab1.,'()<>=+-*/ _", max_size=30) | st.text(max_size=12))
def test_any_text_is_computed_or_refused_in_words(text):
    with contextlib.suppress(ExpressionError):
        value(text)


@pytest.mark.parametrize("name", sorted({*SIGNATURES} - {"min", "max", "distinct"}))
def test_a_function_without_its_arguments_says_how_it_is_called(name):
    assert SIGNATURES[name].startswith(f"{name}(")
    with pytest.raises(ExpressionError, match=re.escape(SIGNATURES[name])):
        value(f"{name}()")


def test_a_caller_adds_functions_and_their_faults_are_named():
    assert value("twice(sum(banks.loans)) + 1", twice=lambda number: 2 * number) == 241
    assert value("longest(banks.city)", longest=lambda texts: max(texts, key=len)) == "a"

    def fussy(number):
        raise ValueError("it is odd")

    with pytest.raises(ExpressionError, match=r"'fussy\(1\)'.*it is odd"):
        value("fussy(1)", fussy=fussy)


NUMBERS = st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=8)


@given(NUMBERS, st.lists(st.sampled_from("pqr"), min_size=8, max_size=8), st.data())
def test_random_filters_and_sums_agree_with_pandas(numbers, groups, data):
    frame = pd.DataFrame({"x": pd.Series(numbers, dtype=float), "g": groups[: len(numbers)]})

    def condition(depth):
        kind = data.draw(st.sampled_from(["x", "g", "in", "and", "or", "not"][: None if depth else 3]))
        if kind == "x":
            sign, bound = data.draw(st.sampled_from(["<", "<=", "=", "!=", ">", ">="])), data.draw(st.integers(-5, 5))
            return f"x {sign} {bound}", f"x {sign.replace('=', '==') if sign == '=' else sign} {bound}"
        if kind == "g":
            letter = data.draw(st.sampled_from("pqr"))
            return f"g = '{letter}'", f"g == '{letter}'"
        if kind == "in":
            return "g in ('p', 'q')", "g in ('p', 'q')"
        first = condition(depth - 1)
        if kind == "not":
            return f"not ({first[0]})", f"not ({first[1]})"
        second = condition(depth - 1)
        return tuple(f"({one}) {kind} ({other})" for one, other in zip(first, second, strict=True))

    ours, theirs = condition(2)
    # without missing values both speak of truth and falsehood alike
    full = frame.dropna()
    assert evaluate(f"count(t where {ours})", {"t": full}).value == len(full.query(theirs))
    chosen = full.query(theirs)["x"]
    for name in ("sum", "mean", "min", "max"):
        text = f"{name}(t.x where {ours})"
        if chosen.empty:
            with pytest.raises(ExpressionError, match="at least one value"):
                evaluate(text, {"t": full})
        else:
            assert evaluate(text, {"t": full}).value == pytest.approx(getattr(chosen, name)())
    # a condition that holds where a value is missing holds with any value in its place
    chosen = set(evaluate(f"t.row where {ours}", {"t": frame.assign(row=frame.index)}).value)
    for fill in (-9.0, 0.0, 9.0):
        assert chosen <= set(frame.fillna(fill).query(theirs).index)
    assert chosen >= set(full.query(theirs).index)


TERMS = st.recursive(
    st.integers(0, 20).map(str),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(inner, st.sampled_from("+-*"), inner).map(" ".join)
        | inner.map(lambda text: f"-{text}")
    ),
    max_leaves=8,
)


@given(TERMS)
def test_random_arithmetic_agrees_with_pandas(text):
    try:
        # pandas reads whole numbers with integer precision; as floats they divide alike
        expected = pd.eval(re.sub(r"(\d+)", r"\1.0", text), engine="python")
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="other than 0"):
            value(text)
        return
    assert value(text) == pytest.approx(expected)
