"""The workbook: what it holds, that nothing in it runs, the same bytes each time, and only sound changes come back."""

import io
import shutil
import time
import zipfile

import openpyxl
import pandas as pd
import pytest
import yaml
from openpyxl import Workbook
from shipped import own_names

from fhi import paths
from fhi.editions import units_of
from fhi.engine.errors import DataError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.index import build
from fhi.paths import RAW, ROOT, SCENARIOS
from fhi.reading import spreadsheets
from fhi.running import lab
from fhi.running.workbook import importing
from fhi.running.workbook import sheets as writing
from fhi.running.workbook.sheets import ROW_KEYS, Sheet, framework_sheet, sheets
from fhi.scenarios import layers_of, load_scenario, own_settings, resolved_yaml, scenario_names

EVIL = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=1+1", "#N/A", "#DIV/0!", "TRUE", "1.5"]


@pytest.fixture(scope="module")
def content(built):
    return writing.workbook_bytes(sheets(built.store()))


@pytest.fixture(scope="module")
def tree(content):
    """The workbook with the sheets of the tree alone: it is read five times as fast."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in set(book.sheetnames) - {"about", "framework", "experts"}:
        del book[sheet]
    small = io.BytesIO()
    book.save(small)
    return small.getvalue()


@pytest.fixture
def scenarios(tmp_path, monkeypatch):
    """A folder of the shipped scenarios in which a test may write."""
    folder = tmp_path / "scenarios"
    shutil.copytree(SCENARIOS, folder, ignore=own_names)
    monkeypatch.setattr(paths, "SCENARIOS", folder)
    for function in (load_scenario, own_settings, layers_of, scenario_names):
        monkeypatch.setattr(function, "__defaults__", (folder,))
    return folder


@pytest.fixture
def edited(content, tree, tmp_path):
    """Return a function that writes the workbook with changes ``{(sheet, node, column): value}``."""

    def edit(changes=(), name="mine", delete=()):
        # any other sheet is read against what was exported
        small = {sheet for sheet, *_ in dict(changes)} == {"framework"} and not delete
        book = openpyxl.load_workbook(io.BytesIO(tree if small else content))
        for (sheet, node, column), value in dict(changes).items():
            find(book[sheet], node, column).value = value
        for sheet in delete:
            del book[sheet]
        book.save(tmp_path / f"{name}.xlsx")
        return tmp_path / f"{name}.xlsx"

    return edit


def find(worksheet, node, column):
    header = [cell.value for cell in worksheet[1]]
    places = [header.index(name) for name in ROW_KEYS.get(worksheet.title, header[:1])]
    if worksheet.title == "framework":
        places = [header.index("code")]
    wanted = node if isinstance(node, tuple) else (node,)
    row = next(row for row in worksheet.iter_rows() if tuple(row[place].value for place in places) == wanted)
    return row[header.index(column)]


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def refused(scenarios, edited):
    """Return a function that imports a workbook with changes and returns the problems; nothing may be written."""

    def fail(changes):
        before = files(scenarios)
        with pytest.raises(DataError) as caught:
            importing.import_workbook(edited(changes))
        assert files(scenarios) == before
        return {(p.file.split("sheet ")[-1], p.column): p for p in caught.value.problems}

    return fail


def table(content, sheet):
    return pd.read_excel(
        io.BytesIO(content), engine="openpyxl", sheet_name=sheet, keep_default_na=False, na_values=[""]
    )


def test_every_stage_has_its_sheet_and_the_numbers_are_those_of_the_files(content, built):
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == [
        *("about", "framework", "experts", "raw", "treated", "normalised", "weights", "scores", "ranks"),
        *("comparison", "provenance", "sources", "exported"),
    ]
    store = built.store()
    for sheet, name, heads in (("raw", "indicators", 4), ("normalised", "normalised", 4), ("scores", "scores", 2)):
        found = table(content, sheet).iloc[heads:].set_index("city").drop(columns="city_en").astype(float)
        expected = store[name].set_index("city").astype(float)
        pd.testing.assert_frame_equal(found[list(expected)], expected, check_names=False)
    panel = table(content, "provenance")
    assert panel["value"].tolist() == store["panel"]["value"].tolist()
    assert panel[["evidence", "source_id", "citation"]].notna().all().all()
    assert len(table(content, "comparison")) == len(store["comparison"])


def test_the_first_sheet_says_what_the_columns_of_the_others_mean(content):
    rows = table(content, "about")
    texts = {(row.item, row.value): (row.说明, row.about) for row in rows.itertuples()}
    named = {"weights": ["weight", "effective", "importance"], "provenance": ["value", "low", "evidence"]}
    assert all(isinstance(text, str) for sheet in named for head in named[sheet] for text in texts[sheet, head])
    assert texts["weights", "importance"][1] == "importance as a share of the sum over the siblings"


def test_the_sheets_are_formatted(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        assert sheet.freeze_panes not in (None, "A1"), sheet.title
        assert sheet["A1"].font.bold and sheet["A1"].fill.fgColor.rgb.endswith("0B3C6F")
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(writing.NARROWEST <= width <= writing.WIDEST for width in widths)
    assert book["scores"]["C4"].number_format == "0.0" and book["ranks"]["C4"].number_format == "0"
    assert book["raw"]["C2"].value == "企业规模" and book["raw"]["C3"].value == "Firm scale"
    assert [book["raw"].cell(row, 1).value for row in (4, 5)] == ["unit", "direction"]


def test_filled_and_treated_cells_are_marked(built, tmp_path):
    store = built.store()
    cells = pd.DataFrame({"city": ["上海"], "indicator": ["gdp"]})
    store._read |= {"imputation": cells.assign(value=1.0), "treatment": cells.assign(city="北京")}
    treated = next(sheet for sheet in sheets(store) if sheet.name == "treated")
    column = treated.head[0].index("gdp")
    assert {(treated.rows[row][0], place): kind for (row, place), kind in treated.marks.items()} == {
        ("上海", column): "filled",
        ("北京", column): "treated",
    }


def test_no_text_becomes_a_formula_or_an_error():
    sheet = Sheet("x", {}, [EVIL], [EVIL, ["a"] * len(EVIL)])
    content = writing.workbook_bytes([sheet])
    worksheet = openpyxl.load_workbook(io.BytesIO(content))["x"]
    for row in (1, 2):
        cells = list(worksheet[row])
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value.replace("_x000D_", "\r") for cell in cells] == EVIL
        assert [cell.quotePrefix for cell in cells] == [text.startswith(writing.FORMULA) for text in EVIL]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_characters_that_xml_cannot_hold_are_written_as_excel_does():
    content = writing.workbook_bytes([Sheet("x", {}, [["a"]], [["\x00b\x1f"]])])
    assert openpyxl.load_workbook(io.BytesIO(content))["x"]["A2"].value == "_x0000_b_x001F_"


def test_numbers_read_back_exactly():
    numbers = [0.1 + 0.2, 1 / 3, 21.402042711234913, 1e-300, 123456789.12345679, -5.5, 3]
    content = writing.workbook_bytes([Sheet("x", {}, [["a"]], [[number] for number in numbers])])
    worksheet = openpyxl.load_workbook(io.BytesIO(content))["x"]
    assert [cell.value for cell in worksheet["A"][1:]] == numbers
    assert {cell.data_type for cell in worksheet["A"][1:]} == {"n"}


def test_missing_is_empty_and_numbers_are_numbers():
    frame = pd.DataFrame({"a": [1.5, None], "b": pd.array([3, None], dtype="Int64"), "c": [True, False]})
    content = writing.workbook_bytes([Sheet("x", {}, [list(frame)], frame.to_numpy(dtype=object).tolist())])
    worksheet = openpyxl.load_workbook(io.BytesIO(content))["x"]
    assert [[cell.value for cell in row] for row in worksheet.iter_rows(min_row=2)] == [
        [1.5, 3, "TRUE"],
        [None, None, "FALSE"],
    ]


def test_the_same_content_gives_the_same_bytes_at_any_time(content, built):
    time.sleep(2.1)  # dates in an archive count two seconds
    assert writing.workbook_bytes(sheets(built.store())) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {writing.ZIP_DATE}
        assert b"2018-11-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_an_unedited_workbook_changes_nothing(scenarios, edited):
    before = files(scenarios)
    assert importing.import_workbook(edited()) == []
    assert files(scenarios) == before


def test_edited_weights_and_directions_become_a_scenario(scenarios, edited):
    path = edited({("framework", "experience", "weight"): 2, ("framework", "gdp", "direction"): -1})
    assert importing.import_workbook(path) == ["weight of experience: 1 → 2", "direction of gdp: 1 → -1"]
    method = load_scenario("mine")
    assert (method.weights, method.directions) == ({"experience": 2}, {"gdp": -1})
    assert method.normalisation == load_scenario("baseline").normalisation


def test_a_round_trip_of_a_changed_scenario_changes_nothing(scenarios, edited, built, tmp_path):
    importing.import_workbook(
        edited({("framework", "experience", "weight"): 0.1, ("framework", "gdp", "direction"): -1})
    )
    store = built.store()
    tree = Framework.from_csv(RAW / "report2018" / "framework.csv")
    method = load_scenario("mine")
    copy = type(store)("mine", root=tmp_path / "out")
    shutil.copytree(built.folder / "data/processed/baseline", tmp_path / "out/data/processed/mine")
    copy.write_bytes("data/processed/mine/scenario.yml", resolved_yaml(method).encode())
    again = tmp_path / "again.xlsx"
    again.write_bytes(writing.workbook_bytes(sheets(copy)))
    assert importing.import_workbook(again) == []
    # and it is the scenario that was meant
    index = build(store["panel"], tree, method)
    meant = build(
        store["panel"], tree.with_weights({"experience": 0.1}).with_directions({"gdp": -1}), load_scenario("baseline")
    )
    pd.testing.assert_frame_equal(index.scores, meant.scores)


def test_importing_again_replaces_what_was_imported_and_nothing_else(scenarios, edited):
    importing.import_workbook(edited({("framework", "gdp", "weight"): 2}))
    importing.import_workbook(edited({("framework", "gdp", "weight"): 3}))
    assert load_scenario("mine").weights == {"gdp": 3}
    before = files(scenarios)
    for name in ("baseline", "equal"):
        with pytest.raises(MethodError, match="was not imported; give another name"):
            importing.import_workbook(edited({("framework", "gdp", "weight"): 2}), name)
    assert files(scenarios) == before


@pytest.mark.parametrize("name", ["../x", "a/b", "/tmp/x", "..", "", "a.b", "-x", "_x", "a b", "x\n", "a\0"])
def test_a_name_that_leaves_the_folder_is_refused(scenarios, tree, name):
    before = files(scenarios.parent)
    path = scenarios.parent / "book.xlsx"
    path.write_bytes(tree)
    with pytest.raises(MethodError, match="cannot name a scenario"):
        importing.import_workbook(path, name)
    assert {key for key in files(scenarios.parent) if key != "book.xlsx"} == set(before)


def test_a_chinese_name_is_a_name(scenarios, edited):
    importing.import_workbook(edited({("framework", "gdp", "weight"): 2}), "方案一")
    assert load_scenario("方案一").weights == {"gdp": 2}


@pytest.mark.parametrize(
    "node, column, value, expected",
    [
        ("gdp", "weight", -1, "a number from 0"),
        ("gdp", "weight", "much", "a number such as"),
        ("gdp", "weight", None, "a value"),
        ("gdp", "direction", 0, "one of 1, -1"),
        ("economy", "direction", -1, "1 above the indicators"),
        ("gdp", "code", "gpd", "gdp"),
        ("gdp", "parent", "research", "'economy' as exported"),
        ("gdp", "name_zh", "别名", "'城市经济规模' as exported"),
        ("FHI", "weight", 2, "1 as exported"),
        ("gdp", "weight", "#DIV/0!", "a number"),
    ],
)
def test_a_bad_cell_of_the_tree_is_named_with_sheet_row_and_column(refused, node, column, value, expected):
    problems = refused({("framework", node, column): value})
    problem = next(problem for key, problem in problems.items() if key == ("framework", column))
    assert problem.file == "mine.xlsx, sheet framework"
    assert expected in f"{problem.expected} {problem.remedy}" and problem.remedy
    assert problem.row == {"gdp": 24, "economy": 12, "FHI": 2}[node] or column == "code"


def test_all_problems_of_a_sheet_are_told_together(scenarios, edited):
    cells = {
        ("adoption", "weight"): -1,
        ("gdp", "weight"): "=1/3",
        ("services", "weight"): "x",
        ("gdp", "direction"): 3,
    }
    path = edited({("framework", *cell): value for cell, value in cells.items()})
    worksheet = openpyxl.load_workbook(path)["framework"]
    with pytest.raises(DataError) as caught:
        importing.import_workbook(path)
    places = [(problem.row, problem.column) for problem in caught.value.problems]
    assert sorted(places) == sorted((find(worksheet, *cell).row, cell[1]) for cell in cells)


def test_weights_that_sum_to_nothing_are_refused(refused):
    family = ("gdp", "finance_industry", "technology_industry")
    problems = refused({("framework", node, "weight"): 0 for node in family})
    assert "a positive sum of weights below economy" in problems["framework", "weight"].expected


def test_a_formula_without_its_value_is_refused_and_with_it_is_read(scenarios, edited, refused, tmp_path):
    problem = refused({("framework", "gdp", "weight"): "=1/4"})["framework", "weight"]
    assert (problem.row, problem.value) == (24, "=1/4") and "paste it as a value" in problem.remedy
    # as a spreadsheet program saves it: formula and value
    path = edited({("framework", "gdp", "weight"): "=1/4"})
    with_value = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(with_value, "w") as after:
        for name in before.namelist():
            after.writestr(
                name,
                before.read(name)
                .replace(b"<f>1/4</f><v></v>", b"<f>1/4</f><v>0.25</v>")
                .replace(b"<f>1/4</f><v />", b"<f>1/4</f><v>0.25</v>"),
            )
    path.write_bytes(with_value.getvalue())
    assert importing.import_workbook(path) == ["weight of gdp: 1 → 0.25"]
    assert load_scenario("mine").weights == {"gdp": 0.25}


def family_points(points):
    """Return changes that give each family of the tree 100 points of one expert, in equal parts but for `points`."""
    tree = Framework.from_csv(RAW / "report2018" / "framework.csv")
    given = {}
    for parent in [tree.root, *tree.nodes]:
        family = tree.children(parent)
        if len(family) > 1:
            given |= dict.fromkeys(family, 100 // len(family))
            given[family[0]] += 100 - sum(given[node] for node in family)
    return {("experts", node, "expert 1"): value for node, value in (given | points).items()}


def test_points_of_experts_become_a_scenario(scenarios, edited):
    path = edited(family_points({"industry": 50, "experience": 30, "ecosystem": 20}))
    assert importing.import_workbook(path) == ["points of 1 expert: expert 1"]
    step = load_scenario("mine").weighting
    assert step.method == "budget-allocation"
    assert {node: step.params["experts"]["expert 1"][node] for node in ("industry", "ecosystem")} == {
        "industry": 50,
        "ecosystem": 20,
    }


@pytest.mark.parametrize("value, expected", [(-5, "not negative"), ("x", "a number such as")])
def test_bad_points_are_named_with_sheet_row_and_column(refused, value, expected):
    problem = refused(family_points({"industry": value}))["experts", "expert 1"]
    assert (problem.file, problem.row) == ("mine.xlsx, sheet experts", 2) and expected in problem.expected


def test_points_that_do_not_add_up_are_refused_before_anything_is_written(scenarios, edited):
    before = files(scenarios)
    with pytest.raises(MethodError, match=r"points of expert 1 below FHI sum to 95, not 100") as caught:
        importing.import_workbook(edited(family_points({"industry": 50, "experience": 25, "ecosystem": 20})))
    assert "scenarios/mine.yml" in str(caught.value)
    assert files(scenarios) == before


def test_a_change_builds_on_the_scenario_that_was_exported(scenarios, edited):
    path = edited({("framework", "gdp", "direction"): -1})
    book = openpyxl.load_workbook(path)
    book["about"]["B2"].value = "equal"
    book.save(path)
    importing.import_workbook(path)
    written = yaml.safe_load((scenarios / "mine.yml").read_text(encoding="utf-8"))
    assert written["weighting"] == {"method": "equal", "within": "all"} and written["directions"] == {"gdp": -1}
    book["about"]["B2"].value = "../../etc"
    book.save(path)
    with pytest.raises(DataError, match=r"sheet about: row 2, column value: found '../../etc'"):
        importing.import_workbook(path)
    book["about"].delete_cols(2, 9)
    book.save(path)
    with pytest.raises(DataError, match=r"sheet about: row 2, column value: found ''"):
        importing.import_workbook(path)


@pytest.mark.slow
def test_a_workbook_of_another_edition_is_read_by_its_own_tree(scenarios, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "tests/data/baltic", tmp_path / "raw/baltic")
    monkeypatch.setattr(paths, "RAW", tmp_path / "raw")
    (scenarios / "baltic.yml").write_text("edition: baltic\n", encoding="utf-8")
    tree = Framework.from_table(units_of("baltic")[1]).with_weights({"fees": 3})
    about = Sheet("about", {}, [["item", "value"]], [["scenario", "baltic"]])
    (tmp_path / "mine.xlsx").write_bytes(writing.workbook_bytes([about, framework_sheet(tree)]))
    assert importing.import_workbook(tmp_path / "mine.xlsx") == ["weight of fees: 1 → 3"]
    assert (load_scenario("mine").edition, load_scenario("mine").weights) == ("baltic", {"fees": 3})


def test_raw_weights_beside_weights_of_the_data_are_refused(scenarios, edited):
    path = edited({("framework", "gdp", "weight"): 2})
    book = openpyxl.load_workbook(path)
    book["about"]["B2"].value = "entropy"
    book.save(path)
    with pytest.raises(MethodError, match="takes no account of raw weights"):
        importing.import_workbook(path)
    assert not (scenarios / "mine.yml").exists()


def test_a_sheet_alone_suffices(scenarios, edited):
    others = ["about", "experts", "raw", "scores"]
    assert importing.import_workbook(edited({("framework", "gdp", "weight"): 2}, delete=others))
    book = Workbook()
    book.save(path := scenarios.parent / "empty.xlsx")
    with pytest.raises(DataError, match="a sheet framework or experts"):
        importing.import_workbook(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"code,weight\n", b"PK\x03\x04" + b"x" * 100])
def test_what_is_no_workbook_is_refused(scenarios, tmp_path, content):
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"mine\.xlsx: whole file: .*expected a workbook"):
        importing.import_workbook(path)
    with pytest.raises(DataError, match="expected a workbook; remedy: check the path"):
        importing.import_workbook(tmp_path / "none.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(scenarios, edited, monkeypatch):
    monkeypatch.setattr(spreadsheets, "UNPACKED", 1000)
    with pytest.raises(DataError, match="at most 1,000"):
        importing.import_workbook(edited())


def test_a_failure_while_writing_leaves_no_half_file(scenarios, edited, monkeypatch):
    before = files(scenarios)
    monkeypatch.setattr("fhi.files.os.fdopen", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        importing.import_workbook(edited({("framework", "gdp", "weight"): 2}))
    assert files(scenarios) == before


# --- raw values -------------------------------------------------------------------------------------------
@pytest.fixture
def user(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "USER", tmp_path / "user")
    return tmp_path / "user"


def test_a_changed_raw_value_comes_back_as_own_data(scenarios, edited, user, built):
    path = edited({("raw", "上海", "gdp"): 40000.5, ("provenance", ("北京", 2016, "gdp"), "value"): 1})
    before = built.store()["indicators"].set_index("city").at["上海", "gdp"]
    assert importing.import_workbook(path) == [
        f"gdp of 上海, 2018: {before:.16g} → 40000.5".replace("40000.5", f"{40000.5:g}"),
        next(change for change in importing.import_workbook(path) if change.startswith("gdp of 北京, 2016")),
    ]
    table = pd.read_csv(user / "mine/yearbooks.csv")
    assert table.to_dict("records") == [
        {"city": "上海", "year": 2018, "measure": "gdp", "value": 40000.5},
        {"city": "北京", "year": 2016, "measure": "gdp", "value": 1.0},
    ]
    method = load_scenario("mine")
    assert (method.user_data.folder, method.user_data.replaces) == ("mine", "cell")
    data, plain = lab.read_data(method), lab.read_data(load_scenario("baseline"))
    key = ["city", "year", "indicator"]
    both = data.panel.merge(plain.panel, on=key, how="outer", suffixes=("", "_before"))
    changed = both[both["value"] != both["value_before"]]
    assert set(zip(changed["city"], changed["year"], changed["value"], strict=True)) == {
        ("上海", 2018, 40000.5),
        ("北京", 2016, 1.0),
    }
    assert set(changed["evidence"]) == {"user"}


def test_a_missing_raw_value_can_be_filled_in(scenarios, edited, user):
    path = edited({("raw", "香港", "universities"): 5})
    assert importing.import_workbook(path) == ["universities of 香港, 2018: missing → 5"]
    assert lab.read_data(load_scenario("mine")).panel.query("indicator == 'universities' and city == '香港'")[
        "value"
    ].tolist() == [5.0]


def test_further_values_are_added_to_those_that_were_imported(scenarios, edited, user):
    importing.import_workbook(edited({("raw", "上海", "gdp"): 1}))
    path = edited({("raw", "北京", "gdp"): 2}, name="again")
    book = openpyxl.load_workbook(path)
    book["about"]["B2"].value = "mine"
    book.save(path)
    importing.import_workbook(path)
    assert pd.read_csv(user / "again/yearbooks.csv")["value"].tolist() == [1, 2]
    assert pd.read_csv(user / "mine/yearbooks.csv")["value"].tolist() == [1]


@pytest.mark.parametrize(
    "sheet, key, column, value, expected",
    [
        ("scores", "杭州", "FHI", 99, "as exported"),
        ("ranks", "杭州", "FHI", 1, "as exported"),
        ("normalised", "杭州", "gdp", 100, "as exported"),
        ("treated", "杭州", "gdp", 5, "as exported"),
        ("weights", "gdp", "weight", 0.9, "as exported"),
        ("comparison", ("FHI", "杭州"), "published", 1, "as exported"),
        ("provenance", ("北京", 2016, "gdp"), "evidence", "user", "'public' as exported"),
        ("provenance", ("北京", 2016, "gdp"), "low", 1, "as exported"),
        ("about", "least_coverage", "value", 0.1, "a scenario file"),
        ("sources", "cities", "licence", "none", "as exported"),
        ("experts", "gdp", "name_zh", "x", "as exported"),
        ("raw", "unit", "gdp", "USD", "as exported"),
        ("raw", "杭州", "gdp", "much", "a number such as"),
        ("raw", "杭州", "gdp", None, "exclude_cities"),
        ("raw", "杭州", "gdp", "=1+1", "a number such as"),
        ("raw", "杭州", "city_en", "Hang", "as exported"),
    ],
)
def test_a_changed_cell_that_is_not_read_back_is_refused_by_name(refused, user, sheet, key, column, value, expected):
    (problem,) = refused({(sheet, key, column): value}).values()
    assert problem.file == f"mine.xlsx, sheet {sheet}" and problem.column == column and problem.row
    assert problem.value == (None if value is None else str(value))
    assert expected in f"{problem.expected} {problem.remedy}" and "cell " in f"{problem.expected} {problem.remedy}"
    assert not user.exists()


def test_rows_that_are_new_or_gone_are_refused_and_sorted_ones_are_not(scenarios, edited, user):
    path = edited()
    book = openpyxl.load_workbook(path)
    cells = [cell.value for cell in book["raw"][6]]
    book["raw"].delete_rows(6)
    book["raw"].append(["苏州", "Suzhou", *cells[2:]])
    book.save(path)
    with pytest.raises(DataError) as caught:
        importing.import_workbook(path)
    told = {(problem.value, problem.expected) for problem in caught.value.problems}
    assert told == {("苏州", "no row that was not exported"), (None, f"the row '{cells[0]}' as exported")}
    path = edited()
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book["weights"].iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for place, value in enumerate(row, start=1):
            book["weights"].cell(number, place).value = value
    book.save(path)
    assert importing.import_workbook(path) == []


def test_what_spreadsheet_programs_round_when_they_save_is_no_change(scenarios, edited, content):
    path = edited()
    book = openpyxl.load_workbook(path)
    for row in book["scores"].iter_rows():
        for cell in row:
            if isinstance(cell.value, float):
                cell.value = float(f"{cell.value:.15g}")
    book.save(path)
    assert importing.import_workbook(path) == []


def test_one_cell_with_two_values_and_files_beside_it_are_refused(scenarios, edited, user):
    changes = {("raw", "北京", "adoption"): 1, ("provenance", ("北京", 2018, "adoption"), "value"): 2}
    with pytest.raises(DataError, match=r"adoption of 北京, 2018.*one value"):
        importing.import_workbook(edited(changes))
    (user / "mine").mkdir(parents=True)
    (user / "mine/firms.csv").write_text("x", encoding="utf-8")
    with pytest.raises(MethodError, match="data/user/mine holds files that were not imported"):
        importing.import_workbook(edited({("raw", "北京", "gdp"): 1}))
    (scenarios / "given.yml").write_text("user_data: mine\n", encoding="utf-8")
    path = edited({("raw", "北京", "gdp"): 1}, name="other")
    book = openpyxl.load_workbook(path)
    book["about"]["B2"].value = "given"
    book.save(path)
    with pytest.raises(MethodError, match="its indicators come from files \\(data/user/mine\\)"):
        importing.import_workbook(path)
    assert not (scenarios / "mine.yml").exists() and not (scenarios / "other.yml").exists()


def test_weights_put_back_to_those_of_the_tree_are_not_inherited_again(scenarios, edited):
    (scenarios / "first.yml").write_text("weights: {gdp: 3}\n", encoding="utf-8")
    (scenarios / "second.yml").write_text("base: first\n", encoding="utf-8")
    path = edited()
    book = openpyxl.load_workbook(path)
    book["about"]["B2"].value = "second"
    book.save(path)
    assert importing.import_workbook(path) == ["weight of gdp: 3 → 1"]
    assert load_scenario("mine").weights == {} and load_scenario("second").weights == {"gdp": 3}
