"""Results of the synthesis and the appraisal."""

from __future__ import annotations

from prismake.common.results.declaring import Column, Document, Result, Table, columns, integer, structure, yes_or_no

STUDIES = Document(
    "results/studies.json",
    "collect_studies",
    "The checked extraction of the included studies.",
    columns(
        columns=structure(
            "column of the studies table -> number, decimal, coded, list, and what its schema says of its numbers"
        ),
        codes=structure("column -> code -> cell and label"),
        parts=structure("settings of the tables with several rows per study"),
        studies=structure("list of studies: study_id, columns, parts, reports"),
        left_out=structure("extracted studies that the screening left out, with the reason"),
        overlaps=structure("judged pairs of studies that may share patients"),
        places=structure("where there are meta-analyses: study -> the place of each of its rows of outcomes"),
        agreement=structure(
            "of several extractors: their names, n cells that one filled in, agree, raw, open differences, columns"
        ),
    ),
)
TABLE_CELLS = Table(
    "results/tables/{table}.csv",
    "tabulate, appraise or rate_certainty",
    "A printed table as plain text, one row per study, or per outcome of a table of GRADE.",
    columns(study_id="id of the study, or name of the outcome"),
    (Column("{column}", "cell of a column that config.yaml declares"),),
)
PRINTED = Document(
    "results/tables/{table}.json",
    "tabulate, appraise or rate_certainty",
    "The same table as the manuscript prints it.",
    columns(
        id="id of the table",
        caption="caption",
        wide="whether it needs a wide page",
        header_columns="how many columns at the left hold the headers of the rows, if any do",
        columns=structure("list of columns: id, header, align, width"),
        rows=structure("rows of Markdown cells"),
        notes=structure("notes below the table"),
        abbreviations=structure("abbreviations used, with their expansions"),
    ),
)
APPRAISAL = Document(
    "results/appraisal.json",
    "appraise",
    "The checked appraisal.",
    columns(
        forms=structure("forms used, with title, source, answers, items and their signalling questions"),
        tables=structure("printed tables -> the forms that each shows, none for all forms"),
        appraisals=structure(
            "list of appraisals: study_id, about, form, state, overall answer and what the form's rules propose, the "
            "same for each item with its state and note, answers to questions, open questions, score"
        ),
        agreement=structure("form -> of several reviewers: n answers, agree, raw, open differences, the same by item"),
        selections=structure("sensitivity analysis -> studies that it keeps and leaves out, and the same by outcome"),
    ),
)
JUDGEMENTS = Table(
    "results/judgements.csv",
    "appraise",
    "The judgements of all appraisals, one row per item and overall judgement.",
    columns(
        study_id="id of the study",
        about="what of the study is appraised: an outcome, a case, a time point; empty: all of it",
        form="id of the form; empty: not appraised yet",
        item="the item's number on the form, or overall",
        subject="what the item is about",
        group="the form's heading for the item, such as applicability",
        state="answered, unclear or pending",
        answer="the reviewers' judgement",
        proposed="what the rules of the form propose from the answers to its questions",
        note="why",
    ),
)
META = Document(
    "results/meta.json",
    "pool_effects",
    "The meta-analyses of the review, all that text and figures take from them.",
    columns(
        analyses=structure(
            "name -> measure, settings, rows with their effects, weights and raw figures, excluded rows with reasons, "
            "pooled effect, heterogeneity, prediction, alternatives, subgroups, moderator, leave-one-out, cumulative, "
            "small-study effects and votes or why they are refused, direction of each effect, the model over the "
            "studies that each selection of the appraisal keeps, warnings"
        ),
        failed=structure("in a draft: name of an analysis that cannot be made -> why"),
    ),
)
DIRECTIONS = Document(
    "results/directions.json",
    "count_directions",
    "The direction of effect in each study, of the outcomes that are counted and not pooled.",
    columns(
        outcomes=structure(
            "name -> outcome, arms, rows (study, direction 1, -1 or 0, what tells it: stated, effect or figures, "
            "participants), studies without a direction, studies that do not report it, votes with their sign test"
        ),
    ),
)
GRADE = Document(
    "results/grade.json",
    "rate_certainty",
    "The certainty of the evidence by GRADE, with the effects that it is about.",
    columns(
        outcomes=structure(
            "list of outcomes: name, title, importance, rating (start, steps with answer, levels and reason, their "
            "sum, certainty, what is pending), studies, participants, pooled effect, absolute effect as proportions, "
            "comments"
        ),
        per="the number of people that risks are printed for",
        awaited=structure("in a draft: outcome whose meta-analysis cannot be made -> why"),
    ),
)
PLOTS = Document(
    "results/plots.json",
    "draw_plots",
    "The plots that the text places, one entry per page of a plot.",
    columns(
        id="name of the plot, as the text places it",
        file="the drawing",
        part=integer("page of the plot, from 1"),
        parts=integer("pages of the plot"),
        alt="alternative text, which gives the result",
        notes=structure("what its marks mean and which studies it is without, as Markdown"),
        pending=yes_or_no("whether a draft has a placeholder for the plot"),
        size=structure("width and height of the page in points"),
        spots=structure(
            "where the page shows a study, an item of its appraisal, or the result of all (item pooled): "
            "study, item, and in points from the upper left corner x, y, width, height"
        ),
    ),
    True,
)
PLOT_FILES = Result("results/figures/plots/", "draw_plots", "The plots as SVG, PNG, PDF and TIFF.")
VALUES = Document(
    "results/values.json",
    "pool",
    "The ledger: every value that the manuscript may use, by the name it has there.",
    columns(
        schema="version of this layout",
        values=structure(
            "name -> value, kind, how it was computed, unit, nouns (what it counts), roles, places, files, columns, "
            "studies and records it rests on; values.schema.yaml of the package describes them"
        ),
    ),
)
