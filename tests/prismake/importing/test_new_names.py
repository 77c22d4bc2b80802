import errno
import os

import pytest
from prismake.cli import main
from prismake.common.yaml_files import load_yaml


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


@pytest.fixture
def exports(tmp_path) -> list[str]:
    files = [tmp_path / name for name in ("pubmed.ris", "mine_41.ris")]
    for file in files:
        file.write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    return [str(file) for file in files]


def test_a_database_that_is_not_recognised_is_said_to_be_so(tmp_path, exports, capsys):
    assert main(["new", str(tmp_path / "review"), *exports, "--date", "2026-01-31"]) == 0
    text = capsys.readouterr().out
    assert "    pubmed.ris: PubMed\n" in text
    assert "    mine_41.ris: database not recognised, printed as 'mine_41'; write its name under 'database'" in text
    assert "or delete the folder and start again with --database 'mine_41.ris=NAME'" in text
    assert "--database 'mine_41.ris=NAME'" in text


def test_a_database_is_named_as_it_prints(tmp_path, exports, capsys):
    named = ["--database", "mine_41.ris=Criminal Justice Abstracts"]
    assert main(["new", str(tmp_path / "review"), *exports, "--date", "2026-01-31", *named]) == 0
    assert "not recognised" not in capsys.readouterr().out
    searches = load_yaml(tmp_path / "review/config.yaml")["searches"]
    assert searches[1]["id"] == "criminal-justice-abstracts"
    assert searches[1]["database"] == "Criminal Justice Abstracts"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("other.ris=A", "'other.ris' is not one of the exports"),
        ("A", "write FILE=NAME"),
        ("pubmed.ris={{ x", "interpret"),
    ],
)
def test_a_database_that_cannot_be_named_so_is_refused(tmp_path, exports, capsys, named, message):
    words = ["new", str(tmp_path / "review"), *exports, "--date", "2026-01-31", "--database", named]
    assert main(words) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "review").exists()


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
    assert f"{folder}: the disk is full" in capsys.readouterr().err
    assert folder.exists() == there and not (there and any(folder.iterdir()))
