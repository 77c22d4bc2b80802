"""The ledger of a small review whole: what every value counts, how it was computed, and what it rests on.

`ledger.json` was read line by line. After a change that is meant: python -m tests.prismake.ledger.test_golden
"""

import json
from pathlib import Path
from typing import Any

from prismake.common.values import as_document
from prismake.ledger.appraisal import appraisal_values, table_values
from prismake.ledger.records import agreement_values, deduplication_values, flow_values, search_values
from prismake.ledger.studies import Sources, extraction_values

from tests.prismake.ledger.test_values import AGREED, APPRAISAL
from tests.prismake.ledger.test_whole_ledger import EXTRACTION, SETTINGS

GOLDEN = Path(__file__).with_name("ledger.json")


def _box(identifier: str, n: int, role: str, label: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "n": n, "role": role, "label": label, "records": f"results/flow/{identifier}.csv", **more}


FLOW = {
    "boxes": [
        _box("identified", 20, "identified", "Records identified from:"),
        _box("identified.a-b", 12, "source", "A Base", parent="identified"),
        _box("identified.reg.register", 8, "source", "Trial Register", parent="identified"),
        _box("duplicates", 3, "duplicates", "Duplicate records removed"),
        _box("title.screened", 17, "screened", "Titles screened"),
        _box("title.excluded", 9, "excluded", "Records excluded by title"),
        _box("title.excluded.animal", 5, "reason", "Animal study", parent="title.excluded"),
        _box("title.excluded.review", 4, "reason", "Review of a study", parent="title.excluded"),
        _box("fulltext.assessed", 8, "screened", "Full texts assessed", kind="assessment"),
        _box("fulltext.pending", 1, "pending", "Reports awaiting a decision", kind="assessment"),
        {**_box("included", 7, "included", "Reports of included studies"), "studies": 4, "reports": 7},
        {"id": "previous", "n": 2, "role": "previous", "label": "Studies of the previous version"},
    ]
}
SEARCHES = [
    {"id": "a-b", "database": "A Base", "kind": "database", "date": "2024-05-01"},
    {"id": "reg", "database": "Trial Register", "kind": "register", "date": "2023-12-31"},
    {"id": "cited", "database": "Citation searching", "kind": "other", "date": "2024-06-01"},
]
RULES = {"identifier": 2, "title and year": 1}
OVERLAP = ("records", "duplicates_within", "works", "unique", "shared")
SOURCES = [
    {"search": name, "database": database, **dict(zip(OVERLAP, numbers, strict=True))}
    for name, database, numbers in (
        ("a-b", "A Base", ["12", "1", "11", "9", "2"]),
        ("all", "all", ["20", "3", "17", "15", "2"]),
    )
]
FILES = Sources("data/studies.csv", {"sites": "data/sites.csv"}, {"T1": "first thoracic vertebra", "NO": "Norway"})


def document() -> dict[str, Any]:
    """The content of results/values.json for the small review."""
    settings = {
        **SETTINGS,
        "pooled": {**SETTINGS["pooled"], "eyes": {"sum": "n", "counts": "eyes", "unit": "patients"}},
    }
    return as_document(
        {
            "flow": flow_values(FLOW),
            "search": search_values(SEARCHES, FLOW),
            "dedup": deduplication_values(RULES, 2, [{}, {}], [{}], [{}], SOURCES),
            **extraction_values(EXTRACTION, settings, FILES),
            "appraisal": appraisal_values(APPRAISAL),
            **agreement_values({"stages": [AGREED]}),
            "tables": table_values([{"id": "t", "caption": "C", "rows": [[], []]}]),
        }
    )


def test_the_ledger_of_a_small_review():
    assert json.loads(json.dumps(document())) == json.loads(GOLDEN.read_text(encoding="utf-8"))


if __name__ == "__main__":
    whole = document()
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in whole["values"].items()]
    text = f'{{"schema": {json.dumps(whole["schema"])}, "values": {{\n' + ",\n".join(lines) + "\n}}\n"
    GOLDEN.write_text(text, encoding="utf-8")
