"""Step: reads what was extracted, links it to the included records, and checks it before anything is computed.

The unit is the study, never the report: a study counts once, however many reports describe it. What goes on from here
(tables, appraisal, pooled values) reads `results/studies.json`, so an inconsistent extraction reaches none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.records import SEPARATOR, split_list
from prismake.common.steps import warn
from prismake.common.tables import Row, read_table
from prismake.common.validation import load_yaml
from prismake.common.writing import read_rows, write_json

Settings = dict[str, Any]


def columns_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Column -> {coded, list, decimal}: what the schema says of a column beyond JSON Schema's own words."""
    return {
        name: {mark: bool(rule.get(mark)) for mark in ("coded", "list", "decimal")}
        for name, rule in schema["properties"].items()
    }


def code_book(rows: list[Row]) -> dict[str, dict[str, dict[str, str]]]:
    """Column -> code -> {cell, label}, in the order of the code book."""
    book: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in rows:
        book[row["column"]][row["code"]] = {"cell": row["cell"], "label": row["label"]}
    return dict(book)


def code_issues(
    rows: list[Row], columns: dict[str, dict[str, Any]], book: dict[str, Any], path: Path
) -> Iterator[Issue]:
    """An issue for each code that the code book does not hold, and for each code that stands twice in a cell."""
    for row in rows:
        for name in (name for name, marks in columns.items() if marks["coded"] and row[name] is not None):
            codes = split_list(row[name]) if columns[name]["list"] else [row[name]]
            known = list(book.get(name, {}))
            where = f"{path}:{row['__line__']}, column '{name}'"
            for code in codes:
                if code not in known:
                    yield Issue("unknown-code", f"'{code}' is not in the code book", where, nearest(code, known))
            if len(set(codes)) < len(codes):
                yield Issue("code-twice", f"a code stands twice in '{row[name]}'", where, "keep one")


def arithmetic_issues(rows: list[Row], checks: Settings, path: Path) -> Iterator[Issue]:
    """An issue for each row whose parts do not add up to their total, or whose numbers do not ascend as they must.

    A check looks at rows in which all cells it names are given; parts that exceed their total fault even where some
    are not.
    """
    for row in rows:
        where = f"{path}:{row['__line__']}, study '{row['study_id']}'"
        for rule in checks.get("sums", []):
            given = [row[name] for name in rule["parts"] if row[name] is not None]
            total, named = row[rule["total"]], " + ".join(rule["parts"])
            if total is None or not given:
                continue
            added = sum(Decimal(str(value)) for value in given)
            whole = len(given) == len(rule["parts"])
            if added > Decimal(str(total)) or (whole and added != Decimal(str(total))):
                yield Issue(
                    "sum", f"{named} is {added}, {rule['total']} is {total}", where, "see the report and mend one"
                )
        for names in checks.get("ascending", []):
            held = [(name, Decimal(str(row[name]))) for name in names if row[name] is not None]
            for (low, below), (high, above) in pairwise(held):
                if below > above:
                    yield Issue("order", f"{low} {below} is above {high} {above}", where, "see the report and mend one")


def part_issues(rows: list[Row], part: Settings, studies: dict[str, Row], patients: str, path: Path) -> Iterator[Issue]:
    """An issue for each row of an unknown study, and each study whose counts are incomplete or miss its patients."""
    by_study: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_study[row["study_id"]].append(row)
    for study_id, held in by_study.items():
        where = f"{path}:{held[0]['__line__']}, study '{study_id}'"
        if study_id not in studies:
            yield Issue(
                "unknown-study", "the study is not in the studies table", where, nearest(study_id, list(studies))
            )
            continue
        counts = [row[part["n"]] for row in held if row[part["n"]] is not None]
        total = studies[study_id][patients]
        if counts and len(counts) < len(held):
            yield Issue("counts", "some rows have a count and others none", where, "give all counts, or none")
        elif counts and total is not None and sum(counts) != total:
            yield Issue(
                "counts",
                f"the counts add up to {sum(counts)}, {patients} is {total}",
                where,
                "see the report and mend one",
            )


def link(
    reports: list[Row], studies: dict[str, Row], screening: list[dict[str, str]], clusters: dict[str, str], path: Path
) -> tuple[dict[str, list[str]], dict[str, str], list[Issue], list[Issue]]:
    """Links studies to records: (study -> its included records, study -> why it is left out, faults, gaps).

    Faults stop every build. Gaps, an included record that nobody has extracted yet, stop all but a draft. A study
    whose records were all excluded, or are not decided, is left out: the screening decides, the extraction may stay.
    """
    decision = {row["record_id"]: row["decision"] for row in screening}
    faults: list[Issue] = []
    records: dict[str, dict[str, str]] = defaultdict(dict)
    owner: dict[str, str] = {}
    for row in reports:
        where, study_id = f"{path}:{row['__line__']}", row["study_id"]
        survivor = clusters.get(row["record_id"])
        if study_id not in studies:
            faults.append(
                Issue(
                    "unknown-study",
                    f"study '{study_id}' is not in the studies table",
                    where,
                    nearest(study_id, list(studies)),
                )
            )
        if survivor is None:
            fix = (
                nearest(row["record_id"], list(clusters))
                if len(clusters) < 2000
                else "see results/records/clusters.csv"
            )
            faults.append(Issue("unknown-record", f"there is no record '{row['record_id']}'", where, fix))
            continue
        if owner.setdefault(survivor, study_id) != study_id:
            other = owner[survivor]
            faults.append(
                Issue(
                    "report-of-two",
                    f"the record belongs to study '{other}' and to '{study_id}'",
                    where,
                    "a report describes one study: keep one of the rows",
                )
            )
        records[study_id][survivor] = decision.get(survivor, "pending")
    gaps = [
        Issue(
            "not-extracted",
            f"record '{row['record_id']}' ({row['author'].split(SEPARATOR)[0]} {row['year']}) is included, "
            "but no study has it",
            str(path),
            "extract the study and add a row record_id,study_id",
        )
        for row in screening
        if row["decision"] == "include" and row["record_id"] not in owner
    ]
    included: dict[str, list[str]] = {}
    left_out: dict[str, str] = {}
    for study_id, held in ((study_id, records.get(study_id, {})) for study_id in studies):
        chosen = [record for record, decided in held.items() if decided == "include"]
        if chosen:
            included[study_id] = chosen
        elif held:
            left_out[study_id] = "excluded" if set(held.values()) == {"exclude"} else "pending"
        else:
            faults.append(
                Issue(
                    "no-report",
                    f"study '{study_id}' is extracted, but no record is linked to it",
                    str(path),
                    "add its reports",
                )
            )
    return included, left_out, faults, gaps


def overlaps(
    included: list[Row], judged: list[Row], columns: list[str], known: list[str], path: Path
) -> tuple[list[dict[str, Any]], list[Issue]]:
    """(judged pairs of included studies that may share patients, issues).

    A pair that agrees in all `columns` (all of them given) and that nobody has judged is an issue, as is a judgement
    of an unknown study, and the judgement `same` that does not name the study that counts.
    """
    issues: list[Issue] = []
    pairs: dict[frozenset[str], dict[str, Any]] = {}
    for row in judged:
        where, pair = f"{path}:{row['__line__']}", (row["study_a"], row["study_b"])
        for study_id in pair:
            if study_id not in known:
                issues.append(
                    Issue("unknown-study", f"there is no study '{study_id}'", where, nearest(study_id, known))
                )
        if len(set(pair)) < 2 or frozenset(pair) in pairs:
            issues.append(
                Issue("pair", f"{' and '.join(pair)} are no pair, or judged twice", where, "keep one row a pair")
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
    for one, other in combinations(included, 2):
        shared = [one[name] for name in columns]
        if not columns or None in shared or shared != [other[name] for name in columns]:
            continue
        if frozenset((one["study_id"], other["study_id"])) not in pairs:
            issues.append(
                Issue(
                    "same-patients",
                    f"studies '{one['study_id']}' and '{other['study_id']}' agree in "
                    + ", ".join(f"{name} {one[name]}" for name in columns)
                    + ": they may have reported the same patients",
                    str(path),
                    "compare the reports and add a row: study_a,study_b,different|same|unclear",
                )
            )
    ids = {row["study_id"] for row in included}
    return [pair for key, pair in pairs.items() if key <= ids], issues


def sort_key(row: Row, order: list[str]) -> tuple[Any, ...]:
    """Sorts rows by the configured columns (missing last), then by study id."""
    return (*((row[name] is None, row[name] if row[name] is not None else 0) for name in order), row["study_id"])


def _known_columns(settings: Settings, columns: list[str], where: str) -> None:
    """Every column that the settings name must be in the studies table."""
    named = [settings["patients"], settings["year"], settings["label"], *settings["order"], *settings["same_patients"]]
    for rule in settings["checks"].get("sums", []):
        named += [*rule["parts"], rule["total"]]
    for names in settings["checks"].get("ascending", []):
        named += names
    unknown = [name for name in dict.fromkeys(named) if name not in columns]
    if unknown:
        raise BuildStop(
            Issue("unknown-column", f"the studies table has no column '{name}'", where, nearest(name, columns))
            for name in unknown
        )


def collect(
    *,
    studies: Path,
    studies_schema: Path,
    reports: Path,
    reports_schema: Path,
    codes: Path,
    codes_schema: Path,
    overlap: Path,
    overlap_schema: Path,
    parts: list[Path],
    part_schemas: list[Path],
    screening: Path,
    clusters: Path,
    extraction: Path,
    synthesis: Settings,
    draft: bool,
) -> None:
    """Writes the checked extraction of the included studies.

    Inputs: the tables that people write and their schemas (`parts` and `part_schemas` in the order of
    `synthesis.extraction.parts`), `screening` (results/screening/screening.csv) and `clusters`
    (results/records/clusters.csv). `synthesis` is the config block, `draft` the review's draft switch.
    `extraction` (results/studies.json) holds `columns`, `codes`, `parts`, `studies` (in the configured order:
    study_id, columns, parts, reports), `left_out` and `overlaps`. Decimals stand as text, digit by digit as reported.
    Raises BuildStop with all faults of the tables, or of the links between them, at once.
    """
    schema = load_yaml(studies_schema)
    columns = columns_of(schema)
    _known_columns(synthesis, list(columns), "config.yaml: synthesis")
    rows = read_table(studies, schema)
    by_id = {row["study_id"]: row for row in rows}
    book = code_book(read_table(codes, codes_schema))
    issues = [*code_issues(rows, columns, book, studies), *arithmetic_issues(rows, synthesis["checks"], studies)]

    part_settings: dict[str, Settings] = synthesis["extraction"].get("parts", {})
    part_rows: dict[str, list[Row]] = {}
    for (name, part), path, schema_path in zip(part_settings.items(), parts, part_schemas, strict=True):
        part_schema = load_yaml(schema_path)
        part_rows[name] = read_table(path, part_schema)
        issues += code_issues(part_rows[name], columns_of(part_schema), book, path)
        issues += part_issues(part_rows[name], part, by_id, synthesis["patients"], path)

    survivor = {row["record_id"]: row["cluster"] for row in read_rows(clusters)}
    links = read_table(reports, reports_schema)
    included, left_out, faults, gaps = link(links, by_id, read_rows(screening), survivor, reports)
    chosen = sorted((by_id[study_id] for study_id in included), key=lambda row: sort_key(row, synthesis["order"]))
    judged, pair_issues = overlaps(
        chosen, read_table(overlap, overlap_schema), synthesis["same_patients"], list(by_id), overlap
    )
    issues += [*faults, *pair_issues, *([] if draft else gaps)]
    if issues:
        raise BuildStop(issues)
    for gap in gaps:
        warn(gap)
    for study_id, reason in left_out.items():
        why = "its records were excluded" if reason == "excluded" else "its records are not decided yet"
        warn(
            Issue("left-out", f"study '{study_id}' is extracted, but {why}: left out", str(reports), severity="warning")
        )

    write_json(
        extraction,
        {
            "columns": columns,
            "codes": book,
            "parts": part_settings,
            "studies": [
                {
                    **{name: row[name] for name in columns},
                    "parts": {
                        name: [
                            {key: part[key] for key in part if key not in ("study_id", "__line__")}
                            for part in held
                            if part["study_id"] == row["study_id"]
                        ]
                        for name, held in part_rows.items()
                    },
                    "reports": sorted(included[row["study_id"]]),
                }
                for row in chosen
            ],
            "left_out": [{"study_id": study_id, "reason": reason} for study_id, reason in left_out.items()],
            "overlaps": judged,
        },
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(collect, globals()["snakemake"])
