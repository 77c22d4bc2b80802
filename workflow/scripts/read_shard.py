"""Step: the records of one shard, as deduplication compares them."""

from collections.abc import Mapping
from pathlib import Path

from prismake.dedup import shards
from prismake.dedup.store import write_features


def read_shard(*, records: Path, features: Path, part: tuple[int, int], digests: Mapping[Path, str]) -> None:
    """Writes the `features` (Arrow) of one shard of the table of all records.

    `part` is (shard, shards), the first of them 0. `digests` name the content of the table.
    """
    source = digests.get(records, "")
    write_features(features, *shards.read_shard(records, *part), source)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(read_shard, globals()["snakemake"])
