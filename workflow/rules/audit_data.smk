"""Audit of the extraction: its numbers, its references, the dates of the searches; before any prose, with or without."""


rule audit_data:
    """Check the numbers of the extraction"""
    input:
        studies=rules.collect_studies.output.extraction,
        extraction=[EXTRACTION["studies"]["table"], EXTRACTION["studies"]["schema"]],
        records=rules.collect_records.output.collected,
        references=(
            [rules.bibliography.output.references] if "manuscript" in config else []
        ),
        waivers=kept_table("waivers") if "manuscript" in config else [],
        config="config.yaml",
    output:
        findings=f"results/audit/{'data' if 'manuscript' in config else 'findings'}.json",
        text=f"results/audit/{'data' if 'manuscript' in config else 'findings'}.txt",
    log:
        "results/logs/audit_data.log",
    benchmark:
        "results/benchmarks/audit_data.tsv"
    # Its findings come before the manuscript is filled in, also where that fails.
    priority: 50
    params:
        settings={key: config[key] for key in ("searches", "synthesis")},
    message:
        "Auditing the extraction"
    script:
        "../scripts/audit_data.py"
