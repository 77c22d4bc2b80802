"""What a title says: what the work is called, what else it is called, and what kind of piece it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from prismake.dedup.normalise import fold
from prismake.dedup.vocabulary import COUNTING, GENERIC_WORDS, MARKING, STOP, VOLUME_WORDS

CORRECTION, RETRACTION, REPLY, COMMENT, PROTOCOL, GENERIC, PART, SHORT_FORM = 1, 2, 4, 8, 16, 32, 64, 128
# What two versions of one work cannot differ in.
KINDS = CORRECTION | RETRACTION | REPLY | COMMENT | PROTOCOL | SHORT_FORM
# Marks that databases put behind a title; what they say is not part of it.
_BRACKET_END = re.compile(r"(?<![\s.,;:])[\s.,;:]*\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\][\s.]*$")
_BRACKET_ALL = re.compile(r"^\[([^\[\]]+)\][\s.]*$")
# A mark that was cut off with the title.
_BRACKET_CUT = re.compile(
    r"(?<![\s.,;:])[\s.,;:]*"
    r"\[(?:published )?(?:erratum|errata|correct|corrig|comment|retract|republi|see|update|summary)[^\]]{0,300}$",
    re.IGNORECASE,
)
_NOTE_END = re.compile(
    r"(?<![\s.,;:-])[\s.,;:-]*"
    r"\((?:provisional|structured|brief|project|withdrawn|meeting|conference|english|author s)?\s*"
    r"(?:abstract|record|summary|report)s?\)[\s.]*$",
    re.IGNORECASE,
)
_LETTERS_END = re.compile(r"(?<!\s)\s*\((?:multiple|two|three) letters\)[\s.]*$", re.IGNORECASE)
_NOT_A_TITLE = re.compile(
    r"^\s*(?:\d+|\d+ ref\w*|review\w*|letters?|editorials?|comments?|see comments?|case reports?|abstract|survey|"
    r"(?:published )?(?:errat|corrig|correct|retract|comment|update|republi|summary|original|reprint).*|"
    r"in \w+|\w+)\s*+(?:\.\s*+)?$",
    re.IGNORECASE | re.DOTALL,
)
# The source of the work that a correction, reply or comment is about.
_ABOUT_END = re.compile(
    r"(?<![\s.,;:])[\s.,;:]*(?:\(\s*vol(?:ume)?\.?\s*\d|\([^()]*\((?:19|20)\d\d\)[^()]*\(|\[?\(?doi:?\s*10\.\S)",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:published\s+)?(?:errat(?:um|a)|corrig(?:endum|enda)|corrections?|addendum|author corrections?|"
    r"publisher(?: s)? corrections?|expression of concern|fe de errata?s?|berichtigung|rectificatif)\b"
)
_CORRECTION_END = re.compile(r"\b(?:erratum|errata|corrigendum|author correction|publisher correction)$")
_RETRACTION = re.compile(
    r"^(?:retraction|retracted|notice of retraction|withdrawn|withdrawal)\b|\bretraction (?:note|notice)$"
)
_REPLY = re.compile(
    r"^(?:re|reply|replies|response|authors? (?:s )?(?:reply|response)|in reply|rejoinder|in response)\b"
    r"(?=\s+(?:to|from|by|of|the|authors?|letter|comment|on)\b|$)|^re\b|"
    r"\b(?:reply|authors? (?:s )?(?:reply|response)|in reply|rejoinder|response from the authors?|reply to letter)$|"
    r"^(?:the )?authors? (?:s )?(?:reply|response|respond)"
)
_COMMENT = re.compile(
    r"^(?:comments?|commentary|letters?|letter to the editor|editorial(?: comment)?|invited commentary|discussion)\b"
    r"(?=\s+(?:on|to|about|re|regarding|of|by)\b)|^(?:comments? on|commentary on|letter to the editor)\b|"
    r"\b(?:comment|commentary|invited commentary|invited comment|letter to the editor|discussion)$"
)
# Exports that drop the blank or colon before the word.
_GLUED = re.compile(r"(?<=[a-z])(?=(?:Comment(?:ary)?|Reply|Response|Discussion|Erratum|Corrigendum|Correction)$)")
_PROTOCOL = re.compile(
    r"\b(?:study protocol|trial protocol|protocol (?:for|of) (?:a|an|the)\b|review protocol|rationale and design|"
    r"design and rationale)|^protocols?$"
)
_PART = re.compile(
    r"\b(?:part|parts|pt|section|chapter|volume|vol|paper|report|article|lecture|study|phase|teil|parte|partie|no|"
    r"number)\s+"
    r"(\d{1,3}|[ivx]{1,5}|one|two|three|four|five|six)\b"
)

# A label that calls the piece a short form of a work: 'Demo: …', '… (extended abstract)', '… - poster', '… [talk]',
# 'Demonstration of …'.
_SHORT_FORM = re.compile(
    r"(?:^|[(\[:.\u2012-\u2015]|\s-)\s*"
    r"(?:(?:demo(?:nstration)?|poster|extended|meeting|conference|congress|oral|short|late[ -]breaking|workshop)"
    r"\s+(?:abstract|paper|presentation|session|version|summary|track|proposal)|demo|demonstration|poster|"
    r"abstract only|late[ -]breaking|work[ -]in[ -]progress|kurzfassung)s?\s*(?:[)\]:.\u2012-\u2015]|-\s|$)"
    r"|[(\[]\s*(?:abstract|(?:invited |keynote )?talk|vortrag|r[ée]sum[ée]|resumen|riassunto)s?\s*[)\]]"
    r"|^\W*(?:a )?demo(?:nstration)? of\b",
    re.IGNORECASE,
)
# One of them is in each of these labels.
_SHORT_HINTS = (
    *("abstract", "demo", "poster", "paper", "presentation", "session", "version", "summary", "track", "proposal"),
    *("breaking", "progress", "talk", "kurzfassung", "vortrag", "sum", "resumen", "riassunto"),
)
# What may part a label from the title.
_PARTS = re.compile("[:\u2012-\u2015]| - ")
# A section's or a prize's label before the title: up to four words without a number, then a dash or a colon.
_LABEL = re.compile(r"^\W*(?:[^\W\d_]+[\s'\u2019&]+){0,3}[^\W\d_]+\s*(?::\s|\s[-\u2012-\u2015]\s|[\u2012-\u2015])\s*")
SHORTEST_BODY = 3


class Title(NamedTuple):
    """A title's features."""

    words: str  # folded, without the database's marks
    other: str  # the other title of a translated or bilingual record, folded; "" without one
    marks: int  # bits: CORRECTION … SHORT_FORM
    body: str = ""  # the words behind a label, where the title has one


def _split_marks(text: str) -> tuple[str, list[str]]:
    """The title without bracketed marks at its end, and the marks."""
    marks: list[str] = []
    whole = _BRACKET_ALL.match(text)
    if whole:
        return whole.group(1), marks
    while bracket := _BRACKET_END.search(text):
        rest = text[: bracket.start()]
        if not rest.strip():
            return bracket.group(1), marks
        if len(rest.strip()) < 8 and len(bracket.group(1)) > len(rest):
            break
        marks.append(bracket.group(1))
        text = rest.strip()
        if whole := _BRACKET_ALL.match(text):
            return whole.group(1), marks
    return text, marks


def title_features(raw: str) -> Title:
    """Reads a title: what it is called, what else it is called, what kind of piece it is."""
    text = raw
    other = ""
    short_form = SHORT_FORM if is_short_form(raw) else 0
    if "[" in text or "(" in text:
        text, brackets = _split_marks(_BRACKET_CUT.sub("", text))
        translated = [mark for mark in brackets if not _NOT_A_TITLE.match(mark) and mark.count(" ") >= 2]
        if translated:
            other = fold(translated[0])
        text = _LETTERS_END.sub("", _NOTE_END.sub("", text))
    about = _ABOUT_END.search(text) if "(" in text or "10." in text else None
    is_about = about is not None and about.start() > 12
    if about and is_about:
        text = text[: about.start()]
    words = fold(_GLUED.sub(" ", text)) or fold(raw)
    marks = _marks(words, is_about)
    if marks & CORRECTION:
        words = _corrected(text, words)
    if not other and " = " in text:
        first, _, second = text.partition(" = ")
        if first.count(" ") >= 2 and second.count(" ") >= 2:
            words, other = fold(first), fold(second)
    label, body = _labelled(text)
    if label:
        marks |= _marks(label, about=False)
    return Title(words, other, marks | short_form, body)


def is_short_form(raw: str) -> bool:
    """Whether a label in the title calls the piece a demo, a poster or an extended or meeting abstract."""
    lowered = raw.lower()
    # Few titles have any of its words; looking for them one by one is faster than the pattern.
    return any(hint in lowered for hint in _SHORT_HINTS) and _SHORT_FORM.search(raw) is not None


def _labelled(text: str) -> tuple[str, str]:
    """(label, title behind it), folded; the title is "" where little stands behind the label, both without a label."""
    label = _LABEL.match(text) if _PARTS.search(text) else None
    if not label:
        return "", ""
    words = fold(text[label.end() :])
    return fold(label.group()), words if words.count(" ") + 1 >= SHORTEST_BODY else ""


_FOOTNOTE = re.compile(r"(?<! \d)(?<! \d\d)(?: \d{1,2})+$|(?<=[^\W\d_]{4})\d$")


def without_footnote(words: str) -> str:
    """A folded title without the lone number that ends it, unless the word before counts something: 'part 1'."""
    mark = _FOOTNOTE.search(words)
    if not mark:
        return words
    bare = words[: mark.start()]
    return words if bare.rpartition(" ")[2] in COUNTING else bare


def _corrected(text: str, words: str) -> str:
    """The title of the work that a correction is about, without the word for it and a source that was cut off."""
    cut = text.find("(", 30)
    if cut > 0 and text.count("(") > text.count(")"):
        words = fold(text[:cut])
    rest = _CORRECTION.sub("", words).strip()
    rest = rest.removeprefix("to ").removeprefix("for ").removeprefix("in ")
    return rest if rest.count(" ") >= 2 else words


def _marks(words: str, about: bool) -> int:
    if not about and MARKING.isdisjoint(words.split()):
        return 0
    marks = 0
    if about or _CORRECTION.match(words) or _CORRECTION_END.search(words):
        marks |= CORRECTION
    if _RETRACTION.search(words):
        marks |= RETRACTION
    if _REPLY.search(words):
        marks |= REPLY
    if _COMMENT.search(words):
        marks |= COMMENT
    if _PROTOCOL.search(words):
        marks |= PROTOCOL
    if _PART.search(words):
        marks |= PART
    return marks


def names_a_meeting(words: str, informative: int) -> bool:
    """Whether a folded title names the volume of one meeting: '2015 Knee Meeting Abstracts'."""
    named = words.split()
    if not informative or VOLUME_WORDS.isdisjoint(named):
        return False
    return informative > 1 or any(word.isdigit() for word in named)


def informative_words(words: str, source: str = "") -> int:
    """How many words of a folded title say what it is about; words of its folded source (`source`) do not.

    Scripts without blanks count four letters as a word.
    """
    if not words.isascii() and any(
        "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in words
    ):
        return len(words.replace(" ", "")) // 4
    silent = source.split()
    return sum(
        len(word) > 1 and word not in STOP and word not in GENERIC_WORDS and word not in silent and not word.isdigit()
        for word in words.split()
    )
