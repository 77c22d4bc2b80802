"""Step: the preflight of the Word document. An error that a journal's staff would send back stops the build."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from prismake.common.errors import BuildStop, Issue, counted, nearest, stop
from prismake.common.results.manuscript import UNPRINTED_FIELDS
from prismake.common.steps import warn
from prismake.common.writing import write_text
from prismake.document.arranging import read_works
from prismake.document.citation_faults import citation_faults
from prismake.document.csl import prepared_style
from prismake.document.demands import unmet
from prismake.document.kinds import Style
from prismake.document.matter import matter_of
from prismake.document.unprinted import fields_left_out, summary
from prismake.document.variants import edition_of
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.walking import all_nodes
from prismake.manuscript.words import literal_text
from prismake.preflight.findings import Requirements
from prismake.preflight.issues import issues_of
from prismake.preflight.run import Report, check_docx, checks_of, report_json
from prismake.review.journal import ProfileFiles, read_profile


def _warn(report: Report, known: Collection[str], docx: Path, text: Path) -> None:
    """Warns in one line of the findings of all checks but those that are `known`."""
    new = [outcome for outcome in report.outcomes if outcome.findings and outcome.check.id not in known]
    if new:
        number = sum(len(outcome.findings) + outcome.more for outcome in new)
        names = ", ".join(sorted(outcome.check.id for outcome in new))
        message = f"{counted(number, 'warning')} of the preflight ({names})"
        warn(Issue("preflight", message, docx.as_posix(), f"see {text.as_posix()}", "warning"))


def _check_names(allow: list[str]) -> None:
    known = [check.id for check in checks_of("docx")]
    for name in allow:
        if name not in known:
            raise stop(
                "unknown-check",
                f"there is no check '{name}'",
                where="config.yaml: 'manuscript.preflight.allow'",
                fix=nearest(name, known),
            )


@dataclass(frozen=True)
class Sources:
    """What the document was made of: the manuscript, the bibliography, and its references as CSL JSON."""

    manuscript: Path
    bibliography: Path
    references: Path


@dataclass(frozen=True)
class Reports:
    """What the preflight writes: its report as JSON and as text, and the fields that are not printed."""

    json: Path
    text: Path
    unprinted: Path


def preflight(
    *,
    docx: Path,
    sources: Sources,
    profile: ProfileFiles,
    schema: Path,
    csl: Path,
    fonts: list[Path],
    reports: Reports,
    allow: list[str],
) -> None:
    """Checks the Word document as `prismake check` does and writes the report as JSON and as text.

    A mark that a title or a name contains in the `sources` may be printed. The report also lists what the journal asks
    for and the manuscript lacks. `allow` names checks that only warn. The fields of the bibliography that the journal's
    style (`csl`) does not print are listed apart.
    Raises BuildStop with every error; the warnings share one line.
    """
    _check_names(allow)
    edition = edition_of(read_profile(profile, schema), "whole")
    made_of = read_manuscript(sources.manuscript)
    words = literal_text(all_nodes(made_of.document))
    source = f"{words}\n{sources.references.read_text(encoding='utf-8')}"
    required = Requirements(profile=edition.profile, fonts=fonts, file_name=docx.name, source=source)
    report = check_docx(docx.read_bytes(), required, allowed=allow)
    if issues := issues_of(report, docx.as_posix()):
        raise BuildStop(issues)
    works, style = read_works(sources.references), Style(prepared_style(csl.read_bytes()))
    # The step that wrote the document has already warned of these.
    lacking = unmet(matter_of(made_of), edition.profile, made_of, len(works))
    lacking += citation_faults(made_of, style, edition.profile["citations"])
    _warn(report, {issue.code for issue in lacking}, docx, reports.text)
    seen = {outcome.check.id for outcome in report.outcomes if outcome.findings}
    report = replace(report, unmet=[issue for issue in lacking if issue.code not in seen])
    write_text(reports.json, report_json([report]))
    write_text(reports.text, report.as_text())
    left_out = fields_left_out(sources.bibliography, works, style)
    UNPRINTED_FIELDS.write(
        reports.unprinted, ({"key": one.key, "field": one.name, "text": one.text} for one in left_out)
    )
    if counts := summary(left_out):
        message = f"this journal's style does not print these fields, with the number of works: {counts}"
        warn(
            Issue(
                "unprinted", message, sources.bibliography.as_posix(), f"see {reports.unprinted.as_posix()}", "warning"
            )
        )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(preflight, globals()["snakemake"])
