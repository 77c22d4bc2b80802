"""SHA256SUMS covers every result that a person may open or cite; what it leaves out is named here."""

from pathlib import Path

import pytest

from .conftest import Review

pytestmark = pytest.mark.build

# What a step hands to the next one, and what a run says of itself.
UNSEALED = {"logs", "benchmarks", "import/*.json", "import/*.parquet", "manuscript/references.json", "SHA256SUMS"}


def unsealed(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or any(path.match(name) or path.parts[0] == name for name in UNSEALED)


def test_every_result_of_a_build_is_sealed(example: Review) -> None:
    results = example / "results"
    there = {path.relative_to(results) for path in results.rglob("*") if path.is_file()}
    wanted = {path.as_posix() for path in there if not unsealed(path)}
    assert wanted == set(example.sums())
    folders = {path.partition("/")[0] for path in wanted if "/" in path}
    assert folders >= {"dedup", "figures", "flow", "import", "manuscript", "records", "screening", "tables"}
