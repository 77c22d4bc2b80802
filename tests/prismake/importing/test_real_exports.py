"""Real exports of the shared folder: nothing lost, and platforms agree on what they both tell."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from prismake.importing.export import Export

from tests.prismake.importing.records import records_of

# Not exports of records: descriptions, licences, the flow table of an R package.
NO_EXPORTS = ("LICENSE", "LICENSE.txt", "README.md", "QUIRKS.tsv", "LSR3_H_PRISMA_2024.01.23.csv")
# What cannot be read and is reported: an entry with unbalanced braces (twice), a heading between two tables of a file.
REJECTED = {"ebsco_bib.bib": 1, "ebsco_bib_result.bib": 1, "_baseline_abstrackr.csv": 1}


def exports(shared: Path) -> list[Path]:
    items = [path for path in sorted((shared / "exports").rglob("*")) if path.is_file() and path.name not in NO_EXPORTS]
    return items + sorted((shared / "reviews" / "snhl" / "search_returns").glob("*.csv"))


def read(path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    export = Export(path)
    records = records_of(export)
    return records, export.report().as_json()


def test_every_real_export_is_read_and_every_record_counted(shared: Path) -> None:
    formats: dict[str, int] = defaultdict(int)
    for path in exports(shared):
        records, report = read(path)
        assert report["counted"] == len(records) + len(report["rejected"]), path
        assert len(report["rejected"]) == REJECTED.get(path.name, 0), path
        formats[report["format"]] += len(records)
    assert set(formats) >= {"ris", "medline", "wos", "endnote", "bibtex", "pubmed-xml", "endnote-xml", "csv", "json"}


def test_counts_are_those_that_a_review_reported(shared: Path) -> None:
    folder = shared / "reviews" / "snhl" / "search_returns"
    reported = {"medline": 859, "psychinfo": 58, "embase": 568, "cinahl": 168, "ieee": 93, "scopus": 709}
    reported |= {"github": 155, "base": 85}
    assert {name: len(read(folder / f"{name}.csv")[0]) for name in reported} == reported


def squeezed(text: str) -> str:
    return re.sub(r"[\s\ufeff]+", "", text)


def test_no_character_of_a_ris_file_is_lost(shared: Path) -> None:
    """All that stands in the file stands in `raw`, but for headings, counters and the marks of the format."""
    furniture = re.compile(
        r"^(?:\d{1,6}\.?[ \t]*|Record #\d+ of \d+|Provider: .*|Database: .*|Content: .*|%.*|\s*|ER {1,2}-\s*)$",
        re.MULTILINE,
    )
    for path in (path for path in exports(shared) if path.suffix == ".ris"):
        records, report = read(path)
        if report["format"] != "ris":
            continue
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(f"{tag}-{value}" for record in records for tag, value in json.loads(record["raw"]))
        lost = Counter(squeezed(furniture.sub("", text))) - Counter(squeezed(kept))
        assert not lost, (path, lost)


def test_medline_as_biopython_reads_it(shared: Path) -> None:
    medline = pytest.importorskip("Bio.Medline")
    for path in (path for path in exports(shared) if path.suffix == ".nbib" or path.name == "PubMed_example.txt"):
        records, _ = read(path)
        with path.open(encoding="utf-8-sig") as file:
            peers = list(medline.parse(file))
        assert len(records) == len(peers), path
        for record, peer in zip(records, peers, strict=True):
            kept = squeezed(record["raw"].replace("\\n", "").replace('\\"', '"').replace("\\\\", "\\"))
            for values in peer.values():
                for value in values if isinstance(values, list) else values.split(" 10."):
                    # Bio.Medline joins repeated LID and IS lines; their parts are looked for one by one.
                    for part in value.split(" "):
                        assert squeezed(part) in kept, (path, part)


def test_pubmed_abstracts_are_those_of_its_csv(shared: Path) -> None:
    folder = shared / "reviews" / "snhl" / "search_returns"
    records, report = read(folder / "pubmed_abstracts.txt")
    rows = {record["pmid"]: record for record in read(folder / "medline.csv")[0]}
    assert (report["format"], report["rejected"]) == ("pubmed-text", [])
    # Two abstracts stand so in PubMed itself.
    assert ["text decoded twice" in text for text in report["warnings"]] == [True]
    assert {record["pmid"] for record in records} == set(rows) and len(records) == len(rows)
    for record in records:
        row = rows[record["pmid"]]
        assert words(record["title"]) == words(row["title"])
        assert words(record["author"]) == words(row["author"])
        assert [record[name] for name in ("doi", "pmcid", "year")] == [row[name] for name in ("doi", "pmcid", "year")]
        assert record["journal"] == row["journal_abbrev"] or record["journal"] == row["journal"]
        assert record["author"] and record["abstract"] != record["author"]
    text = (folder / "pubmed_abstracts.txt").read_text(encoding="utf-8")
    kept = "".join(f"{name}{value}" for record in records for name, value in json.loads(record["raw"]))
    # The counters, and the colons after the names of blocks.
    lost = Counter(squeezed(re.sub(r"\n\n\n\d+\. ", "", f"\n\n\n{text}"))) - Counter(squeezed(kept))
    assert set(lost) <= {":"}


def words(title: str) -> str:
    # Platforms differ in the closing full stop, and in notes in brackets after the title.
    title = re.sub(r"\s*\[(?:References|Review|Commentary|Erratum)\]\.?\s*$", "", title)
    return (
        re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode())
        .casefold()
        .strip()
    )


# Where the platforms themselves differ: a word run together by one of them, and two reports under one title.
OWN_MISTAKE = "10.7554/elife.80092"
TWO_REPORTS = {"10.1016/j.jvir.2013.12.293", "10.1371/journal.pone.0086394"}


def test_platforms_agree_on_title_year_and_doi(shared: Path) -> None:
    by_doi: dict[str, list[dict[str, Any]]] = defaultdict(list)
    dois_of: dict[str, set[str]] = defaultdict(set)
    for path in sorted((shared / "exports" / "one-search-25-platforms").glob("*/_baseline*")):
        for record in read(path)[0]:
            if record["doi"]:
                by_doi[record["doi"]].append(record)
                dois_of[words(record["title"])].add(record["doi"])
    shared_works = {doi: group for doi, group in by_doi.items() if len(group) > 1}
    assert len(shared_works) > 100
    for doi, group in shared_works.items():
        assert len({words(record["title"]) for record in group if record["title"]}) == 1 or doi == OWN_MISTAKE, group
        assert len({record["year"] for record in group if record["year"]}) == 1, group
    assert [dois for title, dois in dois_of.items() if len(title) > 30 and len(dois) > 1] == [TWO_REPORTS]


def test_spreadsheet_rows_are_those_of_the_csv(shared: Path) -> None:
    folder = shared / "exports" / "one-search-25-platforms"
    with (folder / "CSV" / "_baseline.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    records, _ = read(folder / "XLSX" / "_baseline.xlsx")
    assert [record["accession"] for record in records] == [row["Lens ID"] for row in rows]
