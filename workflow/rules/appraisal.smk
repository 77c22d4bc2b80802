"""Appraisal: every included study on the form that its design asks for, every item answered."""

APPRAISAL = config["appraisal"]


rule appraise:
    input:
        extraction=rules.collect_studies.output.extraction,
        answers=APPRAISAL["answers"],
        answers_schema=schema("appraisal_answers"),
        overall=APPRAISAL.get("overall", []),
        overall_schema=schema("appraisal_overall"),
        forms=package_files("appraisal/forms/*.yaml"),
        own_forms=APPRAISAL["own_forms"],
        form_schema=schema("appraisal_form"),
        abbreviations=config.get("abbreviations", []),
        abbreviations_schema=schema("abbreviations"),
    output:
        cells=report(
            f"results/tables/{APPRAISAL['table']['id']}.csv",
            category="3 Tables",
            caption="../report/appraisal.rst",
        ),
        tables=[f"results/tables/{APPRAISAL['table']['id']}.json"],
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
