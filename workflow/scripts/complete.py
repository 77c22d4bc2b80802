"""Step: a review that is handed in is not a draft, and nothing in it awaits a decision."""

from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.results.screening import COMPLETE, SCREENING
from prismake.screening.outcome import awaiting


def complete(*, screening: Path, complete: Path, draft: bool) -> None:
    """Writes `complete`, a statement that every record of `screening` is decided, for the target `final`.

    Raises BuildStop where the review is marked as a draft (`review.draft`), or where a record is pending.
    """
    rows = SCREENING.read(screening, ("decision",))
    pending = sum(row["decision"] == "pending" for row in rows)
    waiting = awaiting(pending, len(rows))
    if draft:
        message = "a draft cannot be final" + (f": {waiting}" if pending else "")
        fix = "set it to false once screening is finished"
        raise BuildStop(Issue("draft", message, "config.yaml, review.draft", fix))
    if pending:
        raise BuildStop(Issue("pending", waiting, str(screening), "add each decision to screening.decisions"))
    COMPLETE.write(complete, {"records": len(rows), "pending": 0, "draft": False})


if "snakemake" in globals():
    from prismake.common.steps import run

    run(complete, globals()["snakemake"])
