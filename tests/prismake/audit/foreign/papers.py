"""Reviews of several topics, each kept once in reviews/*.yaml and written as JATS, a Word document, or a PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
import typst
import yaml
from docx.oxml import parse_xml
from prismake.audit.foreign.reading import read_paper
from prismake.audit.foreign.run import Report, audit_paper

FOLDER = Path(__file__).parent / "reviews"
CITATION = re.compile(r"\[(\d[\d,–-]*)\]|(?<= )\((\d{1,2}(?:[,–-]\d{1,2})*)\)")


@dataclass(frozen=True)
class Grid:
    """A table: caption, note below it, rows with the header first."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    notes: str = ""


@dataclass(frozen=True)
class Source:
    """A review. `[1,2]` and `(1,2)` in its text cite; `plants`: text, the wrong text for it, and its kind."""

    title: str
    abstract: str
    sections: Mapping[str, Sequence[str]]
    tables: Sequence[Grid] = ()
    references: Sequence[str] = ()
    cites: str = "brackets"
    plants: Sequence[tuple[str, str, str]] = field(default=(), compare=False)

    def planted(self, old: str, new: str) -> Source:
        """The review with one place changed; the place must exist."""

        def swap(text: str) -> str:
            return text.replace(old, new, 1)

        def rows(grid: Grid) -> Grid:
            lines = [swap(re.sub(" +", " ", " | ".join(row))) for row in grid.rows]
            cells = tuple(tuple(cell.strip() for cell in line.split("|")) for line in lines)
            return replace(grid, caption=swap(grid.caption), rows=cells)

        changed = replace(
            self,
            abstract=swap(self.abstract),
            sections={name: [swap(one) for one in texts] for name, texts in self.sections.items()},
            tables=[rows(grid) for grid in self.tables],
        )
        assert changed != self, old
        return changed


def _line(text: str) -> str:
    return " ".join(str(text).split())


@cache
def source(name: str) -> Source:
    """The review of a name, as kept in reviews/."""
    kept: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    tables = [
        Grid(
            _line(one["caption"]),
            tuple(tuple(cell.strip() for cell in row.split("|")) for row in one["rows"]),
            _line(one.get("notes", "")),
        )
        for one in kept.pop("tables", [])
    ]
    sections = {name: [_line(text) for text in texts] for name, texts in kept.pop("sections").items()}
    plants = [(_line(old), _line(new), kind) for old, new, kind in kept.pop("plants", [])]
    abstract = _line(kept.pop("abstract"))
    return Source(**kept, abstract=abstract, sections=sections, tables=tables, plants=plants)


def names() -> list[str]:
    """The names of all reviews."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def _cites(text: str, works: int) -> str:
    def links(match: re.Match[str]) -> str:
        # Much higher numbers are no citations: 45 years [30–61].
        if max(map(int, re.findall(r"\d+", match[0]))) > works + 1:
            return match[0]
        inner = re.sub(
            r"\d+", lambda one: f'<xref ref-type="bibr" rid="r{one[0]}">{one[0]}</xref>', match[1] or match[2]
        )
        return f"[{inner}]"

    return CITATION.sub(links, escape(text))


def jats(source: Source) -> str:
    """The review as JATS."""
    numbered = source.cites != "author-year"
    cited: Callable[[str], str] = partial(_cites, works=len(source.references)) if numbered else escape
    body = "".join(
        f"<sec><title>{name}</title>{''.join(f'<p>{cited(text)}</p>' for text in texts)}</sec>"
        for name, texts in source.sections.items()
    )
    tables = ""
    for number, grid in enumerate(source.tables, start=1):
        cells = [[escape(cell) for cell in row] for row in grid.rows]
        head = "".join(f"<th>{cell}</th>" for cell in cells[0])
        lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells[1:])
        foot = f"<table-wrap-foot><p>{escape(grid.notes)}</p></table-wrap-foot>" if grid.notes else ""
        tables += (
            f"<table-wrap><label>Table {number}</label><caption><title>{escape(grid.caption)}</title></caption>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{foot}</table-wrap>"
        )
    works = "".join(
        f'<ref id="r{n}"><mixed-citation>{escape(w)}</mixed-citation></ref>' for n, w in enumerate(source.references, 1)
    )
    return (
        f"<article><front><article-meta><title-group><article-title>{escape(source.title)}</article-title></title-group>"
        f"<abstract><p>{cited(source.abstract)}</p></abstract></article-meta></front>"
        f"<body>{body}{tables}</body><back><ref-list>{works}</ref-list></back></article>"
    )


def word(source: Source, *, raised: bool = False) -> bytes:
    """The review as a Word document, its citations as written or raised."""
    document = docx.Document()
    raised = raised or source.cites == "raised"

    def add(text: str) -> None:
        paragraph, at = document.add_paragraph(), 0
        for match in CITATION.finditer(text) if raised else ():
            paragraph.add_run(text[at : match.start()].rstrip())
            paragraph.add_run(match[1] or match[2]).font.superscript = True
            at = match.end()
        paragraph.add_run(text[at:])

    document.add_heading(source.title, 0)
    document.add_heading("Abstract", 1)
    add(source.abstract)
    for name, texts in source.sections.items():
        document.add_heading(name, 1)
        for text in texts:
            add(text)
    for number, grid in enumerate(source.tables, start=1):
        document.add_paragraph(f"Table {number}. {grid.caption}", style="Caption")
        table = document.add_table(len(grid.rows), len(grid.rows[0]))
        for row, texts in zip(table.rows, grid.rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        if grid.notes:
            document.add_paragraph(f"Note. {grid.notes}")
    document.add_heading("References", 1)
    for number, work in enumerate(source.references, start=1):
        document.add_paragraph(work if source.cites == "author-year" else f"{number}. {work}")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


PAGE = """
#set page(paper: "a4", margin: 2cm, columns: %(columns)s, header: [Journal of Invented Results #h(1fr) Author et al.],
  footer: context align(center, counter(page).display()))
#set text(size: 9.5pt, hyphenate: true, font: "Libertinus Serif", lang: "en")
#set super(typographic: false)
#set par(justify: true, first-line-indent: 1em)
#show heading: set text(size: 11pt)
#show figure: set block(breakable: false)
#show figure.caption: it => align(left, it)
#show figure.where(kind: table): set figure.caption(position: top)
"""


def pdf(source: Source, *, columns: int = 2, ruled: bool = False, submitted: bool = False) -> bytes:
    """The review as a PDF like those of journals: columns, running heads, hyphens, tables ruled as a grid or not.

    `submitted`: like a manuscript, with numbers of lines and double spacing.
    """

    def cited(text: str) -> str:
        if source.cites != "raised":
            return _quoted(text)
        parts, at = "", 0
        for match in CITATION.finditer(text):
            parts += _quoted(text[at : match.start()].rstrip()) + f"#super[{match[1] or match[2]}]"
            at = match.end()
        return parts + _quoted(text[at:])

    lines = [
        PAGE % {"columns": columns},
        SUBMITTED if submitted else "",
        f"= {_quoted(source.title)}",
        "== Abstract",
        cited(source.abstract),
    ]
    tables = [_typst_table(one, ruled=ruled, wide=columns > 1) for one in source.tables]
    for place, (name, texts) in enumerate(source.sections.items()):
        lines += [f"== {_quoted(name)}", *("\n" + cited(text) for text in texts)]
        lines += tables if place == len(source.sections) - 2 else []
    lines += ["== References", "#set par(first-line-indent: 0em, hanging-indent: 1.2em)"]
    for number, work in enumerate(source.references, start=1):
        lines.append("\n" + _quoted(work if source.cites == "author-year" else f"{number}. {work}"))
    return bytes(typst.compile("\n".join(lines).encode()))


SUBMITTED = '#set par(leading: 1.6em)\n#set par.line(numbering: "1")\n'


def _quoted(text: str) -> str:
    return '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _typst_table(table: Grid, *, ruled: bool, wide: bool) -> str:
    """A figure with the table: every cell ruled, or rules above, below the header, and at the end alone."""
    width = len(table.rows[0])
    rows = ["".join(f"[{_quoted(cell)}]," for cell in row) for row in table.rows]
    lines = "table.hline(),", "" if ruled else "table.hline(stroke: 0.5pt),"
    cells = f"{lines[0]} {rows[0]} {lines[1]} {' '.join(rows[1:])} {lines[0]}"
    stroke = "0.5pt" if ruled else "none"
    note = f"#align(left)[#text(size: 8pt)[{_quoted(table.notes)}]]" if table.notes else ""
    placed = ', placement: top, scope: "parent"' if wide else ""
    return (
        f"#figure(kind: table, supplement: [Table], caption: figure.caption(separator: [. "
        f"])[{_quoted(table.caption)}]{placed})[\n"
        f"#text(size: 8pt)[#table(columns: {width}, align: left, stroke: {stroke}, {cells})]\n{note}]"
    )


def boxed(texts: Sequence[str]) -> bytes:
    """A Word document whose flow figure is text boxes, with a paragraph beside them."""
    document = docx.Document()
    document.add_heading("Results", 1)
    document.add_paragraph("The selection is shown in the figure, and nothing else is said about it here.")
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for text in texts:
        shape = (
            f'<w:r xmlns:w="{namespace}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
            f"<w:txbxContent><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r>"
        )
        document.add_paragraph()._p.append(parse_xml(shape))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def audited(folder: Path, content: str | bytes, name: str = "paper.xml") -> Report:
    """The audit of a document."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return audit_paper(read_paper(path))
