"""Documents: the manuscript as the journal takes it, DOCX and PDF."""

JOURNAL = find_journal(MANUSCRIPT["journal"])
PROFILE_FILES = profile_of(MANUSCRIPT)
# Every figure in all its forms, and what each of the authors' own is.
FIGURES = [
    rules.draw_flow.output.svg,
    rules.draw_flow.output.png,
    *PLOT_FILES,
    "results/manuscript/figures.json",
    *[str(file) for figure in OWN_FIGURES for file in taken_in(figure)],
]

# What the PDF names by checksum: the exports, and what became of their records.
RECORDS = [
    *[export["file"] for export in EXPORTS.values()],
    rules.collect_records.output.collected,
    rules.deduplicate.output.clusters,
    rules.screen.output.screening,
]


rule take_in_figures:
    """Take in the manuscript's own figures"""
    input:
        sources=[str(figure) for figure in OWN_FIGURES],
        metadata=MANUSCRIPT["metadata"],
        profile=PROFILE_FILES,
        schema=schema("journal"),
        fonts=[*package_files("figures/fonts/*.ttf"), *OWN_FONTS],
    output:
        about="results/manuscript/figures.json",
        files=[str(file) for figure in OWN_FIGURES for file in taken_in(figure)],
    log:
        "results/logs/take_in_figures.log",
    benchmark:
        "results/benchmarks/take_in_figures.tsv"
    message:
        "Importing the authors' figures"
    script:
        "../scripts/take_in_figures.py"


rule write_docx:
    """The manuscript as a Word document"""
    input:
        manuscript=rules.render.output.model,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        writer=package_files(
            "document/filters/settings.lua",
            "document/filters/word.lua",
        ),
        fonts=[*package_files("figures/fonts/*.ttf"), *OWN_FONTS],
    output:
        docx=report(
            "results/manuscript/manuscript.docx",
            category="4 Manuscript",
            caption="../report/docx.rst",
        ),
    log:
        "results/logs/write_docx.log",
    benchmark:
        "results/benchmarks/write_docx.tsv"
    # The list of numbers and the audit wait for it; the other documents are waited for by nothing.
    priority: 2
    message:
        "Writing the Word document"
    script:
        "../scripts/write_docx.py"


rule write_jats:
    """Write the manuscript as JATS XML"""
    input:
        manuscript=rules.render.output.model,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        writer=package_files(
            "document/filters/settings.lua",
            "document/filters/jats.lua",
        ),
        fonts=package_files("figures/fonts/*.ttf"),
    output:
        jats="results/manuscript/manuscript.xml",
    log:
        "results/logs/write_jats.log",
    benchmark:
        "results/benchmarks/write_jats.tsv"
    message:
        "Writing the manuscript as JATS XML"
    script:
        "../scripts/write_jats.py"


rule jats:
    """The manuscript as JATS XML"""
    input:
        rules.write_jats.output,


rule preflight:
    """Check the Word document as the journal's staff would"""
    input:
        docx=rules.write_docx.output.docx,
        manuscript=rules.render.output.model,
        bibliography=MANUSCRIPT["bibliography"],
        references=rules.bibliography.output.references,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        fonts=package_files("figures/fonts/*.ttf"),
    output:
        json="results/manuscript/preflight.json",
        text="results/manuscript/preflight.txt",
        unprinted="results/manuscript/unprinted_fields.csv",
    log:
        "results/logs/preflight.log",
    benchmark:
        "results/benchmarks/preflight.tsv"
    params:
        allow=MANUSCRIPT["preflight"]["allow"],
    message:
        "Checking the Word document"
    script:
        "../scripts/preflight.py"


rule write_pdf:
    """The manuscript as a PDF"""
    input:
        manuscript=rules.render.output.model,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        writer=package_files(
            "document/filters/settings.lua",
            "document/filters/typst.lua",
            "document/templates/*.typ",
        ),
        fonts=[*package_files("figures/fonts/*.ttf"), *OWN_FONTS],
        evidence=[rules.pool.output.values, rules.count_flow.output.flow, "config.yaml"],
        records=RECORDS,
    output:
        pdf=report(
            "results/manuscript/manuscript.pdf",
            category="4 Manuscript",
            caption="../report/pdf.rst",
        ),
    log:
        "results/logs/write_pdf.log",
    benchmark:
        "results/benchmarks/write_pdf.tsv"
    priority: 1
    message:
        "Writing the PDF"
    script:
        "../scripts/write_pdf.py"
