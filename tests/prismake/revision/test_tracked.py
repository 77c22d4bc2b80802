import pytest
from prismake.revision.tracked import accepted, rejected, revisions, texts

from tests.prismake.revision.word import deleted, inserted, paragraph, root, run, tracked

MARK = "<w:rPr><w:{} w:id='5' w:author='A'/></w:rPr>"
TABLE = "<w:tbl><w:tblPr/><w:tblGrid/>{}</w:tbl>"
ROW = "<w:tr>{}<w:tc>{}</w:tc></w:tr>"

CASES = {
    "words": (
        [paragraph(run("one "), deleted("two"), inserted("three"), run(" four"))],
        ["one two four"],
        ["one three four"],
    ),
    "a paragraph made of two": (
        [paragraph(run("first "), properties=MARK.format("del")), paragraph(run("second"))],
        ["first ", "second"],
        ["first second"],
    ),
    "a paragraph split in two": (
        [paragraph(run("first "), properties=MARK.format("ins")), paragraph(run("second"))],
        ["first second"],
        ["first ", "second"],
    ),
    "a whole paragraph gone": (
        [paragraph(deleted("gone"), properties=MARK.format("del")), paragraph(run("stays"))],
        ["gone", "stays"],
        ["stays"],
    ),
    "a moved sentence": (
        [
            paragraph(
                '<w:moveFromRangeStart w:id="1" w:name="m"/>',
                tracked("moveFrom", run("Moved. ")),
                '<w:moveFromRangeEnd w:id="1"/>',
                run("Stays. "),
                tracked("moveTo", run("Moved.")),
            )
        ],
        ["Moved. Stays. "],
        ["Stays. Moved."],
    ),
    "a row inserted and one deleted": (
        [
            TABLE.format(
                ROW.format("", paragraph(run("kept")))
                + ROW.format("<w:trPr><w:ins w:id='1' w:author='A'/></w:trPr>", paragraph(inserted("new")))
                + ROW.format("<w:trPr><w:del w:id='2' w:author='A'/></w:trPr>", paragraph(deleted("old")))
            )
        ],
        ["kept", "old"],
        ["kept", "new"],
    ),
    "deleted in what another inserted": (
        [paragraph(run("a"), tracked("ins", deleted("b", number=2) + run("c")))],
        ["a"],
        ["ac"],
    ),
}


@pytest.mark.parametrize(("blocks", "old", "new"), CASES.values(), ids=CASES)
def test_rejecting_gives_the_old_text_and_accepting_the_new(blocks, old, new):
    document = root(*blocks)
    assert texts(rejected(document)) == old
    assert texts(accepted(document)) == new
    for settled in (accepted(document), rejected(document)):
        assert not list(revisions(settled))


def test_rejecting_a_change_of_properties_restores_what_was():
    change = "<w:b/><w:rPrChange w:id='1' w:author='A'><w:rPr><w:i/></w:rPr></w:rPrChange>"
    document = root(paragraph(run("x", change)))
    names = [child.tag.rpartition("}")[2] for child in rejected(document).find(".//{*}rPr")]
    assert names == ["i"]
    names = [child.tag.rpartition("}")[2] for child in accepted(document).find(".//{*}rPr")]
    assert names == ["b"]
