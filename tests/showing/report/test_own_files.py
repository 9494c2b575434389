"""The page's table of what came from which file."""

import pandas as pd

from fhi.reading.microdata.quality_log import UNDERSTOOD
from fhi.showing.report.method import own_files


def test_a_list_is_one_row_and_a_table_one_row_an_indicator():
    head = [*UNDERSTOOD, "citation"]
    rows = [
        [
            "data/user/yearbooks.csv",
            "yearbooks",
            "",
            "B2:C9",
            "cities in rows",
            "",
            "gdp",
            "亿元",
            2017.0,
            2,
            4,
            "年鉴",
        ],
        ["data/user/firms.csv", "firms", None, "A2:", "list", "公司名称", "name", "", None, None, 6, ""],
        ["data/user/firms.csv", "firms", None, "B2:", "list", "所在地", "city", "", None, None, 6, ""],
    ]
    framework = pd.DataFrame({"code": ["gdp"], "name_zh": ["经济规模"], "name_en": ["Economy"]})
    tables = {
        "microdata/understood": pd.DataFrame(rows, columns=head),
        "tables/framework": framework,
        "panel": pd.DataFrame({"evidence": ["user", "public"]}),
    }
    found = own_files(tables)
    texts = [[cell["en"] if isinstance(cell, dict) else cell for cell in row] for row in found.rows]
    assert texts == [
        ["data/user/yearbooks.csv", "B2:C9", "Economy", "亿元", "2017", "2", "4", "年鉴"],
        ["data/user/firms.csv", "—", "公司名称 → name, 所在地 → city", "—", "—", "—", "6", "—"],
    ]
    assert found.evidence == ("user",) and len(found.heads) == len(found.rows[0])
