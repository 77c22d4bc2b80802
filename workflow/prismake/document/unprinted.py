"""What a bibliography says that a citation style does not print: nothing of a work goes unseen."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibtexparser.entrypoint import parse_string

from prismake.common.reading import read_text
from prismake.document.kinds import Style, Work, set_as
from prismake.manuscript.entries import fields_of

# Field of BibTeX or biblatex -> the variables of CSL that may print it.
VARIABLES = {
    **dict.fromkeys(("title", "subtitle", "titleaddon", "shorttitle"), ("title",)),
    **dict.fromkeys(("journal", "journaltitle", "booktitle", "maintitle"), ("container-title",)),
    **dict.fromkeys(("year", "date", "month", "day", "pubstate"), ("issued", "status")),
    **dict.fromkeys(("publisher", "institution", "school", "organization", "howpublished"), ("publisher", "URL")),
    **dict.fromkeys(("address", "location"), ("publisher-place",)),
    **dict.fromkeys(("pages", "eid"), ("page",)),
    **dict.fromkeys(("url", "eprint"), ("URL",)),
    **{"author": ("author",), "editor": ("editor",), "translator": ("translator",), "volume": ("volume",)},
    **{"number": ("issue", "number", "collection-number"), "issue": ("issue",), "edition": ("edition",)},
    **{"version": ("version",), "series": ("collection-title",), "chapter": ("chapter-number",), "type": ("genre",)},
    **{"doi": ("DOI",), "urldate": ("accessed",), "isbn": ("ISBN",), "issn": ("ISSN",), "pmid": ("PMID",)},
    **{"pmcid": ("PMCID",), "note": ("note", "accessed", "status"), "venue": ("event-place",)},
    **{"eventtitle": ("event-title", "event"), "archiveprefix": ("publisher", "container-title")},
}
# What programs keep beside a work and no reference list prints.
KEPT_BESIDE = {
    *("abstract", "annotation", "annote", "crossref", "file", "groups", "key", "keyword", "keywords", "lang", "langid"),
    *("language", "owner", "primaryclass", "shorttitle", "timestamp"),
}


@dataclass(frozen=True)
class Field:
    """A filled field that is not printed: the entry's key, the field's name, what it says."""

    key: str
    name: str
    text: str

    @property
    def beside(self) -> bool:
        """Whether programs keep it for themselves."""
        return self.name in KEPT_BESIDE or "-" in self.name


def _plain(text: str) -> str:
    return " ".join(text.replace("{", "").replace("}", "").split())


def _values(work: Work, names: set[str]) -> str:
    return " ".join(str(work[name]) for name in names).casefold()


def unprinted(entries: Mapping[str, Mapping[str, str]], works: Sequence[Work], style: Style) -> Iterator[Field]:
    """The filled fields that the style leaves out, in the order of the file.

    `entries` are the fields of each entry by its key, `works` the same as CSL JSON.
    """
    for work in works:
        made = set_as(work, style)
        names = style.prints(made)
        values = _values(made, names)
        for name, value in entries.get(str(work["id"]), {}).items():
            text = _plain(value)
            moved = text.casefold() in (values if len(text) > 2 else values.split())
            known = VARIABLES.get(name, ())
            if not names.intersection(known) and not (known and moved):
                yield Field(str(work["id"]), name, text)


def fields_left_out(bibliography: Path, works: Sequence[Work], style: Style) -> list[Field]:
    """The fields of a BibTeX file that a style does not print. `works` is the same file as CSL JSON."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(read_text(bibliography))
    entries = {key: fields for key, (_, fields) in fields_of(library).items()}
    return list(unprinted(entries, works, style))


def summary(fields: Sequence[Field]) -> str:
    """How many entries each field is left out of, those aside that programs keep for themselves; empty for none."""
    counts = Counter(field.name for field in fields if not field.beside)
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())
