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


def test_a_folder_stands_for_all_its_files(tmp_path):
    for name in ("flow/one.csv", "flow/deep/er/two.csv", "flow/.hidden", "flow/.cache/three.csv", "flow.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    seal(results=[tmp_path / "flow.json", tmp_path / "flow"], sums=tmp_path / "SHA256SUMS")
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert [line.partition("  ")[2] for line in lines] == ["flow.json", "flow/deep/er/two.csv", "flow/one.csv"]
