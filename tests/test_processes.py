"""Processes of a pool end with the one that began them."""

import os
import subprocess
import sys
import time
from pathlib import Path

from fhi.processes import pool

BEGIN = """
import time
from fhi.processes import pool
with pool(2) as workers:
    list(workers.map(abs, range(4)))
    print(*workers._processes, flush=True)
    time.sleep(60)
"""


def test_a_pool_works():
    with pool(2) as workers:
        assert list(workers.map(abs, [-1, 2])) == [1, 2]


def test_a_process_begins_anew():
    """It is no copy of this one, whose threads may hold locks: Python 3.12 and later warn of such copies."""
    with pool(1) as workers:
        assert not workers.submit(eval, "'hypothesis' in __import__('sys').modules").result()


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
        for _ in range(100):
            if not any(map(running, workers)):
                return
            time.sleep(0.1)
    raise AssertionError("they are still there after ten seconds")
