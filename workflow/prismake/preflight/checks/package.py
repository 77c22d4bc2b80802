"""Checks of the package: the ZIP archive, its parts, content types and relationships."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.common.package import CONTENT_TYPES, relations_file
from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, Skip, check
from prismake.preflight.wordml import R, local

MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PART_TYPES = {
    "styles": "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml",
    "settings": "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
    "numbering": "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml",
    "header": "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml",
    "footer": "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml",
    "footnotes": "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
    "endnotes": "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml",
    "comments": "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml",
}
STRICT = "http://purl.oclc.org/ooxml/"
SAFE_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)


def _recorded_faults(document: Document, name: str) -> Iterator[Finding]:
    for message, where in document.package.faults.get(name, []):
        yield Finding(message, where)


def _need_archive(document: Document) -> None:
    if not document.package.opened:
        raise Skip("the archive cannot be opened")


@check("zip-readable", "package", "error", "the file is a ZIP archive and not an old, encrypted or truncated document")
def zip_readable(document: Document, _: Requirements) -> Iterator[Finding]:
    """The archive opens."""
    yield from _recorded_faults(document, "zip-readable")


@check("zip-bomb", "package", "error", "no part is larger, when decompressed, than a document can need")
def zip_bomb(document: Document, _: Requirements) -> Iterator[Finding]:
    """Sizes are within bounds."""
    yield from _recorded_faults(document, "zip-bomb")


@check("zip-whole", "package", "error", "every part of the archive decompresses and matches its checksum")
def zip_whole(document: Document, _: Requirements) -> Iterator[Finding]:
    """Each member is whole."""
    _need_archive(document)
    yield from _recorded_faults(document, "zip-whole")


@check("zip-names", "package", "error", "names in the archive are relative, unique, and stay inside it")
def zip_names(document: Document, _: Requirements) -> Iterator[Finding]:
    """Names are harmless."""
    _need_archive(document)
    yield from _recorded_faults(document, "zip-names")


@check("zip-encrypted", "package", "error", "no part of the archive is encrypted")
def zip_encrypted(document: Document, _: Requirements) -> Iterator[Finding]:
    """Nothing is encrypted."""
    _need_archive(document)
    yield from _recorded_faults(document, "zip-encrypted")


@check("main-part", "package", "error", "the package names a main part, and it is a Word document")
def main_part(document: Document, _: Requirements) -> Iterator[Finding]:
    """There is a document to open."""
    _need_archive(document)
    package = document.package
    named = package.related("", "officeDocument")
    if not named:
        yield Finding("the package names no main document", "_rels/.rels")
        return
    if not document.main:
        yield Finding(f"the main document {named[0].target} is not in the package", "_rels/.rels")
        return
    if document.root is None:
        return
    if STRICT in str(document.root.tag):
        yield Finding('this is "Strict Open XML": save it as "Word Document"', document.main)
    elif document.body is None:
        yield Finding("the main part does not contain the body of a Word document", document.main)
    kind = package.content_type(document.main)
    if kind and kind != MAIN_TYPE:
        yield Finding(f"its content type is that of another kind of file: {kind[:120]}", document.main)


@check(
    "content-types",
    "package",
    "error",
    "every part has the content type that fits it, and no type is declared for a missing part",
)
def content_types(document: Document, _: Requirements) -> Iterator[Finding]:
    """[Content_Types].xml covers all parts."""
    _need_archive(document)
    package = document.package
    if CONTENT_TYPES not in package.parts:
        yield Finding(f"the part {CONTENT_TYPES} is missing")
        return
    if CONTENT_TYPES not in package.trees:
        return
    names = {name.lower() for name in package.members}
    for name in package.parts:
        if name != CONTENT_TYPES and not package.content_type(name):
            yield Finding("the part has no content type", name)
    for name in package.overrides:
        if name not in names:
            yield Finding("a content type is declared for a part that does not exist", name)
    for relation in package.relations.get(document.main, {}).values():
        wanted = PART_TYPES.get(relation.kind)
        stated = package.content_type(relation.target) if relation.target in package.parts else ""
        if wanted and stated and stated != wanted and not relation.external:
            yield Finding(f"its content type is {stated[:120]}, but it is related as {relation.kind}", relation.target)


@check("broken-relationship", "package", "error", "every relationship leads to a part that exists")
def broken_relationship(document: Document, _: Requirements) -> Iterator[Finding]:
    """No relationship dangles."""
    _need_archive(document)
    package = document.package
    for source, relations in package.relations.items():
        if source and source not in package.parts:
            yield Finding(f"relationships of the part {source}, which does not exist", relations_file(source))
        for relation in relations.values():
            if not relation.external and relation.target not in package.parts:
                yield Finding(
                    f"{relation.id} ({relation.kind}) leads to {relation.target}, which does not exist",
                    relations_file(source),
                )


@check(
    "undefined-relationship", "package", "error", "every relationship that a part uses is defined and of the right kind"
)
def undefined_relationship(document: Document, _: Requirements) -> Iterator[Finding]:
    """Each r:id and r:embed is defined."""
    _need_archive(document)
    kinds = {"headerReference": "header", "footerReference": "footer", "hyperlink": "hyperlink", "blip": "image"}
    for name, root in document.package.trees.items():
        if name.lower().endswith(".rels"):
            continue
        known = document.package.relations.get(name, {})
        for node in root.iter():
            for attribute, identifier in node.attrib.items():
                if not str(attribute).startswith(R) or not identifier:
                    continue
                relation, wanted = known.get(identifier), kinds.get(local(node))
                if relation is None:
                    yield Finding(f"{local(node)} uses the relationship {identifier}, which is not defined", name)
                elif wanted and relation.kind != wanted:
                    yield Finding(f"{local(node)} uses {identifier}, which is of the kind {relation.kind}", name)


@check("repeated-relationship", "package", "error", "the identifiers of a part's relationships are unique")
def repeated_relationship(document: Document, _: Requirements) -> Iterator[Finding]:
    """Each id once."""
    _need_archive(document)
    for name, identifier in document.package.repeated:
        yield Finding(f"the identifier {identifier} is used twice", name)


@check("orphan-part", "package", "warning", "every part is reached by a relationship")
def orphan_part(document: Document, _: Requirements) -> Iterator[Finding]:
    """Nothing lies in the archive that no program opens."""
    _need_archive(document)
    package = document.package
    reached, todo = set(), [""]
    while todo:
        source = todo.pop()
        for relation in package.relations.get(source, {}).values():
            if not relation.external and relation.target not in reached:
                reached.add(relation.target)
                todo.append(relation.target)
    for name in package.parts:
        if name not in reached and name != CONTENT_TYPES and not name.lower().endswith(".rels"):
            yield Finding("no relationship leads to the part", name)


@check(
    "external-content",
    "package",
    "error",
    "the document loads nothing from outside: no picture, template or object",
)
def external_content(document: Document, _: Requirements) -> Iterator[Finding]:
    """The document is whole without the network."""
    _need_archive(document)
    for source, relations in document.package.relations.items():
        for relation in relations.values():
            if relation.external and relation.kind != "hyperlink":
                yield Finding(
                    f"{relation.id} ({relation.kind}) loads {relation.target[:120]} from outside",
                    relations_file(source),
                )


@check("unsafe-link", "package", "error", "links are complete https, http or mailto addresses")
def unsafe_link(document: Document, _: Requirements) -> Iterator[Finding]:
    """No link runs or opens a local file."""
    _need_archive(document)
    for source, relations in document.package.relations.items():
        for relation in relations.values():
            if relation.external and relation.kind == "hyperlink":
                if not SAFE_LINK.match(relation.target):
                    yield Finding(f"the link {relation.id} leads to '{relation.target[:120]}'", relations_file(source))
                elif re.search(r"\s|[<>\"{}|\\^`]", relation.target):
                    yield Finding(
                        f"'{relation.target[:120]}' is not an address that Word accepts", relations_file(source)
                    )


@check("macros", "package", "error", "the document contains no macros")
def macros(document: Document, _: Requirements) -> Iterator[Finding]:
    """No VBA."""
    _need_archive(document)
    for name in document.package.parts:
        kind = document.package.content_type(name)
        if "macroEnabled" in kind or "vba" in kind.lower() or re.search(r"vba(?:Project|Data)", name, re.IGNORECASE):
            yield Finding("the part contains or declares macros", name)


@check("embedded-object", "package", "error", "no object of another program (OLE, ActiveX) is embedded")
def embedded_object(document: Document, _: Requirements) -> Iterator[Finding]:
    """No objects."""
    _need_archive(document)
    for name in document.package.parts:
        if re.search(r"/(?:embeddings|activeX)/", f"/{name}", re.IGNORECASE):
            yield Finding("an object of another program is embedded", name)
    for name, root in document.stories.items():
        for node in root.iter("{*}OLEObject", "{*}control"):
            yield Finding(f"{local(node)} embeds or links an object of another program", name)
