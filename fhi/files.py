"""The built files of one scenario: where they stand, and how one is put in place whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from fhi.parameters import BASELINE, output_root

#: set while a notebook runs in the pipeline: the folder that its files are written to until it has succeeded
STAGING = "FHI_STAGING"


class Files:
    """The built files of a scenario.

    Parameters
    ----------
    scenario : str
        Tables stand in ``data/processed/<scenario>``, pictures and pages in ``reports/<scenario>``.
    root : Path, optional
        The folder of both (default: ``$FHI_OUT`` or the checkout).

    Notes
    -----
    While ``$FHI_STAGING`` is set, files are written there and found there first.
    """

    def __init__(self, scenario: str = BASELINE, root: Path | None = None):
        self.scenario = scenario
        self.root = Path(root) if root else output_root()
        staging = os.environ.get(STAGING)
        self.bases = [Path(staging), self.root] if staging else [self.root]

    @property
    def processed(self) -> str:
        return f"data/processed/{self.scenario}"

    @property
    def reports(self) -> str:
        return f"reports/{self.scenario}"

    def find(self, relative: str) -> Path:
        """Return the path of a built file; the staged one if there is one."""
        return next((base / relative for base in self.bases if (base / relative).exists()), self.root / relative)

    def write_bytes(self, relative: str, content: bytes) -> Path:
        """Write a file whole or not at all: to a temporary name first, then renamed."""
        return replace_file(self.bases[0] / relative, content)

    def put_in_place(self, staging: Path, last: str) -> None:
        """Move the files of a staging folder to their places, `last` at the end: its date is what Make compares."""
        final = staging / last
        written = sorted(path for path in staging.rglob("*") if path.is_file() and path != final)
        for path in [*written, final]:
            place = self.root / path.relative_to(staging)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
        os.utime(self.root / last)


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> Path:
    """Put `content` at `path` by renaming a finished temporary file, so that no half file is ever seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def record_seconds(files: Files, stage: str, seconds: float) -> None:
    """Keep the duration of a stage for the closing summary, outside the reproducible outputs."""
    replace_file(files.root / ".timings" / files.scenario / stage, f"{seconds:.1f}\n".encode())
