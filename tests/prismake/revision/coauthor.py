"""A co-author at work in Word: tracked edits of a built document, made in its XML as Word makes them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from lxml import etree
from prismake.revision.package import MAIN, W, pack, parse, read_package, serialise, w

WHEN = "2026-01-02T03:04:05Z"
COMMENTS = "word/comments.xml"
COMMENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
COMMENT_RELATION = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"


class CoAuthor:
    """Opens a document, edits it, saves it. `tracked` edits leave Word's marks, others do not."""

    def __init__(self, path: Path, name: str = "Anna") -> None:
        self.parts, self.name = read_package(path), name
        self.root = parse(self.parts[MAIN], str(path))
        self.number = 1000
        self.comments: list[tuple[int, str]] = []

    def paragraph(self, text: str) -> Any:
        """The paragraph that holds a text."""
        items = [p for p in self.root.iter(w("p")) if text in "".join(t.text or "" for t in p.iter(w("t")))]
        assert items, f"no paragraph holds {text!r}"
        return items[0]

    def _mark(self, kind: str) -> Any:
        self.number += 1
        mark = etree.Element(w(kind), nsmap={"w": W})
        mark.set(w("id"), str(self.number))
        mark.set(w("author"), self.name)
        mark.set(w("date"), WHEN)
        return mark

    def _run(self, text: str, *properties: str) -> Any:
        run = etree.Element(w("r"))
        run.set(w("rsidR"), "00AB12CD")
        if properties:
            inside = etree.SubElement(run, w("rPr"))
            for name in properties:
                name, _, value = name.partition("=")
                child = etree.SubElement(inside, w(name))
                if value:
                    child.set(w("val"), value)
        node = etree.SubElement(run, w("t"))
        node.text = text
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return run

    def _cut(self, text: str, inside: str | None = None) -> list[Any]:
        """Splits runs so that a text is whole runs; those runs. `inside` names the paragraph by another text."""
        paragraph = self.paragraph(inside or text)
        runs = [r for r in paragraph.iter(w("r")) if r.find(w("t")) is not None and r.getparent().tag != w("del")]
        joined = "".join(r.find(w("t")).text or "" for r in runs)
        start = joined.index(text)
        end, at, result = start + len(text), 0, []
        for run in runs:
            node = run.find(w("t"))
            printed = node.text or ""
            first, last = max(start - at, 0), min(end - at, len(printed))
            at += len(printed)
            if first >= last:
                continue
            for piece, where in ((printed[:first], "before"), (printed[last:], "after")):
                if piece:
                    other = copy.deepcopy(run)
                    other.find(w("t")).text = piece
                    other.find(w("t")).set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                    (run.addprevious if where == "before" else run.addnext)(other)
            node.text = printed[first:last]
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            result.append(run)
        return result

    def delete(self, text: str, *, inside: str | None = None, tracked: bool = True, kind: str = "del") -> Any:
        """Deletes a text; the last thing deleted, behind which something else may be inserted."""
        runs = self._cut(text, inside)
        mark = None
        for run in runs:
            if not tracked:
                run.find(w("t")).text = ""
                continue
            mark = self._mark(kind)
            run.addprevious(mark)
            mark.append(run)
            if kind == "del":
                run.find(w("t")).tag = w("delText")
        return mark if mark is not None else runs[-1]

    def insert(
        self,
        text: str,
        *properties: str,
        after: str = "",
        before: str = "",
        inside: str | None = None,
        tracked: bool = True,
        kind: str = "ins",
    ) -> None:
        """Inserts a text behind or before another one."""
        runs = self._cut(after or before, inside)
        new = self._run(text, *properties)
        if tracked:
            mark = self._mark(kind)
            mark.append(new)
            new = mark
        (runs[-1].addnext if after else runs[0].addprevious)(new)

    def replace(self, old: str, new: str, *, inside: str | None = None, tracked: bool = True) -> None:
        """Writes over a text."""
        last = self.delete(old, inside=inside, tracked=tracked)
        run = self._run(new)
        if tracked:
            mark = self._mark("ins")
            mark.append(run)
            run = mark
        last.addnext(run)

    def move(self, text: str, *, after: str) -> None:
        """Moves a text within the document, as Word marks it when the text is dragged."""
        self.delete(text, kind="moveFrom")
        self.insert(text, after=after, kind="moveTo")

    def move_paragraph(self, text: str, *, behind: str) -> None:
        """Moves the whole paragraph that holds a text behind the one that holds another."""
        old, above = self.paragraph(text), self.paragraph(behind)
        new = copy.deepcopy(old)
        for paragraph, kind in ((old, "moveFrom"), (new, "moveTo")):
            self._mark_paragraph(paragraph, kind)
            for run in [r for r in paragraph.iter(w("r")) if r.find(w("t")) is not None]:
                mark = self._mark(kind)
                run.addprevious(mark)
                mark.append(run)
        above.addnext(new)

    def add_paragraph(self, text: str, *, after: str, style: str = "", tracked: bool = True) -> None:
        """A paragraph of its own behind the one that holds a text."""
        above = self.paragraph(after)
        new = etree.Element(w("p"))
        properties = copy.deepcopy(above.find(w("pPr")))
        if properties is None:
            properties = etree.Element(w("pPr"))
        new.append(properties)
        if style:
            properties.find(w("pStyle")).set(w("val"), style)
        run = self._run(text)
        if tracked:
            # Word: the mark of the paragraph above is the inserted one.
            self._mark_paragraph(above, "ins")
            mark = self._mark("ins")
            mark.append(run)
            run = mark
        new.append(run)
        above.addnext(new)

    def _mark_paragraph(self, paragraph: Any, kind: str) -> None:
        properties = paragraph.find(w("pPr"))
        if properties is None:
            properties = etree.Element(w("pPr"))
            paragraph.insert(0, properties)
        inside = properties.find(w("rPr"))
        if inside is None:
            inside = etree.SubElement(properties, w("rPr"))
        inside.insert(0, self._mark(kind))

    def delete_paragraph(self, text: str) -> None:
        """Deletes the whole paragraph that holds a text, its mark included."""
        paragraph = self.paragraph(text)
        self._mark_paragraph(paragraph, "del")
        for run in [r for r in paragraph.iter(w("r")) if r.find(w("t")) is not None]:
            mark = self._mark("del")
            run.addprevious(mark)
            mark.append(run)
            run.find(w("t")).tag = w("delText")

    def join(self, text: str) -> None:
        """Deletes the mark at the end of the paragraph that holds a text."""
        self._mark_paragraph(self.paragraph(text), "del")

    def split(self, *, before: str) -> None:
        """Starts a new paragraph before a text."""
        run = self._cut(before)[0]
        paragraph = next(run.iterancestors(w("p")))
        new = etree.Element(w("p"))
        if paragraph.find(w("pPr")) is not None:
            new.append(copy.deepcopy(paragraph.find(w("pPr"))))
        for child in [c for c in paragraph if c.tag != w("pPr")][: list(paragraph).index(run) - 1]:
            new.append(child)
        self._mark_paragraph(new, "ins")
        paragraph.addprevious(new)

    def comment(self, text: str, *, on: str) -> None:
        """A comment on a text."""
        runs = self._cut(on)
        number = len(self.comments) + 1
        for kind, put in (("commentRangeStart", runs[0].addprevious), ("commentRangeEnd", runs[-1].addnext)):
            mark = etree.Element(w(kind))
            mark.set(w("id"), str(number))
            put(mark)
        reference = etree.Element(w("r"))
        etree.SubElement(reference, w("commentReference")).set(w("id"), str(number))
        runs[-1].getnext().addnext(reference)
        self.comments.append((number, text))

    def save(self, target: Path) -> Path:
        """Writes the file."""
        parts = {**self.parts, MAIN: serialise(self.root)}
        if self.comments:
            root = etree.Element(w("comments"), nsmap={"w": W})
            for number, text in self.comments:
                comment = etree.SubElement(root, w("comment"))
                comment.set(w("id"), str(number))
                comment.set(w("author"), self.name)
                comment.set(w("date"), WHEN)
                etree.SubElement(comment, w("p")).append(self._run(text))
            parts[COMMENTS] = serialise(root)
            types = b'<Override PartName="/word/comments.xml" ContentType="' + COMMENT_TYPE + b'"/></Types>'
            parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", types)
            relation = b'<Relationship Id="rIdComments" Type="' + COMMENT_RELATION + b'" Target="comments.xml"/>'
            relations = "word/_rels/document.xml.rels"
            parts[relations] = parts[relations].replace(b"</Relationships>", relation + b"</Relationships>")
        target.write_bytes(pack(parts))
        return target
