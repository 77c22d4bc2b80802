"""How long the jobs of a build take against each other, from the size of what they read.

What is left of a build follows from what its jobs so far took: only the proportions of these numbers matter. They are
seconds of a processor for made-up reviews of up to ten million records (docs/architecture.md).
"""

from __future__ import annotations

# A step of a small review, and for each MB of exports.
LEAST = 0.5
SECONDS_PER_MB = {
    "import_export": 0.04,
    "collect_records": 0.015,
    "deduplicate": 0.15,
    # Of a review in shards; the shards' own steps for each MB of their shard, as there are as many parts of the keys.
    "deduplicate_shards": 0.05,
    "read_shard": 0.09,
    "pair_records": 0.015,
    "compare_shard": 0.033,
    "overlap": 0.003,
    "screen": 0.02,
    "prepare_screening": 0.015,
    "count_flow": 0.02,
}

# The jobs of the build that runs in this process: the number that Snakemake gave them -> seconds.
EXPECTED: dict[int, float] = {}


def seconds(step: str, size: float, _attempt: int = 1) -> float:
    """The seconds of a job of a step, for a size in MB of exports (`allocation.size_of_review`)."""
    return LEAST + SECONDS_PER_MB.get(step, 0) * size
