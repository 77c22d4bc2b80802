import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from prismake import cli
from prismake.common.yaml_files import load_yaml
from prismake.review import configuration as reviews

from tests.places import PROJECT, SCHEMAS


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_tells_its_arguments(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    output = capsys.readouterr().out
    assert output.startswith(f"usage: prismake {command} ")
    # Each example is typed as it stands.
    examples = [shlex.split(line) for line in output.partition("examples:\n")[2].splitlines()]
    assert examples and all(line[:2] == ["prismake", command] for line in examples)
    for line in examples:
        if "--list" not in line:
            cli.parser(command).parse_args(line[1:])


def test_a_reader_that_has_enough_gets_no_trace():
    code = "import sys; from prismake.cli import main; sys.exit(main(['check', '--list']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_a_new_review_has_a_sound_configuration(tmp_path, monkeypatch):
    (tmp_path / "Web of Science (1).ris").write_text("TY  - JOUR\nER  - \n")
    (tmp_path / "pubmed.nbib").write_text("PMID- 1\n")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "mine", "Web of Science (1).ris", "pubmed.nbib", "--date", "2026-01-31"]) == 0
    monkeypatch.chdir(tmp_path / "mine")
    config = reviews.checked(reviews.load_config(Path("config.yaml"), SCHEMAS), SCHEMAS)
    assert [search["id"] for search in config["searches"]] == ["web-of-science", "pubmed"]
    assert config["searches"][0]["files"] == ["data/searches/Web of Science (1).ris"]


def test_a_new_review_overwrites_nothing(tmp_path, capsys):
    (tmp_path / "config.yaml").write_text("mine: true\n")
    (tmp_path / "a.ris").write_text("TY  - JOUR\nER  - \n")
    assert cli.main(["new", str(tmp_path), str(tmp_path / "a.ris"), "--date", "2026-01-31"]) == 1
    output = capsys.readouterr().err
    assert output.startswith("ERROR ") and "not empty" in output
    assert (tmp_path / "config.yaml").read_text() == "mine: true\n"


def test_a_file_of_the_system_does_not_fill_a_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/.DS_Store").write_bytes(b"x")
    (tmp_path / "a.ris").write_text("TY  - JOUR\nTI  - A\nER  - \n")
    assert cli.main(["new", str(tmp_path / "mine"), str(tmp_path / "a.ris"), "--date", "2026-01-31"]) == 0


def test_missing_and_equal_names_are_reported_together(tmp_path, capsys):
    for name in ("a b.ris", "a-b.nbib"):
        (tmp_path / name).write_text("x")
    given = [str(tmp_path / name) for name in ("a b.ris", "a-b.nbib", "none.ris")]
    assert cli.main(["new", str(tmp_path / "mine"), *given, "--date", "2026-01-31"]) == 1
    output = capsys.readouterr().err
    assert "none.ris: the file does not exist" in output and "would be named 'a-b' like another export" in output
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("content", ["no export of any kind\n", "", None], ids=["text", "empty", "folder"])
def test_a_new_review_is_not_made_from_what_is_not_an_export(tmp_path, capsys, content):
    if content is None:
        (tmp_path / "a.txt").mkdir()
    else:
        (tmp_path / "a.txt").write_text(content)
    assert cli.main(["new", str(tmp_path / "mine"), str(tmp_path / "a.txt"), "--date", "2026-01-31"]) == 1
    message, fix = capsys.readouterr().err.strip().split("\n")
    assert message.startswith("ERROR ") and "a.txt: " in message and fix.startswith("  -> ")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("file", "number", "database"),
    [
        ("pubmed-2026.ris", "", "PubMed"),
        ("Web of Science (1).ris", "", "Web of Science"),
        ("WoS_export.ris", "", "Web of Science"),
        ("ovid-embase.ris", "", "Embase"),
        ("cochrane.ris", "", "Cochrane Library"),
        ("psycinfo.ris", "", "APA PsycInfo"),
        ("search-1.ris", "AN  - L123456789\n", "Embase"),
        ("america.ris", "", "america"),
    ],
)
def test_a_new_review_names_well_known_databases_as_they_are_printed(tmp_path, monkeypatch, file, number, database):
    monkeypatch.chdir(tmp_path)
    Path(file).write_text(f"TY  - JOUR\nTI  - A title\n{number}ER  - \n")
    assert cli.main(["new", "mine", file, "--date", "2026-01-31"]) == 0
    (search,) = load_yaml(Path("mine/config.yaml"))["searches"]
    assert (search["database"], search["kind"]) == (database, "database")


def test_make_and_the_readme_call_commands_that_there_are():
    project = PROJECT
    text = (project / "Makefile").read_text() + (project / "README.md").read_text()
    called = set(re.findall(r"(?:\$\(BIN\)/|^ +)prismake ([\w-]+)", text, flags=re.MULTILINE))
    assert called <= set(cli.COMMANDS)


@pytest.mark.parametrize("date", ["31.1.2026", "2026-02-31", "20260131", "2026-W05-6"])
def test_a_new_review_needs_a_valid_date(tmp_path, capsys, date):
    (tmp_path / "a.ris").write_text("TY  - JOUR\nER  - \n")
    assert cli.main(["new", str(tmp_path / "mine"), str(tmp_path / "a.ris"), "--date", date]) == 1
    assert f"--date: '{date}' is not a valid date" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_a_new_review_comes_with_the_schema_that_its_first_line_names(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.ris").write_text("TY  - JOUR\nER  - \n")
    assert cli.main(["new", str(tmp_path / "mine"), str(tmp_path / "a.ris"), "--date", "2026-01-31"]) == 0
    first = (tmp_path / "mine/config.yaml").read_text().splitlines()[0]
    named = (tmp_path / "mine" / first.removeprefix("# yaml-language-server: $schema=")).read_text()
    Draft202012Validator.check_schema(json.loads(named))
    config = yaml.safe_load((tmp_path / "mine/config.yaml").read_text())
    assert list(Draft202012Validator(json.loads(named)).iter_errors(config)) == []
    capsys.readouterr()
    with pytest.raises(SystemExit):
        cli.main(["new", "--schema"])
    assert capsys.readouterr().out == named
