"""What pandoc writes into the body of JATS otherwise than its tag set wants it: verses, blocks in narrow places."""

from __future__ import annotations

from string import ascii_lowercase

from lxml import etree

from prismake.document.equations import bracket_bases_of_mathml
from prismake.document.jats_elements import XLINK, Element, add, add_words

# The folder of results/variants, and of the archive, that holds the figures as the journal takes them.
FIGURES = "figures"
# Element -> the blocks that it takes as they are; all others stand in a paragraph of it.
TAKES = {
    "abstract": {"p", "sec", "title", "label"},
    "list-item": {"p", "list", "def-list", "title", "label"},
    "def": {"p"},
    "fn": {"p", "label"},
    "caption": {"p", "title"},
    "table-wrap-foot": {"p", "fn", "fn-group", "title"},
}
# What may stand in a cell besides text; a verse may not.
WRAPPER = "wrapper"
# Element of MathML -> what the children behind its base are in the text.
SHIFTS = {"msup": ("sup",), "msub": ("sub",), "msubsup": ("sub", "sup")}


def _move(source: Element, target: Element) -> None:
    """Text and children of one element behind those of another."""
    if len(target):
        target[-1].tail = (target[-1].tail or "") + (source.text or "")
    else:
        target.text = (target.text or "") + (source.text or "")
    target.extend(list(source))


def _lines(paragraph: Element) -> list[Element]:
    """The lines of a verse that stands in a paragraph between marks."""
    lines: list[Element] = []
    for node in list(paragraph):
        tail, node.tail = node.tail or "", None
        if node.tag is etree.PI and node.target in ("verse", "line"):
            lines.append(etree.Element("verse-line"))
            lines[-1].text = tail
        else:
            lines[-1].append(node)
            node.tail = tail
    return lines


def _set_verses(article: Element) -> None:
    for mark in [node for node in article.iter(etree.PI) if node.target == "verse"]:
        place = mark.getparent()
        if place.tag != "p":
            # A cell whose only content is a verse has no paragraph for it.
            inner = etree.Element("p")
            _move(place, inner)
            place.text = None
            place.append(inner)
            place = inner
        verse = etree.Element("verse-group")
        verse.extend(_lines(place))
        verse.tail, place.tail = place.tail, None
        parent = place.getparent()
        if parent.tag in (*TAKES, "td", "th"):
            place.clear()
            place.append(verse)
        else:
            parent.replace(place, verse)


def _unwrap(article: Element) -> None:
    """A paragraph inside a wrapper takes its place: paragraphs hold no paragraphs."""
    for wrapper in article.xpath(f".//p[@specific-use='{WRAPPER}'][p]"):
        for inner in list(wrapper):
            wrapper.addprevious(inner)
        wrapper.getparent().remove(wrapper)


def _wrap(article: Element) -> None:
    for tag, takes in TAKES.items():
        for place in article.iter(tag):
            for block in [child for child in place if isinstance(child.tag, str) and child.tag not in takes]:
                paragraph = etree.Element("p")
                block.addprevious(paragraph)
                paragraph.append(block)
            if tag in ("list-item", "def") and not any(child.tag != "label" for child in place):
                add(place, "p")


def _name_pictures(article: Element) -> None:
    """A picture goes by its file's name, in the folder in which it is packed."""
    for picture in article.iter("inline-graphic"):
        name = f"{{{XLINK}}}href"
        picture.set(name, f"{FIGURES}/{picture.get(name, '').rpartition('/')[2]}")


def _name_row_headers(article: Element) -> None:
    """A header among the rows of a table is that of its row."""
    for cell in article.iterfind(".//tbody/tr/th"):
        cell.set("scope", "row")


def _set_letters(node: Element, target: Element) -> None:
    """The letters of MathML behind those of an element; a fraction becomes "a/b"."""
    name = etree.QName(node).localname
    shifts = SHIFTS.get(name, ())
    add_words(target, "√" if name in ("msqrt", "mroot") else (node.text or "").strip())
    for index, child in enumerate(node):
        if index and name == "mfrac":
            add_words(target, "/")
        place = add(target, shifts[index - 1]) if 0 < index <= len(shifts) else target
        _set_letters(child, place)


def _flatten_links(article: Element) -> None:
    """An equation in the words of a link becomes its letters, raised and lowered: a link takes no equation."""
    for equation in article.xpath(".//ext-link//inline-formula"):
        words = etree.Element("italic")
        for node in equation.xpath(".//*[local-name()='math']"):
            _set_letters(node, words)
        words.tail = equation.tail
        equation.getparent().replace(equation, words)


def _letter(number: int) -> str:
    """The number of a note as letters: a to z, then aa, bb, cc, as Word counts."""
    rounds, letter = divmod(number - 1, len(ascii_lowercase))
    return ascii_lowercase[letter] * (rounds + 1)


def set_note_marks(article: Element) -> None:
    """Gives notes letters for marks, as the other documents do where citations are raised numbers."""
    for mark in [*article.iterfind(".//fn/label"), *article.iterfind(".//xref[@ref-type='fn']")]:
        if (mark.text or "").isdecimal():
            mark.text = _letter(int(mark.text))


def repair(article: Element) -> None:
    """Puts the body of an article into the shape that the tag set wants."""
    _set_verses(article)
    _unwrap(article)
    _wrap(article)
    _flatten_links(article)
    _name_pictures(article)
    _name_row_headers(article)
    bracket_bases_of_mathml(article)
