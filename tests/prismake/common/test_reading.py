import os

import pytest
from prismake.common.errors import BuildStop
from prismake.common.reading import LARGEST_RESULT, check_regular, read_json, read_text


def fault(path, **bounds):
    with pytest.raises(BuildStop) as caught:
        read_text(path, **bounds)
    return str(caught.value)


def test_line_ends_and_byte_order_marks_make_no_difference(tmp_path):
    for name, content in {
        "lf": b"a\nb\n",
        "crlf": b"a\r\nb\r\n",
        "cr": b"a\rb\r",
        "bom": b"\xef\xbb\xbfa\nb\n",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert read_text(tmp_path / name) == "a\nb\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no pipes")
def test_a_pipe_or_a_device_is_reported_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        assert "this is a device or a pipe, not a file" in fault(tmp_path / name)


def test_folders_absent_files_and_giants_are_reported(tmp_path):
    assert "this is a folder" in fault(tmp_path)
    assert "does not exist" in fault(tmp_path / "absent")
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be read" in fault(tmp_path / "loop")
    (tmp_path / "large").write_bytes(b"x" * 2_000_000)
    assert "larger than 1 MB" in fault(tmp_path / "large", largest=1024 * 1024)
    check_regular(tmp_path / "large")


@pytest.mark.parametrize(
    ("content", "message"), [(b"a\n\x00", "text:2: contains the character U+0000"), (b"\x1b[31m", "U+001B")]
)
def test_characters_that_no_document_takes_are_reported_with_their_line(tmp_path, content, message):
    (tmp_path / "text").write_bytes(content)
    assert message in fault(tmp_path / "text")


def test_what_is_not_utf_8_is_reported(tmp_path):
    (tmp_path / "text").write_bytes(b"caf\xe9")
    assert "text:1: not UTF-8" in fault(tmp_path / "text")


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\0"], ids=["cut off", "deep", "no JSON"])
def test_a_damaged_result_is_reported(tmp_path, content):
    path = tmp_path / "values.json"
    path.write_text(content)
    with pytest.raises(BuildStop, match="the file is damaged"):
        read_json(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no pipes")
def test_a_result_that_no_build_wrote_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with (tmp_path / "giant.json").open("wb") as file:
        file.truncate(LARGEST_RESULT + 1)
    for name, message in (("pipe.json", "a device or a pipe"), ("giant.json", "larger than 1024 MB")):
        with pytest.raises(BuildStop, match=message):
            read_json(tmp_path / name)
