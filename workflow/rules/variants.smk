"""Variants of the documents for submission: from the same manuscript, by the same writers. Not part of `all`."""

from prismake.review.journal import read_profile

PROFILE = read_profile(JOURNAL.profile, SCHEMAS / "journal.schema.yaml")
VARIANTS = MANUSCRIPT.get("variants", PROFILE["variants"])
VARIANTS_AT = "results/variants"
LETTER = MANUSCRIPT.get("cover_letter")

# Variant -> the name of its file, without its ending.
VARIANT_FILES = {
    variant: f"{VARIANTS_AT}/{PROFILE['files'][key]}"
    for variant, key in {
        "submission": "manuscript",
        "reading": "reading",
        "blinded": "blinded",
        "title-page": "title_page",
    }.items()
}
LETTER_FILE = f"{VARIANTS_AT}/{PROFILE['files']['cover_letter']}"


# Variant -> what it consists of.
VARIANT_OUTPUTS = {
    **{name: [f"{stem}.docx", f"{stem}.pdf"] for name, stem in VARIANT_FILES.items()},
    "cover-letter": [f"{LETTER_FILE}.docx", f"{LETTER_FILE}.pdf"] if LETTER else [],
    "tables": f"{VARIANTS_AT}/tables",
    "figures": f"{VARIANTS_AT}/figures",
    # Most journals ask for none.
    "sections": (
        [f"{VARIANTS_AT}/sections"]
        if any("file" in entry for entry in PROFILE["submission"])
        else []
    ),
}

for variant, stem in VARIANT_FILES.items():

    rule:
        """This variant of the manuscript as a Word document"""
        name:
            f"write_{variant.replace('-', '_')}_docx"
        input:
            **dict(rules.write_docx.input.items()),
        output:
            docx=f"{stem}.docx",
        log:
            f"results/logs/write_{variant}_docx.log",
        benchmark:
            f"results/benchmarks/write_{variant}_docx.tsv"
        params:
            variant=variant,
        message:
            f"Writing the variant '{variant}' as a Word document"
        script:
            "../scripts/write_docx.py"

    rule:
        """This variant of the manuscript as a PDF"""
        name:
            f"write_{variant.replace('-', '_')}_pdf"
        input:
            **dict(rules.write_pdf.input.items()),
        output:
            pdf=f"{stem}.pdf",
        log:
            f"results/logs/write_{variant}_pdf.log",
        benchmark:
            f"results/benchmarks/write_{variant}_pdf.tsv"
        params:
            variant=variant,
        message:
            f"Writing the variant '{variant}' as a PDF"
        script:
            "../scripts/write_pdf.py"


rule write_tables:
    """Each table as a Word document of its own"""
    input:
        **{
            **dict(rules.write_docx.input.items()),
        },
    output:
        folder=directory(f"{VARIANTS_AT}/tables"),
    log:
        "results/logs/write_tables.log",
    benchmark:
        "results/benchmarks/write_tables.tsv"
    message:
        "Writing each table as a Word document"
    script:
        "../scripts/write_tables.py"


rule write_sections:
    """The sections that the journal takes as files of their own"""
    input:
        **{
            **dict(rules.write_docx.input.items()),
        },
    output:
        folder=directory(f"{VARIANTS_AT}/sections"),
    log:
        "results/logs/write_sections.log",
    benchmark:
        "results/benchmarks/write_sections.tsv"
    message:
        "Writing the sections that the journal takes as files of their own"
    script:
        "../scripts/write_sections.py"


rule write_figures:
    """Each figure in the journal's formats"""
    input:
        manuscript=rules.render.output.model,
        figures=FIGURES,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        fonts=package_files("figures/fonts/*.ttf"),
    output:
        folder=directory(f"{VARIANTS_AT}/figures"),
    log:
        "results/logs/write_figures.log",
    benchmark:
        "results/benchmarks/write_figures.tsv"
    message:
        "Writing each figure in the journal's formats"
    script:
        "../scripts/write_figures.py"


if LETTER:

    rule write_letter:
        """Fill the values into the cover letter"""
        input:
            letter=LETTER,
            manuscript=rules.render.output.model,
            values=rules.pool.output.values,
            profile=PROFILE_FILES,
            schema=schema("journal"),
        output:
            rendered="results/manuscript/cover_letter.md",
        log:
            "results/logs/write_letter.log",
        benchmark:
            "results/benchmarks/write_letter.tsv"
        message:
            "Filling in the cover letter"
        script:
            "../scripts/write_letter.py"

    use rule write_docx as write_letter_docx with:
        """The cover letter as a Word document"""
        input:
            **{
                **dict(rules.write_docx.input.items()),
                "manuscript": rules.write_letter.output.rendered,
            },
        output:
            docx=f"{LETTER_FILE}.docx",
        log:
            "results/logs/write_letter_docx.log",
        benchmark:
            "results/benchmarks/write_letter_docx.tsv"
        params:
            variant="letter",
        message:
            "Writing the cover letter as a Word document"

    use rule write_pdf as write_letter_pdf with:
        """The cover letter as a PDF"""
        input:
            **{
                **dict(rules.write_pdf.input.items()),
                "manuscript": rules.write_letter.output.rendered,
            },
        output:
            pdf=f"{LETTER_FILE}.pdf",
        log:
            "results/logs/write_letter_pdf.log",
        benchmark:
            "results/benchmarks/write_letter_pdf.tsv"
        params:
            variant="letter",
        message:
            "Writing the cover letter as a PDF"


rule variants:
    """Submission, reading and blinded copies, title page, letter, tables and figures"""
    input:
        [VARIANT_OUTPUTS[variant] for variant in VARIANTS],
