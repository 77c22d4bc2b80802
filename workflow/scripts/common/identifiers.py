"""Identifiers in one form each, so that records from different platforms can be compared by them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>|\\^`{}]+")
# The form that needs nothing done to it but lower case.
PLAIN_DOI = r"10\.[0-9]{4,9}/[a-zA-Z0-9._()/-]*[0-9](?:[._-]?[a-zA-Z]{1,2})?"
_PLAIN_DOI = re.compile(PLAIN_DOI + r"\Z")
_DOI_TAILS = ("/abstract", "/full", "/pdf", "/epdf", "/fulltext", "/meta")
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_PMID = re.compile(r"(?<!\d)\d{1,8}(?!\d)")
_PMCID = re.compile(r"PMC\s*(\d{3,9})", re.IGNORECASE)
_EMBASE = re.compile(r"(?<![A-Za-z0-9])L(\d{5,12})(?!\d)")
_CENTRAL = re.compile(r"CN-\d{6,9}", re.IGNORECASE)
SCOPUS_EID = re.compile(r"eid=(2-s2\.0-\d+)")
# A database's number for a record, not a person's key for it ("Example2020") or a library's running number.
NUMBER_LIKE = re.compile(r"^(?=(?:.*\d){6})[A-Za-z0-9:._-]{7,40}$")
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_ISBN = re.compile(r"(?<![\d-])(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?![\d-])")

# Registers of the WHO's primary registry network, ClinicalTrials.gov and the EU's, in their numbers' own forms.
_TRIAL = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{6,8}|ACTRN\s?\d{14}p?|ChiCTR[-A-Z]*\s?\d{8,10}|CTRI/\d{4}/\d{2,3}/\d{5,6}"
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
    if "%2" in text:
        text = unquote(text)
    match = _DOI.search(text)
    if not match:
        return ""
    found = match[0]
    while found:
        last = found[-1]
        opener = _CLOSERS.get(last)
        if last in ".,;:'’”*" or (opener and found.count(last) > found.count(opener)):
            found = found[:-1]
            continue
        break
    found = found.lower()
    # An address may go on after its DOI: ...?journalCode=x, ...&partnerID=y
    for mark in ("?", "&partnerid", "&md5", "&origin", ";jsessionid"):
        found = found.partition(mark)[0]
    for tail in _DOI_TAILS:
        found = found.removesuffix(tail)
    return found


def pmid(text: str) -> str:
    """The PubMed id in a text, without leading zeros, or ""."""
    match = _PMID.search(text)
    return match[0].lstrip("0") if match else ""


def pmcid(text: str) -> str:
    """The PubMed Central id in a text as PMC and digits, or ""."""
    match = _PMCID.search(text)
    return "PMC" + match[1] if match else ""


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
    found: dict[str, None] = {}
    for text in texts:
        # Plain numbers are looked at often, and are none.
        for number in () if text.isdigit() else _TRIAL.findall(text):
            found[_TRIAL_START.sub("", re.sub(r"\s", "", number)).upper()] = None
    return list(found)


def issns(texts: Iterable[str]) -> list[str]:
    """ISSNs in the texts as NNNN-NNNN, each once; longer numbers (ISBNs) are left out."""
    return list(dict.fromkeys(number for text in texts for number in _issns(text)))


@lru_cache(maxsize=4096)
def _issns(text: str) -> tuple[str, ...]:
    # Journals come again and again.
    return tuple(f"{start}-{end.upper()}" for start, end in _ISSN.findall(text))


def isbns(texts: Iterable[str]) -> list[str]:
    """ISBNs of 10 or 13 digits in the texts, without hyphens, each once."""
    found: dict[str, None] = {}
    for text in texts:
        if len(text) >= 10:
            for number in _ISBN.findall(text):
                found[re.sub(r"[- ]", "", number).upper()] = None
    return list(found)
