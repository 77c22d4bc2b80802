"""The three export formats, in the layouts that the platforms write."""

from __future__ import annotations

from textwrap import wrap

from tools.example.changes import Entry
from tools.example.draw import Draw

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PUBMED_TYPES = {
    "article": ("Journal Article",),
    "case": ("Case Reports", "Journal Article"),
    "case_review": ("Case Reports", "Journal Article", "Review"),
    "rct": ("Journal Article", "Randomized Controlled Trial"),
    "review": ("Journal Article", "Review"),
    "review_unmarked": ("Journal Article",),
    "systematic": ("Journal Article", "Systematic Review"),
    "meta": ("Journal Article", "Meta-Analysis", "Systematic Review"),
    "editorial": ("Editorial",),
    "letter": ("Letter",),
    "comment": ("Comment", "Letter"),
    "erratum": ("Published Erratum",),
}
EMBASE_TYPES = {
    "conference": "Conference Abstract",
    "review": "Review",
    "systematic": "Review",
    "meta": "Review",
    "editorial": "Editorial",
    "editorial_unmarked": "Note",
    "letter": "Letter",
    "comment": "Letter",
    "erratum": "Erratum",
}
COCHRANE_TYPES = {
    "registration": "Trial registry record",
    "conference": "Journal article; Conference proceeding",
}
LANGUAGE_CODES = {"English": "eng", "German": "ger", "Chinese": "chi", "French": "fre"}


def _folded(tag: str, value: str) -> str:
    """A MEDLINE field: lines of some 80 characters, blanks kept at their ends, six blanks before what follows."""
    lines = wrap(value, 81, break_long_words=False, break_on_hyphens=False) or [""]
    return f"{tag:<4}- " + " \n      ".join(lines)


def _month(entry: Entry) -> str:
    return "" if entry.work.real else Draw(f"month/{entry.work.key}").pick(MONTHS)


def _when(entry: Entry) -> str:
    return f"{entry.year} {_month(entry)}".strip()


def _source(entry: Entry) -> str:
    place = f"{entry.volume}({entry.issue})" if entry.issue else entry.volume
    where = f";{place}:{entry.pages}" if place and entry.pages else ""
    doi = f" doi: {entry.doi}." if entry.doi else ""
    return f"{entry.work.journal_abbrev}. {_when(entry)}{where}.{doi}"


def _medline_title(entry: Entry) -> str:
    return entry.title if entry.title.endswith("?") else f"{entry.title}."


def medline(entry: Entry, others: dict[str, Entry]) -> str:
    """One record as PubMed saves it (.nbib). `others` finds the record that an erratum or comment belongs to."""
    work = entry.work
    journal = work.journal if work.real else work.journal[0] + work.journal[1:].lower()
    fields = [("PMID", entry.accession), ("OWN", "NLM"), ("STAT", "Publisher" if entry.in_press else "MEDLINE")]
    fields += [("VI", entry.volume), ("IP", entry.issue), ("DP", _when(entry)), ("TI", _medline_title(entry))]
    fields += [("PG", entry.pages), ("LID", f"{entry.doi} [doi]" if entry.doi else "")]
    fields += [("AB", " ".join(f"{head.upper()}: {text}" if head else text for head, text in entry.abstract))]
    for author in entry.authors:
        fields.append(("FAU", f"{author.family}, {_given(author.given)}{_tail(author.suffix)}"))
        fields.append(("AU", f"{author.family} {author.initials}{_tail(author.suffix)}"))
        fields.append(("AD", f"{work.affiliation}." if work.affiliation else ""))
    fields += [("LA", LANGUAGE_CODES[work.language])]
    fields += [("PT", kind) for kind in PUBMED_TYPES[work.design]]
    fields += [("TA", work.journal_abbrev), ("JT", journal)]
    if work.near_miss and work.design in ("erratum", "comment"):
        fields.append(("EFR" if work.design == "erratum" else "CON", _source(others[work.near_miss.split(":")[1]])))
    fields += [("MH", heading) for heading in work.headings]
    fields += [("GN", work.note)]
    fields += [("AID", f"{entry.doi} [doi]" if entry.doi else "")]
    fields += [("PST", "aheadofprint" if entry.in_press else "ppublish"), ("SO", _source(entry))]
    return "\n".join(_folded(tag, value) for tag, value in fields if value)


def _given(given: str) -> str:
    """Bare initials stand apart in PubMed's full names."""
    return " ".join(given) if given.isupper() else given


def _tail(suffix: str) -> str:
    return f" {suffix}" if suffix else ""


def _embase_author(family: str, initials: str, suffix: str) -> str:
    roman = {"": "", "3rd": " III", "Jr": " Jr."}[suffix]
    return f"{family}{roman}, {'.'.join(initials)}."


def _first_and_last(pages: str) -> tuple[str, str]:
    first, _, last = pages.partition("-")
    return first, last


def _embase_title(entry: Entry, others: dict[str, Entry]) -> str:
    work = entry.work
    if work.design != "erratum":
        return entry.title
    other = others[work.near_miss.split(":")[1]]
    about = f"({other.work.journal} ({other.year}) {other.work.volume} ({other.work.pages}) DOI: {other.work.doi})"
    return f"Erratum: {entry.title.removeprefix('Erratum to: ')} {about}"


def embase(entry: Entry, others: dict[str, Entry]) -> str:
    """One record as Embase.com exports it in RIS."""
    work = entry.work
    first, last = _first_and_last(entry.pages)
    kind = "Review" if entry.review_type else EMBASE_TYPES.get(work.design, "Article")
    address = f"https://www.embase.com/search/results?subaction=viewrecord&id={entry.accession}&from=export"
    fields = [("TY", "JOUR"), ("M3", "Article in Press" if entry.in_press else kind), ("Y1", str(entry.year))]
    fields += [("VL", entry.volume), ("IS", entry.issue), ("SP", first), ("EP", last)]
    fields += [("JF", entry.journal), ("JO", work.embase_abbrev), ("UR", address), ("U2", entry.accession)]
    fields += [("C5", entry.pmid), ("DB", "Embase"), ("DB", "Medline" if entry.pmid else "")]
    fields += [("L2", f"http://dx.doi.org/{entry.doi}" if entry.doi.startswith("10.") else ""), ("DO", entry.doi)]
    fields += [("A1", _embase_author(author.family, author.initials, author.suffix)) for author in entry.authors]
    if work.affiliation:
        names = "; ".join(f"{author.family} {'.'.join(author.initials)}." for author in entry.authors)
        fields += [("M1", f"({names}) {work.affiliation}")]
        fields += [("AD", f"{'.'.join(entry.authors[0].initials)}. {entry.authors[0].family}, {work.affiliation}")]
    fields += [("T1", _embase_title(entry, others)), ("LA", work.language)]
    fields += [("KW", heading.lower()) for heading in work.headings]
    fields += [("N2", " ".join(f"{head}: {text}" if head else text for head, text in entry.abstract))]
    fields += [("N1", work.note)]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n"


def _cochrane_text(text: str) -> str:
    """The Cochrane Library prints the hyphen as U+2010."""
    return text.replace("-", "\u2010")


def cochrane(entry: Entry, others: dict[str, Entry]) -> str:
    """One record as the Cochrane Library exports it in RIS (reference manager layout)."""
    work = entry.work
    sources = [f"PUBMED {entry.pmid}" if entry.pmid else "", f"EMBASE {entry.embase[1:]}" if entry.embase else ""]
    if work.design == "registration":
        number = f"NCT99{entry.accession[-6:]}"
        sources = [f"CTgov {number}"]
    fields = [("AN", entry.accession)]
    fields += [("A1", f"{author.family}, {author.initials}") for author in entry.authors]
    fields += [("T1", _cochrane_text(entry.title)), ("JA", entry.journal), ("PY", str(entry.year))]
    fields += [("VL", entry.volume), ("IS", entry.issue), ("SP", _cochrane_text(entry.pages))]
    fields += [("C3", ",".join(source for source in sources if source))]
    fields += [("M3", COCHRANE_TYPES.get(work.design, "Journal article"))]
    fields += [("KW", heading) for heading in work.headings]
    fields += [("DO", entry.doi)]
    fields += [
        ("N2", _cochrane_text(" ".join(f"{head.upper()}: {text}" if head else text for head, text in entry.abstract)))
    ]
    fields += [("N1", work.note)]
    fields += [("UR", f"https://www.cochranelibrary.com/central/doi/10.1002/central/{entry.accession}/full")]
    return "".join(f"{tag}  -  {value}\n" for tag, value in fields if value) + "ER  -  \n"


def pubmed_file(made: list[Entry], others: dict[str, Entry]) -> bytes:
    """PubMed: UTF-8, line feeds, a blank line between records."""
    return ("\n\n".join(medline(entry, others) for entry in made) + "\n").encode()


def embase_file(made: list[Entry], others: dict[str, Entry]) -> bytes:
    """Embase: UTF-8 with byte order mark, CRLF, two blank lines between records."""
    return ("\ufeff" + "\r\n".join(embase(entry, others) for entry in made)).encode()


def cochrane_file(made: list[Entry], others: dict[str, Entry]) -> bytes:
    """Cochrane Library: UTF-8, line feeds, a preamble of three lines before each record."""
    preamble = 'Provider: John Wiley & Sons, Ltd.\nContent: text/plain; charset="UTF-8"\n\nTY  -  JOUR\n'
    return "\n\n".join(
        f"Record #{number} of {len(made)}\n{preamble}{cochrane(entry, others)}"
        for number, entry in enumerate(made, start=1)
    ).encode()
