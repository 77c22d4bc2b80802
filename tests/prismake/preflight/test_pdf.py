"""The preflight of a PDF: a sound one passes, each injected fault is reported, and damage never makes it crash."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake import cli
from prismake.preflight.checks.pdf import Pdf
from prismake.preflight.document import Document
from prismake.preflight.findings import CHECKS
from prismake.preflight.run import FAULT, UNREADABLE, run_check
from prismake.preflight.run_pdf import check_pdf
from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

from tests.prismake.document.conftest import JOURNAL, Review

from .conftest import BODY, damaged, findings_of, requirements

Change = Callable[[pypdf.PdfWriter], object]


@pytest.fixture(scope="module")
def sound(written: Review) -> bytes:
    return (written.folder / "manuscript.pdf").read_bytes()


def changed(content: bytes, change: Change) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


SAME_TEXT = next(check for check in CHECKS if check.id == "pdf-same-text")


def severities_of(content: bytes, **more: object) -> dict[str, set[str]]:
    return findings_of(check_pdf(content, requirements(**more)))


def without(key: str) -> Change:
    return lambda writer: writer.root_object.pop(NameObject(key)) and None


def objects(writer: pypdf.PdfWriter, key: str, value: str) -> list[DictionaryObject]:
    every = [_object.get_object() for _object in writer._objects]
    return [_object for _object in every if isinstance(_object, DictionaryObject) and _object.get(key) == value]


def no_files_of_fonts(writer: pypdf.PdfWriter) -> None:
    for descriptor in objects(writer, "/Type", "/FontDescriptor"):
        del descriptor["/FontFile2"]


def other_fonts(writer: pypdf.PdfWriter) -> None:
    for font in objects(writer, "/Subtype", "/CIDFontType2"):
        font[NameObject("/BaseFont")] = NameObject("/ABCDEF+Comic")


def no_alt(writer: pypdf.PdfWriter) -> None:
    for figure in objects(writer, "/S", "/Figure"):
        del figure["/Alt"]


def local_link(writer: pypdf.PdfWriter) -> None:
    for annotation in objects(writer, "/Subtype", "/Link"):
        if "/A" in annotation and "/URI" in dict(annotation["/A"]):  # type: ignore[call-overload]
            annotation["/A"][NameObject("/URI")] = TextStringObject("file:///etc/passwd")  # type: ignore[index]


def no_claims(writer: pypdf.PdfWriter) -> None:
    stream = writer.root_object["/Metadata"].get_object()
    stream.set_data(stream.get_data().replace(b"pdfuaid:part", b"pdfuaid:x").replace(b"pdfaid:part", b"pdfaid:x"))


def script(writer: pypdf.PdfWriter) -> None:
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hi')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def file_name_in_window(writer: pypdf.PdfWriter) -> None:
    writer.root_object["/ViewerPreferences"][NameObject("/DisplayDocTitle")] = BooleanObject(False)  # type: ignore[index]


def no_properties(writer: pypdf.PdfWriter) -> None:
    writer.metadata = {}


FAULTS: list[tuple[str, Change]] = [
    ("pdf-readable", lambda writer: writer.encrypt("secret")),
    ("pdf-tagged", without("/StructTreeRoot")),
    ("pdf-tagged", without("/MarkInfo")),
    ("pdf-ua", no_claims),
    ("pdf-archive", no_claims),
    ("pdf-language", without("/Lang")),
    ("pdf-title", file_name_in_window),
    ("pdf-title", no_properties),
    ("pdf-authors", no_properties),
    ("pdf-keywords", no_properties),
    ("pdf-fonts-embedded", no_files_of_fonts),
    ("pdf-fonts", other_fonts),
    ("pdf-bookmarks", without("/Outlines")),
    ("pdf-pages", lambda writer: writer.add_blank_page(595.28, 841.89)),
    ("pdf-pages", lambda writer: writer.pages[0].mediabox.__setitem__(2, writer.pages[0].mediabox[3])),
    ("pdf-page-numbers", lambda writer: writer.insert_page(writer.pages[2], 0)),
    ("pdf-active", script),
    ("pdf-links", local_link),
    ("pdf-alt-text", no_alt),
    ("pdf-attachments", lambda writer: writer.add_attachment("notes.txt", b"notes")),
]


def test_a_sound_pdf_passes(sound: bytes, written: Review) -> None:
    beside = Document((written.folder / "manuscript.docx").read_bytes())
    report = check_pdf(sound, requirements(), beside=beside)
    assert report.passed and report.warnings == 0, report.as_text()
    assert [outcome.check.id for outcome in report.outcomes if outcome.skipped] == ["pdf-blinded"]


@pytest.mark.parametrize(("check", "change"), FAULTS, ids=[f"{check} {n}" for n, (check, _) in enumerate(FAULTS)])
def test_an_injected_fault_is_reported(sound: bytes, check: str, change: Change) -> None:
    pdf = Pdf(changed(sound, change))
    outcome = run_check(next(item for item in CHECKS if item.id == check), pdf, requirements())
    assert outcome.findings, outcome.skipped
    assert not any(UNREADABLE in item.message for item in outcome.findings)


def test_every_check_has_its_fault() -> None:
    elsewhere = {"pdf-blinded", "pdf-same-text", "pdf-unresolved", "pdf-lost-letters"}
    assert {check.id for check in CHECKS if check.kind == "pdf"} == {check for check, _ in FAULTS} | elsewhere


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Storm damage is common", b"Storm damage is rare"),
        (b">Republic of Korea<", b">Republic of Corea<"),
        (b"</w:body>", b""),
    ],
    ids=["a sentence", "a cell", "no document"],
)
def test_another_text_is_reported(sound: bytes, written: Review, old: bytes, new: bytes) -> None:
    word = (written.folder / "manuscript.docx").read_bytes()
    other = Document(damaged(word, lambda parts: parts.update({BODY: parts[BODY].replace(old, new)})))
    outcome = run_check(SAME_TEXT, Pdf(sound, other), requirements())
    assert bool(outcome.findings) == bool(new)
    assert bool(outcome.skipped) != bool(new)


def test_a_text_that_only_the_pdf_has_is_reported(sound: bytes, written: Review) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        whole = rb"<w:p>(?:(?!<w:p>).)*Trees were counted in 5 plots.*?</w:p>"
        parts[BODY], times = re.subn(whole, b"", parts[BODY])
        assert times == 1

    word = damaged((written.folder / "manuscript.docx").read_bytes(), damage)
    (first,) = run_check(SAME_TEXT, Pdf(sound, Document(word)), requirements()).findings
    assert (first.severity, "contains more text" in first.message) == ("warning", True)


def test_marks_and_lost_letters_are_reported(sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pypdf.PageObject, "extract_text", lambda *_, **__: "See @fig:prisma, \ufffd.")
    assert {"pdf-unresolved", "pdf-lost-letters"} <= set(severities_of(sound))


def test_a_blinded_copy(sound: bytes) -> None:
    check, pdf = next(item for item in CHECKS if item.id == "pdf-blinded"), Pdf(sound)
    assert run_check(check, pdf, requirements(blinded=True, names=({"name": "Second Author"},))).findings
    assert not run_check(check, pdf, requirements(blinded=True, names=({"name": "Nobody Whosoever"},))).findings


def test_without_a_profile_what_depends_on_it_is_skipped(sound: bytes) -> None:
    report = check_pdf(sound, replace(requirements(), profile=None))
    assert report.passed, report.as_text()
    assert "pdf-fonts" in [outcome.check.id for outcome in report.outcomes if outcome.skipped]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"no PDF", b"PK\x03\x04"])
def test_no_pdf(content: bytes) -> None:
    report = check_pdf(content, requirements())
    assert not report.passed and FAULT not in report.as_text()


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_no_damage_makes_the_preflight_fail(sound: bytes, seed: int) -> None:
    chance = random.Random(seed)
    pieces = bytearray(sound[: chance.choice((len(sound), len(sound) // 2))])
    for _ in range(chance.choice((1, 10, 200))):
        at = chance.randrange(len(pieces))
        pieces[at : at + chance.choice((0, 1, 5))] = chance.randbytes(chance.choice((1, 5)))
    report = check_pdf(bytes(pieces), requirements())
    assert FAULT not in report.as_text()
    report.as_json()


def test_both_documents_on_the_command_line(written: Review, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(written.folder / name) for name in ("manuscript.docx", "manuscript.pdf")]
    assert cli.main(["check", *files, "--journal", str(JOURNAL), "--allow", "word-counts"]) == 0
    output = capsys.readouterr().out
    assert "manuscript.pdf: passed." in output and "pdf-same-text" not in output


def test_a_pdf_alone_is_recognised_by_its_content(
    written: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = tmp_path / "manuscript.docx"
    renamed.write_bytes((written.folder / "manuscript.pdf").read_bytes())
    assert cli.main(["check", str(renamed)]) == 0
    assert "needs the Word document" in capsys.readouterr().out
