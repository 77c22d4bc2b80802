"""The numbers of a document as a page to read: no scripts, no files beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from prismake.common.errors import inert
from prismake.trace.numbers import SHOWN, Number

SOURCES = {
    "unexplained": "in the document, but not in the manuscript that it was made from",
    "value": "computed: a value of results/values.json",
    "table": "the cell of a study, from the extraction or the appraisal",
    "stated": "typed, and stated with its source",
    "typed": "typed by the author",
    "citation": "a work in the list of references",
    "reference": "in the list of references",
    "numbering": "the number of a table, figure, heading, page or affiliation",
    "name": "part of a name, an address or an identifier",
}
# The columns are as wide in every section; on a narrow screen what is behind a number stands below its text.
STYLE = """body{font:15px/1.45 sans-serif;margin:2em auto;max-width:80em;padding:0 1em;color:#222}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.3em .6em;text-align:left;
vertical-align:top;overflow-wrap:anywhere}th{position:sticky;top:0;background:#fff}
mark{background:#ffe9a8;padding:0 .15em}.unexplained mark{background:#f6b3b3}
.citation,.reference,.numbering,.name{color:#666}small,code{color:#555;font-size:.85em}h2{margin-top:2em}
.numbers{table-layout:fixed}.numbers th:nth-child(1){width:3.5em}.numbers th:nth-child(2){width:45%}
.numbers th:nth-child(3){width:7em}
.summary td:first-child{text-align:right;width:3.5em}.summary td:nth-child(2){width:7em}
@media(max-width:45em){h1{font-size:1.5em}.numbers th{display:none}.numbers tr{display:grid;
grid-template-columns:3.5em 1fr auto;border-bottom:1px solid #ddd}.numbers td{border:0}
.numbers td:nth-child(4){grid-column:2/4;padding-top:0}.numbers td:empty{display:none}}"""


def _safe(text: str) -> str:
    """Text as a page may show it: no markup, and no marks that reverse what stands beside them."""
    return escape(inert(text))


def _behind(number: Number) -> str:
    """What is behind a number, as lines of HTML."""
    lines = []
    if number.values:
        lines.append(f"<code>{_safe('; '.join(number.values))}</code>")
    if number.expression and number.expression not in number.values:
        lines.append(f"<code>{_safe(number.expression)}</code>")
    if number.how:
        lines.append(_safe(number.how))
    sources = [*number.files, *number.columns]
    if sources:
        lines.append(f"<small>{_safe('; '.join(sources))}</small>")
    if number.ids:
        further = len(number.ids) - SHOWN
        listed = ", ".join(number.ids[:SHOWN]) + (f" and {further} more" if further > 0 else "")
        lines.append(f"<small>{_safe(listed)}</small>")
    if number.place:
        lines.append(f"<small>{_safe(number.place)}</small>")
    return "<br>".join(lines)


def _row(position: int, number: Number) -> str:
    shown = f"{_safe(number.before)}<mark>{_safe(number.text)}</mark>{_safe(number.after)}"
    return (
        f'<tr class="{number.source}"><td>{position}</td><td>{shown}</td>'
        f"<td>{_safe(number.source)}</td><td>{_behind(number)}</td></tr>"
    )


def page_of(numbers: Sequence[Number], title: str) -> str:
    """The page: how many numbers have which source, then every number in order, section by section."""
    counts = Counter(number.source for number in numbers)
    summary = "".join(
        f"<tr><td>{counts[source]}</td><td>{source}</td><td>{_safe(meaning)}</td></tr>"
        for source, meaning in SOURCES.items()
        if counts[source]
    )
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>The numbers of the document</title>',
        f"<style>{STYLE}</style></head><body><h1>{_safe(title)}</h1>",
        f"<p>The {len(numbers)} numbers of the Word document, in order, with what is behind each.</p>",
        f'<table class="summary">{summary}</table>',
    ]
    section = None
    for position, number in enumerate(numbers, start=1):
        if number.section != section:
            parts.append("</table>" if section is not None else "")
            parts.append(f'<h2>{_safe(number.section)}</h2><table class="numbers">')
            parts.append("<tr><th>No.</th><th>Text</th><th>Source</th><th>Behind it</th></tr>")
            section = number.section
        parts.append(_row(position, number))
    parts.append("</table>" if section is not None else "")
    return "\n".join(part for part in parts if part) + "\n</body></html>\n"
