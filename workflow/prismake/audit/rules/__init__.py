"""The rules of the audit, one file for each family. Importing a file registers its rules.

The imports are written out, so that a changed rule runs the audit again (`prismake.common.modules`).
"""

from prismake.audit.rules import (
    bound,
    data,
    methods,
    noun,
    repeats,
    rows,
    searches,
    single,
    standing,
    study_reference,
    typed,
    unexplained,
    wholes,
    wording,
)

__all__ = [
    "bound",
    "data",
    "methods",
    "noun",
    "repeats",
    "rows",
    "searches",
    "single",
    "standing",
    "study_reference",
    "typed",
    "unexplained",
    "wholes",
    "wording",
]
