"""Screening: every unique record ends with exactly one stage, decision and reason."""


rule screen:
    message:
        "Applying the eligibility filter"
    input:
        unique=rules.deduplicate.output.unique,
        clusters=rules.deduplicate.output.clusters,
        decisions=if_there(config["screening"].get("decisions")),
        schema=SCHEMAS / "screening_decisions.schema.yaml",
        code=code("screening/screen.py"),
    output:
        screening="results/screening/screening.csv",
        trail="results/screening/trail.csv",
    params:
        stages=config["screening"]["stages"],
        draft=config.get("review", {}).get("draft", False),
    log:
        "results/logs/screen.log",
    benchmark:
        "results/benchmarks/screen.tsv"
    script:
        "../scripts/screening/screen.py"
