import hashlib
import json

import pytest
from prismake.common.errors import BuildStop
from scripts.seal import seal


def test_a_folder_stands_for_the_files_in_it(tmp_path):
    (tmp_path / "lists" / "deep").mkdir(parents=True)
    for name in ("lists/a.csv", "lists/deep/b.csv", "lists/.snakemake_timestamp"):
        (tmp_path / name).write_text(name)
    seal(results=[tmp_path / "lists"], findings=[], sums=tmp_path / "SHA256SUMS", draft=False, data_audited=True)
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["lists/a.csv", "lists/deep/b.csv"]


def test_sums_are_sorted_relative_and_right(tmp_path):
    (tmp_path / "b").mkdir()
    left, right = tmp_path / "z.txt", tmp_path / "b" / "a.txt"
    left.write_text("1")
    right.write_text("2")
    seal(results=[left, right, left], findings=[], sums=tmp_path / "SHA256SUMS", draft=False, data_audited=True)
    assert (tmp_path / "SHA256SUMS").read_text() == (
        f"{hashlib.sha256(b'2').hexdigest()}  b/a.txt\n{hashlib.sha256(b'1').hexdigest()}  z.txt\n"
    )


def test_a_folder_stands_for_all_its_files(tmp_path):
    for name in ("flow/one.csv", "flow/deep/er/two.csv", "flow/.hidden", "flow/.cache/three.csv", "flow.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    seal(
        results=[tmp_path / "flow.json", tmp_path / "flow"],
        findings=[],
        sums=tmp_path / "SHA256SUMS",
        draft=False,
        data_audited=True,
    )
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert [line.partition("  ")[2] for line in lines] == ["flow.json", "flow/deep/er/two.csv", "flow/one.csv"]


@pytest.mark.parametrize("draft", [False, True])
def test_errors_of_the_audit_stop_what_is_no_draft(tmp_path, draft):
    finding = {"rule": "typed-number", "severity": "error", "file": "03.md", "line": 7}
    finding |= {"text": "Of 9", "message": "M", "fix": "F"}
    (tmp_path / "findings.json").write_text(json.dumps({"findings": [finding, {**finding, "severity": "warning"}]}))
    named = {"results": [], "findings": [tmp_path / "findings.json"], "sums": tmp_path / "SHA256SUMS"}
    named |= {"draft": draft, "data_audited": True}
    if draft:
        seal(**named)
    else:
        with pytest.raises(BuildStop, match=r"03\.md:7: M: “Of 9”") as stopped:
            seal(**named)
        assert len(stopped.value.issues) == 1
    assert (tmp_path / "SHA256SUMS").exists() == draft


@pytest.mark.parametrize("data_audited", [False, True])
def test_errors_of_the_data_are_worded_once(tmp_path, data_audited):
    finding = {"rule": "data-impossible", "severity": "error", "file": "a.xlsx", "line": 7, "sheet": "studies"}
    finding |= {"text": "130", "message": "M", "fix": "F"}
    later = {**finding, "rule": "study-year", "line": 9}
    (tmp_path / "findings.json").write_text(json.dumps({"findings": [finding, later]}))
    named = {"results": [], "findings": [tmp_path / "findings.json"], "sums": tmp_path / "SHA256SUMS"}
    with pytest.raises(BuildStop) as stopped:
        seal(**named, draft=False, data_audited=data_audited)
    places = "a.xlsx, sheet 'studies', row 7 (data-impossible), a.xlsx, sheet 'studies', row 9 (study-year)"
    messages = [issue.message for issue in stopped.value.issues]
    assert messages == ([f"2 errors in the data: {places}"] if data_audited else ["M: “130”", "M: “130”"])
    seal(**named, draft=True, data_audited=data_audited)
