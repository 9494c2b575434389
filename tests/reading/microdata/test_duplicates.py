"""Rows that stand there already are named with the first of them, by file, and told from those that say otherwise."""

import numpy as np

from fhi.reading.microdata.grouping import note, once
from fhi.reading.microdata.quality_log import Quality

DTYPE = np.dtype([("key", "u8"), ("what", "u8"), ("row", "u4"), ("file", "u2")])


def records(*rows):
    return np.array(list(rows), dtype=DTYPE)


def test_the_first_of_each_key_stays_and_the_others_are_named():
    ledgers = [Quality("a.csv", "firms"), Quality("b.csv", "firms")]
    group = records((1, 7, 2, 0), (1, 7, 5, 0), (1, 8, 3, 1), (2, 7, 4, 0), (9, 1, 6, 1))
    kept = once(group, ledgers)
    assert kept["row"].tolist() == [2, 4, 6]
    (same,), (other,) = (ledger.refused().to_dict("records") for ledger in ledgers)
    assert (same["row"], same["value"], same["expected"]) == (5, "as row 2", "a row that is not there already")
    assert (other["row"], other["value"], other["expected"]) == (3, "as row 2 of a.csv", "one row for it")
    assert [ledger.rows("duplicate") for ledger in ledgers] == [1, 1]


def test_where_no_key_stands_twice_nothing_is_said():
    ledger = Quality("a.csv", "firms")
    group = records((1, 7, 2, 0), (2, 7, 3, 0))
    assert once(group, [ledger]) is group
    assert once(records(), [ledger]).size == 0
    assert ledger.report().empty and ledger.refused().empty


def test_given_places_are_noted_as_they_are():
    ledger = Quality("a.csv", "firms")
    note(records((1, 7, 2, 0), (1, 7, 9, 0)), np.array([1]), np.array([0]), [ledger])
    assert ledger.refused()["row"].tolist() == [9]
