"""A review that is deduplicated in shards has the files that it has without, and keeps nothing of the shards."""

import pytest

pytestmark = pytest.mark.build

NAMES = ("records/clusters.csv", "records/unique.parquet", "dedup/merges.csv", "dedup/to_review.csv", "dedup/links.csv")


def test_shards_change_no_byte_and_leave_nothing(copy):
    before = {name: (copy / "results" / name).read_bytes() for name in NAMES}
    copy.edit("config.yaml", "deduplication:", "deduplication:\n  shards: 2")
    # The number alone would make nothing again, as it changes nothing.
    (copy / "results/records/unique.parquet").unlink()
    messages = copy.build("results/records/unique.parquet")
    assert "Reading shard 1 of the records" in messages and "Comparing shard 0 of the pairs" in messages
    assert {name: (copy / "results" / name).read_bytes() for name in NAMES} == before
    assert not list((copy / ".snakemake/prismake").rglob("*.arrow"))
    # What the shards handed on is gone, and nothing needs it again.
    assert "deduplicate" not in copy.would_run("results/records/unique.parquet")
