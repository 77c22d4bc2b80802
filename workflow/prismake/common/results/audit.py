"""Results of the audit of the manuscript."""

from __future__ import annotations

from prismake.common.results.declaring import Document, Result, Table, columns, integer, listed, structure

FINDINGS = Document(
    "results/audit/findings.json",
    "audit",
    "What the audit of the manuscript found.",
    columns(
        findings=structure("list of findings: rule, severity, file, line, text, message, fix"),
        waived=integer("findings that manuscript/waivers.csv accepts"),
        confirmed=integer("claims that manuscript/confirmed.csv confirms"),
        rules=listed("the rules that ran"),
    ),
)
FINDINGS_TEXT = Result("results/audit/findings.txt", "audit", "The findings as text.")
TO_STATE = Table(
    "results/audit/to_state.csv",
    "audit",
    "Typed numbers that nothing states yet, in the form of manuscript/stated.csv.",
    columns(
        text="the sentence that holds the number",
        place="the file",
        source="empty: definition, a reference, or a value",
        note="the number",
    ),
)
TO_CONFIRM = Table(
    "results/audit/to_confirm.csv",
    "audit",
    "Claims that a person must confirm, in the form of manuscript/confirmed.csv.",
    columns(
        rule="the rule that asks for it",
        text="the sentence",
        digest="digest of the data that it speaks of",
        confirmed_by="empty: who confirms it",
        date="empty: when",
    ),
)
