"""Identifiers in one form each, so that records from different platforms can be compared by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

# In the SICI form of the 1990s a page is in angle brackets: (SICI)1097-0258(199711)16:21<2475::AID-SIM6>3.0.CO;2-D
_DOI_PART = r"[^\s\"<>|\\^`{}]+"
_DOI = re.compile(
    rf"10\.\d{{4,9}}(?:\.\d{{1,9}}){{0,9}}/{_DOI_PART}(?:<[0-9A-Z]{{1,12}}:[^\s\"<>]{{1,40}}>(?=\d){_DOI_PART})?",
    re.IGNORECASE,
)
# The form that only needs lower case.
PLAIN_DOI = r"10\.[0-9]{4,9}/[a-zA-Z0-9._()/-]*[0-9](?:[._-]?[a-zA-Z]{1,2})?"
_PLAIN_DOI = re.compile(PLAIN_DOI + r"\Z")
_DOI_TAILS = ("/abstract", "/full", "/pdf", "/epdf", "/fulltext", "/meta")
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_PMID = re.compile(r"(?<!\d)\d{1,8}(?!\d)")
_PMCID = re.compile(r"PMC\s*(\d{3,9})", re.IGNORECASE)
_OVID_DOI = re.compile(r"/ovidweb\.cgi\?(?:[^\s&]{0,200}&){0,20}DO=(10\.[^\s&]+)")
_PMID_ADDRESS = re.compile(
    r"(?:\bncbi\.nlm\.nih\.gov/pubmed/|\bpubmed\.ncbi\.nlm\.nih\.gov/|\beuropepmc\.org/(?:article|abstract)/MED/"
    r"|/ovidweb\.cgi\?(?:[^\s&]{0,200}&){0,20}D=(?:med|pmnm|ppez|prem)\w*&(?:[^\s&]{0,200}&){0,20}AN=)(\d{4,8})(?![\d.])",
    re.IGNORECASE,
)
_PMCID_ADDRESS = re.compile(
    r"\b(?:ncbi\.nlm\.nih\.gov/pmc/articles/|pmc\.ncbi\.nlm\.nih\.gov/articles/|europepmc\.org/(?:articles|article/PMC)/)"
    r"PMC(\d{3,9})(?!\d)",
    re.IGNORECASE,
)
# Numbers that a note names: "PMID: 123", "PubMed-ID 123", "123 [PMID]", "PMCID: PMC123"; not an erratum's or comment's.
_NOTED_PMID = re.compile(
    r"\b(?:PMID|PubMed(?:[ _-]?ID)?)[-:=#\s]*(?:NLM)?(\d{1,8})(?!\d|\.\d)|(?<![\d.])(\d{1,8})\s*[\[(]PMID[\])]",
    re.IGNORECASE,
)
_NOTED_PMCID = re.compile(
    r"\b(?:PMC(?:[ _-]?ID)?|PubMed ?Central(?:[ _-]?ID)?)[-:=#\s]+(?:PMC)?(\d{3,9})(?!\d)"
    r"|^[^\w\n]*PMC(\d{3,9})[^\w\n]*$|PMC(\d{3,9})\s*[\[(]PMCID[\])]",
    re.I | re.M,
)
_NOTED_DOI = re.compile(r"\bDOI[:=]\s*(\S+)", re.IGNORECASE)
_MARKS_OF_NUMBERS = ("PM", "pm", "Pm", "Pub", "pub", "PUB", "DOI", "doi", "Doi")
_OF_ANOTHER = re.compile(
    r"\b(?:errat|corrig|comment|retract|correct(?!ion Date:)|republish|reprint"
    r"|updat(?!e (?:Date|Code):)|cite[sd]|see|original|reply|response)",
    re.IGNORECASE,
)
# A value that is such a number, not a text that names one.
_NUMBER_ALONE = re.compile(r"\W*(?:PMID|PubMed|PMCID|PMC\s*\d)|.*[\[(]PMC?ID[\])]\W*\Z", re.IGNORECASE)
_EMBASE = re.compile(r"(?<![A-Za-z0-9])L(\d{5,12})(?!\d)")
_CENTRAL = re.compile(r"CN-\d{6,9}", re.IGNORECASE)
SCOPUS_EID = re.compile(r"eid=(2-s2\.0-\d+)")
# A database's number for a record, not a person's key for it ("Example2020") or a library's running number.
NUMBER_LIKE = re.compile(r"^(?=(?:.*\d){6})[A-Za-z0-9:._-]{7,40}$")
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\d-])")

# Registers of the WHO's primary registry network, ClinicalTrials.gov and the EU's, in their numbers' own forms.
_TRIAL = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{6,8}|ACTRN\s?\d{14}p?|ChiCTR[-A-Z]{0,12}\s?\d{8,10}|CTRI/\d{4}/\d{2,3}/\d{5,6}"
    r"|DRKS\s?\d{8}|EUCTR\s?\d{4}-\d{6}-\d{2}(?:-[A-Z]{2})?|(?:EudraCT[:\s]*)\d{4}-\d{6}-\d{2}|IRCT\s?\d{11,14}N\d{1,3}"
    r"|JPRN-\w+|jRCTs?\d{9,10}|UMIN\d{9}|JapicCTI-?\d{6}|KCT\s?\d{7}|NTR\s?\d{1,4}|NL-?OMON\d{3,6}|PACTR\s?\d{15,16}"
    r"|RBR-\w{6,8}|RPCEC\s?\d{8}|SLCTR/\d{4}/\d{3}|TCTR\s?\d{11}|LBCTR\s?\d{10}|PER-\d{3}-\d{2})\b",
    re.IGNORECASE,
)
_TRIAL_START = re.compile(r"^(?:eudract[:\s]*|jprn-)", re.IGNORECASE)


def doi(text: str) -> str:
    """The first DOI in a text, or "": lower case, without resolver address, escapes resolved, closing marks off."""
    if _PLAIN_DOI.match(text):
        return text.lower()
    if "10." not in text:
        return ""
    # Addresses inside addresses are escaped once more.
    for _ in range(3):
        if "%2" in text:
            text = unquote(text)
    if "&lt;" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">")
    match = _DOI.search(text)
    if not match:
        return ""
    identifier = match[0]
    while identifier:
        last = identifier[-1]
        opener = _CLOSERS.get(last)
        if last in ".,;:'’”*" or (opener and identifier.count(last) > identifier.count(opener)):
            identifier = identifier[:-1]
            continue
        break
    identifier = identifier.lower()
    # An address may go on after its DOI: ...?journalCode=x, ...&partnerID=y
    for mark in ("?", "&partnerid", "&md5", "&origin", ";jsessionid"):
        identifier = identifier.partition(mark)[0]
    for tail in _DOI_TAILS:
        identifier = identifier.removesuffix(tail)
    return identifier


def pmid(text: str) -> str:
    """The PubMed id in a text, without leading zeros, or ""."""
    match = _PMID.search(text)
    return match[0].lstrip("0") if match else ""


def pmcid(text: str) -> str:
    """The PubMed Central id in a text as PMC and digits, or ""."""
    match = _PMCID.search(text)
    return "PMC" + match[1] if match else ""


def doi_of_address(addresses: Iterable[str]) -> str:
    """The first DOI that addresses of doi.org or of Ovid's full texts name, or ""."""
    for address in addresses:
        if "doi.org" in address and (number := doi(address)):
            return number
        if "ovidweb" in address and (match := _OVID_DOI.search(address)):
            return doi(match[1])
    return ""


def pmid_of_address(addresses: Iterable[str]) -> str:
    """The PubMed id that addresses name (of PubMed, Europe PMC or Ovid's MEDLINE); "" if none or several do."""
    return _only(number.lstrip("0") for number in _matches(_PMID_ADDRESS, addresses))


def pmcid_of_address(addresses: Iterable[str]) -> str:
    """The PubMed Central id that addresses name; "" if none or several do."""
    return _only("PMC" + number for number in _matches(_PMCID_ADDRESS, addresses))


def noted_pmid(notes: Iterable[str]) -> str:
    """The PubMed id that notes give for the record itself; "" if they name none or several."""
    return _only(number.lstrip("0") for number in _noted(_NOTED_PMID, notes))


def noted_pmcid(notes: Iterable[str]) -> str:
    """The PubMed Central id that notes give for the record itself; "" if they name none or several."""
    return _only("PMC" + number for number in _noted(_NOTED_PMCID, notes))


def noted_doi(notes: Iterable[str]) -> str:
    """The DOI that notes give for the record itself; "" if they name none or several."""
    return _only(filter(None, map(doi, _noted(_NOTED_DOI, notes))))


def numbers_alone(values: Iterable[str]) -> list[str]:
    """The values that are a marked PubMed or PubMed Central id and no text that names one."""
    return [value for value in values if ("P" in value or "p" in value) and _NUMBER_ALONE.match(value)]


def _noted(form: re.Pattern[str], notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        # Most notes name no number, and are known for such at once.
        if not any(mark in note for mark in _MARKS_OF_NUMBERS):
            continue
        for match in form.finditer(note):
            line = note[note.rfind("\n", 0, match.start()) + 1 : match.start()]
            if not _OF_ANOTHER.search(line):
                yield next(filter(None, match.groups()))


def _matches(form: re.Pattern[str], addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        # Most addresses are publishers'; this test passes over them at once.
        if "ncbi." in address or "europepmc." in address or "ovidweb" in address:
            yield from form.findall(address)


def _only(numbers: Iterable[str]) -> str:
    distinct = set(numbers)
    return distinct.pop() if len(distinct) == 1 else ""


def embase_id(text: str) -> str:
    """The Embase L-number in a text as L and digits, or ""."""
    match = _EMBASE.search(text)
    return "L" + match[1] if match else ""


def central_id(text: str) -> str:
    """The CENTRAL number in a text as CN- and digits, or ""."""
    match = _CENTRAL.search(text)
    return match[0].upper() if match else ""


def trial_ids(texts: Iterable[str]) -> list[str]:
    """Trial registration numbers in the texts, upper case without spaces, each once."""
    numbers: dict[str, None] = {}
    for text in texts:
        # Plain numbers, or such with a letter before them, are frequent, and never registration numbers.
        for number in () if text[1:].isdigit() else _TRIAL.findall(text):
            numbers[_TRIAL_START.sub("", re.sub(r"\s", "", number)).upper()] = None
    return list(numbers)


def issns(texts: Iterable[str]) -> list[str]:
    """ISSNs in the texts as NNNN-NNNN, each once; longer numbers (ISBNs) are left out."""
    return list(dict.fromkeys(number for text in texts for number in _issns(text)))


@lru_cache(maxsize=4096)
def _issns(text: str) -> tuple[str, ...]:
    # The same journals recur.
    return tuple(f"{start}-{end.upper()}" for start, end in _ISSN.findall(text))


def isbns(texts: Iterable[str]) -> list[str]:
    """ISBNs of 10 or 13 digits in the texts, without hyphens, each once."""
    numbers: dict[str, None] = {}
    for text in texts:
        if len(text) >= 10:
            for number in _ISBN.findall(text):
                numbers[re.sub(r"[- ]", "", number).upper()] = None
    return list(numbers)
