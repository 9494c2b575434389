"""README and documentation: short, complete in both languages, and their commands, links and messages are real."""

import re
import shlex

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
            headings = re.findall(r"^#+ (.*)$", (path.parent / target).read_text(encoding="utf-8"), re.MULTILINE)
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
    sources = [*ROOT.glob("fhi/**/*.py"), ROOT / "Makefile", *ROOT.glob(".ci/*.sh")]
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
