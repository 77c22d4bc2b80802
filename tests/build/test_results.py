"""The files of a built review, compared with their declarations."""

import csv
import json
import re
from datetime import date
from fnmatch import fnmatch

import pyarrow.parquet as pq
import pytest
from prismake.common.records import SEPARATOR
from prismake.common.results.declaring import PLACEHOLDER, Column, Document, Table
from prismake.common.results.registry import DECLARED, NOT_RESULTS, declaration_of

pytestmark = pytest.mark.build

# Files that Snakemake marks a folder with.
HIDDEN = re.compile(r"(?:^|/)\.")


def built(review):
    """Path -> file of every result."""
    files = {path.relative_to(review.folder).as_posix(): path for path in (review / "results").rglob("*")}
    return {
        name: path
        for name, path in files.items()
        if path.is_file() and not name.startswith(NOT_RESULTS) and not HIDDEN.search(name)
    }


def is_of(kind: str, cell: str) -> bool:
    """Whether a cell's text is of the type that its column declares."""
    match kind:
        case _ if cell == "":
            return True
        case "integer":
            return cell.removeprefix("-").isdigit()
        case "number":
            return float(cell) == float(cell)
        case "date":
            return bool(date.fromisoformat(cell))
        case "yes or no":
            return cell in ("yes", "no")
        case "list":
            return all(item.strip() for item in cell.split(SEPARATOR))
        case "JSON":
            return json.loads(cell) is not None
        case _:
            return kind == "text"


def check_columns(table: Table, result: list[str]) -> None:
    assert result[: len(table.declared)] == list(table.columns)
    patterns = [".+".join(map(re.escape, PLACEHOLDER.split(column.name))) for column in table.further]
    for name in result[len(table.declared) :]:
        assert any(re.fullmatch(pattern, name) for pattern in patterns), name


def check_csv(table: Table, path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    check_columns(table, header)
    for column, cells in zip(table.declared, zip(*rows, strict=True), strict=False):
        for cell in cells:
            assert is_of(column.type, cell), (path, column.name, cell)


def check_parquet(table: Table, path) -> None:
    schema = pq.read_schema(path)
    assert schema.names == list(table.columns)
    for column in table.declared:
        stored = "int64" if column.type == "integer" else "string"
        assert str(schema.field(column.name).type).removeprefix("large_") == stored, column.name


def check_key(key: Column, value: object) -> None:
    if value is not None and key.type in ("integer", "number"):
        assert isinstance(value, int | float), key.name
    if key.type == "JSON":
        assert isinstance(value, dict | list), key.name


def check_json(document: Document, path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    entries = content if document.several else [content]
    names = [key.name for key in document.keys]
    for entry in entries if names else []:
        assert list(entry) == [name for name in names if name in entry], path
        for key in document.keys:
            if key.name in entry:
                check_key(key, entry[key.name])


def test_every_result_is_declared_and_is_as_declared(example):
    files = built(example)
    undeclared = [name for name in files if declaration_of(name) is None]
    assert not undeclared
    for name, path in files.items():
        declared = declaration_of(name)
        if isinstance(declared, Table):
            (check_parquet if path.suffix == ".parquet" else check_csv)(declared, path)
        elif isinstance(declared, Document):
            check_json(declared, path)


def test_every_result_is_written_by_the_rule_that_its_declaration_names(example):
    lines = example.snakemake("--summary").stdout.splitlines()[1:]
    wrote = {line.split("\t")[0]: line.split("\t")[2] for line in lines if "\t" in line}
    assert len(wrote) > 30
    for name, rule in wrote.items():
        if not name.startswith(NOT_RESULTS):
            declared = declaration_of(name) or declaration_of(f"{name}/any")
            assert declared, name
            writers = [writer.replace("*", ".*") for writer in re.split(", | or ", declared.writer)]
            assert any(re.fullmatch(writer, rule) for writer in writers), (name, rule)


def test_a_path_has_one_declaration():
    paths = [result.path for result in DECLARED]
    assert len(set(paths)) == len(paths)
    assert declaration_of("results/flow/previous.csv").path == "results/flow/previous.csv"
    assert declaration_of("results/flow/identified.pubmed.csv").path == "results/flow/{box}.csv"
    assert declaration_of("results/nothing.csv") is None


# What the read of a single export and the check of the bibliography leave; what is made of them is sealed.
UNSEALED = ("results/import/*.json", "results/import/*.parquet", "results/manuscript/references.json")


def test_every_result_of_the_build_is_sealed(example):
    sealed = {f"results/{name}" for name in example.sums()}
    left = {name for name in built(example) if name != "results/SHA256SUMS"} - sealed
    assert [name for name in left if not any(fnmatch(name, pattern) for pattern in UNSEALED)] == []
    # The folder of lists is among them, file by file.
    assert len([name for name in sealed if name.startswith("results/flow/")]) > 5
