"""Citations as the journal prints them, and the list of the works cited.

Pandoc's citeproc sees a small document of the citations alone, in reading order, so that it has little to read; what it
makes of each is put in the citation's place. Superscript numbers close up to the word before them and follow the
punctuation marks that the profile names ("word,1" but "word1:").
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from prismake.document.arranging import Arranged, Work
from prismake.document.conversion import pandoc
from prismake.document.csl import prepared_style, without_sorting
from prismake.document.kinds import Style, set_as
from prismake.document.parts import Blocks, Inlines, is_blank, run_of
from prismake.manuscript import tree
from prismake.manuscript.codec import decode, encode
from prismake.manuscript.walking import WORDS, lists_in, rewrite

CLOSING = ("”", "’")
LIST = "refs"
# Marks that wait for a further part of an entry.
WAITING = (",", ";", ":")
NUMBER = re.compile(r"\d+\.?|\[\d+\]\.?|\(\d+\)\.?")
# Control characters and what Unicode says is none have no place in XML, nor in a page.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# DOIs of an older kind hold signs that a URI must not have, and Word then calls the whole file damaged.
NO_ADDRESS = re.compile(rb"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")


def _citations(nodes: Sequence[Any]) -> Iterator[tree.Cite]:
    for node in nodes:
        if isinstance(node, tree.Cite):
            yield node
        elif node.__class__ not in WORDS:
            for inner in lists_in(node):
                yield from _citations(inner)


def _small(cites: Sequence[tree.Cite], language: str, *, linked: bool) -> bytes:
    meta: dict[str, tree.Meta] = {"notes-after-punctuation": False, "link-citations": linked}
    if language:
        meta["lang"] = tree.MetaInlines([tree.Str(language)])
    blocks: Blocks = [tree.Para([cite]) for cite in cites]
    return json.dumps(encode(tree.Document(meta, [*blocks, tree.Div(tree.Attr(LIST), [])]))).encode()


def _by_number(cites: Sequence[tree.Cite]) -> list[tree.Cite] | None:
    """The brackets, the works of each in the order in which all are first cited.

    None where words stand in a bracket of several works: citeproc sorts such a bracket in its own way.
    """
    several = [citation for bracket in cites if len(bracket.citations) > 1 for citation in bracket.citations]
    if any(citation.prefix or citation.suffix or citation.mode != "NormalCitation" for citation in several):
        return None
    order: dict[str, int] = {}
    for bracket in cites:
        for citation in bracket.citations:
            order.setdefault(citation.id, len(order))
    return [tree.Cite(sorted(bracket.citations, key=lambda one: order[one.id]), []) for bracket in cites]


def works_for(references: Sequence[Work], style: bytes) -> list[Work]:
    """The works as a prepared style sets them best."""
    read = Style(style)
    return [set_as(work, read) for work in references]


def _resolved(
    cites: Sequence[tree.Cite], references: Sequence[Work], csl: bytes, arranged: Arranged, *, linked: bool
) -> tuple[Blocks, tree.Div]:
    """What citeproc makes of each bracket, in a block of its own, and the list of references."""
    style = prepared_style(csl)
    works = works_for(references, style)
    # What stands in a bracket is not read.
    given = [tree.Cite(bracket.citations, []) for bracket in cites]
    if (by_number := _by_number(cites)) and (unsorted := without_sorting(style)):
        given, style = by_number, unsorted
    with tempfile.TemporaryDirectory() as folder:
        bibliography, prepared = Path(folder) / "references.json", Path(folder) / "style.csl"
        bibliography.write_text(json.dumps(works), encoding="utf-8")
        prepared.write_bytes(style)
        options = ["--citeproc", f"--bibliography={bibliography}", f"--csl={prepared}"]
        content = _small(given, arranged.language, linked=linked)
        made = pandoc(content, options, to="json", name=arranged.manuscript.name)
    *resolved, listed = decode(json.loads(made)).blocks
    assert isinstance(listed, tree.Div)
    for bracket, block in zip(cites, resolved, strict=True):
        for node in run_of([block]):
            if isinstance(node, tree.Cite):
                # As the author wrote it: a live citation keeps the order.
                node.citations = bracket.citations
    return resolved, listed


def cite(arranged: Arranged, references: Sequence[Work], csl: Path, *, after: str, linked: bool) -> None:
    """Resolves the citations of an arranged document in place, and fills its list of references.

    `references` are the works of the bibliography (CSL JSON); `after` are the punctuation marks that a superscript
    number follows; `linked`: whether a citation leads to its work in the list.
    """
    cites = list(_citations(arranged.blocks))
    if not cites:
        rewrite(arranged.blocks, _finished)
        return
    resolved, listed = _resolved(cites, references, csl.read_bytes(), arranged, linked=linked)
    entries: Blocks = [*resolved, listed]
    rewrite(entries, _finished, _with_citations_set(after))
    printed = {id(citation): run_of([block]) for citation, block in zip(cites, resolved, strict=True)}

    def change(node: Any) -> list[Any] | None:
        if isinstance(node, tree.Cite):
            return printed.get(id(node))
        if isinstance(node, tree.Div) and node.attr.identifier == LIST:
            return [listed]
        return _finished(node)

    rewrite(arranged.blocks, change, _with_citations_set(after))


def _finished(node: Any) -> list[Any] | None:
    """A node that needs a last touch: texts that print, addresses, hanging numbers; the hidden groups go."""
    match node:
        case tree.Str():
            if UNPRINTABLE.search(node.text):
                node.text = UNPRINTABLE.sub("", node.text)
        case tree.Span():
            # They have done their work: they numbered what tables cite.
            return [] if "first-cited" in node.attr.classes else None
        case tree.Link():
            # Inside the document a key leads to its work as it is written.
            if not node.target.startswith("#"):
                encoded = NO_ADDRESS.sub(lambda sign: b"%%%02X" % sign[0][0], node.target.encode())
                node.target = encoded.decode()
        case tree.Div():
            _hang_number(node)
            _close(node)
    return None


def _hang_number(entry: tree.Div) -> None:
    """A style that does not align its second field leaves the number in the running text of an entry; the number hangs
    all the same, as in the styles that do."""
    block = entry.blocks[0] if "csl-entry" in entry.attr.classes and entry.blocks else None
    if not isinstance(block, tree.Para | tree.Plain) or len(block.content) < 2:
        return
    number, blank, *text = block.content
    if isinstance(number, tree.Str) and NUMBER.fullmatch(number.text) and isinstance(blank, tree.Space):
        left, right = tree.Attr("", ("csl-left-margin",)), tree.Attr("", ("csl-right-inline",))
        block.content = [tree.Span(left, [number]), tree.Span(right, text)]


def _close(entry: tree.Div) -> None:
    """An entry does not end with a blank, or with a mark that a missing part would have followed ("Somebody;")."""
    block = entry.blocks[-1] if "csl-entry" in entry.attr.classes and entry.blocks else None
    nodes = block.content if isinstance(block, tree.Para | tree.Plain) else []
    while nodes and isinstance(nodes[-1], tree.Span):
        nodes = nodes[-1].content
    while nodes and (is_blank(nodes[-1]) or nodes[-1] == tree.Str("")):
        del nodes[-1]
    if nodes and isinstance(nodes[-1], tree.Str) and nodes[-1].text.endswith(WAITING):
        nodes[-1].text = nodes[-1].text.rstrip("".join(WAITING)).removesuffix(".") + "."


def _is_superscript(node: Any) -> bool:
    return (
        isinstance(node, tree.Cite)
        and bool(node.content)
        and all(isinstance(part, tree.Superscript) for part in node.content)
    )


def _split(text: str, after: str) -> tuple[str, str]:
    """The punctuation at the start of a text that belongs before a citation, and what follows it."""
    position = len(text) - len(text.lstrip(after)) if after else 0
    if not position:
        return "", text
    for mark in CLOSING:
        if text.startswith(mark, position):
            position += len(mark)
    return text[:position], text[position:]


def _with_citations_set(after: str) -> Callable[[Inlines], Inlines]:
    def set_citations(nodes: Inlines) -> Inlines:
        result: Inlines = []
        index = 0
        while index < len(nodes):
            node = nodes[index]
            index += 1
            if not _is_superscript(node):
                result.append(node)
                continue
            if result and is_blank(result[-1]):
                result.pop()
            following = nodes[index] if index < len(nodes) else None
            if not isinstance(following, tree.Str):
                result.append(node)
                continue
            marks, rest = _split(following.text, after)
            pieces: list[tree.Inline | None] = [
                tree.Str(marks) if marks else None,
                node,
                tree.Str(rest) if rest else None,
            ]
            result += [piece for piece in pieces if piece is not None]
            index += 1
        return result

    return set_citations
