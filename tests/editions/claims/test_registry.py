"""Registering functions of claims: one a claim, with the arguments of the decorator."""

import pytest

from fhi.editions.claims.registry import FUNCTIONS, Found, claim, names


def test_a_claim_has_one_function():
    with pytest.raises(ValueError, match="two functions for the claim 'p21-mean'"):
        claim("p21-mean")(lambda tables: 1)


def test_one_function_serves_several_claims_with_their_arguments(monkeypatch):
    for id in ("x-1", "x-2"):
        monkeypatch.setitem(FUNCTIONS, id, None)
        monkeypatch.delitem(FUNCTIONS, id)

    @claim("x-1", 1)
    @claim("x-2", 2)
    def add(tables, number):
        return tables["start"] + number

    assert [FUNCTIONS[id]({"start": 10}) for id in ("x-1", "x-2")] == [11, 12]


def test_the_range_of_an_exact_number_is_the_number():
    assert Found(3).range == (3, 3)
    assert Found(3, low=2).range == (2, 3)
    assert Found(3, 2, 4).range == (2, 4)
    assert Found(None, 2, 4).range == (2, 4)


def test_names_are_joined_as_the_report_joins_them():
    assert names(["北京", "上海"]) == "北京、上海"
