"""Step: a review that is handed in is not a draft, nothing in it awaits a decision, and every file gave decisions."""

from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.results.screening import COMPLETE, DECISION_FILES, SCREENING
from prismake.screening.files import without_decisions
from prismake.screening.screen import awaiting


def complete(*, screening: Path, read: Path, complete: Path, draft: bool) -> None:
    """Writes `complete`, a statement that every record of `screening` is decided, for the target `final`.

    `read` lists the files of decisions. Raises BuildStop if the review is marked as a draft (`review.draft`), where
    a record is pending, and where no decision was read from a source.
    """
    decisions = SCREENING.count(screening, ("decision",))
    pending, records = decisions[("pending",)], decisions.total()
    waiting = awaiting(pending, records)
    if draft:
        message = "a draft cannot be final" + (f": {waiting}" if pending else "")
        fix = "set it to false once screening is finished"
        raise BuildStop(Issue("draft", message, "config.yaml, review.draft", fix))
    if pending:
        raise BuildStop(Issue("pending", waiting, str(screening), "add each decision to screening.decisions"))
    if mute := without_decisions(DECISION_FILES.read(read)):
        fix = "fill in its decisions, check its 'columns' and 'words' under screening.sources, or remove it there"
        raise BuildStop(Issue("no-decision-read", "no decision is read from this file", name, fix) for name in mute)
    COMPLETE.write(complete, {"records": records, "pending": 0, "draft": False})


if "snakemake" in globals():
    from prismake.common.steps import run

    run(complete, globals()["snakemake"])
