"""Journals: the engine's by id, and a review's own that replace one, extend one, or stand alone."""

import shutil
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.review.journal import find_journal, read_profile

from tests.places import JOURNALS, SCHEMAS

SCHEMA = SCHEMAS / "journal.schema.yaml"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes the profile of a journal of the review's own; its folder."""
    monkeypatch.chdir(tmp_path)

    def written(name: str, profile: str) -> Path:
        folder = Path("manuscript/journals") / name
        folder.mkdir(parents=True)
        (folder / "profile.yaml").write_text(profile)
        return folder

    return written


def test_the_engines_journals_need_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    journal = find_journal("bmj")
    assert journal.profile == (JOURNALS / "bmj/profile.yaml",)
    assert journal.style == JOURNALS / "bmj/references.csl"


@pytest.mark.parametrize("name", ["ours", "bmj"])
def test_what_a_profile_does_not_say_comes_from_its_base(own, name):
    folder = own(name, "based_on: bmj\nname: Ours\ntext: {size_pt: 11}\nlanguages: []\n")
    journal = find_journal(name)
    assert journal.profile == (folder / "profile.yaml", JOURNALS / "bmj/profile.yaml")
    assert journal.style == JOURNALS / "bmj/references.csl"
    ours, base = (read_profile(files, SCHEMA) for files in (journal.profile, JOURNALS / "bmj/profile.yaml"))
    # A block key by key, everything else as a whole.
    assert ours == {**base, "name": "Ours", "text": {**base["text"], "size_pt": 11}, "languages": []}
    # A style beside the profile stands before that of the base.
    shutil.copy(JOURNALS / "plos-one/references.csl", folder)
    assert find_journal(name).style == folder / "references.csl"


def test_a_journal_may_be_based_on_another_of_the_review(own):
    first = own("first", "based_on: second\nname: First\n")
    own("second", "based_on: plos-one\ntext: {size_pt: 9}\n")
    shutil.copy(JOURNALS / "bmj/references.csl", first)
    journal = find_journal("first")
    profile = read_profile(journal.profile, SCHEMA)
    assert (profile["name"], profile["text"]["size_pt"]) == ("First", 9)
    assert profile["publisher"] == read_profile(JOURNALS / "plos-one/profile.yaml", SCHEMA)["publisher"]


def test_a_journal_without_a_base_stands_alone(own):
    folder = own("bmj", (JOURNALS / "plos-one/profile.yaml").read_text())
    shutil.copy(JOURNALS / "plos-one/references.csl", folder)
    assert find_journal("bmj").profile == (folder / "profile.yaml",)


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("based_on: bmk\n", r"ours/profile\.yaml, based_on: there is no 'bmk' to be based on\n  -> did you mean 'bmj'"),
        ("based_on: ours\n", r"ours/profile\.yaml, based_on: is based on itself, directly or through others"),
        ("based_on: [bmj]\n", r"based_on: \['bmj'\] is not a name"),
        ("- bmj\n", "does not consist of keys and values"),
        ("name: Ours\n", r"the file 'manuscript/journals/ours/references\.csl' does not exist"),
    ],
)
def test_a_base_that_cannot_be_is_named(own, profile, message):
    own("ours", profile)
    with pytest.raises(BuildStop, match=message):
        find_journal("ours")


def test_a_circle_of_bases_is_named(own):
    own("one", "based_on: other\n")
    own("other", "based_on: one\n")
    with pytest.raises(BuildStop, match=r"other/profile\.yaml, based_on: is based on itself, directly"):
        find_journal("one")


def test_a_fault_of_a_profile_is_named_by_its_own_file(own):
    own("ours", "based_on: bmj\ntext: {sizept: 11}\n")
    with pytest.raises(BuildStop, match=r"manuscript/journals/ours/profile\.yaml: 'text': unknown key 'sizept'"):
        read_profile(find_journal("ours").profile, SCHEMA)
