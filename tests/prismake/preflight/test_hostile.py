"""Files that nobody vouches for: a finding, in bounded time, and never an exception."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.package import MOST_MEMBERS, OLE, Relation, open_package, source_of
from prismake.preflight.run import FAULT, check_docx

from .conftest import BODY, checked, damaged, findings_of, packed, requirements, unpacked


def fails(content: bytes) -> dict[str, set[str]]:
    report = check_docx(content, requirements())
    assert not report.passed
    assert FAULT not in report.as_text(), report.as_text()
    return findings_of(report)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        OLE + b"\0" * 600,
        OLE + "EncryptedPackage".encode("utf-16-le"),
        b"PK\x03\x04" + b"\0" * 100,
        b"PK\x05\x06" + b"\0" * 18,
        b"%PDF-1.7",
    ],
    ids=["empty", "text", "old Word", "encrypted", "cut off", "an empty archive", "a PDF"],
)
def test_no_archive(content: bytes) -> None:
    assert {"zip-readable", "main-part"} & set(fails(content))


def test_an_old_and_an_encrypted_document_are_distinguished() -> None:
    assert "Word 97" in open_package(OLE + b"\0" * 600).faults["zip-readable"][0][0]
    assert "encrypted" in open_package(OLE + "EncryptedPackage".encode("utf-16-le")).faults["zip-readable"][0][0]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_truncated_archive(good: bytes, share: float) -> None:
    assert "zip-readable" in fails(good[: int(len(good) * share)])


def test_a_part_with_a_wrong_checksum(good: bytes) -> None:
    name = BODY.encode()
    at = good.rfind(b"PK\x01\x02", 0, good.rfind(name))
    broken = good[: at + 16] + struct.pack("<I", 1) + good[at + 20 :]
    assert "zip-whole" in fails(broken)


def test_an_encrypted_part(good: bytes) -> None:
    at = good.rfind(b"PK\x01\x02", 0, good.rfind(BODY.encode()))
    flags = struct.unpack("<H", good[at + 8 : at + 10])[0] | 1
    assert "zip-encrypted" in fails(good[: at + 8] + struct.pack("<H", flags) + good[at + 10 :])


def test_a_part_that_would_fill_the_memory(good: bytes) -> None:
    parts = unpacked(good)
    parts["word/media/huge.bin"] = b"\0" * (9 * 1024 * 1024)
    assert "zip-bomb" in fails(packed(parts))


def test_a_part_that_lies_about_its_size(good: bytes) -> None:
    parts = unpacked(good)
    parts["word/media/huge.bin"] = b"\0" * (9 * 1024 * 1024)
    content = packed(parts)
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"word/media/huge.bin"))
    assert {"zip-whole", "zip-bomb"} & set(fails(content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]))


def test_too_many_files() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(MOST_MEMBERS + 1):
            archive.writestr(str(number), b"")
    assert "zip-bomb" in fails(target.getvalue())


def test_names_that_stand_twice(good: bytes) -> None:
    target = io.BytesIO(good)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(target, "a") as archive:
        archive.writestr(BODY, b"<other/>")
    assert "zip-names" in fails(target.getvalue())


BOMB = (
    "<!DOCTYPE a [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
    + "]><a>&a9;</a>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_grow(good: bytes, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert "doctype" in fails(damaged(good, lambda parts: parts.update({BODY: (head + BOMB).encode(encoding)})))


def test_entities_that_read_a_file(good: bytes) -> None:
    xml = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    assert "doctype" in fails(damaged(good, lambda parts: parts.update({"docProps/core.xml": xml})))


def test_elements_beyond_measure(good: bytes) -> None:
    xml = b"<a>" + b"".join(b"<b>%d</b>" % (n * n) for n in range(1_100_000)) + b"</a>"
    assert "well-formed" in fails(damaged(good, lambda parts: parts.update({"word/footer1.xml": xml})))


def test_elements_nested_beyond_measure(good: bytes) -> None:
    xml = b"<a>" * 50_000 + b"</a>" * 50_000
    assert "well-formed" in fails(damaged(good, lambda parts: parts.update({"word/styles.xml": xml})))


def test_strict_open_xml_is_reported(good: bytes) -> None:
    def strict(parts: dict[str, bytes]) -> None:
        parts[BODY] = parts[BODY].replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )

    assert "main-part" in fails(damaged(good, strict))


def test_a_part_without_a_name() -> None:
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *[0] * 9)
    central = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 14)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    assert "zip-names" in fails(local + central + end)


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "1e9", "NaN", "", "０"])
@pytest.mark.parametrize("place", ["<w:gridCol w:w=", "<w:pgSz w:h=", "<wp:extent cx=", "<w:bookmarkStart w:id="])
def test_numbers_beyond_measure(good: bytes, number: str, place: str) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        text = parts[BODY].decode()
        assert place in text
        head, tail = text.split(place, 1)
        parts[BODY] = f'{head}{place}"{number}"{tail[tail.index(chr(34), 1) + 1 :]}'.encode()

    report = check_docx(damaged(good, damage), requirements())
    assert FAULT not in report.as_text()


def test_a_table_of_spans_without_end(good: bytes) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        parts[BODY] = parts[BODY].replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="999999999"/>')

    assert "table-grid" in fails(damaged(good, damage))


def test_bookmarks_and_fields_without_end(good: bytes) -> None:
    opened = b'<w:bookmarkStart w:id="5" w:name="a"/><w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 20_000
    message = fails(
        damaged(good, lambda parts: parts.update({BODY: parts[BODY].replace(b"</w:p>", opened + b"</w:p>", 1)}))
    )
    assert {"bookmark-names", "bookmark-ids", "field-structure"} <= set(message)


def test_what_a_terminal_would_obey_is_not_printed(good: bytes) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        parts[BODY] = parts[BODY].replace(b"Storm damage is common", "\u202e@fig:x \u009b31m".encode())

    report = check_docx(damaged(good, damage), requirements())
    assert "unresolved-mark" in findings_of(report)
    assert not {"\u202e", "\u009b", "\x1b"} & set(report.as_text())


def scrambled(content: bytes, seed: int) -> bytes:
    """The document with some bytes of the file or of one of its parts changed, cut out, repeated or swapped."""
    chance = random.Random(seed)

    def hurt(data: bytes) -> bytes:
        pieces = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 5, 40))):
            at = chance.randrange(len(pieces) + 1)
            length = chance.choice((1, 1, 2, 8, 100))
            match chance.randrange(4):
                case 0:
                    pieces[at : at + length] = chance.randbytes(length)
                case 1:
                    del pieces[at : at + length]
                case 2:
                    pieces[at:at] = pieces[at : at + length]
                case _:
                    other = chance.randrange(len(pieces) + 1)
                    pieces[at : at + length] = pieces[other : other + length]
        return bytes(pieces)

    if chance.random() < 0.3:
        return hurt(content)
    parts = unpacked(content)
    name = chance.choice([BODY, BODY, *parts])
    parts[name] = shuffled(parts[name], chance) if chance.random() < 0.7 else hurt(parts[name])
    return packed(parts)


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """An XML part, still well-formed for the most part, with tags moved, removed, doubled, and attributes changed."""
    pieces = data.split(b"<")
    for _ in range(chance.choice((1, 3, 10, 60))):
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(5):
            case 0:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 1 if pieces[at].rstrip().endswith(b"/>"):
                pieces[at] = b""
            case 2 if pieces[at].rstrip().endswith(b"/>"):
                pieces.insert(other, pieces[at])
            case 3 if b'"' in pieces[at]:
                halves = pieces[at].split(b'"')
                halves[1] = chance.choice((b"", b"-1", b"0", b"99999999999999", b"x", b"1.5pt", b"50%", b"\xc3\xa9"))
                pieces[at] = b'"'.join(halves)
            case _:
                pieces[at] = pieces[at].replace(b"w:", chance.choice((b"w:", b"r:", b"")), 1)
    return b"<".join(piece for index, piece in enumerate(pieces) if piece or index == 0)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_no_damage_makes_the_preflight_fail(good: bytes, seed: int) -> None:
    report = check_docx(scrambled(good, seed), requirements(blinded=True, names=({"name": "Second Author"},)))
    assert FAULT not in report.as_text(), report.as_text()
    report.as_json()


@given(st.binary(max_size=2000))
@settings(max_examples=50)
def test_no_bytes_make_the_preflight_fail(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data, OLE + data):
        report = check_docx(content, requirements())
        assert not report.passed and FAULT not in report.as_text()


@pytest.mark.parametrize(
    ("name", "source"), [("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/document.xml"), ("a.rels", "a")]
)
def test_where_relationships_belong(name: str, source: str) -> None:
    assert source_of(name) == source


def test_relations_outside_the_package_lead_nowhere(good: bytes) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        name = "word/_rels/document.xml.rels"
        parts[name] = parts[name].replace(b'Target="styles.xml"', b'Target="../../../etc/passwd"')

    package = open_package(damaged(good, damage))
    targets: list[Relation] = package.related(BODY, "styles")
    assert [relation.target for relation in targets] == ["etc/passwd"]
    assert "broken-relationship" in checked(damaged(good, damage))
