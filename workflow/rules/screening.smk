"""Screening: every unique record ends with exactly one stage, decision and reason."""


rule screen:
    input:
        unique=rules.deduplicate.output.unique,
        clusters=rules.deduplicate.output.clusters,
        decisions=if_there(config["screening"].get("decisions")),
        schema=schema("screening_decisions"),
        code=code("screening/screen.py"),
    output:
        screening="results/screening/screening.csv",
        trail="results/screening/trail.csv",
    log:
        "results/logs/screen.log",
    benchmark:
        "results/benchmarks/screen.tsv"
    conda:
        "../envs/prismake.yaml"
    params:
        stages=config["screening"]["stages"],
        other_methods=[search["id"] for search in SEARCHES if search["kind"] == "other"],
        draft=config.get("review", {}).get("draft", False),
    message:
        "Applying the eligibility filter"
    script:
        "../scripts/screening/screen.py"
