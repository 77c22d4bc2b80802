"""A Word document letter by letter: each letter's paragraph, change mark and formatting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prismake.revision import tracked
from prismake.revision.package import MAIN, parse, w

PARAGRAPH_MARK = "\n"
SPECIAL = {w("tab"): "\t", w("br"): "\v", w("cr"): "\v", w("noBreakHyphen"): "\u2011", w("softHyphen"): "\u00ad"}
LOOKS = {w("b"): "bold", w("i"): "italic"}
RAISED = {"superscript": "super", "subscript": "sub"}
OFF = frozenset({"0", "false", "off", "none"})
# What holds runs and changes nothing about them.
TRANSPARENT = frozenset(w(name) for name in ("hyperlink", "sdt", "sdtContent", "smartTag", "fldSimple", "customXml"))
ROWS = {w("ins"): "row inserted", w("del"): "row deleted"}


@dataclass(frozen=True)
class Revision:
    """One change mark: its number in reading order, kind, author, date, part and words."""

    number: int
    kind: str
    author: str
    date: str
    part: str
    text: str


@dataclass(frozen=True)
class Letter:
    """One letter, or the mark at a paragraph's end.

    `state`: "" is in both texts, "ins" only with the changes accepted, "del" only with them rejected, "none" in
    neither (inserted and deleted again). `marks` are numbers of revisions, `instruction` that of a field around it.
    """

    text: str
    paragraph: int
    state: str = ""
    marks: tuple[int, ...] = ()
    looks: frozenset[str] = frozenset()
    instruction: str = ""


@dataclass(frozen=True)
class Paragraph:
    """The role of a paragraph: its style, whether it is a list item, and its cell (table, row, column), if any."""

    style: str
    listed: bool
    cell: tuple[int, int, int] | None


@dataclass(frozen=True)
class Comment:
    """A comment: who says what when, the letters it is about (first and behind the last), and whether it is settled."""

    number: str
    author: str
    date: str
    text: str
    start: int | None
    end: int | None
    resolved: bool
    reply_to: str | None


@dataclass
class Story:
    """The body of a document as letters; `others` are changes that are not of letters in the body."""

    letters: list[Letter] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    revisions: dict[int, Revision] = field(default_factory=dict)
    anchors: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)


class _Reader:
    def __init__(self, root: Any, numbers: dict[Any, int]) -> None:
        self.numbers, self.story = numbers, Story()
        self.fields: list[list[str]] = []
        self.tables = 0
        self.blocks(root.find(w("body")), None)

    def blocks(self, parent: Any, cell: tuple[int, int, int] | None) -> None:
        for block in parent if parent is not None else ():
            if block.tag == w("p"):
                self.paragraph(block, cell)
            elif block.tag == w("tbl"):
                self.table(block, cell)
            elif block.tag in (w("sdt"), w("sdtContent"), w("customXml"), *tracked.INSERTED, *tracked.DELETED):
                self.blocks(block, cell)
            else:
                self.anchor(block)

    def table(self, table: Any, cell: tuple[int, int, int] | None) -> None:
        number = cell[0] if cell else self.tables
        self.tables += cell is None
        for row, line in enumerate(table.iter(w("tr"))):
            if next(line.iterancestors(w("tbl"))) is table:
                for column, box in enumerate(line.findall(w("tc"))):
                    self.blocks(box, cell or (number, row, column))

    def paragraph(self, paragraph: Any, cell: tuple[int, int, int] | None) -> None:
        properties = paragraph.find(w("pPr"))
        style = properties.find(w("pStyle")) if properties is not None else None
        listed = properties is not None and properties.find(w("numPr")) is not None
        self.story.paragraphs.append(Paragraph(style.get(w("val")) or "" if style is not None else "", listed, cell))
        self.content(paragraph, "", ())
        state = ""
        marks: tuple[int, ...] = ()
        for mark in properties.findall(f"{w('rPr')}/*") if properties is not None else ():
            if mark.tag in tracked.INSERTED | tracked.DELETED:
                state, marks = self.under(mark, state, marks)
        self.story.letters.append(Letter(PARAGRAPH_MARK, len(self.story.paragraphs) - 1, state, marks))

    def under(self, change: Any, state: str, marks: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        own = "ins" if change.tag in tracked.INSERTED else "del"
        return ("none" if state and state != own else own), (*marks, self.numbers[change])

    def content(self, parent: Any, state: str, marks: tuple[int, ...]) -> None:
        for child in parent:
            if child.tag == w("r"):
                self.run(child, state, marks)
            elif child.tag in tracked.INSERTED | tracked.DELETED:
                self.content(child, *self.under(child, state, marks))
            elif child.tag == w("fldSimple"):
                self.fields.append([child.get(w("instr")) or "", "result"])
                self.content(child, state, marks)
                self.fields.pop()
            elif child.tag in TRANSPARENT:
                self.content(child, state, marks)
            else:
                self.anchor(child)

    def anchor(self, mark: Any) -> None:
        number, here = mark.get(w("id")) or "", len(self.story.letters)
        start, end = self.story.anchors.get(number, (None, None))
        if mark.tag == w("commentRangeStart"):
            self.story.anchors[number] = (here, end)
        elif mark.tag == w("commentRangeEnd"):
            self.story.anchors[number] = (start, here)
        elif mark.tag == w("commentReference") and number not in self.story.anchors:
            self.story.anchors[number] = (here, here)

    def run(self, run: Any, state: str, marks: tuple[int, ...]) -> None:
        looks = looks_of(run.find(w("rPr")))
        for child in run:
            if child.tag == w("fldChar"):
                kind = child.get(w("fldCharType"))
                if kind == "begin":
                    self.fields.append(["", "code"])
                elif self.fields and kind == "separate":
                    self.fields[-1][1] = "result"
                elif self.fields and kind == "end":
                    self.fields.pop()
            elif child.tag in (w("instrText"), w("delInstrText")):
                if self.fields:
                    self.fields[-1][0] += child.text or ""
            elif child.tag in (w("t"), w("delText")) or child.tag in SPECIAL:
                if child.get(w("type")) in ("page", "column"):
                    # A page break is not text; LibreOffice writes such breaks by itself.
                    continue
                if self.fields and self.fields[-1][1] == "code":
                    continue
                instruction = self.fields[-1][0].strip() if self.fields else ""
                for letter in SPECIAL.get(child.tag) or child.text or "":
                    text = " " if letter in "\r\n" else letter
                    here = len(self.story.paragraphs) - 1
                    self.story.letters.append(Letter(text, here, state, marks, looks, instruction))
            else:
                self.anchor(child)


def looks_of(properties: Any) -> frozenset[str]:
    """Bold, italic, super and sub, as a run's own properties state."""
    looks = set()
    for child in properties if properties is not None else ():
        if child.tag in LOOKS and (child.get(w("val")) or "1") not in OFF:
            looks.add(LOOKS[child.tag])
        elif child.tag == w("vertAlign"):
            looks.update({RAISED[value] for value in [child.get(w("val"))] if value in RAISED})
    return frozenset(looks)


def _words_of(change: Any) -> str:
    owner = change.getparent()
    inside = "".join(node.text or "" for node in change.iter(w("t"), w("delText")))
    if inside or owner is None:
        return inside
    around = next(owner.iterancestors(w("r"), w("p"), w("tr"), w("tc")), None)
    return "".join(node.text or "" for node in around.iter(w("t"), w("delText"))) if around is not None else ""


def _kind(change: Any) -> str:
    name: str = change.tag.rpartition("}")[2]
    parent = change.getparent().tag
    if parent == w("trPr") and change.tag in ROWS:
        return ROWS[change.tag]
    if parent == w("rPr") and change.tag in tracked.INSERTED | tracked.DELETED:
        return f"{name} of a paragraph mark"
    return name


def number_revisions(parts: dict[str, bytes]) -> tuple[Any, dict[Any, int], dict[int, Revision]]:
    """The root of the body, and every mark of a change in any part of the file, numbered from 1."""
    numbers: dict[Any, int] = {}
    revisions: dict[int, Revision] = {}
    body = parse(parts[MAIN], MAIN)
    for name in [MAIN, *sorted(name for name in parts if name.startswith("word/") and name.endswith(".xml"))]:
        if name == MAIN and numbers:
            continue
        root = body if name == MAIN else parse(parts[name], name)
        for change in tracked.revisions(root):
            number = len(revisions) + 1
            numbers[change] = number
            author, date = change.get(w("author")) or "", change.get(w("date")) or ""
            revisions[number] = Revision(number, _kind(change), author, date, name, _words_of(change))
    return body, numbers, revisions


def read_story(parts: dict[str, bytes]) -> Story:
    """The letters of a document's body with their changes. Raises BuildStop for parts that are not XML."""
    body, numbers, revisions = number_revisions(parts)
    story = _Reader(body, numbers).story
    story.revisions = revisions
    return story


def read_comments(parts: dict[str, bytes], story: Story) -> Iterator[Comment]:
    """The comments of a document in the order of the file, with the letters they are about and their threads."""
    if "word/comments.xml" not in parts:
        return
    threads: dict[str, tuple[bool, str]] = {}
    if "word/commentsExtended.xml" in parts:
        for mark in parse(parts["word/commentsExtended.xml"], "word/commentsExtended.xml"):
            about = {name.rpartition("}")[2]: value for name, value in mark.attrib.items()}
            threads[about.get("paraId", "")] = (about.get("done") == "1", about.get("paraIdParent", ""))
    comments = list(parse(parts["word/comments.xml"], "word/comments.xml").iter(w("comment")))
    own: dict[str, str] = {}
    for comment in comments:
        for paragraph in comment.iter(w("p")):
            for name, value in paragraph.attrib.items():
                if name.endswith("}paraId"):
                    own[value] = comment.get(w("id")) or ""
    last = {number: paragraph for paragraph, number in own.items()}
    for comment in comments:
        number = comment.get(w("id")) or ""
        text = "\n".join(tracked.paragraph_text(paragraph) for paragraph in comment.iter(w("p")))
        resolved, parent = threads.get(last.get(number, ""), (False, ""))
        start, end = story.anchors.get(number, (None, None))
        author, date = comment.get(w("author")) or "", comment.get(w("date")) or ""
        yield Comment(number, author, date, text, start, end if end is not None else start, resolved, own.get(parent))
