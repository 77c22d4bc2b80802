"""The manuscript as JATS XML, through pandoc."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.document.arranging import Arranged
from prismake.document.conversion import Writer, filter_of, writer_settings
from prismake.document.documents import Source, written
from prismake.document.jats import Pictures, assemble
from prismake.document.jats_body import FIGURES
from prismake.document.jats_front import Journal
from prismake.document.variants import Edition
from prismake.figures.figure import Figure
from prismake.figures.separate import names_of
from prismake.manuscript.contents import Float, Section

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


def own_abstract(settings: dict[str, Any], abstract: Any) -> dict[str, Any]:
    """What the profile says of abstracts, with the parts as the authors named and ordered them."""
    parts = abstract if isinstance(abstract, list) else []
    named = [{"name": str(part["name"]), "from": [], "required": False} for part in parts]
    return {**settings, "parts": named, "separator": ""}


def pictures_of(floats: Sequence[Float], figures: Mapping[str, Figure], profile: dict[str, Any]) -> Pictures:
    """The figures of a manuscript as the bundle has them: in their folder beside the article."""
    shown = [item for item in floats if item.kind == "fig" and item.file in figures]
    files = {
        number: [f"{FIGURES}/{name}" for name in names_of(figures[item.file], number, profile).values()]
        for number, item in enumerate(shown, start=1)
    }
    return Pictures({item.file: item.alt for item in shown}, files)


def jats_of(
    source: Source, made: Arranged, edition: Edition, sections: Sequence[Section], floats: Sequence[Float], journal: str
) -> bytes:
    """The article. `sections` and `floats` are those of the manuscript, `journal` the journal's short name."""
    profile = edition.profile
    labels = {"tbl": profile["tables"]["label"], "fig": profile["figures"]["label"]}
    publisher, issn = profile.get("publisher", ""), profile.get("issn", "")
    letters = profile["citations"]["form"] == "superscript"
    numbered = profile["citations"]["form"] != "author-date"
    about = Journal(journal, profile["name"], publisher, labels, issn, letters, numbered)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "article.jats"
        template.write_text(TEMPLATE, encoding="utf-8")
        settings = writer_settings(edition, source.figures, vector=True)
        writer = Writer("jats_publishing", filter_of(source.files.writer, "jats"), settings, [f"--template={template}"])
        text = written(made, edition, source.files.fonts, writer)
    top = [section for section in sections if section.level == 1]
    return assemble(
        text,
        source.manuscript.plain_head,
        about,
        source.works,
        [section.title for section in top if section.declaration],
        pictures_of(floats, source.figures, profile),
        {section.title: section.role for section in top},
    )
