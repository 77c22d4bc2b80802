"""Audit: every number and claim of the text against the records, the extraction and the settings."""


rule list_numbers:
    """List every number of the Word document with what is behind it"""
    input:
        docx=rules.write_docx.output.docx,
        manuscript=rules.render.output.model,
        metadata=MANUSCRIPT["metadata"],
        values=rules.pool.output.values,
        studies=(
            [rules.collect_studies.output.extraction] if "synthesis" in config else []
        ),
        tables=printed_tables(),
        cells=[str(Path(table).with_suffix(".csv")) for table in printed_tables()],
        stated=kept_table("stated"),
        references=rules.bibliography.output.references,
        lists=rules.count_flow.output.lists,
    output:
        csv=report(
            "results/audit/numbers.csv",
            category="5 Audit",
            caption="../report/numbers.rst",
        ),
        page="results/audit/numbers.html",
    log:
        "results/logs/list_numbers.log",
    benchmark:
        "results/benchmarks/list_numbers.tsv"
    priority: 2
    params:
        expressions=cell_expressions(),
    message:
        "Following the numbers of the document back"
    script:
        "../scripts/list_numbers.py"


rule audit:
    """Check every number and claim of the text against the records"""
    input:
        numbers=[rules.list_numbers.output.csv],
        letter=[LETTER] if LETTER else [],
        journal=[schema("journal"), *PROFILE_FILES] if LETTER else [],
        manuscript=rules.render.output.model,
        metadata=MANUSCRIPT["metadata"],
        values=rules.pool.output.values,
        studies=(
            [rules.collect_studies.output.extraction] if "synthesis" in config else []
        ),
        references=rules.bibliography.output.references,
        tables=printed_tables(),
        config="config.yaml",
        abbreviations=(
            [config["abbreviations"], schema("abbreviations")]
            if "abbreviations" in config
            else []
        ),
        stated=kept_table("stated"),
        waivers=kept_table("waivers"),
        confirmed=kept_table("confirmed"),
        figures=own_drawings(),
        strategies=[
            search["strategy"] for search in config["searches"] if "strategy" in search
        ],
        extraction=(
            [EXTRACTION["studies"]["table"], EXTRACTION["studies"]["schema"]]
            if "synthesis" in config
            else []
        ),
        records=rules.collect_records.output.collected,
        checklists=list_if_there(config["supplement"].get("checklists")),
    output:
        findings=report(
            "results/audit/findings.json",
            category="5 Audit",
            caption="../report/audit.rst",
        ),
        text="results/audit/findings.txt",
        to_state="results/audit/to_state.csv",
        to_confirm="results/audit/to_confirm.csv",
    log:
        "results/logs/audit.log",
    benchmark:
        "results/benchmarks/audit.tsv"
    priority: 2
    params:
        settings={
            key: config[key]
            for key in (
                "searches",
                "screening",
                "review",
                "deduplication",
                "synthesis",
            )
            if key in config
        },
    message:
        "Auditing the manuscript"
    script:
        "../scripts/audit.py"
