"""A review that is deduplicated in shards has the files that it has without, whenever a build of it was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.places import PACKAGE, PROJECT

from .test_little import snakemake, would_run

pytestmark = pytest.mark.build

NAMES = ("records/clusters.csv", "records/unique.parquet", "dedup/merges.csv", "dedup/to_review.csv", "dedup/links.csv")
UNIQUE = "results/records/unique.parquet"
# Logs of steps, in their order; the build is killed as soon as one of them begins.
KILLED = ("dedup/compare_0", "deduplicate")
CONFIG = """\
searches:
  - {id: pubmed, database: PubMed, date: "2026-01-31", files: [pubmed.ris]}
  - {id: wos, database: Web of Science, date: "2026-01-31", files: [Web of Science.ris]}
screening:
  decisions: decisions.csv
  stages: [{id: fulltext, reasons: {design: Wrong design}}]
"""


def kill_at(review: Path, log: Path) -> None:
    """Builds until a step begins its log, and kills it with everything that it started."""
    build = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "-s", PROJECT / "Snakefile", "--directory", review, UNIQUE],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not log.exists():
        assert build.poll() is None
        time.sleep(0.002)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    # As `snakemake --unlock` does it.
    for lock in (review / ".snakemake/locks").iterdir():
        lock.unlink()


def test_shards_change_no_byte_and_leave_nothing_though_builds_were_killed(exports):
    (exports / "config.yaml").write_text(CONFIG)
    (exports / "decisions.csv").write_text("record_id,stage,decision,reason\n")
    snakemake(exports, UNIQUE)
    before = {name: (exports / "results" / name).read_bytes() for name in NAMES}
    (exports / "config.yaml").write_text(f"{CONFIG}deduplication: {{shards: 2}}\n")
    # The number alone would make nothing again, as it changes nothing.
    (exports / UNIQUE).unlink()
    (exports / "results/logs/deduplicate.log").unlink()
    for step in KILLED:
        kill_at(exports, exports / f"results/logs/{step}.log")
    messages = snakemake(exports, UNIQUE).stderr
    assert "Reading shard 1 of the records" in messages and "Comparing shard 0 of the pairs" in messages
    assert {name: (exports / "results" / name).read_bytes() for name in NAMES} == before
    assert not list(exports.rglob("*.arrow")) and not list(exports.rglob("*.part"))
    # What the shards handed on is gone, and nothing needs it again.
    assert would_run(exports, UNIQUE) == set()
