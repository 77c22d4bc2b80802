"""Step: the preflight of the Word document. An error that a journal's staff would send back stops the build."""

from pathlib import Path

from prismake.common.errors import BuildStop, Issue, counted, nearest, stop
from prismake.common.steps import warn
from prismake.common.writing import write_text
from prismake.document.variants import edition_of
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.walking import all_nodes
from prismake.manuscript.words import literal_text
from prismake.preflight.findings import Requirements
from prismake.preflight.issues import issues_of
from prismake.preflight.run import check_docx, checks_of, report_json
from prismake.review.journal import ProfileFiles, read_profile


def preflight(
    *,
    docx: Path,
    manuscript: Path,
    references: Path,
    profile: ProfileFiles,
    schema: Path,
    fonts: list[Path],
    json: Path,
    text: Path,
    allow: list[str],
) -> None:
    """Checks the Word document as `prismake check` does and writes the report as JSON and as text.

    `manuscript` and `references` are what the document was made of: a mark that a title or a name contains there may
    be printed. `allow` names checks that only warn. Raises BuildStop with every error; the warnings share one line.
    """
    known = [check.id for check in checks_of("docx")]
    for name in allow:
        if name not in known:
            raise stop(
                "unknown-check",
                f"there is no check '{name}'",
                where="config.yaml: 'manuscript.preflight.allow'",
                fix=nearest(name, known),
            )
    edition = edition_of(read_profile(profile, schema), "whole")
    words = literal_text(all_nodes(read_manuscript(manuscript).document))
    source = f"{words}\n{references.read_text(encoding='utf-8')}"
    required = Requirements(profile=edition.profile, fonts=fonts, file_name=docx.name, source=source)
    report = check_docx(docx.read_bytes(), required, allowed=allow)
    if issues := issues_of(report, docx.as_posix()):
        raise BuildStop(issues)
    if report.warnings:
        names = sorted({outcome.check.id for outcome in report.outcomes if outcome.findings})
        message = f"{counted(report.warnings, 'warning')} of the preflight ({', '.join(names)})"
        warn(Issue("preflight", message, docx.as_posix(), f"see {text.as_posix()}", "warning"))
    write_text(json, report_json([report]))
    write_text(text, report.as_text())


if "snakemake" in globals():
    from prismake.common.steps import run

    run(preflight, globals()["snakemake"])
