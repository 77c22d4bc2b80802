"""Results of writing the manuscript and its documents."""

from __future__ import annotations

from prismake.common.results.declaring import Document, Result, Table, columns, integer, listed, number, structure

REFERENCES = Document(
    "results/manuscript/references.json",
    "bibliography",
    "The references as CSL JSON, in the order of the file.",
    (),
    True,
)
FIGURES = Document(
    "results/manuscript/figures.json",
    "take_in_figures",
    "The review's own figures.",
    columns(
        id="id of the figure",
        source="the author's file",
        file="the file that documents take",
        raster="its raster form",
        kind="kind of picture, which decides the resolution",
        width_mm=number("printed width"),
    ),
    True,
)
OWN_FIGURES = Result("results/manuscript/figures/", "take_in_figures", "The review's own figures, made safe to embed.")
UNPRINTED_FIELDS = Table(
    "results/manuscript/unprinted_fields.csv",
    "preflight",
    "What the bibliography says and the journal's style does not print, one row per field.",
    columns(key="key of the work", field="name of the field in the bibliography", text="what it says"),
)
VALUES_USED = Table(
    "results/manuscript/values_used.csv",
    "render",
    "One row per value that the text prints.",
    columns(
        file="file of the text",
        line=integer("line"),
        expression="the expression between the braces",
        printed="the text that it became",
        values=listed("names of the values that it was made of"),
    ),
)
MANUSCRIPT = Result(
    "results/manuscript/manuscript.md", "render", "The manuscript with its values, as Markdown to read."
)
MODEL = Document(
    "results/manuscript/manuscript.json",
    "render",
    "The manuscript as data: what every reader of the text looks up.",
    columns(
        name="the folder of the sections",
        head=structure("title, authors, affiliations, abstract, keywords, counts"),
        counts=structure("words of the abstract and of the text, tables, figures"),
        sections=structure("title, level, role, words, file and line of each section"),
        floats=structure("identifier, caption, file and line of each table and figure"),
        citations=structure("every key that is cited or referred to, with file and line"),
        notes=structure("the footnotes, with file and line"),
        sentences=structure("text, file and line of each sentence, its values and citations"),
        values=structure("expression, printed text, file and line of each value, and its names in the ledger"),
        files=structure("the sources that the places name"),
        places=structure("source and line of each place that the tree names"),
        texts=structure("which words are the authors', and which a value's"),
        tree=structure("the parsed text: pandoc's JSON, with places and values"),
    ),
)
DOCX = Result("results/manuscript/manuscript.docx", "write_docx", "The manuscript as a Word document.")
PDF = Result("results/manuscript/manuscript.pdf", "write_pdf", "The manuscript as PDF.")
PAGE_SUPPLEMENT = Document(
    "results/manuscript/page_supplement.json",
    "write_page_supplement",
    "The supplementary material as the page for a browser shows it.",
    columns(markup="its section, as markup", headings=structure("its headings: anchor, level, text")),
)
HTML = Result(
    "results/manuscript/manuscript.html",
    "write_html",
    "The manuscript as a page for a browser, with the records behind its numbers.",
)
JATS = Result("results/manuscript/manuscript.xml", "write_jats", "The manuscript as JATS XML.")
LETTER = Result("results/manuscript/cover_letter.md", "write_letter", "The cover letter with its values.")
PREFLIGHT = Document(
    "results/manuscript/preflight.json",
    "preflight",
    "What the preflight of the Word document found.",
    columns(
        file="name of the document",
        variant="variant of the document",
        passed="whether no check failed",
        errors=integer("errors"),
        warnings=integer("warnings"),
        checks=structure("list of checks with their findings"),
        unmet=structure("what the journal asks for and the manuscript lacks: `message`, `where`, `fix`"),
    ),
)
PREFLIGHT_TEXT = Result("results/manuscript/preflight.txt", "preflight", "The same for a person to read.")
VARIANTS = Result("results/variants/", "write_*", "The documents that the journal asks for.")
