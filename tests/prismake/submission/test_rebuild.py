import os
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.made import LISTS, Origin, note, origin
from prismake.common.packages import installed_versions
from prismake.submission.rebuild import copy_sources, differing, differing_versions

FLOW, TEXT, SUMS = Path("results/flow.json"), Path("results/manuscript.md"), Path("results/SHA256SUMS")
VERSIONS = {"python": "3.11.9", "typst": "0.14.0"}


def build(folder, monkeypatch, digests, flow="9", part="1", packages=VERSIONS):
    """A built review: the flow from a source and the code, and a text that is made from the flow."""
    (folder / "results").mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("prismake.common.made.installed_versions", lambda: packages)
    FLOW.write_text(f'{{"included": {flow}}}')
    note([FLOW], {}, "1", {"code": "1", "data/decisions.csv": part, "settings": "1"})
    TEXT.write_text(f"{flow} studies")
    note([TEXT], {FLOW: flow}, "1", {"code": "1", "settings": "1"})
    SUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()))
    return folder


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """The issues of a review against what a build anew makes with other arguments."""

    def compared(**anew):
        def sums(flow="9", **_):
            import hashlib

            texts = {"flow.json": f'{{"included": {flow}}}', "manuscript.md": f"{flow} studies"}
            return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}

        folders = [build(tmp_path / "a", monkeypatch, sums()), build(tmp_path / "b", monkeypatch, sums(**anew), **anew)]
        return [(issue.where, issue.message, issue.fix) for issue in differing(*folders)]

    return compared


def test_builds_that_are_alike_have_no_difference(pair):
    assert pair() == []


def test_a_difference_names_its_place_and_what_changed(pair):
    assert pair(flow="10", part="2") == [
        (
            "results/flow.json",
            "does not come out the same: included: “9”, now “10”",
            "changed since it was made: data/decisions.csv",
        ),
        (
            "results/manuscript.md",
            "does not come out the same: line 1, character 1: “9 studies”, now “10 studies”",
            "it was made from results/flow.json, which differs too: look there first",
        ),
    ]


def test_other_versions_are_named(pair):
    (_, _, cause), _ = pair(flow="10", packages={**VERSIONS, "typst": "0.15.0", "unneeded": "1"})
    assert cause == "made with other versions: typst 0.14.0, now 0.15.0"
    (_, _, cause), _ = pair(flow="10")
    assert cause.startswith("code, sources, settings and versions are the same")


def test_what_somebody_edited_is_not_compared(pair, tmp_path, monkeypatch):
    assert pair() == []
    (tmp_path / "b" / SUMS).write_text("0" * 64 + "  flow.json\n")
    (tmp_path / "a" / FLOW).write_text("edited")
    messages = {issue.where: issue.message for issue in differing(tmp_path / "a", tmp_path / "b")}
    assert messages == {
        "results/flow.json": "does not come out as the seal names it",
        "results/manuscript.md": "was not made by a build in a clean folder",
    }
    (alone,) = [one for one in differing(tmp_path / "b", tmp_path / "a") if one.where.endswith(".md")]
    assert alone.message == "was made by a build in a clean folder alone"


def test_without_a_seal_there_is_nothing_to_compare(pair, tmp_path):
    assert pair() == []
    (tmp_path / "a" / SUMS).unlink()
    with pytest.raises(BuildStop, match="build the review to its end"):
        differing(tmp_path / "a", tmp_path / "b")


def test_a_note_says_what_its_output_was_made_from(tmp_path, monkeypatch):
    build(tmp_path, monkeypatch, {})
    assert origin(TEXT, tmp_path) == Origin({FLOW.as_posix(): "9"}, {"code": "1", "settings": "1"}, VERSIONS)
    assert origin(Path("results/none.json"), tmp_path) is None
    for list_ in LISTS.iterdir():
        list_.unlink()
    assert origin(TEXT, tmp_path).packages == {}


def test_installed_packages_have_their_versions():
    from importlib.metadata import version

    import typst

    assert installed_versions()["typst"] == version("typst") and typst
    assert differing_versions(installed_versions(), installed_versions()) == []


def test_sources_alone_go_into_the_clean_folder(tmp_path):
    review = tmp_path / "review"
    for name in (
        "config.yaml",
        "data/a.ris",
        "data/results/b.csv",
        "results/flow.json",
        ".snakemake/x",
        ".git/y",
        "data/.keep",
    ):
        (review / name).parent.mkdir(parents=True, exist_ok=True)
        (review / name).write_text(name)
    os.mkfifo(review / "data/pipe")
    (review / "data/gone").symlink_to(review / "nowhere")
    copy_sources(review, copy := tmp_path / "copy")
    assert {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} == {
        "config.yaml",
        "data/a.ris",
        "data/results/b.csv",
        "data/.keep",
    }
