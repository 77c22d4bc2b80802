"""Step: the manuscript as JATS XML, through pandoc."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml
from prismake.common.writing import write_bytes
from prismake.document.conversion import Job, run_pandoc, settings_for
from prismake.document.demands import roles_in
from prismake.document.figures import read_figures
from prismake.document.jats import Journal, assemble
from prismake.document.matter import plain
from prismake.document.profile import read_profile
from prismake.document.variants import edition_of

# A program reads the file: the sections keep the names and the order that the authors gave them.
PLAIN: dict[str, Any] = {
    "sections": [],
    "declarations": {"heading": "", "form": "heading"},
    "headings": {"numbered": False, "levels": 3},
}
TEMPLATE = """\
<article xmlns:xlink="http://www.w3.org/1999/xlink">
<body>
$body$
</body>
<back>
$back$
</back>
</article>
"""
DECLARATION = re.compile(r"^# (?P<title>.*?)\s*\{[^}]*\.declaration[^}]*\}\s*$", re.MULTILINE)
ALT = re.compile(r"\]\((?P<file>[^)]+)\)\{#fig:[^}]* alt=\"(?P<alt>[^\"]*)\"")


def declarations_in(manuscript: str) -> list[str]:
    """The titles of the sections of class `.declaration`."""
    return [plain(match["title"]) for match in DECLARATION.finditer(manuscript)]


def own_abstract(asked: dict[str, Any], abstract: Any) -> dict[str, Any]:
    """What the profile says of abstracts, with the parts as the authors named and ordered them."""
    parts = abstract if isinstance(abstract, list) else []
    named = [{"name": str(part["name"]), "from": [], "required": False} for part in parts]
    return {**asked, "parts": named, "separator": ""}


def alternative_texts(manuscript: str) -> dict[str, str]:
    """{file: alternative text} of the figures."""
    entity = re.compile(r"&#(\d+);")
    return {
        match["file"]: entity.sub(lambda code: chr(int(code[1])), match["alt"]) for match in ALT.finditer(manuscript)
    }


def write_jats(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: Path,
    schema: Path,
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
    jats: Path,
) -> None:
    """Writes the manuscript as JATS 1.1.

    `filters`: the Lua files prepare, citations, select, columns, jats and settings. Raises BuildStop as the writers of
    the other documents do.
    """
    journal = read_profile(profile, schema)
    text = manuscript.read_text(encoding="utf-8")
    head: dict[str, Any] = yaml.safe_load(text.split("---\n", 2)[1])
    edition = edition_of(
        {**journal, **PLAIN, "abstract": own_abstract(journal["abstract"], head.get("abstract"))}, "whole"
    )
    found = read_figures(figures, edition.page, journal["figures"]["min_dpi"])
    words = text + references.read_text(encoding="utf-8")
    settings = settings_for(edition, text=words, fonts=fonts, figures=found, vector=True)
    about = Journal(
        profile.parent.name,
        journal["name"],
        journal.get("publisher", ""),
        {"tbl": journal["tables"]["label"], "fig": journal["figures"]["label"]},
    )
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "article.jats"
        template.write_text(TEMPLATE, encoding="utf-8")
        job = Job(manuscript, references, csl, filters, "jats", settings)
        written = run_pandoc(job, to="jats_publishing", options=[f"--template={template}"])
    items = json.loads(references.read_text(encoding="utf-8"))
    write_bytes(
        jats, assemble(written, head, about, items, declarations_in(text), alternative_texts(text), roles_in(text))
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_jats, globals()["snakemake"])
