"""What an exponent behind a bracket belongs to, in the equations of Word and JATS."""

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from lxml import etree
from prismake.document.equations import bracket_bases, bracket_bases_of_mathml


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


def mathml(content):
    return etree.fromstring(f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{content}</mrow></math>')


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (
            "<mi>f</mi><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><msup><mo>)</mo><mn>2</mn></msup>",
            "<mi>f</mi><msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>",
        ),
        ("<mi>a</mi><msub><mo>)</mo><mi>i</mi></msub>", "<mi>a</mi><msub><mo>)</mo><mi>i</mi></msub>"),
    ],
)
def test_the_whole_bracket_is_the_base_in_jats(written, right):
    made = mathml(written)
    bracket_bases_of_mathml(made)
    assert etree.tostring(made, method="c14n") == etree.tostring(mathml(right), method="c14n")
