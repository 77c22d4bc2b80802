"""Edits as changes of the sources: an edit that can be placed becomes Markdown; one of composed text is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prismake.revision.changes import Change, merged
from prismake.revision.edits import Edit
from prismake.revision.inserting import marked
from prismake.revision.letters import PARAGRAPH_MARK, Letter, Paragraph
from prismake.revision.origins import Sources
from prismake.revision.source_blocks import Origin

HEADING = re.compile(r"heading\s?([1-6])$", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.?!][\"”’')]*$")
BETWEEN_SENTENCES = re.compile(r"(?<=[a-z\d)][.?!]) (?=[A-Z“])")
NUMBERS = re.compile(r"\d[\d,.]*")
CITATION_NUMBERS = re.compile(r"[\d,;–\- ]+")
MARKS = "*_^~`"

PATCHED, REFUSED, UNPLACED = "patched", "refused", "unplaced"


@dataclass
class Outcome:
    """The outcome of an edit (patched, refused or unplaced), its reason and fix, and the changes of the sources."""

    edit: Edit
    outcome: str
    reason: str = ""
    fix: str = ""
    origin: Origin | None = None
    notes: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class Patcher:
    """Turns edits of a document into changes of its sources."""

    def __init__(self, sources: Sources, styles: Sequence[Paragraph], data_of: dict[str, str]) -> None:
        """`styles` are the paragraphs of the edited file; `data_of` says what to edit for a table or cell."""
        self.sources, self.styles, self.data_of = sources, styles, data_of
        self.letters: list[Letter] = sources.story.letters
        self.origins: list[Origin | None] = sources.origins

    def paragraph_of(self, at: int) -> int:
        """The paragraph of the sent document that holds a letter."""
        return self.letters[min(at, len(self.letters) - 1)].paragraph

    def place(self, at: int) -> Origin | None:
        """The nearest known source of a letter in its paragraph: behind it first, then before it."""
        paragraph = self.paragraph_of(at)
        first, last = self.sources.spans[paragraph]
        near: int
        for near in (*range(min(at, last), last), *range(min(at, last) - 1, first - 1, -1)):
            origin = self.origins[near]
            if origin and (origin.start >= 0 or origin.name):
                return origin
        return None

    def refusal(self, origin: Origin | None, at: int) -> tuple[str, str, str]:
        """Outcome, reason and fix for an edit of anything but the author's own words."""
        kind = origin.kind if origin else ""
        name = origin.name if origin else ""
        if kind == "value":
            return REFUSED, f"computed: {{{{ {name} }}}}", "change the data or decisions from which it is computed"
        if kind == "citation":
            keys = " ".join(f"@{key}" for key in name.split("; "))
            return REFUSED, f"a citation: [{keys}]", "change the keys in the text, or the entry in the bibliography"
        if kind == "reference":
            return REFUSED, f"a cross-reference: [@{name}]", "change the reference in the text"
        if kind == "table":
            table = name.partition(",")[0]
            if table and self.data_of and table not in self.data_of:
                return REFUSED, f"the table {table} stands in the text as a table", f"edit it at {{#{table}}}"
            file = self.data_of.get(name) or self.data_of.get(table, "config.yaml")
            return REFUSED, f"the table {name or 'here'} is composed from data", f"edit {file}"
        if kind == "bibliography":
            return REFUSED, "the reference list is made from the bibliography", f"edit {name}"
        style = self.sources.story.paragraphs[self.paragraph_of(at)].style
        if kind == "title-page":
            return REFUSED, "the title page is composed", "edit author, affiliation or correspondence in the metadata"
        if style == "Keywords":
            return REFUSED, "the list of keywords is composed", "edit keywords in the metadata"
        if style == "ImageCaption":
            return REFUSED, "the number of a figure is counted, or its caption composed", "edit figures in the metadata"
        return UNPLACED, "the place in the sources is not known", "make the edit by hand"

    def decide(self, edit: Edit) -> Outcome:
        """The outcome of one edit."""
        fault = self.protected(edit)
        if fault:
            outcome, reason, fix = self.refusal(*fault)
            return Outcome(edit, outcome, reason, fix, fault[0] or self.place(edit.at))
        typed = [letter for letter in edit.inserted if "super" in letter.looks]
        if typed and CITATION_NUMBERS.fullmatch("".join(letter.text for letter in typed)):
            number = "".join(letter.text for letter in typed)
            reason = f"'{number}' is the number of a citation, and numbers are set by the style"
            return Outcome(edit, REFUSED, reason, "cite the work by its key: [@key]", self.place(edit.at))
        if any(letter.instruction for letter in edit.inserted):
            return Outcome(
                edit, UNPLACED, "a field was inserted", "write it in the source's own form", self.place(edit.at)
            )
        changes = self.deletions(edit)
        if changes is None:
            return Outcome(
                edit,
                UNPLACED,
                "the edit joins paragraphs of different files",
                "make the edit by hand",
                self.place(edit.at),
            )
        joined = any(new for *_, new in changes)
        if edit.inserted and not (joined and edit.new.isspace()):
            insertion = self.insertion(edit, changes)
            if insertion is None:
                return Outcome(edit, UNPLACED, "the place in the sources is not known", "make the edit by hand", None)
            changes.append(insertion)
        notes = [f"the number {digits} is typed, not computed" for digits in NUMBERS.findall(edit.new)]
        return Outcome(edit, PATCHED, origin=self.place(edit.at), notes=notes, changes=merged(changes))

    def whole(self, origin: Origin, deleted: Sequence[int]) -> bool:
        """Whether all letters that a value or citation printed are among the deleted ones."""
        key = (origin.unit, origin.start, origin.kind)
        there = sum(1 for at in deleted if (o := self.origins[at]) and (o.unit, o.start, o.kind) == key)
        return origin.start >= 0 and there == self.sources.sizes[key]

    def protected(self, edit: Edit) -> tuple[Origin | None, int] | None:
        """The protected origin that an edit touches, with its letter, or None."""
        words = any(
            letter.isalnum()
            for at in edit.deleted
            if (origin := self.origins[at]) and origin.kind == "text"
            for letter in self.letters[at].text
        )
        for at in edit.deleted:
            origin = self.origins[at]
            if self.letters[at].text == PARAGRAPH_MARK or (origin and origin.kind == "text"):
                continue
            composed = not origin or origin.kind not in ("value", "citation", "reference")
            # A passage may go with the values and citations in it; a value alone may not, nor be written over.
            if composed or edit.new.strip() or not words or not self.whole(origin, edit.deleted):  # type: ignore[arg-type]
                return origin, at
        if not edit.inserted:
            return None
        at = edit.deleted[0] if edit.deleted else edit.at
        behind = edit.deleted[-1] + 1 if edit.deleted else edit.at
        left = self.origins[at - 1] if at > 0 else None
        right = self.origins[behind] if behind < len(self.origins) else None
        if left and left is right and left.kind in ("value", "citation", "reference"):
            return left, at
        for origin in (left, right):
            if (
                origin
                and origin.kind in ("table", "bibliography")
                and not (self.letters[at - 1].text == PARAGRAPH_MARK and edit.new.endswith(PARAGRAPH_MARK))
            ):
                return origin, at
        if left and left.kind == "value" and edit.new[:1].isalnum() and self.letters[at - 1].text.isalnum():
            return left, at - 1
        if right and right.kind == "value" and edit.new[-1:].isalnum() and self.letters[behind].text.isalnum():
            return right, behind
        return None

    def deletions(self, edit: Edit) -> list[Change] | None:
        """The changes that delete what an edit deletes; None if it joins paragraphs that cannot be joined."""
        deleted = set(edit.deleted)
        changes: list[Change] = []
        gone = set()
        for paragraph in {self.letters[at].paragraph for at in deleted}:
            first, last = self.sources.spans[paragraph]
            block = self.sources.blocks.get(paragraph)
            if block and first < last and all(at in deleted for at in range(first, last)) and not edit.new.strip():
                source = self.sources.units[block.unit].source
                end = block.end
                while end < len(source) and source[end] == "\n":
                    end += 1
                changes.append(Change(block.unit, block.start, end, ""))
                gone.add(paragraph)
        for at in sorted(deleted):
            paragraph, origin = self.letters[at].paragraph, self.origins[at]
            if self.letters[at].text == PARAGRAPH_MARK:
                if paragraph in gone:
                    continue
                if paragraph + 1 in gone:
                    if self.sources.spans[paragraph + 1][1] in deleted:
                        # The paragraph is deleted, and its neighbours would have to be joined.
                        return None
                    continue
                upper, lower = self.sources.blocks.get(paragraph), self.sources.blocks.get(paragraph + 1)
                if not upper or not lower or upper.unit != lower.unit or lower.kind or upper.kind:
                    return None
                between = self.sources.units[upper.unit].source[upper.end : lower.start]
                if between.strip():
                    return None
                changes.append(Change(upper.unit, upper.end, lower.start, "\n"))
            elif paragraph not in gone and origin:
                changes.append(Change(origin.unit, origin.start, origin.end, ""))
        texts = [origin for at in edit.deleted if (origin := self.origins[at]) and origin.kind == "text"]
        return self.with_signs(merged(changes), texts[0].start if texts and edit.inserted else -1)

    def with_signs(self, changes: list[Change], kept: int) -> list[Change]:
        """Deletions extended by the signs of emphasis that would be left empty, or beside a space.

        New words are inserted at `kept`, so a space after it is not beside a sign.
        """
        closed = []
        for unit, start, end, new in changes:
            source = self.sources.units[unit].source
            while (
                not new
                and start > 0
                and end < len(source)
                and source[start - 1] == source[end]
                and source[end] in MARKS
                and source[start - 2 : start - 1] != "\\"
                # A space between signs belongs to two different emphases.
                and not source[start].isspace()
                and not source[end - 1].isspace()
            ):
                start, end = start - 1, end + 1
            closed.append(Change(unit, start, end, new))
        return self.without_blanks(closed, kept)

    def without_blanks(self, changes: list[Change], kept: int) -> list[Change]:
        """Deletions that leave no space just inside a sign of emphasis, where it would not count as a sign."""
        result = list(changes)
        for number, (unit, start, end, new) in enumerate(changes):
            source = self.sources.units[unit].source
            if new or start == kept:
                continue
            opening = start
            while opening > 0 and source[opening - 1] in MARKS:
                opening -= 1
            closing = end
            while closing < len(source) and source[closing] in MARKS:
                closing += 1
            if opening < start and source[end : end + 1] == " " and source[opening - 1 : opening] in ("", " ", "\n"):
                result[number] = Change(unit, start, end + 1, new)
                if number and result[number - 1][2] == opening and source[opening - 1 : opening] == " ":
                    result[number - 1] = Change(unit, result[number - 1][1], opening - 1, "")
            elif closing > end and source[start - 1 : start] == " ":
                result[number] = Change(unit, start - 1, end, new)
                if (
                    number + 1 < len(result)
                    and changes[number + 1][1] == closing
                    and source[closing : closing + 1] == " "
                ):
                    result[number + 1] = Change(unit, closing + 1, changes[number + 1][2], "")
        return result

    def anchor(self, edit: Edit, changes: Sequence[Change]) -> tuple[str, int, frozenset[str]] | None:
        """Unit, offset and looks of the words around where new letters go."""
        at = edit.at
        texts = [old for old in edit.deleted if (origin := self.origins[old]) and origin.kind == "text"]
        if texts and changes:
            origin = self.origins[texts[0]]
            assert origin
            return origin.unit, origin.start, self.letters[texts[0]].looks
        paragraph = self.paragraph_of(at)
        first, last = self.sources.spans[paragraph]
        block = self.sources.blocks.get(paragraph)
        if at == first and edit.new.endswith(PARAGRAPH_MARK):
            return (block.unit, block.start, frozenset()) if block else self.before_block(paragraph)
        left = self.origins[at - 1] if at > first else None
        right = self.origins[at] if at < last else None
        looks = edit.inserted[0].looks
        like_right = right and at < last and self.letters[at].looks == looks
        like_left = left and self.letters[at - 1].looks == looks
        if left and left.kind == "text" and (like_left or not (right and right.kind == "text" and like_right)):
            return left.unit, left.end, self.letters[at - 1].looks
        if right and right.kind == "text":
            return right.unit, right.start, self.letters[at].looks
        if at == last and block:
            return block.unit, block.end, frozenset()
        if left and left.start >= 0:
            return left.unit, left.end, frozenset()
        if right and right.start >= 0:
            return right.unit, right.start, frozenset()
        return None

    def before_block(self, paragraph: int) -> tuple[str, int, frozenset[str]] | None:
        """The end of the block before a paragraph that has none of its own, as a table has none."""
        above = next((self.sources.blocks[p] for p in range(paragraph - 1, -1, -1) if p in self.sources.blocks), None)
        return (above.unit, above.end, frozenset()) if above else None

    def insertion(self, edit: Edit, changes: Sequence[Change]) -> Change | None:
        """The change that puts the new letters in; None where no place is known."""
        anchor = self.anchor(edit, changes)
        if not anchor:
            return None
        unit, offset, around = anchor
        source = self.sources.units[unit].source
        block = self.sources.blocks.get(self.paragraph_of(edit.at))
        opens_line = offset == 0 or source[offset - 1] == "\n" or bool(block and block.start == offset)
        parts: list[list[Letter]] = [[]]
        ends: list[Letter] = []
        for letter in edit.inserted:
            if letter.text == PARAGRAPH_MARK:
                parts.append([])
                ends.append(letter)
            else:
                parts[-1].append(letter)
        if len(parts) == 1:
            text = marked(parts[0], around, opens_line=opens_line)
            return Change(unit, offset, offset, self.by_sentence(text, source, offset))
        if self.sources.units[unit].path and not self.sources.units[unit].path.startswith("abstract"):
            return None
        written = []
        for number, part in enumerate(parts):
            prefix = ""
            new_start = number > 0 or bool(block and block.start == offset)
            if part and new_start:
                about = self.styles[part[0].paragraph]
                heading = HEADING.match(about.style)
                prefix = "#" * int(heading[1]) + " " if heading else "- " if about.listed else ""
            body = marked(part, around if number == 0 else frozenset(), opens_line=new_start)
            written.append(prefix + BETWEEN_SENTENCES.sub("\n", body.strip() if number else body))
        listed = [bool(text.startswith("- ")) for text in written]
        text = written[0]
        for number in range(1, len(written)):
            item = listed[number] and (listed[number - 1] or bool(block and block.kind == "bullet"))
            text += ("\n" if item else "\n\n") + written[number]
        if not written[-1] and not (block and block.start == offset):
            # Split inside a paragraph: what follows begins a paragraph of its own.
            text = text.rstrip("\n") + "\n\n"
        if source[:offset].endswith("\n") and text.startswith("\n\n"):
            text = text[1:]
        return Change(unit, offset, offset, text)

    def by_sentence(self, text: str, source: str, offset: int) -> str:
        """Inserted sentences on lines of their own, as the sources are written."""
        text = BETWEEN_SENTENCES.sub("\n", text)
        before, behind = source[:offset], source[offset:]
        if text.startswith(" ") and SENTENCE_END.search(before[-8:]) and SENTENCE_END.search(text):
            return "\n" + text[1:]
        if before.endswith("\n") and text.endswith(" ") and SENTENCE_END.search(text[:-1]) and behind[:1] != "\n":
            return text[:-1] + "\n"
        return text
