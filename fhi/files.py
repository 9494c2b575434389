"""The built files of one scenario: where they stand, and how one is put in place whole or not at all.

What is costly is kept by the content of what makes it as well, in ``.store/<kind>/`` beside the outputs: `make clean`
leaves it, `make clean-all` removes it. An entry holds the checksum of its content: one that was altered, or cut short,
is not used and is made anew.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from fhi.paths import BASELINE, ROOT, output_root

#: set while a notebook runs in the pipeline: the folder that its files are written to until it has succeeded
STAGING = "FHI_STAGING"
#: seconds for which a staging folder or a temporary file is left alone: one may be about to be locked, or renamed
YOUNG = 60


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
        """Write a file whole or not at all: to a temporary name first, then renamed.

        Parameters
        ----------
        relative : str
            The path from the first of `bases`.
        content : bytes

        Returns
        -------
        pathlib.Path
            The file.
        """
        path = self.bases[0] / relative
        if len(self.bases) == 1:
            _remove_unfinished(path)
        return replace_file(path, content)

    @contextlib.contextmanager
    def staging(self, stage: str) -> Iterator[Path]:
        """Yield a folder for what a stage writes before it is whole, and remove it afterwards.

        It stays locked meanwhile. The system unlocks it when the run is killed, so that a later run of the stage knows
        it for one that was left behind, and removes it.
        """
        home, prefix = self.root / self.processed, f".{stage}-"
        home.mkdir(parents=True, exist_ok=True)
        for folder in home.glob(f"{prefix}*"):
            _remove_left(folder)
        with (
            tempfile.TemporaryDirectory(prefix=prefix, dir=home, ignore_cleanup_errors=True) as folder,
            _locked(folder),
        ):
            yield Path(folder)

    def put_in_place(self, staging: Path, last: str) -> None:
        """Move the files of a staging folder to their places, `last` at the end: its date is what Make compares.

        Parameters
        ----------
        staging : pathlib.Path
            The folder, laid out as the folder of the outputs.
        last : str
            The path of one of its files from there.
        """
        final = staging / last
        written = sorted(path for path in staging.rglob("*") if path.is_file() and path != final)
        for path in [*written, final]:
            place = self.root / path.relative_to(staging)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
        os.utime(self.root / last)


@contextlib.contextmanager
def _locked(folder: str | Path) -> Iterator[bool]:
    """Lock a folder while the block runs; yield False if another process has it, or if it cannot be locked here."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _remove_left(folder: Path) -> None:
    # another run may remove it at the same moment
    with contextlib.suppress(FileNotFoundError):
        if time.time() - folder.stat().st_mtime > YOUNG:
            with _locked(folder) as left:
                if left:
                    shutil.rmtree(folder, ignore_errors=True)


def _remove_unfinished(path: Path) -> None:
    """Remove the temporary files that killed runs left beside a file."""
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        if left.name.startswith(f".{path.name}."):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > YOUNG:
                    left.unlink()


def is_hidden(path: Path, folder: Path) -> bool:
    """True if a path below a folder belongs to what is not in place yet: a staging folder or a temporary file.

    Parameters
    ----------
    path, folder : pathlib.Path
        A path below the folder.

    Returns
    -------
    bool
    """
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def replace_file(path: Path, content: bytes) -> Path:
    """Put `content` at `path` by renaming a finished temporary file, so that no half file is ever seen.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if there is none.
    content : bytes

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    OSError
        If it cannot be written, with the name of the file; what stood there before stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            # a full disk does not say which file it is too small for
            error.filename = str(path)
        raise
    return path


def record_seconds(files: Files, stage: str, seconds: float) -> None:
    """Keep the duration of a stage for the closing summary, outside the reproducible outputs.

    Parameters
    ----------
    files : Files
        Of the scenario.
    stage : str
    seconds : float
        Wall time; kept to a tenth.
    """
    replace_file(files.root / ".timings" / files.scenario / stage, f"{seconds:.1f}\n".encode())


KEPT = ".store"
#: bytes that a kind may take; beyond them the entries that were not used for the longest time go
KEPT_LIMIT = 256 * 2**20


def resting_on(paths: Iterable[Path]) -> dict:
    """Return the part of a cause that all has which some files make: these, the lock, Python, the processor."""
    files = dict(_checksum(path) for path in {*paths, ROOT / "requirements.lock"})
    return {"files": files, "python": platform.python_version(), "processor": platform.machine()}


@cache
def _checksum(path: Path) -> tuple[str, str]:
    """Return the path of a file from the checkout, and its checksum: those of code change in no run."""
    return os.path.relpath(path, ROOT), digest(path.read_bytes())


class Kept:
    """The results of one kind below an output folder.

    Parameters
    ----------
    root : Path
        The folder of ``data/processed`` and ``reports``.
    kind : str
    limit : int
        Bytes, see `KEPT_LIMIT`.
    """

    def __init__(self, root: Path, kind: str, limit: int = KEPT_LIMIT):
        self.folder, self.limit = root / KEPT / kind, limit

    @staticmethod
    def key(cause: dict) -> str:
        """Return the name of an entry: the SHA-256 of all that its content depends on."""
        return digest(json.dumps(cause, sort_keys=True, ensure_ascii=False).encode())

    def get(self, key: str) -> bytes | None:
        """Return the content of an entry; None if there is none that is whole."""
        path = self.folder / key
        try:
            stored, content = path.read_bytes().split(b"\n", 1)
        except (FileNotFoundError, ValueError):
            return None
        if stored.decode("ascii", "replace") != digest(content):
            return None
        # another run may remove it at the same moment
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> bytes:
        """Keep the content of an entry, whole or not at all; return it.

        Parameters
        ----------
        key : str
            As of `key`.
        content : bytes

        Returns
        -------
        bytes
            `content`.
        """
        replace_file(self.folder / key, digest(content).encode() + b"\n" + content)
        return content

    def made(self, cause: dict, make: Callable[[], bytes]) -> bytes:
        """Return what was kept of a cause; what was not is made, and kept within the limit.

        Parameters
        ----------
        cause : dict
            All that the content depends on.
        make : callable
            Returns the content.

        Returns
        -------
        bytes
        """
        key = self.key(cause)
        content = self.get(key)
        if content is None:
            content = self.put(key, make())
            self.prune()
        return content

    def prune(self) -> None:
        """Remove the entries that were not used for the longest time, until the rest is within the limit."""
        total, entries = 0, []
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            # another run may remove it, or put it in its place, at the same moment
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                entries.append((-stat.st_mtime_ns, path.name, stat.st_size))
        for _, name, size in sorted(entries):
            path, total = self.folder / name, total + size
            if total > self.limit:
                path.unlink(missing_ok=True)
