"""Readers, one file a format family."""

from prismake.importing.entries import Format
from prismake.importing.readers import medline, ris

FORMATS: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in (medline, ris)}
