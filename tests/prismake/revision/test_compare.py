"""Two documents of the example as one with Word's tracked changes, by the program that ships for it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from prismake import cli
from prismake.common.errors import BuildStop
from prismake.common.writing import read_rows
from prismake.revision import tracked
from prismake.revision.builds import PAGE, TARGETS
from prismake.revision.compare import compare
from prismake.revision.package import MAIN, parse, read_package, w

from tests.build import test_little as little
from tests.build.conftest import RIS
from tests.ooxml import faults_of
from tests.places import PROJECT
from tests.prismake.document.conftest import lay_out
from tests.prismake.revision.word import deleted, inserted, package, paragraph, run


def content(path):
    return parse(read_package(path)[MAIN], str(path))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A manuscript with everything in it, before and after: words, a cell, a caption, a whole paragraph."""
    review = lay_out(tmp_path_factory.mktemp("pair"))
    old = review.docx("old.docx")
    lines = (review.folder / "results/manuscript/manuscript.md").read_text().splitlines()
    cell = next(number for number, line in enumerate(lines) if line.startswith("| ") and number > 20)
    lines[cell + 3] = lines[cell + 3].replace("| ", "| Changed ", 1)
    caption = next(number for number, line in enumerate(lines) if line.startswith(": "))
    lines[caption] += " and more"
    prose = [n for n, line in enumerate(lines) if n > 25 and len(line) > 60 and line[0].isalpha() and "@" not in line]
    lines[prose[0]] = "Whatever " + lines[prose[0]]
    lines.insert(prose[0] + 1, "\nA paragraph of its own, with *stress*.\n")
    review.edit(lambda _: "\n".join(lines) + "\n")
    return old, review.docx("new.docx")


@pytest.fixture(scope="module")
def redline(pair):
    return compare(*pair)


def test_a_redline_gives_back_both_texts(pair, redline, tmp_path):
    path = tmp_path / "redline.docx"
    path.write_bytes(redline.content)
    old, new, changed = content(pair[0]), content(pair[1]), content(path)
    assert tracked.texts(old) != tracked.texts(new)
    assert tracked.texts(tracked.rejected(changed)) == tracked.texts(old)
    assert tracked.texts(tracked.accepted(changed)) == tracked.texts(new)
    assert redline.counts["ins"] >= 4


def test_a_redline_bears_one_author_and_the_manuscripts_own_date(pair, redline, tmp_path):
    path = tmp_path / "redline.docx"
    path.write_bytes(redline.content)
    marks = list(tracked.revisions(content(path)))
    assert {mark.get(w("author")) for mark in marks} == {"Prismake"}
    day = read_package(pair[1])["docProps/core.xml"].partition(b"modified")[2].partition(b">")[2][:20].decode()
    assert {mark.get(w("date")) for mark in marks} == {day}
    numbers = [mark.get(w("id")) for mark in marks]
    assert len(set(numbers)) == len(numbers)


def test_the_same_documents_give_the_same_bytes(pair, redline):
    assert compare(*pair).content == redline.content


def test_fields_pictures_and_sections_of_a_redline_are_whole(pair, redline, tmp_path):
    path = tmp_path / "redline.docx"
    path.write_bytes(redline.content)
    for settled in (content(path), tracked.accepted(content(path)), tracked.rejected(content(path))):
        kinds = [mark.get(w("fldCharType")) for mark in settled.iter(w("fldChar"))]
        assert kinds.count("begin") == kinds.count("end") == kinds.count("separate") > 0
        wanted = {text.text.split()[1] for text in settled.iter(w("instrText")) if text.text.split()[0] == "REF"}
        assert wanted <= {mark.get(w("name")) for mark in settled.iter(w("bookmarkStart"))}
    sides = [[size.get(w("orient")) for size in part.iter(w("pgSz"))] for part in (content(pair[1]), content(path))]
    assert sides[0] == sides[1] and "landscape" in sides[0]


def test_a_validator_of_ooxml_finds_nothing_in_a_redline(redline, tmp_path):
    path = tmp_path / "redline.docx"
    path.write_bytes(redline.content)
    assert faults_of([path]) == []


def test_the_preflight_finds_nothing_but_the_tracked_changes(pair, redline, tmp_path):
    items = []
    (tmp_path / "redline.docx").write_bytes(redline.content)
    for path in (pair[1], tmp_path / "redline.docx"):
        report = tmp_path / f"{path.stem}.json"
        cli.main(["check", str(path), "--allow", "tracked-change", "--json", str(report)])
        checks = json.loads(report.read_text())["checks"]
        items.append({check["id"] for check in checks if check["result"] == "found"})
    assert items[1] - items[0] == {"tracked-change"}


def test_tracked_changes_that_a_file_already_has_count_as_accepted(tmp_path, capsys):
    old = package(tmp_path / "old.docx", paragraph(inserted("Three "), deleted("Two ", number=2), run("cats sleep.")))
    new = package(
        tmp_path / "new.docx", paragraph(run("Three cats "), deleted("sleep"), inserted("purr", number=2), run("."))
    )
    target = tmp_path / "changes.docx"
    assert cli.main(["diff", str(old), str(new), "--output", str(target)]) == 0
    output = capsys.readouterr().out
    assert f"{old}: 2 tracked changes in it count as accepted" in output
    assert f"{new}: 2 tracked changes in it count as accepted" in output
    assert tracked.texts(tracked.rejected(content(target))) == ["Three cats sleep."]
    assert tracked.texts(tracked.accepted(content(target))) == ["Three cats purr."]
    assert {mark.get(w("author")) for mark in tracked.revisions(content(target))} == {"Prismake"}


def test_equal_documents_have_no_changes(pair):
    assert compare(pair[0], pair[0]).counts == {}


def test_a_result_that_loses_text_is_not_written(tmp_path, monkeypatch):
    old, new = (package(tmp_path / f"{name}.docx", paragraph(run(name))) for name in ("old", "new"))
    monkeypatch.setattr("prismake.revision.compare.run_engine", lambda *_: new.read_bytes())
    with pytest.raises(BuildStop) as stopped:
        compare(old, new)
    assert {issue.code for issue in stopped.value.issues} == {"not-faithful"}


def test_documents_alone_give_tracked_changes_and_say_that_numbers_are_not_at_hand(pair, tmp_path, capsys):
    target = tmp_path / "changes.docx"
    arguments = ["diff", *map(str, pair), "--output", str(target), "--author", "B. Author", "--date", "2026-03-04"]
    assert cli.main(arguments) == 0
    assert "Numbers that changed: not available" in capsys.readouterr().out
    marks = {(mark.get(w("author")), mark.get(w("date"))) for mark in tracked.revisions(content(target))}
    assert marks == {("B. Author", "2026-03-04T00:00:00Z")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changes.docx"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.docx", "new.docx"], "none.docx: the file does not exist"),
        (["old.docx", "new.docx", "--output", "x.pdf"], "not the name of a Word file"),
        (["old.docx", "new.docx", "--date", "soon"], "'soon' is not a valid date"),
        (["old.docx", "text.docx"], "is not a Word document"),
        (["no-such-tag", "new.docx"], "no-such-tag: is neither a git revision here, nor"),
        (["old.docx", "."], ".: there is no results/manuscript/manuscript.docx"),
    ],
)
def test_what_cannot_be_compared_is_reported(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name in ("old.docx", "new.docx"):
        package(tmp_path / name, paragraph(run(name)))
    (tmp_path / "text.docx").write_text("words")
    assert cli.main(["diff", *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


@pytest.fixture
def reviewed(tmp_path) -> tuple[Path, Path]:
    """A little review in a git repository, and the same built elsewhere with another number of patients."""
    review, built = tmp_path / "repository" / "review", tmp_path / "built"
    records = RIS.format(number=1, title="Cats on ladders"), RIS.format(number=2, title="Dogs in water")
    text = little.FILES["manuscript/01.introduction.md"].replace(
        ", [@fig", " ({{ pooled.patients.value }} patients), [@fig"
    )
    files = {**little.FILES, "data/pubmed.ris": "\n".join(records), "manuscript/01.introduction.md": text}
    config = little.SEARCHES + little.SYNTHESIS + "  pooled: {patients: {sum: patients}}\n" + little.MANUSCRIPT
    for folder, patients in ((review, 13), (built, 12)):
        studies = little.FILES["data/studies.csv"].replace(",12,", f",{patients},")
        little.lay_out(
            folder,
            {
                **files,
                "config.yaml": config,
                "data/studies.csv": studies,
            },
        )
    little.snakemake(built, *map(str, (*TARGETS, PAGE)))
    return review, built


@pytest.mark.build
def test_a_git_revision_is_built_in_a_clean_checkout_and_its_numbers_explained(reviewed, tmp_path, monkeypatch, capsys):
    review, built = reviewed
    monkeypatch.chdir(review)
    reviewer = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    reviewer |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in reviewer.items()}
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        subprocess.run(["git", *command], check=True, env={**os.environ, **reviewer}, cwd=review)
    # Neither what lies in the folder nor what is half done in it gets into the build.
    (review / "manuscript/01.introduction.md").write_text("half done {{ nothing }}")
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "prismake").symlink_to(PROJECT / "workflow" / "prismake")
    monkeypatch.setenv("PYTHONPATH", str(shelf))
    target = tmp_path / "out" / "changes.docx"
    assert cli.main(["diff", "HEAD", str(built), "--output", str(target)]) == 0, capsys.readouterr().err
    rows = {row["value"]: row for row in read_rows(target.with_suffix(".numbers.csv"))}
    patients = rows["pooled.patients"]
    assert patients["why"] == "doe2020.patients: 13 → 12"
    assert "manuscript/01.introduction.md:3" in patients["used"]
    page = target.with_suffix(".html").read_text(encoding="utf-8")
    assert 'class="n value changed"' in page and 'href="#changes"' in page
    assert "text uses" in capsys.readouterr().out
    trees = subprocess.run(["git", "worktree", "list"], capture_output=True, text=True, check=True, cwd=review)
    assert len(trees.stdout.splitlines()) == 1
    assert not (review / "results").exists()
