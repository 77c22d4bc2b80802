"""Checks of a PDF: accessibility, archiving, completeness, and the same text as the Word document.

pypdf reads what is damaged as far as it can; what it raises after that is a finding of the check at work.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from prismake.preflight.checks.blinding import FILE_NAME, names_in
from prismake.preflight.checks.text import UNRESOLVED
from prismake.preflight.document import Document
from prismake.preflight.findings import NO_JOURNAL, Finding, Requirements, Skip, check
from prismake.preflight.wordml import TWIPS_PER_POINT, shortened, text_of
from prismake.review.journal import page_of

SAFE_LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
UA = re.compile(r"pdfuaid:part(?:>|=[\"'])\s*(\d)")
A_PART = re.compile(r"pdfaid:part(?:>|=[\"'])\s*(\d)")
A_LEVEL = re.compile(r"pdfaid:conformance(?:>|=[\"'])\s*([A-Za-z])")
MOST_OBJECTS = 200_000
# Points by which letters may reach into the margin.
OVERHANG = 2.0
MARGIN = 72.0
# Share of the letters of a PDF that the Word document need not have: numbers of lists, marks that Word sets itself.
OWN_SHARE = 0.02


class Pdf:
    """An opened PDF. `beside`: the Word document that must say the same, or None."""

    def __init__(self, content: bytes, beside: Document | None = None) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        self.content = content
        self.beside = beside
        self.fault = ""
        self.reader: Any = None
        try:
            self.reader = pypdf.PdfReader(io.BytesIO(content))
            if not self.reader.is_encrypted:
                _ = len(self.reader.pages), self.reader.trailer["/Root"]["/Type"]
        # pypdf meets hostile files with many kinds of exceptions.
        except Exception as fault:
            self.fault = f"{type(fault).__name__}: {str(fault)[:120]}"

    def need(self) -> Any:
        """The reader; raises Skip where the file cannot be read."""
        if self.fault or self.reader is None or self.reader.is_encrypted:
            raise Skip("the PDF cannot be opened")
        return self.reader

    @property
    def root(self) -> Any:
        """The catalogue."""
        return self.need().trailer["/Root"]

    @property
    def subject(self) -> str:
        """What the properties say the document is."""
        try:
            about = self.need().metadata
            return str(about.subject or "") if about is not None else ""
        # pypdf raises a dozen kinds of exceptions for what is damaged; the checks report them.
        except Exception:
            return ""

    @cached_property
    def metadata(self) -> str:
        """The XMP packet as text."""
        stream = self.root.get("/Metadata")
        return stream.get_object().get_data().decode("utf-8", "replace") if stream is not None else ""

    @cached_property
    def texts(self) -> list[str]:
        """The text of every page."""
        return [page.extract_text() for page in self.need().pages]

    @cached_property
    def fonts(self) -> dict[str, bool]:
        """Every font by its name, and whether its file is embedded."""
        embedded: dict[str, bool] = {}
        for node in self.objects():
            if node.get("/Type") != "/Font" or node.get("/Subtype") == "/Type0":
                continue
            name = str(node.get("/BaseFont", node.get("/Name", "?")))
            described = node.get("/FontDescriptor")
            files = described.get_object().keys() if described is not None else ()
            whole = node.get("/Subtype") == "/Type3" or any(str(key).startswith("/FontFile") for key in files)
            embedded[name] = embedded.get(name, True) and whole
        return embedded

    def objects(self) -> Iterator[Any]:
        """Every dictionary that the catalogue leads to, each once."""
        seen: set[tuple[int, int]] = set()
        todo: list[Any] = [self.root]
        count = 0
        while todo and count < MOST_OBJECTS:
            node = todo.pop()
            count += 1
            if isinstance(node, IndirectObject):
                if (node.idnum, node.generation) in seen:
                    continue
                seen.add((node.idnum, node.generation))
                node = node.get_object()
            if isinstance(node, DictionaryObject):
                yield node
                todo.extend(node.values())
            elif isinstance(node, ArrayObject):
                todo.extend(node)


@check("pdf-readable", "pdf", "error", "the file is a PDF that opens without a password", "pdf")
def pdf_readable(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """It opens, and has pages."""
    if pdf.fault:
        yield Finding(f"cannot be read: {pdf.fault}")
    elif pdf.reader.is_encrypted:
        yield Finding("the PDF is encrypted")
    elif not len(pdf.reader.pages):
        yield Finding("the PDF has no pages")


@check(
    "pdf-tagged",
    "pdf",
    "error",
    "the PDF is tagged, so that screen readers know headings, tables and their order",
    "pdf",
)
def pdf_tagged(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """A structure tree, and the mark that it is there."""
    if "/StructTreeRoot" not in pdf.root:
        yield Finding("there is no structure tree")
    marked = pdf.root.get("/MarkInfo", {})
    if not bool(getattr(marked.get("/Marked", False), "value", marked.get("/Marked", False))):
        yield Finding("the PDF does not say that it is tagged")


@check("pdf-ua", "pdf", "error", "the PDF declares that it is accessible (PDF/UA-1)", "pdf")
def pdf_ua(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """Only the claim in the metadata; a validator shows whether it is true."""
    match = UA.search(pdf.metadata)
    if not match or match[1] != "1":
        yield Finding("no claim of PDF/UA-1 in the metadata")


@check("pdf-archive", "pdf", "error", "the PDF declares that it is archivable (PDF/A-3a)", "pdf")
def pdf_archive(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """Only the claim in the metadata; a validator shows whether it is true."""
    part, level = A_PART.search(pdf.metadata), A_LEVEL.search(pdf.metadata)
    claim = (part[1] if part else "", level[1].upper() if level else "")
    if claim != ("3", "A"):
        yield Finding(f"claims PDF/A-{''.join(claim).lower()}" if part else "no claim of PDF/A in the metadata")


@check("pdf-language", "pdf", "error", "the language of the text is stated", "pdf")
def pdf_language(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """/Lang of the catalogue."""
    if not re.match(r"[A-Za-z]{2,3}\b", str(pdf.root.get("/Lang", ""))):
        yield Finding("no language is stated")


@check("pdf-title", "pdf", "error", "the title is stated and shown in the window's title", "pdf")
def pdf_title(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """In the properties, and the wish to show it."""
    about = pdf.need().metadata
    if about is None or not (about.title or "").strip():
        yield Finding("no title in the properties")
    shown = pdf.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)
    if not bool(getattr(shown, "value", shown)):
        yield Finding("the window shows the file's name instead of the title")


@check("pdf-authors", "pdf", "error", "the properties name the authors, or none in a blinded copy", "pdf")
def pdf_authors(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """Author in the properties."""
    about = pdf.need().metadata
    named = bool(about is not None and (about.author or "").strip())
    if named and required.blinded:
        yield Finding("the properties of the blinded copy name authors")
    elif not named and not required.blinded:
        yield Finding("no authors in the properties")


@check("pdf-keywords", "pdf", "warning", "the properties contain the keywords", "pdf")
def pdf_keywords(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """Keywords in the properties."""
    required.need("title-page", "head")
    about = pdf.need().metadata
    if about is None or not str(about.get("/Keywords", "")).strip():
        yield Finding("no keywords in the properties")


@check("pdf-fonts-embedded", "pdf", "error", "every font is embedded", "pdf")
def pdf_fonts_embedded(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """No program has to guess how a letter looks."""
    for name, embedded in sorted(pdf.fonts.items()):
        if not embedded:
            yield Finding(f"the font {name} is not embedded")


@check("pdf-fonts", "pdf", "error", "every font comes with Prismake, and none is a fallback", "pdf")
def pdf_fonts(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """Needs the journal's profile: a PDF from elsewhere has fonts of its own."""
    pdf.need()
    if required.profile is None:
        raise Skip(NO_JOURNAL)
    families = {font.stem.split("-")[0] for font in required.fonts}
    for name in sorted(pdf.fonts):
        family = name.lstrip("/").split("+")[-1].split("-")[0]
        if family not in families:
            yield Finding(f"the font {name} does not come with Prismake")


@check("pdf-bookmarks", "pdf", "error", "the headings are bookmarks", "pdf")
def pdf_bookmarks(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """An outline."""
    required.need("abstract", "references")
    if not pdf.need().outline:
        yield Finding("there are no bookmarks")


@check("pdf-pages", "pdf", "error", "pages have the journal's size, and none is empty", "pdf")
def pdf_pages(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """Upright or landscape."""
    sheet = page_of(required.profile) if required.profile else None
    for number, (page, text) in enumerate(zip(pdf.need().pages, pdf.texts, strict=True), start=1):
        sides = sorted((float(page.mediabox.width), float(page.mediabox.height)))
        if sheet and any(abs(a - b) > 1 for a, b in zip(sides, sorted((sheet.width, sheet.height)), strict=True)):
            yield Finding(f"{sides[0]:.0f} by {sides[1]:.0f} points", f"page {number}")
        resources = page.get("/Resources")
        drawn = resources is not None and "/XObject" in resources.get_object()
        if not text.strip() and not drawn:
            yield Finding("the page is empty", f"page {number}")


@check("pdf-page-numbers", "pdf", "error", "every page has its number", "pdf")
def pdf_page_numbers(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """As the profile words it, else the number on a line of its own or in "page n"."""
    form = required.setting("page_number", "text")
    total = len(pdf.texts)
    for number, text in enumerate(pdf.texts, start=1):
        lines = [" ".join(line.split()) for line in text.splitlines()]
        if isinstance(form, str):
            wanted = form.replace("{pages}", str(total)).replace("{page}", str(number))
            there = any(line == wanted or line.endswith(f" {wanted}") for line in lines)
        else:
            there = any(re.search(rf"(?:^|page ){number}\b", line, re.IGNORECASE) for line in lines)
        if not there:
            yield Finding("the page has no number", f"page {number}")


@check("pdf-unresolved", "pdf", "warning", "no unresolved reference, citation or value is printed", "pdf")
def pdf_unresolved(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """As in the Word document; a warning, as text and titles are not distinguished here."""
    for number, text in enumerate(pdf.texts, start=1):
        for match in UNRESOLVED.finditer(text):
            yield Finding(f"'{match[0]}' is printed", f"page {number}")


@check("pdf-lost-letters", "pdf", "error", "no letter was lost", "pdf")
def pdf_lost_letters(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """U+FFFD or NUL replaces what a font cannot show."""
    for number, text in enumerate(pdf.texts, start=1):
        if "\ufffd" in text or "\x00" in text:
            yield Finding("a letter cannot be read", f"page {number}")


@check("pdf-active", "pdf", "error", "the PDF contains no scripts, submitting forms or programs", "pdf")
def pdf_active(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """JavaScript, launching, sending, rich media."""
    for node in pdf.objects():
        if (
            node.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Movie", "/Rendition")
            or "/JS" in node
        ):
            yield Finding(f"an action of the kind {node.get('/S')}")
        if node.get("/Subtype") in ("/RichMedia", "/Screen", "/3D"):
            yield Finding(f"an object of the kind {node.get('/Subtype')}")


@check("pdf-links", "pdf", "error", "links lead to https, http or mailto", "pdf")
def pdf_links(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """No local file."""
    for node in pdf.objects():
        if node.get("/S") == "/URI" and not SAFE_LINK.match(str(node.get("/URI", ""))):
            yield Finding(f"a link leads to '{shortened(str(node.get('/URI', '')))}'")


@check("pdf-alt-text", "pdf", "error", "every figure has alt text", "pdf")
def pdf_alt_text(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """/Alt of the figures in the structure tree."""
    for node in pdf.objects():
        if node.get("/S") == "/Figure" and not str(node.get("/Alt", "")).strip() and "/ActualText" not in node:
            yield Finding("a figure has no alt text")


@check(
    "pdf-attachments", "pdf", "error", "every attached file has a name and says how it belongs to the document", "pdf"
)
def pdf_attachments(pdf: Pdf, _: Requirements) -> Iterator[Finding]:
    """As PDF/A-3 asks."""
    for node in pdf.objects():
        if node.get("/Type") == "/Filespec" and "/EF" in node:
            name = str(node.get("/UF", node.get("/F", "")))
            if not name:
                yield Finding("an attached file has no name")
            elif "/AFRelationship" not in node:
                yield Finding(f"the attached file '{shortened(name)}' does not state its relationship to the document")


@check("pdf-blinded", "pdf", "error", "a blinded copy names no author anywhere", "pdf")
def pdf_blinded(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """In text, properties and metadata."""
    pdf.need()
    if not required.blinded or not required.names:
        raise Skip("not requested: --blinded with --authors or --name")
    named = names_in(required)
    places = [
        (FILE_NAME, required.file_name),
        ("metadata", pdf.metadata),
        ("properties", str(dict(pdf.need().metadata or {}))),
    ]
    places += [(f"page {number}", text) for number, text in enumerate(pdf.texts, start=1)]
    for where, text in places:
        for name in sorted(set(named(where, text))):
            yield Finding(f"holds '{name}'", where)


def letters(text: str) -> str:
    """Text as both documents have it: without blanks, list marks, hyphens, and with letters in one form."""
    return re.sub(r"[\s•‐\-\u00ad\u200b]+", "", unicodedata.normalize("NFKC", text))


def inner_text(page: Any, margin: float) -> str:
    """The text of a page inside its margins: without line numbers, header and footer."""
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    pieces: list[str] = []

    def visit(text: str, outer: list[float], inner: list[float], _font: Any, _size: float) -> None:
        x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        edge = margin - OVERHANG
        if edge <= x <= width - edge and edge <= y <= height - edge:
            pieces.append(text)

    page.extract_text(visitor_text=visit)
    return "".join(pieces)


@check("pdf-same-text", "pdf", "error", "the PDF says what the Word document says, and nothing else", "pdf")
def pdf_same_text(pdf: Pdf, required: Requirements) -> Iterator[Finding]:
    """Each paragraph and cell of the Word document, letter by letter; what the PDF has left are words of figures."""
    pdf.need()
    if pdf.beside is None or pdf.beside.body is None:
        raise Skip("needs the Word document: prismake check FILE.docx FILE.pdf")
    document = pdf.beside
    margin = page_of(required.profile).margin if required.profile else MARGIN
    if required.profile is None and document.sections:
        margin = (document.sections[0].margin("left") or MARGIN * TWIPS_PER_POINT) / TWIPS_PER_POINT
    rest = letters("".join(inner_text(page, margin) for page in pdf.need().pages))
    whole = len(rest)
    for paragraph in sorted(document.paragraphs, key=lambda node: -len(text_of(node))):
        wanted = letters(text_of(paragraph))
        if not wanted:
            continue
        if wanted in rest:
            # What stood around it must not come together as a word.
            rest = rest.replace(wanted, "\x00", 1)
        else:
            yield Finding("the PDF does not have this text", document.where(paragraph))
    for name, root in document.package.trees.items():
        if name.lower().endswith(".svg"):
            for node in root.iter("{*}text"):
                rest = rest.replace(letters("".join(str(piece) for piece in node.itertext())), "\x00", 1)
    left = [piece for piece in re.split(r"[\x00\d.]+", rest) if len(piece) > 3]
    if sum(map(len, left)) > whole * OWN_SHARE:
        yield Finding(f"the PDF contains more text: '{shortened(max(left, key=len))}'", "", "warning")
