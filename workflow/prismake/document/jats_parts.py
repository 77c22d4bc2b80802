"""the manuscript as JATS XML, through pandoc."""

import re
from typing import Any

from prismake.document.matter import plain

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
