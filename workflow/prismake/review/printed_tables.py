"""Which printed tables a review has: those of the settings, of the appraisal, and of GRADE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.review.appraisal_tables import appraisal_tables

# The blocks of `synthesis.grade` that are tables, and the ids that they have without a setting.
GRADE_TABLES = {"table": "summary_of_findings", "profile": "grade"}


def grade_tables(config: Mapping[str, Any]) -> list[str]:
    """The ids of the summary of findings and of the evidence profile; none without GRADE judgements."""
    grade = (config.get("synthesis") or {}).get("grade")
    if not grade:
        return []
    return [(grade.get(key) or {}).get("id", name) for key, name in GRADE_TABLES.items()]


def table_names(config: Mapping[str, Any]) -> list[str]:
    """The ids of all printed tables. The configuration may be as people wrote it, without the schema's defaults."""
    own = (config.get("synthesis") or {}).get("tables") or {}
    return [*own, *appraisal_tables(config), *grade_tables(config)]
