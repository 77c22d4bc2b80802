"""Audit: every number and claim of the text against the records, the extraction and the settings."""


def own_drawings():
    """The authors' drawings whose text can be read."""
    return [str(path) for path in OWN_FIGURES if path.suffix in (".dot", ".gv", ".svg")]


def kept_table(name):
    """A table that authors keep for the audit, and its schema; nothing where the review has none."""
    path = list_if_there(MANUSCRIPT[name])
    return [*path, schema(name)] if path else []


def cell_expressions():
    """Table -> column -> the expression of its cells in config.yaml."""
    tables = dict(config["synthesis"]["tables"]) if "synthesis" in config else {}
    if "appraisal" in config:
        table = config["appraisal"]["table"]
        columns = [*table.get("columns", []), *table.get("last_columns", [])]
        tables |= {
            name: {"columns": columns} for name in reviews.appraisal_tables(config)
        }
    return {
        name: {column["id"]: str(column["cell"]) for column in table["columns"]}
        for name, table in tables.items()
    }


rule list_numbers:
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
    params:
        expressions=cell_expressions(),
    message:
        "Following the numbers of the document back"
    script:
        "../scripts/list_numbers.py"


rule audit:
    input:
        numbers=[rules.list_numbers.output.csv],
        letter=[LETTER] if LETTER else [],
        journal=[schema("journal"), *PROFILE_FILES] if LETTER else [],
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
