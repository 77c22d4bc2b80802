import argparse
import csv
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.progress import CLEAR
from prismake.common.writing import read_rows
from prismake.dedup import command

from tests.prismake.dedup.conftest import copy, frame_of
from tests.records import write_parquet

BENCHMARK = (
    "id",
    "entrytype",
    "title",
    "author",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "abstract",
    "isbn",
)
RECORDS = [copy(id="x 1"), copy(id="=2", doi=""), {"id": "3", "title": 'Another, "quoted"\nthing'}]


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(argument) for argument in arguments]))


def as_csv(path: Path, extra: tuple[str, ...] = ()) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*BENCHMARK, *extra])
        writer.writeheader()
        writer.writerows(RECORDS)
    return path


def test_a_csv_with_the_columns_of_the_benchmarks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = [tmp_path / name for name in ("clusters.csv", "review.csv", "merges.csv")]
    source = as_csv(tmp_path / "records.csv", ("other",))
    assert run(source, "--output", outputs[0], "--review", outputs[1], "--explain", outputs[2]) == 0
    assert read_rows(outputs[0]) == [
        {"id": "x 1", "cluster": "x 1"},
        {"id": "=2", "cluster": "x 1"},
        {"id": "3", "cluster": "3"},
    ]
    assert len(read_rows(outputs[2])) == 1
    assert "3 records, 2 works, 1 duplicate" in capsys.readouterr().out


def test_how_far_it_has_come_is_one_line_of_a_terminal_and_plain_lines_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = as_csv(tmp_path / "records.csv")
    run(source, "--output", tmp_path / "clusters.csv")
    lines = capsys.readouterr().err
    assert lines.splitlines()[-1] == "2 works, 0 questions" and CLEAR not in lines
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    run(source, "--output", tmp_path / "clusters.csv")
    line = capsys.readouterr().err
    assert line.endswith(f"{CLEAR}2 works, 0 questions{CLEAR}") and "\n" not in line


def test_parquet_and_json_lines_give_the_same(tmp_path: Path) -> None:
    frame = frame_of(
        [{**{k: v for k, v in record.items() if k != "id"}, "record_id": record["id"]} for record in RECORDS]
    )
    write_parquet(tmp_path / "records.parquet", frame)
    frame.to_json(tmp_path / "records.jsonl", orient="records", lines=True, force_ascii=False)
    frame.to_csv(tmp_path / "records.csv", index=False)
    texts = set()
    for suffix in ("parquet", "jsonl", "csv"):
        target = tmp_path / f"{suffix}.clusters.csv"
        run(tmp_path / f"records.{suffix}", "--output", target)
        texts.add(target.read_text(encoding="utf-8"))
    assert len(texts) == 1


def test_decisions_are_followed(tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.csv"
    decisions.write_text("record_a,record_b,decision\nx 1,=2,different\n", encoding="utf-8")
    target = tmp_path / "clusters.csv"
    run(as_csv(tmp_path / "records.csv"), "--output", target, "--decisions", decisions)
    assert len({row["cluster"] for row in read_rows(target)}) == 3


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("records.csv", b"id,author\n1,x\n", "missing-column"),
        ("records.csv", b"", "not-a-table"),
        ("records.parquet", b"PK\x03\x04 no parquet", "not-a-table"),
        ("records.jsonl", b"{broken", "not-a-table"),
        ("records.csv", b"id,title\n1,a\n1,b\n", "record-twice"),
        ("records.csv", b"id,title\n1,\xff\xfe\n", "not-a-table"),
        ("records.csv", b"id,title,title\n1,a,b\n", "not-a-table"),
        ("records.csv", b"id,title\n1,a,b\n", "not-a-table"),
        ("records.csv", b"id,title," + b"x" * 200_000 + b"\n1,a,b\n", "not-a-table"),
    ],
)
@pytest.mark.usefixtures("cells_of_csv_are_short")
def test_input_that_cannot_be_read_is_reported(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BuildStop) as stopped:
        run(tmp_path / name, "--output", tmp_path / "out.csv")
    assert [issue.code for issue in stopped.value.issues] == [code]


@pytest.mark.parametrize(
    ("content", "line"),
    [('{\n "id": "1"\n}\n', 1), ('[{"id": "1"}]\n', 1), ('{"id": "1", "title": "a"}\n\n{broken\n', 3)],
)
def test_a_line_that_is_not_one_record_is_named(tmp_path: Path, content: str, line: int) -> None:
    (tmp_path / "rep.json").write_text(content, encoding="utf-8")
    with pytest.raises(BuildStop) as stopped:
        run(tmp_path / "rep.json", "--output", tmp_path / "out.csv")
    message, fix = str(stopped.value).split("\n")
    assert message.endswith(f"rep.json:{line}: the line is not one record in JSON") and "a line of its own" in fix


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BuildStop, match="does not exist"):
        run(tmp_path / "none.csv", "--output", tmp_path / "out.csv")
