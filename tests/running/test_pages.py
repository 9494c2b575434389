"""README and documentation: short, complete in both languages, and their commands, links and messages are real."""

import re
import shlex
import shutil
import subprocess
import sys

import openpyxl
import pytest
import yaml

from fhi.__main__ import COMMANDS
from fhi.paths import ROOT
from fhi.scenarios import own_settings, validated

DOCS = ROOT / "docs"
#: pages that stand once, in both languages
SHARED = {"codebook.md", "claims.md", "findings.md", "glossary.md"}
PAGES = sorted(path.name for path in DOCS.glob("*.md") if path.name not in SHARED)
TEXTS = [ROOT / "README.md", ROOT / "README.zh.md", *DOCS.glob("*.md"), *DOCS.glob("zh/*.md")]
#: files that the reader of a page writes
WRITTEN = {"notebooks/scenarios/methods.py", "notebooks/scenarios/mine.yml"}
BLOCK = re.compile(r"^```(\w*|{\w+})\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(path):
    return BLOCK.findall(path.read_text(encoding="utf-8"))


def commands(path):
    """Return the command lines of a page, without comments and outputs."""
    lines = [line for kind, text in blocks(path) if not kind for line in text.splitlines()]
    return [line for line in lines if re.match(r"(make|printf|cp|\.venv/bin/)\b", line.strip())]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_is_short(name):
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 150


def test_every_page_is_there_in_both_languages():
    assert sorted(path.name for path in DOCS.glob("zh/*.md")) == PAGES
    for index, folder in ((DOCS / "index.md", DOCS), (DOCS / "zh/index.md", DOCS / "zh")):
        listed = set(next(text for kind, text in blocks(index) if kind == "{toctree}").split()[2:]) - {"zh/index"}
        assert listed == {path.stem for path in folder.glob("*.md")} - {"index"}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_page_that_stands_once_is_in_both_languages(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    assert re.match("# [A-Z].*[一-鿿]", text)
    if "\n## English\n" in text:
        english, chinese = text.split("\n## English\n")[1].split("\n## 中文\n")
        assert len(re.findall("[一-鿿]", chinese)) > len(english) / 10
        assert (english.count("|---"), english.count("\n- ")) == (chinese.count("|---"), chinese.count("\n- "))
    else:
        for head in re.findall(r"^\|.*\|$(?=\n\|---)", text, re.MULTILINE):
            assert "含义" in head and "meaning" in head


@pytest.mark.parametrize("name", [name for name in PAGES if name != "index.md"])
def test_a_page_says_the_same_in_both_languages(name):
    """Sections, tables and everything in code are the same; the drawing is shared."""
    shape = []
    for path in (DOCS / name, DOCS / "zh" / name):
        text = path.read_text(encoding="utf-8")
        shape.append((text.count("\n## "), text.count("|---"), blocks(path), len(re.findall(r"^\| ", text, re.M))))
        assert len(re.findall("[一-鿿]", text)) > (500 if path.parent.name == "zh" and len(text) > 3000 else -1)
    assert shape[0] == shape[1]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_links_and_names_is_there(path):
    text = path.read_text(encoding="utf-8")
    for target, _, part in re.findall(r"\]\(([^)#\s]*)(#([^)\s]*))?\)", text):
        if target.startswith("https://"):
            continue
        assert (path.parent / target).exists(), target
        if part:
            page = path.parent / (target or path.name)
            headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in headings}, part
    for name in re.findall(r"`((?:data/raw|fhi|tests|notebooks|docs)/[\w./-]+)`", text):
        assert (ROOT / name).exists() or name in WRITTEN or name.startswith("data/raw/fhi2019"), name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_exist(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    settable = set(re.findall(r"^([A-Z]+) \??:?=", makefile, re.MULTILINE)) | {"NAME", "FROM", "CHANGE", "SAVE", "BASE"}
    text = path.read_text(encoding="utf-8")
    made = [line for line in commands(path) if line.startswith("make ")] + re.findall(r"`(make [^`]*)`", text)
    for line in made:
        for word in shlex.split(line, comments=True)[1:]:
            name, sign, _ = word.partition("=")
            assert name in settable if sign else name in targets or name.startswith("-"), line
    for name in re.findall(r"-m fhi ([\w-]+)", text):
        assert name in COMMANDS, name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_scenarios_of_a_page_are_valid(path, tmp_path):
    for line in commands(path):
        if line.startswith("printf"):
            _, text, _, target = shlex.split(line)
            file = tmp_path / target.rsplit("/", 1)[1]
            file.write_text(text.replace("\\n", "\n"), encoding="utf-8")
            settings = own_settings(file.stem, tmp_path)
            assert settings == yaml.safe_load(file.read_text(encoding="utf-8"))
            # the file of methods is written and used in tests/running/test_own_methods.py
            if "methods" not in settings:
                validated({key: value for key, value in settings.items() if key != "edition"}, file.name)


def test_the_messages_that_are_explained_are_those_of_the_program():
    sources = [*ROOT.glob("fhi/**/*.py"), *ROOT.glob("fhi/**/*.csv"), ROOT / "Makefile", *ROOT.glob(".ci/*.sh")]
    program = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # a message may stand in several strings, one after another
    program = re.sub(r'"\s*\n?\s*f?"', "", program)
    told = []
    for name in ("troubleshooting.md", "zh/troubleshooting.md"):
        rows = re.findall(r"^\| (`.*?) \| ", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE)
        told.append([message for row in rows for message in re.findall(r"(?:`` (.+?) ``|`([^`]+)`)", row)])
        for message in told[-1]:
            assert "".join(message) in program, message
    assert told[0] == told[1] and len(told[0]) > 15


#: run here one after the other, as a reader would
WALK = """
printf 'weights: {experience: 2}\\n' > notebooks/scenarios/mine.yml
.venv/bin/python -m fhi check mine
make compare SCENARIO=mine
rm notebooks/scenarios/mine.yml
make try CHANGE="experience=2 normalisation=rank"
make try CHANGE="experience=2 normalisation=rank" SAVE=mine
make compare SCENARIO=mine
make compare BASE=baseline@3
make export
.venv/bin/python -m fhi import mine2.xlsx
make compare SCENARIO=mine2
make why
make history
make -n report
make site
make edition NAME=fhi2019 FROM=report2018
printf 'edition: fhi2019\\ndescription: {zh: 2019年版, en: Edition 2019}\\n' > notebooks/scenarios/fhi2019.yml
make checksums
make help
make clean
""".strip().splitlines()
#: command (a pattern) -> a test that runs it, and words of that test
ELSEWHERE = {
    r"make report": ("tests/conftest.py", 'make("report")'),
    r"make report SCENARIO=(mine|synthetic)|printf 'user_data.*|cp .*": ("tests/editions/test_folders.py", '"report"'),
    r"make report SCENARIO=fhi2019|make edition": ("tests/editions/test_next_year.py", '"SCENARIO=fhi2019"'),
    r"make report SCENARIO=hdi2021-undp": ("tests/running/test_run_all.py", '"hdi2021-undp"'),
    r"make report CLUSTER=.*|\.venv/bin/dask .*": ("tests/engine/robustness/test_parallel.py", "tcp://"),
    r"make compare-all": ("tests/running/test_scenario_runs.py", '"compare-all"'),
    r"make sweep": ("tests/editions/test_folders.py", 'make("sweep"'),
    r"make verify": ("tests/running/test_verification.py", 'make("verify"'),
    r"make expected( SCENARIO=.*| notebooks)?": ("tests/running/test_verification.py", "write_expected"),
    r"make checksums report": ("tests/test_makefile.py", 'make("checksums")'),
    r"make readme": ("tests/running/test_documentation.py", "documentation.pages()"),
    r"make lab( SCENARIO=mine)?": ("tests/running/test_lab.py", "lab.notebook("),
    r"\.venv/bin/jupyter lab docs/examples": ("tests/running/test_notebooks.py", "run_example"),
    r"printf 'methods.*": ("tests/running/test_own_methods.py", "docs/guide.md"),
    r"make compare SCENARIO=…": ("tests/running/test_scenario_runs.py", '"compare"'),
    r"python -m fhi try experience=2 --draws 500": ("tests/running/test_trying.py", '"--draws"'),
    r"python -m fhi check.*": ("tests/running/test_checking.py", "checking.check"),
    r"python -m fhi read FILE": ("tests/running/test_dry_run.py", "read"),
}
#: what takes the package index, minutes, or a person: Make knows what it would do
PLANNED = ("audit", "matrix", "lock", "docs", "bench", "faults", "fuzz", "check", "test", "png", "notebooks")


def named():
    """Return every command of README and documentation, without its comment."""
    lines = {line.split("  #")[0].strip() for path in TEXTS for line in commands(path)}
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        lines |= set(re.findall(r"`((?:make|python -m fhi|\.venv/bin/\w+) [^`]*)`", " ".join(text.split("\n"))))
    return sorted(re.sub(" +", " ", line) for line in lines)


def test_every_command_is_run_somewhere():
    for command in named():
        found = [place for pattern, place in ELSEWHERE.items() if re.fullmatch(pattern, command)]
        words = command.split()
        planned = words[0] == "make" and {word for word in words[1:] if "=" not in word} & {*PLANNED}
        # a word of Make alone may stand for the command with its variables
        named_only = re.fullmatch(r"make [a-z-]+", command) and any(line.startswith(f"{command} ") for line in WALK)
        assert command in WALK or found or planned or named_only, f"{command}: run it in a test"
        for path, text in found:
            assert text in (ROOT / path).read_text(encoding="utf-8"), f"{path} runs {command} no more"


@pytest.fixture(scope="module")
def copy(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk") / "checkout"
    shutil.copytree(built.folder, folder)
    return type(built)(folder, copied=True)


def edited_workbook(folder):
    """Save the exported workbook as a reader would who gives the first pillar more weight."""
    book = openpyxl.load_workbook(folder / "reports/baseline/fhi-baseline.xlsx")
    sheet = book["framework"]
    head = [cell.value for cell in next(sheet.iter_rows(min_row=1, max_row=1))]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[head.index("code")].value == "industry")
    row[head.index("weight")].value = 2
    book.save(folder / "mine2.xlsx")


def test_the_commands_work_one_after_the_other(copy):
    environment = copy.environment() | {"PYTHONPATH": str(copy.folder / ".ci")}
    for command in WALK:
        # one run is in the history of the copy
        words = shlex.split(command.replace("@3", "@1"))
        if words[0] == "rm":
            (copy.folder / words[1]).unlink()
        elif words[0] == "printf":
            (copy.folder / words[3]).write_text(words[1].replace("\\n", "\n"), encoding="utf-8")
        elif words[0] == "make":
            assert copy.make(*words[1:]).stdout, command
        else:
            if "import" in words:
                edited_workbook(copy.folder)
            done = subprocess.run(
                [sys.executable, *words[1:]], cwd=copy.folder, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
    assert not (copy.folder / "data/processed").exists() and (copy.folder / "data/raw/fhi2019/edition.yml").exists()


@pytest.mark.parametrize("target", PLANNED)
def test_make_plans_what_is_not_run_here(copy, target):
    assert copy.make("-n", target, "PYTHONS=python3.12", "UPGRADE=pandas").stdout
