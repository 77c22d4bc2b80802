"""Results of importing and deduplicating."""

from __future__ import annotations

from prismake.common import records
from prismake.common.results.declaring import (
    Column,
    Document,
    Result,
    Table,
    columns,
    integer,
    listed,
    number,
    structure,
    yes_or_no,
)

RECORD_ID = "id of the record"
DESCRIBED = columns(
    record_id=RECORD_ID,
    title="title",
    author=listed("authors in order"),
    year="year of publication",
    journal="journal or other source",
    doi="DOI",
    sources=listed("databases that hold the record"),
)
MODEL = tuple(
    Column(name, meaning, "integer" if name in records.INTEGERS else "text")
    for name, meaning in records.COLUMNS.items()
)
# Fields that a person compares side by side to judge whether two records are duplicates.
COMPARED = ("title", "author", "year", "journal", "volume", "pages", "doi", "pmid", "database")

EXPORT_RECORDS = Table(
    "results/import/{export}.parquet", "import_export", "The records of one export, as the record model says.", MODEL
)
EXPORT_REPORT = Document(
    "results/import/{export}.json",
    "import_export",
    "What was counted, read and rejected in one export.",
    columns(
        path="the export's path",
        format="format found from the content",
        encoding="encoding found from the content",
        counted=integer("records counted by their starts"),
        parsed=integer("records read"),
        rejected=structure("list of rejected records with position, line and reason"),
        without_title=integer("records read that have no title"),
        without_year=integer("records read that have no year"),
        without_identifier=integer("records read that have no DOI, PMID or other number"),
        warnings=structure("list of warnings"),
    ),
)
IMPORTS = Table(
    "results/import/imports.csv",
    "collect_records",
    "One row per export file: counted = parsed + rejected.",
    columns(
        export="id of the export",
        search="id of the search in config.yaml",
        database="name of the database or register",
        kind="database, register or other",
        file="the export's path",
        format="format found from the content",
        encoding="encoding found from the content",
        counted=integer("records counted by their starts"),
        parsed=integer("records read"),
        rejected=integer("records that could not be read"),
        without_title=integer("records read that have no title"),
        without_year=integer("records read that have no year"),
        without_identifier=integer("records read that have no DOI, PMID or other number"),
        warnings=listed("warnings about the file"),
    ),
)
REJECTED = Table(
    "results/import/rejected.csv",
    "collect_records",
    "One row per record that could not be read.",
    columns(
        export="id of the export",
        file="the export's path",
        position=integer("1-based position of the record in its file"),
        line=integer("line or spreadsheet row where the record starts"),
        reason="why the record could not be read",
    ),
)
RECORDS = Table(
    "results/records/records.parquet",
    "collect_records",
    "All records of all exports, in the order of the searches.",
    MODEL,
)

CLUSTERS = Table(
    "results/records/clusters.csv",
    "deduplicate",
    "One row per record: the work that it belongs to.",
    columns(
        record_id=RECORD_ID,
        cluster="id of the record that survives for the work",
        survivor=yes_or_no("whether the record is that survivor"),
        database="name of the database or register",
        file="the export's path",
        position=integer("1-based position of the record in its file"),
    ),
)
UNIQUE = Table(
    "results/records/unique.parquet",
    "deduplicate",
    "One row per work: the survivor, its empty fields filled from its copies.",
    (
        *MODEL,
        *columns(
            members=listed("ids of all records of the work"),
            sources=listed("databases that hold the work"),
            identifiers=listed("identifiers of all records of the work, each as name:value"),
        ),
    ),
)
MERGES = Table(
    "results/dedup/merges.csv",
    "deduplicate",
    "Why records were merged: n - 1 pairs for a work of n records.",
    columns(
        cluster="id of the surviving record",
        record_a="id of one record of the pair",
        record_b="id of the other record",
        rule="rule that merged them",
        evidence="what agrees and what differs",
        score=number("likeness from 0 to 1"),
    ),
)
TO_REVIEW = Table(
    "results/dedup/to_review.csv",
    "deduplicate",
    "Doubtful pairs of records for a person to judge, the most likely duplicates first.",
    (
        *columns(
            record_a="id of one record of the pair",
            record_b="id of the other record",
            why="why the pair is doubtful",
            evidence="what agrees and what differs",
            score=number("likeness from 0 to 1"),
        ),
        *(Column(f"{name}_{side}", f"{name} of record {side}") for name in COMPARED for side in "ab"),
    ),
)
LINKS = Table(
    "results/dedup/links.csv",
    "deduplicate",
    "Preprints and their articles: linked as reports that may be of one study, and not merged.",
    columns(
        preprint="id of the preprint's surviving record",
        article="id of the article's surviving record",
        evidence="what agrees and what differs",
        title_preprint="title of the preprint",
        doi_preprint="DOI of the preprint",
        journal_preprint="journal or server of the preprint",
        title_article="title of the article",
        doi_article="DOI of the article",
        journal_article="journal of the article",
    ),
)
SOURCES = Table(
    "results/dedup/sources.csv",
    "overlap",
    "One row per search and one for all: records = works + duplicates_within; works = unique + shared.",
    columns(
        search="id of the search, or all",
        database="name of the database or register",
        records=integer("records imported"),
        duplicates_within=integer("copies within the search"),
        works=integer("works that the search found"),
        unique=integer("works that no other search found"),
        shared=integer("works that other searches found too"),
    ),
    (Column("with_{search}", "works that this other search found too", "integer"),),
)
OVERLAP_SVG = Result("results/figures/overlap.svg", "overlap", "UpSet figure of the works that searches share.")
OVERLAP_PNG = Result("results/figures/overlap.png", "overlap", "The same figure as PNG, 300 dpi at its printed size.")
OVERLAP_ALT = Result("results/figures/overlap.txt", "overlap", "Alternative text of that figure.")
