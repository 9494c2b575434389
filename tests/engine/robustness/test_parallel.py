"""The same bytes on one process, on two, and on a cluster that loses a worker in the middle."""

import io
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from fhi.engine.errors import MethodError
from fhi.engine.robustness import monte_carlo, parallel, sensitivity, uncertainty
from fhi.engine.robustness.draws import BLOCK

SPACE = {
    "normalisation": [{"method": "min-max", "scale": [1, 100]}, "rank"],
    "aggregation": ["arithmetic", "geometric"],
    "weight_noise": {"uniform": 0.25, "levels": [1, 2, 3]},
    "data_noise": {"wage": {"relative": 0.1}},
}
TASKS = 12


@pytest.fixture
def case(cases, tree, monkeypatch):
    """Data with many small tasks: one block of draws each."""
    monkeypatch.setattr(monte_carlo, "CELLS", 1)
    return cases["make_data"](tree, 12, seed=2), tree, SPACE


@pytest.fixture
def cluster():
    """The address of a scheduler with two worker processes, and the worker processes."""
    pytest.importorskip("distributed", reason="the optional extra 'cluster' is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--host", "127.0.0.1"]
    processes = [subprocess.Popen([*command, "--port", address.rsplit(":", 1)[1]], **quiet)]
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard", "--no-nanny"]
    processes += [subprocess.Popen([*command, "--nthreads", "1"], **quiet) for _ in range(2)]
    try:
        wait_for_workers(address, 2)
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_for_workers(address, count):
    from distributed import Client

    deadline = time.monotonic() + 600
    while True:
        try:
            with Client(address, timeout=5, set_as_default=False) as client:
                client.wait_for_workers(count, timeout=max(1, deadline - time.monotonic()))
                return
        except OSError:
            if time.monotonic() > deadline:
                raise


class Killer:
    """Stands in for the progress bar: kills a worker when the first results are there."""

    def __init__(self, victim):
        self.victim, self.updates, self.at = victim, 0, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, _):
        self.updates += 1
        if self.at is None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()
            self.at = self.updates


def same(one, other):
    assert one.scores.to_numpy().tobytes() == other.scores.to_numpy().tobytes()
    assert one.ranks.to_numpy().tobytes() == other.ranks.to_numpy().tobytes()


@pytest.mark.slow
def test_two_processes_give_the_bytes_of_one(case):
    n = 3 * BLOCK + 5
    same(uncertainty(*case, n, 7), uncertainty(*case, n, 7, workers=2))
    one, two = (uncertainty(*case, n, 7, keep=False, workers=workers).summary for workers in (1, 2))
    assert one.ranks.tobytes() == two.ranks.tobytes()
    assert one.wins.tobytes() == two.wins.tobytes()


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_bytes_of_one_process(case, cluster, monkeypatch):
    address, workers = cluster
    n = TASKS * BLOCK
    expected = uncertainty(*case, n, 7)
    killer = Killer(workers[0])
    monkeypatch.setattr(parallel, "progress", lambda *_: killer)
    same(expected, uncertainty(*case, n, 7, cluster=address))
    assert killer.updates == TASKS
    assert killer.at < TASKS
    assert workers[0].returncode == -signal.SIGKILL
    assert workers[1].poll() is None


def test_the_sensitivity_is_the_same_on_two_processes(case):
    one, two = (sensitivity(*case, 2 * BLOCK, 3, resamples=50, workers=workers) for workers in (1, 2))
    assert one.equals(two)


@pytest.mark.slow
def test_a_cluster_that_does_not_answer_is_refused(case, monkeypatch):
    pytest.importorskip("distributed", reason="the optional extra 'cluster' is not installed")
    # nothing listens there, however long one asks
    monkeypatch.setattr(parallel, "ANSWER", 0.5)
    with pytest.raises(MethodError, match="no Dask scheduler answers there"):
        uncertainty(*case, 10, cluster="tcp://127.0.0.1:1")


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_the_number_of_processes_is_positive(case, workers):
    with pytest.raises(MethodError, match="positive number of processes"):
        uncertainty(*case, 10, workers=workers)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_shows_rate_and_remaining_time_on_a_terminal_once_it_takes_long(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with parallel.progress(100, "uncertainty", "draws") as bar:
        bar.update(50)
    assert terminal.getvalue() == ""
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    with parallel.progress(100, "uncertainty", "draws") as bar:
        bar.update(50)
        bar.refresh()
    assert "uncertainty:  50%" in terminal.getvalue()
    assert "draws/s" in terminal.getvalue()


def test_no_bar_stays_in_what_is_kept(monkeypatch, capsys):
    monkeypatch.setattr(parallel, "PATIENCE", 0.0)
    with parallel.progress(10, "uncertainty", "draws") as bar:
        bar.update(5)
        bar.refresh()
    assert capsys.readouterr() == ("", "")


def test_an_interruption_ends_the_run_and_comes_through(case, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fhi.engine.robustness.monte_carlo.evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        uncertainty(*case, 10)
