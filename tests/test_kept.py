"""The store of results: whole entries only, the oldest out first, and no run in another's way."""

import os

import pytest

from fhi.files import Files, Kept
from fhi.running import reuse


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path, "things", limit=300)


def test_an_entry_is_found_again_and_one_that_was_altered_or_cut_is_not(kept):
    key = kept.key({"a": 1})
    assert kept.get(key) is None and kept.put(key, b"content") == b"content" and kept.get(key) == b"content"
    path = kept.folder / key
    whole = path.read_bytes()
    for damaged in (whole.replace(b"content", b"another"), whole[:-1], b"", b"no line", whole[1:]):
        path.write_bytes(damaged)
        assert kept.get(key) is None
    assert kept.key({"b": 2, "a": 1}) == kept.key({"a": 1, "b": 2}) != key


def test_the_entries_that_were_not_used_for_the_longest_time_go(kept):
    for number, name in enumerate("abcd"):
        kept.put(name, b"x" * 50)
        os.utime(kept.folder / name, (number, number))
    kept.get("a")
    kept.prune()
    assert sorted(path.name for path in kept.folder.iterdir()) == ["a", "d"]


def test_an_entry_that_another_run_removes_meanwhile_is_no_fault(kept, monkeypatch):
    kept.put("a", b"x")
    (kept.folder / "gone").symlink_to("nowhere")
    kept.prune()
    assert kept.get("a") == b"x"


def test_a_stage_is_taken_from_the_store_and_a_full_disk_loses_no_result(tmp_path, monkeypatch):
    files, found = Files("baseline", tmp_path), {"stage": "one"}
    staging = tmp_path / "staging"
    (staging / files.processed).mkdir(parents=True)
    (staging / files.processed / "a.csv").write_text("a\n")
    reuse.keep(found, files, staging)
    assert reuse._kept(found, files) == {"processed/a.csv": b"a\n"} and reuse._kept({"stage": "two"}, files) == {}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Kept, "put", full)
    reuse.keep({"stage": "two"}, files, staging)
    assert reuse._kept({"stage": "two"}, files) == {}
