"""Results kept by the content of what makes them: ``.store/<kind>/`` beside the outputs.

`make clean` leaves the store, so that nothing is made twice; `make clean-all` removes it. An entry holds the checksum
of its content: one that was altered, or cut short, is not used and is made anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from fhi.files import digest, replace_file
from fhi.paths import ROOT

FOLDER = ".store"
#: bytes that a kind may take; beyond them the entries that were not used for the longest time go
LIMIT = 256 * 2**20


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
        Bytes, see `LIMIT`.
    """

    def __init__(self, root: Path, kind: str, limit: int = LIMIT):
        self.folder, self.limit = root / FOLDER / kind, limit

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
