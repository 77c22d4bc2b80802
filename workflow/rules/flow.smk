"""Flow: every box of the figure is a list of records, its number the list's length."""

from prismake.review.kinds import KINDS

FLOW = config["flow"]


rule count_flow:
    """Count the flow of records, with the list behind each box"""
    input:
        schema("reports"),
        schema("previous_studies"),
        schema("flow_added"),
        records=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
        screening=rules.screen.output.screening,
        reports=list_if_there(
            config.get("synthesis", {}).get("extraction", {}).get("reports")
        ),
        trail=rules.screen.output.trail,
        previous=[FLOW["previous"]] if "previous" in FLOW else [],
        added=[box["records"] for box in FLOW["added"]],
    output:
        flow="results/flow.json",
        lists=directory("results/flow"),
        prisma2020="results/prisma2020.csv",
    log:
        "results/logs/count_flow.log",
    benchmark:
        "results/benchmarks/count_flow.tsv"
    params:
        stages=config["screening"]["stages"],
        searches=SEARCHES,
        settings={
            key: FLOW[key] for key in ("labels", "kinds", "hide", "show", "added")
        }
        | {"includes": KINDS[config["review"]["kind"]].includes},
        draft=config["review"]["draft"],
    message:
        "Counting the flow of records"
    script:
        "../scripts/count_flow.py"


rule draw_flow:
    """Draw the PRISMA flow figure"""
    input:
        flow=rules.count_flow.output.flow,
        fonts=[
            *package_files("figures/fonts/*.ttf"),
            *own_fonts(config.get("manuscript")),
        ],
        profile=profile_of(config.get("manuscript")),
        schema=schema("journal"),
    output:
        svg=report(
            "results/figures/prisma.svg",
            category="2 Flow",
            caption="../report/prisma.rst",
        ),
        png="results/figures/prisma.png",
        pdf="results/figures/prisma.pdf",
        tiff="results/figures/prisma.tiff",
        alt="results/figures/prisma.txt",
        text="results/flow.txt",
    log:
        "results/logs/draw_flow.log",
    benchmark:
        "results/benchmarks/draw_flow.tsv"
    params:
        settings={key: FLOW[key] for key in ("font", "width_mm", "dpi") if key in FLOW},
    message:
        "Drawing the PRISMA figure"
    script:
        "../scripts/draw_flow.py"
