"""Small reviews for tests of the page: their results as files, and pages made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from prismake import PACKAGE
from prismake.common.results.flow import BOX
from prismake.common.results.records import CLUSTERS, LINKS, MERGES, TO_REVIEW
from prismake.common.results.screening import REVIEWERS, TRAIL
from prismake.web.page import Page, listed_boxes, page_of
from prismake.web.records import RecordFiles, Shown, records_of

from tests.records import as_frame, write_parquet

ASSETS = sorted((PACKAGE / "web" / "assets").iterdir())


def box(name: str, n: int, **more: Any) -> dict[str, Any]:
    """A box of flow.json with a list of its own."""
    return {"id": name, "label": f"{name}:", "n": n, "records": f"results/flow/{name}.csv", "role": "screened", **more}


def review(
    folder: Path,
    records: Sequence[Mapping[str, Any]],
    boxes: Mapping[str, Sequence[tuple[str, str]]],
    *,
    clusters: Mapping[str, str] | None = None,
    trail: Sequence[Mapping[str, str]] = (),
    merges: Sequence[Mapping[str, str]] = (),
    votes: Sequence[Mapping[str, str]] = (),
) -> tuple[RecordFiles, dict[str, Any]]:
    """The results of a review and the content of its flow.json; `boxes`: name -> (record id, reason) of its list."""
    ids = [str(record["record_id"]) for record in records]
    write_parquet(folder / "records.parquet", as_frame([dict(record) for record in records]))
    cluster_of = {name: name for name in ids} | dict(clusters or {})
    CLUSTERS.write(folder / "clusters.csv", ({"record_id": name, "cluster": cluster_of[name]} for name in ids))
    MERGES.write(folder / "merges.csv", merges)
    LINKS.write(folder / "links.csv", ())
    TO_REVIEW.write(folder / "to_review.csv", ())
    REVIEWERS.write(folder / "reviewers.csv", votes)
    TRAIL.write(folder / "trail.csv", trail)
    for name, rows in boxes.items():
        BOX.write(folder / "flow" / f"{name}.csv", ({"record_id": id, "reason": reason} for id, reason in rows))
    files = RecordFiles(
        folder / "records.parquet",
        folder / "clusters.csv",
        folder / "merges.csv",
        folder / "links.csv",
        folder / "to_review.csv",
        folder / "trail.csv",
        folder / "reviewers.csv",
        folder / "flow",
    )
    return files, {"boxes": [box(name, len(rows)) for name, rows in boxes.items()]}


def page(
    files: RecordFiles, flow: Mapping[str, Any], article: str = "<p>Text</p>", shown: Shown | None = None, **more: Any
) -> str:
    """A page, marked as a draft, with an article and the records of a review; `more` are other data of the page."""
    data = {"records": records_of(files, flow, shown or Shown()), "studies": {}, "numbers": {}, "values": {}, **more}
    about = Page("Title", "en", "Journal", "Draft", [], listed_boxes(flow))
    return page_of(etree.fromstring(f"<article>{article}</article>"), about, data, ASSETS)
