"""the preflight of the Word document. An error that a journal's staff would send back stops the build."""

from prismake.common.errors import Issue
from prismake.preflight.run import Report


def issues_of(report: Report, where: str) -> list[Issue]:
    """The errors of a report as what stops a build."""
    return [
        Issue(
            outcome.check.id,
            f"{found.message} ({outcome.check.description})",
            f"{where}: {found.where}" if found.where else where,
            f"mend it in the manuscript, or name '{outcome.check.id}' in config.yaml under manuscript.preflight.allow",
        )
        for outcome in report.outcomes
        for found in outcome.findings
        if report.severity(outcome, found) == "error"
    ]
