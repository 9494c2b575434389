"""Records of any number, grouped by key whatever is held in memory; repeated ones are named with the first of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.reading.microdata.grouping import Records, mix, note, once, repeated, runs
from fhi.reading.microdata.quality_log import Quality

DTYPE = np.dtype([("key", "u8"), ("what", "u8"), ("row", "u4"), ("file", "u1"), ("amount", "f4")])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=120), st.sampled_from([32, 500, 10**6]))
def test_groups_and_repeated_records_are_those_of_a_dictionary(rows, held):
    store = Records(DTYPE, held)
    for start in range(0, len(rows), 7):
        part = rows[start : start + 7]
        keys = mix(np.array([key for key, _ in part], dtype=np.int64))
        what = np.array([what for _, what in part], dtype=np.uint64)
        lines = np.arange(start, start + len(part))
        store.add({"key": keys, "what": what, "row": lines, "amount": lines + 0.5})
    found, again = {}, {}
    for group in store.groups():
        later, first = repeated(group)
        again |= dict(zip(group["row"][later].tolist(), group["row"][first].tolist(), strict=True))
        for start, end in zip(runs(group["key"]), [*runs(group["key"])[1:], len(group)], strict=True):
            assert int(group["key"][start]) not in found
            found[int(group["key"][start])] = group["row"][start:end].tolist()
            assert (group["amount"][start:end] == group["row"][start:end] + 0.5).all()
    expected, seen, twice = {}, {}, {}
    for line, (key, what) in enumerate(rows):
        number = int(mix(np.array([key]))[0])
        expected.setdefault(number, []).append(line)
        if (key, what) in seen:
            twice[line] = seen[key, what]
        else:
            seen[key, what] = line
    assert found == expected
    assert again == twice


def test_the_mix_of_numbers_tells_their_order_and_signs_apart():
    a, b = np.array([1, 2, -1, 0]), np.array([2.5, 1.0, np.nan, -0.0])
    mixed = [mix(a, b), mix(b, a), mix(a), mix(b), mix(a, a)]
    assert len({int(value) for values in mixed for value in values}) == 20
    assert (mix(a, b) == mix(a.copy(), b.copy())).all()


NAMED = np.dtype([("key", "u8"), ("what", "u8"), ("row", "u4"), ("file", "u2")])


def records(*rows):
    return np.array(list(rows), dtype=NAMED)


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
