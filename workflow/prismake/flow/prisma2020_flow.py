"""The flow of a CSV of the R package PRISMA2020, in the form of flow.json, so that Prismake can draw it."""

from __future__ import annotations

from typing import Any

from prismake.flow.boxes import LABELS, OTHER_LABELS, ROLE_LABELS, UPDATED_LABELS
from prismake.flow.prisma2020 import METHOD_ROWS, unseen_before
from prismake.flow.prisma2020_table import Numbers, Table


class _Flow:
    """The boxes of a table, added one after the other."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.updated = numbers.any("previous_studies", "previous_reports")
        self.other = numbers.any(*METHOD_ROWS.values())
        self.words = LABELS | (UPDATED_LABELS if self.updated else {})
        self.boxes: list[dict[str, Any]] = []

    def add(self, name: str, data: str, label: str, role: str, **more: Any) -> bool:
        """Adds a box where its number is given; whether it is."""
        n = self.numbers.number(data)
        if n is not None:
            self.boxes.append({"id": name, "label": label, "n": n, "role": role, **more})
        return n is not None

    def add_studies(self, name: str) -> None:
        """Adds the box of previous or of total studies, with their reports."""
        text, label = self.numbers.text, UPDATED_LABELS[f"{name}.reports"]
        more = {"reports": self.numbers.number(f"{name}_reports"), "reports_label": text(f"{name}_reports", label)}
        self.add(name, f"{name}_studies", text(f"{name}_studies", UPDATED_LABELS[name]), name, **more)

    def add_databases(self) -> None:
        """Adds what databases and registers gave, and what was removed before screening."""
        total = sum(self.numbers.number(f"{kind}_results") or 0 for kind in ("database", "register"))
        head = {"id": "identified", "label": LABELS["identified"], "n": total, "role": "identified"}
        self.boxes.append({**head, "column": "databases"})
        for kind in ("database", "register"):
            if self.numbers.any(f"{kind}_results"):
                self._add_sources(kind)
        for data, name, role in (
            ("duplicates", "duplicates", "duplicates"),
            ("excluded_automatic", "removed.automation", "removed"),
            ("excluded_other", "removed.other", "removed"),
        ):
            self.add(name, data, self.numbers.text(data, LABELS[name]), role, column="databases", parent="removed")

    def _add_sources(self, kind: str) -> None:
        parent = {"parent": "identified", "column": "databases", "kind": kind}
        items = self.numbers.items(f"{kind}_specific_results")
        for position, item in enumerate(items, start=1):
            name = f"identified.{kind}-{position}"
            self.boxes.append({"id": name, "label": item.name, "n": item.n, "role": "source", **parent})
        if not items:
            self.add(f"identified.{kind}", f"{kind}_results", "", "source", **parent)

    def add_methods(self) -> None:
        """Adds what other methods gave."""
        total = sum(self.numbers.number(data) or 0 for data in METHOD_ROWS.values())
        head = {"id": "other.identified", "label": OTHER_LABELS["other.identified"], "n": total, "role": "identified"}
        self.boxes.append({**head, "column": "other"})
        for method, data in METHOD_ROWS.items():
            label = self.numbers.text(data, OTHER_LABELS[f"other.identified.{method}"])
            more = {"column": "other", "parent": "other.identified", "kind": method}
            self.add(f"identified.{method}", data, label, "source", **more)
        if self.numbers.any("other_removed"):
            label = OTHER_LABELS["other.duplicates"]
            self.add("other.duplicates", "other_removed", label, "duplicates", column="other")

    def add_stage(self, own: str, entry: str, left: str, waiting: str, kind: str, column: str) -> None:
        """Adds what nobody saw, what enters, leaves (and why) and waits at a stage; nothing where no record enters."""
        words = ROLE_LABELS[kind]
        more = {"stage": own.rpartition(".")[2], "kind": kind, "column": column}
        if entry not in self.numbers:
            return
        self.add(f"{own}.unseen", unseen_before(entry), words[3], "unseen", **more)
        self.add(f"{own}.screened", entry, self.numbers.text(entry, words[0]), "screened", **more)
        self.add(f"{own}.excluded", left, self.numbers.text(left, words[1]), "excluded", **more)
        for position, item in enumerate(self.numbers.items(left), start=1):
            reason = {"id": f"{own}.excluded.{position}", "label": item.name, "n": item.n, "role": "reason"}
            self.boxes.append({**reason, **more, "parent": f"{own}.excluded"})
        self.add(f"{own}.pending", waiting, words[2], "pending", **more)

    def add_stages(self) -> None:
        """Adds the stages that screen, then retrieval and assessment of each column."""
        for name in self.numbers.stages():
            self.add_stage(name, f"{name}_screened", f"{name}_excluded", f"{name}_pending", "screening", "databases")
        for column, first, own in (("databases", "dbr", ""), ("other", "other", "other.")):
            if column == "databases" or self.other:
                retrieval = (
                    f"{first}_sought_reports",
                    f"{first}_notretrieved_reports",
                    f"{first}_notretrieved_pending",
                )
                self.add_stage(f"{own}retrieval", *retrieval, "retrieval", column)
                assessment = (f"{first}_assessed", f"{first}_excluded", f"{first}_pending")
                self.add_stage(f"{own}assessment", *assessment, "assessment", column)

    def add_included(self) -> None:
        """Adds the reports of included studies with their studies, or the studies alone."""
        numbers, words = self.numbers, self.words
        shared: dict[str, Any] = {"column": ""}

        def label(data: str, name: str) -> str:
            return numbers.text(data, words[name]) if self.updated else words[name]

        if "new_studies" in numbers:
            shared["studies"] = numbers.number("new_studies")
            shared["studies_label"] = label("new_studies", "included.studies")
        if not self.add("included", "new_reports", label("new_reports", "included"), "included", **shared):
            self.add("included", "new_studies", words["included.studies"], "included", column="")

    def headings(self) -> dict[str, str]:
        """The headings of the other columns."""
        headings = {}
        if self.other:
            headings["other"] = self.numbers.heading("othstud", self.words["heading.other"])
        if self.updated:
            headings["previous"] = self.numbers.heading("prevstud", UPDATED_LABELS["heading.previous"])
        return headings


def flow_of(table: Table) -> dict[str, Any]:
    """The flow of a table in the form of flow.json, to be drawn; a box whose number is not given is left out."""
    numbers = Numbers(table)
    flow = _Flow(numbers)
    if flow.updated:
        flow.add_studies("previous")
    flow.add_databases()
    if flow.other:
        flow.add_methods()
    flow.add_stages()
    flow.add_included()
    if flow.updated:
        flow.add_studies("total")
    return {
        "heading": numbers.heading("newstud", flow.words["heading"].format(sources="databases and registers")),
        "headings": flow.headings(),
        "phases": {
            name: numbers.heading(name, name.capitalize()) for name in ("identification", "screening", "included")
        },
        "kinds": {
            "database": numbers.text("database_results", LABELS["identified.databases"]),
            "register": numbers.text("register_results", LABELS["identified.registers"]),
        },
        "methods": {
            name: numbers.text(data, OTHER_LABELS[f"other.identified.{name}"]) for name, data in METHOD_ROWS.items()
        },
        "removed": LABELS["removed"],
        "boxes": flow.boxes,
    }
