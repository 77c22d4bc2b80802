"""Step: the cover letter with the review's values filled in."""

from pathlib import Path

import yaml
from prismake.common.reading import read_text
from prismake.common.results.synthesis import VALUES
from prismake.common.values import ledger_of, named_tree
from prismake.common.writing import write_text
from prismake.manuscript.letter import KEPT, names_in_letter
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.templates import Prose
from prismake.review.journal import ProfileFiles, read_profile


def write_letter(
    *, letter: Path, manuscript: Path, values: Path, profile: ProfileFiles, schema: Path, rendered: Path
) -> None:
    """Writes the letter as Markdown with the head that the document writers need.

    It may use all values of results/values.json, `manuscript` (title, authors, corresponding, text_words, …) and
    `journal.name`. Raises BuildStop for an unknown value, with file and line.
    """
    head = read_manuscript(manuscript).head
    ledger = named_tree(ledger_of(VALUES.read(values), values.as_posix()))
    names = names_in_letter(ledger, head, read_profile(profile, schema)["name"], values.as_posix())
    text = Prose(names).render(read_text(letter), letter.as_posix())
    front = {"title": "Cover letter", **{key: head[key] for key in KEPT if key in head}}
    write_text(rendered, f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}---\n\n{text.strip()}\n")


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_letter, globals()["snakemake"])
