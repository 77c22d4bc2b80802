"""Synthesis: what was extracted, checked against the screening; the printed tables; the ledger of values."""

SYNTHESIS = config["synthesis"]
EXTRACTION = SYNTHESIS["extraction"]


rule collect_studies:
    """Check the extraction and match reports with studies"""
    input:
        schema("reports"),
        schema("codes"),
        schema("overlaps"),
        studies=EXTRACTION["studies"]["table"],
        parts=[part["table"] for part in EXTRACTION["parts"].values()],
        schemas=[
            table["schema"]
            for table in (EXTRACTION["studies"], *EXTRACTION["parts"].values())
        ],
        reports=EXTRACTION["reports"],
        codes=list_if_named(EXTRACTION, "codes"),
        overlap=list_if_named(EXTRACTION, "overlaps"),
        extractors=list(EXTRACTION.get("extractors", {}).values()),
        consensus=list_if_there(EXTRACTION.get("consensus")),
        screening=rules.screen.output.screening,
        records=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
        links=rules.deduplicate.output.links,
    output:
        extraction="results/studies.json",
    log:
        "results/logs/collect_studies.log",
    benchmark:
        "results/benchmarks/collect_studies.tsv"
    params:
        synthesis={
            key: SYNTHESIS[key]
            for key in (
                "extraction",
                "patients",
                "year",
                "label",
                "order",
                "checks",
                "same_patients",
                "pooled",
                "meta",
                "directions",
            )
        },
        draft=config["review"]["draft"],
    message:
        "Checking the extraction of the included studies"
    script:
        "../scripts/collect_studies.py"


if SYNTHESIS["tables"]:

    rule tabulate:
        """Compose the printed tables"""
        input:
            schema("abbreviations"),
            extraction=rules.collect_studies.output.extraction,
            abbreviations=list_if_named(config, "abbreviations"),
        output:
            cells=report(
                [f"results/tables/{name}.csv" for name in SYNTHESIS["tables"]],
                category="3 Tables",
                caption="../report/tables.rst",
            ),
            tables=[f"results/tables/{name}.json" for name in SYNTHESIS["tables"]],
        log:
            "results/logs/tabulate.log",
        benchmark:
            "results/benchmarks/tabulate.tsv"
        params:
            settings=SYNTHESIS["tables"],
            missing=SYNTHESIS["missing"],
            not_abbreviations=SYNTHESIS["not_abbreviations"],
            draft=config["review"]["draft"],
        message:
            "Composing the tables of the included studies"
        script:
            "../scripts/tabulate.py"
