import pytest
from prismake.manuscript.contents import counts_of, floats_of, sections_of
from prismake.manuscript.model import from_markdown
from prismake.manuscript.words import sentences_of


def document(text):
    return from_markdown(f"---\ntitle: T\n---\n\n{text}\n", "x.md").document


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# A head {#x}\n\nTwo words [@a; @b] and *three-part* 68.8% more.", 8),
        ("See [the registry](https://clinicaltrials.gov/ct2/show/NCT01).", 3),
        ("See <https://example.org/a/b>.", 1),
        ("See https://example.org/a/b there.", 2),
        ("A note.[^1]\n\n[^1]: Three more words.", 5),
        ("Results\n=======\n\nText here.", 3),
        ("# Results #\n\nText here.", 3),
        ("Two\u00a0words", 2),
        ("![A caption of five words](figures/x.png){#fig:x}\n\nText.", 1),
        ("Beside ![a picture of words](figures/x.png) text.", 2),
        ("::: {#tbl:x .table}\n| a | b |\n|---|---|\n| c | d |\n\n: Caption\n:::\n\nText.", 1),
        ("| a | b |\n|---|---|\n| c | d |\n\nText.", 1),
        ("- one\n- two\n\n> three\n\n| four\n| five\n\nTerm\n\n:   six seven", 8),
        (r"A title \{\{ of two \}\} \[\@parts\] and \<b\>", 7),
        ("Ages < 50 years or > 70 years, see the end", 9),
        ("# Text\n\nOne.\n\n# Funding {.declaration}\n\nNone of these.", 2),
    ],
)
def test_words_are_counted_as_a_reader_would(text, words):
    assert counts_of(document(text)).text == words


def test_words_of_an_abstract_in_parts_leave_out_their_names():
    head = "---\ntitle: T\nabstract:\n- name: Aims\n  text: Two words\n- name: Results\n  text: three\n---\n\nText.\n"
    assert counts_of(from_markdown(head, "x.md").document).abstract == 3


@pytest.mark.parametrize("heading", ["# Key messages", "Key messages\n============", "# Key messages #"])
def test_a_heading_is_a_section_however_it_is_written(heading):
    (section,) = sections_of(document(f"{heading}\n\nText.").blocks)
    assert (section.title, section.role, section.level, section.words) == ("Key messages", "key-messages", 1, 1)


def test_a_section_has_the_role_that_its_heading_names():
    result = sections_of(document("# Our *money* {role=funding .declaration}\n\n## More\n\n# References\n").blocks)
    assert [(item.title, item.role, item.declaration, item.level) for item in result] == [
        ("Our money", "funding", True, 1),
        ("More", "more", False, 2),
    ]


def test_captions_of_tables_and_figures_are_counted_without_citations():
    text = (
        "::: {#tbl:one .table}\n| a |\n|---|\n| b |\n\n: Two words [@x]\n:::\n\n"
        '![A caption of four](f.png){#fig:two alt="What it shows"}\n'
    )
    result = floats_of(document(text).blocks)
    assert [(item.id, item.words, item.file, item.alt) for item in result] == [
        ("tbl:one", 2, "", ""),
        ("fig:two", 4, "f.png", "What it shows"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One here. Two there.", ["One here.", "Two there."]),
        ("As Yu et al. Found it. Fig. 2 shows 3.5 mm.", ["As Yu et al. Found it.", "Fig. 2 shows 3.5 mm."]),
        ("It fell. [@a] Then it rose [@b]. So.", ["It fell. [@a]", "Then it rose [@b].", "So."]),
        ("First line.\nSecond line goes\non (p. 4). Third?", ["First line.", "Second line goes on (p. 4).", "Third?"]),
        ("“Quoted here.” Next one.", ["“Quoted here.”", "Next one."]),
        ("In 2020 it ended. 12 were left.", ["In 2020 it ended.", "12 were left."]),
    ],
)
def test_sentences(text, expected):
    (paragraph,) = document(text).blocks
    assert [sentence.text for sentence in sentences_of(paragraph.content)] == expected
