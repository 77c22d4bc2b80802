"""The changes of a co-author's file to the document that was sent, tracked or not, as edits of single places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from prismake.revision.alignment import by_words
from prismake.revision.letters import PARAGRAPH_MARK, Letter, Story
from prismake.revision.origins import paragraph_spans

# How much alike two paragraphs are that are one paragraph with untracked edits, out of 1.
LIKE = 0.5


@dataclass
class Edit:
    """One place of the sent document that changed.

    `at`: the letter before which new ones are inserted; `deleted`: letters of the sent document that are gone;
    `inserted`: the new letters; `marks`: the revisions that say so, none where the edit was not tracked.
    """

    at: int
    deleted: list[int] = field(default_factory=list)
    inserted: list[Letter] = field(default_factory=list)
    marks: set[int] = field(default_factory=set)

    @property
    def new(self) -> str:
        """The inserted text."""
        return "".join(letter.text for letter in self.inserted)


@dataclass(frozen=True)
class _Step:
    """One letter on the way from the sent document to the edited one: kept, gone (`old`) or new (`letter`)."""

    old: int | None
    letter: Letter | None
    kept: bool
    marks: tuple[int, ...]
    edited: int | None


def _groups(story: Story) -> list[list[int]]:
    """The letters of the edited file by its earlier paragraphs, inserted ones with the paragraph that holds them."""
    groups: list[list[int]] = [[]]
    for at, letter in enumerate(story.letters):
        groups[-1].append(at)
        if letter.text == PARAGRAPH_MARK and letter.state not in ("ins", "none"):
            groups.append([])
    if groups[-1] and len(groups) > 1:
        groups[-2] += groups.pop()
    return [group for group in groups if group]


def _before(story: Story, group: Iterable[int]) -> list[int]:
    return [at for at in group if story.letters[at].state in ("", "del")]


def _text(story: Story, letters: Iterable[int]) -> str:
    return "".join(story.letters[at].text for at in letters)


def _matches(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """The opcodes between two lists of paragraphs, where paragraphs that are alike count as one with edits."""
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "replace":
            yield tag, a, b, c, d
            continue
        start = c
        for index in range(a, b):
            scored = []
            for other in range(start, d):
                matcher = SequenceMatcher(None, left[index], right[other], autojunk=False)
                if matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE:
                    scored.append((matcher.ratio(), -other))
            ratio, place = max(scored, default=(0.0, 0))
            if ratio < LIKE and b - a == d - c:
                ratio, place = LIKE, -(c + index - a)
                if -place < start:
                    ratio = 0.0
            if ratio >= LIKE:
                yield "insert", index, index, start, -place
                yield "equal", index, index + 1, -place, 1 - place
                start = 1 - place
            else:
                yield "delete", index, index + 1, start, start
        yield "insert", b, b, start, d


def _inside(sent: Story, first: int, last: int, edited: Story, group: Sequence[int]) -> Iterator[_Step]:
    """The steps inside one paragraph; `last` is behind its mark."""
    before = _before(edited, group)
    old, new = _text(sent, range(first, last)), _text(edited, before)
    partner: dict[int, int] = {}
    gone: dict[int, list[int]] = {}
    if old == new:
        partner = {at: first + offset for offset, at in enumerate(before)}
    else:
        for equal, left, right in by_words(old, new):
            if equal:
                partner.update({before[there]: first + here for here, there in zip(left, right, strict=True)})
            else:
                where = before[right.start] if right.start < len(before) else -1
                gone.setdefault(where, []).extend(first + here for here in left)
    for at in group:
        letter = edited.letters[at]
        for lost in gone.pop(at, []):
            yield _Step(lost, None, False, (), None)
        if at in partner:
            kept = letter.state == ""
            yield _Step(partner[at], None, kept, letter.marks, at)
        elif letter.state in ("", "ins"):
            yield _Step(None, letter, False, letter.marks, at)
        else:
            # Deleted what the sent document does not hold, or inserted and deleted again: no trace in either text.
            yield _Step(None, None, False, letter.marks, at)
    for leftover in gone.values():
        for lost in leftover:
            yield _Step(lost, None, False, (), None)


def _steps(sent: Story, edited: Story) -> Iterator[_Step]:
    spans = paragraph_spans(sent)
    groups = _groups(edited)
    left = [_text(sent, range(first, last + 1)) for first, last in spans]
    right = [_text(edited, _before(edited, group)) for group in groups]
    for tag, a, b, c, d in _matches(left, right):
        if tag == "equal":
            for paragraph, group in zip(range(a, b), range(c, d), strict=True):
                first, last = spans[paragraph]
                yield from _inside(sent, first, last + 1, edited, groups[group])
        else:
            for first, last in spans[a:b]:
                for lost in range(first, last + 1):
                    yield _Step(lost, None, False, (), None)
            for members in groups[c:d]:
                for at in members:
                    letter = edited.letters[at]
                    new = letter if letter.state in ("", "ins") else None
                    yield _Step(None, new, False, letter.marks, at)


def _split(edit: Edit, sent: Story) -> list[Edit]:
    """An edit by words: what is equal in the deleted and the inserted text is not an edit.

    So a rewritten sentence keeps the values that it repeats.
    """
    if not edit.deleted or not edit.inserted:
        return [edit]
    old = "".join(sent.letters[at].text for at in edit.deleted)
    runs = list(by_words(old, edit.new))
    if not any(equal and (len(left) > 1 or old[left.start].isalnum()) for equal, left, _ in runs):
        return [edit]
    return [
        Edit(
            edit.deleted[left.start] if left.start < len(old) else edit.deleted[-1] + 1,
            [edit.deleted[offset] for offset in left],
            [edit.inserted[offset] for offset in right],
            set(edit.marks),
        )
        for equal, left, right in runs
        if not equal
    ]


def find_edits(sent: Story, edited: Story) -> tuple[list[Edit], dict[int, int], set[int]]:
    """The edits in reading order; for letters of the edited file the one of the sent document there; and the marks
    that change nothing, being of what was inserted and deleted again."""
    edits: list[Edit] = []
    places: dict[int, int] = {}
    idle: set[int] = set()
    current: Edit | None = None
    following = 0
    for step in _steps(sent, edited):
        if step.edited is not None:
            places[step.edited] = step.old if step.old is not None else following
        if step.old is not None:
            following = step.old + 1
        if step.kept:
            current = None
            continue
        if step.old is None and step.letter is None:
            idle.update(step.marks)
            continue
        if current is None:
            current = Edit(following if step.old is None else step.old)
            edits.append(current)
        current.marks.update(step.marks)
        if step.old is not None:
            current.deleted.append(step.old)
        elif step.letter is not None:
            current.inserted.append(step.letter)
    return [part for edit in edits for part in _split(edit, sent)], places, idle
