"""The seal: checksums over every result, so that two builds can be compared."""


rule seal:
    message:
        "Sealing the results"
    input:
        results=results_to_seal(),
        code=code("submission/seal.py"),
    output:
        sums="results/SHA256SUMS",
    log:
        "results/logs/seal.log",
    benchmark:
        "results/benchmarks/seal.tsv"
    script:
        "../scripts/submission/seal.py"
