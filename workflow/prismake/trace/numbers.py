"""Every number of the finished Word document, in order, with what is behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prismake.audit.matter import Matter
from prismake.audit.passages import Passage
from prismake.common.results.manuscript import MODEL, REFERENCES
from prismake.common.results.synthesis import APPRAISAL, GRADE, PRINTED, STUDIES
from prismake.trace.document_lines import Citation, Line
from prismake.trace.explaining import Cell, Letters, Origin, Token, cells_by_place, in_line, tokens_of
from prismake.trace.works import BIBLIOGRAPHY, Works, works_in

# Letters of the text that are shown on either side of a number.
AROUND = 40
# Ids that a row lists; the others are counted.
SHOWN = 20
WORD = re.compile(r"[A-Za-z_]\w*")
# Words that are as often no number; they are one where a value printed them.
DOUBTFUL = re.compile(r"\b(?:one|zero)\b", re.IGNORECASE)
REPEATED = re.compile(r"\s+")
# How a number came about that stands in a text of the workflow's own.
WRITTEN = "part of a text that the workflow writes"


@dataclass(frozen=True)
class Number:
    """A number of the document, and what is behind it.

    `source` is `value`, `stated`, `table`, `citation`, `reference`, `numbering`, `name`, `typed`, or `unexplained`.
    `place` is the file and line where its author wrote it or its expression. `ids` are studies, works or records.
    `span` says where it stands: the place of its line among those of the document, where it begins and ends there.
    """

    section: str
    before: str
    text: str
    after: str
    source: str
    place: str = ""
    expression: str = ""
    values: tuple[str, ...] = ()
    study: str = ""
    column: str = ""
    how: str = ""
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    span: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class TableColumns:
    """The study of each row of a table that the build made, and its columns: id, and the expression of its cells."""

    studies: Sequence[str]
    columns: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Background:
    """What numbers are followed back to.

    `grids` are the cells of the tables, `tables` those that the build made, by identifier (`tbl:characteristics`).
    `head` are the texts of title page and keywords, `counts` what the title page counts. `listed` gives the ids of a
    list of records. `parts` are the tables of the parts of studies by their names, as results/studies.json has them.
    """

    matter: Matter
    grids: Mapping[str, Sequence[Sequence[Passage]]]
    tables: Mapping[str, TableColumns] = field(default_factory=dict)
    head: Sequence[str] = ()
    metadata: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    listed: Callable[[str], Sequence[str]] = lambda path: ()
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def _shown(line: Line, first: int, last: int, own: int | None = None) -> str:
    """A stretch of a line as it prints, with its citations, without those at the place `own`."""
    text, at = "", first
    for place, printed, _ in line.cited:
        if first <= place <= last and place != own:
            text, at = text + line.text[at:place] + printed, place
    return REPEATED.sub(" ", text + line.text[at:last])


def around(line: Line, start: int, end: int, own: int | None = None) -> tuple[str, str]:
    """The text before and after a place of a line, without the citation at the place `own`."""
    before, after = _shown(line, 0, start, own), _shown(line, end, len(line.text), own)
    # Words at the edges are whole.
    if len(before) > AROUND:
        before = before[-AROUND:].partition(" ")[2] or before[-AROUND:]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] or after[:AROUND]
    return before.lstrip(), after.rstrip()


def _tokens(line: Line) -> list[Token]:
    """The numbers of a line; those that the writer put there are apart from the words that they touch."""
    numbered = [(start, end) for start, end, kind in line.added if kind == "numbering"]
    text, tokens = line.text, []
    for start, end in numbered:
        tokens += [
            Token(start + match.start(), start + match.end(), match[0])
            for match in re.finditer(r"\d+", line.text[start:end])
        ]
        text = text[:start] + " " * (end - start) + text[end:]
    return sorted([*tokens, *tokens_of(text)], key=lambda token: token.start)


def _doubtful(line: Line, tokens: Sequence[Token]) -> list[Token]:
    """The words of a line that are a number only where a value printed them."""
    taken = {at for token in tokens for at in range(token.start, token.end)}
    words = DOUBTFUL.finditer(line.text) if line.style != BIBLIOGRAPHY and not line.cell else ()
    return [Token(*word.span(), word[0]) for word in words if word.start() not in taken]


def _is_added(line: Line, token: Token, kind: str) -> bool:
    return any(each == kind and start < token.end and token.start < end for start, end, each in line.added)


@dataclass
class _Explaining:
    """Explains the numbers of a document."""

    background: Background
    lines: Sequence[Line]
    letters: Letters
    cells: Mapping[tuple[int, int], Cell]
    labels: re.Pattern[str]
    works: Works

    def numbers(self) -> Iterator[Number]:
        for index, line in enumerate(self.lines):
            tokens = _tokens(line)
            explained = [(token, self._number(line, token)) for token in tokens]
            words = [(token, self._number(line, token)) for token in _doubtful(line, tokens)]
            explained += [(token, number) for token, number in words if self._counts(number)]
            numbers = [
                (token.start, 0, replace(number, span=(index, token.start, token.end))) for token, number in explained
            ]
            for one in line.cited:
                numbers += [(one.at, -1, self._citation(line, one, digits)) for digits in re.findall(r"\d+", one.text)]
            yield from (number for _, _, number in sorted(numbers, key=lambda each: each[:2]))

    def _counts(self, number: Number) -> bool:
        """Whether a number is a value of the ledger that is not a text."""
        ledger = self.background.matter.ledger
        return any(name in ledger and ledger[name].kind != "text" for name in number.values)

    def _citation(self, line: Line, one: Citation, digits: str) -> Number:
        before, after = around(line, one.at, one.at, one.at)
        ids = self.works.cited(one, digits)
        how = "number of a work in the list of references"
        return Number(
            line.section, before, digits, after, "citation", how=how, ids=ids, files=(REFERENCES.path,) if ids else ()
        )

    def _number(self, line: Line, token: Token) -> Number:
        before, after = around(line, token.start, token.end)

        def made(source: str, **more: Any) -> Number:
            return Number(line.section, before, token.text, after, source, **more)

        if line.style == BIBLIOGRAPHY:
            key = self.works.entries.get(line.text)
            behind = {"ids": (key,), "files": (REFERENCES.path,)} if key else {}
            return made("reference", how="the list of references", **behind)
        if _is_added(line, token, "numbering") or self._is_label(line, token):
            return made("numbering")
        if line.cell:
            cell = self.cells.get(line.cell)
            origin = cell.find(line, token) if cell else None
            if cell and origin:
                return made(**self._of_cell(cell, origin, token))
            return made("unexplained")
        if origin := in_line(line, token, self.letters):
            return made(**self._of_passage(origin, token))
        return made(**self._of_layout(line, token))

    def _is_label(self, line: Line, token: Token) -> bool:
        """Whether a number follows the label of a table or figure, as in the line that says where one belongs."""
        return bool(self.labels.search(line.text[: token.start]))

    def _of_layout(self, line: Line, token: Token) -> dict[str, Any]:
        """A number that no passage holds: a count of the title page, the number of a heading, one in a formula."""
        if _is_added(line, token, "formula"):
            return {"source": "typed", "how": "a formula"}
        if line.style.startswith("heading") and not line.text[: token.start].strip():
            return {"source": "numbering"}
        number = re.sub(r"\D", "", token.text)
        words = re.findall(r"[a-z]+", line.text[: token.start].lower())
        names = [name for name, count in self.background.counts.items() if str(count) == number]
        if names:
            name = next((word for word in reversed(words) if word in names), names[0])
            return {
                "source": "value",
                "values": (f"counts.{name}",),
                "how": f"{name}, as counted",
                "files": (MODEL.path,),
            }
        return {"source": "unexplained"}

    def _of_passage(self, origin: Origin, token: Token) -> dict[str, Any]:
        """What is behind a number of a passage."""
        passage = origin.passage
        about: dict[str, Any] = {"place": f"{passage.file}:{passage.line}" if passage.line else passage.file}
        matter = self.background.matter
        if printed := passage.value_at(origin.start):
            entries = [matter.ledger[name] for name in printed.names if name in matter.ledger]
            ids = [id for entry in entries for id in (*entry.studies, *self._records(entry.records))]
            # `RoB 2` in a text that the build wrote is a name, as it is where an author typed it.
            if token.is_name and all(entry.kind == "text" for entry in entries):
                return {**about, "source": "name", "expression": printed.expression}
            return {
                **about,
                "source": "value",
                "expression": printed.expression,
                "values": printed.names,
                "how": "; ".join(dict.fromkeys(entry.how for entry in entries)) or WRITTEN,
                "files": _once(file for entry in entries for file in entry.files),
                "columns": _once(column for entry in entries for column in entry.columns),
                "ids": _once(ids),
            }
        if row := matter.statements.stating(passage, origin.start, origin.end):
            file = matter.statements.files.get("stated", "stated.csv")
            return {**about, "source": "stated", "how": row.cells["source"], "files": (f"{file}:{row.line}",)}
        if token.is_name or passage.part == "head":
            return {**about, "source": "name"}
        how = "typed in a sentence that cites" if passage.keys else "typed"
        return {**about, "source": "typed", "how": how, "ids": _once(passage.keys)}

    def _records(self, path: str) -> Sequence[str]:
        return self.background.listed(path) if path else ()

    def _of_cell(self, cell: Cell, origin: Origin, token: Token) -> dict[str, Any]:
        """What is behind a number of a cell: the study and column where the build made the table."""
        table, header = self.background.tables.get(cell.table), 0
        if table:
            header = len(self.background.grids[cell.table]) - len(table.studies)
        if not table or cell.row < header:
            return self._of_passage(origin, token)
        about = behind_cell(self.background, cell.table, cell.row - header, cell.column)
        return about | {"source": "name" if token.is_name else "table"}


def behind_cell(background: Background, table: str, row: int, column: int) -> dict[str, Any]:
    """What is behind a number in a cell of a table that the build made (`tbl:x`): its study, columns and files, as
    fields of a `Number`. Rows are counted from 0 without the header's.
    """
    made = background.tables[table]
    study, (name, expression) = made.studies[row], made.columns[column]
    words = WORD.findall(expression)
    columns = _once(word for word in words if word in background.matter.columns)
    parts = _once(word for word in words if word in background.parts)
    cells = _cells_behind(background, study, columns, parts)
    return {
        "source": "table",
        "expression": expression,
        "study": study,
        "column": name,
        "how": cells or f"the cell of {study} in the column {name}",
        "files": (PRINTED.at(table=table.removeprefix("tbl:")), *_made_of(background, study, columns, parts)),
        "columns": (*columns, *(f"{part}.{own}" for part in parts for own in _columns_of(background.parts[part]))),
        "ids": (study,),
    }


def _made_of(background: Background, study: str, columns: Sequence[str], parts: Sequence[str]) -> tuple[str, ...]:
    """The files that a printed cell is made of; a row of another name than a study's is an outcome's."""
    if study not in {one["study_id"] for one in background.matter.studies}:
        return (GRADE.path,)
    tables = tuple(str(background.parts[part]["table"]) for part in parts)
    return ((STUDIES.path,) if columns else ()) + tables or (APPRAISAL.path,)


def _columns_of(part: Mapping[str, Any]) -> list[str]:
    """The columns of a table of parts: what it lists, where a range ends, how many."""
    return [part[key] for key in ("column", "to", "n") if part.get(key)]


def _filled(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """The full cells of a row: `age_mean 74.4, age_sd 8.6`."""
    return ", ".join(f"{column} {row[column]}" for column in columns if row.get(column) is not None)


def _cells_behind(background: Background, study: str, columns: Sequence[str], parts: Sequence[str]) -> str:
    """The cells of a study that a printed cell is made of, and its rows of parts: `levels: level T12, n 3`."""
    row = next((one for one in background.matter.studies if one["study_id"] == study), {})
    rows = [
        f"{part}: " + "; ".join(_filled(own, _columns_of(background.parts[part])) for own in listed)
        for part in parts
        if (listed := (row.get("parts") or {}).get(part))
    ]
    return "; ".join(filter(None, [_filled(row, columns), *rows]))


def _once(items: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _labels(lines: Sequence[Line]) -> re.Pattern[str]:
    """The labels that captions print before their numbers (`Table`, `Fig.`), as what stands before a number."""
    # Where a journal takes tables as files of their own, the text names them and no caption does.
    labels = {"Table", "Figure", "Fig."}
    for line in lines:
        numbered = [start for start, _, kind in line.added if kind == "numbering"]
        if "caption" in line.style and numbered:
            labels.add(line.text[: numbered[0]].strip())
    words = "|".join(re.escape(label) for label in sorted(labels) if label)
    return re.compile(rf"\b(?:{words})s?[\s\u00a0]*$")


def _head_passages(background: Background) -> Iterator[Passage]:
    for number, text in enumerate(background.head):
        yield Passage("head", text, background.metadata, 0, paragraph=-1 - number)


def numbers_of(lines: Sequence[Line], background: Background) -> list[Number]:
    """The numbers of a document's lines in order, and what is behind each."""
    passages = [one for one in background.matter.passages if one.part != "cell"]
    letters = Letters([*passages, *_head_passages(background)])
    cells = cells_by_place(lines, background.grids)
    works = works_in(lines, background.matter.references)
    return list(_Explaining(background, lines, letters, cells, _labels(lines), works).numbers())
