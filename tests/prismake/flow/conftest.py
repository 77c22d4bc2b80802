"""Small reviews whose flow is known."""

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from prismake.common.stages import asks_other_methods
from prismake.flow.boxes import make_labels
from prismake.flow.clusters import column_of
from prismake.flow.count import as_document, shown_boxes
from prismake.flow.previous import Previous

from tests.prismake.flow.tables import check_flow, make_boxes, make_clusters

STAGES: list[dict[str, Any]] = [
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
SEARCHES: list[dict[str, Any]] = [
    {"id": "pubmed", "database": "PubMed", "kind": "database"},
    {"id": "embase", "database": "Embase", "kind": "database"},
]


class Known:
    """A small review whose ends are known: records, clusters, outcome and trail, as the stages before write them."""

    def __init__(self, result, duplicates, ends, stages, searches):
        names = [search["id"] for search, n in zip(searches, result, strict=True) for _ in range(n)]
        self.stages, self.searches = stages, searches
        self.records = [
            {"record_id": f"{name}:{number}", "search": name, "kind": "database"} for number, name in enumerate(names)
        ]
        ids = [record["record_id"] for record in self.records]
        # The first `duplicates` records are copies of the one behind them.
        self.cluster_of = {name: ids[duplicates] if at < duplicates else name for at, name in enumerate(ids)}
        self.clusters = make_clusters(self.records, self.cluster_of, searches)
        kinds = {search["id"]: column_of(search) for search in searches}
        waiting = ids[duplicates:]
        self.screening, self.trail = [], []
        for stage, decision, reason, n, *column in ends:
            wanted = column[0] if column else "databases"
            for name in [name for name in waiting if kinds[name.partition(":")[0]] == wanted][:n]:
                waiting.remove(name)
                row = {"record_id": name, "stage": stage, "decision": decision, "reason": reason}
                self.screening.append(row)
                self.trail += [*self._passed(stage, name, wanted), row]
        assert not waiting, f"{len(waiting)} records have no end"

    def _passed(self, stage, name, column):
        for position, declared in enumerate(self.stages):
            if declared["id"] == stage:
                return
            if column == "databases" or asks_other_methods(self.stages, position):
                yield {"record_id": name, "stage": declared["id"], "decision": "include", "reason": ""}

    def boxes(self, labels=None, *, updated=False, **options):
        texts = make_labels(labels or {}, self.stages, self.searches, updated=updated)
        return make_boxes(self.records, self.clusters, self.screening, self.stages, self.searches, texts, **options)

    def check(self, boxes):
        check_flow(boxes, self.records, self.clusters, self.trail, self.stages)


def known(result, duplicates, ends, *, stages=STAGES, searches=SEARCHES):
    """A review: `found` records of each search, the first `duplicates` of all are duplicates of the next, and `ends`
    (stage, decision, reason, how many, column) says where the others end."""
    return Known(result, duplicates, ends, stages, searches)


def build_flow(result, duplicates, ends, *, studies=None, labels=None, previous=None, hide=(), show=(), **options):
    """The content of flow.json for such a review; its included reports fall to `studies` in turn."""
    review = known(result, duplicates, ends, **options)
    boxes = review.boxes(labels, updated=bool(previous))
    review.check(boxes)
    study_of = dict(zip(boxes[-1].records, cycle(studies), strict=False)) if studies else None
    texts = make_labels(labels or {}, review.stages, review.searches, updated=bool(previous))
    shown = shown_boxes(boxes, hide, show)
    return as_document(boxes, texts, study_of, Path("results/flow"), shown=shown, previous=previous)


OTHER_SEARCHES: list[dict[str, Any]] = [
    {"id": "who", "database": "World Health Organization", "kind": "other", "method": "website"},
    {"id": "cited", "database": "Citation searching", "kind": "other", "method": "citation"},
]
PRISMA_STAGES: list[dict[str, Any]] = [
    {
        "id": "sift",
        "role": "removal",
        "rules": [{"id": "old", "label": "Before 1990", "title_patterns": ["1989"]}],
        "reasons": {"retracted": "Retracted"},
    },
    {
        "id": "screening",
        "role": "screening",
        "rules": [{"id": "classifier", "label": "Classifier", "title_patterns": ["x"]}],
        "reasons": {"off_topic": "Off topic"},
    },
    {"id": "retrieval"},
    {"id": "fulltext", "reasons": {"no_outcome": "No outcome of interest", "design": "Wrong study design"}},
]
PRISMA_ENDS = [
    ("sift", "exclude", "old", 30),
    ("sift", "exclude", "retracted", 2),
    ("screening", "exclude", "classifier", 400),
    ("screening", "exclude", "off_topic", 250),
    ("retrieval", "exclude", "", 8),
    ("fulltext", "exclude", "no_outcome", 31),
    ("fulltext", "exclude", "design", 12),
    ("fulltext", "include", "", 27),
]
OTHER_ENDS = [
    ("retrieval", "exclude", "", 1, "other"),
    ("fulltext", "exclude", "design", 4, "other"),
    ("fulltext", "include", "", 3, "other"),
]
REGISTER = {"id": "ctgov", "database": "ClinicalTrials.gov", "kind": "register"}
PREVIOUS = Previous({f"old{number}": ((f"10.1/old{number}", "previous.csv:2"),) for number in range(11)})


def template(*, updated, other):
    """One of the four templates of PRISMA 2020, with every box in it."""
    searches = [*SEARCHES, REGISTER, *(OTHER_SEARCHES if other else [])]
    result = (600, 250, 60, *((3, 5) if other else ()))
    ends = PRISMA_ENDS + (OTHER_ENDS if other else [])
    studies = [f"study{number}" for number in range(20)]
    previous = PREVIOUS if updated else None
    return build_flow(result, 150, ends, stages=PRISMA_STAGES, searches=searches, studies=studies, previous=previous)


TEMPLATES = [(updated, other) for updated in (False, True) for other in (False, True)]

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
