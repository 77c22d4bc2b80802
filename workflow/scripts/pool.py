"""Step: every value that the text may use, in one ledger: searches, flow, studies, figures, appraisal."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.places import schema_of
from prismake.common.reading import read_text
from prismake.common.results.flow import FLOW
from prismake.common.results.records import LINKS, MERGES, SOURCES, TO_REVIEW
from prismake.common.results.screening import AGREEMENT, SCREENING
from prismake.common.results.synthesis import APPRAISAL, DIRECTIONS, GRADE, META, PRINTED, STUDIES, VALUES
from prismake.common.tables import read_tables
from prismake.common.values import Tree, as_document
from prismake.ledger.appraisal import appraisal_values, table_values
from prismake.ledger.automation import automation_values
from prismake.ledger.records import (
    agreement_values,
    deduplication_values,
    double_extraction_values,
    flow_values,
    search_values,
)
from prismake.ledger.sensitivity import sensitivity_values
from prismake.ledger.studies import Sources, extraction_values
from prismake.ledger.supplement import Contents, supplement_values
from prismake.review.primary_studies import PRIMARY


@dataclass(frozen=True)
class Counted:
    """What the stages counted: results/flow.json, the agreement of reviewers, and what deduplication did, with the
    review's own decisions on duplicates, if any.
    """

    flow: Path
    agreement: Path
    merges: Path
    to_review: Path
    links: Path
    sources: Path
    decided: list[Path]


@dataclass(frozen=True)
class Supplement:
    """What decides which tables the supplement has: the recorded strategies, the screening, the checklists."""

    strategies: list[Path]
    screening: Path
    checklists: list[Path]


@dataclass(frozen=True)
class Studied:
    """What is known of the studies: results/studies.json, meta.json, grade.json, appraisal.json; each empty if there is
    none.

    `tables` are the results/tables/*.json, `abbreviations` their table, or nothing.
    """

    extraction: list[Path]
    meta: list[Path]
    directions: list[Path]
    grade: list[Path]
    appraisal: list[Path]
    tables: list[Path]
    abbreviations: list[Path]


def _contents(supplement: Supplement, agreement: Path, about: dict[str, Any]) -> Contents:
    """Which tables the supplement has. `about`: the file of each search's strategy, the last stage, own tables."""
    recorded = {path for path in supplement.strategies if read_text(path).strip()}
    return Contents(
        [search for search, file in about["strategies"].items() if Path(file) in recorded],
        bool(AGREEMENT.read(agreement)["stages"]),
        SCREENING.count(supplement.screening, ("stage", "decision"))[about["stage"], "exclude"] > 0,
        [path.stem for path in supplement.checklists],
        about["tables"],
    )


# The columns of the table of abbreviations, which the start of a build has checked against its schema.
ABBREVIATIONS: dict[str, Any] = {"properties": {"abbreviation": {}, "expansion": {}}}


def _expansions(abbreviations: list[Path]) -> dict[str, str]:
    return {row["abbreviation"]: row["expansion"] for row in read_tables(abbreviations, ABBREVIATIONS)}


def _joined(one: Tree, other: Tree) -> Tree:
    """Two trees of values as one; both may have values under `methods`."""
    return {**one, **other, "methods": {**one.get("methods", {}), **other.get("methods", {})}}


def pool(
    *,
    studied: Studied,
    counted: Counted,
    supplement: Supplement,
    values: Path,
    synthesis: dict[str, Any],
    searches: list[dict[str, Any]],
    automation: list[dict[str, Any]],
    about_supplement: dict[str, Any],
    statistics: dict[str, Any],
) -> None:
    """Writes the ledger of values, `values` (results/values.json), the only place where the text gets numbers from.

    `synthesis`, `searches` and `automation` are the config blocks; `about_supplement` has the journal's words for its
    tables and figures, the file of each strategy and the last stage, `statistics` how the journal writes statistics;
    both are empty without a manuscript. Raises BuildStop if a
    setting names a column or part that is not there, or two things get one name.
    """
    boxes = FLOW.read(counted.flow)
    ledger: Tree = {
        "automation": automation_values(automation, boxes),
        "flow": flow_values(boxes),
        "search": search_values(searches, boxes),
        "dedup": deduplication_values(
            {rule: number for (rule,), number in MERGES.count(counted.merges, ("rule",)).items()},
            len(MERGES.count(counted.merges, ("cluster",))),
            TO_REVIEW.read(counted.to_review),
            read_tables(counted.decided, schema_of("dedup_decisions")),
            LINKS.read(counted.links),
            SOURCES.read(counted.sources),
        ),
    }
    appraised = APPRAISAL.read(studied.appraisal[0]) if studied.appraisal else None
    for path in studied.extraction:
        files = synthesis["extraction"]
        parts = {name: part["table"] for name, part in files["parts"].items()}
        sources = Sources(files["studies"]["table"], parts, _expansions(studied.abbreviations))
        studies = STUDIES.read(path)
        ledger |= extraction_values(studies, synthesis, sources)
        # Few reviews have these, and loading what computes their values takes longer than the rest.
        if studied.meta or studied.directions or studied.grade:
            from prismake.common.notation import Notation

            notation = Notation(**statistics)
        for analyses in studied.meta:
            from prismake.ledger.meta import meta_values

            ledger |= meta_values(META.read(analyses), studies, parts, notation)
        for path_of in studied.directions:
            from prismake.ledger.directions import direction_values

            votes = direction_values(DIRECTIONS.read(path_of), parts.get("outcomes", ""), notation)
            ledger = _joined(ledger, votes)
        for rated in studied.grade:
            from prismake.ledger.grade import grade_values

            ledger = _joined(ledger, grade_values(GRADE.read(rated), synthesis["grade"], notation))
        if PRIMARY in parts:
            from prismake.ledger.primary import primary_values

            ledger |= primary_values(studies, parts[PRIMARY])
        if "agreement" in studies:
            ledger["extraction"] = double_extraction_values(studies["agreement"])
        if appraised:
            kept = sensitivity_values(appraised["selections"], studies, synthesis, sources)
            ledger["appraisal"] = {**appraisal_values(appraised), **({"sensitivity": kept} if kept else {})}
    ledger |= agreement_values(AGREEMENT.read(counted.agreement))
    if about_supplement:
        contents = _contents(supplement, counted.agreement, about_supplement)
        ledger["supplement"] = supplement_values(contents, about_supplement["labels"])
    ledger["tables"] = table_values([PRINTED.read(path) for path in studied.tables])
    VALUES.write(values, as_document(ledger))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(pool, globals()["snakemake"])
