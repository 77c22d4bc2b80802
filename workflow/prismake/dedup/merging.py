"""What is kept of a work's records: the survivor, the best value of each field, every identifier and source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import every_truth, flags, places, text, texts, whole
from prismake.common.records import COLUMNS as MODEL
from prismake.common.records import SEPARATOR, agreed_value, join_list, split_list
from prismake.dedup.contents import Contents
from prismake.dedup.features import COLUMNS, Integers

LISTS = ("trial_ids", "issn", "isbn", "keywords", "publication_types", "url")
# Columns to which the other records may add something, also where the survivor fills them.
COMPARED = (*LISTS, "note", "abstract", "year")
IDENTIFIERS = ("doi", "pmid", "pmcid", "embase_id", "central_id", "trial_ids", "accession")
# Where a record comes from stays the survivor's; the other records stand in records.parquet.
OWN = (
    "record_id",
    "search",
    "database",
    "kind",
    "search_date",
    "file",
    "format",
    "position",
    "line",
    "accession",
    "raw",
)


class Works(Mapping[int, list[int]]):
    """The works of two or more records: survivor -> its rows, the survivor first.

    `rows` are the rows of all these works, one work behind the other; each begins at one of `starts`.
    """

    def __init__(self, rows: Integers, starts: Integers) -> None:
        self.rows, self.starts = rows, starts
        self._place: dict[int, int] = {}

    @property
    def survivors(self) -> Integers:
        """The row of each work's survivor."""
        return self.rows[self.starts]

    @property
    def sizes(self) -> Integers:
        """How many records each work has."""
        return np.diff(np.append(self.starts, len(self.rows)))

    def chosen(self, works: npt.NDArray[np.bool_]) -> Works:
        """The works where `works` is true."""
        sizes = self.sizes
        kept = sizes[works]
        return Works(self.rows[np.repeat(works, sizes)], np.cumsum(kept) - kept)

    def __getitem__(self, survivor: int) -> list[int]:
        if not self._place:
            self._place = {row: place for place, row in enumerate(self.survivors.tolist())}
        place = self._place[survivor]
        return list(self.rows[self.starts[place] :][: self.sizes[place]].tolist())

    def __iter__(self) -> Iterator[int]:
        return iter(self.survivors.tolist())

    def __len__(self) -> int:
        return len(self.starts)

    def lists(self) -> Iterator[list[int]]:
        """The rows of each work."""
        for start, size in zip(self.starts.tolist(), self.sizes.tolist(), strict=True):
            yield self.rows[start : start + size].tolist()


def works(contents: Contents, rank: Integers, roots: Integers) -> Works:
    """The works of two or more records: each the survivor first, then those with more fields filled.

    The survivor is the record with the most of `COUNTED` filled, of equals the one with the longer abstract, of equals
    the one with the smallest id (by `rank`): a stated rule that looks at nothing but the records of the work.
    """
    rows = np.flatnonzero(np.bincount(roots, minlength=len(roots))[roots] > 1)
    order = np.lexsort((rank[rows], -contents.length[rows], -contents.filled[rows], roots[rows]))
    rows = rows[order]
    sizes = np.unique(roots[rows], return_counts=True)[1]
    return Works(rows, np.cumsum(sizes) - sizes)


Fetch = Callable[[Integers], pa.Table]


def completed(contents: Contents, members: Works, fetch: Fetch) -> tuple[Integers, pa.Table]:
    """(rows, records): the survivors that gain a value from the other records of their work, with the values
    gained. `fetch` gives the records at some rows, which ascend.
    """
    lacks = ~contents.present[members.survivors]
    gains = lacks & np.bitwise_or.reduceat(contents.present[members.rows], members.starts) if len(members) else lacks
    changed, gains = members.chosen(gains != 0), gains[gains != 0]
    order = np.argsort(changed.survivors)
    best = changed.survivors[order]
    donors = {name: donor[order] for name, donor in _donors(contents, changed, gains).items()}
    wanted = np.unique(np.concatenate([best, *donors.values()]))
    table = fetch(wanted)
    columns = {
        name: table[name].take(places(np.searchsorted(wanted, donors.get(name, best)))) for name in table.column_names
    }
    return best, pa.table(columns)


def _donors(contents: Contents, members: Works, gains: Integers) -> dict[str, Integers]:
    """For each column that works gain, the row that each work has it from: the first record that fills it."""
    donors = {}
    place = np.arange(len(members.rows))
    for bit, name in enumerate(COLUMNS):
        gained = gains & (1 << bit) != 0
        if gained.any():
            fills = contents.present[members.rows] & (1 << bit) != 0
            first = np.minimum.reduceat(np.where(fills, place, len(place)), members.starts)
            donors[name] = np.where(gained, members.rows[np.minimum(first, len(place) - 1)], members.survivors)
    return donors


# Column -> survivor's row -> value.
Merged = Mapping[str, Mapping[int, str]]


def merged_values(records: pa.Table, rows: Integers, members: Works) -> Merged:
    """For each column the values that survivors of works of several records get.

    `records` are those of these works, at the ascending `rows` of all. The columns are those of the record model but
    for `OWN`, which stay the survivor's, and the three that `unique_records` adds.
    """
    best = members.survivors.tolist()
    works_ = list(Works(np.searchsorted(rows, members.rows), members.starts).lists())
    gains: dict[str, dict[int, str]] = {}
    for name in MODEL:
        if name in OWN:
            continue
        values, gained = records[name].to_pylist(), gains.setdefault(name, {})
        for survivor, work in zip(best, works_, strict=True) if any(values) else ():
            own = values[work[0]]
            # Most fields that the survivor fills stay as they are.
            if not own or name in COMPARED:
                cell = _merged(name, [values[at] for at in work])
                if cell != own:
                    gained[survivor] = cell
    ids, databases = records["record_id"].to_pylist(), records["database"].to_pylist()
    numbers = {name: records[name].to_pylist() for name in IDENTIFIERS}
    for name, cells in (
        ("members", (join_list([ids[at] for at in work]) for work in works_)),
        # Sources stand in the order of the table.
        ("sources", (join_list([databases[at] for at in sorted(work)]) for work in works_)),
        ("identifiers", (_identifiers(numbers, work) for work in works_)),
    ):
        gains[name] = dict(zip(best, cells, strict=True))
    return gains


def unique_records(
    batches: Iterable[pa.Table], members: Works, merged_in: Callable[[int, int], Merged]
) -> Iterator[pa.Table]:
    """One row per work, in the order of its survivor: its fields, each empty one filled from the next record.

    `batches` are all records in their order; `members` are the works of two or more of them (see `works`), all others
    are works of their own; `merged_in` gives what `merged_values` gives for the survivors from one row to below the
    other. Adds `members` (record ids, survivor first), `sources` (databases, in the order of the table) and
    `identifiers` (every identifier of every record, as `name:value`).
    """
    gone = np.sort(np.setdiff1d(members.rows, members.survivors, assume_unique=True))
    start = 0
    for batch in batches:
        end = start + len(batch)
        left = np.ones(len(batch), bool)
        left[gone[slice(*np.searchsorted(gone, (start, end)))] - start] = False
        rows = np.flatnonzero(left)
        kept = batch.take(places(rows))
        columns = {name: whole(kept[name]) for name in kept.column_names}
        columns |= {"members": columns["record_id"], "sources": columns["database"]}
        columns["identifiers"] = _all_identifiers(kept)
        for name, values in merged_in(start, end).items():
            here = np.array(sorted(row for row in values if start <= row < end), np.int64)
            if len(here):
                cells = texts([values[row] for row in here.tolist()])
                mask = np.zeros(len(rows), bool)
                mask[np.searchsorted(rows, here - start)] = True
                columns[name] = pc.replace_with_mask(columns[name], flags(mask), cells)
        yield pa.table(columns)
        start = end


def _all_identifiers(records: pa.Table) -> pa.Array:
    """The identifiers of each record, as `_identifiers` gives them."""
    parts = []
    odd = np.zeros(len(records), bool)
    for name in IDENTIFIERS:
        column = whole(records[name])
        # An item that repeats, or with blanks of its own, is looked at alone.
        odd |= every_truth(pc.match_substring_regex(column, r"\s"))
        named = pc.binary_join_element_wise(text(f"{name}:"), column, text(SEPARATOR), text(""))
        parts.append(pc.if_else(pc.equal(column, text("")), text(""), named))
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*parts, text("")), 0, -len(SEPARATOR))
    at = np.flatnonzero(odd)
    if not len(at):
        return joined
    cells = {name: records[name].take(places(at)).to_pylist() for name in IDENTIFIERS}
    return pc.replace_with_mask(joined, flags(odd), texts([_identifiers(cells, [row]) for row in range(len(at))]))


def _merged(name: str, values: list[str]) -> str:
    if name in LISTS:
        return join_list([item for value in values for item in split_list(value)])
    if name == "note":
        return join_list(values)
    if name == "abstract" and values[0] and len(max(values, key=len)) > 2 * len(values[0]):
        # The survivor's abstract was cut off.
        return max(values, key=len)
    if name == "year" and (agreed := agreed_value(values)):
        return agreed
    return next((value for value in values if value), "")


def _identifiers(columns: dict[str, list[str]], rows: list[int]) -> str:
    return join_list(
        [
            f"{name}:{value}"
            for name in IDENTIFIERS
            if name in columns
            for row in rows
            for value in split_list(columns[name][row])
        ]
    )
