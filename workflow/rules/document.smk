"""Documents: the manuscript as the journal takes it, DOCX and PDF."""

JOURNAL = f"manuscript/journals/{MANUSCRIPT['journal']}"


rule write_docx:
    input:
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        figures=[rules.draw_flow.output.svg, rules.draw_flow.output.png],
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        csl=f"{JOURNAL}/references.csl",
        filters=[
            *package_files("document/filters/settings.lua"),
            *package_files("document/filters/prepare.lua"),
            *package_files("document/filters/citations.lua"),
            *package_files("document/filters/columns.lua"),
            *package_files("document/filters/word.lua"),
        ],
        fonts=package_files("document/fonts/*.ttf"),
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


rule write_pdf:
    input:
        manuscript=rules.render.output.manuscript,
        references=rules.bibliography.output.references,
        figures=[rules.draw_flow.output.svg, rules.draw_flow.output.png],
        profile=f"{JOURNAL}/profile.yaml",
        schema=schema("journal"),
        csl=f"{JOURNAL}/references.csl",
        filters=[
            *package_files("document/filters/settings.lua"),
            *package_files("document/filters/prepare.lua"),
            *package_files("document/filters/citations.lua"),
            *package_files("document/filters/columns.lua"),
            *package_files("document/filters/typst.lua"),
        ],
        template=package_files("document/templates/*.typ")[0],
        fonts=package_files("document/fonts/*.ttf"),
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
