"""The edition to read: the manuscript as a page for a browser, with the records behind its numbers."""


rule write_page_supplement:
    """The supplementary material as the page shows it, which no change of the text makes anew"""
    input:
        schema("dedup_decisions"),
        manuscript=MANUSCRIPT["metadata"],
        references=rules.bibliography.output.references,
        figures=[],
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        writer=package_files(
            "document/filters/settings.lua",
            "document/filters/html.lua",
        ),
        fonts=[*package_files("figures/fonts/*.ttf"), *OWN_FONTS],
        clusters=rules.deduplicate.output.clusters,
        merges=rules.deduplicate.output.merges,
        imports=rules.collect_records.output.imports,
        strategies=sorted(set(STRATEGIES.values())),
        unique=rules.deduplicate.output.unique,
        screening=rules.screen.output.screening,
        agreement=rules.screen.output.agreement,
        sources=rules.overlap.output.sources,
        overlap=rules.overlap.output.figure,
        overlap_png=rules.overlap.output.png,
        overlap_alt=rules.overlap.output.alt,
        to_review=rules.deduplicate.output.to_review,
        decided=list_if_there(config["deduplication"].get("decisions")),
        own_tables=supplement_tables(),
        works=rules.bibliography.output.references,
    output:
        section="results/manuscript/page_supplement.json",
    log:
        "results/logs/write_page_supplement.log",
    benchmark:
        "results/benchmarks/write_page_supplement.tsv"
    params:
        notes=config["web"]["notes"],
        searches=config["searches"],
        stages=config["screening"]["stages"],
    message:
        "Writing the supplement of the page"
    script:
        "../scripts/write_page_supplement.py"


rule write_html:
    """The manuscript as a page for a browser, in which every number leads to its records"""
    input:
        manuscript=rules.render.output.model,
        references=rules.bibliography.output.references,
        figures=FIGURES,
        plots=PLOT_LIST,
        profile=PROFILE_FILES,
        schema=schema("journal"),
        csl=from_here(JOURNAL.style),
        writer=package_files(
            "document/filters/settings.lua",
            "document/filters/html.lua",
        ),
        fonts=[*package_files("figures/fonts/*.ttf"), *OWN_FONTS],
        metadata=MANUSCRIPT["metadata"],
        values=rules.pool.output.values,
        studies=(
            [rules.collect_studies.output.extraction] if "synthesis" in config else []
        ),
        appraisal=[rules.appraise.output.appraisal] if "appraisal" in config else [],
        tables=printed_tables(),
        cells=[str(Path(table).with_suffix(".csv")) for table in printed_tables()],
        stated=kept_table("stated"),
        collected=rules.collect_records.output.collected,
        clusters=rules.deduplicate.output.clusters,
        merges=rules.deduplicate.output.merges,
        links=rules.deduplicate.output.links,
        to_review=rules.deduplicate.output.to_review,
        trail=rules.screen.output.trail,
        reviewers=rules.screen.output.reviewers,
        flow=rules.count_flow.output.flow,
        lists=rules.count_flow.output.lists,
        supplement=rules.write_page_supplement.output.section,
        assets=package_files("web/assets/*"),
    output:
        html=report(
            "results/manuscript/manuscript.html",
            category="4 Manuscript",
            caption="../report/html.rst",
        ),
    log:
        "results/logs/write_html.log",
    benchmark:
        "results/benchmarks/write_html.tsv"
    params:
        expressions=cell_expressions(),
        look={key: FLOW[key] for key in ("font", "width_mm") if key in FLOW},
        shown=config["web"],
    message:
        "Writing the page for a browser"
    script:
        "../scripts/write_html.py"
