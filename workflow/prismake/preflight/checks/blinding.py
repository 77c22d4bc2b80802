"""The check of a blinded copy: no author is named anywhere in the file."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, Skip, check
from prismake.preflight.wordml import W, text_of

# Places in which a name is that of a file.
FILE_NAME = "file name"
ARCHIVE = "the archive"
NAMES_OF_FILES = (FILE_NAME, ARCHIVE)


def forms_of(author: dict[str, Any]) -> list[str]:
    """How an author may be named: full name, initials and surname both ways, e-mail, ORCID."""
    name = " ".join(str(author.get("name") or "").split())
    words = name.split()
    forms = [name] if name else []
    if len(words) > 1:
        initials = [word[0] for word in words[:-1]]
        forms += [f"{words[-1]} {''.join(initials)}", f"{words[-1]}, {words[0]}", f"{'. '.join(initials)}. {words[-1]}"]
        forms.append(f"{''.join(f'{letter}.' for letter in initials)} {words[-1]}")
    forms += [str(author[key]) for key in ("email", "orcid") if author.get(key)]
    return [form for form in forms if len(form) > 3]


def names_in(required: Requirements) -> Callable[[str, str], Iterator[str]]:
    """A function that finds the authors' names in a text, given its place and the text.

    Running text names a person with capitals: "first author" is no name of First Author. Names of files are loose.
    """
    known = {form.casefold(): form for author in required.names for form in forms_of(author)}
    longest = sorted(known, key=lambda form: (-len(form), form))
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in longest)) if longest else None

    def find_names(where: str, text: str) -> Iterator[str]:
        printed = " ".join(text.split())
        small = printed.casefold()
        for match in pattern.finditer(small) if pattern else ():
            form = known[match[0]]
            # Where folding changes lengths, positions in the two texts differ, and capitals cannot be compared.
            shown = printed[match.start() : match.end()] if len(small) == len(printed) else form
            capital = all(mine.isupper() for mine, own in zip(shown, form, strict=False) if own.isupper())
            if capital or "@" in form or where in NAMES_OF_FILES:
                yield match[0]

    return find_names


def _strings(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Every text of the package: where, text, whether it is an entry of the reference list."""
    for root in document.stories.values():
        for paragraph in root.iter(f"{W}p"):
            yield document.where(paragraph), text_of(paragraph), document.style_of(paragraph) == "bibliography"
    for name, root in document.package.trees.items():
        for node in root.iter():
            for text in node.attrib.values():
                yield name, str(text), False
            # What Word shows was read above, a paragraph whole; this is for comments, properties, drawings.
            if not isinstance(node.tag, str) or not node.tag.startswith(W):
                yield name, node.text or "", False
                yield name, node.tail or "", False
    for name, data in document.package.parts.items():
        if name not in document.package.trees:
            yield name, data.decode("utf-8", "ignore"), False
            yield name, data.decode("utf-16-le", "ignore"), False
            for text in _texts_of_picture(data):
                yield name, text, False
    for name in document.package.members:
        yield ARCHIVE, name, False


def _texts_of_picture(data: bytes) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
    # Pillow meets hostile headers with a dozen kinds of exceptions.
    except Exception:
        return []
    return [
        text if isinstance(text, str) else text.decode("utf-8", "ignore")
        for text in picture.info.values()
        if isinstance(text, str | bytes)
    ]


@check(
    "blinded",
    "properties",
    "error",
    "a blinded copy names no author anywhere: text, properties, comments, pictures, file name",
)
def blinded(document: Document, required: Requirements) -> Iterator[Finding]:
    """Names, initials with surname, e-mail addresses, ORCID; an author's own works in the reference list only warn."""
    document.need()
    if not required.blinded:
        raise Skip("not requested: --blinded")
    if not required.names:
        raise Skip("needs the names: --authors metadata.yaml or --name NAME")
    named = names_in(required)
    reported: set[tuple[str, str]] = set()
    for where, text, listed in ((FILE_NAME, required.file_name, False), *_strings(document)):
        for name in named(where, text):
            if (where, name) not in reported:
                reported.add((where, name))
                yield Finding(f"holds '{name}'", where, "warning" if listed else None)
