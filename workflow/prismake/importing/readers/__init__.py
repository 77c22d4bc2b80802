"""Readers, one file per family of formats."""

from prismake.importing.entries import Format
from prismake.importing.readers import (
    bibtex,
    csl_json,
    delimited,
    endnote_tagged,
    endnote_xml,
    medline,
    ovid,
    pubmed_text,
    pubmed_xml,
    ris,
    spreadsheets,
    wos,
)

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        medline.FORMAT,
        ris.FORMAT,
        wos.FORMAT,
        ovid.FORMAT,
        endnote_tagged.FORMAT,
        pubmed_text.FORMAT,
        pubmed_xml.FORMAT,
        endnote_xml.FORMAT,
        bibtex.FORMAT,
        csl_json.FORMAT,
        delimited.FORMAT,
        spreadsheets.FORMAT,
    )
}
