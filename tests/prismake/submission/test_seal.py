import hashlib

from scripts.seal import seal


def test_sums_are_sorted_relative_and_right(tmp_path):
    (tmp_path / "b").mkdir()
    one, two = tmp_path / "z.txt", tmp_path / "b" / "a.txt"
    one.write_text("1")
    two.write_text("2")
    seal(results=[one, two, one], sums=tmp_path / "SHA256SUMS")
    assert (tmp_path / "SHA256SUMS").read_text() == (
        f"{hashlib.sha256(b'2').hexdigest()}  b/a.txt\n{hashlib.sha256(b'1').hexdigest()}  z.txt\n"
    )
