"""Results of counting and drawing the flow."""

from __future__ import annotations

from prismake.common.results.declaring import Column, Document, Result, Table, columns, integer, structure
from prismake.common.results.records import DESCRIBED

# What a review includes, where its flow does not say otherwise: (singular, plural).
INCLUDES = ("study", "studies")
FLOW = Document(
    "results/flow.json",
    "count_flow",
    "All boxes of the flow with labels and numbers.",
    columns(
        heading="heading of the figure",
        headings=structure("headings of its other columns"),
        phases=structure("names of the phases"),
        kinds=structure("headings of databases and registers"),
        methods=structure("headings of other methods"),
        removed="heading of what left before screening",
        boxes=structure(
            "list of boxes: id, label, n, records (their list), role, stage, kind, column, parent, shown, studies, …"
        ),
        includes=structure("what the review includes, in the singular and the plural; absent for studies"),
        draft="mark of a draft, absent otherwise",
    ),
)
FLOW_LISTS = Result("results/flow/", "count_flow", "The lists of the flow's boxes.")
BOX = Table(
    "results/flow/{box}.csv",
    "count_flow",
    "One row per record of a box of the flow.",
    (*DESCRIBED, Column("reason", "why the record is in the box")),
)
PREVIOUS_STUDIES = Table(
    "results/flow/previous.csv",
    "count_flow",
    "One row per report of the review's previous version.",
    columns(study_id="id of the study", report="the report, as the review's table names it"),
)
TOTAL_STUDIES = Table(
    "results/flow/total.csv",
    "count_flow",
    "One row per study of both versions of an updated review.",
    columns(
        study_id="id of the study", version="previous, this or both", reports=integer("reports of the study in all")
    ),
)
PRISMA2020 = Table(
    "results/prisma2020.csv",
    "count_flow",
    "The flow as the R package PRISMA2020 reads it.",
    columns(
        data="name of the number",
        node="name of its node",
        box="name of its box",
        description="what the number is",
        boxtext="text in the box",
        tooltips="text over the box",
        url="address behind the box",
        n="the number, or a list of names and numbers",
    ),
)
FLOW_TEXT = Result("results/flow.txt", "draw_flow", "The flow in words, one line per box.")
PRISMA = Result("results/figures/prisma.{form}", "draw_flow", "The flow figure as SVG, PNG, PDF and TIFF.")
PRISMA_ALT = Result("results/figures/prisma.txt", "draw_flow", "Alternative text of the flow figure.")
