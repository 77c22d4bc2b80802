"""Meta-analyses of the extracted outcomes, and the certainty of the evidence."""

if SYNTHESIS["meta"]:

    rule pool_effects:
        """Compute the meta-analyses, each also over the studies that the appraisal keeps"""
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


if SYNTHESIS["directions"]:

    rule count_directions:
        """Count the effects of outcomes that are not pooled by their direction"""
        input:
            extraction=rules.collect_studies.output.extraction,
        output:
            directions="results/directions.json",
        log:
            "results/logs/count_directions.log",
        benchmark:
            "results/benchmarks/count_directions.tsv"
        params:
            synthesis={key: SYNTHESIS[key] for key in ("label", "year", "directions")},
        message:
            "Counting effects by their direction"
        script:
            "../scripts/count_directions.py"


if "grade" in SYNTHESIS:
    GRADE = SYNTHESIS["grade"]

    rule rate_certainty:
        """Check the GRADE judgements and compose the summary of findings"""
        input:
            schema("grade"),
            schema("abbreviations"),
            judgements=GRADE["judgements"],
            extraction=rules.collect_studies.output.extraction,
            meta=[rules.pool_effects.output.meta] if SYNTHESIS["meta"] else [],
            abbreviations=list_if_named(config, "abbreviations"),
        output:
            grade="results/grade.json",
            cells=report(
                [f"results/tables/{name}.csv" for name in grade_tables(config)],
                category="3 Tables",
                caption="../report/grade.rst",
            ),
            tables=[f"results/tables/{name}.json" for name in grade_tables(config)],
        log:
            "results/logs/rate_certainty.log",
        benchmark:
            "results/benchmarks/rate_certainty.tsv"
        params:
            settings={
                **GRADE,
                "design": config.get("appraisal", {}).get("design", "design"),
            },
            statistics=statistics,
            missing=SYNTHESIS["missing"],
            not_abbreviations=SYNTHESIS["not_abbreviations"],
            draft=config["review"]["draft"],
        message:
            "Rating the certainty of the evidence"
        script:
            "../scripts/rate_certainty.py"
