"""Numbers that notes name: only those of the record itself."""

from __future__ import annotations

import pytest
from prismake.common.identifiers import noted_pmid


@pytest.mark.parametrize(
    ("note", "number"),
    [
        ("Accession Number: 6666666. Language: English. PMID: 6666666.", "6666666"),
        ("Entry Date: 20111104. Correction Date: 20150710. NLM UID: 7502528. PMID: NLM12345678.", "12345678"),
        ("Update Code: 20150710. PMID: 123", "123"),
        ("Erratum in: J X. 2001. PMID: 123.", ""),
        ("PubMed 3.5", ""),
        ("PMID: 1. PMID: 2.", ""),
    ],
)
def test_the_pubmed_id_in_a_note_is_the_one_of_the_record(note: str, number: str) -> None:
    assert noted_pmid([note]) == number
