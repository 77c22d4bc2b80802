"""Submission: the seal of checksums over every result, the supplement, and the bundle for the journal."""


rule seal:
    """Write the checksums of all results"""
    input:
        results=results_to_seal(),
        findings=(
            ["results/audit/findings.json"]
            if {"manuscript", "synthesis"} & set(config)
            else []
        ),
    output:
        sums="results/SHA256SUMS",
    log:
        "results/logs/seal.log",
    benchmark:
        "results/benchmarks/seal.tsv"
    params:
        draft=config["review"]["draft"],
        data_audited="synthesis" in config,
    message:
        "Sealing the results"
    script:
        "../scripts/seal.py"


if "manuscript" in config:

    SUPPLEMENT = "results/supplement"
    # Exports of screening tools hold what reviewers wrote for themselves.
    PRIVATE = [] if config["supplement"]["notes"] else screening_files()

    rule compose_supplement:
        """Compose the supplementary material"""
        input:
            schema("dedup_decisions"),
            schema("checklists"),
            rules.overlap.output.png,
            manuscript=rules.render.output.model,
            pdf=rules.write_pdf.output.pdf,
            profile=PROFILE_FILES,
            schema=schema("journal"),
            imports=rules.collect_records.output.imports,
            strategies=sorted(set(STRATEGIES.values())),
            clusters=rules.deduplicate.output.clusters,
            unique=rules.deduplicate.output.unique,
            screening=rules.screen.output.screening,
            agreement=rules.screen.output.agreement,
            sources=rules.overlap.output.sources,
            overlap=rules.overlap.output.figure,
            overlap_alt=rules.overlap.output.alt,
            merges=rules.deduplicate.output.merges,
            to_review=rules.deduplicate.output.to_review,
            decided=list_if_there(config["deduplication"].get("decisions")),
            own_tables=supplement_tables(),
            works=rules.bibliography.output.references,
            forms=CHECKLISTS,
            reported=list_if_there(
                config["supplement"].get("checklists", "manuscript/checklists.yaml")
            ),
        output:
            supplement=f"{SUPPLEMENT}/supplement.md",
            references=f"{SUPPLEMENT}/references.json",
            look=f"{SUPPLEMENT}/profile.yaml",
            excluded_reports=f"{SUPPLEMENT}/excluded_reports.csv",
            checklists=[
                f"{SUPPLEMENT}/checklist_{Path(form).stem}.csv" for form in CHECKLISTS
            ],
        log:
            "results/logs/compose_supplement.log",
        benchmark:
            "results/benchmarks/compose_supplement.tsv"
        params:
            searches=config["searches"],
            stages=config["screening"]["stages"],
            notes=config["supplement"]["notes"],
        message:
            "Composing the supplement"
        script:
            "../scripts/compose_supplement.py"

    use rule write_docx as write_supplement_docx with:
        """The supplementary material as a Word document"""
        input:
            **{
                **dict(rules.write_docx.input.items()),
                "manuscript": rules.compose_supplement.output.supplement,
                "references": rules.compose_supplement.output.references,
                "figures": [rules.overlap.output.figure, rules.overlap.output.png],
                "profile": rules.compose_supplement.output.look,
            },
        output:
            docx=f"{SUPPLEMENT}/supplement.docx",
        log:
            "results/logs/write_supplement_docx.log",
        benchmark:
            "results/benchmarks/write_supplement_docx.tsv"
        message:
            "Writing the supplement as a Word document"

    use rule write_pdf as write_supplement_pdf with:
        """The supplementary material as a PDF"""
        input:
            **{
                **dict(rules.write_pdf.input.items()),
                "manuscript": rules.compose_supplement.output.supplement,
                "references": rules.compose_supplement.output.references,
                "figures": [rules.overlap.output.figure, rules.overlap.output.png],
                "profile": rules.compose_supplement.output.look,
            },
        output:
            pdf=f"{SUPPLEMENT}/supplement.pdf",
        log:
            "results/logs/write_supplement_pdf.log",
        benchmark:
            "results/benchmarks/write_supplement_pdf.tsv"
        message:
            "Writing the supplement as a PDF"

    rule supplement:
        """The supplementary material as DOCX and PDF"""
        input:
            rules.write_supplement_docx.output,
            rules.write_supplement_pdf.output,

    rule bundle:
        """Pack the bundle for the journal, with its checksums"""
        input:
            manuscript=rules.render.output.model,
            references=rules.bibliography.output.references,
            preflight=rules.preflight.output.json,
            profile=PROFILE_FILES,
            schema=schema("journal"),
            documents=[rules.variants.input, rules.write_jats.output.jats],
            supplement=[
                rules.write_supplement_docx.output.docx,
                rules.write_supplement_pdf.output.pdf,
                *rules.compose_supplement.output.checklists,
            ],
            evidence=[
                rules.pool.output.values,
                rules.count_flow.output.flow,
                rules.render.output.ledger,
                rules.seal.output.sums,
                # Its authors stand on the page.
                *([] if "blinded" in VARIANTS else rules.write_html.output),
            ],
            review=[
                file
                for file in written_by_people(MANUSCRIPT["sections"], PROFILE_FILES)
                if file not in PRIVATE
            ],
            exports=[str(export["file"]) for export in EXPORTS.values()],
            withheld=PRIVATE,
        output:
            archive=f"results/submission/{PROFILE['files']['bundle']}.zip",
            site="results/submission/What_the_site_asks_for.md",
        log:
            "results/logs/bundle.log",
        benchmark:
            "results/benchmarks/bundle.tsv"
        params:
            variants={
                **{
                    variant: [files] if isinstance(files, str) else files
                    for variant, files in VARIANT_OUTPUTS.items()
                },
                "supplement": [SUPPLEMENT],
            },
            notes=config["supplement"]["notes"],
        message:
            "Packing the submission"
        script:
            "../scripts/bundle.py"

    rule submission:
        """Everything that the journal asks for, in one archive"""
        input:
            rules.bundle.output,
