import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from prismake.common import digests as module
from prismake.common.digests import SETTLED_NS, Digests, digest_of, file_digest


def sha(content):
    return hashlib.sha256(content).hexdigest()


def settled(path, content=b"one"):
    """A file that nobody has touched for a while, as far as its own stamp says."""
    path.write_bytes(content)
    return path


@pytest.fixture
def later(monkeypatch):
    """As if every file had been written a while ago."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


@pytest.fixture
def reads(monkeypatch):
    """The files that were read, in order."""
    read = []

    def noted(path):
        read.append(path.name)
        return file_digest(path)

    monkeypatch.setattr(module, "file_digest", noted)
    return read


def test_a_digest_is_sha_256_of_the_bytes(tmp_path):
    file = settled(tmp_path / "a", b"some bytes")
    assert file_digest(file) == Digests(tmp_path / "kept").of(file) == sha(b"some bytes")


def test_a_file_is_read_once_and_not_again_at_the_next_start(tmp_path, later, reads):
    file, kept = settled(tmp_path / "a"), tmp_path / "deep" / "kept.json"
    for _ in range(3):
        digests = Digests(kept)
        assert digests.of(file) == digests.of(file) == sha(b"one")
        digests.keep()
    assert reads == ["a"]


def test_the_same_size_and_a_restored_time_stamp_hide_no_change(tmp_path, later, reads):
    file, kept = settled(tmp_path / "a"), tmp_path / "kept.json"
    before = file.stat()
    digests = Digests(kept)
    digests.of(file)
    digests.keep()
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert Digests(kept).of(file) == sha(b"two")


def test_a_file_replaced_by_an_older_one_is_read_again(tmp_path, later):
    file, kept = settled(tmp_path / "a"), tmp_path / "kept.json"
    digests = Digests(kept)
    digests.of(file)
    digests.keep()
    other = settled(tmp_path / "b", b"two")
    os.utime(other, (0, 0))
    other.replace(file)
    assert Digests(kept).of(file) == sha(b"two")


def test_a_file_saved_a_moment_ago_is_read_again_as_its_next_change_may_have_the_same_stamp(tmp_path, reads):
    file, kept = settled(tmp_path / "a"), tmp_path / "kept.json"
    for _ in range(2):
        digests = Digests(kept)
        digests.of(file)
        digests.keep()
    assert reads == ["a", "a"]


def test_a_build_starts_from_what_it_saw_first(tmp_path):
    file = settled(tmp_path / "a")
    digests = Digests(tmp_path / "kept.json")
    assert digests.of(file) == sha(b"one")
    file.write_bytes(b"two")
    assert digests.of(file) == sha(b"one")
    digests.keep()
    assert Digests(tmp_path / "kept.json").of(file) == sha(b"two")


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}', b'{"a": {"state": 1, "digest": 1}}', b"\xff"])
def test_damaged_notes_cost_time_and_nothing_else(tmp_path, damage):
    file, kept = settled(tmp_path / "a"), tmp_path / "kept.json"
    kept.write_bytes(damage)
    digests = Digests(kept)
    assert digests.of(file) == sha(b"one")
    digests.keep()
    assert str(file) in json.loads(kept.read_text())


def test_a_folder_is_its_files_names_and_contents(tmp_path):
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    settled(folder / "deep" / "a")
    settled(folder / ".mark", b"x")

    def now():
        return Digests(tmp_path / "kept").of(folder)

    before = now()
    settled(folder / ".mark", b"y")
    assert now() == before
    (folder / "deep" / "a").rename(folder / "deep" / "b")
    assert now() != before
    (folder / "deep" / "b").rename(folder / "deep" / "a")
    assert now() == before
    settled(folder / "deep" / "a", b"two")
    assert now() != before


def test_texts_are_distinguished_by_where_they_end():
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"]) != digest_of(["abc"])
    assert digest_of(["\udce9"])  # a file name that is no UTF-8


def test_many_builds_may_keep_digests_at_the_same_time(tmp_path, later):
    files = [settled(tmp_path / str(number), str(number).encode()) for number in range(50)]

    def build(_):
        digests = Digests(tmp_path / "kept.json")
        assert [digests.of(file) for file in files] == [sha(file.name.encode()) for file in files]
        digests.keep()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(build, range(40)))
    assert len(json.loads((tmp_path / "kept.json").read_text())) == 50
