"""Flow: every box of the figure is a list of records, its number the list's length."""


rule count_flow:
    input:
        records=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
        screening=rules.screen.output.screening,
        reports=if_there(
            config.get("synthesis", {}).get("extraction", {}).get("reports")
        ),
        reports_schema=schema("reports"),
        code=code("flow/count.py"),
    output:
        flow="results/flow.json",
        lists=directory("results/flow"),
    log:
        "results/logs/count_flow.log",
    benchmark:
        "results/benchmarks/count_flow.tsv"
    conda:
        "../envs/prismake.yaml"
    params:
        stages=config["screening"]["stages"],
        searches=SEARCHES,
        labels=config.get("flow", {}).get("labels", {}),
        draft=config.get("review", {}).get("draft", False),
    message:
        "Counting the flow of records"
    script:
        "../scripts/flow/count.py"


rule draw_flow:
    input:
        flow=rules.count_flow.output.flow,
        code=code("flow/draw.py"),
    output:
        svg=report(
            "results/figures/prisma.svg",
            category="2 Flow",
            caption="../report/prisma.rst",
        ),
        png="results/figures/prisma.png",
        alt="results/figures/prisma.txt",
    log:
        "results/logs/draw_flow.log",
    benchmark:
        "results/benchmarks/draw_flow.tsv"
    conda:
        "../envs/prismake.yaml"
    message:
        "Drawing the PRISMA figure"
    script:
        "../scripts/flow/draw.py"
