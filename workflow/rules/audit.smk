"""Audit: every number and claim of the text against the records, the extraction and the settings."""


def own_drawings():
    """The authors' drawings whose text can be read."""
    return [str(path) for path in OWN_FIGURES if path.suffix in (".dot", ".gv", ".svg")]


def kept_table(name):
    """A table that authors keep for the audit, and its schema; nothing where the review has none."""
    path = list_if_there(MANUSCRIPT[name])
    return [*path, schema(name)] if path else []


rule audit:
    input:
        manuscript=rules.render.output.model,
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
