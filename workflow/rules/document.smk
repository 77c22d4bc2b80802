"""Documents: the manuscript as the journal takes it, DOCX and PDF."""

JOURNAL = f"manuscript/journals/{MANUSCRIPT['journal']}"
# Every figure in all its forms, and what each of the authors' own is.
FIGURES = [
    rules.draw_flow.output.svg,
    rules.draw_flow.output.png,
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
    input:
        sources=[str(figure) for figure in OWN_FIGURES],
        metadata=MANUSCRIPT["metadata"],
        fonts=[*package_files("document/fonts/*.ttf"), *OWN_FONTS],
        code=code("document/take_in_figures.py"),
    output:
        about="results/manuscript/figures.json",
        files=[str(file) for figure in OWN_FIGURES for file in taken_in(figure)],
    log:
        "results/logs/take_in_figures.log",
    benchmark:
        "results/benchmarks/take_in_figures.tsv"
    conda:
        "../envs/prismake.yaml"
    message:
        "Taking in the authors' figures"
    script:
        "../scripts/document/take_in_figures.py"


rule write_docx:
    input:
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        csl=f"{JOURNAL}/references.csl",
        filters=[
            *package_files("document/filters/settings.lua"),
            *package_files("document/filters/prepare.lua"),
            *package_files("document/filters/citations.lua"),
            *package_files("document/filters/select.lua"),
            *package_files("document/filters/columns.lua"),
            *package_files("document/filters/word.lua"),
        ],
        fonts=[*package_files("document/fonts/*.ttf"), *OWN_FONTS],
        code=code("document/write_docx.py"),
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
    conda:
        "../envs/prismake.yaml"
    message:
        "Writing the Word document"
    script:
        "../scripts/document/write_docx.py"


rule write_jats:
    input:
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        csl=f"{JOURNAL}/references.csl",
        filters=[
            *package_files("document/filters/settings.lua"),
            *package_files("document/filters/prepare.lua"),
            *package_files("document/filters/citations.lua"),
            *package_files("document/filters/select.lua"),
            *package_files("document/filters/columns.lua"),
            *package_files("document/filters/jats.lua"),
        ],
        fonts=package_files("document/fonts/*.ttf"),
        code=code("document/write_jats.py"),
    output:
        jats="results/manuscript/manuscript.xml",
    log:
        "results/logs/write_jats.log",
    benchmark:
        "results/benchmarks/write_jats.tsv"
    conda:
        "../envs/prismake.yaml"
    message:
        "Writing the manuscript as JATS XML"
    script:
        "../scripts/document/write_jats.py"


rule jats:
    input:
        rules.write_jats.output,


rule preflight:
    input:
        docx=rules.write_docx.output.docx,
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        fonts=package_files("document/fonts/*.ttf"),
        code=code("document/check_docx.py"),
    output:
        json="results/manuscript/preflight.json",
        text="results/manuscript/preflight.txt",
    log:
        "results/logs/preflight.log",
    benchmark:
        "results/benchmarks/preflight.tsv"
    conda:
        "../envs/prismake.yaml"
    params:
        allow=MANUSCRIPT.get("preflight", {}).get("allow", []),
    message:
        "Checking the Word document"
    script:
        "../scripts/document/check_docx.py"


rule write_pdf:
    input:
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        csl=f"{JOURNAL}/references.csl",
        filters=[
            *package_files("document/filters/settings.lua"),
            *package_files("document/filters/prepare.lua"),
            *package_files("document/filters/citations.lua"),
            *package_files("document/filters/select.lua"),
            *package_files("document/filters/columns.lua"),
            *package_files("document/filters/typst.lua"),
        ],
        template=package_files("document/templates/*.typ")[0],
        fonts=[*package_files("document/fonts/*.ttf"), *OWN_FONTS],
        evidence=[rules.pool.output.values, rules.count_flow.output.flow, "config.yaml"],
        records=RECORDS,
        code=code("document/write_pdf.py"),
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
    conda:
        "../envs/prismake.yaml"
    message:
        "Writing the PDF"
    script:
        "../scripts/document/write_pdf.py"
