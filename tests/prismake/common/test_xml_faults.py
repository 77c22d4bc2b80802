"""Tests of the words for XML that is not well-formed."""

import pytest
from lxml import etree
from prismake.common.xml_faults import xml_fault


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<a>" * 300, "its elements are nested more than 256 deep, line 1"),
        (b"<a>" + b"x" * 10_000_100 + b"</a>", "a text or an attribute in it is longer than 10 million characters"),
        (b'<a b="' + b"x" * 10_000_100 + b'"/>', "a text or an attribute in it is longer than 10 million characters"),
        (b"", "it is empty, line 1"),
        (b"text", "it does not begin with an element, line 1"),
        (b"<a>\n<b></a>", "<b> is closed by </a>, line 2"),
        (b"<a>\n<b>", "it ends inside <b>, line 2"),
        (b"<a/><b/>", "text follows its last element, line 1"),
        (b"<a>&nbsp;</a>", "&nbsp; is not declared, line 1"),
        (b"<a>R & D</a>", "an & that is not written as &amp;, line 1"),
        (b"<a>\xff</a>", "it contains bytes that are not of its encoding, line 1"),
        (b"<a>\x01</a>", "it contains a character that XML does not allow, number 1, line 1"),
        (b"<a b='1' b='2'/>", "the attribute b stands twice in one element, line 1"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_the_fault_is_named_in_plain_words(content, message):
    with pytest.raises(etree.XMLSyntaxError) as caught:
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=False))
    assert xml_fault(caught.value).startswith(message)
    assert "XML_PARSE_HUGE" not in xml_fault(caught.value) and "<string>" not in xml_fault(caught.value)


def test_another_fault_keeps_the_words_of_the_parser():
    with pytest.raises(etree.XMLSyntaxError) as caught:
        etree.fromstring(b"<a b=1/>")
    assert xml_fault(caught.value) == "AttValue: \" or ' expected, line 1"
