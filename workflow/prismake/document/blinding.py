"""Copies that do not reveal their authors: what is withheld, the authors' own works, and the search for leaks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from prismake.common.errors import BuildStop, Issue
from prismake.common.steps import warn
from prismake.manuscript import tree
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import walk
from prismake.manuscript.words import inlines_of, plain_text

# What stands around a name, where it is one.
EDGE = r"(?<![\w@]){}(?![\w@])"
# Shares of an affiliation that a country or a city alone would be.
SHORTEST_PLACE = 2


@dataclass(frozen=True)
class Author:
    """One author: the name as printed, its last word, and the initials of the words before it."""

    name: str
    family: str
    initials: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """The forms under which a text names the author: `Ada Byron`, `Byron A`, `A. Byron`, `Byron, Ada`."""
        given = self.name.removesuffix(self.family).strip()
        dotted = "".join(f"{letter}." for letter in self.initials)
        spaced = " ".join(f"{letter}." for letter in self.initials)
        forms = [self.name]
        if given:
            forms += [
                f"{self.family} {self.initials}",
                f"{dotted} {self.family}",
                f"{spaced} {self.family}",
                f"{self.initials} {self.family}",
                f"{self.family}, {given}",
                f"{given} {self.family}",
            ]
        return tuple(dict.fromkeys(forms))

    @property
    def signatures(self) -> tuple[str, ...]:
        """The author's initials as a text would sign with them: `A.B.`, `A. B.`, `A.-B.`."""
        letters = self.initials + self.family[:1].upper()
        if len(letters) < 2:
            return ()
        return "".join(f"{letter}." for letter in letters), " ".join(f"{letter}." for letter in letters)


@dataclass(frozen=True)
class Identity:
    """All that tells who wrote a manuscript. `places` are institutions and their parts."""

    authors: tuple[Author, ...]
    addresses: tuple[str, ...]
    places: tuple[str, ...]

    def telling(self) -> tuple[str, ...]:
        """Every string that a blinded copy must not hold."""
        names = [form for author in self.authors for form in (*author.spellings, *author.signatures)]
        return tuple(dict.fromkeys(string for string in (*names, *self.addresses, *self.places) if string))


def author_of(name: str) -> Author:
    """An author from the printed name; the last word is taken for the family's."""
    words = name.split()
    given = re.split(r"[\s-]+", " ".join(words[:-1])) if len(words) > 1 else []
    return Author(" ".join(words), words[-1], "".join(part[0].upper() for part in given if part[0].isalpha()))


def identity_of(head: Mapping[str, Any]) -> Identity:
    """Who wrote a manuscript, from its head with plain texts."""
    authors = tuple(author_of(str(author["name"])) for author in head.get("author") or [])
    # A key that waits to be filled in tells nothing.
    addresses = [
        str(author[key]) for author in head.get("author") or [] for key in ("email", "orcid") if author.get(key)
    ]
    addresses += re.findall(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", str(head.get("correspondence") or ""))
    places: list[str] = []
    for place in head.get("affiliation") or []:
        whole = str(place["name"])
        # The last parts are mostly city and country, which many a study shares.
        parts = [part.strip() for part in whole.split(",")][:-1]
        places += [whole, *(part for part in parts if len(part.split()) >= SHORTEST_PLACE)]
    return Identity(authors, tuple(dict.fromkeys(addresses)), tuple(dict.fromkeys(places)))


def own_works(references: Iterable[Mapping[str, Any]], identity: Identity) -> list[str]:
    """Ids of the works (CSL JSON) that one of the authors wrote: same family name and same first initial."""
    wanted = {(author.family.casefold(), author.initials[:1].casefold()) for author in identity.authors}
    return [
        work["id"]
        for work in references
        if any(
            (str(person.get("family", "")).casefold(), str(person.get("given", ""))[:1].casefold()) in wanted
            for person in work.get("author", [])
        )
    ]


def without_works(
    references: Iterable[Mapping[str, Any]], own: Iterable[str], placeholder: str
) -> list[dict[str, Any]]:
    """The references with `placeholder` for the works in `own`: their numbers stay as they are."""
    hidden = set(own)
    return [
        {"id": work["id"], "type": "document", "title": placeholder} if work["id"] in hidden else dict(work)
        for work in references
    ]


def blinded_works(
    works: list[dict[str, Any]], identity: Identity, profile: Mapping[str, Any], where: str
) -> list[dict[str, Any]]:
    """The works of a blinded copy: without the authors' own, of which a warning tells, where the journal's profile has
    them withheld."""
    own = own_works(works, identity) if profile["blinding"]["own_works"] == "withheld" else []
    if own:
        message = f"works that may be the authors' own are withheld in the blinded copy: {', '.join(own)}"
        fix = "set blinding.own_works: kept in the journal's profile to have them listed"
        warn(Issue("own-works", message, where, fix, "warning"))
    return without_works(works, own, profile["blinding"]["placeholder"])


def _texts_of_docx(content: bytes) -> Iterator[tuple[str, str]]:
    """(part, text) of a Word file: each part's running text, then everything else that it holds, and its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            yield name, name
            yield name, data.decode("utf-8", "replace")
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(data)
                # A name may be spread over several runs of a paragraph.
                for block in root.iter("{*}p"):
                    yield name, "".join(str(text) for text in block.itertext())


def _texts_of_pdf(content: bytes) -> Iterator[tuple[str, str]]:
    """(place, text) of a PDF: pages, properties, outline, alternative texts, attachments."""
    # Loading it takes longer than a short document does, and only blinded PDFs need it.
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    for number, page in enumerate(reader.pages, start=1):
        yield f"page {number}", " ".join(page.extract_text().split())
    yield "properties", " ".join(str(value) for value in (reader.metadata or {}).values())
    catalog: Any = reader.trailer["/Root"]
    if (packet := catalog.get("/Metadata")) is not None:
        yield "XMP", packet.get_object().get_data().decode("utf-8", "replace")
    size: Any = reader.trailer["/Size"]
    for number in range(1, int(size)):
        entry: Any = reader.get_object(number)
        if isinstance(entry, dict):
            yield f"object {number}", " ".join(str(value) for value in entry.values() if isinstance(value, str))
    for name, files in reader.attachments.items():
        yield f"attachment {name}", name + " ".join(file.decode("utf-8", "replace") for file in files)


def leaks(content: bytes, identity: Identity) -> list[tuple[str, str]]:
    """(string, place) for each string of `identity.telling()` that a DOCX or PDF holds, once each."""
    texts = list(_texts_of_pdf(content) if content.startswith(b"%PDF") else _texts_of_docx(content))
    matches = []
    for string in identity.telling():
        pattern = re.compile(EDGE.format(re.escape(string).replace(r"\ ", r"\s+")))
        place = next((place for place, text in texts if pattern.search(text)), None)
        if place is not None:
            matches.append((string, place))
    return matches


def _place_of(string: str, manuscript: Manuscript) -> str:
    """Where the text says a string; empty if it stands in no paragraph of it."""
    for line in inlines_of(manuscript.document.blocks):
        if string in plain_text(line):
            words = [node for node in walk(line) if isinstance(node, tree.Str)]
            match = next((node for node in words if string.split()[0] in node.text), words[0])
            return manuscript.where(match.at)
    return ""


def check_blinded(content: bytes, identity: Identity, target: Path, manuscript: Manuscript) -> None:
    """Raises BuildStop if a blinded copy, or its file name, still tells who wrote it."""
    matches = leaks(content, identity)
    matches += [(string, "file name") for string in identity.telling() if string in target.name]
    fix = "mark them as [words]{.identifying}, or give their section a role that the blinded copy withholds"
    issues = [
        Issue(
            "not-blinded",
            f"the blinded copy contains '{string}'",
            _place_of(string, manuscript) or f"{target.name}, {place}",
            fix,
        )
        for string, place in matches
    ]
    if issues:
        raise BuildStop(issues)
