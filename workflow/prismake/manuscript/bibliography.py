"""The reference list: BibTeX entries checked one by one and handed on as CSL JSON.

bibtexparser 2 keeps every block that it could not read, where version 1 dropped them silently; pandoc turns what is
sound into CSL JSON.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from bibtexparser.library import Library

from prismake.common.errors import BuildStop, Issue
from prismake.common.pandoc import WITHIN, closed_environment, pandoc_program

# Seconds; a thousand entries take two.
LONGEST = 120
# What a reader needs to find the work; an entry of another type needs the fields of `misc`.
REQUIRED: dict[str, tuple[str, ...]] = {
    "article": ("author", "title", "journal", "year"),
    "book": ("title", "publisher", "year"),
    "inbook": ("author", "title", "publisher", "year"),
    "incollection": ("author", "title", "booktitle", "publisher", "year"),
    "inproceedings": ("author", "title", "booktitle", "year"),
    "phdthesis": ("author", "title", "school", "year"),
    "mastersthesis": ("author", "title", "school", "year"),
    "techreport": ("author", "title", "institution", "year"),
    "misc": ("title",),
}
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
        said = f"the key '{key}' stands twice" if key else "the entry that begins here cannot be read"
        fix = "keep one of them" if key else "check that its braces close and that commas part its fields"
        issues.append(Issue("bibtex", said, f"{source}:{line}", fix))
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
        issues.append(Issue("empty", "holds no entry", str(source), "add the works that the text cites"))
    return issues


def to_csl(text: str, source: Path) -> list[dict[str, Any]]:
    """The entries as CSL JSON items, in the order of the file. Raises BuildStop with what pandoc said.

    Pandoc opens no other file, sees nothing of the machine it runs on, and stops where entries swell beyond bounds.
    """
    reader = "biblatex" if "journaltitle" in text.lower() or "\n  date" in text.lower() else "bibtex"
    try:
        done = subprocess.run(
            [str(pandoc_program()), f"--from={reader}", "--to=csljson", "--sandbox", *WITHIN],
            input=text.encode(),
            capture_output=True,
            env=closed_environment(),
            check=False,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        said = f"pandoc did not finish in {LONGEST} seconds"
    else:
        if not done.returncode:
            items: list[dict[str, Any]] = json.loads(done.stdout)
            return items
        said = done.stderr.decode(errors="replace").strip() or f"pandoc ended with code {done.returncode}"
    raise BuildStop(Issue("bibtex", said, str(source), "mend the entry"))
