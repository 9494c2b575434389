"""The server of a build: a command run by it is as one run by itself, and nothing of it outlives what it works for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fhi.running import server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the server runs on Linux alone")

#: seconds after which what is waited for does not come; a machine under load takes its time
HANGS = 600
SERVE = """
import os, pathlib, sys, time
from fhi.running import server
server.FIRST, server.THEN, server.LOOK = ("no.such.module",), ("colorsys",), 0.05
server.LAUNCHER = pathlib.Path(sys.argv[1]) / "code/.ci/fhi.py"

def run(arguments):
    if arguments[1] == "wait":
        pathlib.Path(arguments[2]).write_text(str(os.getpid()))
        time.sleep(900)
    if arguments[1] == "raise":
        raise ValueError("told")
    if arguments[1] == "die":
        os.kill(os.getpid(), 9)
    pathlib.Path("made").touch()
    print(os.getcwd(), oct(pathlib.Path("made").stat().st_mode)[-3:], os.environ.get("OWN"), sorted(arguments), "杭")
    return 7

server.serve(run)
"""
SEND = "import os, sys; from fhi.running import server; os.umask(0o077); sys.exit(server.send(sys.argv[1:]) or 0)"


@pytest.fixture
def build(tmp_path):
    """Yield a function that sends a command to a server, whose build is a process that does nothing."""
    maker = subprocess.Popen(["sleep", "900"])
    environment = os.environ | {"FHI_BUILD": f"{maker.pid}-{time.time_ns()}", "OWN": "own"}
    serving = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)], env=environment)

    def send(*arguments):
        command = [sys.executable, "-c", SEND, *arguments]
        return subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=-1, stderr=-1, text=True)

    deadline = time.monotonic() + HANGS
    while True:
        # no command that would start a server itself
        probe = send("page", "now")
        probe.communicate()
        if probe.returncode == 7:
            break
        assert time.monotonic() < deadline, "the server does not answer"
    (tmp_path / "made").unlink()
    send.maker, send.serving = maker, serving
    yield send
    maker.kill()
    maker.wait()
    # it ends with the build
    serving.wait(HANGS)


def test_a_command_has_its_own_folder_variables_umask_streams_and_code(build, tmp_path):
    sent = build("run", "a b", "杭州")
    text, _ = sent.communicate(timeout=HANGS)
    assert sent.returncode == 7
    assert text == f"{tmp_path} 600 own ['a b', 'run', '杭州'] 杭\n"


def test_an_error_and_a_sudden_end_are_told(build):
    sent = build("run", "raise")
    assert "ValueError: told" in sent.communicate(timeout=HANGS)[1] and sent.returncode == 1
    sent = build("run", "die")
    assert "run die: the process ended unexpectedly" in sent.communicate(timeout=HANGS)[1] and sent.returncode == 1


def test_a_command_that_is_killed_takes_its_process_with_it(build, tmp_path):
    sent, file = build("run", "wait", "pid"), tmp_path / "pid"
    while not (file.is_file() and file.read_text()):
        time.sleep(0.05)
    child = Path("/proc") / file.read_text()
    sent.send_signal(signal.SIGKILL)
    sent.communicate()
    deadline = time.monotonic() + HANGS
    while child.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_code_that_has_changed_since_is_not_served(build, tmp_path):
    (tmp_path / "code/fhi").mkdir(parents=True)
    (tmp_path / "code/fhi/module.py").touch()
    sent = build("run", "now")
    # it runs by itself, and the server ends
    assert sent.communicate(timeout=HANGS)[0] == "" and sent.returncode == 0
    build.serving.wait(HANGS)


def test_without_a_build_a_command_runs_by_itself(monkeypatch):
    monkeypatch.delenv("FHI_BUILD", raising=False)
    assert server.send(["run", "01_ingestion"]) is None
    monkeypatch.setenv("FHI_BUILD", f"{os.getpid()}-{time.time_ns()}")
    assert server.send(["try", "experience=2"]) is None and server.send(["page", "baseline"]) is None
