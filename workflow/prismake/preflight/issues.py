"""Errors of the preflight as issues: what a journal's staff would send back stops the build."""

from prismake.common.errors import Issue
from prismake.preflight.run import Report


def issues_of(report: Report, where: str) -> list[Issue]:
    """The errors of a report as issues that stop the build; `where` names the file."""
    return [
        Issue(
            outcome.check.id,
            f"{finding.message} ({outcome.check.description})",
            f"{where}: {finding.where}" if finding.where else where,
            f"fix it in the manuscript, or list '{outcome.check.id}' in config.yaml under manuscript.preflight.allow",
        )
        for outcome in report.outcomes
        for finding in outcome.findings
        if report.severity(outcome, finding) == "error"
    ]
