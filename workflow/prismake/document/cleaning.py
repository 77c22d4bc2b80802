"""What an author may write, made into what a document may hold.

Attributes and foreign links go, comments are dropped, quotation marks become text, citations side by side one group.
What cannot be set at all was refused by `prismake.manuscript.checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.document.parts import Inlines, is_blank, is_crossing
from prismake.manuscript import tree
from prismake.manuscript.codec import unwrapped
from prismake.manuscript.contents import kind_of
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import lists_of, rewrite
from prismake.manuscript.words import QUOTES

SAFE_LINK = ("https://", "http://", "mailto:")
# How many words before a citation may name its author.
WORDS_BEFORE = 4
NO_NAME = ""
# Words that an author marked.
MARKED = (
    *(tree.Emph, tree.Strong, tree.Underline, tree.Strikeout, tree.SmallCaps, tree.Superscript, tree.Subscript),
    tree.Link,
)
LANGUAGE = re.compile(r"[\w+#-]+")


@dataclass(frozen=True)
class Works:
    """The works that a manuscript cites, from its bibliography (CSL JSON).

    `families`: the last word of the first author's family name; `names`: how running text names the authors, empty for
    a work without any.
    """

    families: Mapping[str, str]
    names: Mapping[str, str]


def _person(person: Mapping[str, Any]) -> str:
    family = " ".join(filter(None, (person.get("non-dropping-particle"), person.get("family"))))
    return str(family or person.get("literal") or person.get("given") or "")


def _names(work: Mapping[str, Any]) -> str:
    names = [_person(person) for person in work.get("author") or work.get("editor") or []]
    return f"{names[0]} et al" if len(names) > 2 else " and ".join(names)


def works_of(references: list[dict[str, Any]], cited: set[str]) -> Works:
    """The works of the bibliography that are cited."""
    works = [work for work in references if work["id"] in cited]
    families = {work["id"]: str((work.get("author") or [{}])[0].get("family") or "").split() for work in works}
    return Works({key: words[-1] for key, words in families.items() if words}, {w["id"]: _names(w) for w in works})


def _trimmed(block: Any) -> list[Any]:
    """A paragraph without the blanks around it that a comment left; none if nothing else stood in it."""
    nodes = block.content
    while nodes and is_blank(nodes[0]):
        del nodes[0]
    while nodes and is_blank(nodes[-1]):
        del nodes[-1]
    return [block] if nodes else []


@dataclass(frozen=True)
class _Cleaner:
    placeholder: str
    blinded: bool
    kept: frozenset[str]

    def change(self, node: Any) -> list[Any] | None:
        match node:
            case tree.Str() | tree.Space():
                return None
            case tree.RawBlock() | tree.RawInline():
                return []
            case tree.Para() | tree.Plain():
                return _trimmed(node)
            case tree.Span():
                # What its author marked as telling who wrote the manuscript: [our clinic]{.identifying}.
                if self.blinded and "identifying" in node.attr.classes:
                    return [tree.Str(self.placeholder, at=node.at)]
                if not self.kept.isdisjoint(node.attr.classes):
                    return None
                # The end of a line of a table's cell.
                return [tree.LineBreak(at=node.at)] if "line" in node.attr.classes else list(node.content)
            case tree.Code():
                node.attr = tree.Attr()
            case tree.CodeBlock():
                language = next(iter(node.attr.classes), "")
                node.attr = tree.Attr("", (language,) if LANGUAGE.fullmatch(language) else ())
            case tree.Quoted():
                # As text: Typst and Word must not choose them again.
                first, last = QUOTES[node.kind]
                return [tree.Str(first), *node.content, tree.Str(last)]
            case tree.Link():
                if not node.target.lower().startswith(SAFE_LINK):
                    return list(node.content)
                node.attr = tree.Attr()
        return None


def _tight(nodes: Inlines) -> Inlines:
    """Inlines without blanks beside a line break, or behind another blank."""
    result: Inlines = []
    for index, node in enumerate(nodes):
        if is_blank(node):
            before = nodes[index - 1] if index else None
            after = nodes[index + 1] if index + 1 < len(nodes) else None
            if is_blank(before) or isinstance(before, tree.LineBreak) or isinstance(after, tree.LineBreak):
                continue
        result.append(node)
    return result


# Citations ------------------------------------------------------------------------------------------------------------


def _is_bracketed(nodes: Inlines, index: int) -> bool:
    """Whether "[@a][@b]" begins here: a bracket in letters around a citation in the text, and a second citation."""
    before = nodes[index]
    if not isinstance(before, tree.Str) or not before.text.endswith("[") or index + 3 >= len(nodes):
        return False
    cite, after, following = nodes[index + 1 : index + 4]
    return (
        isinstance(cite, tree.Cite)
        and cite.citations[0].mode == "AuthorInText"
        and after == tree.Str("]")
        and isinstance(following, tree.Cite)
    )


def _unbracketed(nodes: Inlines) -> Inlines:
    result: Inlines = []
    index = 0
    while index < len(nodes):
        node = nodes[index]
        if _is_bracketed(nodes, index) and isinstance(node, tree.Str):
            if node.text != "[":
                result.append(tree.Str(node.text[:-1], at=node.at))
            cite = nodes[index + 1]
            assert isinstance(cite, tree.Cite)
            for citation in cite.citations:
                citation.mode = "NormalCitation"
            result.append(cite)
            index += 3
        else:
            result.append(node)
            index += 1
    return result


def _lifted(nodes: Inlines) -> Inlines:
    """Citations at the edge of marked words ("*see [@a]*") outside them: their own look and place are the style's."""
    result: Inlines = []
    for node in nodes:
        if not isinstance(node, MARKED):
            result.append(node)
            continue
        inside, first, last = node.content, 0, len(node.content)
        while first < last and isinstance(inside[first], tree.Cite):
            first += 1 + (first + 1 < last and is_blank(inside[first + 1]))
        while last > first and isinstance(inside[last - 1], tree.Cite):
            last -= 1 + (last - 1 > first and is_blank(inside[last - 2]))
        leading, trailing = inside[:first], inside[last:]
        node.content = inside[first:last]
        result += [*leading, *([node] if node.content else []), *trailing]
    return result


def _joins(node: Any) -> bool:
    return isinstance(node, tree.Cite) and not any(
        citation.mode == "AuthorInText" or kind_of(citation.id) for citation in node.citations
    )


def _before(nodes: Inlines) -> int:
    """Where the citation stands that a next one touches, with a blank or a comma between them at most; or -1."""
    last = len(nodes) - 1
    if last > 0 and is_blank(nodes[last]):
        last -= 1
        between = nodes[last]
        # "[@a], [@b]": raised, the numbers would read as one.
        if last > 0 and isinstance(between, tree.Str) and between.text in (",", ";"):
            last -= 1
    return last if last >= 0 and isinstance(nodes[last], tree.Cite) else -1


def _once(cite: tree.Cite) -> tree.Cite:
    """The citation without works that it names twice; one with words or a place of its own stays."""
    if not is_crossing(cite):
        plain: set[str] = set()
        kept = []
        for citation in cite.citations:
            bare = not citation.prefix and not citation.suffix
            if not bare or citation.id not in plain:
                kept.append(citation)
            plain.add(citation.id)
        cite.citations = kept
    return cite


def _grouped(nodes: Inlines) -> Inlines:
    """Citations side by side are one group, in which each work stands once."""
    result: Inlines = []
    for node in _unbracketed(_lifted(nodes)):
        if not isinstance(node, tree.Cite):
            result.append(node)
            continue
        last = _before(result) if _joins(node) else -1
        before = result[last] if last >= 0 else None
        if isinstance(before, tree.Cite) and _joins(before):
            del result[last + 1 :]
            joined = [*before.citations, *node.citations]
            result[last] = _once(tree.Cite(joined, [*before.content, *node.content], at=before.at))
        else:
            result.append(_once(node))
    return result


def _names_its_author(nodes: Inlines, index: int, family: str | None) -> bool:
    seen = 0
    while family and index > 0 and seen < WORDS_BEFORE:
        index -= 1
        before = nodes[index]
        if isinstance(before, tree.Str):
            seen += 1
            if re.sub(r"[,’].*$", "", re.sub(r"^[“‘(]+", "", before.text)) == family:
                return True
            if before.text.endswith((".", "?", "!", ";", ":")) and before.text != "al.":
                return False
        elif not is_blank(before):
            return False
    return False


def _without_second_naming(nodes: Inlines, families: Mapping[str, str]) -> Inlines:
    """ "Yu et al [@yu2017]" is "Yu et al (2017)" in a journal that cites by author and year."""
    for index, node in enumerate(nodes):
        if isinstance(node, tree.Cite) and len(node.citations) == 1:
            citation = node.citations[0]
            named = _names_its_author(nodes, index, families.get(citation.id))
            if citation.mode == "NormalCitation" and named:
                citation.mode = "SuppressAuthor"
    return nodes


def _apart(node: Any) -> list[Any] | None:
    """The works cited behind a name in the text ("@a [@b]") in a bracket of their own: sorted by author and year into
    one, the year of the first would stand without its name."""
    if not isinstance(node, tree.Cite) or is_crossing(node) or len(node.citations) < 2:
        return None
    first, *others = node.citations
    if first.mode != "AuthorInText":
        return None
    return [tree.Cite([first], [], at=node.at), tree.Space(), tree.Cite(others, [], at=node.at)]


def _with_names(manuscript: Manuscript, works: Works, issues: list[Issue]) -> Any:
    """Names the authors in running text, which a style that numbers does not."""

    def change(node: Any) -> list[Any] | None:
        if not isinstance(node, tree.Cite) or is_crossing(node) or node.citations[0].mode != "AuthorInText":
            return None
        citation = node.citations[0]
        name = works.names.get(citation.id)
        if name == NO_NAME:
            where, fix = manuscript.where(node.at, citation.id), f"cite it in brackets: [@{citation.id}]"
            message = "the text names the author of a work that has none"
            issues.append(Issue("no-author", message, where, fix))
        if not name:
            return None
        citation.mode = "NormalCitation"
        words: list[Any] = []
        for word in name.split():
            words += [tree.Space(), tree.Str(word)] if words else [tree.Str(word)]
        # A raised number closes up to the name when it is set.
        return [*words, tree.Space(), node]

    return change


def clean(
    manuscript: Manuscript,
    profile: Mapping[str, Any],
    works: Works,
    *,
    blinded: bool,
    kept: frozenset[str] = frozenset(),
) -> None:
    """Cleans a manuscript's tree in place; spans of the classes `kept` stay.

    Raises BuildStop if the text names the author of a work without one.
    """
    cleaner = _Cleaner(profile["blinding"]["placeholder"], blinded, kept)
    issues: list[Issue] = []
    lists = [nodes for value in manuscript.document.meta.values() for nodes in lists_of(value)]
    for nodes in [*lists, manuscript.document.blocks]:
        rewrite(nodes, None, unwrapped)
        rewrite(nodes, cleaner.change, _tight)
        rewrite(nodes, None, _grouped)
        if profile["citations"]["form"] == "author-date":
            rewrite(nodes, _apart, lambda line: _without_second_naming(line, works.families))
        else:
            rewrite(nodes, _with_names(manuscript, works, issues))
    if issues:
        raise BuildStop(issues)
