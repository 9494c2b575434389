"""One commit gives the same bytes everywhere: a second build, as unlike the first as can be, and without a network."""

import shutil
import subprocess

import pytest

#: ways to cut the network off, for root and for others
CUTS = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])
WHY = "the network cannot be cut off here (unshare --net is not permitted, or not on this machine)"


def permitted(cut: list[str]) -> bool:
    return bool(shutil.which(cut[0])) and subprocess.run([*cut, "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def cut() -> list[str]:
    """The command before another by which that has no network; empty if there is none."""
    return next((cut for cut in CUTS if permitted(cut)), [])


@pytest.fixture(scope="module")
def elsewhere(built, cut, tmp_path_factory):
    """A second build: other folder, time zone, language, rights of files, order of sets and of stages."""
    second = type(built)(tmp_path_factory.mktemp("别处") / "an other folder")
    variables = {"TZ": "Pacific/Chatham", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "2018"}
    second.make("-j4", "report", before=cut, umask=0o077, **variables)
    return second


def test_two_builds_are_the_same_to_the_byte(built, elsewhere):
    first, second = built.sums(), elsewhere.sums()
    kinds = {name.rsplit(".", 1)[1] for name in first}
    assert {"csv", "yml", "json", "svg", "html", "pdf", "ipynb"} <= kinds
    assert {name for name in {*first, *second} if first.get(name) != second.get(name)} == set()


def test_nothing_that_was_built_names_the_folder(elsewhere):
    parts = [str(elsewhere.folder).encode(), elsewhere.folder.parent.name.encode()]
    for folder in ("data/processed", "reports"):
        for path in (elsewhere.folder / folder).rglob("*"):
            if path.is_file() and path.suffix not in (".png", ".pdf"):
                content = path.read_bytes()
                assert not any(part in content for part in parts), path


def test_a_report_needs_no_network(elsewhere, cut):
    if not cut:
        pytest.skip(WHY)
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=5)"
    done = subprocess.run([*cut, "python3", "-c", reach], capture_output=True, text=True)
    # what the build ran under has no network: to reach an address fails at once, for want of a way to it
    assert "Network is unreachable" in done.stderr
    assert (elsewhere.folder / "reports/baseline/manifest.json").is_file()
