"""One interpreter a build: a process that has imported what the commands use, and forks a child for each of them.

Make names a build in ``FHI_BUILD`` (the number of its process, and the time). The first command that builds starts the
server, and each goes to it if it answers; otherwise it runs in a process of its own and does the same. A child
has the folder, the environment, the umask and the streams of its command. The server ends with the build. Only on
Linux: elsewhere libraries do not bear to be forked, and every command runs by itself.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from fhi.processes import threads

BUILD = "FHI_BUILD"
#: the commands that begin a build, and those that are sent to its server
STARTING, SENT = ("check", "run"), ("check", "run", "page", "pdf", "manifest", "compare", "export")
LAUNCHER = Path(__file__).resolve().parents[2] / ".ci" / "fhi.py"
#: imported before the first command is answered, and after that, between commands
FIRST = ("fhi.running.pipeline", "fhi.running.reuse", "fhi.running.checking", "fhi.running.user_data")
FIRST += ("fhi.editions.claims", "fhi.engine.index", "fhi.engine.explain", "fhi.engine.multivariate")
THEN = ("fhi.engine.robustness.runs", "fhi.engine.identification.analyses", "fhi.showing.figures.rendering")
THEN += ("fhi.showing.report.page", "fhi.showing.report.pdf", "fhi.showing.report.manifest", "fhi.running.datapackage")
#: the folders of what is imported, and of what is read meanwhile
READ = ("fhi", "data/raw")
#: seconds between two looks at whether the build still runs, and those after which a server without work ends
LOOK, IDLE = 0.2, 60


def _address(build: str) -> str:
    """Return the name of a socket without a file: nothing is left behind, and no path is too long."""
    return f"\0fhi-{os.getuid()}-{build}"


def send(arguments: list[str]) -> int | None:
    """Have a command run by the server of the build; return its exit code, None if it must run here.

    Parameters
    ----------
    arguments : list of str
        The command and its arguments.
    """
    build = os.environ.get(BUILD, "")
    if sys.platform != "linux" or "-" not in build or not arguments or arguments[0] not in SENT:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        try:
            server.connect(_address(build))
        except OSError:
            if arguments[0] in STARTING:
                command = [sys.executable, "-I", str(LAUNCHER), "serve"]
                # its streams are not those of the command: whoever reads these would wait for the server to end
                subprocess.Popen(command, **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL))
            return None
        if not _is_ours(server):
            return None
        umask = os.umask(0)
        os.umask(umask)
        asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd()), "umask": umask}
        content = json.dumps(asked).encode("utf-8", "surrogateescape")
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        try:
            socket.send_fds(server, [struct.pack("!I", len(content))], [0, 1, 2])
            server.sendall(content)
            if not server.recv(1):
                return None
        except OSError:
            return None
        told = server.recv(16)
    if not told:
        print(f"{' '.join(arguments[:2])}: the process ended unexpectedly", file=sys.stderr)
        return 1
    return int(told)


def _is_ours(connection: socket.socket) -> bool:
    """True if the process at the other end is of the same user."""
    size = struct.calcsize("3i")
    return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1] == os.getuid()


def serve(run: Callable[[list[str]], int]) -> None:
    """Answer the commands of a build until it ends; `run` runs one and returns its exit code."""
    build = os.environ[BUILD]
    maker, begun, seen = int(build.split("-")[0]), time.time(), time.monotonic()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(_address(build))
    except OSError:
        return  # there is one
    listener.listen(16)
    load(FIRST)
    later, children = [*THEN], {}
    while children or (_lives(maker) and time.monotonic() - seen < IDLE):
        ready = select.select([listener, *children], [], [], 0 if later else LOOK)[0]
        for connection in set(ready) - {listener}:
            _end(children, connection)
        if listener in ready:
            seen = time.monotonic()
            if _changed(begun):
                # what was imported is no longer what stands there: the commands run by themselves from now on
                listener.close()
                return _wait(children)
            _accept(listener, children, run)
        elif later:
            load([later.pop(0)])
        _reap(children)


def _accept(listener: socket.socket, children: dict[socket.socket, int], run: Callable[[list[str]], int]) -> None:
    """Fork a child for the next command; one that is not answered runs by itself."""
    connection = listener.accept()[0]
    asked, streams = _receive(connection) if _is_ours(connection) and threads() == 1 else (None, [])
    child = os.fork() if asked else None
    if child == 0:
        for other in (listener, *children):
            other.close()
        _answer(connection, asked, streams, run)
    for stream in streams:
        os.close(stream)
    if child:
        children[connection] = child
    else:
        connection.close()


def _receive(connection: socket.socket) -> tuple[dict | None, list[int]]:
    """Return what is asked and the streams of the command; nothing if the command is gone before it has said it."""
    try:
        head, streams = socket.recv_fds(connection, 4, 3)[:2]
        size, content = struct.unpack("!I", head)[0], b""
        while len(content) < size:
            piece = connection.recv(size - len(content))
            if not piece:
                return None, streams
            content += piece
        connection.sendall(b"+")
    except (OSError, struct.error):
        return None, []
    return json.loads(content.decode("utf-8", "surrogateescape")), streams


def _changed(since: float) -> bool:
    """True if code, or a file that code reads when it is imported, was changed after a time."""
    paths = (path for folder in READ for path in (LAUNCHER.parents[1] / folder).rglob("*") if path.suffix != ".pyc")
    return any(path.stat().st_mtime > since and path.is_file() for path in paths)


def _wait(children: dict[socket.socket, int]) -> None:
    while children:
        for connection in select.select([*children], [], [], LOOK)[0]:
            _end(children, connection)
        _reap(children)


def load(names: Iterable[str]) -> None:
    """Import modules; one that cannot be imported is told by the command that needs it."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(children: dict[socket.socket, int], connection: socket.socket) -> None:
    """End the child of a command that has gone, as a command that is killed ends itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(children[connection], signal.SIGKILL)


def _reap(children: dict[socket.socket, int]) -> None:
    for connection, child in [*children.items()]:
        if os.waitpid(child, os.WNOHANG)[0]:
            connection.close()
            del children[connection]


def _answer(connection: socket.socket, asked: dict, streams: list[int], run: Callable[[list[str]], int]) -> None:
    """Run the command of a connection in this process, which was forked for it, and end it."""
    code = 1
    try:
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
            os.close(stream)
        # as a fresh process would have them
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        os.umask(asked["umask"])
        os.chdir(asked["folder"])
        code = run(asked["arguments"])
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        with contextlib.suppress(OSError):
            connection.sendall(str(code).encode())
        os._exit(code)
