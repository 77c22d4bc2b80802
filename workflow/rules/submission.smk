"""The seal: checksums over every result, so that two builds can be compared."""


rule seal:
    input:
        results=results_to_seal(),
        code=code("submission/seal.py"),
    output:
        sums="results/SHA256SUMS",
    log:
        "results/logs/seal.log",
    benchmark:
        "results/benchmarks/seal.tsv"
    conda:
        "../envs/prismake.yaml"
    message:
        "Sealing the results"
    script:
        "../scripts/submission/seal.py"
