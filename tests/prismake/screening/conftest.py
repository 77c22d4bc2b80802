"""A small review that goes through the step of screening as its rule calls it."""

from pathlib import Path

import pytest
from prismake.common.writing import read_rows, write_rows

from tests.records import as_frame, write_parquet

from .step import OUTPUTS, RECORDS, STAGES, TWINS, run_step


@pytest.fixture
def review(tmp_path, monkeypatch):
    """Three unique records, one of them with a merged copy; calls the step with exports and tables."""
    monkeypatch.chdir(tmp_path)
    write_parquet(Path("unique.parquet"), as_frame(RECORDS).assign(members="", sources="PubMed"))
    write_parquet(Path("records.parquet"), as_frame([*RECORDS, *TWINS]))
    pairs = [("s:1", "s:1"), ("s:2", "s:2"), ("s:3", "s:3"), ("t:1", "s:1")]
    write_rows(Path("clusters.csv"), ("record_id", "cluster"), ({"record_id": r, "cluster": c} for r, c in pairs))

    def call(*sources, decisions="", consensus="", draft=True, stages=STAGES, **options):
        blocks = []
        for number, (content, block) in enumerate(sources):
            data = content if isinstance(content, bytes) else content.encode()
            Path(f"export{number}.txt").write_bytes(data)
            blocks.append({"file": f"export{number}.txt", **block})
        tables: list[Path] = []
        for name, text in (("decisions", decisions), ("consensus", consensus)):
            if text:
                tables.append(Path(f"{name}.csv"))
                tables[-1].write_text(text, encoding="utf-8")
        run_step(tables, stages=stages, draft=draft, sources=blocks, **options)
        return {row["record_id"]: row for row in read_rows(OUTPUTS["screening"])}

    return call
