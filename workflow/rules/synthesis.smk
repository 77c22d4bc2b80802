"""Synthesis: what was extracted, checked against the screening; the printed tables; the ledger of values."""

SYNTHESIS = config["synthesis"]
EXTRACTION = SYNTHESIS["extraction"]


rule collect_studies:
    input:
        studies=EXTRACTION["studies"]["table"],
        studies_schema=EXTRACTION["studies"]["schema"],
        reports=EXTRACTION["reports"],
        reports_schema=schema("reports"),
        codes=EXTRACTION.get("codes", []),
        codes_schema=schema("codes"),
        overlap=EXTRACTION.get("overlaps", []),
        overlap_schema=schema("overlaps"),
        parts=[part["table"] for part in EXTRACTION["parts"].values()],
        part_schemas=[part["schema"] for part in EXTRACTION["parts"].values()],
        screening=rules.screen.output.screening,
        records=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
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
            )
        },
        draft=config["review"]["draft"],
    message:
        "Checking the extraction of the included studies"
    script:
        "../scripts/collect_studies.py"


if SYNTHESIS["tables"]:

    rule tabulate:
        input:
            extraction=rules.collect_studies.output.extraction,
            abbreviations=config.get("abbreviations", []),
            abbreviations_schema=schema("abbreviations"),
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
        message:
            "Composing the tables of the included studies"
        script:
            "../scripts/tabulate.py"
