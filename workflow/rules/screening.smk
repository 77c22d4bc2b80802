"""Screening: every unique record ends with exactly one stage, decision and reason."""

SCREENING = config["screening"]
SCREENING_SOURCES = SCREENING["sources"]


rule screen:
    input:
        unique=rules.deduplicate.output.unique,
        clusters=rules.deduplicate.output.clusters,
        records=rules.collect_records.output.collected,
        decisions=if_there(SCREENING.get("decisions")),
        consensus=if_there(SCREENING.get("consensus")),
        exports=[
            source[key]
            for source in SCREENING_SOURCES
            for key in ("file", "records")
            if key in source
        ],
        schema=schema("screening_decisions"),
    output:
        screening="results/screening/screening.csv",
        trail="results/screening/trail.csv",
        reviewers="results/screening/reviewers.csv",
        conflicts="results/screening/conflicts.csv",
        agreement="results/screening/agreement.json",
        agreement_table="results/screening/agreement.csv",
        read="results/screening/sources.csv",
    log:
        "results/logs/screen.log",
    benchmark:
        "results/benchmarks/screen.tsv"
    params:
        stages=SCREENING["stages"],
        sources=SCREENING_SOURCES,
        names=SCREENING["reviewers"],
        searched=[search["date"] for search in SEARCHES],
        last_day=SCREENING.get("last_day", ""),
        other_methods=[search["id"] for search in SEARCHES if search["kind"] == "other"],
        draft=config["review"]["draft"],
    message:
        "Applying the eligibility filter"
    script:
        "../scripts/screen.py"


rule complete:
    input:
        screening=rules.screen.output.screening,
    output:
        complete="results/screening/complete.json",
    log:
        "results/logs/complete.log",
    benchmark:
        "results/benchmarks/complete.tsv"
    priority: 100
    params:
        draft=config["review"]["draft"],
    message:
        "Checking that nothing is pending"
    script:
        "../scripts/complete.py"
