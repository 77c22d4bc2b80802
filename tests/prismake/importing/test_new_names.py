import errno
import os

import pytest
from prismake.cli import main


def refused(capsys, folder, export) -> str:
    assert main(["new", str(folder), str(export), "--date", "2025-01-01"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("name", [b"a{b}.ris", b"a\nb.ris", b"a\xff.ris", b"<script.ris"])
def test_a_name_that_a_build_refuses_is_refused_at_once(tmp_path, capsys, name):
    export = tmp_path / os.fsdecode(name)
    export.write_text("TY  - JOUR\n")
    text = refused(capsys, tmp_path / "review", export)
    assert "which Snakemake or its report would interpret" in text and "rename the file" in text
    assert not (tmp_path / "review").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "a.ris").write_text("TY  - JOUR\n")
    text = refused(capsys, tmp_path / ("x" * 300), tmp_path / "a.ris")
    assert "cannot be made" in text and "name another folder" in text and "Traceback" not in text


@pytest.mark.parametrize("there", [False, True])
def test_no_half_made_review_is_left(tmp_path, monkeypatch, capsys, there):
    export, folder = tmp_path / "pubmed.ris", tmp_path / "review"
    export.write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    if there:
        folder.mkdir()

    def full(path, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("prismake.importing.new.write_text", full)
    assert main(["new", str(folder), str(export), "--date", "2026-01-31"]) == 1
    assert "cannot be made: No space left on device" in capsys.readouterr().err
    assert folder.exists() == there and not (there and any(folder.iterdir()))
