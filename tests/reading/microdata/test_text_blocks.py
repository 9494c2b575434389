"""Columns of bytes: the same text has the same number wherever it stands, different texts have different ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import examples

from fhi.reading.microdata.text_blocks import Column, split

TEXTS = st.lists(
    st.text(st.characters(exclude_characters='"\n\r,\0', exclude_categories=["Cs"]), max_size=30), max_size=40
)


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None)
@given(TEXTS)
def test_the_places_and_the_different_texts_make_the_column_again(texts):
    codes, distinct = Column.of(texts).distinct()
    assert [distinct[code] for code in codes] == texts
    assert distinct == list(dict.fromkeys(texts))


@pytest.mark.slow
@settings(max_examples=examples(200), deadline=None)
@given(TEXTS, st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_number_does_not_depend_on_the_other_cells(texts, other):
    alone = [int(Column.of([text]).numbers()[0]) for text in texts]
    together = Column.of([*texts, other]).numbers()[: len(texts)].tolist()
    assert together == alone


@pytest.mark.slow
def test_texts_that_differ_little_have_numbers_of_their_own_spread_evenly():
    texts = [f"企业{place:07d}" for place in range(300_000)] + [f"{place}" for place in range(300_000)]
    numbers = Column.of(texts).numbers()
    assert len(np.unique(numbers)) == len(texts)
    # the highest bits part the records evenly
    parts = np.bincount((numbers >> np.uint64(58)).astype(int), minlength=64)
    assert parts.min() > 0.9 * len(texts) / 64


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(*[st.text(st.sampled_from('ab,"\n é杭 '), max_size=6)] * 3), max_size=12))
def test_a_block_gives_the_cells_that_the_csv_module_wrote(rows):
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    block = buffer.getvalue().encode()
    if not block:
        return
    cells = split(block, 1, 3, ",", [0, 1, 2])
    found = sorted(
        zip(cells.lines, *(cells.columns[place].texts(range(len(cells.lines))) for place in range(3)), strict=True)
    )
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    assert [tuple(row[1:]) for row in found] == expected
    assert cells.empty + len(found) >= len(rows)
    assert not cells.bad
