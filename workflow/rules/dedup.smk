"""Deduplication: one survivor for the copies of a record, every merge with its reason, counts that add up."""

# A large review is deduplicated in parts, which no process need hold all of; what comes out is the same.
SHARDS = config["deduplication"].get("shards") or allocation.shards(SIZE)
# What the parts hand on, until the works are joined; no results.
SHARD_FOLDER = ".snakemake/prismake/dedup"
SHARD_FILES = [
    [f"{SHARD_FOLDER}/{kind}_{shard}.arrow" for shard in range(SHARDS)]
    for kind in ("features", "compared")
]


if SHARDS > 1:

    rule read_shard:
        """Read the records of one shard as deduplication compares them"""
        input:
            records=rules.collect_records.output.collected,
        output:
            features=temp(f"{SHARD_FOLDER}/features_{{shard}}.arrow"),
        log:
            "results/logs/dedup/read_{shard}.log",
        benchmark:
            "results/benchmarks/dedup/read_{shard}.tsv"
        params:
            part=lambda wildcards: (int(wildcards.shard), SHARDS),
        message:
            "Reading shard {wildcards.shard} of the records"
        script:
            "../scripts/read_shard.py"

    rule pair_records:
        """Pair the records that share a key, by some of the kinds of keys"""
        input:
            features=SHARD_FILES[0],
        output:
            pairs=temp(f"{SHARD_FOLDER}/pairs_{{kinds}}.arrow"),
        log:
            "results/logs/dedup/pair_{kinds}.log",
        benchmark:
            "results/benchmarks/dedup/pair_{kinds}.tsv"
        params:
            part=lambda wildcards: (int(wildcards.kinds), SHARDS),
        message:
            "Pairing records by part {wildcards.kinds} of the keys"
        script:
            "../scripts/pair_records.py"

    rule compare_shard:
        """Compare the pairs of one shard"""
        input:
            features=SHARD_FILES[0],
            pairs=expand(rules.pair_records.output.pairs, kinds=range(SHARDS)),
        output:
            compared=temp(f"{SHARD_FOLDER}/compared_{{shard}}.arrow"),
        log:
            "results/logs/dedup/compare_{shard}.log",
        benchmark:
            "results/benchmarks/dedup/compare_{shard}.tsv"
        params:
            part=lambda wildcards: (int(wildcards.shard), SHARDS),
        message:
            "Comparing shard {wildcards.shard} of the pairs"
        script:
            "../scripts/compare_shard.py"


rule deduplicate:
    """Find the duplicates, and the pairs that a person should judge"""
    input:
        schema("dedup_decisions"),
        records=rules.collect_records.output.collected,
        decisions=list_if_there(config["deduplication"].get("decisions")),
        features=SHARD_FILES[0] if SHARDS > 1 else [],
        compared=SHARD_FILES[1] if SHARDS > 1 else [],
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
