"""What Make promises: nothing runs twice, a change reruns what follows it and no more, bad choices fail first."""

import ast
import os
import re
import shlex
import shutil
import time
from pathlib import Path

import pytest
from sampled import FUZZ
from shipped import NOTEBOOK_NAMES, STAGES

from fhi.imports import closure, imported, make_rules, notebook_code, used_by, with_packages
from fhi.paths import ROOT


def planned(checkout, *arguments):
    """Return the commands that make would run, as '<command> <stage>'."""
    text = checkout.make("-n", "report", *arguments).stdout
    return [" ".join(words) for words in re.findall(r'fhi.py (\w+) "?(\w+)"?', text)]


def touch(path: Path):
    later = time.time() + 5
    os.utime(path, (later, later))


@pytest.fixture(scope="module")
def own(built, tmp_path_factory):
    """A copy of the built checkout, dates and all: what is deleted here is missed by no other test."""
    folder = tmp_path_factory.mktemp("own") / "checkout"
    shutil.copytree(built.folder, folder)
    return type(built)(folder, copied=True)


@pytest.fixture
def put(unbuilt):
    """Yield a function that writes a file of the staff into that copy, to be taken away after the test."""
    written = []

    def write(name, text):
        path = unbuilt.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)

    yield write
    for path in written:
        path.unlink()


@pytest.fixture
def untouched(own):
    """Yield a built checkout and put the dates of its files back afterwards."""
    before = {path: path.stat() for path in own.folder.rglob("*") if path.is_file()}
    yield own
    for path, stat in before.items():
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_second_report_has_nothing_to_do(built):
    assert planned(built) == []


#: a file and the stages that run again where it is newer; the first ones are tried in every run of the tests
CHANGES = [
    ("fhi/showing/figures/ecosystem.py", ["07_charting"]),
    ("fhi/engine/agreement.py", STAGES[2:]),
    ("data/raw/report2018/adoption.csv", STAGES),
    ("notebooks/03_weighting.ipynb", ["03_weighting", "06_audit", "07_charting"]),
    ("fhi/engine/aggregation/means.py", STAGES),
    ("fhi/engine/identification/analyses.py", STAGES[4:]),
    ("fhi/editions/construction.py", STAGES),
    ("fhi/codebook/tables.csv", STAGES),
]


@pytest.mark.fuzz
@pytest.mark.parametrize("changed, stages", CHANGES if FUZZ else CHANGES[:4])
def test_a_change_reruns_what_follows_it_and_no_more(untouched, changed, stages):
    touch(untouched.folder / changed)
    commands = planned(untouched)
    assert [command for command in commands if command.startswith("run")] == [f"run {stage}" for stage in stages]
    assert commands[-3:] == ["page baseline", "pdf baseline", "manifest baseline"]


@pytest.mark.parametrize(
    "changed, commands",
    [
        ("fhi/showing/assets/report/page.css", ["page"]),
        ("fhi/showing/assets/report/explorer.js", ["page"]),
        ("fhi/showing/assets/report/cities.html.j2", ["page"]),
        ("fhi/showing/assets/report/document.typ", ["pdf"]),
        ("fhi/showing/report/tables.py", ["page", "pdf"]),
    ],
)
def test_a_change_of_page_or_print_alone_draws_nothing(untouched, changed, commands):
    touch(untouched.folder / changed)
    assert planned(untouched) == [f"{command} baseline" for command in (*commands, "manifest")]


@pytest.mark.parametrize("name", ["report.html", "report.zh.pdf", "report.en.pdf", "manifest.json"])
def test_a_deleted_page_or_print_is_written_again(untouched, name):
    path = untouched.folder / "reports/baseline" / name
    content = path.read_bytes()
    path.unlink()
    try:
        expected = {"report.html": ["page"], "manifest.json": []}.get(name, ["pdf"])
        assert planned(untouched) == [f"{command} baseline" for command in (*expected, "manifest")]
    finally:
        path.write_bytes(content)


def test_a_change_of_what_a_column_means_draws_nothing(untouched):
    touch(untouched.folder / "fhi/codebook/columns.csv")
    assert planned(untouched) == ["page baseline", "manifest baseline"]


def test_a_deleted_output_is_built_again(untouched):
    path = untouched.folder / "data/processed/baseline/scores.csv"
    content = path.read_bytes()
    path.unlink()
    try:
        assert planned(untouched)[0] == "run 03_weighting"
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("command, module", [("page", "page"), ("page", "explorer"), ("pdf", "pdf")])
def test_make_knows_every_module_that_page_and_print_use(command, module):
    rules = dict(line.split(" := ") for line in make_rules().splitlines())
    used = with_packages(closure(ROOT / "fhi/showing/report" / f"{module}.py"))
    assert {path.relative_to(ROOT).as_posix() for path in used} <= set(rules[f"CODE_{command}"].split())


def test_what_a_module_is_made_of_has_the_tables_that_it_reads():
    report = ROOT / "fhi/showing/report"
    used = with_packages(closure(report / "explorer.py") | {report / "measures.py"})
    assets = ROOT / "fhi/showing/assets/report"
    assert {assets / "words.csv", assets / "units.csv", report / "tables.csv", ROOT / "fhi/engine/words.csv"} <= used
    assert with_packages({ROOT / "fhi/engine/words.py"}) & set(ROOT.rglob("words.csv")) == {
        ROOT / "fhi/engine/words.csv"
    }


@pytest.mark.slow
def test_the_imports_that_are_found_are_those_that_python_sees():
    for path in sorted((ROOT / "fhi").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        found = set()
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {(node.module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {(alias.name, "") for alias in node.names}
        # an example in a docstring may be found as well
        assert {(module, name) for module, name in found if module.split(".")[0] == "fhi"} <= imported(code), path


def test_a_stage_is_told_of_every_module_that_it_uses(unbuilt):
    """It is told of its prerequisites: a module that is not among them would change without a new run."""
    told = listed(unbuilt, "baseline")
    for stage in STAGES:
        code = notebook_code(ROOT / "notebooks" / f"{stage}.ipynb")
        used = {path.relative_to(ROOT).as_posix() for path in used_by(code)}
        assert used - told[stage] <= {"fhi/__init__.py"}, stage
        assert f"notebooks/{stage}.ipynb" in told[stage]


def listed(checkout, scenario):
    """Return by stage the prerequisites that make tells it of."""
    text = checkout.make("-n", "-B", "report", f"SCENARIO={scenario}").stdout
    return {stage: set(shlex.split(rest)) for stage, rest in re.findall(rf'fhi.py run (\w+) "{scenario}" (.*)', text)}


def test_the_folder_of_an_edition_says_what_it_is_built_from_and_which_stages_there_are(checkout):
    raw = checkout.folder / "data/raw"
    shutil.copytree(ROOT / "tests/data/baltic", raw / "baltic")
    (checkout.folder / "notebooks/scenarios/baltic.yml").write_text("edition: baltic\n", encoding="utf-8")
    baseline, baltic = listed(checkout, "baseline"), listed(checkout, "baltic")
    assert list(baseline) == STAGES and set(baltic) == set(STAGES)
    # no file of another edition is behind a scenario: none makes it stale
    assert {"data/raw/report2018/top20.csv", "data/raw/report2018/edition.yml"} <= baseline["01_ingestion"]
    assert {"data/raw/baltic/indicators.csv", "data/raw/baltic/edition.yml"} <= baltic["01_ingestion"]
    for own, stages in (("report2018", baseline), ("baltic", baltic)):
        folders = {path.split("/")[2] for files in stages.values() for path in files if path.startswith("data/raw/")}
        assert not folders & {"baltic", "template", "report2018"} - {own}
    for name in ("facts.csv", "claims.csv"):
        (raw / "baltic" / name).unlink()
    fewer = listed(checkout, "baltic")
    assert set(fewer) == set(STAGES) - {"05_identification", "06_audit"}
    assert not any("05_identification" in file or "06_audit" in file for file in fewer["07_charting"])


def test_a_comparison_builds_what_it_compares_and_no_more(own):
    text = own.make("-n", "compare", "SCENARIO=entropy").stdout
    commands = re.findall(r'fhi.py (\w+) "?(\w+)"?', text)
    assert commands == [
        ("check", "entropy"),
        *(("run", stage) for stage in ("01_ingestion", "02_indicators", "03_weighting")),
        ("compare", "entropy"),
    ]
    touch(own.folder / "fhi/engine/aggregation/means.py")
    text = own.make("-n", "compare", "SCENARIO=entropy").stdout
    assert re.findall(r'fhi.py run (\w+) "baseline"', text) == STAGES[:3]


def test_a_scenario_is_not_compared_with_itself_or_with_none_that_exists(own):
    done = own.make("compare", check=False)
    assert done.returncode != 0 and "SCENARIO and BASE are the same" in done.stderr
    done = own.make("compare", "SCENARIO=entorpy", check=False)
    assert done.returncode != 0 and "Did you mean entropy" in done.stderr
    done = own.make("compare", "SCENARIO=entropy", "BASE=equall", check=False)
    assert done.returncode != 0 and "Did you mean equal" in done.stderr


def test_an_unknown_scenario_fails_before_anything_runs(unbuilt):
    done = unbuilt.make("report", "SCENARIO=baselin", check=False)
    assert done.returncode != 0
    assert "baselin" in done.stderr and "Did you mean baseline?" in done.stderr
    assert not (unbuilt.folder / "data/processed").exists()


#: what is refused by name; tests/running/test_checking.py tries more of them without Make
BAD = [
    ("normalization: rank", "normalization", "normalisation"),
    ("normalisation: min-maxx", "normalisation", "min-max"),
    ("normalisation: {method: z-score, scale: [0, 1]}", "normalisation.scale", "mean"),
    ("weights: {adoptoin: 2}", "weights", "adoption"),
    ("aggregation: geometrical", "aggregation", "geometric"),
    ("exclude_cities: [香港市]", "exclude_cities", "香港"),
    ("least_coverage: 2", "least_coverage", "1"),
]


@pytest.mark.fuzz
@pytest.mark.parametrize("settings, key, nearest", BAD if FUZZ else BAD[-2:])
def test_a_bad_key_or_name_of_a_scenario_fails_before_anything_runs(unbuilt, put, settings, key, nearest):
    put("notebooks/scenarios/mine.yml", settings)
    done = unbuilt.make("report", "SCENARIO=mine", check=False)
    assert done.returncode != 0
    assert "scenarios/mine.yml" in done.stderr and key in done.stderr and nearest in done.stderr
    assert not (unbuilt.folder / "data/processed").exists()


def test_a_bad_raw_file_fails_with_every_bad_cell_and_writes_nothing(checkout):
    path = checkout.folder / "data/raw/report2018/top20.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("上海,2,", "上每,1,").replace("杭州,3,+1,4,", "杭州,3,+1,four,"), encoding="utf-8")
    checkout.make("checksums")
    done = checkout.make("report", check=False)
    assert done.returncode != 0
    for part in (
        "row 3, column city",
        "'上每'",
        "row 3, column rank",
        "row 2, column rank",
        "row 4, column industry_rank",
    ):
        assert part in done.stderr, part
    # it is found before any notebook starts
    assert "01_ingestion" not in done.stdout + done.stderr
    assert not (checkout.folder / "data/processed").exists()


def test_make_knows_the_files_of_a_chain_of_scenarios_and_what_they_name(checkout):
    folder = checkout.folder / "notebooks/scenarios"
    for name, content in (
        ("first", "edition: template\nuser_data: .\n"),
        ("second", "base: first\nyear: 2018\n"),
        ("third", "# on\nbase: 'second'  # and so on\n"),
        ("round", "base: trip\n"),
        ("trip", "base: round\n"),
    ):
        (folder / f"{name}.yml").write_text(content, encoding="utf-8")
    (checkout.folder / "data/user").mkdir(exist_ok=True)
    (checkout.folder / "data/user/firms.csv").write_text("name\n", encoding="utf-8")
    rules = checkout.make("-n", "-p", "help", "SCENARIO=third").stdout
    needed = re.search(r"^(?:\./)?data/processed/third/scenario.yml: (.*)", rules, re.MULTILINE)[1].split()
    assert {f"notebooks/scenarios/{name}.yml" for name in ("third", "second", "first", "baseline")} <= set(needed)
    assert {"data/user/firms.csv", "data/raw/template/indicators.csv"} <= set(needed)
    assert re.search(r"^EDITION := template$", rules, re.MULTILINE)
    assert re.search(r"^CHAIN := .*trip.yml", checkout.make("-n", "-p", "help", "SCENARIO=round").stdout, re.MULTILINE)


def test_a_deleted_raw_file_is_named_and_the_older_results_stay(own):
    path = own.folder / "data/raw/report2018/adoption.csv"
    content, ranks = path.read_bytes(), (own.folder / "data/processed/baseline/ranks.csv").read_bytes()
    path.unlink()
    try:
        done = own.make("report", check=False)
        assert done.returncode != 0
        assert "data/raw/report2018/adoption.csv: whole file: found nothing" in done.stderr
        assert (own.folder / "data/processed/baseline/ranks.csv").read_bytes() == ranks
    finally:
        path.write_bytes(content)


def test_a_page_larger_than_files_may_be_is_told_and_the_older_page_stays(own):
    """The same as on a full disk: the short form of what tests/faults.py tries at length."""
    page = own.folder / "reports/baseline/report.html"
    before = page.read_bytes()
    touch(own.folder / "fhi/showing/assets/report/page.css")
    done = own.make("report", check=False, before=["sh", "-c", 'ulimit -f 2000 && exec "$@"', "sh"])
    assert done.returncode != 0
    assert re.search(r"^File too large: .*report\.html", done.stderr, re.MULTILINE) and "Traceback" not in done.stderr
    assert page.read_bytes() == before
    assert sorted(path.name for path in page.parent.iterdir() if path.name.startswith(".")) == []


def test_the_name_of_a_file_of_the_staff_is_no_command(checkout):
    names = ["firms-(1).csv", "firms-'&made&'.csv", 'firms-"&made&".csv']
    (checkout.folder / "data/user").mkdir()
    for number, name in enumerate(names):
        firms = f"name,city,class,financing,date\n甲{number},杭州,支付,1亿元,2018-01\n"
        (checkout.folder / "data/user" / name).write_text(firms, encoding="utf-8")
    (checkout.folder / "notebooks/scenarios/mine.yml").write_text("user_data: .\nyear: 2018\n", encoding="utf-8")
    checkout.make("./reports/mine/notebooks/01_ingestion.ipynb", "SCENARIO=mine")
    assert not list(checkout.folder.rglob("*made"))


@pytest.mark.parametrize("name", ["x;touch${IFS}made;", "$(shell touch made)", "`touch${IFS}made`", "x#", "x:y"])
def test_the_name_of_a_file_of_the_staff_that_make_would_read_is_refused(unbuilt, put, name):
    put(f"data/user/firms-2018{name}.csv", "name\n")
    put("notebooks/scenarios/mine.yml", "user_data: .\n")
    done = unbuilt.make("report", "SCENARIO=mine", check=False)
    assert done.returncode != 0 and "rename the file in data/user" in done.stderr
    assert not list(unbuilt.folder.rglob("*made"))


@pytest.mark.parametrize("name", ["a b", "x;touch made", "$(touch made)", "`touch made`", "x'", "$(shell touch made)"])
def test_the_name_of_a_scenario_is_no_command(unbuilt, put, name):
    put(f"notebooks/scenarios/{name}.yml", "")
    done = unbuilt.make("compare-all", check=False)
    assert done.returncode != 0 and "rename the file in notebooks/scenarios" in done.stderr
    assert not list(unbuilt.folder.rglob("made"))


def test_goals_named_together_run_one_after_another(unbuilt, tmp_path):
    # a stand-in for the interpreter, that notes when each command begins and ends
    python, log = tmp_path / "bin/python", tmp_path / "log"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "$3" >> {log}; sleep 0.2; echo "end $3" >> {log}\n')
    python.chmod(0o755)
    (tmp_path / ".fhi-ready").touch()
    (tmp_path / "bin/uv").symlink_to("/bin/false")
    unbuilt.make(f"VENV={tmp_path}", "readme", "checksums")
    assert log.read_text().split("\n")[:-1] == ["readme", "end readme", "checksums", "end checksums"]
    log.unlink()
    assert unbuilt.make(f"VENV={tmp_path}", "lock", "checksums", check=False).returncode != 0
    assert not log.exists(), "what follows a goal that failed is not run"


def test_help_is_the_default_and_lists_the_commands(unbuilt):
    text = unbuilt.make().stdout
    for command in ("report", "compare", "compare-all", "export", "test", "notebooks", "lab", "clean", "lint"):
        assert re.search(rf"^  {command} ", text, re.MULTILINE)


def test_make_lists_the_notebooks_that_are_there_in_the_order_of_their_numbers():
    (listed,) = re.findall("^STAGES := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed.split() == STAGES == sorted(STAGES)
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} >= set(NOTEBOOK_NAMES)
