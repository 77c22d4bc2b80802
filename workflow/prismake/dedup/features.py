"""All records' features as columns: numbers and 64-bit hashes in numpy, texts in Arrow: a million fit in memory.

Hashes are pandas' keyed SipHash with its fixed key: the same text has the same hash in every process and every run.
Zero stands for "unknown" in every hash column.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from prismake.common.processors import end_with
from prismake.dedup import normalise
from prismake.dedup.authors import Authors, author_features
from prismake.dedup.misreading import skeleton
from prismake.dedup.titles import GENERIC, Title, informative_words, names_a_meeting, title_features
from prismake.dedup.vocabulary import in_other_script

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
# The features of a chunk by their names.
Read = dict[str, pa.Array | npt.NDArray[np.generic]]

CHUNK = 10_000
PARALLEL_FROM = 30_000

# What is read of a record; any of them may be absent from a table.
COLUMNS = (
    "record_id",
    "title",
    "author",
    "year",
    "journal",
    "journal_abbrev",
    "volume",
    "number",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "embase_id",
    "central_id",
    "trial_ids",
    "isbn",
    "abstract",
    "publication_types",
    "entrytype",
    "file",
)


def text_table(table: pa.Table, columns: Sequence[str] = COLUMNS) -> pa.Table:
    """What the matcher reads of a table of records, or these columns."""
    names = [name for name in columns if name in table.column_names]
    return pa.table({name: table[name].cast(pa.large_string()).combine_chunks() for name in names})


# The least hashes of a title's runs of letters: titles that share most runs share most of these.
LEAST = ("least1", "least2", "least3", "least4")
RUN = 6
WORDS = ("word1", "word2", "word3", "word4", "word5", "word6")

# Accession numbers that one work has at most one of; the database that gives them has been careful.
ACCESSIONS = ("pmid", "pmcid", "embase_id", "central_id")


@dataclass(frozen=True)
class Features:
    """One entry per record in every column, in the order of the table that they were read from."""

    ids: pa.Array
    title: pa.Array
    other: pa.Array
    authors: pa.Array
    first: pa.Array
    journal: pa.Array
    abstract: pa.Array
    doi_text: pa.Array
    title_hash: Hashes
    other_hash: Hashes
    body_hash: Hashes
    title_key: Hashes
    body_key: Hashes
    other_key: Hashes
    head_key: Hashes
    tail_key: Hashes
    word1: Hashes
    word2: Hashes
    word3: Hashes
    word4: Hashes
    word5: Hashes
    word6: Hashes
    least1: Hashes
    least2: Hashes
    least3: Hashes
    least4: Hashes
    first_key: Hashes
    initial: Hashes
    authors_hash: Hashes
    journal_hash: Hashes
    abstract_hash: Hashes
    doi: Hashes
    pmid: Hashes
    pmcid: Hashes
    embase_id: Hashes
    central_id: Hashes
    isbn: Hashes
    trial: Hashes
    marks: Integers
    words: Integers
    people: Integers
    year: Integers
    volume: Integers
    issue: Integers
    page: Integers
    last: Integers
    locator: Integers
    alone: Integers
    meeting: Integers
    supplement: Integers
    extra_issue: Integers
    source: Integers
    preprint: Integers
    script: Integers
    gathering: Integers
    register: Integers

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Integers) -> Features:
        """The features of the chosen rows, in their order."""
        at = pa.array(rows)
        texts = {name: getattr(self, name).take(at) for name in TEXTS}
        return Features(**texts, **{name: getattr(self, name)[rows] for name in (*HASHES, *INTEGERS)})

    def near(self, left: Integers, right: Integers) -> tuple[Features, Integers, Integers]:
        """(features, left, right): where pairs of rows are compared, and their rows there."""
        return self, left, right

    def joined(self, *others: Features) -> Features:
        """These features, then those of other records."""
        every = (self, *others)
        texts = {name: pa.concat_arrays([getattr(each, name) for each in every]) for name in TEXTS}
        numbers = {name: np.concatenate([getattr(each, name) for each in every]) for name in (*HASHES, *INTEGERS)}
        return Features(**texts, **numbers)


TEXTS = ("ids", "title", "other", "authors", "first", "journal", "abstract", "doi_text")
HASHES = tuple(name for name in Features.__dataclass_fields__ if Features.__dataclass_fields__[name].type == "Hashes")
INTEGERS = tuple(
    name for name in Features.__dataclass_fields__ if Features.__dataclass_fields__[name].type == "Integers"
)


def hash_texts(texts: list[str]) -> Hashes:
    """A 64-bit hash of each text, 0 for an empty one."""
    values = np.empty(len(texts), dtype=object)
    values[:] = texts
    hashed: Hashes = pd.util.hash_array(values, categorize=False)
    hashed[[not text for text in texts]] = 0
    return hashed


_MEETING_WORDS = ("conference abstract", "meeting abstract", "congress abstract")


@dataclass(frozen=True)
class _Chunk:
    """A chunk of records while it is read: each field as the matcher reads it, one entry per record."""

    columns: dict[str, list[str]]
    titles: list[Title]
    authors: list[Authors]
    journals: list[str]
    years: list[int]
    dois: list[str]


def _read(columns: dict[str, list[str]]) -> Read:
    """The features of one chunk of records."""
    chunk = _Chunk(
        columns,
        [title_features(text) for text in columns["title"]],
        [author_features(text) for text in columns["author"]],
        [
            normalise.journal_feature(full or short)
            for full, short in zip(columns["journal"], columns["journal_abbrev"], strict=True)
        ],
        [normalise.year_feature(text) for text in columns["year"]],
        [normalise.doi_feature(text) for text in columns["doi"]],
    )
    texts = _text_columns(chunk)
    trials = [_only(normalise.trial_numbers(text)) for text in columns["trial_ids"]]
    bones = [skeleton(title.words) for title in chunk.titles]
    bare = [text.replace(" ", "") for text in bones]
    hashed = {
        **_title_keys(chunk.titles, bare),
        **dict(zip(WORDS, _longest_words(bones), strict=True)),
        **_other_keys(chunk, texts),
        "trial": trials,
    }
    numbers = {**_numbers(chunk), "register": [int.from_bytes(number[:3].encode(), "big") for number in trials]}
    return (
        {name: pa.array(values, pa.large_string()) for name, values in texts.items()}
        | {name: hash_texts(values) for name, values in hashed.items()}
        | dict(zip(LEAST, least_hashes(bare), strict=True))
        | {name: np.array(values, dtype=np.int64) for name, values in numbers.items()}
    )


def _text_columns(chunk: _Chunk) -> dict[str, list[str]]:
    return {
        "ids": chunk.columns["record_id"],
        "title": [title.words for title in chunk.titles],
        "other": [title.other for title in chunk.titles],
        "authors": [people.names for people in chunk.authors],
        "first": [people.first for people in chunk.authors],
        "journal": chunk.journals,
        "abstract": [normalise.abstract_feature(text) for text in chunk.columns["abstract"]],
        "doi_text": chunk.dois,
    }


def _title_keys(titles: list[Title], bare: list[str]) -> dict[str, list[str]]:
    """What is hashed of the titles; `bare` are their skeletons without blanks."""
    others = [title.other.replace(" ", "") for title in titles]
    return {
        "title_hash": [title.words.replace(" ", "") for title in titles],
        "other_hash": others,
        "body_hash": [title.body.replace(" ", "") for title in titles],
        "title_key": bare,
        "body_key": [skeleton(title.body).replace(" ", "") if title.body else "" for title in titles],
        "other_key": [skeleton(text) for text in others],
        "head_key": [text[:24] for text in bare],
        "tail_key": [text[-24:] for text in bare],
    }


def _other_keys(chunk: _Chunk, texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is hashed of authors, source, abstract and identifiers."""
    return {
        "first_key": [skeleton(text) for text in texts["first"]],
        "initial": [skeleton(text[:1]) for text in texts["first"]],
        "authors_hash": [
            " ".join(sorted(people.names.split())) if people.people > 1 else "" for people in chunk.authors
        ],
        "journal_hash": chunk.journals,
        "abstract_hash": [text.replace(" ", "")[:60] if len(text) > 100 else "" for text in texts["abstract"]],
        "doi": chunk.dois,
        "isbn": [normalise.isbn_feature(text) for text in chunk.columns["isbn"]],
        **{name: [text.strip().lower() for text in chunk.columns[name]] for name in ACCESSIONS},
    }


def _numbers(chunk: _Chunk) -> dict[str, list[int]]:
    columns, titles, years = chunk.columns, chunk.titles, chunk.years
    pages = [normalise.page_features(text) for text in columns["pages"]]
    informative = [
        informative_words(title.words, journal) for title, journal in zip(titles, chunk.journals, strict=True)
    ]
    kinds = [
        f"{types} {kind}".lower()
        for types, kind in zip(columns["publication_types"], columns["entrytype"], strict=True)
    ]
    places = zip(columns["volume"], columns["number"], columns["pages"], strict=True)
    return {
        "marks": [
            title.marks | (GENERIC if known < 2 else 0) for title, known in zip(titles, informative, strict=True)
        ],
        "words": informative,
        "people": [named.people for named in chunk.authors],
        "year": years,
        "volume": [normalise.volume_feature(text, year) for text, year in zip(columns["volume"], years, strict=True)],
        "issue": [normalise.volume_feature(text) for text in columns["number"]],
        "page": [page.first for page in pages],
        "last": [page.last for page in pages],
        "locator": [int(page.locator) for page in pages],
        "alone": [int(page.alone) for page in pages],
        "meeting": [int(any(word in kind for word in _MEETING_WORDS)) for kind in kinds],
        "supplement": [int(normalise.is_supplement(*place)) for place in places],
        "extra_issue": [int(normalise.is_supplement(issue)) for issue in columns["number"]],
        "source": [normalise.source_kind(journal) for journal in chunk.journals],
        "preprint": [
            int(normalise.is_preprint(*record))
            for record in zip(chunk.dois, chunk.journals, kinds, columns["volume"], strict=True)
        ],
        "script": [int(in_other_script(title.words)) for title in titles],
        "gathering": [
            int(not named.people and names_a_meeting(title.words, known))
            for title, known, named in zip(titles, informative, chunk.authors, strict=True)
        ],
    }


_MIXED = np.uint64(0x9E3779B97F4A7C15)


def least_hashes(texts: list[str]) -> list[Hashes]:
    """For each of four hash functions the least hash of any run of six letters of each text; 0 for a short text.

    Broder AZ (1997) On the resemblance and containment of documents. Proc Compression and Complexity of Sequences
    21-29: two texts share a least hash with the probability of a run of one being a run of both.
    """
    coded = [text.encode() if len(text) >= 2 * RUN else b"" for text in texts]
    lengths = np.array([max(len(code) - RUN + 1, 0) for code in coded], dtype=np.int64)
    kept = np.flatnonzero(lengths)
    least = [np.zeros(len(texts), np.uint64) for _ in LEAST]
    if not len(kept):
        return least
    # The texts stand in one row; a run that reaches over an end is dropped.
    letters = np.frombuffer(b"".join(coded), np.uint8).astype(np.uint64)
    sizes = lengths[kept] + RUN - 1
    starts = np.cumsum(sizes) - sizes
    runs = np.zeros(len(letters) - RUN + 1, np.uint64)
    for step in range(RUN):
        runs = (runs << np.uint64(8)) | letters[step : step + len(runs)]
    owner = np.repeat(np.arange(len(kept)), sizes)
    inside = np.arange(len(runs)) < (starts + lengths[kept])[owner[: len(runs)]]
    runs, owner = runs[inside], owner[: len(inside)][inside]
    first = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    for number, column in enumerate(least):
        hashed = (runs + np.uint64(number + 1)) * (_MIXED + np.uint64(2 * number))
        hashed ^= hashed >> np.uint64(31)
        hashed *= np.uint64(0xBF58476D1CE4E5B9)
        hashed ^= hashed >> np.uint64(29)
        column[kept] = np.minimum.reduceat(hashed, first) | np.uint64(1)
    return least


def _longest_words(bones: list[str]) -> list[list[str]]:
    """The six longest words of each title's skeleton, one list per rank, in the order of the alphabet.

    They are left when small words, word order and the marks of subtitles differ; any four of them make a key, so two
    of them may be misread.
    """
    rows = []
    for text in bones:
        words = sorted(set(text.split()))
        words.sort(key=len, reverse=True)
        chosen = sorted([word for word in words[: len(WORDS)] if len(word) > 3])
        rows.append(chosen + [""] * (len(WORDS) - len(chosen)))
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in WORDS]


def _only(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else ""


def _chunks(table: pa.Table) -> Iterator[dict[str, list[str]]]:
    for start in range(0, len(table), CHUNK):
        part = table.slice(start, CHUNK)
        yield {
            name: [value or "" for value in part[name].to_pylist()] if name in part.column_names else [""] * len(part)
            for name in COLUMNS
        }


def _mapped(pool: ProcessPoolExecutor, chunks: Iterable[dict[str, list[str]]], ahead: int) -> Iterator[Read]:
    """The features of chunks, in order; only so many chunks wait at once, as all would be the whole table again."""
    waiting: deque[Future[Read]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(_read, chunk))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def read_features(
    table: pa.Table, *, workers: int = 1, progress: Callable[[int], None] = lambda records: None
) -> Features:
    """The features of all records of an Arrow table of text columns; chunks are read by `workers` processes."""
    parts = []
    # Other ways to start a process would run a step's script anew in each.
    if workers > 1 and len(table) >= PARALLEL_FROM and "fork" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, initializer=end_with, initargs=(os.getpid(),)) as pool:
            for part in _mapped(pool, _chunks(table), 2 * workers):
                parts.append(part)
                progress(len(part["ids"]))
    else:
        for chunk in _chunks(table):
            parts.append(_read(chunk))
            progress(len(parts[-1]["ids"]))
    joined = {
        **{
            name: pa.concat_arrays([part[name] for part in parts] or [pa.array([], pa.large_string())])
            for name in TEXTS
        },
        **{name: np.concatenate([part[name] for part in parts] or [np.array([], np.uint64)]) for name in HASHES},
        **{name: np.concatenate([part[name] for part in parts] or [np.array([], np.int64)]) for name in INTEGERS},
    }
    return Features(**joined)
