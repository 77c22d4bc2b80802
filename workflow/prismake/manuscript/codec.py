"""Pandoc's JSON and the tree of `tree.py`, either way without loss.

The manuscript's own file keeps two things more than pandoc's JSON: places (`at`) and values. `encode` leaves both out
unless it is asked to keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from prismake.manuscript import tree

Json = Any

WRAPPERS: dict[str, Callable[..., Any]] = {
    name: getattr(tree, name)
    for name in ("Emph", "Underline", "Strong", "Strikeout", "Superscript", "Subscript", "SmallCaps", "Plain", "Para")
}
EMPTY: dict[str, Callable[..., Any]] = {
    name: getattr(tree, name) for name in ("Space", "SoftBreak", "LineBreak", "HorizontalRule")
}


def _attr(json: Json) -> tree.Attr:
    identifier, classes, pairs = json
    return tree.Attr(identifier, tuple(classes), tuple((key, value) for key, value in pairs))


def _inlines(json: Json) -> list[tree.Inline]:
    return [_inline(item) for item in json]


def _blocks(json: Json) -> list[tree.Block]:
    return [_block(item) for item in json]


def _citation(json: Json) -> tree.Citation:
    return tree.Citation(
        json["citationId"],
        _inlines(json["citationPrefix"]),
        _inlines(json["citationSuffix"]),
        json["citationMode"]["t"],
        json["citationNoteNum"],
        json["citationHash"],
    )


def _inline(json: Json) -> tree.Inline:
    tag, content = json["t"], json.get("c")
    made: tree.Inline
    if tag == "Str":
        made = tree.Str(content)
    elif tag in EMPTY:
        made = EMPTY[tag]()
    elif tag in WRAPPERS:
        made = WRAPPERS[tag](_inlines(content))
    else:
        made = _rare_inline(tag, content)
    made.at = json.get("at", tree.UNKNOWN)
    return made


def _rare_inline(tag: str, content: Json) -> tree.Inline:
    match tag:
        case "Quoted":
            return tree.Quoted(content[0]["t"], _inlines(content[1]))
        case "Cite":
            return tree.Cite([_citation(item) for item in content[0]], _inlines(content[1]))
        case "Code":
            return tree.Code(_attr(content[0]), content[1])
        case "Math":
            return tree.Math(content[0]["t"], content[1])
        case "RawInline":
            return tree.RawInline(content[0], content[1])
        case "Link" | "Image":
            kind = tree.Link if tag == "Link" else tree.Image
            return kind(_attr(content[0]), _inlines(content[1]), content[2][0], content[2][1])
        case "Note":
            return tree.Note(_blocks(content))
        case "Span":
            return tree.Span(_attr(content[0]), _inlines(content[1]))
        case "Value":
            return tree.Value(content[0], _inlines(content[1]))
    raise ValueError(f"pandoc has no inline '{tag}'")


def _rows(json: Json) -> list[tree.Row]:
    return [
        tree.Row(
            [
                tree.Cell(_blocks(blocks), _attr(attr), align["t"], rows, columns)
                for attr, align, rows, columns, blocks in cells
            ],
            _attr(row_attr),
        )
        for row_attr, cells in json
    ]


def _caption(json: Json) -> tree.Caption:
    return tree.Caption(_blocks(json[1]), None if json[0] is None else _inlines(json[0]))


def _table(content: Json) -> tree.Table:
    attr, caption, columns, head, bodies, foot = content
    return tree.Table(
        _attr(attr),
        _caption(caption),
        [(align["t"], width.get("c")) for align, width in columns],
        _rows(head[1]),
        [tree.Body(_rows(rows), _attr(own), left, _rows(top)) for own, left, top, rows in bodies],
        _rows(foot[1]),
        _attr(head[0]),
        _attr(foot[0]),
    )


def _block(json: Json) -> tree.Block:
    tag, content = json["t"], json.get("c")
    made: tree.Block
    if tag in EMPTY:
        made = EMPTY[tag]()
    elif tag in WRAPPERS:
        made = WRAPPERS[tag](_inlines(content))
    else:
        made = _rare_block(tag, content)
    made.at = json.get("at", tree.UNKNOWN)
    return made


def _rare_block(tag: str, content: Json) -> tree.Block:
    match tag:
        case "Header":
            return tree.Header(content[0], _attr(content[1]), _inlines(content[2]))
        case "LineBlock":
            return tree.LineBlock([_inlines(line) for line in content])
        case "CodeBlock":
            return tree.CodeBlock(_attr(content[0]), content[1])
        case "RawBlock":
            return tree.RawBlock(content[0], content[1])
        case "BlockQuote":
            return tree.BlockQuote(_blocks(content))
        case "OrderedList":
            (start, style, delimiter), items = content
            return tree.OrderedList(start, style["t"], delimiter["t"], [_blocks(item) for item in items])
        case "BulletList":
            return tree.BulletList([_blocks(item) for item in content])
        case "DefinitionList":
            return tree.DefinitionList([(_inlines(term), [_blocks(item) for item in items]) for term, items in content])
        case "Table":
            return _table(content)
        case "Figure":
            return tree.Figure(_attr(content[0]), _caption(content[1]), _blocks(content[2]))
        case "Div":
            return tree.Div(_attr(content[0]), _blocks(content[1]))
    raise ValueError(f"pandoc has no block '{tag}'")


def _meta(json: Json) -> tree.Meta:
    content = json["c"]
    match json["t"]:
        case "MetaMap":
            return {key: _meta(value) for key, value in content.items()}
        case "MetaList":
            return [_meta(item) for item in content]
        case "MetaInlines":
            return tree.MetaInlines(_inlines(content))
        case "MetaBlocks":
            return tree.MetaBlocks(_blocks(content))
        case "MetaBool" | "MetaString":
            plain: bool | str = content
            return plain
    raise ValueError(f"pandoc has no kind of metadata '{json['t']}'")


def decode(json: Json) -> tree.Document:
    """The document of pandoc's JSON, or of the manuscript's own file. Raises ValueError for a kind that is unknown."""
    meta = {key: _meta(value) for key, value in json["meta"].items()}
    return tree.Document(meta, _blocks(json["blocks"]), tuple(json["pandoc-api-version"]))


class Encoder:
    """Writes a tree as JSON; `whole` keeps places and values, which pandoc does not know.

    `lines` writes words with the blanks between them as one: a writer prints both alike, and has half as much to read.
    """

    def __init__(self, *, whole: bool = False, lines: bool = False) -> None:
        self.whole, self.lines = whole, lines

    def document(self, document: tree.Document) -> Json:
        """The whole document."""
        meta = {key: self.meta(value) for key, value in document.meta.items()}
        return {"pandoc-api-version": list(document.version), "meta": meta, "blocks": self.blocks(document.blocks)}

    def blocks(self, nodes: Sequence[tree.Block]) -> list[Json]:
        """A list of blocks."""
        return [self._node(node.__class__.__name__, self._block(node), node.at) for node in nodes]

    def inlines(self, nodes: Sequence[tree.Inline]) -> list[Json]:
        """A list of inlines; without `whole`, values become what they print."""
        if not self.whole and any(isinstance(node, tree.Value) for node in nodes):
            nodes = unwrapped(nodes)
        if self.lines:
            nodes = _lines(nodes)
        return [self._node(node.__class__.__name__, self._inline(node), node.at) for node in nodes]

    def _node(self, tag: str, content: Json, at: int) -> Json:
        json = {"t": tag} if content is None else {"t": tag, "c": content}
        return {**json, "at": at} if self.whole and at != tree.UNKNOWN else json

    def _inline(self, node: tree.Inline) -> Json:
        match node:
            case tree.Str():
                return node.text
            case tree.Space() | tree.SoftBreak() | tree.LineBreak():
                return None
            case tree.Emph() | tree.Underline() | tree.Strong() | tree.Strikeout():
                return self.inlines(node.content)
            case tree.Superscript() | tree.Subscript() | tree.SmallCaps():
                return self.inlines(node.content)
            case tree.Quoted():
                return [{"t": node.kind}, self.inlines(node.content)]
            case tree.Cite():
                return [[self._citation(citation) for citation in node.citations], self.inlines(node.content)]
            case tree.Code():
                return [_attr_json(node.attr), node.text]
            case tree.Math():
                return [{"t": node.kind}, node.text]
            case tree.RawInline():
                return [node.format, node.text]
            case tree.Link() | tree.Image():
                return [_attr_json(node.attr), self.inlines(node.content), [node.target, node.title]]
            case tree.Note():
                return self.blocks(node.blocks)
            case tree.Span():
                return [_attr_json(node.attr), self.inlines(node.content)]
            case tree.Value():
                return [node.number, self.inlines(node.content)]
            case _:
                assert_never(node)

    def _citation(self, citation: tree.Citation) -> Json:
        return {
            "citationId": citation.id,
            "citationPrefix": self.inlines(citation.prefix),
            "citationSuffix": self.inlines(citation.suffix),
            "citationMode": {"t": citation.mode},
            "citationNoteNum": citation.note,
            "citationHash": citation.hash,
        }

    def _block(self, node: tree.Block) -> Json:
        match node:
            case tree.Plain() | tree.Para():
                return self.inlines(node.content)
            case tree.Header():
                return [node.level, _attr_json(node.attr), self.inlines(node.content)]
            case tree.LineBlock():
                return [self.inlines(line) for line in node.lines]
            case tree.CodeBlock():
                return [_attr_json(node.attr), node.text]
            case tree.RawBlock():
                return [node.format, node.text]
            case tree.BlockQuote():
                return self.blocks(node.blocks)
            case tree.OrderedList():
                kind = [node.start, {"t": node.style}, {"t": node.delimiter}]
                return [kind, [self.blocks(item) for item in node.items]]
            case tree.BulletList():
                return [self.blocks(item) for item in node.items]
            case tree.DefinitionList():
                return [[self.inlines(term), [self.blocks(item) for item in items]] for term, items in node.items]
            case tree.HorizontalRule():
                return None
            case tree.Table():
                return self._table(node)
            case tree.Figure():
                return [_attr_json(node.attr), self._caption(node.caption), self.blocks(node.blocks)]
            case tree.Div():
                return [_attr_json(node.attr), self.blocks(node.blocks)]
            case _:
                assert_never(node)

    def _caption(self, caption: tree.Caption) -> Json:
        return [None if caption.short is None else self.inlines(caption.short), self.blocks(caption.blocks)]

    def _rows(self, rows: Sequence[tree.Row]) -> Json:
        return [
            [
                _attr_json(row.attr),
                [
                    [_attr_json(cell.attr), {"t": cell.align}, cell.rows, cell.columns, self.blocks(cell.content)]
                    for cell in row.cells
                ],
            ]
            for row in rows
        ]

    def _table(self, node: tree.Table) -> Json:
        widths = [
            [{"t": align}, {"t": "ColWidthDefault"} if width is None else {"t": "ColWidth", "c": width}]
            for align, width in node.columns
        ]
        bodies = [
            [_attr_json(body.attr), body.head_columns, self._rows(body.head), self._rows(body.rows)]
            for body in node.bodies
        ]
        head = [_attr_json(node.head_attr), self._rows(node.head)]
        foot = [_attr_json(node.foot_attr), self._rows(node.foot)]
        return [_attr_json(node.attr), self._caption(node.caption), widths, head, bodies, foot]

    def meta(self, value: tree.Meta) -> Json:
        """One entry of a document's head."""
        match value:
            case bool():
                return {"t": "MetaBool", "c": value}
            case str():
                return {"t": "MetaString", "c": value}
            case tree.MetaInlines():
                return {"t": "MetaInlines", "c": self.inlines(value.content)}
            case tree.MetaBlocks():
                return {"t": "MetaBlocks", "c": self.blocks(value.blocks)}
            case list():
                return {"t": "MetaList", "c": [self.meta(item) for item in value]}
            case dict():
                return {"t": "MetaMap", "c": {key: self.meta(item) for key, item in value.items()}}
            case _:
                assert_never(value)


def _attr_json(attr: tree.Attr) -> Json:
    return [attr.identifier, list(attr.classes), [list(pair) for pair in attr.pairs]]


def unwrapped(nodes: Sequence[tree.Inline]) -> list[tree.Inline]:
    """Inlines with values as the text that they print, joined to the words around them."""
    result: list[tree.Inline] = []
    for node in nodes:
        for inner in unwrapped(node.content) if isinstance(node, tree.Value) else [node]:
            last = result[-1] if result else None
            if isinstance(inner, tree.Str) and isinstance(last, tree.Str):
                result[-1] = tree.Str(last.text + inner.text, at=last.at)
            else:
                result.append(inner)
    return result


def _lines(nodes: Sequence[tree.Inline]) -> list[tree.Inline]:
    """Inlines in which words and the blanks between them are one text.

    A first word that begins with no letter stays alone: by such a word, writers know a task ("☐") or the mark of a list
    ("1.").
    """
    result: list[tree.Inline] = []
    position, last = 0, len(nodes) - 1
    while position <= last:
        node, words = nodes[position], []
        position += 1
        if isinstance(node, tree.Str) and node.text[:1].isalpha():
            while position < last and isinstance(nodes[position], tree.Space):
                if not isinstance(word := nodes[position + 1], tree.Str):
                    break
                words.append(word.text)
                position += 2
            if words:
                node = tree.Str(" ".join([node.text, *words]))
        result.append(node)
    return result


def encode(document: tree.Document, *, whole: bool = False, lines: bool = False) -> Json:
    """The JSON of a document: pandoc's, or with `whole` the manuscript's own, as `Encoder` says of both settings."""
    return Encoder(whole=whole, lines=lines).document(document)
