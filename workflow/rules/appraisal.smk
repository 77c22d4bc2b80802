"""Appraisal: every included study on the form that its design asks for, every item answered."""

APPRAISAL = config["appraisal"]


rule appraise:
    input:
        schema("appraisal_answers"),
        schema("appraisal_overall"),
        schema("appraisal_form"),
        schema("abbreviations"),
        extraction=rules.collect_studies.output.extraction,
        answers=APPRAISAL["answers"],
        overall=list_if_named(APPRAISAL, "overall"),
        forms=package_files("appraisal/forms/*.yaml"),
        own_forms=APPRAISAL["own_forms"],
        abbreviations=list_if_named(config, "abbreviations"),
    output:
        cells=report(
            f"results/tables/{APPRAISAL['table']['id']}.csv",
            category="3 Tables",
            caption="../report/appraisal.rst",
        ),
        table=f"results/tables/{APPRAISAL['table']['id']}.json",
        appraisal="results/appraisal.json",
    log:
        "results/logs/appraise.log",
    benchmark:
        "results/benchmarks/appraise.tsv"
    params:
        settings=APPRAISAL,
        patients=SYNTHESIS["patients"],
        missing=SYNTHESIS["missing"],
        not_abbreviations=SYNTHESIS["not_abbreviations"],
        draft=config["review"]["draft"],
    message:
        "Validating the appraisal"
    script:
        "../scripts/appraise.py"
