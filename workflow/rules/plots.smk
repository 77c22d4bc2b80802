"""Plots of meta-analyses and appraisals: those that the text places, in the journal's font and width."""

from prismake.review.plot_names import plot_names, plots_used

POSSIBLE_PLOTS = plot_names(config)

with stopping():
    PLOTS = plots_used(
        sorted(Path(config["manuscript"]["sections"]).glob("[0-9]*.md")),
        POSSIBLE_PLOTS,
    )


if PLOTS:

    rule draw_plots:
        """Draw the plots that the text places"""
        input:
            extraction=rules.collect_studies.output.extraction,
            meta=[rules.pool_effects.output.meta] if SYNTHESIS["meta"] else [],
            directions=(
                [rules.count_directions.output.directions]
                if SYNTHESIS["directions"]
                else []
            ),
            appraisal=(
                [rules.appraise.output.appraisal] if "appraisal" in config else []
            ),
            fonts=[
                *package_files("figures/fonts/*.ttf"),
                *own_fonts(config["manuscript"]),
            ],
            profile=profile_of(config["manuscript"]),
            schema=schema("journal"),
        output:
            about="results/plots.json",
            folder=directory("results/figures/plots"),
        log:
            "results/logs/draw_plots.log",
        benchmark:
            "results/benchmarks/draw_plots.tsv"
        params:
            names=PLOTS,
            synthesis={
                "label": SYNTHESIS["label"],
                "year": SYNTHESIS["year"],
                "beside": config.get("appraisal", {}).get("beside_effects", "none"),
            },
            draft=config["review"]["draft"],
        message:
            "Drawing the plots"
        script:
            "../scripts/draw_plots.py"


# Which plots there are, and with their drawings; nothing where the text places none.
PLOT_LIST = [rules.draw_plots.output.about] if PLOTS else []
PLOT_FILES = [*PLOT_LIST, rules.draw_plots.output.folder] if PLOTS else []
