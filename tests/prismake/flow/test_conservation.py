"""Every identified record ends in exactly one box, and a record that is lost, doubled or moved is named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.stages import asks_other_methods
from prismake.flow.boxes import TERMINAL, make_labels

from tests.prismake.flow.conftest import OTHER_SEARCHES, PRISMA_STAGES, REGISTER, SEARCHES, STAGES
from tests.prismake.flow.tables import check_flow, columns_of, make_boxes, make_clusters, survivors_of

SPLIT = [PRISMA_STAGES[0], *STAGES[:2], *PRISMA_STAGES[2:]]


class Flow:
    """A random flow: records in clusters, each cluster with a way through the stages."""

    def __init__(self, draw, stages, searches):
        self.stages, self.searches = stages, searches
        result = draw(st.lists(st.sampled_from([search["id"] for search in searches]), min_size=1, max_size=25))
        self.records = [
            {"record_id": f"{name}:{number}", "search": name, "kind": draw(st.sampled_from(["database", "register"]))}
            for number, name in enumerate(result)
        ]
        ids = [record["record_id"] for record in self.records]
        cluster = [draw(st.integers(0, number)) for number in range(len(ids))]
        first = [next(at for at in range(len(ids)) if cluster[at] == item) for item in cluster]
        self.clusters = make_clusters(
            self.records, {name: ids[at] for name, at in zip(ids, first, strict=True)}, searches
        )
        self.screening, self.trail = [], []
        columns = columns_of(self.clusters)
        for name, survivor in survivors_of(self.clusters).items():
            way = list(self._way(draw, survivor, columns[name]))
            self.trail += way
            self.screening.append(way[-1])

    def _way(self, draw, name, column):
        for position, stage in enumerate(self.stages):
            if column == "other" and not asks_other_methods(self.stages, position):
                continue
            reasons = [rule["id"] for rule in stage.get("rules", [])] + list(stage.get("reasons", {}))
            decision = draw(st.sampled_from(["include", "include", "exclude", "pending"]))
            reason = draw(st.sampled_from(reasons)) if decision == "exclude" and reasons else ""
            yield {"record_id": name, "stage": stage["id"], "decision": decision, "reason": reason}
            if decision != "include":
                return

    def boxes(self, kinds="search"):
        labels = make_labels({}, self.stages, self.searches)
        return make_boxes(self.records, self.clusters, self.screening, self.stages, self.searches, labels, kinds=kinds)

    def check(self, boxes):
        check_flow(boxes, self.records, self.clusters, self.trail, self.stages)


@st.composite
def flows(draw):
    searches = [
        *SEARCHES,
        *([REGISTER] if draw(st.booleans()) else []),
        *(OTHER_SEARCHES if draw(st.booleans()) else []),
    ]
    return Flow(draw, draw(st.sampled_from([STAGES, PRISMA_STAGES, SPLIT])), searches)


@given(flow=flows(), kinds=st.sampled_from(["search", "record"]))
@settings(max_examples=80, deadline=None)
def test_whatever_is_decided_every_record_ends_once(flow, kinds):
    boxes = flow.boxes(kinds)
    flow.check(boxes)
    ends = [name for box in boxes if box.role in TERMINAL for name in box.records]
    assert sorted(ends) == sorted(record["record_id"] for record in flow.records)


@given(flow=flows(), data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_record_lost_doubled_or_moved_is_named(flow, data):
    boxes = flow.boxes()
    full = [at for at, box in enumerate(boxes) if box.n]
    at = data.draw(st.sampled_from(full))
    name = data.draw(st.sampled_from(boxes[at].records))
    kind = data.draw(st.sampled_from(["lose", "double", "move"]))
    rest = tuple(other for other in boxes[at].records if other != name)
    mutated = list(boxes)
    mutated[at] = replace(boxes[at], records=(*boxes[at].records, name) if kind == "double" else rest)
    if kind == "move":
        to = data.draw(st.sampled_from([other for other in range(len(boxes)) if other != at]))
        mutated[to] = replace(boxes[to], records=(*boxes[to].records, name))
    with pytest.raises(BuildStop) as stopped:
        flow.check(mutated)
    assert name in " ".join(issue.message for issue in stopped.value.issues)


def test_the_message_names_boxes_and_records():
    records = [{"record_id": f"pubmed:{number}", "search": "pubmed"} for number in range(3)]
    clusters = make_clusters(records, {"pubmed:0": "pubmed:2"}, SEARCHES)
    way = [{"record_id": "pubmed:1", "stage": "title", "decision": "exclude", "reason": "review"}]
    way += [
        {"record_id": "pubmed:2", "stage": stage, "decision": "include", "reason": ""}
        for stage in ("title", "abstract", "fulltext")
    ]
    labels = make_labels({}, STAGES, SEARCHES)
    boxes = make_boxes(records, clusters, [way[0], way[-1]], STAGES, SEARCHES, labels)
    check_flow(boxes, records, clusters, way, STAGES)
    gone = [replace(box, records=()) if box.id == "title.excluded.review" else box for box in boxes]
    with pytest.raises(BuildStop) as stopped:
        check_flow(gone, records, clusters, way, STAGES)
    message = str(stopped.value)
    assert "title.excluded contains 1 record that title.excluded.editorial + title.excluded.review" in message
    assert "the screening trail contains 1 record that title.excluded.review does not: pubmed:1" in message
    gone = [replace(box, records=()) if box.id == "included" else box for box in boxes]
    with pytest.raises(BuildStop, match="1 record identified, but in none of the boxes at the end: pubmed:2"):
        check_flow(gone, records, clusters, way, STAGES)
