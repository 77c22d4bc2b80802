"""Step: a review that is handed in is no draft, and nothing in it waits for a decision."""

from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.writing import read_rows, write_json


def complete(*, screening: Path, complete: Path, draft: bool) -> None:
    """Writes `complete`, a statement that every record of `screening` is decided, for the target `final`.

    Raises BuildStop where the review is marked as a draft (`review.draft`), or where a record is pending.
    """
    rows = read_rows(screening)
    pending = sum(row["decision"] == "pending" for row in rows)
    issues = []
    if draft:
        message = "a draft cannot be final" + (
            f": {pending} of {len(rows)} records wait for a decision" if pending else ""
        )
        issues.append(
            Issue("draft", message, "config.yaml, review.draft", "set it to false once screening is finished")
        )
    elif pending:
        message = f"{pending} of {len(rows)} records wait for a decision"
        issues.append(Issue("pending", message, str(screening), "decide them"))
    if issues:
        raise BuildStop(issues)
    write_json(complete, {"records": len(rows), "pending": 0, "draft": False})


if "snakemake" in globals():
    from prismake.common.steps import run

    run(complete, globals()["snakemake"])
