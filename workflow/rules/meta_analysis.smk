"""Meta-analyses of the extracted outcomes, each repeated over the studies that the appraisal keeps."""


rule pool_effects:
    """Compute the meta-analyses"""
    input:
        extraction=rules.collect_studies.output.extraction,
        appraisal=[rules.appraise.output.appraisal] if "appraisal" in config else [],
    output:
        meta="results/meta.json",
    log:
        "results/logs/pool_effects.log",
    benchmark:
        "results/benchmarks/pool_effects.tsv"
    params:
        synthesis={key: SYNTHESIS[key] for key in ("label", "year", "meta")},
        draft=config["review"]["draft"],
    message:
        "Computing the meta-analyses"
    script:
        "../scripts/pool_effects.py"
