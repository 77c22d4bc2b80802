"""RIS tags that a program or an editor wrote in another form: small letters, tabs, no-break spaces, other dashes.

They are brought to the standard's form before the file is read and counted. Nothing changes in a file before the first
such tag, so that text which looks like one stays text in a file that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy

from prismake.importing.content import Content, line_feeds

_FAR_SPACE = rb"\xc2\xa0|\xa0|\xe2\x80[\x80-\x8a\xaf]|\xe3\x80\x80"
_PARTS = {
    b"odd": rb"(?:\t|%b)" % _FAR_SPACE,
    b"far": rb"(?:%b)" % _FAR_SPACE,
    b"space": rb"(?: |\t|%b)" % _FAR_SPACE,
    b"dash": rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\x96|\x97)",
}
# A type that is not TY, spaces and a hyphen, and a word; a common tag with odd spaces; a TY indented by odd spaces.
_FIRST = re.compile(
    rb"(?m)^(?:\xef\xbb\xbf)?(?:"
    rb" *(?=[Tt]y|tY|TY {1,3}[^- ])[Tt][Yy]%(space)b{1,4}%(dash)b%(space)b*[A-Za-z]{3,}%(space)b*$|"
    rb"%(space)b*(?:TY|T1|TI|A[U123]|PY|Y1|DO|J[OF]|ER)(?= {0,3}%(odd)b)%(space)b{1,4}%(dash)b|"
    rb" *%(far)b%(space)b*TY%(space)b{1,4}%(dash)b)" % _PARTS
)
_SMALL = (
    rb"ty|a[bdntu1-4]|t[ita1-4]|kw|py|y[12]|do|ur|sn|j[oaf12]|vl|n[12]|m[123]|l[1-4k]|u[1-5]|c[1-8anpty]|is|[se]p|"
    rb"p[bp]|bt|d[abp]|e[dtr]|id|la|r[inp]|st|op"
)
_TAG = re.compile(
    rb"(?m)^((?:\xef\xbb\xbf)?)(%(space)b*)([A-Z][A-Z0-9]|(?i:%(small)b))(%(space)b{1,4})%(dash)b"
    % (_PARTS | {b"small": _SMALL})
)


def with_standard_tags(content: Content, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks of whole lines with every tag as the standard writes it; the content is warned where one was not."""
    odd = False
    for number, block in enumerate(blocks):
        start = 0
        if not odd and (first := _first(block)):
            odd, start = True, first.start()
            line = sum(map(line_feeds, islice(content.whole_lines(), number))) + block.count(b"\n", 0, start) + 1
            _warn(content, line)
        yield block[:start] + _TAG.sub(_standard, block[start:]) if odd else block
    if not odd:
        # The next pass over the same bytes need not look again.
        content.mend = None


_ODD_BYTES = numpy.isin(numpy.arange(256), list(b"\t\xc2\xa0\xe2\xe3"))


def _first(block: bytes) -> re.Match[bytes] | None:
    """The first odd tag. To try the pattern on every line would cost as much as reading them."""
    data = numpy.frombuffer(b"\n" + block + b"\n" * 5, numpy.uint8)
    lines = numpy.flatnonzero(data[:-5] == 10)
    one, two, three, four = (data[lines + place] for place in range(1, 5))
    standard = (one == ord("T")) & (two == ord("Y")) & (three == 32) & (four == 32) & (data[lines + 5] == ord("-"))
    odd = _ODD_BYTES[one] | _ODD_BYTES[three] | _ODD_BYTES[four] | ((one | 32 == ord("t")) & (two | 32 == ord("y")))
    # A byte order mark hides what follows it.
    odd |= one == 0xEF
    return next(filter(None, (_FIRST.match(block, at) for at in lines[odd & ~standard].tolist())), None)


def _standard(match: re.Match[bytes]) -> bytes:
    mark, indent, tag, gap = match.groups()
    if tag.isupper() or gap.strip(b" ") or len(gap) > 1:
        return mark + b" " * bool(indent) + tag.upper() + b"  -"
    return match[0]


def _warn(content: Content, line: int) -> None:
    text = (
        f"line {line}: from here on tags are not as RIS has them ('TY  - '): small letters, tabs, no-break spaces or "
        "other dashes; they were read as the tags that they stand for"
    )
    if text not in content.warnings:
        content.warnings.append(text)
