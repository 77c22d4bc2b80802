"""Random edits of random prose: the patched source prints what the edited document says."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prismake.common.pandoc import pandoc_program
from prismake.manuscript.parsing import READER
from prismake.manuscript.templates import Prose
from prismake.revision.merging import merge
from prismake.revision.package import read_package
from prismake.revision.patching import PATCHED

from tests.prismake.revision.sources import written
from tests.prismake.revision.word import deleted, inserted, package, paragraph, run

VALUES = {"n": 428, "name": "A *b* {c}"}
WORDS = ["cement", "fracture", "root", "pain", "the", "of", "was", "seen", "in", "patients", "early", "late"]
# What a co-author may type that Markdown or the template language would take for more than letters.
TYPED = [
    *["*a*", "**b**", "_c_", "a_b", "{{ n }}", "{% if n %}", "{# x #}", "{", "}", "%}", "[@key]", "@key", "[x](y)"],
    *["<b>", "&amp;", "`code`", "$x$", "\\", "1.", "a)", "#", "- x", "+", "|", "!", "^2^", "~z~", "...", "--", "---"],
    *["it’s", "“so”", "–", "50%", ":", "=", "é", "中文", "😀", "::: x", "http://x.org", "(see"],
]
words = st.lists(st.sampled_from(WORDS), min_size=3, max_size=7)
sentences = st.tuples(words, st.sampled_from(["", "", "{{ n }}", "{{ name }}"])).map(
    lambda pair: " ".join([*pair[0], *([pair[1]] if pair[1] else []), "end."])
)
prose = st.lists(st.lists(sentences, min_size=1, max_size=3), min_size=1, max_size=3)
acts = st.lists(
    st.tuples(
        st.sampled_from(["keep", "keep", "delete", "replace", "insert"]),
        st.lists(st.sampled_from([*WORDS, *TYPED]), min_size=1, max_size=3).map(" ".join),
    ),
    min_size=80,
    max_size=80,
)
FOLD = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'"})


def printed(markdown: str) -> list[str]:
    """The paragraphs of a rendered text, as pandoc reads them with the reader of the documents."""
    command = [str(pandoc_program()), f"--from={READER}", "--to=plain", "--wrap=none"]
    done = subprocess.run(command, input=markdown.encode(), capture_output=True, check=True)
    return [folded(block) for block in done.stdout.decode().split("\n\n") if block.strip()]


def folded(text: str) -> str:
    return " ".join(text.translate(FOLD).split())


def edited_paragraph(tokens: list[tuple[str, bool]], doing: list[tuple[str, str]]) -> tuple[str, str]:
    """A paragraph with tracked changes, and what it says with them accepted. Computed words are left alone."""
    xml, message = [], []
    for number, ((word, computed), (act, new)) in enumerate(zip(tokens, doing, strict=False)):
        space = "" if number == 0 else " "
        if computed or act == "keep" or (act == "delete" and word.endswith(".")):
            xml.append(run(escape(space + word)))
            message.append(space + word)
        elif act == "delete":
            xml.append(deleted(escape(space + word)))
        elif act == "replace":
            xml += [run(space), deleted(escape(word)), inserted(escape(new))]
            message.append(space + new)
        else:
            xml += [inserted(escape(f"{space}{new}")), run(escape((" " if number == 0 else space) + word))]
            message.append(f"{space}{new}{' ' if number == 0 else space}{word}")
    return paragraph(*xml), "".join(message)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(prose, acts)
def test_the_patched_source_prints_what_the_edited_document_says(paragraphs, doing):
    source = "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"
    base, edited, expected = [], [], []
    for lines in paragraphs:
        tokens: list[tuple[str, bool]] = []
        for line in lines:
            for token in line.replace("{{ n }}", "{{n}}").replace("{{ name }}", "{{name}}").split(" "):
                if token.startswith("{{"):
                    tokens += [(word, True) for word in str(VALUES[token.strip("{}")]).split(" ")]
                else:
                    tokens.append((token, False))
        base.append(paragraph(run(escape(" ".join(word for word, _ in tokens)))))
        xml, message = edited_paragraph(tokens, doing)
        edited.append(xml)
        expected.append(message)
    with tempfile.TemporaryDirectory() as folder:
        sent = read_package(package(Path(folder) / "sent.docx", *base))
        back = read_package(package(Path(folder) / "back.docx", *edited))
    result = merge(sent, back, written({"01.md": source}, VALUES), {}, "")
    kept = [outcome for outcome in result.outcomes if outcome.outcome != PATCHED]
    assert not kept, [(outcome.edit, outcome.reason) for outcome in kept]
    new = result.files["01.md"][1] if result.files else source
    assert printed(Prose(VALUES).render(new, "01.md")) == [folded(text) for text in expected]


EMPHASIS = "We saw *a large root* of **old dear pain** there, H~2~O and *more*."
SPOKEN = [("We", ""), ("saw", ""), ("a", "i"), ("large", "i"), ("root", "i"), ("of", ""), ("old", "b"), ("dear", "b")]
SPOKEN += [("pain", "b"), ("there,", ""), ("HO", ""), ("and", ""), ("more", "i"), (".", "")]


def test_emphasis_stays_whole_whatever_words_go():
    before = written({"01.md": EMPHASIS}, {})
    spoken = [(word if number == 0 or word == "." else f" {word}", look) for number, (word, look) in enumerate(SPOKEN)]

    def runs(chosen, first, last, new):
        for number, (word, look) in enumerate(spoken):
            properties = f"<w:{look}/>" if look else ""
            for part, lowered in (
                (("H", ""), ("2", "<w:vertAlign w:val='subscript'/>"), ("O", "")) if word == " HO" else ((word, ""),)
            ):
                part = f" {part}" if part == "H" else part
                if first <= number <= last and chosen:
                    yield deleted(part, properties or lowered)
                else:
                    yield run(part, properties or lowered)
            if number == last and new and chosen:
                yield inserted(f" {new}")

    sources, expected = [], []
    with tempfile.TemporaryDirectory() as folder:
        sent = read_package(package(Path(folder) / "sent.docx", paragraph(*runs(False, 0, 0, ""))))
        for first in range(1, len(spoken) - 1):
            for last in (first, first + 1, first + 3):
                for new in ("", "thing"):
                    if last >= len(spoken) - 1:
                        continue
                    edited = paragraph(*runs(True, first, last, new))
                    back = read_package(package(Path(folder) / "back.docx", edited))
                    result = merge(sent, back, before, {}, "")
                    assert all(outcome.outcome == PATCHED for outcome in result.outcomes)
                    sources.append(result.files["01.md"][1])
                    kept = [word.replace("HO", "H2O") for word, _ in spoken]
                    kept[first : last + 1] = [f" {new}"] if new else []
                    expected.append(folded("".join(kept)))
    actual = printed_without_emphasis("\n\n".join(sources))
    assert [pair for pair in zip(sources, actual, expected, strict=True) if pair[1] != pair[2]] == []


def printed_without_emphasis(markdown: str) -> list[str]:
    command = [str(pandoc_program()), f"--from={READER}", "--to=json"]
    done = subprocess.run(command, input=markdown.encode(), capture_output=True, check=True)

    def text(node) -> str:
        if isinstance(node, list):
            return "".join(map(text, node))
        if isinstance(node, dict):
            return {"Str": node.get("c"), "Space": " ", "SoftBreak": " "}.get(node["t"]) or text(node.get("c", ""))
        return ""

    return [folded(text(block)) for block in json.loads(done.stdout)["blocks"]]
