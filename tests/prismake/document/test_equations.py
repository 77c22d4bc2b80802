"""What an exponent behind a bracket belongs to, in Word's equations."""

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from lxml import etree
from prismake.document.equations import bracket_bases


def run(text):
    return f"<m:r><m:t>{text}</m:t></m:r>"


def squared(base):
    return f"<m:sSup><m:e>{run(base)}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"


def group(opening, inside, closing, index="2"):
    signs = f'<m:begChr m:val="{opening}"/><m:sepChr m:val=""/><m:endChr m:val="{closing}"/>'
    brackets = f"<m:d><m:dPr>{signs}<m:grow/></m:dPr><m:e>{inside}</m:e></m:d>"
    return f"<m:sSup><m:e>{brackets}</m:e><m:sup>{run(index)}</m:sup></m:sSup>"


def equation(*parts):
    return parse_xml(f"<m:oMath {nsdecls('m')}>{''.join(parts)}</m:oMath>")


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ([*map(run, "f(a+b"), squared(")")], [run("f"), group("(", "".join(map(run, "a+b")), ")")]),
        ([*map(run, "((a)b"), squared(")")], [group("(", "".join(map(run, "(a)b")), ")")]),
        ([run("("), run("["), run("x"), squared("]"), squared(")")], [group("(", group("[", run("x"), "]"), ")")]),
        # An interval that is open at one end.
        ([*map(run, "[0,1"), squared(")")], [group("[", "".join(map(run, "0,1")), ")")]),
        # Nothing opens it, or an exponent of its own does.
        ([*map(run, "a+b"), squared(")")], [*map(run, "a+b"), squared(")")]),
        ([squared("("), run("x"), squared(")")], [squared("("), run("x"), squared(")")]),
        ([run("x"), squared("y")], [run("x"), squared("y")]),
    ],
)
def test_the_whole_bracket_is_the_base(written, right):
    made, expected = equation(*written), equation(*right)
    bracket_bases(made)
    assert etree.tostring(made, method="c14n") == etree.tostring(expected, method="c14n")
