"""Step: the audit of the manuscript against the values, studies, references and settings behind it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.audit.build import Sources, matter_of_build
from prismake.audit.findings import data_rules
from prismake.audit.run import audit as run_audit
from prismake.audit.starting import to_confirm, to_state
from prismake.common.results.audit import FINDINGS, TO_CONFIRM, TO_STATE
from prismake.common.steps import warn
from prismake.common.writing import write_text


@dataclass(frozen=True)
class Reports:
    """What the audit writes: its findings as data and as text, what to state, and what to confirm."""

    findings: Path
    text: Path
    to_state: Path
    to_confirm: Path


def audit(*, sources: Sources, reports: Reports, settings: dict[str, Any]) -> None:
    """Writes the findings of all rules, and the lists from which authors start.

    `settings` are those of config.yaml. Findings are shown as warnings here; a final build stops at the errors among
    them when it seals the results.
    """
    matter = matter_of_build(sources, settings)
    outcome = run_audit(matter)
    shown_before = data_rules(text_follows=True) if sources.studies else ()
    for issue in outcome.issues("warning", without=shown_before):
        warn(issue)
    FINDINGS.write(reports.findings, outcome.plain())
    write_text(reports.text, "".join(f"{line}\n" for line in outcome.lines()))
    TO_STATE.write(reports.to_state, to_state(outcome))
    TO_CONFIRM.write(reports.to_confirm, to_confirm(outcome))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(audit, globals()["snakemake"])
