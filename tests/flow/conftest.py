"""Small reviews whose flow is known."""

from pathlib import Path

import pytest
from prismake.flow.boxes import check_sums, make_boxes, make_labels
from prismake.flow.count import as_document

STAGES = [
    {
        "id": "title",
        "rules": [
            {"id": "editorial", "label": "Editorial", "publication_types": ["Editorial"]},
            {"id": "review", "label": "Narrative review", "publication_types": ["Review"]},
            {"id": "letter", "label": "Letter", "publication_types": ["Letter"]},
        ],
    },
    {"id": "abstract", "reasons": {"off_topic": "Off topic"}},
    {"id": "fulltext", "reasons": {"no_outcome": "No postoperative outcome", "no_detail": "Insufficient detail"}},
]
SEARCHES = [
    {"id": "pubmed", "database": "PubMed", "kind": "database"},
    {"id": "embase", "database": "Embase", "kind": "database"},
]


def build_boxes(found, duplicates, ends, *, stages=STAGES, searches=SEARCHES, labels=None):
    """The boxes of a review: `found` records of each search, the first `duplicates` of all are duplicates, and
    `ends` (stage, decision, reason, how many) says where the others end."""
    names = [search["id"] for search, n in zip(searches, found, strict=True) for _ in range(n)]
    records = [{"record_id": f"r{number}", "search": name} for number, name in enumerate(names)]
    ids = [record["record_id"] for record in records]
    unique = iter(ids[duplicates:])
    screening = [
        {"record_id": next(unique), "stage": stage, "decision": decision, "reason": reason}
        for stage, decision, reason, n in ends
        for _ in range(n)
    ]
    texts = make_labels(labels or {}, stages, searches)
    return make_boxes(records, ids[:duplicates], screening, stages, searches, texts)


def build_flow(found, duplicates, ends, *, studies=None, **options):
    """The content of flow.json for such a review."""
    stages, searches = options.get("stages", STAGES), options.get("searches", SEARCHES)
    boxes = build_boxes(found, duplicates, ends, **options)
    check_sums(boxes, stages)
    return as_document(boxes, make_labels(options.get("labels") or {}, stages, searches), studies, Path("results/flow"))


ENDS = [
    ("title", "exclude", "editorial", 2),
    ("title", "exclude", "review", 7),
    ("abstract", "exclude", "off_topic", 1011),
    ("fulltext", "exclude", "no_outcome", 6),
    ("fulltext", "exclude", "no_detail", 5),
    ("fulltext", "include", "", 9),
]


@pytest.fixture
def flow():
    """A finished review: 1,200 records, 160 duplicates, 9 studies in 9 reports."""
    return build_flow((1000, 200), 160, ENDS, studies=[f"study{number}" for number in range(9)])


@pytest.fixture
def draft_flow():
    """A review under way: some records wait at two stages."""
    ends = [
        ("title", "exclude", "review", 4),
        ("abstract", "exclude", "off_topic", 3),
        ("abstract", "pending", "", 2),
        ("fulltext", "pending", "", 1),
    ]
    return build_flow((6, 5), 1, ends)


@pytest.fixture
def wide_flow():
    """Eight databases and a register, ten reasons, long and hostile words, more reports than studies."""
    names = ["PubMed", "Embase", "Scopus", "CINAHL", "LILACS", "PsycInfo", "Web of Science Core Collection"]
    names.append("Cochrane Central Register of Controlled Trials (CENTRAL)")
    searches = [{"id": f"d{number}", "database": name, "kind": "database"} for number, name in enumerate(names)]
    searches.append({"id": "ctgov", "database": "ClinicalTrials.gov", "kind": "register"})
    reasons = {f"r{number}": f"Reason number {number}" for number in range(6)}
    reasons["long"] = "The endoscopic procedure was not the primary treatment of the radiculopathy in these patients"
    reasons["word"] = "W" * 90
    reasons["hostile"] = r"<b>bold</b> & &lt; \N \l {a|b} <i>"
    reasons["whole"] = "<table><tr><td>x</td></tr></table>"
    stages = [{"id": "screening"}, {"id": "retrieval"}, {"id": "fulltext", "reasons": reasons}]
    ends = [("screening", "exclude", "", 20), ("retrieval", "exclude", "", 2)]
    ends += [("fulltext", "exclude", code, 1) for code in reasons] + [("fulltext", "include", "", 3)]
    return build_flow((5,) * 9, 10, ends, stages=stages, searches=searches, studies=["a", "b"])
