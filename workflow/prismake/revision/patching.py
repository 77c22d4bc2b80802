"""Edits as changes of the sources: what can be placed becomes Markdown, what must not be edited here is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prismake.revision.edits import Edit
from prismake.revision.letters import PARAGRAPH_MARK, Letter, Paragraph
from prismake.revision.origins import Origin, Sources

# What Pandoc's Markdown or the template language would take for more than a letter.
MARKUP = re.compile(r"([\\`*_\[\]<>$^~|@#{}&!]|(?<=\{)%|%(?=\})|-(?=-)|(?<=-)-|\.(?=\.)|(?<=\.)\.)")
OPENING = re.compile(r"^(\(?\w+(?=[.)](?:\s|$))|(?=[-+=:%(]))")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{[#%]", re.DOTALL)
HEADING = re.compile(r"heading\s?([1-6])$", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.?!][\"”’')]*$")
BETWEEN_SENTENCES = re.compile(r"(?<=[a-z\d)][.?!]) (?=[A-Z“])")
SIGNS = {"bold": "**", "italic": "*", "super": "^", "sub": "~"}
NUMBERS = re.compile(r"\d[\d,.]*")
CITATION_NUMBERS = re.compile(r"[\d,;–\- ]+")
MARKS = "*_^~`"

PATCHED, REFUSED, UNPLACED = "patched", "refused", "unplaced"


@dataclass
class Outcome:
    """What became of an edit: patched, refused or unplaced, why, what to do, and the changes of the sources."""

    edit: Edit
    outcome: str
    reason: str = ""
    fix: str = ""
    origin: Origin | None = None
    notes: list[str] = field(default_factory=list)
    changes: list[tuple[str, int, int, str]] = field(default_factory=list)


def escape(text: str, *, opens_line: bool = False) -> str:
    """Inserted words as Markdown that prints them as they stand and calls nothing.

    Straight quotation marks stay: they take the typography of the text around them.
    """
    safe = MARKUP.sub(r"\\\1", text.replace("\t", " ").replace("\u00ad", ""))
    safe = safe.replace("\v", "\\\n")
    return OPENING.sub(r"\1\\", safe, count=1) if opens_line else safe


def marked(letters: Sequence[Letter], around: frozenset[str], *, opens_line: bool = False) -> str:
    """Letters as Markdown, bold, italic, raised and lowered ones with their signs where the words around are not so."""
    pieces: list[str] = []
    at = 0
    while at < len(letters):
        looks = letters[at].looks
        end = at
        while end < len(letters) and letters[end].looks == looks:
            end += 1
        text = "".join(letter.text for letter in letters[at:end])
        signs = [SIGNS[look] for look in ("bold", "italic", "super", "sub") if look in looks - around]
        bare = text.strip()
        safe = escape(bare, opens_line=opens_line and not pieces and not signs)
        if signs and bare:
            if {"super", "sub"} & (looks - around):
                safe = safe.replace(" ", "\\ ")
            safe = "".join(signs) + safe + "".join(reversed(signs))
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if bare else ""
        pieces.append(lead.replace("\t", " ") + safe + trail.replace("\t", " "))
        at = end
    return "".join(pieces)


class Patcher:
    """Turns edits of a document into changes of its sources."""

    def __init__(self, sources: Sources, styles: Sequence[Paragraph], data_of: dict[str, str]) -> None:
        """`styles` are the paragraphs of the edited file; `data_of` names the file behind each table."""
        self.sources, self.styles, self.data_of = sources, styles, data_of
        self.letters: list[Letter] = sources.story.letters
        self.origins: list[Origin | None] = sources.origins

    def paragraph_of(self, at: int) -> int:
        """The paragraph of the sent document in which a letter stands."""
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
        """Outcome, reason and what to do for an edit of what is no author's own words."""
        kind = origin.kind if origin else ""
        name = origin.name if origin else ""
        if kind == "value":
            return REFUSED, f"computed: {{{{ {name} }}}}", "change the data or the decisions that it is counted from"
        if kind == "citation":
            keys = " ".join(f"@{key}" for key in name.split("; "))
            return REFUSED, f"a citation: [{keys}]", "change the keys in the text, or the entry in the bibliography"
        if kind == "reference":
            return REFUSED, f"a cross-reference: [@{name}]", "change the reference in the text"
        if kind == "table":
            file = self.data_of.get(name, "config.yaml")
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
        return UNPLACED, "no place in the sources is known for this", "make the edit by hand"

    def decide(self, edit: Edit) -> Outcome:
        """What becomes of one edit."""
        fault = self.protected(edit)
        if fault:
            outcome, reason, fix = self.refusal(*fault)
            return Outcome(edit, outcome, reason, fix, fault[0] or self.place(edit.at))
        typed = [letter for letter in edit.inserted if "super" in letter.looks]
        if typed and CITATION_NUMBERS.fullmatch("".join(letter.text for letter in typed)):
            number = "".join(letter.text for letter in typed)
            reason = f"'{number}' is a citation by its number, and numbers are given by the style"
            return Outcome(edit, REFUSED, reason, "cite the work by its key: [@key]", self.place(edit.at))
        if any(letter.instruction for letter in edit.inserted):
            return Outcome(edit, UNPLACED, "a field was inserted", "write it as the sources do", self.place(edit.at))
        changes = self.deletions(edit)
        if changes is None:
            return Outcome(edit, UNPLACED, "joins what stands in different files", "do it by hand", self.place(edit.at))
        joined = any(new for *_, new in changes)
        if edit.inserted and not (joined and edit.new.isspace()):
            insertion = self.insertion(edit, changes)
            if insertion is None:
                return Outcome(edit, UNPLACED, "no place in the sources is known here", "do it by hand", None)
            changes.append(insertion)
        notes = [f"the number {found} is typed, not computed" for found in NUMBERS.findall(edit.new)]
        return Outcome(edit, PATCHED, origin=self.place(edit.at), notes=notes, changes=merged(changes))

    def whole(self, origin: Origin, deleted: Sequence[int]) -> bool:
        """Whether all letters that a value or citation printed are among the deleted ones."""
        key = (origin.unit, origin.start, origin.kind)
        there = sum(1 for at in deleted if (o := self.origins[at]) and (o.unit, o.start, o.kind) == key)
        return origin.start >= 0 and there == self.sources.sizes[key]

    def protected(self, edit: Edit) -> tuple[Origin | None, int] | None:
        """What an edit touches that must not be edited in the document, with its letter; None where it may."""
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

    def deletions(self, edit: Edit) -> list[tuple[str, int, int, str]] | None:
        """The changes that take out what an edit deletes; None where it joins paragraphs that cannot be joined."""
        deleted = set(edit.deleted)
        changes: list[tuple[str, int, int, str]] = []
        gone = set()
        for paragraph in {self.letters[at].paragraph for at in deleted}:
            first, last = self.sources.spans[paragraph]
            block = self.sources.blocks.get(paragraph)
            if block and first < last and all(at in deleted for at in range(first, last)) and not edit.new.strip():
                source = self.sources.units[block.unit].source
                end = block.end
                while end < len(source) and source[end] == "\n":
                    end += 1
                changes.append((block.unit, block.start, end, ""))
                gone.add(paragraph)
        for at in sorted(deleted):
            paragraph, origin = self.letters[at].paragraph, self.origins[at]
            if self.letters[at].text == PARAGRAPH_MARK:
                if paragraph in gone:
                    continue
                if paragraph + 1 in gone:
                    if self.sources.spans[paragraph + 1][1] in deleted:
                        # The paragraph goes, and what stood before it is to be joined with what stood behind it.
                        return None
                    continue
                upper, lower = self.sources.blocks.get(paragraph), self.sources.blocks.get(paragraph + 1)
                if not upper or not lower or upper.unit != lower.unit or lower.prefix or upper.prefix:
                    return None
                between = self.sources.units[upper.unit].source[upper.end : lower.start]
                if between.strip():
                    return None
                changes.append((upper.unit, upper.end, lower.start, "\n"))
            elif paragraph not in gone and origin:
                changes.append((origin.unit, origin.start, origin.end, ""))
        texts = [origin for at in edit.deleted if (origin := self.origins[at]) and origin.kind == "text"]
        return self.with_signs(merged(changes), texts[0].start if texts and edit.inserted else -1)

    def with_signs(self, changes: list[tuple[str, int, int, str]], held: int) -> list[tuple[str, int, int, str]]:
        """Deletions with the signs of emphasis that would be left around nothing, or beside a blank.

        New words go in at `held`, so that a blank behind it is none beside a sign.
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
                # Signs of two different emphases stand around a blank.
                and not source[start].isspace()
                and not source[end - 1].isspace()
            ):
                start, end = start - 1, end + 1
            closed.append((unit, start, end, new))
        return self.without_blanks(closed, held)

    def without_blanks(self, changes: list[tuple[str, int, int, str]], held: int) -> list[tuple[str, int, int, str]]:
        """Deletions that leave no blank inside a sign of emphasis, where the sign would be no sign: it goes outside."""
        result = list(changes)
        for number, (unit, start, end, new) in enumerate(changes):
            source = self.sources.units[unit].source
            if new or start == held:
                continue
            opening = start
            while opening > 0 and source[opening - 1] in MARKS:
                opening -= 1
            closing = end
            while closing < len(source) and source[closing] in MARKS:
                closing += 1
            if opening < start and source[end : end + 1] == " " and source[opening - 1 : opening] in ("", " ", "\n"):
                result[number] = (unit, start, end + 1, new)
                if number and result[number - 1][2] == opening and source[opening - 1 : opening] == " ":
                    result[number - 1] = (unit, result[number - 1][1], opening - 1, "")
            elif closing > end and source[start - 1 : start] == " ":
                result[number] = (unit, start - 1, end, new)
                if (
                    number + 1 < len(result)
                    and changes[number + 1][1] == closing
                    and source[closing : closing + 1] == " "
                ):
                    result[number + 1] = (unit, closing + 1, changes[number + 1][2], "")
        return result

    def anchor(
        self, edit: Edit, changes: Sequence[tuple[str, int, int, str]]
    ) -> tuple[str, int, frozenset[str]] | None:
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

    def insertion(self, edit: Edit, changes: Sequence[tuple[str, int, int, str]]) -> tuple[str, int, int, str] | None:
        """The change that puts the new letters in; None where no place is known."""
        found = self.anchor(edit, changes)
        if not found:
            return None
        unit, offset, around = found
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
            return unit, offset, offset, self.by_sentence(text, source, offset)
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
            item = listed[number] and (listed[number - 1] or bool(block and block.prefix.strip() in ("-", "*", "+")))
            text += ("\n" if item else "\n\n") + written[number]
        if not written[-1] and not (block and block.start == offset):
            # Split inside a paragraph: what follows begins a paragraph of its own.
            text = text.rstrip("\n") + "\n\n"
        if source[:offset].endswith("\n") and text.startswith("\n\n"):
            text = text[1:]
        return unit, offset, offset, text

    def by_sentence(self, text: str, source: str, offset: int) -> str:
        """Inserted sentences on lines of their own, as the sources are written."""
        text = BETWEEN_SENTENCES.sub("\n", text)
        before, behind = source[:offset], source[offset:]
        if text.startswith(" ") and SENTENCE_END.search(before[-8:]) and SENTENCE_END.search(text):
            return "\n" + text[1:]
        if before.endswith("\n") and text.endswith(" ") and SENTENCE_END.search(text[:-1]) and behind[:1] != "\n":
            return text[:-1] + "\n"
        return text


def merged(changes: Sequence[tuple[str, int, int, str]]) -> list[tuple[str, int, int, str]]:
    """Deletions side by side as one; what is put in stays as it is."""
    result: list[tuple[str, int, int, str]] = []
    for unit, start, end, new in sorted(changes, key=lambda change: (change[0], change[1], change[2])):
        if (
            result
            and not new
            and not result[-1][3]
            and result[-1][0] == unit
            and start <= result[-1][2]
            and end > start
        ):
            last = result[-1]
            if last[2] > last[1]:
                result[-1] = (unit, last[1], max(last[2], end), "")
                continue
        result.append((unit, start, end, new))
    return result


def tags(source: str) -> list[str]:
    """What the template language takes for its own in a source."""
    return TAG.findall(source)


def apply(source: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """A source with changes made in it, each a span and what stands there now; spans do not overlap."""
    pieces, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: (change[0], change[1])):
        pieces += [source[at:start], new]
        at = max(at, end)
    return "".join([*pieces, source[at:]])
