"""Faults of XML in plain English, instead of the parser's own words."""

from __future__ import annotations

import re

from lxml import etree

# The parser's words -> ours; a group of the pattern may stand in the message.
_WORDS = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"Excessive depth", "its elements are nested more than 256 deep"),
        (r"huge text node|too long|Buffer size", "a text or an attribute in it is longer than 10 million characters"),
        (r"amplification|entity reference loop", "its entities expand without end"),
        (r"Document is empty", "it is empty"),
        (r"Start tag expected", "it does not begin with an element"),
        (r"ending tag mismatch: (\S+) line \d+ and (\S+)", "<{0}> is closed by </{1}>"),
        (r"Premature end of data in tag (\S+)", "it ends inside <{0}>"),
        (r"Couldn't find end of Start Tag (\S+)", "the tag <{0}> is not closed by >"),
        (r"Extra content at the end", "text follows its last element"),
        (r"Entity '(\S+)' not defined", "&{0}; is not declared"),
        (r"EntityRef", "an & that is not written as &amp;"),
        (r"not proper UTF-8|Invalid bytes in", "it contains bytes that are not of its encoding"),
        (r"invalid Char value (\d+)", "it contains a character that XML does not allow, number {0}"),
        (r"Namespace prefix (\S+)", "the prefix {0}: is not declared"),
        (r"Attribute (\S+) redefined", "the attribute {0} stands twice in one element"),
        (r"Unescaped '<'", "a < in an attribute that is not written as &lt;"),
    )
)


def xml_fault(fault: Exception) -> str:
    """What is wrong with a text that is not well-formed XML, with its line; the parser's own words where none fit."""
    text = (fault.msg if isinstance(fault, etree.XMLSyntaxError) else str(fault)) or type(fault).__name__
    place = ""
    if stated := re.search(r",? line (\d+), column \d+$", text):
        text, place = text[: stated.start()], f", line {stated[1]}"
    for pattern, message in _WORDS:
        if match := pattern.search(text):
            return message.format(*(group[:60] for group in match.groups())) + place
    return text[:200].strip() + place
