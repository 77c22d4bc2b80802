"""The page of a build with what changed since an earlier one: numbers with the reason, sentences, cells of tables."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from lxml import etree, html

from prismake.common.errors import counted, stop
from prismake.web.comparing import Cell, Table, changed_sentences, sentences_in, tables_in
from prismake.web.doors import Element, Piece
from prismake.web.flow import record_route, study_route
from prismake.web.labels import labels_of
from prismake.web.packing import packed

ARTICLE = re.compile(r"<article>.*</article>", re.DOTALL)
DATA = re.compile(r'(<script type="application/octet-stream" id="data">)([^<]*)(</script>)')
CONTROLS = '<p class="controls">'
# What a reason names: records and the cells of studies.
NAMED = re.compile(r"[^\s,;()]+")
DECIMAL = re.compile(r"-?\d+\.(\d+)")
# Decimals of a number that the page does not print.
DECIMALS = 3


class ChangedNumber(Protocol):
    """A value that changed: its name (`value`), both texts, and why."""

    value: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class Built:
    """A page as a build wrote it: its text, its article, its data."""

    page: str
    body: tuple[int, int]
    packed: tuple[int, int]
    article: Element
    content: dict[str, Any]


@dataclass
class Changes:
    """What changed, as the page lists it."""

    numbers: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[dict[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def anchor(self) -> str:
        """The anchor of the next sentence or row that the list has."""
        return f"changed-{len(self.sentences) + 1}"


def read_page(page: str) -> Built:
    """Reads a page. Raises BuildStop where it is not one that a build wrote."""
    body, data = ARTICLE.search(page), DATA.search(page)
    if not body or not data:
        raise stop("damaged", "this is not a page that a build wrote", fix="build again")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    article = html.fragment_fromstring(body[0], parser=parser)
    return Built(page, body.span(), data.span(2), article, json.loads(gzip.decompress(base64.b64decode(data[2]))))


def _mark(piece: Piece, start: int, end: int, anchor: str) -> None:
    """Marks words of a piece; the first of a sentence has its anchor."""
    mark = etree.Element("mark", {"class": "changed", **({"id": anchor} if anchor else {})})
    # Another mark may have taken what follows.
    text = piece.element.tail if piece.is_tail else piece.element.text
    mark.text, mark.tail = text[start:end], text[end:]
    if piece.is_tail:
        parent = piece.element.getparent()
        parent.insert(parent.index(piece.element) + 1, mark)
        piece.element.tail = text[:start]
    else:
        piece.element.insert(0, mark)
        piece.element.text = text[:start]


def _mark_all(stretches: Sequence[tuple[Piece, int, int]], anchor: str) -> str:
    """Marks stretches of an article; the anchor of the first, empty where there are none."""
    for index, (piece, start, end) in enumerate(stretches):
        _mark(piece, start, end, "" if index else anchor)
    return anchor if stretches else ""


def _call_changed(element: Element) -> None:
    element.set("class", " ".join(filter(None, (element.get("class"), "changed"))))


def _mark_sentences(old: Built, new: Built, changes: Changes) -> None:
    """Marks and lists the sentences that the earlier article does not have."""
    changed, gone = changed_sentences(sentences_in(old.article), sentences_in(new.article))
    for sentence, was in changed:
        listed = {"text": sentence.text, "was": was.text if was else ""}
        changes.sentences.append({**listed, "anchor": changes.anchor()})
    # One piece may hold several sentences: the last is marked first, since a mark takes along what follows.
    for number, (sentence, _) in reversed(list(enumerate(changed))):
        changes.sentences[number]["anchor"] = _mark_all(sentence.stretches, changes.sentences[number]["anchor"])
    changes.gone += [one.text for one in gone]


def _whole(cell: Cell) -> list[tuple[Piece, int, int]]:
    return [(piece, 0, len(piece.text)) for piece in cell.pieces if piece.text.strip()]


def _mark_cell(was: Cell | None, cell: Cell, old: Built, new: Built, changes: Changes) -> None:
    """Marks and lists a cell that prints something else than before."""
    before, doors = was.text if was else "", cell.doors
    if not doors:
        listed = {"text": f"{cell.label}: {cell.text}", "was": f"{cell.label}: {before}" if before else ""}
        changes.sentences.append({**listed, "anchor": _mark_all(_whole(cell), changes.anchor())})
        return
    for door in cell.element.xpath(".//a[starts-with(@href, '#n')]"):
        _call_changed(door)
    hows = [
        built.content["numbers"].get(number, {}).get("how", "")
        for built, numbers in ((old, was.doors if was else []), (new, doors))
        for number in numbers[:1]
    ]
    why = " → ".join(hows) if len(set(hows)) == 2 and all(hows) else ""
    changes.numbers.append(
        {"name": cell.label, "old": before, "new": cell.text, "why": [why] if why else [], "doors": doors}
    )


def _mark_table(before: Table, table: Table, old: Built, new: Built, changes: Changes) -> None:
    for key, row in table.rows.items():
        known = before.rows.get(key)
        if known is None:
            stretches = [one for cell in row.values() for one in _whole(cell)]
            text = f"{table.label}: new row {', '.join(filter(None, (cell.text for cell in row.values())))}"
            changes.sentences.append({"text": text, "was": "", "anchor": _mark_all(stretches, changes.anchor())})
            continue
        for column, cell in row.items():
            was = known.get(column)
            if (was.text if was else "") != cell.text:
                _mark_cell(was, cell, old, new, changes)
    changes.gone += [f"{before.label}: row {key[0]}" for key in before.rows if key not in table.rows]


def _mark_tables(old: Built, new: Built, changes: Changes) -> None:
    """Marks and lists the cells of tables that print something else than before."""
    known = tables_in(old.article)
    for name, table in tables_in(new.article).items():
        if before := known.get(name):
            _mark_table(before, table, old, new, changes)


def _mark_flow(old: Built, new: Built) -> None:
    """Marks the lines of the flow figure that print another number than before."""
    lines = ".//svg//a[starts-with(@href, '#box/')]"
    known = {(line.get("href"), line.get("aria-label")) for line in old.article.xpath(lines)}
    for line in new.article.xpath(lines) if known else ():
        if (line.get("href"), line.get("aria-label")) not in known:
            _call_changed(line)


def _as_printed(number: str, other: str, printed: str) -> str:
    """A number with as many decimals as one that is `printed` as `other`; with few where that has another form."""
    try:
        value, known = float(number), float(other)
    except ValueError:
        return number
    decimals = DECIMAL.fullmatch(printed)
    if decimals and f"{known:.{len(decimals[1])}f}" == printed:
        return f"{value:.{len(decimals[1])}f}"
    long = DECIMAL.fullmatch(number)
    return f"{value:.{DECIMALS}f}" if long and len(long[1]) > DECIMALS else number


def _expressed(built: Built) -> dict[tuple[str, ...], str]:
    """(expression, values) -> the number that it prints."""
    return {
        (about.get("expression", ""), *about["values"]): about["text"]
        for about in built.content["numbers"].values()
        if about.get("values") and "text" in about
    }


def _linked(why: str, content: Mapping[str, Any]) -> Iterator[str | list[str]]:
    """A reason in parts: words, and [words, address] of a record or a study."""
    records = set(content["records"]["id"])
    at = 0
    for match in NAMED.finditer(why):
        study, _, column = match[0].rstrip(":").partition(".")
        if match[0] in records:
            part = [match[0], record_route(match[0])]
        elif study in content["studies"]:
            part = [", ".join(filter(None, (content["studies"][study]["name"], column))), study_route(study)]
        else:
            continue
        yield from filter(None, (why[at : match.start()], part))
        at = match.start() + len(match[0].rstrip(":"))
    if why[at:]:
        yield why[at:]


def _mark_numbers(old: Built | None, new: Built, numbers: Sequence[ChangedNumber], changes: Changes) -> None:
    """Marks and lists the numbers whose values changed, each with what it was, as it prints it."""
    before = _expressed(old) if old else {}
    boxes = new.content["records"]["boxes"]
    called = {f"flow.{box['id'].replace('.', '_')}": box for box in boxes}
    labels = labels_of(boxes)
    doors: dict[str, dict[str, str]] = {change.value: {} for change in numbers}
    about_change = {change.value: change for change in numbers}
    for number, about in new.content["numbers"].items():
        for name in doors.keys() & set(about.get("values", ())):
            change, printed = about_change[name], about.get("text", "")
            was = before.get((about.get("expression", ""), *about["values"])) or _as_printed(
                change.old, change.new, printed
            )
            if was != printed:
                doors[name][number] = was
                for door in new.article.xpath(f"//a[@id='n{number}']"):
                    _call_changed(door)
    for change in numbers:
        own, box = doors[change.value], called.get(change.value)
        first = next(iter(own), "")
        changes.numbers.append(
            {
                "name": labels[box["id"]] if box else change.value,
                "old": own[first] if first else _as_printed(change.old, change.old, ""),
                "new": new.content["numbers"][first].get("text", change.new)
                if first
                else _as_printed(change.new, change.new, ""),
                "why": list(_linked(change.why, new.content)),
                "doors": list(own),
                "was": list(own.values()),
                **({"box": box["id"]} if box and "records" in box else {}),
            }
        )


def with_changes(page: str, numbers: Sequence[ChangedNumber], before: str | None) -> str:
    """A page with what changed since an earlier version marked and listed.

    `before` is the page of that version, without which sentences, tables and the flow figure are not compared.

    Raises BuildStop where a page is not one that a build wrote.
    """
    new, old = read_page(page), read_page(before) if before else None
    changes = Changes()
    _mark_numbers(old, new, numbers, changes)
    if old:
        _mark_sentences(old, new, changes)
        _mark_tables(old, new, changes)
        _mark_flow(old, new)
    new.content["changes"] = vars(changes)
    several = len(changes.sentences) + len(changes.gone)
    summary = f"{counted(len(changes.numbers), 'number')} and {counted(several, 'sentence')} changed"
    link = f'{CONTROLS}<a class="button" href="#changes">{summary}</a> '
    marked = etree.tostring(new.article, method="html", encoding="unicode")
    parts = [page[: new.body[0]], marked, page[new.body[1] : new.packed[0]]]
    parts += [packed(new.content), page[new.packed[1] :]]
    return "".join(parts).replace(CONTROLS, link, 1)
