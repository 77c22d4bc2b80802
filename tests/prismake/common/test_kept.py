import os
import time

import pytest
from prismake.common.digests import SETTLED_NS
from prismake.common.errors import Issue
from prismake.common.kept import Kept, state_of_files, state_of_folders


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """As if every file had been written a while ago."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)


@pytest.fixture
def looks(tmp_path):
    """Checks the table of a review in builds one after the other; how many looked at it."""
    table = tmp_path / "table.csv"
    looked: list[int] = []
    table.write_text("a\n1\n")

    def build(faults=(), engine="this one"):
        kept = Kept(tmp_path / "kept.json", engine)
        before = len(looked)

        def check():
            looked.append(1)
            return list(faults)

        issues = kept.issues("table", [table], check)
        assert issues == list(faults) * (len(looked) - before)
        kept.keep()
        return len(looked)

    return build


def test_a_table_without_faults_is_looked_at_once(looks):
    assert [looks(), looks(), looks()] == [1, 1, 1]


def test_a_table_with_faults_is_looked_at_until_it_has_none(looks):
    fault = [Issue("cell", "is wrong", "table.csv:2", "correct it")]
    assert [looks(fault), looks(fault), looks(), looks()] == [1, 2, 3, 3]


def test_any_change_of_the_table_or_of_the_engine_has_it_looked_at_again(looks, tmp_path):
    table = tmp_path / "table.csv"
    looks()
    before = table.stat()
    table.write_text("a\n2\n")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [looks(), looks(), looks(engine="another"), looks(engine="another")] == [2, 2, 3, 3]


def test_nothing_counts_where_the_state_of_the_engine_or_of_a_file_is_not_known(looks, tmp_path):
    assert [looks(engine=""), looks(engine="")] == [1, 2]
    assert state_of_files(tmp_path / "missing.csv") == ""


def test_a_file_saved_a_moment_ago_has_no_state(tmp_path, monkeypatch):
    (tmp_path / "new").write_text("")
    assert state_of_files(tmp_path / "new") and state_of_folders(tmp_path)
    monkeypatch.undo()
    assert state_of_files(tmp_path / "new") == state_of_folders(tmp_path) == ""


def test_the_state_of_a_folder_is_that_of_its_files_but_not_of_compiled_code(tmp_path):
    (tmp_path / "room" / "__pycache__").mkdir(parents=True)
    before = state_of_folders(tmp_path)
    (tmp_path / "room" / "__pycache__" / "a.pyc").write_text("")
    assert state_of_folders(tmp_path) == before
    (tmp_path / "room" / "a.py").write_text("")
    assert state_of_folders(tmp_path) != before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"table": 1}', '{"table": [1, 2, 3]}'])
def test_damaged_values_count_as_none(tmp_path, content):
    (tmp_path / "kept.json").write_text(content)
    assert Kept(tmp_path / "kept.json", "this one").value("table", "state", lambda: 7) == 7


def test_what_was_not_asked_for_is_not_kept(tmp_path):
    for name in ("one", "other", "one"):
        kept = Kept(tmp_path / "kept.json", "this one")
        assert kept.value(name, "state", name.upper) == name.upper()
        kept.keep()
    assert "other" not in (tmp_path / "kept.json").read_text()
