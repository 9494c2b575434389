"""Records of any number: grouped by key whatever is held in memory, repeated ones found with the first of them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fhi.reading.microdata.grouping import Records, mix, repeated, runs

DTYPE = np.dtype([("key", "u8"), ("what", "u8"), ("row", "u4"), ("file", "u1"), ("amount", "f4")])


@settings(max_examples=60, deadline=None)
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
