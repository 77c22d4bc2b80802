import io
import json
import os
import zipfile
from contextvars import copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common import writing
from prismake.common.errors import BuildStop

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r\x00"))


@given(texts)
def test_a_guarded_cell_reads_back_and_never_starts_a_formula(text):
    guarded = writing.guard_cell(text)
    assert writing.unguard_cell(guarded) == text
    if guarded.startswith(writing.FORMULA_STARTS):
        float(guarded)


@pytest.mark.parametrize("cell", ["＝1+1", "\n=1", "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "\t=1"])
def test_formulas_are_neutralised(cell):
    assert writing.guard_cell(cell).startswith("'")


def test_numbers_keep_their_sign():
    assert writing.guard_cell("-3.5") == "-3.5"


def test_rows_read_back_and_undeclared_columns_are_refused(tmp_path):
    path = tmp_path / "deep" / "rows.csv"
    writing.write_rows(path, ["a", "b"], [{"a": "=1+1", "b": 'x,"y"\nz'}, {"a": None}])
    assert path.read_bytes().endswith(b"\n") and b"\r" not in path.read_bytes()
    assert writing.read_rows(path) == [{"a": "=1+1", "b": 'x,"y"\nz'}, {"a": "", "b": ""}]
    with pytest.raises(ValueError, match="not declared"):
        writing.write_rows(path, ["a"], [{"c": 1}])


def test_every_kind_of_line_end_in_a_cell_comes_back(tmp_path):
    rows = [{"a": f"one{end}two", "b": "z"} for end in ("\r", "\n", "\r\n")]
    writing.write_rows(tmp_path / "rows.csv", ["a", "b"], rows)
    assert writing.read_rows(tmp_path / "rows.csv") == rows
    assert (tmp_path / "rows.csv").read_bytes() == b'a,b\n"one\rtwo",z\n"one\ntwo",z\n"one\r\ntwo",z\n'


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "x.txt"
    writing.write_text(path, "old")
    with pytest.raises(RuntimeError), writing.whole_file(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]


def test_a_link_that_waits_for_the_part_is_not_written_through(tmp_path, monkeypatch):
    other = tmp_path / "other.txt"
    other.write_text("precious")
    path = tmp_path / "results" / "x.txt"
    path.parent.mkdir()
    (path.parent / ".x.txt.part").symlink_to(other)
    with writing.whole_file(path) as part:
        name = part.name
        part.write_text("new")
    with writing.whole_file(path) as part:
        assert part.name != name
    monkeypatch.setattr("secrets.token_hex", lambda _: "known")
    (path.parent / ".known.part").symlink_to(other)
    with pytest.raises(FileExistsError), writing.whole_file(path):
        pass
    assert other.read_text() == "precious"


def test_a_written_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    writing.write_text(tmp_path / "x", "")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_archives_with_equal_parts_have_equal_bytes():
    def archive(names):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as new:
            for name in names:
                new.writestr(zipfile.ZipInfo(name, date_time=(2001 + len(names), 1, 1, 0, 0, 0)), name * 50)
        return target.getvalue()

    left = writing.rewrite_zip(archive(["b", "a", "[Content_Types].xml"]), first=["[Content_Types].xml"])
    right = writing.rewrite_zip(archive(["[Content_Types].xml", "a", "b"]), first=["[Content_Types].xml"])
    assert left == right
    assert zipfile.ZipFile(io.BytesIO(left)).namelist() == ["[Content_Types].xml", "a", "b"]


def test_what_a_killed_step_was_writing_is_deleted_and_nothing_else(tmp_path):
    left = tmp_path / "figures" / ".0123456789abcdef.part"
    left.parent.mkdir()
    kept = [tmp_path / name for name in (".mine.part", "0123456789abcdef.part", ".0123456789abcdef.part.txt")]
    for file in (left, *kept):
        file.write_text("x")
    with pytest.raises(KeyboardInterrupt), writing.scratch_folder(left) as folder:
        (folder / "0.arrow").write_text("x")
        scratch = folder
        raise KeyboardInterrupt
    assert not scratch.exists()
    scratch.mkdir()
    (scratch / "0.arrow").write_text("x")
    writing.remove_unfinished(tmp_path)
    assert not scratch.exists()
    assert not left.exists() and all(file.exists() for file in kept)


@pytest.mark.parametrize(
    "content",
    [
        {"a": [1, 2.5, None, True, [], {}, 'ü"\n\u2028'], "b": {"c": {"d": ()}}, "": [["x"], [{}]]},
        {2: "whole", 2.5: "broken", True: "yes", None: "nothing"},
        [],
        "text",
        1e30,
    ],
    ids=["nested", "keys that are no text", "empty", "text", "number"],
)
def test_json_is_that_of_the_standard_library(tmp_path, content):
    writing.write_json(tmp_path / "x.json", content)
    expected = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("linked", ["data", "data/extraction"])
def test_a_command_writes_nothing_that_a_link_takes_out_of_the_review(tmp_path, linked):
    review, outside = tmp_path / "review", tmp_path / "outside"
    (review / linked).parent.mkdir(parents=True)
    outside.mkdir()
    (review / linked).symlink_to(outside)
    copy_context().run(_write_inside, review, review / "data" / "extraction" / "new" / "a.csv", tmp_path / "b.csv")
    assert list(outside.iterdir()) == [] and (tmp_path / "b.csv").is_file()


def _write_inside(review, refused, elsewhere):
    writing.stay_inside(review)
    with pytest.raises(BuildStop, match=r"leads out of the review's folder\n  -> put the folder itself here"):
        writing.write_text(refused, "x")
    writing.write_text(elsewhere, "named by the person")


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_in_the_place_of_a_file_is_refused_and_stays(linked, tmp_path):
    pipe, path = tmp_path / "pipe", tmp_path / ("link" if linked else "pipe")
    os.mkfifo(pipe)
    if linked:
        path.symlink_to(pipe)
    with pytest.raises(BuildStop, match="is a device or a pipe, not a file"):
        writing.write_bytes(path, b"content")
    assert pipe.is_fifo() and len(list(tmp_path.iterdir())) == 1 + linked
