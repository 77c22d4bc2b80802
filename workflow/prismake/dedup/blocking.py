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

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from prismake.common.progress import Progress
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


Key = Callable[[Features], Hashes]


def _telling(f: Features, hashes: Hashes) -> Hashes:
    """Hashes of titles, but for those that say little."""
    return np.where((f.marks & GENERIC) == 0, hashes, np.uint64(0))


def _mixed(*names: str) -> Key:
    return lambda f: mix(*(getattr(f, name) for name in names))


def _alone(name: str) -> Key:
    return lambda f: getattr(f, name)


def _mixed_if_telling(titles: Sequence[str], *names: str) -> Key:
    return lambda f: mix(*(_telling(f, getattr(f, name)) for name in titles), *(getattr(f, name) for name in names))


def _range(*names: str, title: str = "") -> Key:
    """A key of a range of pages, by its end; a single page makes none."""

    def key(f: Features) -> Hashes:
        titles = [_telling(f, getattr(f, title))] if title else []
        mixed = mix(*titles, *(getattr(f, name) for name in names))
        return np.where(f.last > f.page, mixed, np.uint64(0))

    return key


# (name, the keys of one or two kinds that records may share among each other): what a record is compared by.
KINDS: tuple[tuple[str, tuple[Key, ...]], ...] = (
    ("doi", (_alone("doi"),)),
    *((name, (_alone(name),)) for name in ACCESSIONS),
    ("isbn, title", (_mixed("isbn", "head_key"),)),
    ("isbn, author", (_mixed("isbn", "first_key"),)),
    ("trial", (_mixed("trial", "first_key"),)),
    ("title", (lambda f: _telling(f, f.title_key), _alone("other_key"))),
    ("title, author", (_mixed("title_key", "first_key", "year"),)),
    ("title behind a label, author", (_mixed("title_key", "first_key"), _mixed("body_key", "first_key"))),
    ("title, page", (_mixed("title_key", "page", "volume"),)),
    ("title, journal", (_mixed("title_key", "journal_hash", "year"),)),
    ("title, issue", (_mixed("title_key", "journal_hash", "volume", "issue"),)),
    ("head, author", (_mixed("head_key", "first_key"),)),
    ("head, page", (_mixed("head_key", "page"),)),
    ("tail, author", (_mixed("tail_key", "first_key"),)),
    ("tail, page", (_mixed("tail_key", "page"),)),
    *(("four of the longest words", (_mixed_if_telling(chosen),)) for chosen in combinations(WORDS, 4)),
    # Titles with a letter misread here and there, whatever else is: the place, the author or the year must be the same.
    *(("title's letters, page", (_mixed_if_telling([least], "page", "year"),)) for least in LEAST),
    *(("title's letters, last page", (_range("last", "volume", title=least),)) for least in LEAST),
    *(("title's letters, author", (_mixed_if_telling([least], "first_key", "year"),)) for least in LEAST),
    # Three hashes, as two are shared by many other titles of the same words once there are a million records.
    *(
        ("title's letters, author's initial, year", (_mixed_if_telling(chosen, "initial", "year"),))
        for chosen in combinations(LEAST, 3)
    ),
    ("author, page, year", (_mixed("first_key", "page", "year"),)),
    ("author, page, volume", (_mixed("first_key", "page", "volume"),)),
    ("pages, volume, year", (_range("page", "last", "volume", "year"),)),
    ("journal, volume, page", (_mixed("journal_hash", "volume", "page"),)),
    ("authors, year", (_mixed("authors_hash", "year"),)),
    ("abstract", (_alone("abstract_hash"),)),
)


def keys(features: Features) -> Iterator[tuple[str, Hashes, Integers]]:
    """(name, key of each holder, holder) for every kind of key; a record may hold two of a kind."""
    everyone = np.arange(len(features), dtype=np.int64)
    for name, makers in KINDS:
        yield name, *_of_kind(features, makers, everyone)


def _of_kind(features: Features, makers: Sequence[Key], everyone: Integers) -> tuple[Hashes, Integers]:
    if len(makers) == 1:
        return makers[0](features), everyone
    return np.concatenate([maker(features) for maker in makers]), np.concatenate([everyone] * len(makers))


# Of some records (rows) the order by content, as ranks.
Order = Callable[[Integers], Integers]


def _pairs_of_key(key: Hashes, holder: Integers, order_of: Order) -> Hashes:
    """All pairs of holders of the same key, as numbers; of those beyond the bound, of neighbours by content."""
    known = key != 0
    key, holder = key[known], holder[known]
    order = np.argsort(key)
    key, holder = key[order], holder[order]
    # Most keys have one holder: these go first.
    same = key[1:] == key[:-1]
    shared = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    key, holder = key[shared[: len(key)]], holder[shared[: len(key)]]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(key)))
    crowded = np.repeat(sizes > LARGEST_BLOCK, sizes)
    if crowded.any():
        # Only there the order of the holders matters.
        places = np.flatnonzero(crowded)
        holder[places] = holder[places][np.lexsort((order_of(holder[places]), key[places]))]
    end_at = np.repeat(starts + sizes, sizes)
    bound_at = np.repeat(starts + np.minimum(sizes, LARGEST_BLOCK), sizes)
    codes = []
    place = np.arange(len(key))
    for step in range(1, LARGEST_BLOCK):
        if not len(place):
            break
        place = place[place + step < (end_at if step <= WINDOW else bound_at)[place]]
        a, b = holder[place], holder[place + step]
        codes.append(codes_of(np.minimum(a, b), np.maximum(a, b))[a != b])
    return _distinct(codes)


def _distinct(parts: Sequence[Hashes]) -> Hashes:
    """Numbers, each once, ascending."""
    codes = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    codes.sort()
    return codes[np.concatenate([[True], codes[1:] != codes[:-1]])] if len(codes) else codes


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


def _ordered(features: Features) -> Order:
    return lambda rows: content_order(features.take(rows))


def codes_of(left: Integers, right: Integers) -> Hashes:
    """Pairs of rows as numbers, which sort as the pairs do."""
    return (left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64)


def rows_of(codes: Hashes) -> tuple[Integers, Integers]:
    """The pairs of rows that numbers stand for."""
    return (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)


def candidate_codes(kinds: Iterable[tuple[Hashes, Integers]], order_of: Order) -> Hashes:
    """All pairs that share a key of some kinds (keys, holders), each once, ascending, as numbers."""
    return _distinct([_pairs_of_key(key, holder, order_of) for key, holder in kinds])


def candidate_pairs(features: Features) -> tuple[Integers, Integers]:
    """All pairs that share a key, each once, smaller row first, in ascending order."""
    return rows_of(candidate_codes(((key, holder) for _, key, holder in keys(features)), _ordered(features)))


def codes_of_kinds(features: Features, part: int, parts: int) -> Hashes:
    """The pairs, as numbers, that share a key of some of the kinds: those of one part of all `parts`."""
    everyone = np.arange(len(features), dtype=np.int64)
    kinds = KINDS[part::parts]
    progress = Progress("paired by", len(kinds), "kinds of keys")

    def one_by_one() -> Iterator[tuple[Hashes, Integers]]:
        for _, makers in kinds:
            yield _of_kind(features, makers, everyone)
            progress(1)

    return candidate_codes(one_by_one(), _ordered(features))


def pairs_with(known: Features, gone: npt.NDArray[np.bool_], more: Features) -> tuple[Integers, Integers]:
    """The pairs that share a key and of which one record at least is among `more`, as `candidate_pairs` would give them
    for the `known` without those that are `gone`, and `more` behind them.

    A record of `more` has the rows from `len(known)` on.
    """

    def kinds() -> Iterator[tuple[Hashes, Integers]]:
        everyone, others = np.arange(len(known), dtype=np.int64), np.arange(len(more), dtype=np.int64) + len(known)
        for _, makers in KINDS:
            new, holder_of_new = _of_kind(more, makers, others)
            wanted = np.unique(new[new != 0])
            if not len(wanted):
                continue
            key, holder = _of_kind(known, makers, everyone)
            kept = np.flatnonzero(_among(key, wanted) & ~gone[holder])
            yield np.concatenate([key[kept], new]), np.concatenate([holder[kept], holder_of_new])

    def order_of(rows: Integers) -> Integers:
        new = rows >= len(known)
        place = np.empty(len(rows), np.int64)
        place[np.concatenate([np.flatnonzero(~new), np.flatnonzero(new)])] = np.arange(len(rows))
        return content_order(known.take(rows[~new]).joined(more.take(rows[new] - len(known))))[place]

    a, b = rows_of(candidate_codes(kinds(), order_of))
    concerned = b >= len(known)
    return a[concerned], b[concerned]


# Bits of a key by which most keys are seen to be no wanted one.
SIEVE = 24


def _among(key: Hashes, wanted: Hashes) -> npt.NDArray[np.bool_]:
    """Which keys are among those wanted, which ascend."""
    sieve = np.zeros(1 << SIEVE, bool)
    sieve[wanted >> np.uint64(64 - SIEVE)] = True
    mask = sieve[key >> np.uint64(64 - SIEVE)]
    likely = np.flatnonzero(mask)
    place = np.minimum(np.searchsorted(wanted, key[likely]), len(wanted) - 1)
    mask[likely] = wanted[place] == key[likely]
    return np.asarray(mask, dtype=bool)
