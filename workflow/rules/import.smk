"""Import: every export read by its content, its records counted a second way, nothing lost."""


rule import_export:
    message:
        "Reading {input.export}"
    input:
        export=lambda wildcards: EXPORTS[wildcards.export]["file"],
        code=code("importing/import_export.py"),
    output:
        records="results/import/{export}.parquet",
        report="results/import/{export}.json",
    params:
        search=lambda wildcards: EXPORTS[wildcards.export]["search"],
    log:
        "results/logs/import/{export}.log",
    benchmark:
        "results/benchmarks/import/{export}.tsv"
    script:
        "../scripts/importing/import_export.py"


rule collect_records:
    message:
        "Gathering the records of all exports"
    input:
        records=expand(rules.import_export.output.records, export=EXPORTS),
        reports=expand(rules.import_export.output.report, export=EXPORTS),
        code=code("importing/collect_records.py"),
    output:
        collected="results/records/records.parquet",
        imports=report(
            "results/import/imports.csv",
            category="1 Records",
            caption="../report/imports.rst",
        ),
        rejected="results/import/rejected.csv",
    params:
        searches=config["searches"],
    log:
        "results/logs/collect_records.log",
    benchmark:
        "results/benchmarks/collect_records.tsv"
    script:
        "../scripts/importing/collect_records.py"
