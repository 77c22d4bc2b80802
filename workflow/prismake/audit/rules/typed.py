"""Numbers that an author typed where a value belongs."""

from __future__ import annotations

from collections.abc import Iterator

from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import Nouns
from prismake.audit.passages import DISCUSSION, FINDINGS, Passage

FIX = "write it as a value ({{ … }}), or state it with its source in manuscript/stated.csv"


def _external(passage: Passage, matter: Matter) -> bool:
    """Whether a passage reports other works alone: it cites, and no included study."""
    return bool(passage.keys) and not matter.study_ids.intersection(passage.keys)


def _typed(matter: Matter, identifier: str, parts: frozenset[str]) -> Iterator[Finding]:
    severity = "error" if parts is FINDINGS else "warning"
    for passage in matter.authored:
        if passage.part not in parts or _external(passage, matter):
            continue
        for numeral in matter.typed(passage):
            message = f"'{numeral.text}' is typed, so nothing computes it"
            text = passage.text.strip()
            yield Finding(identifier, severity, passage.file, passage.line, text, message, FIX)  # type: ignore[arg-type]


@rule(
    "typed-number",
    "error",
    needs=("ledger",),
    example="“Of the 71 duplicates” with 71 typed instead of {{ flow.duplicates }}",
    blind="the number one; a typed number in a sentence that cites only works outside the review",
)
def typed_number(matter: Matter) -> Iterator[Finding]:
    """A number in the title, abstract, Results, a caption, a note, an alternative text or the cover letter is typed."""
    if matter.ledger:
        yield from _typed(matter, "typed-number", FINDINGS)


@rule(
    "typed-number-discussed",
    "warning",
    needs=("ledger",),
    example="“only nine reports were found” in the Discussion, with nine typed",
    blind="the number one; a typed number in a sentence that cites only works outside the review",
)
def typed_number_discussed(matter: Matter) -> Iterator[Finding]:
    """A number in the Discussion or Conclusion is typed, in a sentence that does not only cite other works."""
    if matter.ledger:
        yield from _typed(matter, "typed-number-discussed", DISCUSSION)


@rule(
    "typed-number-methods",
    "warning",
    needs=("ledger",),
    example="“Two databases were searched” in the Methods of a review of three",
    blind="what the ledger does not count; the number one",
)
def typed_number_methods(matter: Matter) -> Iterator[Finding]:
    """A number in another section counts what the ledger counts, and is typed."""
    nouns = Nouns.of(matter.ledger)
    counted = {
        word for value in matter.ledger.values() if value.kind == "count" for pair in value.nouns for word in pair
    }
    for passage in matter.authored:
        if passage.part in FINDINGS | DISCUSSION | {"cell"} or passage.keys:
            continue
        for numeral in matter.typed(passage):
            after = nouns.after(passage.text, numeral.end)
            if numeral.form == "count" and after and after[0] in counted:
                message = f"'{numeral.text} {after[0]}' is typed, so nothing computes it"
                text = passage.text.strip()
                yield Finding("typed-number-methods", "warning", passage.file, passage.line, text, message, FIX)
