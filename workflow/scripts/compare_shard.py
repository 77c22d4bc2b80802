"""Step: the pairs of one shard are compared."""

from pathlib import Path

from prismake.common.processors import processors
from prismake.dedup import shards
from prismake.dedup.store import source_of, write_compared


def compare_shard(
    *, features: list[Path], pairs: list[Path], compared: Path, part: tuple[int, int], workers: int | None = None
) -> None:
    """Writes the pairs of one shard that may matter, `compared` (Arrow); `part` is (shard, shards)."""
    result = shards.compare_shard(features, pairs, *part, workers or processors())
    write_compared(compared, result, source_of([*features, *pairs]))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(compare_shard, globals()["snakemake"])
