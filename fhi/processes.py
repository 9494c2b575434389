"""Processes that work for another one, and end with it."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

#: what a process of a pool begins with: this package, from where it stands and not from where another is installed
BEGIN = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
if "fhi" not in sys.modules:
    spec = spec_from_file_location("fhi", folder + "/__init__.py", submodule_search_locations=[folder])
    sys.modules["fhi"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["fhi"])
from fhi.processes import _watch_parent
_watch_parent()
"""


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
    # nothing of this package is handed over before it is loaded
    begin = (BEGIN, {"folder": str(Path(__file__).parent)})
    return ProcessPoolExecutor(workers, mp_context=context, initializer=exec, initargs=begin)


def _watch_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    def watch():
        wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
