"""The report on a foreign document as text, for the screen and for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prismake.audit.foreign.findings import Finding
from prismake.audit.foreign.run import Report
from prismake.common.errors import counted

STYLES = {
    "links": "citations as links",
    "brackets": "citations in brackets",
    "raised": "raised citations",
    "parentheses": "citations in parentheses",
    "author-year": "citations by author and year",
    "": "citations not recognised",
}


@dataclass(frozen=True)
class Extent:
    """How much of each list a report shows: findings and claims of one check, and comparisons in order."""

    findings: int
    passed: int


SCREEN = Extent(10, 5)
FILE = Extent(100_000, 100_000)


def lines(report: Report, extent: Extent = SCREEN) -> Iterator[str]:
    """The report: what was read, what is wrong, what a person has to confirm, what is in order, what is unchecked."""
    paper = report.paper
    read = [counted(len(paper.paragraphs), "paragraph"), counted(len(paper.tables), "table")]
    read += [counted(len(paper.references), "reference"), STYLES[paper.style]]
    yield f"{paper.name} ({paper.form}): {', '.join(read)}"
    yield from _findings(report, report.findings, extent, "FINDINGS")
    yield from _findings(report, report.claims, extent, "TO CONFIRM: the document does not decide these")
    yield from _passed(report, extent)
    yield from _unchecked(report, extent)
    errors = sum(finding.severity == "error" for finding in report.findings)
    claims = len(report.claims)
    yield ""
    yield f"{counted(errors, 'error')}, {counted(len(report.findings) - errors, 'warning')}, {claims} to confirm"


def _findings(report: Report, findings: Sequence[Finding], extent: Extent, heading: str) -> Iterator[str]:
    if findings:
        yield ""
        yield heading
    for rule, own in report.by_check(findings):
        for finding in own[: extent.findings]:
            place = f"{finding.place} (line {finding.line})" if finding.line else finding.place
            label = "" if finding.severity == "confirm" else f"{finding.severity.upper()} "
            yield f"  {label}{place}: {finding.message} ({rule})"
            if finding.text:
                yield f"    “{finding.text}”"
            if finding.fix:
                yield f"    -> {finding.fix}"
        if len(own) > extent.findings:
            yield f"  … and {len(own) - extent.findings} more of {rule}"


def _passed(report: Report, extent: Extent) -> Iterator[str]:
    yield ""
    yield "CHECKED AND IN ORDER"
    for outcome in report.outcomes:
        if outcome.passed:
            shown = "; ".join(outcome.passed[: extent.passed])
            more = f"; … ({len(outcome.passed)} in all)" if len(outcome.passed) > extent.passed else ""
            yield f"  {outcome.check.id}: {shown}{more}"
    if not any(outcome.passed for outcome in report.outcomes):
        yield "  nothing"


def _unchecked(report: Report, extent: Extent) -> Iterator[str]:
    yield ""
    yield "NOT CHECKED"
    for line in report.unchecked:
        yield f"  {line}"
    if report.idle:
        yield f"  nothing to compare for: {', '.join(report.idle)}"
    if report.uncompared:
        yield (
            f"  of {counted(len(report.numbered), 'sentence')} with numbers on the findings, {len(report.uncompared)} "
            f"could be compared with nothing{':' if extent is FILE else ' (--output FILE lists them)'}"
        )
    if extent is FILE:
        for sentence in report.uncompared:
            yield f"    {sentence.paragraph.place}: “{sentence.text}”"
    yield "  whether a number that agrees with the others is true: the document alone does not decide that"
