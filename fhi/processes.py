"""Processes that work for another one, and end with it."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from multiprocessing.connection import wait


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool whose processes end when the one that began them is killed: they would wait for work forever."""
    return ProcessPoolExecutor(workers, initializer=_watch_parent)


def _watch_parent() -> None:
    def watch():
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
