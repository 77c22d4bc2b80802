"""The title page, the abstract and the keywords, as a journal wants them."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.document.floats import Floats
from prismake.document.parts import (
    Blocks,
    Inlines,
    Profile,
    heading,
    inlines_of,
    labelled,
    new_page,
    part,
    run_of,
    text_of,
)
from prismake.document.sections import Section, run_in, with_heading
from prismake.manuscript import tree
from prismake.manuscript.walking import rewrite_down

Meta = Mapping[str, tree.Meta]
ADDRESS = re.compile(r"([\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)")


def _maps(value: tree.Meta | None) -> list[dict[str, tree.Meta]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _linked(node: Any) -> list[Any] | None:
    """The mail addresses of a text as links; None where it has none."""
    if not isinstance(node, tree.Str) or not ADDRESS.search(node.text):
        return None
    # Every other piece is an address.
    return [
        tree.Link(tree.Attr(), [tree.Str(piece, at=node.at)], f"mailto:{piece}") if index % 2 else tree.Str(piece)
        for index, piece in enumerate(ADDRESS.split(node.text))
        if piece
    ]


@dataclass(frozen=True)
class FrontMatter:
    """What the head says: `meta` as pandoc parsed it, the words counted, how many works are cited."""

    meta: Meta
    profile: Profile
    words: Mapping[str, Any]
    cited: int
    floats: Floats

    @property
    def authors(self) -> list[dict[str, tree.Meta]]:
        """The authors in their order."""
        return _maps(self.meta.get("author"))

    @property
    def places(self) -> list[dict[str, tree.Meta]]:
        """The affiliations in their order."""
        return _maps(self.meta.get("affiliation"))

    @property
    def short_title(self) -> Inlines:
        """The short title; empty if there is none."""
        return inlines_of(self.meta.get("short-title"))

    def title(self) -> tree.Div:
        """The title as a part."""
        return part("title", [tree.Para(inlines_of(self.meta.get("title")))])

    def _mark(self, id: str) -> str:
        """The mark that ties an author to an affiliation."""
        ids = [text_of(place.get("id")) for place in self.places]
        if self.profile["title_page"]["marks"] == "numbers" or id not in ids:
            return id
        return chr(ord("a") + ids.index(id))

    def _author_line(self) -> Inlines:
        about = self.profile["title_page"]
        line: Inlines = []
        for index, author in enumerate(self.authors):
            if index:
                line += [tree.Str(","), tree.Space()]
            line += inlines_of(author.get("name"))
            if about["degrees"] and text_of(author.get("degrees")):
                line += [tree.Str(", "), *inlines_of(author.get("degrees"))]
            listed = author.get("affiliations")
            marks = [self._mark(text_of(id)) for id in (listed if isinstance(listed, list) else [])]
            if author.get("corresponding") is True and about["corresponding_mark"]:
                marks.append(about["corresponding_mark"])
            if marks:
                line.append(tree.Superscript([tree.Str(",".join(marks))]))
        return line

    def _correspondence(self) -> Inlines:
        """Whom to write to; a mail address is a link."""
        line = copy.deepcopy(self._contact())
        rewrite_down(line, lambda node: [node] if isinstance(node, tree.Link) else _linked(node))
        return line

    def _contact(self) -> Inlines:
        if "correspondence" in self.meta:
            return inlines_of(self.meta["correspondence"])
        author = next((author for author in self.authors if author.get("corresponding") is True), None)
        if author is None:
            return []
        line = inlines_of(author.get("name"))
        if "email" in author:
            line += [tree.Str(f"; {self.profile['title_page']['email']} "), *inlines_of(author["email"])]
        return line

    def _orcid(self) -> str:
        numbers = [(text_of(author.get("name")), text_of(author.get("orcid"))) for author in self.authors]
        return "; ".join(f"{name}, https://orcid.org/{number}" for name, number in numbers if number)

    def _counts(self) -> list[tuple[str, int]]:
        profile, words = self.profile, self.words
        values = {
            "abstract": ("abstract", words.get("abstract")),
            "text": ("text", words.get("text")),
            "references": (profile["references"]["heading"].lower(), self.cited),
            "tables": (profile["tables"]["plural"].lower(), self.floats.count("tbl")),
            "figures": (profile["figures"]["plural"].lower(), self.floats.count("fig")),
        }
        counts = [values[name] for name in profile["title_page"]["counts"] if name in values]
        return [(label, number) for label, number in counts if number is not None]

    def _printed_counts(self) -> Blocks:
        """One line of counts under the journal's label; where no words are counted, a line for each count."""
        counts = self._counts()
        if {"abstract", "text"}.isdisjoint(self.profile["title_page"]["counts"]):
            return [labelled(label[:1].upper() + label[1:], [tree.Str(f"{number:,}")]) for label, number in counts]
        line = "; ".join(f"{label} {number:,}" for label, number in counts)
        return [labelled(self.profile["title_page"]["word_count"], [tree.Str(line)])] if counts else []

    def short_and_counts(self) -> Blocks:
        """What the title page ends with and a manuscript without it still says: the short title and the counts."""
        blocks: Blocks = []
        if short := self.short_title:
            blocks.append(part("front", [labelled(self.profile["running_head"]["label"], short)]))
        return blocks + [part("front", [block]) for block in self._printed_counts()]

    def title_page(self, sections: Sequence[Section]) -> Blocks:
        """The title page, with the sections that the journal wants on it."""
        about, page = self.profile["title_page"], [self.title()]
        if self.authors:
            page.append(part("authors", [tree.Para(self._author_line())]))
        for place in self.places:
            number = tree.Superscript([tree.Str(self._mark(text_of(place.get("id"))))])
            page.append(part("affiliation", [tree.Para([number, *inlines_of(place.get("name"))])]))
        if contact := self._correspondence():
            page.append(part("front", [labelled(about["corresponding_mark"] + about["correspondence"], contact)]))
        if orcid := self._orcid():
            page.append(part("front", [labelled(about["orcid"], [tree.Str(orcid)])]))
        run = [part("front", [block]) for section in sections for block in run_in(section)]
        return [*page, *self.short_and_counts(), *run]

    def abstract_page(self, sections: Sequence[Section]) -> Blocks:
        """The abstract, the keywords, and the sections that the journal wants beside them."""
        page: Blocks = []
        if abstract := self.meta.get("abstract"):
            if self.profile["abstract"]["own_page"]:
                page.append(new_page())
            page.append(heading(self.profile["abstract"]["heading"]))
            page.append(part("abstract", abstract_blocks(abstract, self.profile["abstract"])))
        keywords = self.meta.get("keywords")
        words = [text_of(word) for word in (keywords if isinstance(keywords, list) else [])]
        if words:
            about = self.profile["keywords"]
            listed = tree.Str(about["separator"].join(words))
            page.append(part("keywords", [labelled(about["label"], [listed])]))
        return [*page, *(block for section in sections for block in with_heading(section))]


def _abstract_parts(parts: list[dict[str, tree.Meta]], wanted: list[dict[str, Any]]) -> list[tuple[str, Inlines]]:
    """The parts in the journal's order under its names; what it does not name keeps its own name and follows."""
    named: dict[int, tuple[str, Inlines]] = {}
    rest: list[tuple[str, Inlines]] = []
    for entry in parts:
        own, text = text_of(entry.get("name")), inlines_of(entry.get("text"))
        home = next(
            (
                index
                for index, part in enumerate(wanted)
                if index not in named and own.lower() in {name.lower() for name in (part["name"], *part["from"])}
            ),
            None,
        )
        if home is None:
            rest.append((own, text))
        else:
            named[home] = (wanted[home]["name"], text)
    return [*(named[index] for index in sorted(named)), *rest]


def abstract_blocks(abstract: tree.Meta, about: Mapping[str, Any]) -> Blocks:
    """The paragraphs of an abstract; a journal that takes one running text gets the parts without their names."""
    if not isinstance(abstract, list):
        return abstract.blocks if isinstance(abstract, tree.MetaBlocks) else [tree.Para(inlines_of(abstract))]
    parts = _abstract_parts(_maps(abstract), about["parts"])
    if not about["parts"]:
        running = run_of([tree.Plain(text) for _, text in parts])
        return [tree.Para(running)] if running else []
    return [
        tree.Para([tree.Strong([tree.Str((name + about["separator"]).rstrip())]), tree.Space(), *text])
        for name, text in parts
    ]
