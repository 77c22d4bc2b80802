"""Declarations of the files that the workflow makes: each once, with its path, its columns and the rule that writes it.

The modules beside this one hold the declarations. Steps write tables through `Table.write` and readers read them
through `Table.read`; no other module lists the columns of a result. `docs/results.md` is made from them, and tests
compare them with the rules and with a build. Paths start at the review's folder; `{search}` in a path or column stands
for a name that the review chooses.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prismake.common.errors import BuildStop, stop
from prismake.common.reading import read_json
from prismake.common.writing import read_table, write_json, write_rows

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "results"
Type = Literal["text", "integer", "number", "date", "yes or no", "list", "JSON"]
DAMAGED = "delete it and build again"
PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Column:
    """A column of a table or a key of a JSON document. Any cell may be empty where nothing is known."""

    name: str
    meaning: str
    type: Type = "text"


@dataclass(frozen=True)
class Result:
    """A file, or all files whose path fits `path`, written by the rule `writer`."""

    path: str
    writer: str
    meaning: str

    def at(self, **names: str) -> str:
        """The path with its names filled in."""
        return self.path.format(**names)

    def under(self, results: Path, **names: str) -> Path:
        """The file's place where the build's results are not in `results/` but in another folder."""
        return results / self.at(**names).removeprefix(f"{FOLDER}/")

    def fits(self, path: str) -> bool:
        """Whether this declares the file at a path from the review's folder; one that ends in / declares a folder."""
        pattern = ".+".join(re.escape(part) for part in PLACEHOLDER.split(self.path))
        return bool(re.fullmatch(pattern + (".+" if self.path.endswith("/") else ""), path))


@dataclass(frozen=True)
class Table(Result):
    """A CSV or Parquet table. `further` declares columns that depend on the review and follow the others."""

    declared: tuple[Column, ...] = ()
    further: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the declared columns, in order."""
        return tuple(column.name for column in self.declared)

    def write(self, path: Path, rows: Iterable[Mapping[str, Any]], further: Sequence[str] = ()) -> None:
        """Writes a CSV with all declared columns, then those of `further`. A row's missing columns are empty.

        Raises ValueError for a row with a column that is neither declared nor in `further`, so that nothing is lost.
        """
        write_rows(path, (*self.columns, *further), rows)

    def write_tables(self, path: Path, tables: Iterable[pa.Table], further: Sequence[str] = ()) -> None:
        """Writes the same CSV from Arrow tables with these columns, one after another: for many rows.

        Raises ValueError for a table with other columns.
        """
        from prismake.common.csv_tables import write_tables

        write_tables(path, (*self.columns, *further), tables)

    def read_tables(self, path: Path, columns: Sequence[str] = ()) -> Iterator[pa.Table]:
        """The rows of a CSV as Arrow tables, some thousands at a time, with those columns alone (all by default).

        Raises KeyError and BuildStop as `read` does.
        """
        import pyarrow as pa

        from prismake.common.csv_tables import read_tables

        self._check_declared(columns)
        wanted = list(columns or self.columns)
        try:
            for table in read_tables(path, wanted):
                if not set(wanted).issubset(table.column_names):
                    raise _damaged("its columns are not those that Prismake wrote", path)
                yield table.select(wanted)
        except (ValueError, csv.Error, pa.ArrowException):
            raise _damaged("the file is damaged", path) from None

    def read_where(
        self, path: Path, wanted: Mapping[str, Iterable[str]], columns: Sequence[str] = ()
    ) -> Iterator[dict[str, str]]:
        """The rows whose cells in some columns are among those `wanted` there, without holding the others.

        Raises KeyError and BuildStop as `read` does.
        """
        import pyarrow.compute as pc

        from prismake.common.arrow import texts

        values = {name: texts(list(cells)) for name, cells in wanted.items()}
        chosen = list(columns or self.columns)
        for table in self.read_tables(path, list(dict.fromkeys([*chosen, *values]))):
            for name, cells in values.items():
                table = table.filter(pc.is_in(table[name], value_set=cells))
            yield from table.select(chosen).to_pylist()

    def count(self, path: Path, columns: Sequence[str]) -> Counter[tuple[str, ...]]:
        """How many rows have each combination of cells in some columns; it raises what `read` raises."""
        counts: Counter[tuple[str, ...]] = Counter()
        for table in self.read_tables(path, columns):
            counts.update(zip(*(column.to_pylist() for column in table.columns), strict=True))
        return counts

    def read(self, path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
        """The rows of a CSV, every cell as text; `columns` are those that the reader needs, all where none is named.

        Raises KeyError for a column that is not declared, and BuildStop where the file lacks one or is damaged.
        """
        self._check_declared(columns)
        try:
            header, rows = read_table(path)
        except (ValueError, csv.Error):
            raise _damaged("the file is damaged", path) from None
        if not set(columns or self.columns).issubset(header):
            raise _damaged("its columns are not those that Prismake wrote", path)
        return rows

    def _check_declared(self, columns: Sequence[str]) -> None:
        if undeclared := [name for name in columns if name not in self.columns]:
            raise KeyError(f"{self.path}: columns not declared: {undeclared}")


def _damaged(message: str, path: Path) -> BuildStop:
    return stop("damaged", message, where=str(path), fix=DAMAGED)


@dataclass(frozen=True)
class Document(Result):
    """A JSON document: an object with the keys of `keys`, or (`several`) a list of such objects.

    Without `keys` the document is free: other programs, or the review, name its keys.
    """

    keys: tuple[Column, ...] = ()
    several: bool = False

    def write(self, path: Path, content: Any) -> None:
        """Writes the document. Raises ValueError for a key that is not declared."""
        known = {key.name for key in self.keys}
        for entry in content if self.several else [content]:
            if known and (undeclared := set(entry) - known):
                raise ValueError(f"{path}: keys not declared: {sorted(undeclared)}")
        write_json(path, content)

    def read(self, path: Path) -> Any:
        """The document's content. Raises BuildStop if the file is damaged."""
        content = read_json(path)
        if not isinstance(content, list if self.several else dict):
            raise stop("damaged", "the file is not one that Prismake wrote", where=str(path), fix=DAMAGED)
        return content


@dataclass(frozen=True)
class Kind:
    """The type of a column's cells; called with a meaning, it gives the column without its name."""

    type: Type

    def __call__(self, meaning: str) -> Column:
        """A column of this kind, still without its name."""
        return Column("", meaning, self.type)


integer, number, day = Kind("integer"), Kind("number"), Kind("date")
yes_or_no, listed, structure = Kind("yes or no"), Kind("list"), Kind("JSON")


def columns(**declared: str | Column) -> tuple[Column, ...]:
    """Columns by their names: text with a meaning, or another kind: `columns(title="title", n=integer("records"))`."""
    return tuple(
        Column(name, each) if isinstance(each, str) else replace(each, name=name) for name, each in declared.items()
    )
