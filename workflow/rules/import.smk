"""Import: every export read by its content, its records counted a second way, nothing lost."""


rule import_export:
    """Read one search export"""
    input:
        export=lambda wildcards: EXPORTS[wildcards.export]["file"],
    output:
        records="results/import/{export}.parquet",
        report="results/import/{export}.json",
    log:
        "results/logs/import/{export}.log",
    benchmark:
        "results/benchmarks/import/{export}.tsv"
    params:
        search=lambda wildcards: EXPORTS[wildcards.export]["search"],
    message:
        "Reading {input.export}"
    script:
        "../scripts/import_export.py"


rule collect_records:
    """Gather the records of all exports into one table"""
    input:
        records=expand(rules.import_export.output.records, export=EXPORTS),
        reports=expand(rules.import_export.output.report, export=EXPORTS),
    output:
        collected="results/records/records.parquet",
        imports=report(
            "results/import/imports.csv",
            category="1 Records",
            caption="../report/imports.rst",
        ),
        rejected="results/import/rejected.csv",
    log:
        "results/logs/collect_records.log",
    benchmark:
        "results/benchmarks/collect_records.tsv"
    params:
        exports=[export["search"] for export in EXPORTS.values()],
        searches=SEARCHES,
    message:
        "Gathering the records of all exports"
    script:
        "../scripts/collect_records.py"
