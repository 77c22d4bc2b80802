"""Screening: every unique record ends with exactly one stage, decision and reason."""

SCREENING = config["screening"]
# The stages whose exclusions follow from the appraisal of the studies.
BY_APPRAISAL = [
    {
        "id": stage["id"],
        "reason": next(iter(stage.get("reasons", {})), ""),
        "answers": stage["by_appraisal"],
    }
    for stage in SCREENING["stages"]
    if "by_appraisal" in stage and "appraisal" in config
]


if BY_APPRAISAL:

    rule exclude_appraised:
        """Exclude the reports of studies by their appraisal"""
        input:
            schema("appraisal_answers"),
            schema("appraisal_overall"),
            schema("appraisal_form"),
            schema("reports"),
            answers=config["appraisal"]["answers"],
            overall=list_if_named(config["appraisal"], "overall"),
            consensus=list_if_there(
                Path(config["appraisal"]["answers"]).with_name(CONSENSUS)
            ),
            forms=package_files("appraisal/forms/*.yaml"),
            own_forms=config["appraisal"]["own_forms"],
            reports=config["synthesis"]["extraction"]["reports"],
        output:
            excluded="results/screening/excluded_by_appraisal.csv",
        log:
            "results/logs/exclude_appraised.log",
        benchmark:
            "results/benchmarks/exclude_appraised.tsv"
        params:
            stages=BY_APPRAISAL,
        message:
            "Excluding studies by their appraisal"
        script:
            "../scripts/exclude_appraised.py"


rule screen:
    """Apply rules and decisions, stage by stage"""
    input:
        schema("screening_decisions"),
        screening_files(),
        unique=rules.deduplicate.output.unique,
        clusters=rules.deduplicate.output.clusters,
        records=rules.collect_records.output.collected,
        tables=[
            table
            for key in ("decisions", "consensus")
            for table in list_if_there(SCREENING.get(key))
        ]
        + ([rules.exclude_appraised.output.excluded] if BY_APPRAISAL else []),
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
        settings=SCREENING,
        searches=[
            {key: search[key] for key in ("id", "date", "kind")} for search in SEARCHES
        ],
        draft=config["review"]["draft"],
    message:
        "Applying the eligibility filter"
    script:
        "../scripts/screen.py"


rule prepare_screening:
    """The records that wait: screening sheets, files for screening tools, the reports to fetch."""
    input:
        schema("handed_over"),
        unique=rules.deduplicate.output.unique,
        clusters=rules.deduplicate.output.clusters,
        screening=rules.screen.output.screening,
        trail=rules.screen.output.trail,
        conflicts=rules.screen.output.conflicts,
        reviewers=rules.screen.output.reviewers,
        handed_over=list_if_there(SCREENING["handed_over"]),
    output:
        to_screen=directory("results/screening/to_screen"),
    log:
        "results/logs/prepare_screening.log",
    benchmark:
        "results/benchmarks/prepare_screening.tsv"
    params:
        settings={
            key: SCREENING[key] for key in ("stages", "to_screen") if key in SCREENING
        },
        saved=[Path(source["file"]).name for source in SCREENING["sources"]],
    message:
        "Listing what waits to be screened"
    script:
        "../scripts/prepare_screening.py"


rule complete:
    """Make sure that every record has a decision"""
    input:
        screening=rules.screen.output.screening,
        read=rules.screen.output.read,
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
