"""The CSV of the R package PRISMA2020 (Haddaway et al, Campbell Syst Rev 2022;18:e1230): written, read, checked.

A row names a number of the diagram in `data` and the box that shows it in `box`; `n` is the number, or for databases,
registers and reasons a list `name, number; name, number`. Names that the package does not know are rows of our own,
which it passes over: `<stage>_screened` and `<stage>_excluded` where several stages screen (with reasons),
`other_results`, `other_removed`, and what waits in a draft.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, stop
from prismake.common.reading import read_text
from prismake.common.results.flow import PRISMA2020
from prismake.common.writing import guard_cell, unguard_cell, write_text
from prismake.flow.boxes import LABELS, METHODS, OTHER_LABELS, ROLE_LABELS, UPDATED_LABELS

NOT_GIVEN = "NA"
# data, node, box, the text in the box, what the description adds. The order and the names are the package's.
_ROWS = (
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
# Rows that our own stand behind.
_AFTER = {
    "other_results": "citations_results",
    "other_removed": "excluded_other",
    "removed_pending": "excluded_other",
    "records_pending": "records_excluded",
    "dbr_pending": "dbr_excluded",
    "other_pending": "other_excluded",
    "dbr_notretrieved_pending": "dbr_notretrieved_reports",
    "other_notretrieved_pending": "other_notretrieved_reports",
}
_METHOD_ROWS = dict(
    zip(METHODS, ("website_results", "organisation_results", "citations_results", "other_results"), strict=True)
)
_ITEM = re.compile(r"(?P<name>.*?)(?P<mark>\s*,\s*|[.:]?\s+|\s*[.:]\s*)(?P<n>\d{1,3}(?:,\d{3})+|\d+)", re.DOTALL)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")

Row = dict[str, str]
Flow = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A CSV as it stands: its rows as text in their order, with all columns, and how its lines end."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    newline: str = "\n"
    ends: bool = True


def read(path: Path) -> Table:
    """Reads such a CSV. Raises BuildStop where it is no CSV or lacks the columns `data` and `n`."""
    with path.open("rb") if path.is_file() else io.BytesIO() as file:
        raw = file.read()
    text = read_text(path, fix="save the table as 'CSV UTF-8'")
    newline = "\r\n" if b"\r\n" in raw else "\n"
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as fault:
        raise stop("csv", f"not a well-formed CSV: {fault}", where=str(path), fix="check its quotes") from None
    lines = [line for line in lines if line]
    columns = tuple(lines[0]) if lines else ()
    if missing := [name for name in ("data", "n") if name not in columns]:
        message = f"column '{missing[0]}' is missing"
        fix = "use a CSV of the R package PRISMA2020: " + ", ".join(PRISMA2020.columns)
        raise stop("prisma2020-columns", message, where=str(path), fix=fix)
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            message = f"{len(line)} cells where the header has {len(columns)}"
            raise stop("cells", message, where=f"{path}, row {number}", fix="put cells that contain a comma in quotes")
    rows = tuple(dict(zip(columns, map(unguard_cell, line), strict=True)) for line in lines[1:])
    return Table(columns, rows, newline, raw.endswith(b"\n"))


def write(path: Path, table: Table) -> None:
    """Writes the table again: texts, order and columns as they were read, cells that a formula could be guarded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([[guard_cell(row[column]) for column in table.columns] for row in table.rows])
    content = text.getvalue() if table.ends else text.getvalue().removesuffix("\n")
    write_text(path, content.replace("\n", table.newline) if table.newline != "\n" else content)


def _list_of(boxes: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{' '.join(box['label'].replace(';', ',').split())}, {box['n']}" for box in boxes)


def _numbers(flow: Flow) -> tuple[dict[str, str], dict[str, str]]:
    """(number or list by `data`, list of records by `data`) of a flow, as in flow.json."""
    boxes: list[Mapping[str, Any]] = flow["boxes"]
    numbers: dict[str, str] = {}
    urls: dict[str, str] = {}

    def add(data: str, found: Sequence[Mapping[str, Any]], text: str | None = None) -> None:
        numbers[data] = str(sum(box["n"] for box in found)) if text is None else text
        if len(found) == 1:
            urls[data] = found[0].get("records", "")

    def having(column: str = "databases", **wanted: str) -> list[Mapping[str, Any]]:
        return [
            box
            for box in boxes
            if box.get("column", column) == column and all(box.get(key) == value for key, value in wanted.items())
        ]

    for kind in ("database", "register"):
        found = having(role="source", kind=kind)
        add(f"{kind}_results", found)
        add(f"{kind}_specific_results", found, _list_of(found))
    for method, data in _METHOD_ROWS.items():
        found = having("other", role="source", kind=method)
        if found or data != "other_results":
            add(data, found)
    add("duplicates", having(role="duplicates"))
    add("excluded_automatic", having(id="removed.automation"))
    add("excluded_other", having(id="removed.other"))
    if any(box["n"] for box in having("other", role="duplicates")):
        add("other_removed", having("other", role="duplicates"))
    screened = having(role="screened", kind="screening")
    add("records_screened", screened[:1])
    add("records_excluded", having(role="excluded", kind="screening"))
    if len(screened) > 1:
        for box in screened:
            left = having(role="excluded", stage=box["stage"])
            add(f"{box['stage']}_screened", [box])
            add(f"{box['stage']}_excluded", left, _reasons(boxes, left) or None)
    for column, first in (("databases", "dbr"), ("other", "other")):
        retrieval, assessment = (having(column, role="screened", kind=kind)[:1] for kind in ("retrieval", "assessment"))
        add(f"{first}_sought_reports", retrieval or assessment)
        add(f"{first}_notretrieved_reports", having(column, role="excluded", kind="retrieval"))
        add(f"{first}_assessed", assessment)
        left = having(column, role="excluded", kind="assessment")
        add(f"{first}_excluded", left, _reasons(boxes, left) or None)
    for column, first in (("databases", "dbr"), ("other", "other")):
        for kind, data in (("retrieval", f"{first}_notretrieved_pending"), ("assessment", f"{first}_pending")):
            if found := having(column, role="pending", kind=kind):
                add(data, found)
    if found := having(role="pending", kind="removal"):
        add("removed_pending", found)
    for box in having(role="pending", kind="screening"):
        add(f"{box['stage']}_pending" if len(screened) > 1 else "records_pending", [box])
    for box in boxes:
        if box["role"] == "included":
            add("new_studies", [box], str(box.get("studies", box["n"])))
            add("new_reports", [box])
        elif box["role"] in ("previous", "total"):
            add(f"{box['role']}_studies", [box])
            add(f"{box['role']}_reports", [box], str(box["reports"]))
    return numbers, urls


def _reasons(boxes: Sequence[Mapping[str, Any]], left: Sequence[Mapping[str, Any]]) -> str:
    parents = [box["id"] for box in left]
    return _list_of([box for box in boxes if box["role"] == "reason" and box["parent"] in parents and box["n"]])


def rows_of(flow: Flow) -> list[Row]:
    """The rows of the CSV for a flow, as in flow.json. `url` is the list of the box's records."""
    numbers, urls = _numbers(flow)
    texts = {box: text for _, _, box, text, _ in _ROWS}
    texts |= {"newstud": flow["heading"], **flow["phases"]}
    texts |= {{"other": "othstud", "previous": "prevstud"}[key]: text for key, text in flow["headings"].items()}
    rows = []
    known = {data for data, *_ in _ROWS}
    behind = {data: place for data, place in _AFTER.items() if data in numbers}
    behind |= dict.fromkeys([data for data in numbers if data not in known and data not in behind], "records_excluded")

    def add(data: str, node: str, box: str, text: str, more: str) -> None:
        words = f"{more}: {text}" if more.startswith("Records") else f"{text} ({more})" if more else text
        cells = (data, node, box, words, text, words if node != NOT_GIVEN else NOT_GIVEN)
        rows.append(dict(zip(PRISMA2020.columns, (*cells, urls.get(data, ""), numbers.get(data, "0")), strict=True)))

    for data, node, box, text, more in _ROWS:
        add(data, node, box, texts[box] if data == NOT_GIVEN else text, more)
        for own, place in behind.items():
            if place == data:
                add(own, NOT_GIVEN, own, own.replace("_", " ").capitalize(), "")
    return rows


@dataclass(frozen=True)
class Item:
    """One number of a list: its name, its value, and whether only a full stop or a blank parts them."""

    name: str
    n: int
    odd: bool = False


def items_of(cell: str) -> list[Item] | None:
    """The items of a list `name, number; name, number`; None where a part has no number."""
    items = []
    for part in (part.strip() for part in cell.split(";")):
        if not part:
            continue
        found = _ITEM.fullmatch(part)
        if not found or not found["name"]:
            return None
        items.append(Item(found["name"].strip(), int(found["n"].replace(",", "")), "," not in found["mark"]))
    return items


class _Numbers:
    """The cells of a table by the name in `data`."""

    def __init__(self, table: Table) -> None:
        self.rows = {row["data"]: row for row in table.rows if row["data"] not in ("", NOT_GIVEN)}
        self.boxes = {row.get("box", ""): row for row in table.rows if row["data"] in ("", NOT_GIVEN)}

    def __contains__(self, data: str) -> bool:
        return self.number(data) is not None

    def cell(self, data: str) -> str:
        cell = self.rows.get(data, {}).get("n", "").strip()
        return "" if cell == NOT_GIVEN else cell

    def items(self, data: str) -> list[Item]:
        return [] if _NUMBER.fullmatch(self.cell(data)) else items_of(self.cell(data)) or []

    def number(self, data: str) -> int | None:
        cell = self.cell(data)
        if _NUMBER.fullmatch(cell):
            return int(cell.replace(",", ""))
        items = items_of(cell)
        return sum(item.n for item in items) if items else None

    def text(self, data: str, otherwise: str) -> str:
        text = self.rows.get(data, {}).get("boxtext", "").strip()
        return otherwise if text in ("", NOT_GIVEN) else text

    def heading(self, box: str, otherwise: str) -> str:
        text = self.boxes.get(box, {}).get("boxtext", "").strip()
        # The package's own words are those of an updated review, also where there is no previous version.
        given = {words for _, _, name, words, _ in _ROWS if name == box}
        return otherwise if text in ("", NOT_GIVEN, *given) else text

    def stages(self) -> list[str]:
        """The stages that screen, as rows of our own tell them; the package's single one where there are none."""
        entered = [name.removesuffix("_screened") for name in self.rows if name.endswith("_screened")]
        own = [name for name in entered if name != "records" and f"{name}_excluded" in self.rows]
        return own or ["records"]

    def any(self, *names: str) -> bool:
        return any(self.number(name) for name in names)


def check(table: Table, path: Path) -> list[Issue]:
    """Where the numbers of a table do not add up; what a table leaves out is not asked for."""
    numbers = _Numbers(table)
    issues: list[Issue] = []
    for data, row in numbers.rows.items():
        cell = numbers.cell(data)
        listed = items_of(cell) if cell and not _NUMBER.fullmatch(cell) else []
        if listed is None and "xxx" not in cell:
            message = f"'{data}' is neither a number nor a list 'name, number; name, number': {row['n'][:80]!r}"
            issues.append(Issue("prisma2020-number", message, str(path), "correct its cell in column n"))
        for item in listed or []:
            if item.odd:
                message = (
                    f"in '{data}', there is no comma between '{item.name}' and {item.n}; read as if there were one"
                )
                issues.append(Issue("prisma2020-comma", message, str(path), severity="warning"))

    def must_be(total: str, *terms: tuple[int, str]) -> None:
        named = [(sign, name, numbers.number(name)) for sign, name in terms]
        known = [(sign, name, n) for sign, name, n in named if n is not None]
        if total not in numbers or not known or known[0][0] < 0:
            return
        result = sum(sign * n for sign, _, n in known)
        if result != numbers.number(total):
            sum_text = " ".join(f"{'-' if sign < 0 else '+'} {name} ({n:,})" for sign, name, n in known)
            message = f"{total} is {numbers.number(total):,}, but {sum_text.removeprefix('+ ')} = {result:,}"
            issues.append(Issue("prisma2020-sum", message, str(path), "correct the box that is wrong"))

    for kind in ("database", "register"):
        if numbers.items(f"{kind}_specific_results"):
            must_be(f"{kind}_results", (1, f"{kind}_specific_results"))
    stages = numbers.stages()
    removed = ((-1, "duplicates"), (-1, "excluded_automatic"), (-1, "excluded_other"), (-1, "removed_pending"))
    found = [(1, f"{kind}_results") for kind in ("database", "register") if f"{kind}_results" in numbers]
    must_be(f"{stages[0]}_screened", *found, *removed)
    methods = [data for data in _METHOD_ROWS.values() if numbers.number(data)]
    ends: list[tuple[int, str]] = []
    for column in ("dbr", "other") if methods else ("dbr",):
        steps = [(f"{stage}_screened", f"{stage}_excluded") for stage in stages] if column == "dbr" else []
        steps.append((f"{column}_sought_reports", f"{column}_notretrieved_reports"))
        steps.append((f"{column}_assessed", f"{column}_excluded"))
        # A box that the table leaves out is stepped over.
        steps = [step for step in steps if step[0] in numbers]
        left = [
            [(1, entry), (-1, out), (-1, f"{out.removesuffix('_reports').removesuffix('_excluded')}_pending")]
            for entry, out in steps
        ]
        for terms, (following, _) in zip(left, steps[1:], strict=False):
            must_be(following, *terms)
        if column == "other" and steps:
            must_be(steps[0][0], *((1, data) for data in methods), (-1, "other_removed"))
        ends += left[-1] if left else []
    if ends:
        must_be("new_reports", *ends)
    if numbers.any("previous_studies", "previous_reports"):
        must_be("total_studies", (1, "previous_studies"), (1, "new_studies"))
        must_be("total_reports", (1, "previous_reports"), (1, "new_reports"))
    return issues


def flow_of(table: Table) -> dict[str, Any]:
    """The flow of a table in the form of flow.json, to be drawn; a box whose number is not given is left out."""
    numbers = _Numbers(table)
    boxes: list[dict[str, Any]] = []

    def add(name: str, data: str, label: str, role: str, **more: Any) -> bool:
        n = numbers.number(data)
        if n is not None:
            boxes.append({"id": name, "label": label, "n": n, "role": role, **more})
        return n is not None

    def studies(role: str, what: str, label: str, reports: str) -> None:
        more = {"reports": numbers.number(f"{what}_reports"), "reports_label": numbers.text(f"{what}_reports", reports)}
        add(role, f"{what}_studies", numbers.text(f"{what}_studies", label), role, **more)

    def sources(kind: str) -> None:
        parent = {"parent": "identified", "column": "databases", "kind": kind}
        if items := numbers.items(f"{kind}_specific_results"):
            for position, item in enumerate(items, start=1):
                name = f"identified.{kind}-{position}"
                boxes.append({"id": name, "label": item.name, "n": item.n, "role": "source", **parent})
        else:
            add(f"identified.{kind}", f"{kind}_results", "", "source", **parent)

    updated = numbers.any("previous_studies", "previous_reports")
    other = numbers.any(*_METHOD_ROWS.values())
    if updated:
        studies("previous", "previous", UPDATED_LABELS["previous"], UPDATED_LABELS["previous.reports"])
    total = sum(numbers.number(f"{kind}_results") or 0 for kind in ("database", "register"))
    boxes.append(
        {"id": "identified", "label": LABELS["identified"], "n": total, "role": "identified", "column": "databases"}
    )
    for kind in ("database", "register"):
        if numbers.any(f"{kind}_results"):
            sources(kind)
    for data, name, role in (
        ("duplicates", "duplicates", "duplicates"),
        ("excluded_automatic", "removed.automation", "removed"),
        ("excluded_other", "removed.other", "removed"),
    ):
        add(name, data, numbers.text(data, LABELS[name]), role, column="databases", parent="removed")
    if other:
        found = sum(numbers.number(data) or 0 for data in _METHOD_ROWS.values())
        label = OTHER_LABELS["other.identified"]
        boxes.append({"id": "other.identified", "label": label, "n": found, "role": "identified", "column": "other"})
        for method, data in _METHOD_ROWS.items():
            more = {"column": "other", "parent": "other.identified", "kind": method}
            add(
                f"identified.{method}",
                data,
                numbers.text(data, OTHER_LABELS[f"other.identified.{method}"]),
                "source",
                **more,
            )
        if numbers.any("other_removed"):
            add("other.duplicates", "other_removed", OTHER_LABELS["other.duplicates"], "duplicates", column="other")

    def stage(own: str, entry: str, left: str, waiting: str, kind: str, column: str) -> None:
        words = ROLE_LABELS[kind]
        more = {"stage": own.rpartition(".")[2], "kind": kind, "column": column}
        if not add(f"{own}.screened", entry, numbers.text(entry, words[0]), "screened", **more):
            return
        add(f"{own}.excluded", left, numbers.text(left, words[1]), "excluded", **more)
        for position, item in enumerate(numbers.items(left), start=1):
            reason = {"id": f"{own}.excluded.{position}", "label": item.name, "n": item.n, "role": "reason"}
            boxes.append({**reason, **more, "parent": f"{own}.excluded"})
        add(f"{own}.pending", waiting, words[2], "pending", **more)

    for name in numbers.stages():
        stage(name, f"{name}_screened", f"{name}_excluded", f"{name}_pending", "screening", "databases")
    for column, first, own in (("databases", "dbr", ""), ("other", "other", "other.")):
        if column == "databases" or other:
            stage(
                f"{own}retrieval",
                f"{first}_sought_reports",
                f"{first}_notretrieved_reports",
                f"{first}_notretrieved_pending",
                "retrieval",
                column,
            )
            stage(
                f"{own}assessment", f"{first}_assessed", f"{first}_excluded", f"{first}_pending", "assessment", column
            )
    words = LABELS | (UPDATED_LABELS if updated else {})
    shared: dict[str, Any] = {"column": ""}
    if "new_studies" in numbers:
        label = numbers.text("new_studies", words["included.studies"]) if updated else words["included.studies"]
        shared |= {"studies": numbers.number("new_studies"), "studies_label": label}
    label = numbers.text("new_reports", words["included"]) if updated else words["included"]
    if not add("included", "new_reports", label, "included", **shared):
        add("included", "new_studies", words["included.studies"], "included", column="")
    if updated:
        studies("total", "total", UPDATED_LABELS["total"], UPDATED_LABELS["total.reports"])
    headings = {"other": numbers.heading("othstud", words["heading.other"])} if other else {}
    headings |= {"previous": numbers.heading("prevstud", UPDATED_LABELS["heading.previous"])} if updated else {}
    return {
        "heading": numbers.heading("newstud", words["heading"].format(sources="databases and registers")),
        "headings": headings,
        "phases": {
            name: numbers.heading(name, name.capitalize()) for name in ("identification", "screening", "included")
        },
        "kinds": {
            "database": numbers.text("database_results", LABELS["identified.databases"]),
            "register": numbers.text("register_results", LABELS["identified.registers"]),
        },
        "methods": {
            name: numbers.text(data, OTHER_LABELS[f"other.identified.{name}"]) for name, data in _METHOD_ROWS.items()
        },
        "removed": LABELS["removed"],
        "boxes": boxes,
    }
