"""Readers, one file a format family."""

from prismake.importing.entries import Format
from prismake.importing.readers import endnote_tagged, medline, ovid, ris, tables, wos

FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        medline.FORMAT,
        ris.FORMAT,
        wos.FORMAT,
        ovid.FORMAT,
        endnote_tagged.FORMAT,
        tables.TEXT,
        tables.WORKBOOK,
    )
}
