"""The page of a build with what changed since an earlier one: numbers with the reason, and sentences."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Protocol

from lxml import etree, html

from prismake.common.errors import counted, stop
from prismake.trace.explaining import letters_of
from prismake.web.doors import Element, Piece, Reading, read_lines
from prismake.web.packing import packed

ARTICLE = re.compile(r"<article>.*</article>", re.DOTALL)
DATA = re.compile(r'(<script type="application/octet-stream" id="data">)([^<]*)(</script>)')
CONTROLS = '<p class="controls">'
WORD = re.compile(r"\w+")
# How alike two sentences are of which one became the other.
ALIKE = 0.5


class ChangedNumber(Protocol):
    """A value that changed: its name (`value`), both texts, and why."""

    value: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class ChangedSentence:
    """A sentence of the new version that the old one does not have, and the sentence that it stands for, if any."""

    text: str
    was: str = ""


def _likeness(old: str, new: str) -> float:
    """The share of words that two sentences have in common, in their order."""
    return SequenceMatcher(None, WORD.findall(old), WORD.findall(new), autojunk=False).ratio()


def changed_sentences(old: Sequence[str], new: Sequence[str]) -> tuple[list[ChangedSentence], list[str]]:
    """The sentences that are new, each with the one that it replaces, and those that are gone."""
    added = [text for text in new if text not in set(old)]
    gone = [text for text in old if text not in set(new)]
    changed = []
    for text in added:
        was = max(gone, key=lambda before: _likeness(before, text), default="")
        if was and _likeness(was, text) >= ALIKE:
            gone.remove(was)
            changed.append(ChangedSentence(text, was))
        else:
            changed.append(ChangedSentence(text))
    return changed, gone


def _stretches(reading: Reading, sentence: str) -> Iterator[tuple[Piece, int, int]]:
    """(piece, start, end) of the words of a sentence in the first line that holds them."""
    wanted, _ = letters_of(sentence)
    for line, pieces in zip(reading.lines, reading.pieces, strict=True):
        letters, places = letters_of(line.text)
        at = letters.find(wanted) if wanted else -1
        if at < 0:
            continue
        start, end = places[at], places[at + len(wanted) - 1] + 1
        for piece in pieces:
            first, last = max(start, piece.start), min(end, piece.start + len(piece.text))
            if first < last:
                yield piece, first - piece.start, last - piece.start
        return


def _mark(piece: Piece, start: int, end: int, anchor: str) -> None:
    """Marks words of a piece; the first of a sentence has its anchor."""
    mark = etree.Element("mark", {"class": "changed", **({"id": anchor} if anchor else {})})
    mark.text, mark.tail = piece.text[start:end], piece.text[end:]
    if piece.is_tail:
        parent = piece.element.getparent()
        parent.insert(parent.index(piece.element) + 1, mark)
        piece.element.tail = piece.text[:start]
    else:
        piece.element.insert(0, mark)
        piece.element.text = piece.text[:start]


def _mark_sentences(article: Element, sentences: Sequence[ChangedSentence]) -> list[str]:
    """Marks the sentences in place; the anchor of each, empty where the article does not print it."""
    anchors = []
    for number, sentence in enumerate(sentences, start=1):
        anchor = f"changed-{number}"
        stretches = list(_stretches(read_lines(article), sentence.text))
        for index, (piece, start, end) in enumerate(stretches):
            _mark(piece, start, end, "" if index else anchor)
        anchors.append(anchor if stretches else "")
    return anchors


def _doors(article: Element, content: Mapping[str, Any], changes: Sequence[ChangedNumber]) -> dict[str, list[str]]:
    """Name of each changed value -> its doors in the article, which get the class `changed`."""
    names = {change.value for change in changes}
    doors: dict[str, list[str]] = {name: [] for name in names}
    for number, about in content["numbers"].items():
        for name in names.intersection(about.get("values", ())):
            for door in article.xpath(f"//a[@id='n{number}']"):
                door.set("class", f"{door.get('class')} changed")
                doors[name].append(number)
    return doors


def with_changes(page: str, numbers: Sequence[ChangedNumber], old: Sequence[str], new: Sequence[str]) -> str:
    """A page with what changed since an earlier version marked and listed; `old` and `new` are the sentences.

    Raises BuildStop where the page is not one that a build wrote.
    """
    body, data = ARTICLE.search(page), DATA.search(page)
    if not body or not data:
        raise stop("damaged", "this is not a page that a build wrote", fix="build again")
    content = json.loads(gzip.decompress(base64.b64decode(data[2])))
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    article = html.fragment_fromstring(body[0], parser=parser)
    doors = _doors(article, content, numbers)
    sentences, gone = changed_sentences(old, new)
    anchors = _mark_sentences(article, sentences)
    content["changes"] = {
        "numbers": [
            {"name": one.value, "old": one.old, "new": one.new, "why": one.why, "doors": doors[one.value]}
            for one in numbers
        ],
        "sentences": [
            {"text": one.text, "was": one.was, "anchor": anchor} for one, anchor in zip(sentences, anchors, strict=True)
        ],
        "gone": gone,
    }
    summary = f"{counted(len(numbers), 'number')} and {counted(len(sentences) + len(gone), 'sentence')} changed"
    link = f'{CONTROLS}<a class="button" href="#changes">{summary}</a> '
    marked = etree.tostring(article, method="html", encoding="unicode")
    parts = [page[: body.start()], marked, page[body.end() : data.start()]]
    parts += [data[1], packed(content), data[3], page[data.end() :]]
    return "".join(parts).replace(CONTROLS, link, 1)
