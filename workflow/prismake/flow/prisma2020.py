"""The CSV of the R package PRISMA2020 (Haddaway et al, Campbell Syst Rev 2022;18:e1230).

A row names a number of the diagram in `data` and the box that shows it in `box`; `n` is the number, or for databases,
registers and reasons a list `name, number; name, number`. Names that the package does not know are rows of our own,
which it passes over: `<stage>_screened` and `<stage>_excluded` where several stages screen (with reasons),
`other_results`, `other_removed`, what waits in a draft, and what nobody saw before screening stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.results.flow import PRISMA2020
from prismake.flow.boxes import METHODS

NOT_GIVEN = "NA"
# data, node, box, the text in the box, what the description adds. The order and the names are the package's.
PACKAGE_ROWS = (
    (NOT_GIVEN, "node4", "prevstud", "Previous studies", ""),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review", ""),
    ("previous_reports", NOT_GIVEN, "box1", "Reports of studies included in previous version of review", ""),
    (NOT_GIVEN, "node6", "newstud", "Identification of new studies via databases and registers", ""),
    ("database_results", "node7", "box2", "Databases", "Records identified from"),
    ("database_specific_results", NOT_GIVEN, "box2", "Specific Databases", "Records identified from"),
    ("register_results", NOT_GIVEN, "box2", "Registers", "Records identified from"),
    ("register_specific_results", NOT_GIVEN, "box2", "Specific Registers", "Records identified from"),
    (NOT_GIVEN, "node16", "othstud", "Identification of new studies via other methods", ""),
    ("website_results", "node17", "box11", "Websites", "Records identified from"),
    ("organisation_results", NOT_GIVEN, "box11", "Organisations", "Records identified from"),
    ("citations_results", NOT_GIVEN, "box11", "Citation searching", "Records identified from"),
    ("duplicates", "node8", "box3", "Duplicate records", ""),
    ("excluded_automatic", NOT_GIVEN, "box3", "Records marked as ineligible by automation tools", ""),
    ("excluded_other", NOT_GIVEN, "box3", "Records removed for other reasons", ""),
    ("records_screened", "node9", "box4", "Records screened", "databases and registers"),
    ("records_excluded", "node10", "box5", "Records excluded", "databases and registers"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval", "databases and registers"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved", "databases and registers"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval", "other"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved", "other"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility", "databases and registers"),
    ("dbr_excluded", "node14", "box9", "Reports excluded", "databases and registers"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility", "other"),
    ("other_excluded", "node21", "box15", "Reports excluded", "other"),
    ("new_studies", "node15", "box10", "New studies included in review", ""),
    ("new_reports", NOT_GIVEN, "box10", "Reports of new included studies", ""),
    ("total_studies", "node22", "box16", "Total studies included in review", ""),
    ("total_reports", NOT_GIVEN, "box16", "Reports of total included studies", ""),
    (NOT_GIVEN, "node1", "identification", "Identification", ""),
    (NOT_GIVEN, "node2", "screening", "Screening", ""),
    (NOT_GIVEN, "node3", "included", "Included", ""),
)
# The boxes that hold a text alone.
HEADINGS = frozenset(box for data, _, box, *_ in PACKAGE_ROWS if data == NOT_GIVEN)
# Rows that our own stand behind.
_AFTER = {
    "other_results": "citations_results",
    "other_removed": "excluded_other",
    "removed_pending": "excluded_other",
    "records_unseen": "excluded_other",
    "dbr_sought_unseen": "records_excluded",
    "dbr_assessed_unseen": "dbr_notretrieved_reports",
    "other_sought_unseen": "citations_results",
    "other_assessed_unseen": "other_notretrieved_reports",
    "records_pending": "records_excluded",
    "dbr_pending": "dbr_excluded",
    "other_pending": "other_excluded",
    "dbr_notretrieved_pending": "dbr_notretrieved_reports",
    "other_notretrieved_pending": "other_notretrieved_reports",
}
METHOD_ROWS = dict(
    zip(METHODS, ("website_results", "organisation_results", "citations_results", "other_results"), strict=True)
)


def unseen_before(data: str) -> str:
    """The number of records that nobody saw at a stage, by the number of those that entered it."""
    return f"{data.removesuffix('_screened').removesuffix('_reports')}_unseen"


def unknown_names(names: Sequence[str], stages: Sequence[str]) -> list[str]:
    """The names in `data` that neither the package nor we have a number for; `stages` are those that screen."""
    known = {*(data for data, *_ in PACKAGE_ROWS), *_AFTER, *METHOD_ROWS.values()}
    known |= {f"{stage}_{end}" for stage in stages for end in ("screened", "excluded", "pending", "unseen")}
    return [name for name in names if name not in known]


Row = dict[str, str]
Flow = Mapping[str, Any]


def _list_of(boxes: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{' '.join(box['label'].replace(';', ',').split())}, {box['n']}" for box in boxes)


class _Cells:
    """The numbers and lists of a flow by their name in `data`, and the list of records behind each."""

    def __init__(self, flow: Flow) -> None:
        self.boxes: list[Mapping[str, Any]] = flow["boxes"]
        self.numbers: dict[str, str] = {}
        self.urls: dict[str, str] = {}
        self.screened = self.having(role="screened", kind="screening")
        self._add_identified()
        self._add_screened()
        for column, first in (("databases", "dbr"), ("other", "other")):
            self._add_reports(column, first)
        self._add_pending()
        self._add_unseen()
        self._add_included()

    def add(self, data: str, boxes: Sequence[Mapping[str, Any]], text: str | None = None) -> None:
        """Adds the sum of some boxes, or a text in its place."""
        self.numbers[data] = str(sum(box["n"] for box in boxes)) if text is None else text
        if len(boxes) == 1:
            self.urls[data] = boxes[0]["records"]

    def having(self, column: str = "databases", **wanted: str) -> list[Mapping[str, Any]]:
        """The boxes of a column with these values."""
        return [
            box
            for box in self.boxes
            if box.get("column", column) == column and all(box.get(key) == value for key, value in wanted.items())
        ]

    def _add_identified(self) -> None:
        for kind in ("database", "register"):
            boxes = self.having(role="source", kind=kind)
            self.add(f"{kind}_results", boxes)
            self.add(f"{kind}_specific_results", boxes, _list_of(boxes))
        for method, data in METHOD_ROWS.items():
            boxes = self.having("other", role="source", kind=method)
            if boxes or data != "other_results":
                self.add(data, boxes)
        self.add("duplicates", self.having(role="duplicates"))
        self.add("excluded_automatic", self.having(id="removed.automation"))
        self.add("excluded_other", self.having(id="removed.other"))
        duplicates = self.having("other", role="duplicates")
        if any(box["n"] for box in duplicates):
            self.add("other_removed", duplicates)

    def _add_screened(self) -> None:
        self.add("records_screened", self.screened[:1])
        self.add("records_excluded", self.having(role="excluded", kind="screening"))
        for box in self.screened if len(self.screened) > 1 else []:
            left = self.having(role="excluded", stage=box["stage"])
            self.add(f"{box['stage']}_screened", [box])
            self.add(f"{box['stage']}_excluded", left, _reasons(self.boxes, left) or None)

    def _add_reports(self, column: str, first: str) -> None:
        retrieval, assessment = (
            self.having(column, role="screened", kind=kind)[:1] for kind in ("retrieval", "assessment")
        )
        self.add(f"{first}_sought_reports", retrieval or assessment)
        self.add(f"{first}_notretrieved_reports", self.having(column, role="excluded", kind="retrieval"))
        self.add(f"{first}_assessed", assessment)
        left = self.having(column, role="excluded", kind="assessment")
        self.add(f"{first}_excluded", left, _reasons(self.boxes, left) or None)

    def _add_pending(self) -> None:
        for column, first in (("databases", "dbr"), ("other", "other")):
            for kind, data in (("retrieval", f"{first}_notretrieved_pending"), ("assessment", f"{first}_pending")):
                if boxes := self.having(column, role="pending", kind=kind):
                    self.add(data, boxes)
        if boxes := self.having(role="pending", kind="removal"):
            self.add("removed_pending", boxes)
        for box in self.having(role="pending", kind="screening"):
            self.add(f"{box['stage']}_pending" if len(self.screened) > 1 else "records_pending", [box])

    def _add_unseen(self) -> None:
        for column, first in (("databases", "dbr"), ("other", "other")):
            sought, assessed = f"{first}_sought_reports", f"{first}_assessed"
            # Without a stage of retrieval what is assessed was sought.
            retrieval = self.having(column, role="screened", kind="retrieval")
            for kind, data in (("retrieval", sought), ("assessment", assessed if retrieval else sought)):
                if boxes := self.having(column, role="unseen", kind=kind):
                    self.add(unseen_before(data), boxes)
        for box in self.having(role="unseen", kind="screening"):
            self.add(f"{box['stage']}_unseen" if len(self.screened) > 1 else "records_unseen", [box])

    def _add_included(self) -> None:
        for box in self.boxes:
            if box["role"] == "included":
                self.add("new_studies", [box], str(box.get("studies", box["n"])))
                self.add("new_reports", [box])
            elif box["role"] in ("previous", "total"):
                self.add(f"{box['role']}_studies", [box])
                self.add(f"{box['role']}_reports", [box], str(box["reports"]))


def _reasons(boxes: Sequence[Mapping[str, Any]], left: Sequence[Mapping[str, Any]]) -> str:
    parents = [box["id"] for box in left]
    return _list_of([box for box in boxes if box["role"] == "reason" and box["parent"] in parents and box["n"]])


def rows_of(flow: Flow) -> list[Row]:
    """The rows of the CSV for a flow, as in flow.json. `url` is the list of the box's records."""
    cells = _Cells(flow)
    numbers, urls = cells.numbers, cells.urls
    texts = {box: text for _, _, box, text, _ in PACKAGE_ROWS}
    texts |= {"newstud": flow["heading"], **flow["phases"]}
    texts |= {{"other": "othstud", "previous": "prevstud"}[key]: text for key, text in flow["headings"].items()}
    rows = []
    known = {data for data, *_ in PACKAGE_ROWS}
    behind = {data: place for data, place in _AFTER.items() if data in numbers}
    behind |= dict.fromkeys([data for data in numbers if data not in known and data not in behind], "records_excluded")

    def add(data: str, node: str, box: str, text: str, more: str) -> None:
        words = f"{more}: {text}" if more.startswith("Records") else f"{text} ({more})" if more else text
        cells = (data, node, box, words, text, words if node != NOT_GIVEN else NOT_GIVEN)
        rows.append(dict(zip(PRISMA2020.columns, (*cells, urls.get(data, ""), numbers.get(data, "0")), strict=True)))

    for data, node, box, text, more in PACKAGE_ROWS:
        add(data, node, box, texts[box] if data == NOT_GIVEN else text, more)
        for own, place in behind.items():
            if place == data:
                add(own, NOT_GIVEN, own, own.replace("_", " ").capitalize(), "")
    return rows
