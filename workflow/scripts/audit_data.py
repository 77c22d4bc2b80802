"""Step: the audit of the extraction, before any prose."""

from pathlib import Path
from typing import Any

from prismake.audit.build import DataSources, matter_of_data
from prismake.audit.findings import data_rules
from prismake.audit.run import audit
from prismake.common.results.audit import FINDINGS
from prismake.common.steps import warn
from prismake.common.writing import write_text


def audit_data(*, sources: DataSources, findings: Path, text: Path, settings: dict[str, Any]) -> None:
    """Writes what the rules find in the extraction and in the dates of the searches, whether or not there is a text.

    `settings` are those of config.yaml. All findings are shown; a build that is no draft stops at the errors among
    them when it seals the results.
    """
    outcome = audit(matter_of_data(sources, settings), data_rules(text_follows=bool(sources.references)))
    for issue in outcome.issues():
        warn(issue)
    FINDINGS.write(findings, outcome.plain())
    write_text(text, "".join(f"{line}\n" for line in outcome.lines()))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(audit_data, globals()["snakemake"])
