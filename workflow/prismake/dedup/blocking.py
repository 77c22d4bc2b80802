"""Which pairs of records are worth comparing: those that share at least one key.

A key is a 64-bit number hashed from one or several features. Each key is made so that only records that may well be
the same work share it, from that record alone: no key is dropped or refined for being frequent in this table, and all
holders of a key are compared. Only a key with more than LARGEST_BLOCK holders, which no real export has shown, is
bounded, as a hostile file would fill memory otherwise: the first LARGEST_BLOCK in the order of content are compared
with each other, the rest with their nearest. So a new record takes a comparison from two others only where it is
compared with one of them itself.

Hashed multi-key blocking after Christen P (2012) A survey of indexing techniques for scalable record linkage and
deduplication. IEEE Trans Knowl Data Eng 24(9):1537-1555.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

from prismake.dedup.features import ACCESSIONS, LEAST, WORDS, Features, Hashes, Integers
from prismake.dedup.titles import GENERIC

# A key's holders beyond this number, in the order of content, are compared with those that stand nearest before them.
LARGEST_BLOCK = 1_000
WINDOW = 100

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def mix(*columns: npt.NDArray[np.generic]) -> Hashes:
    """One hash of several columns; 0 where any of them is unknown (0, or negative)."""
    mixed = np.zeros(len(columns[0]), dtype=np.uint64)
    known = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        values = column.astype(np.uint64)
        known &= (column.astype(np.int64) > 0) if column.dtype == np.int64 else (values != 0)
        mixed = (mixed ^ values) * _MIX
        mixed ^= mixed >> _SHIFT
    mixed[~known] = 0
    return mixed


def keys(features: Features) -> Iterator[tuple[str, Hashes, Integers]]:
    """(name, key of each holder, holder) for every kind of key; a record may hold two of a kind."""
    f = features
    everyone = np.arange(len(f), dtype=np.int64)
    known = (f.marks & GENERIC) == 0
    telling_title = np.where(known, f.title_key, np.uint64(0))
    yield "doi", f.doi, everyone
    for name in ACCESSIONS:
        yield name, getattr(f, name), everyone
    yield "isbn, title", mix(f.isbn, f.head_key), everyone
    yield "isbn, author", mix(f.isbn, f.first_key), everyone
    yield "trial", mix(f.trial, f.first_key), everyone
    both = np.concatenate([everyone, everyone])
    yield "title", np.concatenate([telling_title, f.other_key]), both
    yield "title, author", mix(f.title_key, f.first_key, f.year), everyone
    behind = np.concatenate([f.title_key, f.body_key])
    yield "title behind a label, author", mix(behind, np.concatenate([f.first_key, f.first_key])), both
    yield "title, page", mix(f.title_key, f.page, f.volume), everyone
    yield "title, journal", mix(f.title_key, f.journal_hash, f.year), everyone
    yield "title, issue", mix(f.title_key, f.journal_hash, f.volume, f.issue), everyone
    yield "head, author", mix(f.head_key, f.first_key), everyone
    yield "head, page", mix(f.head_key, f.page), everyone
    yield "tail, author", mix(f.tail_key, f.first_key), everyone
    yield "tail, page", mix(f.tail_key, f.page), everyone
    words = [np.where(known, getattr(f, name), np.uint64(0)) for name in WORDS]
    for chosen in combinations(range(len(WORDS)), 4):
        yield "four of the longest words", mix(*(words[place] for place in chosen)), everyone
    # Titles with a letter misread here and there, whatever else is: the place, the author or the year must be the same.
    least = [np.where(known, getattr(f, name), np.uint64(0)) for name in LEAST]
    for first in least:
        yield "title's letters, page", mix(first, f.page, f.year), everyone
        yield "title's letters, last page", np.where(f.last > f.page, mix(first, f.last, f.volume), 0), everyone
        yield "title's letters, author", mix(first, f.first_key, f.year), everyone
    # Three hashes, as two are shared by many other titles of the same words once there are a million records.
    for first, second, third in combinations(least, 3):
        yield "title's letters, author's initial, year", mix(first, second, third, f.initial, f.year), everyone
    yield "author, page, year", mix(f.first_key, f.page, f.year), everyone
    yield "author, page, volume", mix(f.first_key, f.page, f.volume), everyone
    yield (
        "pages, volume, year",
        np.where(f.last > f.page, mix(f.page, f.last, f.volume, f.year), np.uint64(0)),
        everyone,
    )
    yield "journal, volume, page", mix(f.journal_hash, f.volume, f.page), everyone
    yield "authors, year", mix(f.authors_hash, f.year), everyone
    yield "abstract", f.abstract_hash, everyone


def _pairs_of_key(key: Hashes, holder: Integers, content: Integers) -> tuple[Integers, Integers]:
    """All pairs of holders of the same key; of those beyond the bound, of neighbours by content."""
    known = key != 0
    key, holder = key[known], holder[known]
    order = np.argsort(key)
    key, holder = key[order], holder[order]
    # Most keys have one holder: these go first, the rest is put in the order of content.
    same = key[1:] == key[:-1]
    shared = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    key, holder = key[shared[: len(key)]], holder[shared[: len(key)]]
    order = np.lexsort((content[holder], key))
    key, holder = key[order], holder[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(key)))
    end_at = np.repeat(starts + sizes, sizes)
    bound_at = np.repeat(starts + np.minimum(sizes, LARGEST_BLOCK), sizes)
    left, right = [], []
    place = np.arange(len(key))
    for step in range(1, LARGEST_BLOCK):
        if not len(place):
            break
        place = place[place + step < (end_at if step <= WINDOW else bound_at)[place]]
        left.append(holder[place])
        right.append(holder[place + step])
    a = np.concatenate(left) if left else np.empty(0, np.int64)
    b = np.concatenate(right) if right else np.empty(0, np.int64)
    return np.minimum(a, b), np.maximum(a, b)


def content_order(features: Features) -> Integers:
    """Each record's rank by its content, then its id: an order that does not depend on the order of rows."""
    f = features
    ids = np.array(f.ids.to_pylist(), dtype=object)
    by_id = np.empty(len(f), dtype=np.int64)
    by_id[np.argsort(ids, kind="stable")] = np.arange(len(f))
    order = np.lexsort((by_id, f.last, f.page, f.volume, f.year, f.first_key, f.title_hash))
    rank = np.empty(len(f), dtype=np.int64)
    rank[order] = np.arange(len(f))
    return rank


def candidate_pairs(features: Features) -> tuple[Integers, Integers]:
    """All pairs that share a key, each once, smaller row first, in ascending order."""
    content = content_order(features)
    codes: list[Hashes] = []
    for _, key, holder in keys(features):
        a, b = _pairs_of_key(key, holder, content)
        distinct = a != b
        codes.append((a[distinct].astype(np.uint64) << np.uint64(32)) | b[distinct].astype(np.uint64))
    joined = np.sort(np.concatenate(codes)) if codes else np.empty(0, np.uint64)
    joined = joined[np.concatenate([[True], joined[1:] != joined[:-1]])] if len(joined) else joined
    return (joined >> np.uint64(32)).astype(np.int64), (joined & np.uint64(0xFFFFFFFF)).astype(np.int64)
