"""Audit of a review without a manuscript: the numbers of the extraction, the years and the dates of the searches."""


rule audit_data:
    """Check the numbers of the extraction"""
    input:
        studies=rules.collect_studies.output.extraction,
        extraction=[EXTRACTION["studies"]["table"], EXTRACTION["studies"]["schema"]],
        records=rules.collect_records.output.collected,
    output:
        findings="results/audit/findings.json",
        text="results/audit/findings.txt",
    log:
        "results/logs/audit_data.log",
    benchmark:
        "results/benchmarks/audit_data.tsv"
    params:
        settings={key: config[key] for key in ("searches", "synthesis")},
    message:
        "Auditing the extraction"
    script:
        "../scripts/audit_data.py"
