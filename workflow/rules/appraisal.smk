"""Appraisal: every included study on the form that its design asks for, every item answered."""

APPRAISAL = config["appraisal"]
# Each printed table and the form that it shows, if it is not one table of all.
APPRAISAL_TABLES = appraisal_tables(config)


rule appraise:
    """Check the critical appraisal and compose its table"""
    input:
        schema("appraisal_answers"),
        schema("appraisal_overall"),
        schema("appraisal_form"),
        schema("abbreviations"),
        extraction=rules.collect_studies.output.extraction,
        answers=APPRAISAL["answers"],
        overall=list_if_named(APPRAISAL, "overall"),
        consensus=list_if_there(Path(APPRAISAL["answers"]).with_name(CONSENSUS)),
        forms=package_files("appraisal/forms/*.yaml"),
        own_forms=APPRAISAL["own_forms"],
        abbreviations=list_if_named(config, "abbreviations"),
    output:
        cells=report(
            [f"results/tables/{table}.csv" for table in APPRAISAL_TABLES],
            category="3 Tables",
            caption="../report/appraisal.rst",
        ),
        tables=[f"results/tables/{table}.json" for table in APPRAISAL_TABLES],
        appraisal="results/appraisal.json",
        judgements="results/judgements.csv",
    log:
        "results/logs/appraise.log",
    benchmark:
        "results/benchmarks/appraise.tsv"
    params:
        settings=APPRAISAL,
        shows=APPRAISAL_TABLES,
        patients=SYNTHESIS["patients"],
        missing=SYNTHESIS["missing"],
        not_abbreviations=SYNTHESIS["not_abbreviations"],
        draft=config["review"]["draft"],
    message:
        "Validating the appraisal"
    script:
        "../scripts/appraise.py"
