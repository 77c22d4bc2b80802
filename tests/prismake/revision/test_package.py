import io
import zipfile

import pytest
from prismake.common.errors import BuildStop
from prismake.revision import package as reading
from prismake.revision.package import MAIN, pack, parse, read_package

from tests.prismake.revision.word import document, package, paragraph, run


def test_a_word_file_is_read_and_packed_the_same_each_time(tmp_path):
    parts = read_package(package(tmp_path / "a.docx", paragraph(run("x"))))
    assert parse(parts[MAIN], "x").tag.endswith("document")
    assert pack(parts) == pack(dict(reversed(parts.items())))


def bomb(target, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_UNPACKED", 10_000)
    return package(target, content=b"<a>" + b" " * 1_000_000 + b"</a>")


def outside(target, _):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("../word/document.xml", document())
    target.write_bytes(memory.getvalue())
    return target


def no_archive(target, _):
    target.write_bytes(b"PK\x03\x04 no archive")
    return target


def cut(target, _):
    whole = package(target, paragraph(run("x" * 1000))).read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    return target


def other(target, _):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("mimetype", "text")
    target.write_bytes(memory.getvalue())
    return target


@pytest.mark.parametrize("make", [bomb, outside, no_archive, cut, other])
def test_what_is_not_a_word_file_is_refused_in_one_message(tmp_path, monkeypatch, make):
    with pytest.raises(BuildStop) as stopped:
        read_package(make(tmp_path / "bad.docx", monkeypatch))
    assert [issue.code for issue in stopped.value.issues] == ["not-word"]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "boo"><!ENTITY y "&x;&x;">]><a>&y;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>",
    ],
)
def test_xml_with_entities_or_faults_is_refused(content):
    with pytest.raises(BuildStop) as stopped:
        parse(content, "x")
    assert [issue.code for issue in stopped.value.issues] == ["not-xml"]
