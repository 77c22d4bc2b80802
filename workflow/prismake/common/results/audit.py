"""Results of the audit of the manuscript."""

from __future__ import annotations

from prismake.common.results.declaring import Document, Result, Table, columns, integer, listed, structure

_FOUND = columns(
    findings=structure("list of findings: rule, severity, file, line, text, message, fix; in a workbook also sheet"),
    waived=integer("findings that manuscript/waivers.csv accepts"),
    confirmed=integer("claims that manuscript/confirmed.csv confirms"),
    rules=listed("the rules that ran"),
)
FINDINGS = Document(
    "results/audit/findings.json",
    "audit or audit_data",
    "What the audit of the manuscript and of the extraction found.",
    _FOUND,
)
DATA_FINDINGS = Document(
    "results/audit/data.json",
    "audit_data",
    "What the audit of the extraction found, before the text was filled in. The other findings have it too.",
    _FOUND,
)
DATA_FINDINGS_TEXT = Result("results/audit/data.txt", "audit_data", "The findings of the extraction as text.")
FINDINGS_TEXT = Result("results/audit/findings.txt", "audit or audit_data", "The findings as text.")
TO_STATE = Table(
    "results/audit/to_state.csv",
    "audit",
    "Typed numbers that nothing states yet, in the form of manuscript/stated.csv.",
    columns(
        text="the number with the words around it",
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
NUMBERS = Table(
    "results/audit/numbers.csv",
    "list_numbers",
    "Every number of the Word document in order, with what is behind it.",
    columns(
        position=integer("its place among the numbers"),
        section="section, or the label of the table or figure",
        before="the text before it",
        number="the number as it prints",
        after="the text after it",
        source="value, stated, table, citation, reference, numbering, name (digits of a name), typed, or unexplained",
        place="file and line where its author wrote it, or its expression",
        expression="the expression that prints it; of a cell the one in config.yaml",
        values=listed("the names of its values in the ledger"),
        study="the study of the cell",
        column="the column of the cell",
        how="how it is computed, or the source that its author states",
        files=listed("files that it rests on"),
        columns=listed("columns that it rests on"),
        ids=listed("the first ids of the studies, works or records behind it"),
        further=integer("how many more ids there are"),
    ),
)
NUMBERS_PAGE = Result("results/audit/numbers.html", "list_numbers", "The same as a page to read.")
