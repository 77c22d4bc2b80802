"""The example's data: made by its tool, consistent in itself, and openly a stand-in."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.places import PROJECT

sys.path.insert(0, str(PROJECT))

from tools.example.__main__ import files
from tools.example.catalogue import Work, all_works
from tools.example.vocabulary import NOTE_REAL, NOTE_SYNTHETIC

Row = dict[str, str]
SEARCHES = PROJECT / "data" / "searches"


def rows(name: str) -> list[Row]:
    with (PROJECT / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def works() -> dict[str, Work]:
    return {work.key: work for work in all_works()}


@pytest.fixture(scope="module")
def truth() -> dict[str, Row]:
    return {row["record_id"]: row for row in rows("tests/example/truth.csv")}


def blocks() -> dict[str, str]:
    """Record id -> the record's text, cut out of the exports without any of the project's readers."""
    result = {}
    medline = (SEARCHES / "pubmed.nbib").read_text(encoding="utf-8")
    for block in re.split(r"\n\n(?=PMID)", medline):
        result["pubmed:" + re.findall(r"^PMID- (\d+)", block)[0]] = block.replace("\n      ", "")
    for name, accession in (("embase", r"^U2 +- (\S+)"), ("cochrane", r"^AN +- +(\S+)")):
        text = (SEARCHES / f"{name}.ris").read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        for block in re.split(r"(?m)^ER +- *$", text)[:-1]:
            result[f"{name}:" + re.findall(accession, block, re.M)[0]] = block
    return result


def test_the_tool_gives_the_committed_files_byte_by_byte() -> None:
    for name, content in files().items():
        assert (PROJECT / name).read_bytes() == content, f"{name}: run python -m tools.example"


def test_the_counts_are_those_of_the_article(truth: dict[str, Row]) -> None:
    works = {row["work"]: row for row in truth.values()}
    left = Counter((row["stage"], row["decision"]) for row in works.values())
    assert (len(truth), len(works)) == (428, 357)
    assert left == {
        ("title", "exclude"): 92,
        ("abstract", "exclude"): 231,
        ("fulltext", "exclude"): 25,
        ("fulltext", "include"): 9,
    }
    assert Counter(record.split(":")[0] for record in truth) == {"pubmed": 181, "embase": 208, "cochrane": 39}


def test_every_record_of_the_exports_is_in_the_truth(truth: dict[str, Row]) -> None:
    assert blocks().keys() == truth.keys()


def test_decisions_cover_each_work_once_and_agree_with_the_truth(truth: dict[str, Row]) -> None:
    decided: dict[str, dict[str, tuple[str, str]]] = {"abstract": {}, "fulltext": {}}
    for row in rows("data/screening/decisions.csv"):
        work = truth[row["record_id"]]["work"]
        assert work not in decided[row["stage"]]
        decided[row["stage"]][work] = (row["decision"], row["reason"])
    expected: dict[str, dict[str, tuple[str, str]]] = {"abstract": {}, "fulltext": {}}
    for row in truth.values():
        outcome = (row["decision"], row["reason"])
        if row["stage"] == "fulltext":
            expected["abstract"][row["work"]] = ("include", "")
            expected["fulltext"][row["work"]] = outcome
        elif row["stage"] == "abstract":
            expected["abstract"][row["work"]] = outcome
    assert decided == expected


def test_reports_name_the_included_studies(truth: dict[str, Row]) -> None:
    linked = {truth[row["record_id"]]["work"]: row["study_id"] for row in rows("data/extraction/reports.csv")}
    included = {row["work"] for row in truth.values() if row["decision"] == "include"}
    assert linked == {key: key for key in included}


def test_each_record_says_what_it_is(truth: dict[str, Row]) -> None:
    for record, block in blocks().items():
        real = truth[record]["real"] == "yes"
        # The text may be folded, so blanks at the line's end are folded too.
        note = " ".join(" ".join(re.findall(r"(?m)^(?:GN|N1) +- +(.*)$", block)).split())
        assert note.startswith(NOTE_REAL if real else NOTE_SYNTHETIC), record
        dois = re.findall(r"10\.\d{4,}(?=/)", block)
        if real:
            assert "10.5555" not in dois
            assert not re.search(r"(?m)^(AB|N2) +-", block), f"{record} has an invented abstract"
        else:
            assert set(dois) <= {"10.5555"} | ({"10.1002"} if record.startswith("cochrane") else set()), record
        number = re.sub(r"\D", "", record.split(":")[1])
        assert number.startswith("99") == real
        assert number.startswith("9")


def test_real_works_are_printed_as_their_table_says(truth: dict[str, Row], works: dict[str, Work]) -> None:
    text = blocks()
    for record, row in truth.items():
        work = works[row["work"]]
        if work.real and not row["changes"]:
            assert work.title in text[record]
            assert work.authors[0].family in text[record]
            assert work.doi in text[record]


def test_copies_are_never_told_apart_by_luck(truth: dict[str, Row], works: dict[str, Work]) -> None:
    """A copy without a DOI keeps what a matcher needs: title, year within one, first author, and journal."""
    kept: dict[str, list[set[str]]] = defaultdict(list)
    for row in truth.values():
        kept[row["work"]].append(set(row["changes"].split("; ")))
    for key, changed in kept.items():
        assert len(changed) == len(works[key].found_in)
        without_doi = [codes for codes in changed if "nodoi" in codes]
        assert len(without_doi) < len(changed)
        assert not any({"ahead", "nodoi"} <= codes or {"in_press", "nodoi"} <= codes for codes in changed)


def test_different_works_have_different_titles_but_for_near_misses(works: dict[str, Work]) -> None:
    def words(work: Work) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", work.title.lower()))

    seen: list[tuple[Work, frozenset[str]]] = []
    for work in works.values():
        # Titles of works that exist are as much alike as they are, and near misses are meant to be.
        if work.real or work.near_miss:
            continue
        mine = words(work)
        for other, theirs in seen:
            alike = len(mine & theirs) / len(mine | theirs)
            assert alike < 0.67, f"{work.key} and {other.key}: {alike:.2f}"
        seen.append((work, mine))


def test_near_misses_differ_where_it_counts(works: dict[str, Work]) -> None:
    kinds = Counter(work.near_miss.split(":")[0] for work in works.values() if work.near_miss)
    assert set(kinds) >= {"erratum", "part", "conference", "same_title", "comment", "reply", "registration", "sibling"}
    for work in works.values():
        if not work.near_miss:
            continue
        kind, partner = work.near_miss.split(":")
        other = works[partner]
        assert (work.journal, work.volume, work.pages) != (other.journal, other.volume, other.pages)
        assert not work.doi or work.doi != other.doi
        if kind == "same_title":
            assert work.title == other.title
            assert work.authors[0].family != other.authors[0].family
        if kind == "conference":
            assert work.title == other.title
            assert work.journal != other.journal
        assert work.year <= 2025


def test_the_matcher_finds_every_copy_and_nothing_else(truth: dict[str, Row], tmp_path: Path) -> None:
    from prismake.review.configuration import exports_of
    from scripts.collect_records import collect_records
    from scripts.deduplicate import deduplicate
    from scripts.import_export import import_export

    searches: list[dict[str, Any]] = []
    for name, export in (("pubmed", "pubmed.nbib"), ("embase", "embase.ris"), ("cochrane", "cochrane.ris")):
        search = {"id": name, "database": name, "kind": "database", "date": "2025-12-16"}
        table, report = tmp_path / f"{name}.parquet", tmp_path / f"{name}.json"
        import_export(export=SEARCHES / export, records=table, report=report, search={**search, "export": name})
        searches.append({**search, "files": [str(SEARCHES / export)]})
    collect_records(
        records=[tmp_path / f"{search['id']}.parquet" for search in searches],
        reports=[tmp_path / f"{search['id']}.json" for search in searches],
        collected=tmp_path / "records.parquet",
        imports=tmp_path / "imports.csv",
        rejected=tmp_path / "rejected.csv",
        exports=[export["search"] for export in exports_of(searches).values()],
        searches=searches,
    )
    deduplicate(
        records=tmp_path / "records.parquet",
        decisions=PROJECT / "data" / "dedup" / "decisions.csv",
        clusters=tmp_path / "clusters.csv",
        unique=tmp_path / "unique.parquet",
        merges=tmp_path / "merges.csv",
        to_review=tmp_path / "to_review.csv",
        links=tmp_path / "links.csv",
        workers=1,
    )
    result: dict[str, set[str]] = defaultdict(set)
    with (tmp_path / "clusters.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            result[row["cluster"]].add(row["record_id"])
    true: dict[str, set[str]] = defaultdict(set)
    for record, row in truth.items():
        true[row["work"]].add(record)
    assert {frozenset(group) for group in result.values()} == {frozenset(group) for group in true.values()}


def test_config_rules_decide_exactly_the_works_that_leave_by_title(
    truth: dict[str, Row], works: dict[str, Work]
) -> None:
    """The rules of config.yaml against titles and the publication types of all records of a work."""
    path = PROJECT / "config.yaml"
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    stages = (config.get("screening") or {}).get("stages") or []
    if not stages:
        pytest.skip("config.yaml declares no screening stages yet")
    types: dict[str, set[str]] = defaultdict(set)
    for record, block in blocks().items():
        for cell in re.findall(r"(?m)^(?:PT|M3) +- +(.*)$", block):
            types[truth[record]["work"]] |= {kind.strip().casefold() for kind in cell.split(";")}

    def fires(rule: dict[str, Any], work: Work) -> bool:
        def listed(key: str) -> bool:
            return bool({kind.casefold() for kind in rule.get(key) or []} & types[work.key])

        def titled(key: str) -> bool:
            return any(re.search(pattern, work.title, re.I) for pattern in rule.get(key) or [])

        if listed("unless_publication_types") or titled("unless_title_patterns"):
            return False
        return listed("publication_types") or titled("title_patterns")

    for work in works.values():
        fired = next((rule["id"] for rule in stages[0]["rules"] if fires(rule, work)), None)
        assert fired == (work.reason if work.stage == "title" else None), work.title


def test_the_schematic_says_what_was_extracted() -> None:
    """An arrow joins a cause to the approach of a study; the study with both approaches is a frame with two arrows."""
    graph = (PROJECT / "manuscript/figures/mechanisms.dot").read_text(encoding="utf-8")
    drawn, framed = set(), set()
    for line in graph.splitlines():
        if arrow := re.fullmatch(r"\s*(\w+) -> (\w+) \[(.+)\]", line):
            if "ltail=cluster_cohort" in arrow[3]:
                framed.add(arrow[2])
            else:
                drawn.add((arrow[1], arrow[2]))
    frame = re.search(r"subgraph cluster_cohort \{(.*?)\n    \}", graph, flags=re.DOTALL)
    assert frame
    inside = set(re.findall(r"^ +(\w+) \[width", frame[1], flags=re.MULTILINE))
    routes = {row["code"]: row["label"] for row in rows("data/extraction/codes.csv") if row["column"] == "access"}
    access = {row["study_id"]: row["access"].split("; ") for row in rows("data/extraction/studies.csv")}
    causes = {name: name.removesuffix("_leakage") for name in ("foraminal_leakage", "epidural_leakage")}
    extracted = [
        (causes.get(row["etiology"], row["etiology"]), [routes[code] for code in access[row["study_id"]]])
        for row in rows("data/extraction/etiologies.csv")
    ]
    assert drawn == {(cause, named[0]) for cause, named in extracted if len(named) == 1}
    assert inside == {cause for cause, named in extracted if len(named) > 1}
    assert framed == {route for _, named in extracted if len(named) > 1 for route in named}
