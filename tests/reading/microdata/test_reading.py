"""Lines, headings and words of files: found wherever they stand, and named where they are not."""

import numpy as np
import pytest

from fhi.engine.errors import DataError
from fhi.reading.microdata import layouts, text_blocks
from fhi.reading.microdata.file_types import KINDS
from fhi.reading.microdata.names import Vocabulary, plain
from fhi.reading.microdata.quality_log import Quality
from fhi.reading.microdata.registers import Amounts


@pytest.mark.parametrize("size", [7, 64, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_blocks_are_whole_lines_whatever_their_size(tmp_path, monkeypatch, size, encoding):
    monkeypatch.setattr(text_blocks, "BLOCK", size)
    text = '城市,数值\r\n杭州,1\r北京,"2\n3"\n' + "".join(f"上海,{place}\n" for place in range(50)) + "末,行"
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    found = list(text_blocks.blocks(tmp_path / "x.csv", "x"))
    whole = b"".join(block for _, block in found)
    assert whole.decode() == text.replace("\r\n", "\n").replace("\r", "\n") + "\n"
    line = 1
    for number, block in found:
        assert number == line and block.endswith(b"\n")
        line += block.count(b"\n")


def test_a_quoted_cell_without_an_end_is_named_where_it_begins(tmp_path):
    (tmp_path / "x.csv").write_text('a,b\n1,2\n3,"4\n5,6\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        list(text_blocks.blocks(tmp_path / "x.csv", "x"))
    assert caught.value.problems[0].row == 3


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [("融资额（万元）", "financing", "万元"), ("financing [million USD]", "financing", "millionUSD")]
    + [("融资额", "financing", ""), ("融资金额 (亿)", "financing", "亿"), ("融资额（含并购）", None, "")],
)
def test_a_heading_is_known_with_its_unit(context, text, name, unit):
    assert layouts.meaning(text, KINDS["firms"], context.vocabulary) == (name, unit)


def test_headings_below_titles_and_over_two_rows_are_found(context):
    rows = [
        (1, ["名单"]),
        (3, ["企业名称", "城市", "类别", "融资"]),
        (4, ["", "", "", "融资额"]),
        (5, list("甲乙丙丁")),
    ]
    layout = layouts.find(rows, KINDS["firms"], context.vocabulary, "x")
    assert layout.line in (3, 4)
    assert {name for name, _ in layout.columns.values()} == {"name", "city", "class", "financing"}


def test_a_word_of_two_meanings_is_refused(tables):
    table = tables["vocabulary"].iloc[:1]
    with pytest.raises(DataError, match="one meaning") as caught:
        Vocabulary(table, {"data/user/vocabulary.csv": table.assign(code="another")})
    assert caught.value.problems[0].file == "data/user/vocabulary.csv"


def test_words_are_compared_without_case_blanks_and_marks():
    assert plain(" Ｍarket-Value_ ") == plain("market value") == "marketvalue"


def test_an_amount_far_above_the_quartiles_is_an_outlier():
    amounts = Amounts()
    amounts.add(np.concatenate([10.0 ** np.linspace(6, 7, 101), [1e12, np.nan, 0, np.inf]]))
    # the quartiles of the logarithms are 6.25 and 6.75: the fence is 6.75 + 3 · 0.5; each is known to 0.01
    above, fence = amounts.above()
    assert above == 1
    assert np.log10(fence) == pytest.approx(8.25, abs=0.07)


def test_a_ledger_adds_up_and_stops_a_file_of_which_most_is_refused():
    ledger = Quality("x.csv", "firms")
    ledger.count("read", 4)
    ledger.count("read", 0)
    ledger.refuse([3, 2], "city", ["b", "a"], "a city")
    ledger.count("refused", 2)
    ledger.check()
    assert ledger.refused()["row"].tolist() == [2, 3]
    ledger.refuse([4], "city", ["c"], "a city")
    ledger.count("refused", 1)
    with pytest.raises(DataError) as caught:
        ledger.check()
    assert caught.value.problems[0].value == "3 refused" and caught.value.problems[1].row == 2
