import pytest
from prismake.manuscript.templates import Prose
from prismake.manuscript.unwritten import is_to_write, leftover_issues, to_write, unwritten_issues


@pytest.fixture
def ledger():
    prose = Prose({"n": 3}, {"to_write": to_write})
    assert prose.render('First.\n{{ to_write("why *it* matters") }}\n{{ n }}', "a.md", 1) == (
        "First.\n**\\[To write: why \\*it\\* matters\\]**\n3"
    )
    prose.render('{{ to_write("more") }}', "b.md", 1)
    return prose.ledger


def test_a_draft_counts_what_waits_in_one_warning(ledger):
    (issue,) = unwritten_issues(ledger, draft=True)
    assert (issue.severity, issue.where) == ("warning", "a.md:2")
    assert issue.message == "draft: 2 passages are to be written"


def test_a_final_build_names_each(ledger):
    issues = unwritten_issues(ledger, draft=False)
    assert [(issue.severity, issue.where) for issue in issues] == [("error", "a.md:2"), ("error", "b.md:1")]
    assert issues[1].message == "the text still says [To write: more]"


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ('{{ to_write("who") }}', True),
        (" {{to_write('who')}}\n", True),
        ("Ann Lee", False),
        ('{{ to_write("a") }} b', False),
    ],
)
def test_a_text_that_is_nothing_but_a_place(text, waits):
    assert is_to_write(text) is waits


def test_nothing_waits_in_a_finished_text():
    assert unwritten_issues([], draft=True) == unwritten_issues([], draft=False) == []


ASKED = ["what is known, and why this review is needed", "a keyword"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("# Introduction\n\nWhat is known, and why this review is needed.\n", 3),
        ("a\n- {name: First Author, email: a@b.org}\n# An example has affiliations of its own.\n", 0),
        ("a\n- {id: 1, name: 'Department, Institution, City, Country'}\n", 2),
        ("One. **[To write: the question]**", 1),
        ("key: 'what is known, and why this review is needed'", 1),
        ("We say what is known, and why this review is needed for all.\n", 0),
        ('{{ to_write("what is known, and why this review is needed") }}', 0),
        ("The first author wrote it. A keyword.", 0),
    ],
)
def test_words_of_a_new_review_are_not_taken_for_text(source, line):
    issues = list(leftover_issues("a.md", source, ASKED, draft=False))
    assert [(issue.where, issue.severity) for issue in issues] == ([(f"a.md:{line}", "error")] if line else [])
    assert all(issue.severity == "warning" for issue in leftover_issues("a.md", source, ASKED, draft=True))


def test_the_names_of_a_new_review_count_beside_its_affiliation():
    source = "- {name: First Author}\n- {name: 'Department, Institution, City, Country'}\n"
    assert [issue.where for issue in leftover_issues("a.md", source, ASKED, draft=False)] == ["a.md:1", "a.md:2"]
