"""What Markdown means is pandoc's to say: no pattern of the package looks for it."""

import ast
import re

import pytest

from tests.places import PACKAGE, SCRIPTS

# Marks are put into the text before pandoc reads it, so their places are guessed. A wrong guess costs a line its place
# and never a reader a word: where the marked text reads otherwise than the text itself, the latter is taken.
BEFORE_PANDOC = {"manuscript/marks.py"}
# A pattern that would find a heading, a caption, a figure, a citation, a class or a role, and what it finds.
MARKDOWN = {
    "a heading": ["# Results", "## Search {role=x}"],
    "a figure": ["![Caption](x.png){#fig:x}", '](x.png){#fig:x alt="y"}'],
    "a table": ["::: {#tbl:x .table}\n", "{#tbl:x"],
    "a citation": ["[@key2020]", "[@a; @b]", "@key2020"],
    "a caption": ["\n: Caption of a table\n"],
}


def patterns():
    for file in [*sorted(PACKAGE.rglob("*.py")), *sorted(SCRIPTS.glob("*.py"))]:
        name = file.relative_to(PACKAGE if file.is_relative_to(PACKAGE) else SCRIPTS).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str() as text), *_]
                ):
                    yield name, text


def looks_for(pattern, text):
    """Whether a pattern holds a sign of Markdown itself and finds such a text."""
    # A sign among the letters that a pattern excludes is not looked for.
    included = re.sub(r"\[\^(?:\\.|[^\]\\])*\]", "", pattern)
    signs = re.search(r"\^#|#\+|#\{|!\\\[|@|:::|fig|tbl|\^: ", included)
    try:
        match = re.search(pattern, text, re.MULTILINE) if signs else None
    except re.error:
        return False
    # A pattern for single signs, which escapes them, finds no structure.
    return match is not None and len(match[0]) > 2


@pytest.mark.parametrize("kind", MARKDOWN)
def test_no_pattern_looks_for_what_pandoc_knows(kind):
    result = {
        (name, pattern)
        for name, pattern in patterns()
        # The preflight, the audit and the trace look at what a document prints, not at its source.
        if name not in BEFORE_PANDOC
        and not name.startswith(("preflight/", "audit/", "trace/"))
        and any(looks_for(pattern, text) for text in MARKDOWN[kind])
    }
    assert not result


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"^# +(?P<name>.*)$", "# Results"), (r"(?<!\\)\[[^\[\]]*@[^\[\]]*\]", "[@a; @b]")]
)
def test_such_a_pattern_would_be_seen(pattern, text):
    assert looks_for(pattern, text)
