"""What a step asks of the computer that runs it: processors, memory and time, from the size of what people brought.

The size is that of the search exports and of the decisions on their records, unpacked. It is known before anything is
made, so a cluster can be asked for all steps at once. `docs/clusters.md` has the measurements behind the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from pathlib import Path

# Packed files by their first bytes; exports shrink to a fifth or a tenth.
PACKED, UNPACKED = (b"PK\x03\x04", b"\x1f\x8b"), 8
# A decision takes some 60 bytes, the record that it is about some 2,000, and the step needs memory for both.
DECISIONS = 10

# MB: the libraries and the documents of a review of any size.
MEMORY = 1000
# Step -> MB of memory for each MB of exports; the other steps hold nothing of every record.
MEMORY_PER_MB: dict[str, float] = {
    "import_export": 1,
    "collect_records": 1,
    "deduplicate": 9,
    # Of a review in shards; the shards' own steps ask for each MB of their shard.
    "deduplicate_shards": 1,
    "read_shard": 5,
    "pair_records": 0.25,
    "compare_shard": 3,
    "overlap": 0.5,
    "screen": 3,
    "prepare_screening": 8,
    "count_flow": 1,
    "pool": 1,
    "list_numbers": 1,
    "audit": 1,
    "write_page_supplement": 4,
    "write_html": 3,
    "compose_supplement": 3,
    "write_supplement_docx": 3,
    "write_supplement_pdf": 4,
    "bundle": 2,
}
# Minutes: at least, and for each 1,000 MB of exports.
MINUTES, MINUTES_PER_GB = 15, 40
# Processors of a step that shares its work: at most so many, one for each so many MB.
MOST, SHARE = 8, 60


# MB of exports of a shard of deduplication at most; one process takes some 4 GB for them, a shard's 2.
SHARD = 400


def shards(size: float) -> int:
    """In how many shards the records are deduplicated: in one, in one process, unless the review is large."""
    return max(1, ceil(size / SHARD))


def megabytes(files: Iterable[Path]) -> float:
    """The size of files, unpacked, in millions of bytes; what is not there counts nothing."""
    total = 0
    for file in files:
        if file.is_file():
            with file.open("rb") as opened:
                packed = opened.read(4).startswith(PACKED)
            total += file.stat().st_size * (UNPACKED if packed else 1)
    return total / 1e6


def size_of_review(exports: Iterable[Path], decisions: Iterable[Path]) -> float:
    """The size of what people brought, in millions of bytes of exports."""
    return megabytes(exports) + DECISIONS * megabytes(decisions)


def threads(size: float) -> int:
    """How many processors a step can use that shares its work among them."""
    return max(1, min(MOST, int(size / SHARE)))


def memory(step: str, size: float, attempt: int = 1) -> int:
    """MB of memory that a step may take; more at each attempt, as a cluster ends a step that takes more."""
    return attempt * round(MEMORY + MEMORY_PER_MB.get(step, 0) * size)


def minutes(step: str, size: float, attempt: int = 1) -> int:
    """Minutes that a step may take on a slow computer."""
    return attempt * round(MINUTES + (MINUTES_PER_GB * size / 1000 if step in MEMORY_PER_MB else 0))
