"""Deduplication: one survivor for the copies of a record, every merge with its reason, counts that add up."""


rule deduplicate:
    """Find the duplicates, and the pairs that a person should judge"""
    input:
        schema("dedup_decisions"),
        records=rules.collect_records.output.collected,
        decisions=if_there(config["deduplication"].get("decisions")),
    output:
        clusters="results/records/clusters.csv",
        unique="results/records/unique.parquet",
        merges=report(
            "results/dedup/merges.csv",
            category="1 Records",
            caption="../report/merges.rst",
        ),
        to_review="results/dedup/to_review.csv",
        links=report(
            "results/dedup/links.csv",
            category="1 Records",
            caption="../report/links.rst",
        ),
    log:
        "results/logs/deduplicate.log",
    benchmark:
        "results/benchmarks/deduplicate.tsv"
    threads: allocation.threads(SIZE)
    message:
        "Finding duplicates"
    script:
        "../scripts/deduplicate.py"


rule overlap:
    """Count what the searches share"""
    input:
        records=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
        fonts=package_files("figures/fonts/*.ttf"),
    output:
        sources=report(
            "results/dedup/sources.csv",
            category="1 Records",
            caption="../report/sources.rst",
        ),
        figure=report(
            "results/figures/overlap.svg",
            category="1 Records",
            caption="../report/overlap.rst",
        ),
        png="results/figures/overlap.png",
        alt="results/figures/overlap.txt",
    log:
        "results/logs/overlap.log",
    benchmark:
        "results/benchmarks/overlap.tsv"
    message:
        "Counting what the searches share"
    script:
        "../scripts/overlap.py"
