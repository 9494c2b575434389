"""Processes of a pool end with the one that began them."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from fhi.paths import ROOT
from fhi.processes import pool

BEGIN = """
import time
from fhi.processes import pool
with pool(2) as workers:
    list(workers.map(abs, range(4)))
    print(*workers._processes, flush=True)
    time.sleep(900)
"""


def test_a_pool_works():
    with pool(2) as workers:
        assert list(workers.map(abs, [-1, 2])) == [1, 2]


def test_a_process_begins_anew():
    """It is no copy of this one, whose threads may hold locks: Python 3.12 and later warn of such copies."""
    with pool(1) as workers:
        assert not workers.submit(eval, "'hypothesis' in __import__('sys').modules").result()


#: as a build begins: the package is loaded by its place, the main module is a notebook, and there is another thread
BESIDE = """
import sys, threading, types
from importlib.util import module_from_spec, spec_from_file_location
folder = sys.argv[1]
spec = spec_from_file_location("fhi", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["fhi"] = module_from_spec(spec)
spec.loader.exec_module(sys.modules["fhi"])
from fhi.paths import output_root
from fhi.processes import pool
threading.Thread(target=threading.Event().wait, daemon=True).start()
main, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
with pool(1) as workers:
    workers.submit(output_root).result()
    print(workers.submit(eval, "__import__('fhi').__file__").result(), flush=True)
"""


def test_a_process_has_the_package_of_the_one_that_began_it_whichever_is_installed(tmp_path):
    """Two checkouts may share an environment in which one of them is installed."""
    folder = shutil.copytree(ROOT / "fhi", tmp_path / "other/fhi", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-I", "-c", BESIDE, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.strip() == str(folder / "__init__.py"), done.stderr


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    # one that has ended and waits to be counted still has a number
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_the_processes_of_a_killed_one_end_with_it():
    with subprocess.Popen([sys.executable, "-c", BEGIN], stdout=subprocess.PIPE, text=True) as begun:
        workers = [int(number) for number in begun.stdout.readline().split()]
        assert workers and all(map(running, workers))
        begun.kill()
        begun.wait()
        for _ in range(6000):
            if not any(map(running, workers)):
                return
            time.sleep(0.1)
    raise AssertionError("they are still there after ten minutes")
