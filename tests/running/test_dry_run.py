"""What `python -m fhi read` says of one file: used, outside, refused, and the lines that would resolve the rest."""

import pytest

from fhi.engine.errors import DataError
from fhi.running import user_data


def test_a_file_is_told_and_nothing_is_written(tmp_path):
    path = tmp_path / "yearbooks-2017.csv"
    text = "城市,地区生产总值（亿元）,社会消费品零售总额（亿元）\n全国,820754,1\n北京,28014.94,2\n"
    text += "温州,5453,3\n杭洲,9,4\n上海,30632.99,5\n"
    path.write_text(text, encoding="utf-8")
    told = user_data.dry_run(path, "report2018", 2018)
    assert all(word in told for word in ("28014.94", "30632.99", "outside", "total row"))
    assert "city,杭州,杭洲" in told and "measure," in told and "社会消费品零售总额" in told
    assert sorted(file.name for file in tmp_path.iterdir()) == ["yearbooks-2017.csv"]


def test_the_words_beside_a_file_count(tmp_path):
    path = tmp_path / "yearbooks-2017.csv"
    path.write_text("城市,经济总量（亿元）\n京城,28014.94\n", encoding="utf-8")
    with pytest.raises(DataError, match="经济总量"):
        user_data.dry_run(path, "report2018", None)
    words = "list,code,written\ncity,北京,京城\nmeasure,gdp,经济总量\n"
    (tmp_path / "vocabulary.csv").write_text(words, encoding="utf-8")
    assert "28014.94" in user_data.dry_run(path, "report2018", None)


def test_a_refused_file_ends_with_the_lines_that_may_help(tmp_path):
    path = tmp_path / "firms-2018.csv"
    path.write_text("name,city,class,financing\n甲,杭洲,支付宝宝,1亿\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"city,杭州,杭洲[\s\S]*class,payment,支付宝宝"):
        user_data.dry_run(path, "report2018", None)
