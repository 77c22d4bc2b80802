"""Step: the audit of a review that has no manuscript yet."""

from pathlib import Path
from typing import Any

from prismake.audit.build import matter_of_data
from prismake.audit.run import audit
from prismake.common.errors import Issue
from prismake.common.results.audit import FINDINGS
from prismake.common.steps import warn
from prismake.common.writing import write_text


def audit_data(
    *, studies: Path, extraction: list[Path], records: Path, findings: Path, text: Path, settings: dict[str, Any]
) -> None:
    """Writes what the rules find in the extraction and in the dates of the searches.

    `studies` is results/studies.json, `extraction` the table behind it and its schema, `settings` those of config.yaml.
    Warnings are shown; a build that is no draft stops at errors when it seals the results.
    """
    outcome = audit(matter_of_data(studies, extraction, records, settings))
    for finding in outcome.of("warning")[:20]:
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        warn(Issue(finding.rule, f"{finding.message}: {finding.text}", place, finding.fix, "warning"))
    FINDINGS.write(findings, outcome.plain())
    write_text(text, "".join(f"{line}\n" for line in outcome.lines()))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(audit_data, globals()["snakemake"])
