"""Values: one ledger of every number that the text may use."""

# The checklists of this kind of review, in the order in which the supplement prints them.
CHECKLISTS = [
    file
    for name in checklists_of(config)
    for file in package_files(f"submission/checklists/{name}.yaml")
]
# The file of each search's strategy, where it was recorded.
STRATEGIES = {
    search["id"]: search["strategy"]
    for search in config["searches"]
    if "strategy" in search
}


rule pool:
    """Compute every value that the text may use"""
    input:
        schema("dedup_decisions"),
        extraction=(
            [rules.collect_studies.output.extraction] if "synthesis" in config else []
        ),
        meta=(
            [rules.pool_effects.output.meta]
            if config.get("synthesis", {}).get("meta")
            else []
        ),
        directions=(
            [rules.count_directions.output.directions]
            if config.get("synthesis", {}).get("directions")
            else []
        ),
        grade=(
            [rules.rate_certainty.output.grade]
            if "grade" in config.get("synthesis", {})
            else []
        ),
        flow=rules.count_flow.output.flow,
        merges=rules.deduplicate.output.merges,
        to_review=rules.deduplicate.output.to_review,
        decided=list_if_there(config["deduplication"].get("decisions")),
        links=rules.deduplicate.output.links,
        sources=rules.overlap.output.sources,
        appraisal=[rules.appraise.output.appraisal] if "appraisal" in config else [],
        agreement=rules.screen.output.agreement,
        screening=rules.screen.output.screening,
        strategies=sorted(set(STRATEGIES.values())),
        checklists=CHECKLISTS,
        tables=printed_tables(),
        abbreviations=list_if_named(config, "abbreviations"),
    output:
        values="results/values.json",
    log:
        "results/logs/pool.log",
    benchmark:
        "results/benchmarks/pool.tsv"
    params:
        synthesis={
            **{
                key: config["synthesis"][key]
                for key in ("patients", "year", "pooled", "groups", "extraction")
                if "synthesis" in config
            },
            **(
                {"grade": config["synthesis"]["grade"]["judgements"]}
                if "grade" in config.get("synthesis", {})
                else {}
            ),
        },
        searches=[
            {
                key: search[key]
                for key in ("id", "database", "kind", "date", "hits")
                if key in search
            }
            for search in config["searches"]
        ],
        automation=config["review"]["automation"],
        about_supplement=about_supplement,
        statistics=statistics,
    message:
        "Computing the values that the text uses"
    script:
        "../scripts/pool.py"
