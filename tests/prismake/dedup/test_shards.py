"""Deduplication in shards gives what one process gives, to the byte, for any number of shards in any order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common import progress
from prismake.common.errors import BuildStop
from prismake.common.writing import write_rows
from prismake.dedup import shards as dedup_shards
from prismake.dedup import unique
from prismake.dedup.blocking import KINDS, candidate_pairs, codes_of, codes_of_kinds
from prismake.dedup.features import HASHES, INTEGERS, TEXTS, read_features
from prismake.dedup.shards import bounds
from prismake.dedup.store import Stored, source_of, write_codes
from scripts.compare_shard import compare_shard
from scripts.deduplicate import Shards, deduplicate
from scripts.pair_records import pair_records
from scripts.read_shard import read_shard

from tests.prismake.dedup.conftest import Record, copy, frame_of, table_of
from tests.prismake.dedup.test_matching import libraries

OUTPUTS = ("clusters.csv", "unique.parquet", "merges.csv", "to_review.csv", "links.csv")
SOURCE = "digest of the records"


def write_records(folder: Path, records: list[Record], group: int) -> Path:
    """The table of all records, in groups of so many rows."""
    path = folder / "records.parquet"
    table = pa.Table.from_pandas(frame_of(records), preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, row_group_size=group)
    return path


def in_shards(folder: Path, records: Path, number: int, chance: random.Random) -> Shards:
    """The steps of all shards, each kind in an order of its own."""

    def each(kind: str) -> dict[int, Path]:
        return {part: folder / f"{kind}_{part}.arrow" for part in chance.sample(range(number), number)}

    features, pairs, compared = each("features"), each("pairs"), each("compared")
    for part, path in features.items():
        read_shard(records=records, features=path, part=(part, number), digests={records: SOURCE})
    in_order = [features[part] for part in range(number)]
    for part, path in pairs.items():
        pair_records(features=in_order, pairs=path, part=(part, number))
    for part, path in compared.items():
        compare_shard(features=in_order, pairs=list(pairs.values()), compared=path, part=(part, number), workers=1)
    return Shards(in_order, list(compared.values()))


def paths_in(folder: Path) -> dict[str, Any]:
    return {name.partition(".")[0]: folder / name for name in OUTPUTS}


def outputs(folder: Path, records: Path, decisions: Path, shards: Shards) -> list[bytes]:
    paths = paths_in(folder)
    deduplicate(records=records, decisions=decisions, shards=shards, digests={records: SOURCE}, workers=1, **paths)
    return [path.read_bytes() for path in paths.values()]


@st.composite
def decided(draw: st.DrawFn) -> tuple[list[Record], list[dict[str, str]]]:
    """A library, and what a person decided about two pairs of it."""
    records = draw(libraries())
    names = [record["record_id"] for record in records]
    chance = draw(st.randoms(use_true_random=False))
    pairs = [chance.sample(names, 2) for _ in range(2)] if len(names) > 3 else []
    rows = [
        {"record_a": a, "record_b": b, "decision": decision}
        for (a, b), decision in zip(pairs, ("same", "different"), strict=False)
    ]
    return records, rows if len({frozenset(pair) for pair in pairs}) == len(pairs) else []


@settings(max_examples=4, deadline=None)
@given(decided(), st.integers(1, 9), st.integers(1, 4), st.randoms(use_true_random=False))
def test_any_number_of_shards_in_any_order_gives_the_bytes_of_one_process(
    tmp_path_factory: pytest.TempPathFactory,
    known: tuple[list[Record], list[dict[str, str]]],
    number: int,
    group: int,
    chance: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    records, rows = known
    # Each with a file, whose issues are judged together, and numbered by what it is a copy of.
    table = write_records(folder, [{**record, "file": f"{at % 3}.ris"} for at, record in enumerate(records)], group)
    write_rows(folder / "decisions.csv", ("record_a", "record_b", "decision", "note"), rows)
    whole = outputs(folder, table, folder / "decisions.csv", Shards([], []))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unique, "PART", group)
        patch.setattr(unique, "BATCH", 5000)
        patch.setattr(dedup_shards, "TOGETHER", group)
        shards = in_shards(folder, table, number, chance)
        assert outputs(folder, table, folder / "decisions.csv", shards) == whole


def test_running_numbers_are_ignored_in_every_shard(tmp_path: Path) -> None:
    works = [copy(title=f"{copy()['title']} of town {place}", pages=f"{place + 2}-{place + 9}") for place in range(24)]
    records = [
        {**work, "file": f"{side}.csv", "doi": "", "number": str(900 + 2 * place) if side else "4"}
        for side in (0, 1)
        for place, work in enumerate(works)
    ]
    table = write_records(tmp_path, records, 7)
    write_rows(tmp_path / "decisions.csv", ("record_a", "record_b", "decision", "note"), [])
    whole = outputs(tmp_path, table, tmp_path / "decisions.csv", Shards([], []))
    shards = in_shards(tmp_path, table, 3, random.Random(1))
    assert outputs(tmp_path, table, tmp_path / "decisions.csv", shards) == whole


def test_features_in_files_are_those_in_memory(tmp_path: Path) -> None:
    records = [copy(pages=f"{place}-{place + 9}", volume=str(place * 10**9)) for place in range(7)]
    table = write_records(tmp_path, records, 2)
    stored = Stored(in_shards(tmp_path, table, 3, random.Random(1)).features)
    known = read_features(table_of(frame_of(records)))
    rows = np.array([6, 0, 3, 3])
    for name in (*TEXTS, *HASHES, *INTEGERS):
        assert getattr(stored, name).tolist() == getattr(known, name).tolist(), name
        assert getattr(stored.take(rows), name).tolist() == getattr(known.take(rows), name).tolist(), name
    near, left, right = stored.near(np.array([5, 1]), np.array([6, 5]))
    assert near.ids.to_pylist() == ["r1", "r5", "r6"] and (left.tolist(), right.tolist()) == ([1, 0], [2, 1])


@pytest.mark.parametrize("parts", [1, 3, len(KINDS) + 1])
def test_the_kinds_of_keys_are_dealt_out_whole(parts: int) -> None:
    features = read_features(table_of(frame_of([copy(), copy(pages="1-9"), copy(title="Other words", doi="")])))
    codes = np.concatenate([codes_of_kinds(features, part, parts) for part in range(parts)])
    assert np.unique(codes).tolist() == codes_of(*candidate_pairs(features)).tolist()


def test_steps_of_shards_report_how_far_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "APART", -1.0)
    monkeypatch.setattr(progress, "STRIDE", -1.0)
    monkeypatch.setattr(dedup_shards, "TOGETHER", 1)
    table = write_records(tmp_path, [copy() for _ in range(4)], 2)
    with caplog.at_level("INFO", logger="prismake"):
        in_shards(tmp_path, table, 1, random.Random(1))
    lines = [record.getMessage().partition(": ")[2] for record in caplog.records]
    assert [line for line in lines if line.startswith("compared")] == [f"compared {n} of 6 pairs" for n in range(1, 7)]
    assert f"paired by {len(KINDS)} of {len(KINDS)} kinds of keys" in lines


def test_shards_of_pairs_meet_without_a_gap() -> None:
    ends = [bounds(1_000, part, 7) for part in range(7)]
    assert [low for low, _ in ends] == [0, *(high for _, high in ends[:-1])] and ends[-1][1] == 1_000
    # The smaller row of a pair is small in most.
    assert [high - low for low, high in ends] == sorted(high - low for low, high in ends)


def test_shards_of_other_records_stop_the_build(tmp_path: Path) -> None:
    table = write_records(tmp_path, [copy(), copy()], 2)
    shards = in_shards(tmp_path, table, 2, random.Random(1))
    write_rows(tmp_path / "decisions.csv", ("record_a", "record_b", "decision", "note"), [])
    with pytest.raises(BuildStop, match="made from other records"):
        deduplicate(records=table, shards=shards, digests={}, **paths_in(tmp_path))
    write_codes(tmp_path / "other.arrow", np.empty(0, np.uint64), "others")
    with pytest.raises(BuildStop, match=r"other\.arrow"):
        source_of([*shards.features, tmp_path / "other.arrow"])
