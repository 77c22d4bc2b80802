"""Step: the pairs of records that share a key of some kinds."""

from pathlib import Path

from prismake.dedup.blocking import codes_of_kinds
from prismake.dedup.store import Stored, source_of, write_codes


def pair_records(*, features: list[Path], pairs: Path, part: tuple[int, int]) -> None:
    """Writes the `pairs` (Arrow) of records that share a key; `part` is (part of the kinds, parts)."""
    write_codes(pairs, codes_of_kinds(Stored(features), *part), source_of(features))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(pair_records, globals()["snakemake"])
