"""Manuscript: prose with values, citations and cross-references, resolved to one Markdown file."""

from pathlib import Path

from prismake.review.figure_files import figures_of, taken_in

MANUSCRIPT = config["manuscript"]
OWN_FIGURES = figures_of(Path(MANUSCRIPT["sections"]))
OWN_FONTS = own_fonts(MANUSCRIPT)


rule bibliography:
    """Bring the references into order"""
    input:
        source=MANUSCRIPT["bibliography"],
    output:
        references="results/manuscript/references.json",
    log:
        "results/logs/bibliography.log",
    benchmark:
        "results/benchmarks/bibliography.tsv"
    message:
        "Checking the references"
    script:
        "../scripts/bibliography.py"


rule render:
    """Fill values, tables and figures into the text"""
    input:
        # What a new review comes with, which must not stay in a text.
        package_files("review/skeleton/*"),
        sections=sorted(
            str(path) for path in Path(MANUSCRIPT["sections"]).glob("[0-9]*.md")
        ),
        metadata=MANUSCRIPT["metadata"],
        values=rules.pool.output.values,
        tables=printed_tables(),
        figures=[
            rules.draw_flow.output.svg,
            rules.draw_flow.output.alt,
            "results/manuscript/figures.json",
        ],
        plots=PLOT_LIST,
        references=rules.bibliography.output.references,
        abbreviations=(
            [config["abbreviations"], schema("abbreviations")]
            if "abbreviations" in config
            else []
        ),
    output:
        model="results/manuscript/manuscript.json",
        markdown="results/manuscript/manuscript.md",
        ledger=report(
            "results/manuscript/values_used.csv",
            category="4 Manuscript",
            caption="../report/values.rst",
        ),
    log:
        "results/logs/render.log",
    benchmark:
        "results/benchmarks/render.tsv"
    params:
        options={
            # A draft need not cite yet what it has.
            "uncited": "warn" if config["review"]["draft"] else MANUSCRIPT["uncited"],
            "draft": config["review"]["draft"],
            "plots": POSSIBLE_PLOTS,
            "supplementary": config["supplement"]["tables"],
        },
    message:
        "Filling in the manuscript's values"
    script:
        "../scripts/render.py"
