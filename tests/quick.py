"""`make check`: tests that build nothing and take no seconds, a few cases of each.

What is no part of it is marked: `build` follows from the fixtures that a test asks for, `slow` stands in the file. The
choice cannot rot: a test that starts a build, a browser or a kernel here fails, and so does one that takes too long.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

#: cases of one function that are tried, spread over all of them
CASES = 2
#: CPU seconds that a test, and what it sets up, may take: several times what any takes on a quiet machine
LIMIT = 4.0
#: what builds, draws in a browser or runs a notebook
BUILDERS = ("make", "chromedriver", "ipykernel_launcher", "papermill")


def thinned(items: Sequence, cases: int = CASES) -> list:
    """Return of every function at most so many cases, the first and the last among them, in their order."""
    functions = {}
    for item in items:
        functions.setdefault(item.nodeid.partition("[")[0], []).append(item)
    kept = set()
    for found in functions.values():
        step = max(len(found) - 1, 1) / max(min(cases, len(found)) - 1, 1)
        kept |= {found[round(step * place)] for place in range(min(cases, len(found)))}
    return [item for item in items if item in kept]


def refused(command) -> str | None:
    """Return why a command may not be started by a test of `make check`, None if it may."""
    words = command.split() if isinstance(command, str) else [os.fspath(word) for word in command]
    found = {Path(os.fsdecode(word)).name for word in words} & set(BUILDERS)
    return f"a test that starts {found.pop()} builds: mark it with pytest.mark.build" if found else None


def overtime(seconds: float) -> str | None:
    """Return what is wrong with a test that took so much CPU time, None if nothing is."""
    return f"it took {seconds:.1f} s of CPU: mark it with pytest.mark.slow" if seconds > LIMIT else None


def _spent() -> float:
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


class Quick:
    """The plugin of ``pytest --quick``."""

    def pytest_sessionstart(self):
        start = subprocess.Popen.__init__

        def guarded(process, args, *rest, **options):
            if why := refused(args):
                pytest.fail(why)
            start(process, args, *rest, **options)

        subprocess.Popen.__init__, self.start = guarded, start

    def pytest_sessionfinish(self):
        subprocess.Popen.__init__ = self.start

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        quick = [item for item in items if not any(item.get_closest_marker(mark) for mark in ("build", "slow"))]
        kept = thinned(quick)
        left = set(items) - set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        before = _spent()
        result = yield
        if why := overtime(_spent() - before):
            pytest.fail(why)
        return result
