"""A co-author's Word file back into the sources: a patch, what was refused, what could not be placed, the comments."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prismake.common.reading import read_text
from prismake.revision.changes import Change, apply, tags
from prismake.revision.edits import Edit, find_edits
from prismake.revision.finding import Written
from prismake.revision.letters import Comment, Revision, Story, read_comments, read_story
from prismake.revision.origins import Sources, trace
from prismake.revision.package import MAIN
from prismake.revision.patching import PATCHED, REFUSED, UNPLACED, Outcome, Patcher
from prismake.revision.source_blocks import Origin, Unit

ORDER = (PATCHED, REFUSED, UNPLACED)
# What stands between two texts with the same words when a passage was moved; shorter ones may be chance.
MOVED = 15
KEYWORD = re.compile(r"keywords\[\d+\]")


@dataclass
class Merge:
    """The content of a co-author's file, each item in exactly one list."""

    outcomes: list[Outcome]
    revisions: dict[int, tuple[Revision, str, str]]
    comments: list[tuple[Comment, str, str]]
    files: dict[str, tuple[str, str]]
    sent: Story

    def of(self, outcome: str) -> list[Outcome]:
        """The edits that were patched, refused or unplaced."""
        return [item for item in self.outcomes if item.outcome == outcome]


def line_of(origin: Origin | None, units: dict[str, Unit]) -> str:
    """File and line of a place in the sources, or the name of what is composed elsewhere, or empty."""
    if not origin:
        return ""
    if origin.start < 0 or origin.unit not in units:
        return origin.name
    unit = units[origin.unit]
    line = unit.source.count("\n", 0, origin.start) + 1
    if unit.path:
        span = scalar_span(units[unit.file].source, unit.path)
        if span:
            line += units[unit.file].source.count("\n", 0, span.content)
    return f"{unit.file}:{line}"


@dataclass(frozen=True)
class Scalar:
    """Where a text of a YAML file stands: its whole span with quotes, where its first line of content is, its style."""

    start: int
    end: int
    content: int
    style: str
    indent: int


def scalar_span(text: str, path: str) -> Scalar | None:
    """The place of a text in a YAML file by its key (`figures.prisma.caption`, `keywords[2]`)."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for step in re.findall(r"[^.\[\]]+|\[\d+\]", path):
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and step.startswith("["):
            index = int(step[1:-1]) - 1
            node = node.value[index] if index < len(node.value) else None
        else:
            return None
    if not isinstance(node, yaml.ScalarNode):
        return None
    start, end, style = node.start_mark.index, node.end_mark.index, node.style or ""
    content, indent = start, 0
    if style in ("|", ">"):
        content = text.index("\n", start) + 1
        line = next((line for line in text[content:end].split("\n") if line.strip()), "")
        indent = len(line) - len(line.lstrip())
    return Scalar(start, end, content, style, indent)


def with_scalar(text: str, unit: Unit, new: str) -> str | None:
    """A YAML file with one of its texts replaced, in the style in which it was written; None where that fails."""
    span = scalar_span(text, unit.path)
    if not span:
        return None
    if span.style == "|":
        lines = [" " * span.indent + line if line.strip() else "" for line in new.rstrip("\n").split("\n")]
        trailing = text[span.start : span.end]
        written = text[span.start : span.content] + "\n".join(lines) + ("\n" if trailing.endswith("\n") else "")
    else:
        written = new if span.style == "" and _is_plain(new) else json.dumps(new, ensure_ascii=False)
    result = text[: span.start] + written + text[span.end :]
    if KEYWORD.fullmatch(unit.path) and ", " in new and span.style == "" and _in_block(text, span.start):
        line = text.rfind("\n", 0, span.start) + 1
        items = [word.strip() for word in new.split(",") if word.strip()]
        joint = "\n" + text[line : span.start]
        result = text[: span.start] + joint.join(word if _is_plain(word) else json.dumps(word) for word in items)
        result += text[span.end :]
    try:
        yaml.safe_load(result)
    except yaml.YAMLError:
        return None
    return result


def _in_block(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line.strip() == "-"


def _is_plain(text: str) -> bool:
    try:
        return bool(yaml.safe_load(f"- {text}\n") == [text]) and "\n" not in text and " #" not in text
    except yaml.YAMLError:
        return False


def _moves(edits: Sequence[Edit], patcher: Patcher) -> dict[int, tuple[int, str, str]]:
    """Insertions that put elsewhere what another edit takes out, by position: the deletion's, the unit, the source."""
    sources = patcher.sources
    letters = sources.story.letters
    moves: dict[int, tuple[int, str, str]] = {}
    for at, edit in enumerate(edits):
        if edit.deleted or len(edit.new.strip()) < MOVED:
            continue
        for other, source in enumerate(edits):
            old = "".join(letters[letter].text for letter in source.deleted)
            if source.inserted or old.strip() != edit.new.strip():
                continue
            places = [sources.origins[letter] for letter in source.deleted if letters[letter].text.strip()]
            if any(not place or place.start < 0 for place in places):
                continue
            known = [place for place in places if place]
            if len({place.unit for place in known}) != 1 or patcher.protected(source):
                continue
            text = sources.units[known[0].unit].source
            moves[at] = (other, known[0].unit, text[min(p.start for p in known) : max(p.end for p in known)])
    return moves


def decide(edits: Sequence[Edit], patcher: Patcher) -> list[Outcome]:
    """The outcome of every edit; no edit changes what another has changed, or what the template language reads."""
    moves = _moves(edits, patcher)
    outcomes: list[Outcome] = []
    taken: dict[str, list[tuple[int, int, str]]] = {}
    for at, edit in enumerate(edits):
        outcome = _moved(edit, moves[at][2], patcher) if at in moves else patcher.decide(edit)
        if outcome.outcome == PATCHED:
            fits = _fits(outcome, taken, patcher.sources, moved=at in moves)
            if fits:
                for unit, start, end, new in outcome.changes:
                    taken.setdefault(unit, []).append((start, end, new))
            else:
                outcome = Outcome(
                    edit, UNPLACED, "would break the sources here", "make the edit by hand", outcome.origin
                )
        outcomes.append(outcome)
    return outcomes


def _moved(edit: Edit, text: str, patcher: Patcher) -> Outcome:
    anchor = patcher.anchor(edit, [])
    if not anchor or "\n" in edit.new.strip("\n"):
        return patcher.decide(edit)
    unit, offset, _ = anchor
    lead = edit.new[: len(edit.new) - len(edit.new.lstrip())]
    trail = edit.new[len(edit.new.rstrip()) :]
    source = patcher.sources.units[unit].source
    written = patcher.by_sentence(lead + text + trail, source, offset)
    if "\n" in edit.new:
        written = text + "\n\n" if edit.new.endswith("\n") else "\n\n" + text
    change = Change(unit, offset, offset, written)
    return Outcome(edit, PATCHED, origin=patcher.place(edit.at), notes=["moved"], changes=[change])


def _fits(
    outcome: Outcome, taken: dict[str, list[tuple[int, int, str]]], sources: Sources, *, moved: bool = False
) -> bool:
    for unit in {change[0] for change in outcome.changes}:
        source = sources.units[unit].source
        own = [(start, end, new) for where, start, end, new in outcome.changes if where == unit]
        before = taken.get(unit, [])
        for start, end, _ in own:
            if any(start < b and a < end for a, b, _ in before if a < b):
                return False
        old, new = apply(source, before), apply(source, before + own)
        gone = tags("\0".join(source[start:end] for start, end, _ in own))
        came = tags("\0".join(text for _, _, text in own)) if moved else []
        if sorted([*tags(new), *gone]) != sorted([*tags(old), *came]):
            return False
    return True


def _files(outcomes: Sequence[Outcome], sources: Sources) -> tuple[dict[str, tuple[str, str]], list[Outcome]]:
    """Old and new text of every file that changes; edits of the metadata that YAML cannot hold come back unplaced."""
    changes: dict[str, list[tuple[int, int, str]]] = {}
    for outcome in outcomes:
        for where, start, end, new in outcome.changes if outcome.outcome == PATCHED else ():
            changes.setdefault(where, []).append((start, end, new))
    files: dict[str, tuple[str, str]] = {}
    failed = []
    # Later texts first, so that a list of keywords that grows does not move the numbers of the others.
    for name in sorted(changes, key=lambda name: [int(n) for n in re.findall(r"\[(\d+)\]", name)], reverse=True):
        unit = sources.units[name]
        old = sources.units[unit.file].source
        now = files[unit.file][1] if unit.file in files else old
        text = apply(unit.source, changes[name])
        written = with_scalar(now, unit, text) if unit.path else text
        if written is None:
            failed += [outcome for outcome in outcomes if any(change[0] == name for change in outcome.changes)]
            continue
        files[unit.file] = (old, written)
    return {file: pair for file, pair in files.items() if pair[0] != pair[1]}, failed


def merge(
    sent: dict[str, bytes], edited: dict[str, bytes], written: Written, data_of: dict[str, str], bibliography: str
) -> Merge:
    """The changes that the edited file makes to the one that was sent; `data_of` says what to edit for a table."""
    story, changed = read_story(sent), read_story(edited)
    sources = trace(story, written, bibliography)
    edits, places, idle = find_edits(story, changed)
    patcher = Patcher(sources, changed.paragraphs, data_of)
    outcomes = decide(edits, patcher)
    files, failed = _files(outcomes, sources)
    for outcome in failed:
        outcome.outcome, outcome.reason, outcome.fix = (
            UNPLACED,
            "the metadata cannot hold it here",
            "make the edit by hand",
        )
        outcome.changes = []
    return Merge(
        outcomes,
        _account(changed, outcomes, idle),
        [_placed(comment, changed, places, patcher) for comment in read_comments(edited, changed)],
        files,
        story,
    )


def _account(story: Story, outcomes: Sequence[Outcome], idle: set[int]) -> dict[int, tuple[Revision, str, str]]:
    """Every mark of a change with the one outcome that it has: the worst of the edits that it is of."""
    accounts: dict[int, tuple[str, str]] = {}
    for edited in outcomes:
        for mark in edited.edit.marks:
            known = accounts.get(mark)
            if known is None or ORDER.index(edited.outcome) > ORDER.index(known[0]):
                accounts[mark] = (edited.outcome, edited.reason)
    worded = {mark for letter in story.letters for mark in letter.marks}
    account = {}
    for number, revision in story.revisions.items():
        if number in accounts:
            outcome, reason = accounts[number]
        elif revision.part != MAIN:
            outcome, reason = UNPLACED, "outside the text: a header, footer, note or comment"
        elif revision.kind.startswith(("ins", "del", "move")) and number in idle:
            outcome, reason = PATCHED, "inserted and deleted again: nothing is left of it"
        elif revision.kind.startswith("row"):
            outcome, reason = REFUSED, "rows of tables are composed from data"
        elif revision.kind.startswith(("ins", "del", "move")) and number in worded:
            outcome, reason = PATCHED, "the words are the same before and after"
        elif revision.kind.startswith(("ins", "del", "move")):
            outcome, reason = UNPLACED, "contains no words but a picture, a field or a mark"
        else:
            outcome, reason = UNPLACED, "a change of formatting"
        account[number] = (revision, outcome, reason)
    return account


def _placed(comment: Comment, story: Story, places: dict[int, int], patcher: Patcher) -> tuple[Comment, str, str]:
    """A comment with its file and line, and the words that it is about."""
    if comment.start is None:
        return comment, "", ""
    end = comment.end if comment.end is not None else comment.start
    words = "".join(letter.text for letter in story.letters[comment.start : end] if letter.state in ("", "ins"))
    near = next((places[at] for at in range(comment.start, len(story.letters)) if at in places), None)
    where = line_of(patcher.place(near), patcher.sources.units) if near is not None else ""
    return comment, where, words.replace("\n", " ").strip()


def patch_of(files: dict[str, tuple[str, str]], prefix: str) -> str:
    """A unified diff as git writes it, with the names of the blobs, so that `git apply --3way` works as well."""
    pieces = []
    for file, (old, new) in sorted(files.items()):
        name = prefix + file
        blobs = [hashlib.sha1(f"blob {len(t.encode())}\0".encode() + t.encode()).hexdigest() for t in (old, new)]
        pieces.append(f"diff --git a/{name} b/{name}\nindex {blobs[0]}..{blobs[1]} 100644\n")
        lines = difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        for line in lines:
            pieces.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(pieces)


def stale(files: dict[str, tuple[str, str]]) -> list[str]:
    """The files that no longer say what the document that was sent was built from."""
    return [file for file, (old, _) in files.items() if not Path(file).is_file() or read_text(Path(file)) != old]


def as_json(result: Merge, units: dict[str, Unit]) -> dict[str, Any]:
    """The report as data: edits, change marks and comments, each in exactly one list, and their counts."""

    def entry(outcome: Outcome) -> dict[str, Any]:
        return {
            "where": line_of(outcome.origin, units),
            "old": "".join(result.sent.letters[at].text for at in outcome.edit.deleted),
            "new": outcome.edit.new,
            "reason": outcome.reason,
            "fix": outcome.fix,
            "notes": outcome.notes,
            "revisions": sorted(outcome.edit.marks),
            "tracked": bool(outcome.edit.marks),
        }

    def mark(revision: Revision, reason: str) -> dict[str, Any]:
        return {**vars(revision), "reason": reason}

    revisions = {
        outcome: [mark(revision, reason) for revision, had, reason in result.revisions.values() if had == outcome]
        for outcome in ORDER
    }
    return {
        "accounting": {
            "revisions": len(result.revisions),
            **{outcome: len(revisions[outcome]) for outcome in ORDER},
            "comments": len(result.comments),
            "edits": {outcome: len(result.of(outcome)) for outcome in ORDER},
        },
        "edits": {outcome: [entry(edited) for edited in result.of(outcome)] for outcome in ORDER},
        "revisions": revisions,
        "comments": [
            {
                "number": comment.number,
                "author": comment.author,
                "date": comment.date,
                "where": where,
                "words": words,
                "text": comment.text,
                "resolved": comment.resolved,
                "reply_to": comment.reply_to,
            }
            for comment, where, words in result.comments
        ],
    }
