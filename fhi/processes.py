"""Processes that work for another one, and end with it."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait


def cluster() -> str | None:
    """Return the address of the Dask scheduler in the environment variable ``CLUSTER``, as tcp://host:8786, if any."""
    return os.environ.get("CLUSTER") or None


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose processes end when the one that began them is killed: they would wait for work forever.

    Each imports the module of the caller: a script begins its work below ``if __name__ == "__main__":``.
    """
    # begun anew, as on a Mac: a copy of a process with threads (a kernel is one) may hang, and Python 3.12 warns of it
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_watch_parent)


def _watch_parent() -> None:
    def watch():
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
