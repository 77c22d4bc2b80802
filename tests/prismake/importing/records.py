"""The records of an export as the tests look at them."""

from __future__ import annotations

from typing import Any

from prismake.importing.export import Export


def records_of(export: Export) -> list[dict[str, Any]]:
    """All records in order, a dict of the record model's columns each."""
    return [record for table in export.tables() for record in table.to_pylist()]
