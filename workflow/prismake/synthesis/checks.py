"""Checks of the extraction tables beyond their schemas: codes, sums, counts, and patients counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from prismake.common.errors import SHOWN, Issue, nearest, some_of
from prismake.common.records import split_list
from prismake.common.tables import Row, place_of

Settings = dict[str, Any]


# What a schema may say of a column's numbers beside how they are read: docs/synthesis.md lists it.
MEANING = ("statistic", "of", "n", "whole", "bounds", "unit", "counts", "reference")


def columns_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Column -> {number, decimal, coded, list}: how a column is read and printed, from the schema.

    What the schema says of the meaning of its numbers (`MEANING`) stands beside that.
    """
    columns: dict[str, dict[str, Any]] = {}
    for name, rule in schema["properties"].items():
        kinds = rule.get("type", "string")
        numeric = bool({"integer", "number"} & set([kinds] if isinstance(kinds, str) else kinds))
        decimal = bool(rule.get("decimal"))
        columns[name] = {
            "number": numeric or decimal,
            "decimal": decimal,
            "coded": bool(rule.get("coded")),
            "list": bool(rule.get("list")),
            **{mark: rule[mark] for mark in MEANING if mark in rule},
        }
    return columns


def setting_issues(settings: Settings, columns: dict[str, dict[str, Any]], studies: str) -> Iterator[Issue]:
    """An issue for each column that the settings name and the table of `studies` lacks, or that is not numeric."""
    for name, (key, is_counted) in _columns_named(settings).items():
        where = f"config.yaml: synthesis.{key}"
        if name not in columns:
            message = f"there is no column '{name}', which {where} names"
            fix = f"{nearest(name, list(columns))} Rename the column there, or name it in the settings"
            yield Issue("unknown-column", message, studies, fix)
        elif is_counted and not columns[name]["number"]:
            fix = "give it `decimal: true` or a numeric type in the table's schema"
            yield Issue("no-number", f"column '{name}' is not numeric", where, fix)


def _columns_named(settings: Settings) -> dict[str, tuple[str, bool]]:
    """Column -> (the first setting that names it, whether it must be numeric)."""
    checks = settings["checks"]
    sums = [name for rule in checks.get("sums", []) for name in (*rule["parts"], rule["total"])]
    ascending = [name for names in checks.get("ascending", []) for name in names]
    numbers = {"patients": [settings["patients"]], "year": [settings["year"]]}
    numbers |= {"checks.sums": sums, "checks.ascending": ascending}
    texts = {"label": [settings["label"]]} | {key: settings[key] for key in ("order", "same_patients")}
    named: dict[str, tuple[str, bool]] = {}
    for is_counted, keys in ((True, numbers), (False, texts)):
        for key, names in keys.items():
            for name in names:
                named.setdefault(name, (key, is_counted))
    return named


def code_book(rows: list[Row]) -> dict[str, dict[str, dict[str, str]]]:
    """Column -> code -> {cell, label}, in the order of the code book."""
    book: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows:
        book[row["column"]][row["code"]] = {"cell": row["cell"], "label": row["label"]}
    return dict(book)


def code_issues(
    rows: list[Row], columns: dict[str, dict[str, Any]], book: dict[str, Any], path: Path
) -> Iterator[Issue]:
    """An issue for each code that is not in the code book, and for each code that is repeated in a cell."""
    for row in rows:
        for name in (name for name, marks in columns.items() if marks["coded"] and row[name] is not None):
            codes = split_list(row[name]) if columns[name]["list"] else [row[name]]
            known = list(book.get(name, {}))
            where = f"{place_of(row, path)}, column '{name}'"
            for code in codes:
                if code not in known:
                    yield Issue("unknown-code", f"'{code}' is not in the code book", where, nearest(code, known))
            if len(set(codes)) < len(codes):
                yield Issue("code-twice", f"a code is repeated in '{row[name]}'", where, "keep one")


def patients_issues(rows: Iterable[Row], patients: str, path: Path) -> Iterator[Issue]:
    """An issue that names the studies without a number of patients: they could neither be counted nor weighted."""
    if without := [row for row in rows if row[patients] is None]:
        first, *others = without
        where = f"{place_of(first, path)}, column '{patients}'"
        more = ", also of " + some_of((row["study_id"] for row in others), SHOWN) if others else ""
        message = f"the number of patients is missing{more}"
        yield Issue("no-patients", message, where, "add the number of patients that the study reports")


def arithmetic_issues(rows: list[Row], checks: Settings, path: Path) -> Iterator[Issue]:
    """An issue for each row whose parts do not add up to their total, or whose numbers do not ascend as declared.

    A check applies to rows that have all the cells it names; parts that exceed their total are a fault even where
    some are missing.
    """
    for row in rows:
        where = f"{place_of(row, path)}, study '{row['study_id']}'"
        for rule in checks.get("sums", []):
            addends = [row[name] for name in rule["parts"] if row[name] is not None]
            total, named = row[rule["total"]], " + ".join(rule["parts"])
            if total is None or not addends:
                continue
            added = sum(Decimal(str(value)) for value in addends)
            whole = len(addends) == len(rule["parts"])
            if added > Decimal(str(total)) or (whole and added != Decimal(str(total))):
                yield Issue(
                    "sum",
                    f"{named} is {added}, {rule['total']} is {total}",
                    where,
                    "check the report and correct one of them",
                )
        for names in checks.get("ascending", []):
            numbers = [(name, Decimal(str(row[name]))) for name in names if row[name] is not None]
            for (low, below), (high, above) in pairwise(numbers):
                if below > above:
                    yield Issue(
                        "order",
                        f"{low} {below} is above {high} {above}",
                        where,
                        "check the report and correct one of them",
                    )


def part_issues(rows: list[Row], part: Settings, studies: dict[str, Row], patients: str, path: Path) -> Iterator[Issue]:
    """An issue for each study whose counts are incomplete or miss its patients."""
    by_study: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_study[row["study_id"]].append(row)
    for study_id, study_rows in by_study.items():
        where = f"{place_of(study_rows[0], path)}, study '{study_id}'"
        if study_id not in studies:
            continue
        counts = [row[part["n"]] for row in study_rows if row[part["n"]] is not None] if "n" in part else []
        total = studies[study_id][patients]
        if counts and len(counts) < len(study_rows):
            yield Issue("counts", "some rows have a count and others do not", where, "give all counts, or none")
        elif counts and total is not None and sum(counts) != total:
            yield Issue(
                "counts",
                f"the counts add up to {sum(counts)}, {patients} is {total}",
                where,
                "check the report and correct one of them",
            )


def _judged_pairs(judged: list[Row], path: Path | None) -> tuple[dict[frozenset[str], dict[str, Any]], list[Issue]]:
    """(pair of studies -> its judgement, faults of the rows)."""
    issues: list[Issue] = []
    pairs: dict[frozenset[str], dict[str, Any]] = {}
    for row in judged:
        where, pair = place_of(row, path), (row["study_a"], row["study_b"])
        if len(set(pair)) < 2 or frozenset(pair) in pairs:
            issues.append(
                Issue(
                    "pair",
                    f"{' and '.join(pair)} are not two studies, or are judged twice",
                    where,
                    "keep one row per pair",
                )
            )
        if (row["decision"] == "same") != (row["counted"] is not None) or row["counted"] not in (None, *pair):
            issues.append(
                Issue(
                    "counted",
                    "'counted' must name one of the two studies where the decision is 'same', and be empty elsewhere",
                    where,
                    "name the study whose patients count",
                )
            )
        pairs[frozenset(pair)] = {key: row[key] for key in ("study_a", "study_b", "decision", "counted", "note")}
    return pairs, issues


def overlaps(
    included: list[Row], judged: list[Row], columns: list[str], path: Path | None
) -> tuple[list[dict[str, Any]], list[Issue]]:
    """(judged pairs of included studies that may share patients, issues); `path` is the table of the judged pairs.

    A pair that agrees in all `columns` (all of them given) and that nobody has judged is an issue, as is the
    judgement `same` that does not name the study that counts.
    """
    pairs, issues = _judged_pairs(judged, path)
    for study, other in combinations(included, 2):
        shared = [study[name] for name in columns]
        if not columns or None in shared or shared != [other[name] for name in columns]:
            continue
        if frozenset((study["study_id"], other["study_id"])) not in pairs:
            issues.append(
                Issue(
                    "same-patients",
                    f"studies '{study['study_id']}' and '{other['study_id']}' agree in "
                    + ", ".join(f"{name} {study[name]}" for name in columns)
                    + ": they may have reported the same patients",
                    str(path or "config.yaml, synthesis.extraction.overlaps"),
                    "compare the reports and add a row: study_a,study_b,different|same|unclear"
                    + ("" if path else ", to a table that you name there"),
                )
            )
    ids = {row["study_id"] for row in included}
    return [pair for key, pair in pairs.items() if key <= ids], issues
