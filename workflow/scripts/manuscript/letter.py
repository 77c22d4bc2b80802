"""Step: the cover letter with the review's values filled in."""

import json
from pathlib import Path
from typing import Any

import yaml
from prismake.common.errors import stop
from prismake.common.printed import plain
from prismake.common.reading import read_text
from prismake.common.validation import load_yaml
from prismake.common.writing import write_text
from prismake.manuscript.filters import Ready
from prismake.manuscript.templates import Prose

KEPT = ("author", "lang", "date-fixed")


def facts_of(head: dict[str, Any]) -> dict[str, Any]:
    """What a letter says of the manuscript: title, authors, whom to write to, words, tables and figures."""
    authors = [plain(str(author["name"])) for author in head.get("author") or []]
    contact: dict[str, Any] = next((author for author in head.get("author") or [] if author.get("corresponding")), {})
    counts = head.get("word-counts") or {}
    listed = ", ".join(authors[:-1]) + (", and " if len(authors) > 2 else " and ") + authors[-1]
    return {
        # As the author wrote them: emphasis in a title is emphasis in the letter.
        "title": Ready(head["title"]),
        "short_title": Ready(head.get("short-title") or ""),
        "authors": listed if len(authors) > 1 else "".join(authors),
        "corresponding": plain(str(contact.get("name", ""))),
        "email": str(contact.get("email", "")),
        "abstract_words": counts.get("abstract"),
        "text_words": counts.get("text"),
        "tables": head.get("tables"),
        "figures": head.get("figures"),
    }


def head_of(manuscript: Path) -> dict[str, Any]:
    """The YAML head that `render` wrote. Raises BuildStop where there is none."""
    text = manuscript.read_text(encoding="utf-8")
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise stop("no-head", "the manuscript has no YAML head", where=manuscript.as_posix(), fix="build it again")
    head: dict[str, Any] = yaml.safe_load(text[4:].split("\n---\n", 1)[0])
    return head


def write_letter(*, letter: Path, manuscript: Path, values: Path, profile: Path, rendered: Path) -> None:
    """Writes the letter as Markdown with the head that the document writers need.

    It may use all values of results/values.json, `manuscript` (title, authors, corresponding, text_words, …) and
    `journal.name`. Raises BuildStop for an unknown value, with file and line.
    """
    head, names = head_of(manuscript), json.loads(values.read_text(encoding="utf-8"))
    own = {"manuscript": facts_of(head), "journal": {"name": load_yaml(profile)["name"]}}
    if taken := sorted(own.keys() & names.keys()):
        message = f"the review has values of its own called {', '.join(taken)}"
        raise stop("name-twice", message, where=values.as_posix(), fix="rename them in config.yaml")
    text = Prose({**names, **own}).render(read_text(letter), letter.as_posix())
    front = {"title": "Cover letter", **{key: head[key] for key in KEPT if key in head}}
    write_text(rendered, f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---\n\n{text.strip()}\n")


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_letter, globals()["snakemake"])
