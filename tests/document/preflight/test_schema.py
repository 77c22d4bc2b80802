"""The orders that the preflight holds documents to are those of Microsoft's Open XML SDK."""

from __future__ import annotations

import pytest
from prismake.document.preflight import schema


def test_orders_name_each_element_once() -> None:
    for parent, order in schema.ORDER.items():
        names = [name for names in order for name in names.split("|")]
        assert len(names) == len(set(names)), parent


@pytest.mark.parametrize("name", ["jc", "pgSz", "fldChar", "vMerge", "shd"])
def test_values_are_there_for_what_the_writer_uses(name: str) -> None:
    assert any(element == name and values for (element, _), values in schema.VALUES.items())
