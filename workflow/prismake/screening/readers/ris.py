"""RIS as screening tools write it: a TY starts a record, every line without a tag belongs to the field above it.

The reader of search exports is not used: it streams, which needs the machinery of `importing`, and decisions are few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.common import identifiers
from prismake.common.matching import Named
from prismake.screening.marks import marked_ids, without_mark
from prismake.screening.readers.entries import Entry, folded

START = re.compile(r"^[ \t\ufeff]*TY {1,3}- ?", re.MULTILINE)
_FIELD = re.compile(r"^[ \t\ufeff]*([A-Z][A-Z0-9]) {1,3}-(?: |$)", re.MULTILINE)
# Where reference managers and tools keep people's tags: keywords (Zotero, EPPI-Reviewer), the label, the custom and
# user fields (EndNote, DistillerSR), the notes.
LABELS = (
    "KW",
    "LB",
    *(f"C{n}" for n in range(1, 9)),
    *(f"U{n}" for n in range(1, 6)),
    "M1",
    "M2",
    "M3",
    "CA",
    "N1",
    "RN",
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def read(text: str) -> Iterator[Entry]:
    """Yields a file's records in order."""
    starts = [match.start() for match in START.finditer(text)]
    line, at = 1, 0
    for number, start in enumerate(starts):
        line += text.count("\n", at, start)
        at = start
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        yield _entry(text[start:end], line)


def _entry(text: str, line: int) -> Entry:
    parts = _FIELD.split(text)
    tags: dict[str, list[str]] = {}
    for tag, value in zip(parts[1::2], parts[2::2], strict=True):
        if tag == "ER":
            break
        if value.strip():
            tags.setdefault(tag, []).append(value.strip())

    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if name in tags), "")

    year = _YEAR.search(first("PY", "Y1", "DA"))
    links = " ".join(value for tag in ("UR", "LK", "L2") for value in tags.get(tag, []))
    labels = [folded(part) for tag in LABELS for value in tags.get(tag, []) for part in re.split(r"[\n;]", value)]
    # Rayyan glues the next fields to an address: U2  - L2029880245.
    noted = [folded(value) for tag in ("N1", "RN", "U5") for value in tags.get(tag, [])]
    ids = marked_ids(noted)
    ids += [value for tag in ("ID", "AN", "U1", "U2", "C1", "C2", "C7") for value in tags.get(tag, [])]
    ids += [number for number in (identifiers.embase_id(links), identifiers.pmcid(links)) if number]
    return Entry(
        line,
        Named(
            tuple(ids),
            identifiers.doi(first("DO", "DI")) or (identifiers.doi(links) if "doi.org" in links else ""),
            identifiers.pmid(first("PMID")),
            folded(first("TI", "T1", "CT")),
            year[0] if year else "",
            first("AU", "A1"),
        ),
        tuple(note for note in map(without_mark, noted) if note),
        labels=tuple(filter(None, labels)),
    )
