"""YAML of strangers: one message, in bounded time and memory; our own: what the steps need not look at again."""

import pytest
from prismake.appraisal.forms import read_forms
from prismake.common.based_on import chain, merged
from prismake.common.errors import BuildStop
from prismake.common.validation import check_document
from prismake.common.yaml_files import house_yaml, load_yaml
from prismake.review.journal import find_journal, journals_in

from tests.places import JOURNALS, PACKAGE, SCHEMAS

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 30)
)


def fault(tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BuildStop) as caught:
        load_yaml(path)
    message = str(caught.value)
    assert len(message) < 1000
    return message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "expand to too many values"),
        ("a: &a\n  b: *a\n", "x.yaml:1: a block that contains itself"),
        ("[" * 20_000, "blocks are nested too deeply"),
        ("a: !!python/object/apply:os.system [id]\n", "x.yaml:1:"),
        ("a: !include /etc/passwd\n", "x.yaml:1:"),
        ('a: 1\nb: "x\\0"\n', "x.yaml:2: contains the character U+0000"),
        ('a: "\\ud800"\n', "x.yaml:1: contains the character U+D800"),
        ("a: .inf\n", "'.inf' is not a number"),
        ("a: " + "9" * 5000, "x.yaml"),
        ("? [a, b]\n: c\n", "x.yaml"),
        ("<<: {a: 1}\n", "x.yaml"),
        ("a: 1\na: 2\n", "occurs twice"),
        (b"a: \x00", "U+0000"),
        (b"a: " + b"x" * 5_000_000, "larger than 4 MB"),
    ],
)
def test_what_cannot_be_used_is_reported_at_once(tmp_path, text, message):
    assert message in fault(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("a: b: c\n", 1, "a colon where no key can stand", "in quotes"),
        ("a: b\n  c: d\n", 2, "a colon where no key can stand", "same indentation"),
        ("a:b\nc: d\n", 2, "a colon where no key can stand", "a space after each colon"),
        ("a:\n\tb: c\n", 2, "the line is indented with a tab", "spaces"),
        ("a: @x\n", 1, "a value cannot begin with @", "quotes"),
        ("a: }\n", 1, "a value cannot begin with }", "quotes"),
        ("a: 'x\nb: c\n", 1, "a quote that opens is not closed", "close it"),
        ("a: 1\nb\nc: 2\n", 2, "a line without a colon", "`key: value`"),
        ("a:\n  b: 1\n c: 2\n", 3, "the line is indented unlike those it belongs with", "spaces"),
        (" a: 1\nb: 2\n", 2, "the line is indented unlike those it belongs with", "spaces"),
        ("x: 1\na: [1, 2\nb: c\n", 2, "a bracket that opens is not closed by ]", "write ]"),
        ("a: {x: 1\nb: c\n", 1, "a bracket that opens is not closed by }", "write }"),
        ("a: [1, 2]]\n", 1, "']' where nothing is open", "delete"),
        ("a: 'it's'\n", 1, "text after a value that is complete", "quotes"),
        ("a: 1\n- b\n", 2, "a list cannot begin here", "under its key"),
        ("a: - b\n", 1, "a list cannot begin here", "under its key"),
        ("a: *x\n", 1, "a value cannot begin with * or &", "quotes"),
        ("a: *\n", 1, "a value cannot begin with * or &", "quotes"),
        ("a: !x y\n", 1, "a value cannot begin with !", "quotes"),
        ("a: 1\n---\nb: 2\n", 2, "a line `---` begins a second document", "delete"),
        ('a: "\\d"\n', 1, "a \\ in double quotes", "single quotes"),
        ("a: |x\n  b\n", 1, "text on the line of a | or >", "next line"),
        ("a: &x 1\nb: &x 2\n", 2, "the name of an anchor (&) occurs twice", "rename"),
        ("? [a]\n: c\n", 1, "a key cannot be a list or a block of keys", "text"),
    ],
)
def test_a_fault_of_yaml_is_in_plain_english(tmp_path, text, line, message, fix):
    first, advice = fault(tmp_path, text).split("\n", 1)
    assert first.endswith(f"x.yaml:{line}: {message}")
    assert fix in advice


def test_a_few_aliases_are_fine(tmp_path):
    (tmp_path / "x.yaml").write_text("a: &a {b: [1, 2]}\nc: *a\nd: 2025-12-16\n")
    assert load_yaml(tmp_path / "x.yaml") == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": "2025-12-16"}


# Schemas that merge keys (`<<`) are ours alone to write.
OURS = [
    *PACKAGE.glob("appraisal/forms/*.yaml"),
    *JOURNALS.glob("*/profile.yaml"),
    *(path for path in SCHEMAS.glob("*.yaml") if "<<" not in path.read_text(encoding="utf-8")),
]


@pytest.mark.parametrize("path", sorted(OURS), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_our_own_documents_are_read_fast_and_mean_the_same(path):
    assert house_yaml(path) == load_yaml(path)


@pytest.mark.parametrize("name", journals_in(JOURNALS))
def test_our_journals_follow_their_schema(name):
    files = find_journal(name).profile
    check_document(merged(files), house_yaml(SCHEMAS / "journal.schema.yaml"), files[0])


def test_our_forms_follow_their_schema():
    files = {path.stem: path for path in PACKAGE.glob("appraisal/forms/*.yaml")}
    for path in files.values():
        check_document(merged(chain(path, {}, files)), house_yaml(SCHEMAS / "appraisal_form.schema.yaml"), path)
    assert set(read_forms(list(files.values()), [], SCHEMAS / "appraisal_form.schema.yaml")) == set(files)
