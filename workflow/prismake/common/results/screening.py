"""Results of screening."""

from __future__ import annotations

from prismake.common.records import COLUMNS
from prismake.common.results.declaring import (
    Column,
    Document,
    Result,
    Table,
    columns,
    day,
    integer,
    listed,
    number,
    structure,
)
from prismake.common.results.records import DESCRIBED, RECORD_ID

VERDICT = columns(
    stage="id of the stage",
    decision="include, exclude, pending or unseen (screening stopped before anybody saw the record)",
    reason="code of the reason or rule",
    label="the reason in words; of an unseen record the stopping rule",
    matched="what a rule matched in the record",
    decided_by="'rule' and its id, or the file and line of the decision; of a record that a list leaves out, the list",
    note="notes of the reviewers",
)
SCREENING = Table(
    "results/screening/screening.csv",
    "screen",
    "One row per unique record: the last stage that it reached, with decision and reason.",
    (*DESCRIBED, *VERDICT),
)
TRAIL = Table(
    "results/screening/trail.csv",
    "screen",
    "One row per unique record and stage that it reached.",
    (Column("record_id", RECORD_ID), *VERDICT),
)
REVIEWERS = Table(
    "results/screening/reviewers.csv",
    "screen",
    "One row per decision of one reviewer on one record at one stage.",
    columns(
        record_id="id of the surviving record",
        stage="id of the stage",
        reviewer="the reviewer's label",
        decision="include, exclude or maybe",
        reason="code of the primary reason",
        reasons="codes of all reasons, separated by commas",
        note="the reviewer's note",
        date=day("day of the decision"),
        member="id of the record that the row named",
        matched_by="how the row's record was found",
        where="file and line of the decision",
    ),
)
CONFLICTS = Table(
    "results/screening/conflicts.csv",
    "screen",
    "One row per conflict between reviewers.",
    columns(
        record_id=RECORD_ID,
        stage="id of the stage",
        kind="kind of conflict",
        answers="each reviewer's decision, with file and line",
        settled="what settled the conflict; empty while it is open",
        title="title",
    ),
)
AGREEMENT = Document(
    "results/screening/agreement.json",
    "screen",
    "The agreement of the reviewers at each stage, before conflicts were settled; with the pairs of three or more.",
    columns(stages=structure("list of stages with the columns of agreement.csv and pairs")),
)
AGREEMENT_TABLE = Table(
    "results/screening/agreement.csv",
    "screen",
    "The same as a table, one row per stage.",
    columns(
        stage="id of the stage",
        reviewers=listed("labels of the reviewers"),
        n=integer("records that two or more reviewers decided"),
        agree=integer("records on which all answers are equal"),
        raw=number("agree / n"),
        kappa=number("Cohen's or Fleiss' kappa"),
        low=number("lower limit of its 95 % interval"),
        high=number("upper limit of its 95 % interval"),
        method="how kappa was computed",
        conflicts=integer("conflicts at the stage"),
        open=integer("conflicts that nothing has settled"),
        reason="why a number is missing, or what was left out",
    ),
)
EXCLUDED_BY_APPRAISAL = Table(
    "results/screening/excluded_by_appraisal.csv",
    "exclude_appraised",
    "The reports of the studies that their appraisal excludes, where a stage asks for it.",
    columns(
        record_id="the report, as the table of reports names it",
        stage="stage that excludes by appraisal",
        decision="exclude",
        reason="the stage's reason",
        note="the overall answers of the study's appraisals",
    ),
)
DECISION_FILES = Table(
    "results/screening/sources.csv",
    "screen",
    "One row per file of decisions.",
    columns(
        file="the file's path",
        format="format found from the content",
        stage="stage that config.yaml gives the file",
        rows=integer("rows read"),
        decisions=integer("decisions read"),
        undecided=integer("rows without a decision"),
        unseen=integer("rows that say that nobody has seen the record"),
        others=integer("records that the file decides by not listing them"),
        reviewers="reviewers' labels, separated by commas",
    ),
)
TO_SCREEN = Result(
    "results/screening/to_screen/",
    "prepare_screening",
    "The records that wait to be screened, for people and for screening tools; a folder per stage.",
)
WAITING = Table(
    "results/screening/to_screen/waiting.csv",
    "prepare_screening",
    "One row per stage and batch of records that wait, and per person for whom they are.",
    columns(
        stage="id of the stage",
        role="role of the stage: removal, screening, retrieval or assessment",
        batch="all, new (since the last hand-over), pilot or conflicts",
        reviewer="whom the records are for; empty for everybody",
        records=integer("records that wait"),
        folder="folder with the files; empty where nothing waits",
    ),
)
_TO_SCREEN = "results/screening/to_screen/{stage}/{batch}/{file}_"
RECORDS_TO_SCREEN = Table(
    f"{_TO_SCREEN}records.csv",
    "prepare_screening",
    "The records of a batch, one row per record.",
    tuple(
        Column(name, meaning)
        for name, meaning in COLUMNS.items()
        if name
        in (
            *("record_id", "entrytype", "title", "author", "year", "journal", "volume", "number", "pages"),
            *("doi", "pmid", "abstract", "keywords", "language", "issn"),
        )
    ),
)
ASREVIEW_RECORDS = Table(
    f"{_TO_SCREEN}asreview.csv",
    "prepare_screening",
    "The same with the columns that ASReview knows.",
    columns(
        prismake_id=RECORD_ID,
        title="title",
        abstract="abstract",
        authors=listed("authors in order"),
        keywords=listed("keywords and index terms"),
        year="year of publication",
        doi="DOI",
        url="address of the record",
    ),
)
REPORTS_TO_FETCH = Table(
    f"{_TO_SCREEN}reports_to_fetch.csv",
    "prepare_screening",
    "The reports to fetch: records that wait at a stage of retrieval, or without one at a stage of assessment.",
    columns(
        record_id=RECORD_ID,
        stage="id of the stage",
        title="title",
        author=listed("authors in order"),
        year="year of publication",
        journal="journal or other source",
        volume="volume",
        number="issue",
        pages="pages",
        doi="DOI",
        doi_link="address of the DOI",
        pmid="PubMed id",
        pubmed_link="address in PubMed",
    ),
    columns(retrieval="retrieved or not retrieved", reason="reason", note="note"),
)
COMPLETE = Document(
    "results/screening/complete.json",
    "complete",
    "Statement that nothing waits for a decision; made by the target `final`.",
    columns(
        records=integer("unique records"),
        pending=integer("records that wait for a decision, 0"),
        draft="whether the review is a draft, false",
    ),
)
