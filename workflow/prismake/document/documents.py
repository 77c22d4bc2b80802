"""From a manuscript's files to the blocks that a writer sets: read, checked, arranged, cited, selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.document.arranging import Arranged, Work, arranged, check, read_works
from prismake.document.blinding import Identity, blinded_works, identity_of
from prismake.document.citing import cite
from prismake.document.columns import set_widths
from prismake.document.conversion import Writer, measures_of, write
from prismake.document.languages import foreign, mark_titles, with_titles_marked
from prismake.document.parts import Blocks
from prismake.document.selecting import select
from prismake.document.variants import Edition
from prismake.figures.figure import Figure, read_figures
from prismake.manuscript import tree
from prismake.manuscript.model import Manuscript, read_manuscript
from prismake.manuscript.walking import walk
from prismake.review.journal import ProfileFiles


@dataclass(frozen=True)
class Files:
    """The files that a document is made of.

    `manuscript` is what `render` wrote, or a Markdown text; `references` its bibliography; `profile`, `schema` and
    `csl` are the journal: its profile, the schema of profiles, the style of citations; `writer` is one writer's own:
    its Lua filter, the settings that the filter reads, a template; `fonts` are measured, and those of a PDF embedded.
    """

    manuscript: Path
    references: Path
    figures: Sequence[Path]
    profile: ProfileFiles
    schema: Path
    csl: Path
    writer: Sequence[Path]
    fonts: Sequence[Path]

    @property
    def journal(self) -> str:
        """The short name of the journal: that of its folder."""
        return (self.profile if isinstance(self.profile, Path) else self.profile[0]).parent.name


@dataclass(frozen=True)
class Source:
    """What a document is made of, read: for a blinded copy without the authors' own works."""

    files: Files
    manuscript: Manuscript
    works: list[Work]
    figures: dict[str, Figure]
    identity: Identity


def read_source(files: Files, edition: Edition) -> Source:
    """Reads a manuscript and what it refers to.

    Raises BuildStop for files that cannot be read, for a picture that is not sharp enough, and for the faults of a
    text that no earlier step checked.
    """
    figures = read_figures(list(files.figures), edition.page, edition.profile["figures"]["min_dpi"])
    manuscript, works = read_manuscript(files.manuscript), read_works(files.references)
    identity = identity_of(manuscript.plain_head)
    if files.manuscript.suffix != ".json":
        check(manuscript, works, figures)
    if edition.blinded:
        works = blinded_works(works, identity, edition.profile, files.references.as_posix())
    return Source(files, manuscript, works, figures, identity)


def arrange_source(source: Source, edition: Edition, *, linked: bool) -> Arranged:
    """The arranged document with its citations resolved; `linked`: each leads to its work in the list.

    The manuscript's tree is used up. Raises BuildStop as `arranged` does.
    """
    made = arranged(source.manuscript, edition, source.works, source.figures)
    languages = foreign(source.works, made.language)
    works = with_titles_marked(source.works, languages)
    cite(made, works, source.files.csl, after=edition.profile["citations"]["after"], linked=linked)
    mark_titles(made.blocks, languages)
    return made


def blocks_for(made: Arranged, edition: Edition, fonts: Sequence[Path]) -> Blocks:
    """The blocks of the file that an edition is, its tables with widths. Raises BuildStop for a table too wide."""
    blocks = select(made.blocks, edition)
    letters = {letter for node in walk(blocks) if isinstance(node, tree.Str | tree.Code) for letter in node.text}
    measures = measures_of("".join(letters), edition.profile["text"]["pdf_font"], fonts)
    # A landscape page is as wide as an upright one is high.
    widths = (edition.page.text_width, edition.page.text_height)
    set_widths(blocks, edition.profile, measures, widths, made.manuscript.where)
    return blocks


def written(made: Arranged, edition: Edition, fonts: Sequence[Path], writer: Writer) -> bytes:
    """What a writer makes of an arranged document. Raises BuildStop as `write` does."""
    blocks, manuscript = blocks_for(made, edition, fonts), made.manuscript
    return write(blocks, made.language, writer, manuscript.name, manuscript.where)
