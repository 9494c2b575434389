"""What comes with the project, by name. The staff keep scenarios, notebooks and editions of their own beside it.

The tests of what is shipped read these names, and never what happens to stand in a folder.
"""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from fhi.paths import EDITION_FILE, NOTEBOOKS, RAW, SCENARIOS

STAGES = [
    "01_ingestion",
    "02_indicators",
    "03_weighting",
    "04_robustness",
    "05_identification",
    "06_audit",
    "07_charting",
]
NOTEBOOK_NAMES = (*STAGES, "lab")
EDITION_NAMES = ("hdi2021", "provinces2022", "report2018")
SCENARIO_NAMES = (
    *("ahp", "baseline", "drop-experience", "efficacy", "entropy", "equal", "geometric", "hdi2021-undp"),
    *("mainland-only", "non-compensatory", "pca", "provinces2022", "synthetic", "wider"),
)
#: judgements beside the scenarios that name them
JUDGEMENTS = ("ahp",)
#: the parts of the project that a copy needs to be built
PARTS = ("Makefile", ".ci", "requirements.lock", "pyproject.toml", "README.md", "LICENSE", "CITATION.cff")
PARTS += ("fhi", "notebooks", "data/raw")


def is_own(path: Path) -> bool:
    """True if a file or folder of the checkout is one of those that the staff keep there for themselves."""
    if path.name == ".ipynb_checkpoints":
        return True
    if path.parent == SCENARIOS:
        return path.name not in {*JUDGEMENTS, *(f"{name}.yml" for name in SCENARIO_NAMES)}
    if path.parent == NOTEBOOKS:
        return path.suffix == ".ipynb" and path.stem not in NOTEBOOK_NAMES
    return path.parent == RAW and (path / EDITION_FILE).is_file() and path.name not in (*EDITION_NAMES, "template")


def own_names(folder: str, names: list[str]) -> list[str]:
    """Return those of the names in a folder that no copy of the project gets, as ``shutil.copytree`` asks for them.

    Compiled modules are copied, so that the copy need not compile them, but for those that are being written.
    """
    if Path(folder).name == "__pycache__":
        return [name for name in names if not name.endswith(".pyc")]
    return [name for name in names if is_own(Path(folder) / name)]


@functools.cache
def changed_scenarios() -> frozenset[str]:
    """Return the shipped scenarios that differ from those under version control; none where there is no git."""
    command = ["git", "diff", "--name-only", "-z", "--", "*.yml"]
    found = subprocess.run(command, cwd=SCENARIOS, capture_output=True, text=True, check=False).stdout.split("\0")
    return frozenset(Path(name).stem for name in found if name)


def notebook_paths() -> list[Path]:
    return [NOTEBOOKS / f"{name}.ipynb" for name in NOTEBOOK_NAMES]
