"""The reference list: BibTeX entries checked one by one and handed on as CSL JSON.

bibtexparser 2 keeps every block that it could not read, where version 1 dropped them silently; pandoc turns what is
sound into CSL JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from bibtexparser.library import Library

from prismake.common.errors import BuildStop, Issue, counted, some_of
from prismake.common.limits import TooMuch
from prismake.common.pandoc import WITHIN, closed_environment, pandoc_program
from prismake.common.programs import run_program
from prismake.manuscript.entries import complete, exact_titles, with_exact_titles
from prismake.manuscript.title_equations import mark_equations, set_equations, shown_as_text, unprintable

# Seconds; a thousand entries take two.
LONGEST = 120
# What a reader needs to find the work; an entry of another type needs the fields of `misc`.
REQUIRED: dict[str, tuple[str, ...]] = {
    "article": ("title", "journal", "year"),
    "book": ("title", "publisher", "year"),
    "inbook": ("title", "publisher", "year"),
    "incollection": ("title", "booktitle", "publisher", "year"),
    "inproceedings": ("title", "booktitle", "year"),
    "phdthesis": ("author", "title", "school", "year"),
    "mastersthesis": ("author", "title", "school", "year"),
    "techreport": ("title", "institution", "year"),
    "misc": ("title",),
}
# Works that people sign; one without an author may lack the field.
SIGNED = ("article", "book", "inbook", "incollection", "inproceedings")
PEOPLE = ("author", "editor")
# As publishers mark the title, and PubMed the record, of a retracted article.
RETRACTED = re.compile(
    r"^\W*retracted( article)?\s*[:\]]|\bretract(ed|ion) in\b|\bretracted (article|publication)\b", re.IGNORECASE
)
SHOWN = 5
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
# Fields that may stand for another, as biblatex names them.
STAND_INS = {
    "journal": ("journaltitle",),
    "year": ("date",),
    "author": ("editor",),
    "school": ("institution",),
    "publisher": ("institution",),
}


def check_entries(library: Library, source: Path) -> list[Issue]:
    """Issues of a parsed BibTeX file: blocks that cannot be read, keys twice or missing, required fields missing."""
    issues = []
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        key = getattr(block, "key", None)
        message = f"the key '{key}' occurs twice" if key else "the entry that begins here cannot be read"
        fix = "keep one of them" if key else "check that its braces close and that commas part its fields"
        issues.append(Issue("bibtex", message, f"{source}:{line}", fix))
    for entry in library.entries:
        where = f"{source}:{(entry.start_line or 0) + 1}"
        if not entry.key.strip():
            issues.append(Issue("no-key", "an entry without a key", where, "give it a key to cite it by"))
            continue
        given = {field.key.lower() for field in entry.fields if str(field.value).strip(' {}"')}
        for name in REQUIRED.get(entry.entry_type.lower(), REQUIRED["misc"]):
            if name not in given and not given.intersection(STAND_INS.get(name, ())):
                issues.append(Issue("no-field", f"'{entry.key}' has no {name}", where, f"add the field '{name}'"))
    if not library.entries and not issues:
        issues.append(Issue("empty", "contains no entries", str(source), "add the works that the text cites"))
    return issues


def anonymous(library: Library, source: Path) -> Issue | None:
    """A warning that names the works without author and editor: they are cited by their title."""
    keys = [
        entry.key
        for entry in library.entries
        if entry.entry_type.lower() in SIGNED
        and not any(field.key.lower() in PEOPLE and str(field.value).strip(' {}"') for field in entry.fields)
    ]
    if not keys:
        return None
    message = f"{counted(len(keys), 'work')} without an author, cited by title: {some_of(keys, SHOWN)}"
    return Issue("unsigned", message, str(source), "add the field 'author' if the work has one", "warning")


def retracted(items: Sequence[Mapping[str, Any]], source: Path) -> Issue | None:
    """A warning that names the works whose title or note says that they were retracted."""
    texts = [(item["id"], f"{item.get('title', '')} {item.get('note', '')}") for item in items]
    keys = [key for key, text in texts if RETRACTED.search(text)]
    if not keys:
        return None
    message = f"{counted(len(keys), 'work')} called retracted: {', '.join(keys[:SHOWN])}"
    return Issue("retracted", message, str(source), "cite a retracted work only to say so", "warning")


def _pandoc(text: str, source: Path, *options: str) -> str:
    """What pandoc makes of a text: it opens no other file and sees nothing of the machine it runs on."""
    try:
        command = [str(pandoc_program()), *options, "--sandbox", *WITHIN]
        done = run_program(command, text.encode(), seconds=LONGEST, environment=closed_environment())
    except TooMuch as fault:
        message = f"pandoc {fault}"
    else:
        if not done.returncode:
            return done.stdout.decode()
        message = done.stderr.decode(errors="replace").strip() or f"pandoc ended with code {done.returncode}"
    raise BuildStop(Issue("bibtex", message, str(source), "correct the entry"))


def _decoded(value: Any) -> Any:
    """A value of CSL JSON without the entities of web pages, which some exports write."""
    if isinstance(value, str):
        return ENTITY.sub(lambda match: unescape(match[0]), value)
    if isinstance(value, dict):
        return {key: _decoded(one) for key, one in value.items()}
    return [_decoded(one) for one in value] if isinstance(value, list) else value


def to_csl(text: str, library: Library, source: Path) -> list[dict[str, Any]]:
    """The entries as CSL JSON items, in the order of the file. Raises BuildStop with what pandoc reported, and for
    equations that text cannot show.

    `library` is the same text, parsed: it says what pandoc leaves out. Pandoc stops where entries swell beyond bounds.
    """
    reader = "biblatex" if "journaltitle" in text.lower() or "\n  date" in text.lower() else "bibtex"
    marked = mark_equations(text + exact_titles(library))
    shown = shown_as_text(marked, lambda lines: _pandoc(lines, source, "--from=markdown", "--to=html", "--wrap=none"))
    if issues := unprintable(marked, shown, str(source)):
        raise BuildStop(issues)
    read: list[dict[str, Any]] = json.loads(_pandoc(marked.text, source, f"--from={reader}", "--to=csljson"))
    items = with_exact_titles(_decoded(set_equations(read, shown)))
    complete(items, library)
    return items
