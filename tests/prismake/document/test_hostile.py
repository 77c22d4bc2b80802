"""Text from records and people goes into documents as text: no code, no files, no foreign parts."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import docx
import pymupdf
import pytest
from prismake.common.errors import BuildStop

from .conftest import Review
from .test_write_pdf import inner_text, letters, word_text

# Refused by name, with the line: nothing of it may reach a document.
RAW = [
    ("<script>alert(1)</script>", "html"),
    ("Words with <w:p><w:r><w:t>forged</w:t></w:r></w:p>", "html"),
    ("Words \\input{/etc/passwd}", "tex"),
    ("\\begin{verbatim}\nx\n\\end{verbatim}", "tex"),
    ("```{=openxml}\n<w:p><w:r><w:t>raw block</w:t></w:r></w:p>\n```", "openxml"),
    ('```{=typst}\n#panic("raw typst")\n```', "typst"),
    ("Words `<w:t>x</w:t>`{=openxml}", "openxml"),
    ('Words `#panic("inline")`{=typst}', "typst"),
    ("<?float tbl 1?>", "html"),
    ('Words <ref id="x"/>', "html"),
    ("<!-- hidden --> <b>bold</b>", "html"),
]

HOSTILE = """
\\<script>alert(1)\\</script> \\<w:p>\\<w:r>\\<w:t>forged\\</w:t>\\</w:r>\\</w:p> \\\\input{/etc/passwd}

[coloured]{typst:text:fill="panic(1)"} and [inserted]{.insertion author="Somebody" date="2020-01-01T00:00:00Z"}

::: {custom-style="Mark" typst:width="panic(2)"}
landscape
:::

# A heading {typst:text:fill="panic(3)" custom-style="Evil"}

[a script](javascript:alert%281%29), [a file](file:///etc/passwd), [a place](#nowhere), [a page](https://example.org/)

#panic("text") #import "x.typ" \\@preview \\$x\\$ *bold* _emphasis_ [brackets] {curly} ~ < > & " ' ` ^ |

// comment /* more */
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Review:
    from .conftest import lay_out

    review = lay_out(tmp_path_factory.mktemp("hostile"))
    review.edit(lambda text: text.replace("# Discussion\n", f"{HOSTILE}\n# Discussion\n"))
    review.edit(
        lambda text: text.replace(
            "lang: en-US\n",
            "lang: en-US\nheader-includes: '#panic(4)'\nbibliography: /etc/passwd\nnocite: '@*'\n"
            "csl: /etc/passwd\nreference-doc: /etc/passwd\ncss: x\n",
        )
    )
    review.docx()
    review.pdf()
    return review


# Works, an author's own page, and the address to write to.
OUTSIDE = ("https://doi.org/", "https://example.org/", "mailto:")


def test_nothing_but_text_in_the_word_document(hostile: Review) -> None:
    with zipfile.ZipFile(hostile.folder / "manuscript.docx") as package:
        main = package.read("word/document.xml").decode()
        relations = package.read("word/_rels/document.xml.rels").decode()
    assert "<w:t>forged</w:t>" not in main
    assert "<w:ins " not in main
    assert "Evil" not in main
    outside = re.findall(r'Target="([^"]*)" TargetMode="External"', relations) + re.findall(
        r'TargetMode="External"[^>]*Target="([^"]*)"', relations
    )
    assert all(target.startswith(OUTSIDE) for target in outside)


@pytest.mark.parametrize("writer", ["docx", "pdf", "jats"])
@pytest.mark.parametrize(("text", "format"), RAW, ids=[f"{number}-{format}" for number, (_, format) in enumerate(RAW)])
def test_raw_markup_stops_with_its_line(review: Review, text: str, format: str, writer: str) -> None:
    review.edit(lambda before: before.replace("# Discussion\n", f"Words.\n\n{text}\n\n# Discussion\n"))
    lines = (review.folder / "results/manuscript/manuscript.md").read_text(encoding="utf-8").splitlines()
    with pytest.raises(BuildStop) as stopped:
        getattr(review, writer)()
    issue = stopped.value.issues[0]
    assert (issue.code, issue.message) == ("raw-markup", f"raw {format} cannot be set")
    first = lines.index(text.splitlines()[0]) + 1
    (line,) = {int(item) for item in re.findall(r"manuscript\.md:(\d+)", issue.where)}
    assert first <= line < first + len(text.splitlines())


def test_text_that_looks_like_code_is_printed(hostile: Review) -> None:
    document = docx.Document(str(hostile.folder / "manuscript.docx"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for expected in ("<script>alert(1)</script>", "#panic(“text”)", "$x$", "{curly}", "// comment /* more */"):
        assert expected in text


def test_the_pdf_prints_the_same(hostile: Review) -> None:
    pdf = letters("".join(inner_text(hostile.folder / "manuscript.pdf")))
    for paragraph in word_text(hostile.folder / "manuscript.docx"):
        assert letters(paragraph) in pdf


def test_the_pdf_runs_nothing_and_links_nowhere_else(hostile: Review) -> None:
    with pymupdf.open(hostile.folder / "manuscript.pdf") as document:
        targets = {link["uri"] for page in document for link in page.get_links() if "uri" in link}
        assert document.embfile_count() == 0
    assert all(target.startswith(OUTSIDE) for target in targets)


TITLES = [
    "- dash first", "+ plus first", "= equals first", "/ slash: first", "1. number first", "a -- b --- c ... d -1 -?",
    "#panic(1)", "$x$ & <b>bold</b> <script>x</script>", "@key and [@key]", "\\backslash \\*", "`code` ~ tilde",
    "{=openxml} {curly}", "“quoted” ‘single’ \"straight\" 'apostrophe'", "_under_ *star* ^caret^",
    "100% sure; 5 € ≥ 3 µm", "control \u0001 character", "a\u00a0b",
]  # fmt: skip


def test_titles_of_references_come_through_both_writers(review: Review) -> None:
    file = review.folder / "results/manuscript/references.json"
    entries = json.loads(file.read_text(encoding="utf-8"))
    cites = []
    for number, title in enumerate(TITLES):
        entries.append(
            {"id": f"t{number}", "type": "article-journal", "title": title, "issued": {"date-parts": [[2000]]}}
        )
        cites.append(f"@t{number}")
    file.write_text(json.dumps(entries), encoding="utf-8")
    review.edit(lambda text: text.replace("# Conclusion\n", f"Cited [{'; '.join(cites)}].\n\n# Conclusion\n"))
    words = word_text(review.docx())
    pdf = letters("".join(inner_text(review.pdf())))
    entries_in_word = [text for text in words if re.match(r"(1[3-9]|2\d)\.\t", text)]
    assert len(entries_in_word) == len(TITLES)
    for entry in entries_in_word:
        assert letters(entry) in pdf
    assert "a -- b --- c ... d -1 -?" in entries_in_word[5]
    assert "#panic(1)" in entries_in_word[6]


def test_a_foreign_picture_is_refused(review: Review) -> None:
    review.edit(
        lambda text: text.replace(
            "# Conclusion\n", "![](https://example.org/x.png) and ![](/etc/passwd)\n\n# Conclusion\n"
        )
    )
    with pytest.raises(BuildStop) as stopped:
        review.docx()
    assert {issue.code for issue in stopped.value.issues} == {"missing-figure"}
    assert not Path(review.folder / "manuscript.docx").exists()
