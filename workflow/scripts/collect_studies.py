"""Step: reads what was extracted, links it to the included records, and checks it before anything is computed.

What follows (tables, appraisal, pooled values) reads its output alone, so a faulty extraction reaches none of them."""

from functools import partial
from pathlib import Path

from prismake.common.matching import COLUMNS, Matcher
from prismake.common.records import each_record, read_clusters
from prismake.common.results.records import LINKS
from prismake.common.results.screening import SCREENING
from prismake.common.results.synthesis import STUDIES
from prismake.common.steps import warn
from prismake.synthesis.collect import ExtractionTables, Settings, collect_studies
from prismake.synthesis.links import versions_apart


def collect(
    *,
    tables: ExtractionTables,
    screening: Path,
    records: Path,
    clusters: Path,
    links: Path,
    extraction: Path,
    synthesis: Settings,
    draft: bool,
) -> None:
    """Writes the checked `extraction` of the included studies, results/studies.json.

    `tables` are those that people write, `records` all records and `clusters` their works, `links` their
    preprints and articles, `synthesis` the block of
    config.yaml. Raises BuildStop with all faults of the tables, or of the links between them, at once.
    """
    matcher = Matcher(read_clusters(clusters), partial(each_record, records, COLUMNS))
    screened = list(SCREENING.read_where(screening, {}, ("record_id", "author", "year", "decision")))
    document, warnings = collect_studies(tables, synthesis, screened, matcher, draft)
    reports = {study["study_id"]: study["reports"] for study in document["studies"]}
    versions = versions_apart(LINKS.read(links, ("preprint", "article")), reports, tables.reports)
    for warning in (*warnings, *versions):
        warn(warning)
    STUDIES.write(extraction, document)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(collect, globals()["snakemake"])
