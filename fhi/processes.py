"""Processes that work for another one, and end with it."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


def cluster() -> str | None:
    """Return the address of the Dask scheduler in the environment variable ``CLUSTER``, as tcp://host:8786, if any."""
    return os.environ.get("CLUSTER") or None


def threads() -> int:
    """Return how many threads this process has, on Linux: one with several must not be forked."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose processes end when the one that began them is killed: they would wait for work forever.

    Each imports the module of the caller: a script begins its work below ``if __name__ == "__main__":``.
    """
    # a copy on Linux, which has imported what this one has; begun anew elsewhere, and where there are threads (a kernel
    # has some): a copy of a process with threads may hang
    alone = sys.platform == "linux" and threads() == 1
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("fork" if alone else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_watch_parent)


def _watch_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    def watch():
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
